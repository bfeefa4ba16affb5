use salient_operation::OpContext;
use salient_proto::approval::v1::{AddSignersRequest, SignerPosition, Task};

use super::act::{Act, Rule, Who, act, receiver, task_id};
use crate::{
    app::App,
    domain::{approval::Position, signers, work::Desk},
    error::Error,
};

/// Has others sign as well, before, after or beside the caller (P6.1.3).
pub async fn add_signers(app: App, op: OpContext, request: AddSignersRequest) -> Result<Task, Error> {
    let action = action(&app, request).await;
    act(&app, &op, action).await
}

async fn action(app: &App, request: AddSignersRequest) -> Result<Act<impl Rule>, Error> {
    let task = task_id(&request.name)?;
    let position = match request.position() {
        SignerPosition::Before => Position::Before,
        SignerPosition::After => Position::After,
        // Unspecified, the checks of the proto have refused.
        SignerPosition::Beside | SignerPosition::Unspecified => Position::Beside,
    };
    let mut signers = Vec::with_capacity(request.signers.len());
    for signer in &request.signers {
        signers.push(receiver(app, signer, "signers").await?);
    }
    Ok(Act {
        task,
        etag: request.etag,
        who: Who::Assignee,
        rule: move |approval: &mut _, desk: Desk<'_>| {
            signers::add(approval, desk, task, &signers, position, &request.comment)
        },
    })
}
