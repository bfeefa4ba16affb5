use salient_operation::OpContext;
use salient_proto::organization::v1::{GetOrgUnitRequest, OrgUnit};

use super::wire::{self, name};
use crate::{
    app::App,
    error::Error,
    store::{self, Query},
};

/// Returns a unit, as it stands today or on a date (P2.1).
pub async fn get_org_unit(app: App, op: OpContext, request: GetOrgUnitRequest) -> Result<OrgUnit, Error> {
    let id = name::unit(&request.name, "name")?;
    let date = app.date_or_today(request.date.as_ref(), "date")?;
    let find = app.database.read(&op, Query::UnitFind, async |connection| {
        store::unit_find(connection, id).await
    });
    let record = find.await?.ok_or(Error::NotFound(request.name))?;
    Ok(wire::unit::to_proto(&record, date))
}
