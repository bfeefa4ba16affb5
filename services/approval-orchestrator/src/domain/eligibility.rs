//! Whether an assignee may still decide: asked again at every decision, because posts are lost between asking and answering.

use salient_operation::Profile;

use super::{
    approval::{Approval, Seat, Task},
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
    if holds(decider, seat(approval, task)?) {
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

/// The post and unit by which the assignee of a task was asked; `None` where they were asked by name, or by another assignee.
///
/// # Errors
/// `Defect` where the task belongs to no visit, or its assignee is not among those to be asked.
fn seat(approval: &Approval, task: &Task) -> Result<Option<Seat>, Refusal> {
    if !task.decides() {
        return Ok(None);
    }
    let visit = approval.visit(task.visit);
    visit
        .and_then(|visit| {
            let mut asked = visit.approvers.iter();
            asked.find(|approver| approver.employee == task.assignee)
        })
        .map(|approver| approver.seat)
        .ok_or(Refusal::Defect(
            "a task's assignee is not among its visit's approvers",
        ))
}
