//! An approver takes back what they decided (取回), as long as nobody who came after has touched it; or the question for an opinion.
//!
//! What was decided stays on record. The assignee has a new task for it, and whoever was asked because of the decision is asked no
//! longer: a step that had started is over, and this one is open again.

use serde_json::json;
use uuid::Uuid;

use super::{
    approval::{Approval, Position, TaskState, VisitState},
    audit::Action,
    mode::Mode,
    receiver::takes_part,
    refusal::Refusal,
    state::State,
    verb::Verb,
    work::{Changes, Desk, Work},
};

/// Takes a decision back. Who asks has been checked before.
///
/// # Errors
/// What [`Work::act`] finds; `NotTakeable`, `LimitReached`.
pub fn take_back(
    approval: &mut Approval,
    desk: Desk<'_>,
    task: Uuid,
    comment: &str,
) -> Result<Changes, Refusal> {
    let (mut work, position, visit) = Work::act(approval, desk, task, Verb::TakeBack)?;
    // A decision that is taken back is asked for again, and so could be for ever.
    work.check_task_room(visit)?;
    work.log_task(Action::TaskTakenBack, position, [("comment", json!(comment))]);
    let taken = &work.approval.tasks[position];
    if taken.state == TaskState::Delegated {
        work.recall_opinion(position);
    } else if let Some(asker) = taken.opinion_for() {
        work.take_opinion_back(visit, position, asker)?;
    } else {
        work.take_decision_back(visit, position)?;
    }
    Ok(work.finish())
}

