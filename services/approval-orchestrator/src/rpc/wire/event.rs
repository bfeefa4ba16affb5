//! What a change announces.

use prost::{Message, Name};
use salient_database::NewEvent;
use salient_proto::approval::v1 as proto;
use salient_values::{name, timestamp};

use super::{
    approval::{attention_reason, visit_state},
    call::outcome,
    policy::version_name,
    standing::policy_name,
    subject::subject,
    task::{count, state},
};
use crate::domain::{
    approval::{Approval, AttentionReason, Visit},
    audit::Action,
    policy::PolicyKey,
    standing::Standing,
    work::{Entry, Outcome},
};

/// The events of what happened to an approval, in order.
pub fn events(approval: &Approval, log: &[Entry]) -> Vec<NewEvent> {
    log.iter().filter_map(|entry| event(approval, entry)).collect()
}

/// The event that a policy has a new version.
pub fn policy_published(key: &PolicyKey) -> NewEvent {
    let published = proto::PolicyVersionPublished {
        kind: key.kind.clone(),
        version: count(key.version),
    };
    NewEvent::of(version_name(key), &published)
}

/// The event that a policy was paused, resumed or retired.
pub fn policy_turned(kind: &str, standing: Standing) -> NewEvent {
    let changed = proto::PolicyStateChanged {
        kind: kind.to_owned(),
        state: super::standing::state(standing).into(),
    };
    NewEvent::of(policy_name(kind), &changed)
}

fn event(approval: &Approval, entry: &Entry) -> Option<NewEvent> {
    match entry.action {
        Action::Submitted | Action::Resubmitted => Some(about(approval, &requested(approval))),
        Action::StepStarted => {
            let visit = visit(approval, entry)?;
            let started = proto::StepStarted {
                step: visit.step.clone(),
                visit: count(visit.number),
                round: count(visit.round),
            };
            Some(about(approval, &started))
        }
        Action::TaskCreated => {
            let task = approval.task(entry.task?)?;
            let created = proto::TaskCreated {
                task: name::format("tasks", task.id),
                assignee: name::format("employees", task.assignee),
                step: entry.step.clone().unwrap_or_default(),
            };
            Some(about(approval, &created))
        }
        Action::TaskApproved
        | Action::TaskRejected
        | Action::TaskReturned
        | Action::TaskCarriedOver
        | Action::TaskClosed => {
            let task = approval.task(entry.task?)?;
            let ended = proto::TaskEnded {
                task: name::format("tasks", task.id),
                assignee: name::format("employees", task.assignee),
                step: entry.step.clone().unwrap_or_default(),
                state: state(task.state).into(),
                create_time: Some(timestamp::to_proto(task.create_time)),
            };
            Some(about(approval, &ended))
        }
        Action::StepEnded => {
            let visit = visit(approval, entry)?;
            let ended = proto::StepEnded {
                step: visit.step.clone(),
                visit: count(visit.number),
                state: visit_state(visit.state).into(),
                start_time: Some(timestamp::to_proto(visit.start_time)),
            };
            Some(about(approval, &ended))
        }
        Action::Approved => Some(decided(approval, Outcome::Approved)),
        Action::Rejected => Some(decided(approval, Outcome::Rejected)),
        Action::Returned => Some(decided(approval, Outcome::Returned)),
        Action::Withdrawn => Some(decided(approval, Outcome::Withdrawn)),
        Action::Superseded => Some(decided(approval, Outcome::Superseded)),
        Action::Cancelled => Some(decided(approval, Outcome::Cancelled)),
        Action::EndedRefused => Some(decided(approval, Outcome::Refused)),
        Action::Suspended | Action::AttentionRaised => {
            let text = |key: &str| entry.details.get(key).cloned().unwrap_or_default();
            let reason: AttentionReason = serde_json::from_value(text("reason")).ok()?;
            let raised = proto::AttentionRaised {
                reason: attention_reason(reason).into(),
                detail: text("detail").as_str().unwrap_or_default().to_owned(),
            };
            Some(about(approval, &raised))
        }
        Action::AttentionCleared => Some(about(approval, &proto::AttentionCleared {})),
        Action::TaskReminded => {
            let task = approval.task(entry.task?)?;
            let reminded = proto::TaskReminded {
                task: name::format("tasks", task.id),
                assignee: name::format("employees", task.assignee),
                step: entry.step.clone().unwrap_or_default(),
                due_time: task.due_time.map(timestamp::to_proto),
            };
            Some(about(approval, &reminded))
        }
        Action::TaskEscalated => {
            let task = approval.task(entry.task?)?;
            let superiors = entry.details.get("superiors")?.as_array()?.iter();
            let escalated = proto::TaskEscalated {
                task: name::format("tasks", task.id),
                assignee: name::format("employees", task.assignee),
                step: entry.step.clone().unwrap_or_default(),
                superiors: superiors
                    .filter_map(|superior| superior.as_str().map(str::to_owned))
                    .collect(),
            };
            Some(about(approval, &escalated))
        }
        Action::TaskExpired => {
            let task = approval.task(entry.task?)?;
            let expired = proto::TaskExpired {
                task: name::format("tasks", task.id),
                assignee: name::format("employees", task.assignee),
                step: entry.step.clone().unwrap_or_default(),
                due_time: task.due_time.map(timestamp::to_proto),
            };
            Some(about(approval, &expired))
        }
        // Steps of the machinery, of interest to the history alone.
        Action::Reserved
        | Action::Refused
        | Action::StepSkipped
        | Action::Confirming
        | Action::Confirmed
        | Action::Released
        | Action::Retried
        | Action::OutcomeDelivered => None,
        // Not announced yet.
        Action::TaskTransferred
        | Action::TaskDelegated
        | Action::TaskGivenBack
        | Action::SignersAdded
        | Action::SignerRemoved
        | Action::TaskTakenBack
        | Action::TaskReassigned
        | Action::Urged
        | Action::Copied
        | Action::Commented
        | Action::TaskDeputed => None,
    }
}

fn about<M: Message + Name>(approval: &Approval, message: &M) -> NewEvent {
    NewEvent::of(name::format("approvals", approval.id), message)
}

fn visit<'a>(approval: &'a Approval, entry: &Entry) -> Option<&'a Visit> {
    approval.visit(entry.visit?)
}

fn requested(approval: &Approval) -> proto::ApprovalRequested {
    proto::ApprovalRequested {
        round: count(approval.round),
        subject: Some(subject(&approval.subject)),
        title: approval.title.clone(),
        submitter: name::format("employees", approval.submitter),
        unit: name::format("orgUnits", approval.unit),
        policy_version: version_name(&approval.policy_key()),
    }
}

fn decided(approval: &Approval, how: Outcome) -> NewEvent {
    let decided = proto::ApprovalDecided {
        outcome: outcome(how).into(),
        round: count(approval.round),
        subject: Some(subject(&approval.subject)),
        comment: approval.outcome_comment.clone(),
        create_time: Some(timestamp::to_proto(approval.create_time)),
    };
    about(approval, &decided)
}
