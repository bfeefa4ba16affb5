use std::collections::HashMap;

use salient_operation::OpContext;
use salient_proto::organization::v1::{BatchGetOrgUnitsRequest, BatchGetOrgUnitsResponse};

use super::wire::{self, name};
use crate::{
    app::App,
    error::Error,
    store::{self, Query},
};

/// Returns many units in one call, in the order asked for (P2.1).
pub async fn batch_get_org_units(
    app: App,
    op: OpContext,
    request: BatchGetOrgUnitsRequest,
) -> Result<BatchGetOrgUnitsResponse, Error> {
    let ids = request
        .names
        .iter()
        .map(|text| name::unit(text, "names"))
        .collect::<Result<Vec<_>, _>>()?;
    let date = app.date_or_today(request.date.as_ref(), "date")?;
    let find = app.database.read(&op, Query::UnitFind, async |connection| {
        store::units_find(connection, &ids).await
    });
    let found: HashMap<_, _> = find
        .await?
        .into_iter()
        .map(|record| (record.value.unit.id, record))
        .collect();
    let units = ids.iter().map(|id| {
        let record = found.get(id).ok_or_else(|| Error::NotFound(id.to_string()))?;
        Ok(wire::unit::to_proto(record, date))
    });
    Ok(BatchGetOrgUnitsResponse {
        org_units: units.collect::<Result<_, Error>>()?,
    })
}
