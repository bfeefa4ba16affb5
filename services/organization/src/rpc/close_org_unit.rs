use salient_database::{NewEvent, Tx};
use salient_operation::OpContext;
use salient_proto::organization::v1::{CloseOrgUnitRequest, OrgUnit, OrgUnitClosed};
use salient_values::{date, etag};

use super::{
    reaches_company,
    wire::{self, name},
};
use crate::{
    app::App,
    error::Error,
    store::{self, NamedUnit, Query},
};

/// Closes a unit from a date on (P2.1).
pub async fn close_org_unit(app: App, op: OpContext, request: CloseOrgUnitRequest) -> Result<OrgUnit, Error> {
    reaches_company(&op)?;
    let id = name::unit(&request.name, "name")?;
    let from = app.date_or_today(request.close_date.as_ref(), "close_date")?;
    let today = app.today.date();

    app.database
        .mutate(&op, Query::UnitClose, async |tx: &mut Tx| {
            let organization = app.charts.locked(tx).await?;
            let record = store::unit_find(tx, id)
                .await?
                .ok_or_else(|| Error::NotFound(id.to_string()))?;
            etag::check(&request.etag, record.version, &id.to_string())?;
            let unit = organization.close_unit(id, from, today)?;
            store::placements_replace(tx, id, &unit.placements).await?;
            let named = NamedUnit {
                unit,
                display_name: record.value.display_name.clone(),
            };
            let record = record.changed(named, tx.now());
            store::unit_save(tx, &record).await?;
            let closed = OrgUnitClosed {
                org_unit: id.to_string(),
                close_date: record.value.unit.open.end().map(date::to_proto),
            };
            tx.announce(NewEvent::of(id.to_string(), &closed));
            Ok(wire::unit::to_proto(&record, today))
        })
        .await
}
