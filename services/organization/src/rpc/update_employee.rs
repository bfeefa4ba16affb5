use salient_database::{NewEvent, Tx};
use salient_operation::OpContext;
use salient_proto::organization::v1::{self as proto, EmployeeUpdated, UpdateEmployeeRequest};
use salient_values::{etag, mask::Mask};

use super::{
    reaches_company,
    wire::{self, name},
};
use crate::{
    app::App,
    domain::Employee,
    error::Error,
    store::{self, Query},
};

/// Changes a person's record (P2.1).
pub async fn update_employee(
    app: App,
    op: OpContext,
    request: UpdateEmployeeRequest,
) -> Result<proto::Employee, Error> {
    reaches_company(&op)?;
    let sent = request.employee.unwrap_or_default();
    let id = name::employee(&sent.name, "employee.name")?;
    let mask = Mask::new(request.update_mask, &["display_name", "email"])?;
    let display_name = match mask.has("display_name") {
        true => Some(wire::display_name(&sent.display_name, "employee.display_name")?),
        false => None,
    };
    let email = mask.has("email").then_some(sent.email);
    let today = app.today.date();

    app.database
        .mutate(&op, Query::EmployeeUpdate, async |tx: &mut Tx| {
            app.charts.locked(tx).await?;
            let record = store::employee_find(tx, id)
                .await?
                .ok_or_else(|| Error::NotFound(id.to_string()))?;
            etag::check(&sent.etag, record.version, &id.to_string())?;
            let mut person: Employee = record.value.clone();
            person.display_name = display_name.clone().unwrap_or(person.display_name);
            person.email = email.clone().unwrap_or(person.email);
            let record = record.changed(person, tx.now());
            store::employee_save(tx, &record).await?;
            let updated = wire::employee::to_proto(&record, today);
            tx.announce(NewEvent::of(
                id.to_string(),
                &EmployeeUpdated {
                    employee: Some(updated.clone()),
                },
            ));
            Ok(updated)
        })
        .await
}
