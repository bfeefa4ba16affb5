//! What is kept, and how it is asked for. Nothing of diesel leaves this module.

mod anchors;
mod approvals;
mod audit;
mod copies;
mod counts;
mod deliveries;
mod deputyships;
mod drafts;
mod filter;
#[cfg(test)]
mod plans;
mod policies;
mod save;
mod schema;
mod standing;
mod tasks;
mod timers;

pub use self::{
    anchors::{
        Contradiction, anchored_contradictions, anchored_insert, anchored_list, anchored_newest,
        anchored_reached, unanchored_list,
    },
    approvals::{
        ApprovalQuery, approval_by_task, approval_find, approval_list, approvals_after, approvals_created_in,
        approvals_find,
    },
    audit::audit_list,
    copies::{CopyQuery, CopyRow, copy_list, copy_read},
    counts::{MOST as MOST_COUNTED, counts},
    deliveries::deliveries_hasten,
    deputyships::{
        DeputyshipQuery, DeputyshipRow, deputyship_find, deputyship_insert, deputyship_list, deputyship_save,
        deputyships_around, deputyships_lock, deputyships_open, deputyships_open_count, deputyships_revision,
    },
    drafts::{
        DraftKey, DraftRow, draft_delete, draft_find, draft_for_update, draft_insert, draft_list, draft_save,
    },
    policies::{
        PolicyVersionRow, kinds_known, policy_find, policy_insert, policy_latest, policy_latest_version,
        policy_list, policy_ship,
    },
    save::ApprovalSave,
    standing::{
        PolicyRow, approvals_released, policies_list, policy_get, policy_standing, policy_status_save,
    },
    tasks::{TaskQuery, TaskRow, task_find, task_list, tasks_of_approval},
    timers::{approval_due, assignees_with_tasks},
};

/// What queries are for, as spans and metrics name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Query {
    ApprovalDue,
    ApprovalFind,
    ApprovalFindByTask,
    ApprovalList,
    ApprovalSave,
    AssigneesWithTasks,
    AuditList,
    DeliveriesHasten,
    PolicyFind,
    PolicyLatest,
    PolicyList,
    PolicyPublish,
    PolicyShip,
    TaskFind,
    TaskList,
    DraftFind,
    DraftList,
    DraftSave,
    PoliciesList,
    PolicyGet,
    PolicyTurn,
    ApprovalsReleased,
    ApprovalsSimulate,
    UnanchoredList,
    AnchoredInsert,
    AnchoredNewest,
    AnchoredList,
    AnchoredReached,
    AnchoredContradictions,
    ApprovalsAfter,
    ApprovalsCreatedIn,
    ApprovalsFind,
    ApprovalUnchanged,
    CopyList,
    CopyRead,
    TaskCount,
    DeputyshipCreate,
    DeputyshipFind,
    DeputyshipList,
    DeputyshipSave,
    DeputyshipsOpen,
}

impl salient_database::Label for Query {
    fn name(self) -> &'static str {
        match self {
            Self::ApprovalDue => "approval_due",
            Self::ApprovalFind => "approval_find",
            Self::ApprovalFindByTask => "approval_find_by_task",
            Self::ApprovalList => "approval_list",
            Self::ApprovalSave => "approval_save",
            Self::AssigneesWithTasks => "assignees_with_tasks",
            Self::AuditList => "audit_list",
            Self::DeliveriesHasten => "deliveries_hasten",
            Self::PolicyFind => "policy_find",
            Self::PolicyLatest => "policy_latest",
            Self::PolicyList => "policy_list",
            Self::PolicyPublish => "policy_publish",
            Self::PolicyShip => "policy_ship",
            Self::TaskFind => "task_find",
            Self::TaskList => "task_list",
            Self::DraftFind => "draft_find",
            Self::DraftList => "draft_list",
            Self::DraftSave => "draft_save",
            Self::PoliciesList => "policies_list",
            Self::PolicyGet => "policy_get",
            Self::PolicyTurn => "policy_turn",
            Self::ApprovalsReleased => "approvals_released",
            Self::ApprovalsSimulate => "approvals_simulate",
            Self::UnanchoredList => "unanchored_list",
            Self::AnchoredInsert => "anchored_insert",
            Self::AnchoredNewest => "anchored_newest",
            Self::AnchoredList => "anchored_list",
            Self::AnchoredReached => "anchored_reached",
            Self::AnchoredContradictions => "anchored_contradictions",
            Self::ApprovalsAfter => "approvals_after",
            Self::ApprovalsCreatedIn => "approvals_created_in",
            Self::ApprovalsFind => "approvals_find",
            Self::ApprovalUnchanged => "approval_unchanged",
            Self::CopyList => "copy_list",
            Self::CopyRead => "copy_read",
            Self::TaskCount => "task_count",
            Self::DeputyshipCreate => "deputyship_create",
            Self::DeputyshipFind => "deputyship_find",
            Self::DeputyshipList => "deputyship_list",
            Self::DeputyshipSave => "deputyship_save",
            Self::DeputyshipsOpen => "deputyships_open",
        }
    }
}
