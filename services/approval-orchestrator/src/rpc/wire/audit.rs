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
        Action::TaskReminded => Wire::TaskReminded,
        Action::TaskEscalated => Wire::TaskEscalated,
        Action::TaskExpired => Wire::TaskExpired,
        Action::TaskTransferred => Wire::TaskTransferred,
        Action::TaskDelegated => Wire::TaskDelegated,
        Action::TaskGivenBack => Wire::TaskGivenBack,
        Action::SignersAdded => Wire::SignersAdded,
        Action::SignerRemoved => Wire::SignerRemoved,
        Action::TaskTakenBack => Wire::TaskTakenBack,
        Action::TaskReassigned => Wire::TaskReassigned,
        Action::Cancelled => Wire::Cancelled,
        Action::Urged => Wire::Urged,
        Action::Copied => Wire::Copied,
        Action::Commented => Wire::Commented,
        Action::TaskDeputed => Wire::TaskDeputed,
    }
}

#[cfg(test)]
mod tests {
    use salient_proto::POOL;

    use super::*;
    use crate::domain::audit::action_named;

    const MIGRATION: &str = include_str!(
        "../../../../../migrations/approval-orchestrator/2026-11-29-000400_widen_vocabularies/up.sql"
    );

    #[test]
    fn the_contract_the_domain_and_the_database_know_the_same_actions() {
        let declared = POOL
            .get_enum_by_name("salient.approval.v1.AuditEntry.Action")
            .expect("declared");
        let mut known = Vec::new();
        for value in declared.values().filter(|value| value.number() != 0) {
            let short = value.name().strip_prefix("ACTION_").expect("a prefix");
            let of_domain = action_named(short).unwrap_or_else(|| panic!("{short} is no action"));
            assert_eq!(action(of_domain).as_str_name(), value.name());
            known.push(format!("'{short}'"));
        }
        let check = MIGRATION
            .split_once("audit_action_known")
            .expect("a constraint")
            .1;
        let check = check
            .split_once("IN (")
            .expect("a list")
            .1
            .split_once(')')
            .expect("its end")
            .0;
        let mut allowed: Vec<_> = check.split(", ").map(str::to_owned).collect();
        allowed.sort();
        known.sort();
        assert_eq!(allowed, known);
    }
}
