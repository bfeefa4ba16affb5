//! Whether an assignee may still decide: asked again at every decision, because posts are lost between asking and answering.

use salient_operation::Profile;

use super::{
    approval::{Approval, ResolvedApprover, Seat, Task},
    refusal::Refusal,
};

/// Checks that the assignee of a task may decide it: they did not submit the subject, and still hold the post, in the unit, by
/// which they were asked. That they are an active employee, the access layer has checked.
///
/// # Errors
/// `NotEligible`; `Defect` where the task belongs to no visit.
pub fn check(approval: &Approval, task: &Task, decider: &Profile) -> Result<(), Refusal> {
    if decider.person == approval.submitter {
        return Err(Refusal::NotEligible {
            task: task.id,
            cause: "SUBMITTER",
        });
    }
    if holds(decider, asked_as(approval, task)?.seat) {
        Ok(())
    } else {
        Err(Refusal::NotEligible {
            task: task.id,
            cause: "POST_LOST",
        })
    }
}

/// Whether somebody holds the post, in the unit, by which they were asked; who was named outright needs none.
#[must_use]
pub fn holds(profile: &Profile, seat: Option<Seat>) -> bool {
    seat.is_none_or(|seat| {
        profile
            .posts
            .iter()
            .any(|held| held.post == seat.post && held.unit == seat.unit)
    })
}

/// As what the assignee of a task was asked.
///
/// # Errors
/// `Defect` where the task belongs to no visit, or its assignee is not among those to be asked.
pub fn asked_as<'a>(approval: &'a Approval, task: &Task) -> Result<&'a ResolvedApprover, Refusal> {
    approval
        .visit(task.visit)
        .and_then(|visit| {
            visit
                .approvers
                .iter()
                .find(|approver| approver.employee == task.assignee)
        })
        .ok_or(Refusal::Defect(
            "a task's assignee is not among its visit's approvers",
        ))
}
