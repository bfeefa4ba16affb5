use salient_operation::OpContext;
use salient_proto::approval::v1::{TakeBackTaskRequest, Task};

use super::act::{Act, Rule, Who, act, task_id};
use crate::{
    app::App,
    domain::{take_back::take_back, work::Desk},
    error::Error,
};

/// Takes a decision of the caller's back, or does without an opinion (P6.1.3).
pub async fn take_back_task(app: App, op: OpContext, request: TakeBackTaskRequest) -> Result<Task, Error> {
    act(&app, &op, action(request)).await
}

fn action(request: TakeBackTaskRequest) -> Result<Act<impl Rule>, Error> {
    let task = task_id(&request.name)?;
    Ok(Act {
        task,
        etag: request.etag,
        who: Who::Assignee,
        rule: move |approval: &mut _, desk: Desk<'_>| take_back(approval, desk, task, &request.comment),
    })
}
