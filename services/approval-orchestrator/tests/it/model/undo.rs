//! How a decision is taken back, as the model has it: whatever came of it alone is undone, if nobody has gone on from it.

use salient_proto::approval::v1::{
    SignerPosition, approval::State, task::State as TaskState, visit::State as VisitState,
};

use super::{
    acts::Refusal,
    approval::Approval,
    policies::{Mode, Person},
};

impl Approval {
    pub fn take_back(&mut self, at: usize, task: usize) -> Result<(), Refusal> {
        let taken = self.visits[at].tasks[task].clone();
        if taken.state == TaskState::Delegated {
            // The opinion is done without.
            self.visits[at].end_task(task, TaskState::Pending);
            return Ok(());
        }
        if let Some(asker) = taken.opinion_for {
            let visit = &mut self.visits[at];
            // Whoever has become a signer since, or gives another opinion, has one part in the visit already.
            if visit.tasks[asker].state != TaskState::Pending || visit.knows(taken.who) {
                return Err("NOT_TAKEABLE");
            }
            visit.tasks[asker].state = TaskState::Delegated;
            visit.tasks[task].state = TaskState::TakenBack;
            visit.give(taken.who, Some(asker));
            return Ok(());
        }
        if taken.by_clock || self.visits[at].round != self.round {
            return Err("NOT_TAKEABLE");
        }
        if self.open() != Some(at) {
            self.undo_after(at)?;
        }
        self.call_off(at, taken.who)?;
        let visit = &mut self.visits[at];
        visit.end_task(task, TaskState::TakenBack);
        visit.give(taken.who, None);
        self.settle(at);
        Ok(())
    }

    /// Undoes the visits that followed one, if nobody has done anything in them, and opens it again.
    fn undo_after(&mut self, at: usize) -> Result<(), Refusal> {
        for following in at + 1..self.visits.len() {
            let visit = &self.visits[following];
            if matches!(visit.state, VisitState::Skipped | VisitState::TakenBack) {
                continue;
            }
            let untouched = [TaskState::Pending, TaskState::CarriedOver, TaskState::Closed];
            if visit.places.iter().any(|place| place.added.is_some())
                || visit.tasks.iter().any(|task| !untouched.contains(&task.state))
            {
                return Err("NOT_TAKEABLE");
            }
            for task in 0..visit.tasks.len() {
                if self.visits[following].tasks[task].state == TaskState::CarriedOver {
                    self.visits[following].end_task(task, TaskState::TakenBack);
                }
            }
            self.close(following, VisitState::TakenBack);
        }
        self.position = self.visits[at].step;
        self.visits[at].state = VisitState::Open;
        if self.state == State::Suspended {
            self.state = State::Pending;
            self.attention = None;
        }
        Ok(())
    }

    /// Asks no longer whoever was asked only because somebody had answered: those who sign after them or come after them in turn;
    /// and has those wait again who had waited for them.
    fn call_off(&mut self, at: usize, who: Person) -> Result<(), Refusal> {
        let in_turn = self.step(at).mode == Mode::InTurn;
        let visit = &mut self.visits[at];
        let places = visit.answers_for(who);
        let mut after: Vec<Person> = places
            .iter()
            .flat_map(|place| visit.signing(*place, SignerPosition::After))
            .collect();
        if in_turn {
            let roots: Vec<Person> = places.iter().flat_map(|place| visit.roots(*place)).collect();
            let behind = visit
                .voters()
                .into_iter()
                .skip_while(|voter| !roots.contains(voter));
            after.extend(behind.filter(|voter| !roots.contains(voter)));
        }
        let before: Vec<Person> = places
            .iter()
            .filter_map(|place| visit.place(*place).and_then(|place| place.added.as_ref()))
            .filter(|added| added.when == SignerPosition::Before)
            .flat_map(|added| added.to.clone())
            .collect();
        for (place, becomes) in after
            .iter()
            .map(|place| (*place, TaskState::Closed))
            .chain(before.iter().map(|place| (*place, TaskState::Waiting)))
        {
            if becomes == TaskState::Closed && !visit.signers(place).is_empty() {
                return Err("NOT_TAKEABLE");
            }
            for person in visit.sitting(place) {
                let Some(task) = visit.deciding_task(person) else {
                    continue;
                };
                match visit.tasks[task].state {
                    TaskState::Pending if becomes == TaskState::Closed => visit.end_task(task, becomes),
                    TaskState::Pending => visit.tasks[task].state = becomes,
                    TaskState::Closed | TaskState::Transferred => {}
                    TaskState::Waiting if becomes == TaskState::Waiting => {}
                    _ => return Err("NOT_TAKEABLE"),
                }
            }
        }
        Ok(())
    }
}
