use salient_operation::OpContext;
use salient_proto::approval::v1::{ReturnTaskRequest, Task};

use super::decide::{Sent, decide};
use crate::{app::App, domain::approval::AnswerKind, error::Error};

/// Sends a subject back to its submitter or an earlier step (P6.1.2, P6.1.3).
pub async fn return_task(app: App, op: OpContext, request: ReturnTaskRequest) -> Result<Task, Error> {
    let sent = Sent {
        name: request.name,
        kind: AnswerKind::Return,
        return_step: request.step,
        findings: request.findings,
        comment: request.comment,
        subject_digest: request.subject_digest,
        etag: request.etag,
        next_approvers: Vec::new(),
    };
    decide(app, op, sent).await
}
