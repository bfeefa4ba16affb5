use salient_database::Connection;
use salient_operation::OpContext;
use salient_proto::approval::v1::{Approval, GetApprovalRequest};
use salient_values::name;

use super::wire;
use crate::{
    app::App,
    error::Error,
    store::{Query, tasks_of_approval},
};

/// Returns an approval with its visits, tasks and participants (P1.3).
pub async fn get_approval(app: App, op: OpContext, request: GetApprovalRequest) -> Result<Approval, Error> {
    let id = name::parse("approvals", &request.name).map_err(|error| error.at("name"))?;
    let approval = app.find_visible(&op, id).await?;
    let list =
        async move |connection: &mut Connection| Ok::<_, Error>(tasks_of_approval(connection, id).await?);
    let tasks = app.database.read(&op, Query::TaskList, list).await?;
    let rulebook = app.rulebooks.get(&op, &approval.policy_key()).await?;
    Ok(wire::approval::whole_approval(&approval, &tasks, &rulebook))
}
