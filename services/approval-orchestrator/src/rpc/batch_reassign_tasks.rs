use salient_operation::OpContext;
use salient_proto::approval::v1 as proto;

use super::{
    act::{act, receiver},
    batch,
    reassign_task::reassignment,
};
use crate::{app::App, domain::receiver::Receiver, error::Error};

/// Gives many tasks of somebody who leaves to somebody else, each by itself (P2).
pub async fn batch_reassign_tasks(
    app: App,
    op: OpContext,
    request: proto::BatchReassignTasksRequest,
) -> Result<proto::BatchReassignTasksResponse, Error> {
    let to = receiver(&app, &request.receiver, "receiver").await?;
    let tasks = request.names.into_iter().map(|name| (name, to.clone())).collect();
    let give = |op, name, to| reassign(app.clone(), op, name, to, request.comment.clone());
    let results = batch::each(&op, tasks, give).await?;
    Ok(proto::BatchReassignTasksResponse { results })
}

async fn reassign(
    app: App,
    op: OpContext,
    name: String,
    to: Receiver,
    comment: String,
) -> Result<proto::Task, Error> {
    act(&app, &op, reassignment(&name, String::new(), to, comment)).await
}
