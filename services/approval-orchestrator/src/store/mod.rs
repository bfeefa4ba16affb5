//! What is kept, and how it is asked for. Nothing of diesel leaves this module.

mod approvals;
mod audit;
mod deliveries;
mod document;
mod filter;
mod policies;
mod save;
mod schema;
mod tasks;
mod timers;

pub use self::{
    approvals::{ApprovalQuery, approval_by_task, approval_find, approval_list},
    audit::audit_list,
    deliveries::deliveries_hasten,
    policies::{
        PolicyVersionRow, policy_find, policy_insert, policy_latest, policy_latest_version, policy_list,
        policy_ship,
    },
    save::ApprovalSave,
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
        }
    }
}
