use salient_database::{NewEvent, Tx};
use salient_operation::OpContext;
use salient_proto::organization::v1::{Appointment, AppointmentEnded, EndAppointmentRequest};
use salient_values::etag;

use super::{
    reaches_company,
    wire::{self, name},
};
use crate::{
    app::App,
    error::Error,
    store::{self, Query},
};

/// Ends an appointment on a date, or calls it off before it begins (P2.1).
pub async fn end_appointment(
    app: App,
    op: OpContext,
    request: EndAppointmentRequest,
) -> Result<Appointment, Error> {
    reaches_company(&op)?;
    let id = name::appointment(&request.name, "name")?;
    let end = app.date_or_today(request.end_date.as_ref(), "end_date")?;
    let today = app.today.date();

    app.database
        .mutate(&op, Query::AppointmentEnd, async |tx: &mut Tx| {
            let organization = app.charts.locked(tx).await?;
            let record = store::appointment_find(tx, id)
                .await?
                .ok_or_else(|| Error::NotFound(id.to_string()))?;
            etag::check(&request.etag, record.version, &id.to_string())?;
            let ended = organization.end_appointment(&record.value, end, today)?;
            let now = tx.now();
            let record = store::appointment_save(tx, &ended, now).await?;
            let ended = wire::appointment::to_proto(&record);
            tx.announce(NewEvent::of(
                id.to_string(),
                &AppointmentEnded {
                    appointment: Some(ended.clone()),
                },
            ));
            Ok(ended)
        })
        .await
}
