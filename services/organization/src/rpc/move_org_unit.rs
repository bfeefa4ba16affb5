use salient_database::{NewEvent, Tx};
use salient_operation::OpContext;
use salient_proto::organization::v1::{MoveOrgUnitRequest, OrgUnit, OrgUnitMoved};
use salient_values::{date, etag};

use super::{
    reaches_company,
    wire::{self, name},
};
use crate::{
    app::App,
    domain::Unit,
    error::Error,
    store::{self, NamedUnit, Query},
};

/// Puts a unit, with all below it, under another parent from a date on (P2.1).
pub async fn move_org_unit(app: App, op: OpContext, request: MoveOrgUnitRequest) -> Result<OrgUnit, Error> {
    reaches_company(&op)?;
    let id = name::unit(&request.name, "name")?;
    let parent = name::unit(&request.parent, "parent")?;
    let from = app.date_or_today(request.start_date.as_ref(), "start_date")?;
    let today = app.today.date();

    app.database
        .mutate(&op, Query::UnitMove, async |tx: &mut Tx| {
            let organization = app.charts.locked(tx).await?;
            let record = store::unit_find(tx, id)
                .await?
                .ok_or_else(|| Error::NotFound(id.to_string()))?;
            etag::check(&request.etag, record.version, &id.to_string())?;
            let placements = organization.move_unit(id, parent, from, today)?;
            store::placements_replace(tx, id, &placements).await?;
            let named = NamedUnit {
                unit: Unit {
                    placements,
                    ..record.value.unit.clone()
                },
                display_name: record.value.display_name.clone(),
            };
            let record = record.changed(named, tx.now());
            store::unit_save(tx, &record).await?;
            let moved = OrgUnitMoved {
                org_unit: id.to_string(),
                parent: parent.to_string(),
                start_date: Some(date::to_proto(from)),
            };
            tx.announce(NewEvent::of(id.to_string(), &moved));
            Ok(wire::unit::to_proto(&record, today))
        })
        .await
}
