use salient_database::Connection;
use salient_failure::Failure;
use salient_operation::OpContext;
use salient_proto::approval::v1::{GetTaskRequest, Task};
use salient_values::name;

use super::wire;
use crate::{
    app::App,
    error::Error,
    store::{Query, task_find},
};

/// Returns a task of the caller's.
pub async fn get_task(app: App, op: OpContext, request: GetTaskRequest) -> Result<Task, Error> {
    let person = op.person()?.person;
    let id = name::parse("tasks", &request.name).map_err(|error| error.at("name"))?;
    let find = async move |connection: &mut Connection| Ok::<_, Error>(task_find(connection, id).await?);
    let row = app.database.read(&op, Query::TaskFind, find).await?;
    // Everyone sees their own tasks only, so one that does not exist is like another's.
    let row = row
        .filter(|row| row.assignee == person)
        .ok_or_else(Failure::out_of_scope)?;
    let rulebook = app.rulebooks.get(&op, &row.policy).await?;
    Ok(wire::task::task(&row, &rulebook))
}
