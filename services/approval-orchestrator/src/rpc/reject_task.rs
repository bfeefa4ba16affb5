use salient_operation::OpContext;
use salient_proto::approval::v1::{RejectTaskRequest, Task};

use super::decide::{Sent, decide};
use crate::{app::App, domain::approval::AnswerKind, error::Error};

/// Says no to a task of the caller's (P6.1.2, P6.1.3).
pub async fn reject_task(app: App, op: OpContext, request: RejectTaskRequest) -> Result<Task, Error> {
    let sent = Sent {
        name: request.name,
        kind: AnswerKind::Reject,
        return_step: String::new(),
        findings: request.findings,
        comment: request.comment,
        subject_digest: request.subject_digest,
        etag: request.etag,
        next_approvers: Vec::new(),
    };
    decide(app, op, sent).await
}
