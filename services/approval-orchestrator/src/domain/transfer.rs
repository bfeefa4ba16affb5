//! A task changes hands (转办): the receiver decides in the place of whoever was asked first.

use serde_json::json;
use uuid::Uuid;

use super::{
    approval::{Approval, Request, ResolvedApprover, TaskState},
    audit::Action,
    receiver::Receiver,
    refusal::Refusal,
    verb::Verb,
    work::{Changes, Desk, Work},
};

/// Hands a task over to somebody else: its assignee does, or an administrator. Who asks has been checked before.
///
/// # Errors
/// What [`Work::act`] and [`Work::check_receiver`] find.
pub fn transfer(
    approval: &mut Approval,
    desk: Desk<'_>,
    task: Uuid,
    receiver: &Receiver,
    comment: &str,
    verb: Verb,
) -> Result<Changes, Refusal> {
    let (mut work, position, visit) = Work::act(approval, desk, task, verb)?;
    work.check_receiver(visit, receiver)?;
    let action = match verb {
        Verb::Reassign => Action::TaskReassigned,
        _ => Action::TaskTransferred,
    };
    let to = format!("employees/{}", receiver.employee);
    work.log_task(action, position, [("to", json!(to)), ("comment", json!(comment))]);
    work.hand_over(visit, position, receiver, comment, verb);
    Ok(work.finish())
}

impl Work<'_> {
    fn hand_over(&mut self, visit: usize, position: usize, receiver: &Receiver, comment: &str, verb: Verb) {
        let giver = self.approval.tasks[position].clone();
        self.end_task(position, TaskState::Transferred);
        let before = giver.request.clone().unwrap_or_default();
        let request = Request {
            // Whoever was asked first: a place changes hands, its owner stays.
            principal: before
                .principal
                .or_else(|| giver.decides().then_some(giver.assignee)),
            opinion_for: before.opinion_for,
            // An administrator moves what somebody else was asked for.
            asked_by: (verb == Verb::Transfer).then_some(giver.assignee),
            comment: comment.to_owned(),
        };
        if giver.decides() {
            let stands_for = self.places_of(visit, giver.assignee);
            let mut asked = self.approvers(visit).iter();
            let weight = asked
                .find(|asked| asked.employee == giver.assignee)
                .map_or(1, |asked| asked.weight);
            self.approval.visits[visit].approvers.push(ResolvedApprover {
                employee: receiver.employee,
                display_name: receiver.display_name.clone(),
                seat: None,
                substitute: false,
                weight,
                stands_for,
                added: None,
            });
            self.changes.visits.insert(visit);
        }
        let task = self.push_task(visit, receiver.employee, Some(request));
        // Those who sign before them sign before whoever has the task.
        if giver.state == TaskState::Waiting {
            self.approval.tasks[task].state = TaskState::Waiting;
        }
    }
}
