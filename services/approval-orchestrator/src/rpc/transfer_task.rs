use salient_operation::OpContext;
use salient_proto::approval::v1::{Task, TransferTaskRequest};

use super::act::{Act, Rule, Who, act, receiver, task_id};
use crate::{
    app::App,
    domain::{transfer::transfer, verb::Verb, work::Desk},
    error::Error,
};

/// Hands a task of the caller's over to somebody else (P6.1.3).
pub async fn transfer_task(app: App, op: OpContext, request: TransferTaskRequest) -> Result<Task, Error> {
    let action = action(&app, request).await;
    act(&app, &op, action).await
}

async fn action(app: &App, request: TransferTaskRequest) -> Result<Act<impl Rule>, Error> {
    let task = task_id(&request.name)?;
    let receiver = receiver(app, &request.receiver, "receiver").await?;
    Ok(Act {
        task,
        etag: request.etag,
        who: Who::Assignee,
        rule: move |approval: &mut _, desk: Desk<'_>| {
            transfer(approval, desk, task, &receiver, &request.comment, Verb::Transfer)
        },
    })
}
