use salient_operation::OpContext;
use salient_proto::approval::v1::{ApproveTaskRequest, Task};

use super::decide::{Sent, decide};
use crate::{app::App, domain::approval::AnswerKind, error::Error};

/// Says yes to a task of the caller's (P6.1.2, P6.1.3).
pub async fn approve_task(app: App, op: OpContext, request: ApproveTaskRequest) -> Result<Task, Error> {
    let sent = Sent {
        name: request.name,
        kind: AnswerKind::Approve,
        return_step: String::new(),
        findings: request.findings,
        comment: request.comment,
        subject_digest: request.subject_digest,
        etag: request.etag,
        next_approvers: request.next_approvers,
    };
    decide(app, op, sent).await
}
