//! An approver wants others to sign as well (加签), before, after or beside them, or not any more (减签).

use serde_json::json;
use uuid::Uuid;

use super::{
    approval::{Added, Approval, Position, ResolvedApprover, TaskState, VisitState},
    audit::Action,
    receiver::Receiver,
    refusal::Refusal,
    verb::Verb,
    work::{Changes, Desk, Work},
};

/// How many signers a visit may have besides those of the policy.
const MOST_SIGNERS: usize = 20;
/// How far a signer may be from a place of the policy: one who was added may add another.
const MOST_DEEP: usize = 5;

/// Adds signers to the places that a task's assignee answers for. Who asks has been checked before.
///
/// # Errors
/// What [`Work::act`] and [`Work::check_receiver`] find; `OpinionOnly`, `LimitReached`.
pub fn add(
    approval: &mut Approval,
    desk: Desk<'_>,
    task: Uuid,
    signers: &[Receiver],
    position: Position,
    comment: &str,
) -> Result<Changes, Refusal> {
    let (mut work, asker, visit) = Work::act(approval, desk, task, Verb::AddSigners)?;
    if !work.approval.tasks[asker].decides() {
        return Err(Refusal::OpinionOnly { task });
    }
    let by = work.approval.tasks[asker].assignee;
    let places = work.places_of(visit, by);
    let names: Vec<_> = signers
        .iter()
        .map(|signer| format!("employees/{}", signer.employee))
        .collect();
    let details = [
        ("signers", json!(names)),
        ("position", json!(position)),
        ("comment", json!(comment)),
    ];
    work.log_task(Action::SignersAdded, asker, details);
    for signer in signers {
        // One by one, so that nobody is added twice.
        work.check_receiver(visit, signer)?;
        work.check_room(visit, &places)?;
        work.approval.visits[visit].approvers.push(ResolvedApprover {
            employee: signer.employee,
            display_name: signer.display_name.clone(),
            seat: None,
            substitute: false,
            weight: 1,
            stands_for: Vec::new(),
            added: Some(Added {
                by,
                places: places.clone(),
                position,
                comment: comment.to_owned(),
            }),
        });
    }
    work.changes.visits.insert(visit);
    let state = match position {
        Position::Before => TaskState::Waiting,
        // A change of the task all the same: whoever decides it by what they have read shall see this first.
        Position::After | Position::Beside => TaskState::Pending,
    };
    work.change_task(asker, state);
    work.settle(visit)?;
    Ok(work.finish())
}

/// Removes a signer whom a task's assignee added, and who has not answered. Who asks has been checked before.
///
/// # Errors
/// What [`Work::act`] finds; `SignerNotRemovable`; `Defect` where steps start and their approvers were not looked up.
pub fn remove(
    approval: &mut Approval,
    desk: Desk<'_>,
    task: Uuid,
    signer: Uuid,
    comment: &str,
) -> Result<Changes, Refusal> {
    let (mut work, asker, visit) = Work::act(approval, desk, task, Verb::RemoveSigner)?;
    let by = work.approval.tasks[asker].assignee;
    work.check_removable(visit, signer, by)?;
    let details = [
        ("signer", json!(format!("employees/{signer}"))),
        ("comment", json!(comment)),
    ];
    work.log_task(Action::SignerRemoved, asker, details);
    work.clear_place(visit, signer);
    work.go_on(visit, comment)?;
    Ok(work.finish())
}

impl Work<'_> {
    fn check_room(&self, visit: usize, places: &[Uuid]) -> Result<(), Refusal> {
        let added = self
            .approvers(visit)
            .iter()
            .filter(|asked| asked.added.is_some())
            .count();
        if added >= MOST_SIGNERS {
            return Err(Refusal::LimitReached {
                limit: "SIGNERS",
                most: MOST_SIGNERS,
            });
        }
        let deep = places.iter().map(|place| self.depth(visit, *place)).max();
        if deep.unwrap_or_default() >= MOST_DEEP {
            return Err(Refusal::LimitReached {
                limit: "DEPTH",
                most: MOST_DEEP,
            });
        }
        Ok(())
    }

    /// How far a place is from one of the policy.
    fn depth(&self, visit: usize, place: Uuid) -> usize {
        let mut asked = self.approvers(visit).iter();
        let owner = asked.find(|asked| asked.employee == place && asked.owns_place());
        owner.and_then(|owner| owner.added.as_ref()).map_or(0, |added| {
            let above = added.places.iter().map(|place| self.depth(visit, *place));
            1 + above.max().unwrap_or_default()
        })
    }

    fn check_removable(&self, visit: usize, signer: Uuid, by: Uuid) -> Result<(), Refusal> {
        let refuse = |cause| Err(Refusal::SignerNotRemovable { signer, cause });
        let mut asked = self.approvers(visit).iter();
        let Some(added) = asked
            .find(|asked| asked.employee == signer)
            .and_then(|asked| asked.added.as_ref())
        else {
            return refuse("NOT_ADDED");
        };
        if added.by != by {
            return refuse("ADDED_BY_ANOTHER");
        }
        if self.visit_is_closed(visit) || self.held_answer(visit, signer).is_some() {
            return refuse("ANSWERED");
        }
        // A signer's own signers go with the place; what they said does not.
        let answered = |signer: &ResolvedApprover| self.answer(visit, signer.employee).is_some();
        if self.signers_of(visit, signer).any(answered) {
            return refuse("ANSWERED");
        }
        Ok(())
    }

    fn visit_is_closed(&self, visit: usize) -> bool {
        self.approval.visits[visit].state != VisitState::Open
    }

    /// Takes a place away, with everybody who holds it or was added to it alone.
    fn clear_place(&mut self, visit: usize, place: Uuid) {
        let signers: Vec<Uuid> = self
            .signers_of(visit, place)
            .filter(|signer| {
                let added = signer.added.as_ref();
                added.is_some_and(|added| added.places == [place])
            })
            .map(|signer| signer.employee)
            .collect();
        for signer in signers {
            self.clear_place(visit, signer);
        }
        for task in self.live_tasks(visit) {
            let task_of = &self.approval.tasks[task];
            let holds = task_of.decides() && self.places_of(visit, task_of.assignee) == [place];
            if holds && task_of.state.is_live() {
                self.close_task(task);
            }
        }
        let approvers = &mut self.approval.visits[visit].approvers;
        approvers.retain(|asked| asked.employee != place && asked.stands_for != [place]);
        for asked in approvers.iter_mut() {
            asked.stands_for.retain(|stood_for| *stood_for != place);
        }
        self.changes.visits.insert(visit);
    }
}