impl Work<'_> {
    fn take_opinion_back(&mut self, visit: usize, position: usize, asker: Uuid) -> Result<(), Refusal> {
        let mut tasks = self.approval.tasks.iter();
        let asker = tasks.position(|task| task.id == asker && task.state == TaskState::Pending);
        let asker = asker.ok_or_else(|| self.not_takeable(position, "FOLLOWED"))?;
        // They were made a signer since, or are asked for another opinion: nobody has two parts in a visit.
        let giver = self.approval.tasks[position].assignee;
        if takes_part(self.approval, &self.approval.visits[visit], giver) {
            return Err(self.not_takeable(position, "FOLLOWED"));
        }
        self.change_task(asker, TaskState::Delegated);
        self.ask_again(visit, position);
        Ok(())
    }

    fn take_decision_back(&mut self, visit: usize, position: usize) -> Result<(), Refusal> {
        let by_clock = self.decided_by_clock(&self.approval.visits[visit], &self.approval.tasks[position]);
        if by_clock {
            return Err(self.not_takeable(position, "DECIDED_BY_DEADLINE"));
        }
        if self.approval.visits[visit].round != self.approval.round {
            return Err(self.not_takeable(position, "FOLLOWED"));
        }
        if self.open_visit() != Some(visit) {
            for following in visit + 1..self.approval.visits.len() {
                self.take_visit_back(following)
                    .ok_or_else(|| self.not_takeable(position, "FOLLOWED"))?;
            }
            self.open_again(visit)?;
        }
        self.call_off_followers(visit, position)?;
        self.ask_again(visit, position);
        self.settle(visit)
    }

    /// Ends a visit that started after the decision; `None` where somebody has done something in it.
    fn take_visit_back(&mut self, visit: usize) -> Option<()> {
        let Some(of) = self.approval.visits.get(visit) else {
            return Some(());
        };
        if matches!(of.state, VisitState::Skipped | VisitState::TakenBack) {
            return Some(());
        }
        let id = of.id;
        // A service that checks has been asked already.
        let checks = of.approvers.is_empty();
        let rearranged = of.approvers.iter().any(|asked| asked.added.is_some());
        let untouched = |state| {
            matches!(
                state,
                TaskState::Pending | TaskState::CarriedOver | TaskState::Closed
            )
        };
        let mut tasks = self.approval.tasks.iter();
        if checks || rearranged || !tasks.all(|task| task.visit != id || untouched(task.state)) {
            return None;
        }
        for task in 0..self.approval.tasks.len() {
            let carried = self.approval.tasks[task].state == TaskState::CarriedOver;
            if self.approval.tasks[task].visit == id && carried {
                self.end_task(task, TaskState::TakenBack);
            }
        }
        self.end_visit(visit, VisitState::TakenBack);
        Some(())
    }

    fn open_again(&mut self, visit: usize) -> Result<(), Refusal> {
        let step = self.approval.visits[visit].step.clone();
        let position = self.desk.rulebook.policy.position(&step);
        self.approval.step_position = position.ok_or(Refusal::Defect("a visit of no step of the policy"))?;
        let opened = &mut self.approval.visits[visit];
        opened.state = VisitState::Open;
        opened.end_time = None;
        self.changes.visits.insert(visit);
        if self.approval.state == State::Suspended {
            self.clear_attention();
            self.approval.state = State::Pending;
        }
        Ok(())
    }

    /// Has those who were asked because of an answer wait again, or asks them no longer.
    fn call_off_followers(&mut self, visit: usize, position: usize) -> Result<(), Refusal> {
        let places = self.places_of(visit, self.approval.tasks[position].assignee);
        for place in self.after(visit, &places)? {
            if self.signers_of(visit, place).next().is_some() {
                return Err(self.not_takeable(position, "FOLLOWED"));
            }
            self.call_off(visit, position, place, TaskState::Closed)?;
        }
        for place in self.waited(visit, &places) {
            self.call_off(visit, position, place, TaskState::Waiting)?;
        }
        Ok(())
    }

    fn call_off(
        &mut self,
        visit: usize,
        position: usize,
        place: Uuid,
        becomes: TaskState,
    ) -> Result<(), Refusal> {
        let tasks: Vec<usize> = self
            .holders(visit, place)
            .filter_map(|holder| self.position_in(visit, holder.employee))
            .collect();
        for task in tasks {
            match self.approval.tasks[task].state {
                TaskState::Pending if becomes == TaskState::Closed => self.close_task(task),
                TaskState::Pending => self.change_task(task, becomes),
                TaskState::Closed => {}
                // It waits for another who signs before its assignee as well.
                TaskState::Waiting if becomes == TaskState::Waiting => {}
                // Handed over: whoever holds it now is another of them.
                TaskState::Transferred => {}
                _ => return Err(self.not_takeable(position, "FOLLOWED")),
            }
        }
        Ok(())
    }

    /// The places at which somebody is asked only after these have answered.
    fn after(&self, visit: usize, places: &[Uuid]) -> Result<Vec<Uuid>, Refusal> {
        let signs_after = |place: &Uuid| -> Vec<Uuid> {
            let signers = self.signers_of(visit, *place);
            signers
                .filter(|signer| {
                    let added = signer.added.as_ref();
                    added.is_some_and(|added| added.position == Position::After)
                })
                .map(|signer| signer.employee)
                .collect()
        };
        let mut after: Vec<Uuid> = places.iter().flat_map(signs_after).collect();
        if self.step_of(visit)?.mode == Mode::InTurn {
            let roots: Vec<Uuid> = places
                .iter()
                .flat_map(|place| self.roots(visit, *place))
                .collect();
            let voting = self.approvers(visit).iter().filter(|asked| asked.votes());
            let behind = voting
                .map(|asked| asked.employee)
                .skip_while(|place| !roots.contains(place))
                .filter(|place| !roots.contains(place));
            after.extend(behind);
        }
        Ok(after)
    }

    /// The places whose holders wait for one of these to sign before them.
    fn waited(&self, visit: usize, places: &[Uuid]) -> Vec<Uuid> {
        let added = |place: &Uuid| {
            let mut asked = self.approvers(visit).iter();
            let owner = asked.find(|asked| asked.employee == *place);
            owner
                .and_then(|owner| owner.added.as_ref())
                .filter(|added| added.position == Position::Before)
                .map(|added| added.places.clone())
                .unwrap_or_default()
        };
        places.iter().flat_map(added).collect()
    }

    /// The places of the policy that a place belongs to.
    fn roots(&self, visit: usize, place: Uuid) -> Vec<Uuid> {
        let mut asked = self.approvers(visit).iter();
        let owner = asked.find(|asked| asked.employee == place && asked.owns_place());
        match owner.and_then(|owner| owner.added.as_ref()) {
            Some(added) => added
                .places
                .iter()
                .flat_map(|place| self.roots(visit, *place))
                .collect(),
            None => vec![place],
        }
    }

    /// Gives the assignee of a task that was decided another one in its place.
    fn ask_again(&mut self, visit: usize, position: usize) {
        self.change_task(position, TaskState::TakenBack);
        let assignee = self.approval.tasks[position].assignee;
        let request = self.approval.tasks[position].request.clone();
        self.push_task(visit, assignee, request);
    }

    fn not_takeable(&self, position: usize, cause: &'static str) -> Refusal {
        Refusal::NotTakeable {
            task: self.approval.tasks[position].id,
            cause,
        }
    }
}
