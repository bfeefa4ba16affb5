use salient_database::{NewEvent, Tx};
use salient_operation::OpContext;
use salient_proto::organization::v1::{CreateOrgUnitRequest, OrgUnit, OrgUnitCreated};
use uuid::Uuid;

use super::{
    reaches_company,
    wire::{self, name},
};
use crate::{
    app::App,
    domain::{Period, Placement, Unit, UnitId},
    error::Error,
    store::{self, NamedUnit, Query, Record},
};

/// Makes a unit under a parent (P2.1).
pub async fn create_org_unit(
    app: App,
    op: OpContext,
    request: CreateOrgUnitRequest,
) -> Result<OrgUnit, Error> {
    reaches_company(&op)?;
    let sent = request.org_unit.unwrap_or_default();
    let kind = wire::unit::kind_from_proto(sent.kind())?;
    let display_name = wire::display_name(&sent.display_name, "org_unit.display_name")?;
    let parent = name::unit(&sent.parent, "org_unit.parent")?;
    let open = app.date_or_today(sent.open_date.as_ref(), "org_unit.open_date")?;
    let period = Period::since(open);
    let unit = Unit {
        id: UnitId(Uuid::now_v7()),
        kind,
        code: sent.code,
        open: period,
        placements: vec![Placement { parent, period }],
    };
    let today = app.today.date();

    app.database
        .mutate(&op, Query::UnitCreate, async |tx: &mut Tx| {
            let organization = app.charts.locked(tx).await?;
            organization.check_new_unit(kind, &unit.code, parent, open)?;
            let named = NamedUnit {
                unit: unit.clone(),
                display_name: display_name.clone(),
            };
            let record = Record::new(named, tx.now());
            store::unit_insert(tx, &record)
                .await
                .map_err(|error| taken(error, &unit))?;
            store::placements_replace(tx, unit.id, &unit.placements).await?;
            let made = wire::unit::to_proto(&record, today);
            tx.announce(NewEvent::of(
                unit.id.to_string(),
                &OrgUnitCreated {
                    org_unit: Some(made.clone()),
                },
            ));
            Ok(made)
        })
        .await
}

fn taken(error: salient_database::Error, unit: &Unit) -> Error {
    if error.violates("org_unit_code_once") {
        Error::UnitCodeTaken {
            code: unit.code.clone(),
        }
    } else {
        error.into()
    }
}
