//! Tasks and decisions.

use salient_proto::{access::v1::Post, approval::v1 as proto};
use salient_values::{etag, name, timestamp};
use uuid::Uuid;

use super::{
    super::change::now,
    subject::{money, subject},
};
use crate::{
    domain::{
        approval::{AnswerKind, Decision, Finding, FindingResult, TaskState},
        policy::{ChecklistItem, Step},
        rulebook::Rulebook,
    },
    store::TaskRow,
};

/// A task, with what the policy version says about its step.
pub fn task(row: &TaskRow, rulebook: &Rulebook) -> proto::Task {
    let step = rulebook.policy.steps.iter().find(|step| step.id == row.step);
    let card = &row.card;
    let request = card.request.clone().unwrap_or_default();
    let employee = |person: Option<Uuid>| {
        person
            .map(|person| name::format("employees", person))
            .unwrap_or_default()
    };
    proto::Task {
        name: name::format("tasks", row.id),
        approval: name::format("approvals", row.approval),
        title: card.title.clone(),
        subject: Some(subject(&card.subject)),
        amount: card
            .amount
            .as_ref()
            .and_then(|(amount, currency)| money(*amount, currency)),
        submitter: name::format("employees", card.submitter),
        submitter_comment: card.comment.clone(),
        step: row.step.clone(),
        step_title: step.map(|step| step.title.clone()).unwrap_or_default(),
        visit: count(row.visit),
        round: count(card.round),
        assignee: name::format("employees", row.assignee),
        post: card
            .seat
            .map_or_else(|| Post::Unspecified.into(), |seat| seat.post.into()),
        state: state(row.state).into(),
        checklist: step
            .map(|step| step.checklist.iter().map(checklist_item).collect())
            .unwrap_or_default(),
        return_targets: step
            .map(|step: &Step| step.return_targets.clone())
            .unwrap_or_default(),
        decision: row.decision.as_ref().map(decision),
        create_time: Some(timestamp::to_proto(row.create_time)),
        end_time: row.end_time.map(timestamp::to_proto),
        etag: etag::of(row.version),
        due_time: row.due_time.map(timestamp::to_proto),
        overdue: row
            .due_time
            .is_some_and(|due| due < row.end_time.unwrap_or_else(now)),
        principal: employee(request.principal),
        opinion_for: request
            .opinion_for
            .map(|task| name::format("tasks", task))
            .unwrap_or_default(),
        asked_by: employee(request.asked_by),
        request_comment: request.comment,
    }
}

/// How a task stands.
pub const fn state(state: TaskState) -> proto::task::State {
    use proto::task::State;
    match state {
        TaskState::Pending => State::Pending,
        TaskState::Approved => State::Approved,
        TaskState::Rejected => State::Rejected,
        TaskState::Returned => State::Returned,
        TaskState::Closed => State::Closed,
        TaskState::CarriedOver => State::CarriedOver,
        TaskState::Transferred => State::Transferred,
        TaskState::Delegated => State::Delegated,
        TaskState::Waiting => State::Waiting,
        TaskState::TakenBack => State::TakenBack,
    }
}

/// An item of a checklist.
pub fn checklist_item(item: &ChecklistItem) -> proto::ChecklistItem {
    proto::ChecklistItem {
        id: item.id.clone(),
        title: item.title.clone(),
    }
}

fn decision(decision: &Decision) -> proto::Decision {
    use proto::decision::Answer;
    let answer = match decision.answer {
        AnswerKind::Approve => Answer::Approve,
        AnswerKind::Reject => Answer::Reject,
        AnswerKind::Return => Answer::Return,
    };
    proto::Decision {
        answer: answer.into(),
        comment: decision.comment.clone(),
        findings: decision.findings.iter().map(finding).collect(),
        return_step: decision.return_step.clone().unwrap_or_default(),
        carried_from: decision
            .carried_from
            .map(|task| name::format("tasks", task))
            .unwrap_or_default(),
        subject_digest: decision.subject_digest.clone(),
        decide_time: Some(timestamp::to_proto(decision.decide_time)),
        on_expiry: decision.on_expiry,
    }
}

fn finding(finding: &Finding) -> proto::Finding {
    use proto::finding::Result;
    let result = match finding.result {
        FindingResult::Acceptable => Result::Acceptable,
        FindingResult::AcceptableWithRemark => Result::AcceptableWithRemark,
        FindingResult::NotAcceptable => Result::NotAcceptable,
    };
    proto::Finding {
        item: finding.item.clone(),
        result: result.into(),
        remark: finding.remark.clone(),
    }
}

/// Findings as sent; that each has a result, the checks of the proto have seen.
pub fn findings_from(findings: Vec<proto::Finding>) -> Vec<Finding> {
    let finding = |finding: proto::Finding| Finding {
        result: match finding.result() {
            proto::finding::Result::Acceptable => FindingResult::Acceptable,
            proto::finding::Result::AcceptableWithRemark => FindingResult::AcceptableWithRemark,
            // An unknown result is none that may pass.
            proto::finding::Result::NotAcceptable | proto::finding::Result::Unspecified => {
                FindingResult::NotAcceptable
            }
        },
        item: finding.item,
        remark: finding.remark,
    };
    findings.into_iter().map(finding).collect()
}

/// A number of visits, rounds or versions on the wire.
pub fn count(number: i64) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
