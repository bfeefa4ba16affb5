use salient_operation::OpContext;
use salient_proto::approval::v1::{DelegateTaskRequest, Task};

use super::act::{Act, Rule, Who, act, receiver, task_id};
use crate::{
    app::App,
    domain::{delegate::delegate, work::Desk},
    error::Error,
};

/// Asks somebody for an opinion on a task of the caller's (P6.1.3).
pub async fn delegate_task(app: App, op: OpContext, request: DelegateTaskRequest) -> Result<Task, Error> {
    let action = action(&app, request).await;
    act(&app, &op, action).await
}

async fn action(app: &App, request: DelegateTaskRequest) -> Result<Act<impl Rule>, Error> {
    let task = task_id(&request.name)?;
    let receiver = receiver(app, &request.receiver, "receiver").await?;
    Ok(Act {
        task,
        etag: request.etag,
        who: Who::Assignee,
        rule: move |approval: &mut _, desk: Desk<'_>| {
            delegate(approval, desk, task, &receiver, &request.comment)
        },
    })
}
