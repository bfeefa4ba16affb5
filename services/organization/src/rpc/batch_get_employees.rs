use std::collections::HashMap;

use salient_operation::OpContext;
use salient_proto::organization::v1::{BatchGetEmployeesRequest, BatchGetEmployeesResponse};

use super::wire::{self, name};
use crate::{
    app::App,
    error::Error,
    store::{self, Query},
};

/// Returns many people in one call, in the order asked for (P2.1).
pub async fn batch_get_employees(
    app: App,
    op: OpContext,
    request: BatchGetEmployeesRequest,
) -> Result<BatchGetEmployeesResponse, Error> {
    let ids = request
        .names
        .iter()
        .map(|text| name::employee(text, "names"))
        .collect::<Result<Vec<_>, _>>()?;
    let find =
        async |connection: &mut salient_database::Connection| store::employees_find(connection, &ids).await;
    let found = app.database.read(&op, Query::EmployeeFind, find).await?;
    let found: HashMap<_, _> = found
        .into_iter()
        .map(|record| (record.value.id, record))
        .collect();
    let today = app.today.date();
    let people = ids.iter().map(|id| {
        let record = found.get(id).ok_or_else(|| Error::NotFound(id.to_string()))?;
        Ok(wire::employee::to_proto(record, today))
    });
    Ok(BatchGetEmployeesResponse {
        employees: people.collect::<Result<_, Error>>()?,
    })
}
