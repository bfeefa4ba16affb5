use std::collections::HashSet;

use salient_failure::Failure;
use salient_operation::OpContext;
use salient_proto::approval::v1 as proto;

use super::{
    batch,
    decide::{Sent, decide},
};
use crate::{app::App, domain::approval::AnswerKind, error::Error};

/// Decides many tasks of the caller's, each by itself (P6.1.2, P6.1.3).
pub async fn batch_decide_tasks(
    app: App,
    op: OpContext,
    request: proto::BatchDecideTasksRequest,
) -> Result<proto::BatchDecideTasksResponse, Error> {
    check_once(&request.decisions)?;
    let decisions = request.decisions.into_iter();
    let decisions = decisions
        .map(|decision| (decision.name.clone(), decision))
        .collect();
    let answer = |op, _, decision| answer(app.clone(), op, decision);
    let results = batch::each(&op, decisions, answer).await?;
    Ok(proto::BatchDecideTasksResponse { results })
}

/// Two answers to one task have one key, so the second would be answered as the first was.
fn check_once(decisions: &[proto::TaskDecision]) -> Result<(), Failure> {
    let mut seen = HashSet::new();
    for (position, decision) in decisions.iter().enumerate() {
        if !seen.insert(&decision.name) {
            let field = format!("decisions[{position}].name");
            return Err(Failure::invalid_field(field, "it stands there twice"));
        }
    }
    Ok(())
}

async fn answer(app: App, op: OpContext, decision: proto::TaskDecision) -> Result<proto::Task, Error> {
    let sent = sent(decision);
    if sent.kind != AnswerKind::Approve && sent.comment.is_empty() {
        return Err(Failure::invalid_field("comment", "say why it is rejected or returned").into());
    }
    decide(app, op, sent).await
}

fn sent(decision: proto::TaskDecision) -> Sent {
    use proto::decision::Answer;
    let kind = match decision.answer() {
        Answer::Approve => AnswerKind::Approve,
        Answer::Return => AnswerKind::Return,
        // Unspecified, the checks of the proto have refused.
        Answer::Reject | Answer::Unspecified => AnswerKind::Reject,
    };
    Sent {
        name: decision.name,
        kind,
        return_step: decision.step,
        findings: decision.findings,
        comment: decision.comment,
        subject_digest: decision.subject_digest,
        etag: decision.etag,
        next_approvers: decision.next_approvers,
    }
}
