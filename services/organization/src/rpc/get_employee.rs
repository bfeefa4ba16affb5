use salient_operation::OpContext;
use salient_proto::organization::v1::{Employee, GetEmployeeRequest};

use super::wire::{self, name};
use crate::{
    app::App,
    error::Error,
    store::{self, Query},
};

/// Returns a person (P2.1).
pub async fn get_employee(app: App, op: OpContext, request: GetEmployeeRequest) -> Result<Employee, Error> {
    let id = name::employee(&request.name, "name")?;
    let find =
        async |connection: &mut salient_database::Connection| store::employee_find(connection, id).await;
    let record = app.database.read(&op, Query::EmployeeFind, find).await?;
    Ok(wire::employee::to_proto(
        &record.ok_or(Error::NotFound(request.name))?,
        app.today.date(),
    ))
}
