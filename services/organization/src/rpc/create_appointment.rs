use salient_database::{NewEvent, Tx};
use salient_failure::Failure;
use salient_operation::OpContext;
use salient_proto::organization::v1::{self as proto, AppointmentCreated, CreateAppointmentRequest};
use uuid::Uuid;

use super::{
    reaches_company,
    wire::{self, lookup, name},
};
use crate::{
    app::App,
    domain::{Appointment, AppointmentId, Period},
    error::Error,
    store::{self, Query, Record},
};

/// Appoints a person to a post (P2.1).
pub async fn create_appointment(
    app: App,
    op: OpContext,
    request: CreateAppointmentRequest,
) -> Result<proto::Appointment, Error> {
    reaches_company(&op)?;
    let appointment = draft(&app, &request.appointment.unwrap_or_default())?;
    app.database
        .mutate(&op, Query::AppointmentCreate, async |tx: &mut Tx| {
            let organization = app.charts.locked(tx).await?;
            organization.check_appointment(&appointment)?;
            let record = Record::new(appointment.clone(), tx.now());
            store::appointment_insert(tx, std::slice::from_ref(&record)).await?;
            let made = wire::appointment::to_proto(&record);
            let created = AppointmentCreated {
                appointment: Some(made.clone()),
            };
            tx.announce(NewEvent::of(appointment.id.to_string(), &created));
            Ok(made)
        })
        .await
}

fn draft(app: &App, sent: &proto::Appointment) -> Result<Appointment, Error> {
    let start = app.date_or_today(sent.start_date.as_ref(), "appointment.start_date")?;
    let end = wire::optional_date(sent.end_date.as_ref(), "appointment.end_date")?;
    let period = Period::new(start, end).filter(|period| !period.is_empty());
    let reports_to = Some(sent.reports_to.as_str()).filter(|manager| !manager.is_empty());
    Ok(Appointment {
        id: AppointmentId(Uuid::now_v7()),
        employee: name::employee(&sent.employee, "appointment.employee")?,
        post: lookup::post(sent.post, "appointment.post")?,
        unit: name::unit(&sent.unit, "appointment.unit")?,
        kind: wire::appointment::kind_from_proto(sent.kind())?,
        period: period
            .ok_or_else(|| Failure::invalid_field("appointment.end_date", "must be later than start_date"))?,
        reports_to: reports_to
            .map(|manager| name::employee(manager, "appointment.reports_to"))
            .transpose()?,
    })
}
