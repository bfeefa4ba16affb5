//! Simulated approvals.

use salient_proto::approval::v1 as proto;
use salient_values::{name, timestamp};

use super::policy::{approver, version_name};
use crate::domain::{
    approval::Approval,
    simulate::{Fate, Simulated, SimulatedStep},
};

/// An approval, by the version it ran by and by another.
pub fn simulated_approval(approval: &Approval, simulated: &Simulated) -> proto::SimulatedApproval {
    proto::SimulatedApproval {
        approval: name::format("approvals", approval.id),
        title: approval.title.clone(),
        create_time: Some(timestamp::to_proto(approval.create_time)),
        policy_version: version_name(&approval.policy_key()),
        changed: simulated.changed,
        steps: simulated.steps.iter().map(step).collect(),
        problem: simulated.problem.clone().unwrap_or_default(),
    }
}

fn step(step: &SimulatedStep) -> proto::SimulatedStep {
    proto::SimulatedStep {
        step: step.id.clone(),
        title: step.title.clone(),
        then_fate: fate(step.then).into(),
        now_fate: fate(step.now).into(),
        then_approvers: step.then_approvers.iter().map(approver).collect(),
        now_approvers: step.now_approvers.iter().map(approver).collect(),
    }
}

const fn fate(fate: Fate) -> proto::simulated_step::Fate {
    use proto::simulated_step::Fate as Wire;
    match fate {
        Fate::Absent => Wire::Absent,
        Fate::Skipped => Wire::Skipped,
        Fate::Started => Wire::Started,
        Fate::Suspended => Wire::Suspended,
    }
}
