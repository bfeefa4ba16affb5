use salient_database::{NewEvent, Tx};
use salient_operation::OpContext;
use salient_proto::organization::v1::{AppointmentEnded, Employee, EmployeeDeparted, RecordDepartureRequest};
use salient_values::{date, etag};

use super::{
    reaches_company,
    wire::{self, name},
};
use crate::{
    app::App,
    error::Error,
    store::{self, Query},
};

/// Records that a person leaves on a date, and ends every post the person would still hold then (P2.1).
pub async fn record_departure(
    app: App,
    op: OpContext,
    request: RecordDepartureRequest,
) -> Result<Employee, Error> {
    reaches_company(&op)?;
    let id = name::employee(&request.name, "name")?;
    let leave = app.date_or_today(request.leave_date.as_ref(), "leave_date")?;
    let today = app.today.date();

    app.database
        .mutate(&op, Query::EmployeeDepart, async |tx: &mut Tx| {
            let organization = app.charts.locked(tx).await?;
            let record = store::employee_find(tx, id)
                .await?
                .ok_or_else(|| Error::NotFound(id.to_string()))?;
            etag::check(&request.etag, record.version, &id.to_string())?;
            let (person, ending) = organization.depart(id, leave, today)?;
            let now = tx.now();
            let record = record.changed(person, now);
            store::employee_save(tx, &record).await?;
            for held in ending {
                let ended = wire::appointment::to_proto(&store::appointment_save(tx, &held, now).await?);
                tx.announce(NewEvent::of(
                    held.id.to_string(),
                    &AppointmentEnded {
                        appointment: Some(ended),
                    },
                ));
            }
            let departed = EmployeeDeparted {
                employee: id.to_string(),
                leave_date: record.value.employed.end().map(date::to_proto),
            };
            tx.announce(NewEvent::of(id.to_string(), &departed));
            Ok(wire::employee::to_proto(&record, today))
        })
        .await
}
