use salient_database::{NewEvent, Tx};
use salient_operation::OpContext;
use salient_proto::organization::v1::{OrgUnit, OrgUnitUpdated, UpdateOrgUnitRequest};
use salient_values::{etag, mask::Mask};

use super::{
    reaches_company,
    wire::{self, name},
};
use crate::{
    app::App,
    error::Error,
    store::{self, NamedUnit, Query},
};

/// Renames a unit (P2.1).
pub async fn update_org_unit(
    app: App,
    op: OpContext,
    request: UpdateOrgUnitRequest,
) -> Result<OrgUnit, Error> {
    reaches_company(&op)?;
    let sent = request.org_unit.unwrap_or_default();
    let id = name::unit(&sent.name, "org_unit.name")?;
    // The one field that may change; the mask can only name it, or be refused.
    Mask::new(request.update_mask, &["display_name"])?;
    let display_name = wire::display_name(&sent.display_name, "org_unit.display_name")?;
    let today = app.today.date();

    app.database
        .mutate(&op, Query::UnitUpdate, async |tx: &mut Tx| {
            app.charts.locked(tx).await?;
            let record = store::unit_find(tx, id)
                .await?
                .ok_or_else(|| Error::NotFound(id.to_string()))?;
            etag::check(&sent.etag, record.version, &id.to_string())?;
            let named = NamedUnit {
                unit: record.value.unit.clone(),
                display_name: display_name.clone(),
            };
            let record = record.changed(named, tx.now());
            store::unit_save(tx, &record).await?;
            let updated = wire::unit::to_proto(&record, today);
            tx.announce(NewEvent::of(
                id.to_string(),
                &OrgUnitUpdated {
                    org_unit: Some(updated.clone()),
                },
            ));
            Ok(updated)
        })
        .await
}
