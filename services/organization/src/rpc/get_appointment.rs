use salient_operation::OpContext;
use salient_proto::organization::v1::{Appointment, GetAppointmentRequest};

use super::wire::{self, name};
use crate::{
    app::App,
    error::Error,
    store::{self, Query},
};

/// Returns an appointment (P2.1).
pub async fn get_appointment(
    app: App,
    op: OpContext,
    request: GetAppointmentRequest,
) -> Result<Appointment, Error> {
    let id = name::appointment(&request.name, "name")?;
    let find =
        async |connection: &mut salient_database::Connection| store::appointment_find(connection, id).await;
    let record = app.database.read(&op, Query::AppointmentFind, find).await?;
    Ok(wire::appointment::to_proto(
        &record.ok_or(Error::NotFound(request.name))?,
    ))
}
