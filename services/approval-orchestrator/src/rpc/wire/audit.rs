//! The history of an approval.

use salient_proto::approval::v1 as proto;
use salient_values::{name, timestamp};

use super::task::count;
use crate::domain::audit::{Action, AuditEntry};

/// One line of an approval's history.
pub fn audit_entry(entry: &AuditEntry) -> proto::AuditEntry {
    proto::AuditEntry {
        name: format!(
            "{}/auditEntries/{}",
            name::format("approvals", entry.approval),
            entry.sequence
        ),
        sequence: entry.sequence,
        action: action(entry.action).into(),
        actor: entry.actor.clone(),
        on_behalf_of: entry.on_behalf_of.clone(),
        origin: entry.origin.clone(),
        round: count(entry.round),
        subject_version: entry.subject_version,
        subject_digest: entry.subject_digest.clone(),
        step: entry.step.clone(),
        task: entry
            .task
            .map(|task| name::format("tasks", task))
            .unwrap_or_default(),
        details: entry.details.clone(),
        create_time: Some(timestamp::to_proto(entry.create_time)),
        previous_hash: entry.previous_hash.clone(),
        hash: entry.hash.clone(),
    }
}

const fn action(action: Action) -> proto::audit_entry::Action {
    use proto::audit_entry::Action as Wire;
    match action {
        Action::Submitted => Wire::Submitted,
        Action::Resubmitted => Wire::Resubmitted,
        Action::Reserved => Wire::Reserved,
        Action::Refused => Wire::Refused,
        Action::StepStarted => Wire::StepStarted,
        Action::StepSkipped => Wire::StepSkipped,
        Action::TaskCreated => Wire::TaskCreated,
        Action::TaskApproved => Wire::TaskApproved,
        Action::TaskRejected => Wire::TaskRejected,
        Action::TaskReturned => Wire::TaskReturned,
        Action::TaskCarriedOver => Wire::TaskCarriedOver,
        Action::TaskClosed => Wire::TaskClosed,
        Action::StepEnded => Wire::StepEnded,
        Action::Confirming => Wire::Confirming,
        Action::Confirmed => Wire::Confirmed,
        Action::Released => Wire::Released,
        Action::Approved => Wire::Approved,
        Action::Rejected => Wire::Rejected,
        Action::Returned => Wire::Returned,
        Action::Withdrawn => Wire::Withdrawn,
        Action::Superseded => Wire::Superseded,
        Action::Suspended => Wire::Suspended,
        Action::AttentionRaised => Wire::AttentionRaised,
        Action::AttentionCleared => Wire::AttentionCleared,
        Action::Retried => Wire::Retried,
        Action::OutcomeDelivered => Wire::OutcomeDelivered,
        Action::EndedRefused => Wire::EndedRefused,
    }
}
