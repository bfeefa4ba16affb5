use salient_operation::OpContext;
use salient_proto::approval::v1::{ReassignTaskRequest, Task};

use super::act::{Act, Rule, Who, act, receiver, task_id};
use crate::{
    app::App,
    domain::{receiver::Receiver, transfer::transfer, verb::Verb, work::Desk},
    error::Error,
};

/// Gives a task to somebody else, whoever has it (P1.3).
pub async fn reassign_task(app: App, op: OpContext, request: ReassignTaskRequest) -> Result<Task, Error> {
    let action = match receiver(&app, &request.receiver, "receiver").await {
        Ok(receiver) => reassignment(&request.name, request.etag, receiver, request.comment),
        Err(error) => Err(error),
    };
    act(&app, &op, action).await
}

/// The action that gives a task to somebody.
///
/// # Errors
/// INVALID_ARGUMENT.
pub fn reassignment(
    name: &str,
    etag: String,
    receiver: Receiver,
    comment: String,
) -> Result<Act<impl Rule>, Error> {
    let task = task_id(name)?;
    Ok(Act {
        task,
        etag,
        who: Who::Permitted,
        rule: move |approval: &mut _, desk: Desk<'_>| {
            transfer(approval, desk, task, &receiver, &comment, Verb::Reassign)
        },
    })
}
