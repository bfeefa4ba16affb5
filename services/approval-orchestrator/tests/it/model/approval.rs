//! An approval, as the model sees it: its visits in a row, and where it goes from each.

use salient_proto::approval::v1::{
    Outcome, approval::State, attention::Reason, task::State as TaskState, visit::State as VisitState,
};

use super::{
    acts::HOUR,
    policies::{Expiry, Person, Policy, Step, Who, ladder},
    visit::{Place, Task, Timer, Verdict, Visit, is_live},
};

/// What the participant has been asked, and has not answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    Reserve,
    Confirm,
}

#[derive(Clone, Debug)]
pub struct Approval {
    pub policy: Policy,
    pub state: State,
    pub round: i32,
    pub amount: i64,
    /// The step that is open, or would start next.
    pub position: usize,
    pub visits: Vec<Visit>,
    pub attention: Option<Reason>,
    pub question: Option<Question>,
    /// What it has answered last.
    pub answered: Option<Question>,
    pub outcomes: Vec<Outcome>,
    /// How often people were reminded.
    pub reminders: usize,
    /// How often the clock has done something.
    pub ticks: usize,
    /// Whether somebody holds the vacant post by now.
    pub appointed: bool,
    /// The time, in minutes.
    pub now: i64,
}

impl Approval {
    pub fn submitted(policy: Policy, amount: i64, now: i64) -> Self {
        let mut approval = Self {
            policy,
            state: State::Pending,
            round: 1,
            amount,
            position: 0,
            visits: Vec::new(),
            attention: None,
            question: None,
            answered: None,
            outcomes: Vec::new(),
            reminders: 0,
            ticks: 0,
            appointed: false,
            now,
        };
        approval.set_out();
        approval
    }

    pub fn set_out(&mut self) {
        if self.policy.participant {
            self.state = State::Reserving;
            self.question = Some(Question::Reserve);
        } else {
            self.advance();
        }
    }

    pub fn is_over(&self) -> bool {
        !matches!(
            self.state,
            State::Reserving | State::Pending | State::Returned | State::Suspended | State::Confirming
        )
    }

    pub fn open(&self) -> Option<usize> {
        self.visits
            .iter()
            .rposition(|visit| visit.state == VisitState::Open)
    }

    pub fn step(&self, visit: usize) -> Step {
        self.policy.steps[self.visits[visit].step].clone()
    }

    /// Goes to the next step that somebody has something to say in.
    pub fn advance(&mut self) {
        self.state = State::Pending;
        while let Some(step) = self.policy.steps.get(self.position).cloned() {
            if step.above.is_some_and(|above| self.amount <= above) {
                let skipped = self.visit(VisitState::Skipped);
                self.visits.push(skipped);
            } else {
                self.start(&step);
                if self.state == State::Suspended || self.open().is_some() {
                    return;
                }
            }
            self.position += 1;
        }
        let counts = |visit: &&Visit| !self.policy.restart || visit.round == self.round;
        let mut counted = self.visits.iter().filter(counts);
        if !counted.any(|visit| visit.state == VisitState::Agreed) {
            self.suspend(Reason::NoStep);
        } else if self.policy.participant {
            self.state = State::Confirming;
            self.question = Some(Question::Confirm);
        } else {
            self.end(State::Approved, Outcome::Approved);
        }
    }

    fn visit(&self, state: VisitState) -> Visit {
        let earlier = self
            .visits
            .iter()
            .filter(|visit| visit.step == self.position)
            .count();
        Visit {
            step: self.position,
            number: i32::try_from(earlier).unwrap() + 1,
            round: self.round,
            state,
            table: Vec::new(),
            places: Vec::new(),
            tasks: Vec::new(),
            timer: None,
        }
    }

    fn start(&mut self, step: &Step) {
        let mut visit = self.visit(VisitState::Open);
        for (who, weight) in &step.approvers {
            let ladder = ladder(*who, self.appointed);
            let found = ladder
                .into_iter()
                .take(if step.escalate_vacant { usize::MAX } else { 1 });
            let Some(holders) = found.into_iter().find(|rung| !rung.is_empty()) else {
                self.suspend(Reason::NoApprover);
                return;
            };
            for owner in holders {
                if let Some(known) = visit.places.iter_mut().find(|place| place.owner == owner) {
                    known.weight = known.weight.max(*weight);
                    continue;
                }
                visit.table.push(owner);
                visit.places.push(Place {
                    owner,
                    weight: *weight,
                    others: Vec::new(),
                    added: None,
                });
            }
        }
        if visit.verdict(step) == Verdict::No {
            self.suspend(Reason::VoteUnreachable);
            return;
        }
        visit.timer = step.deadline.as_ref().map(|deadline| Timer {
            due: self.now + deadline.after * HOUR,
            next: Some(self.now + (deadline.after - deadline.remind_before) * HOUR),
            passed: 0,
        });
        self.visits.push(visit);
        self.settle(self.visits.len() - 1);
    }

    /// Asks whoever has to be asked now in a visit, and ends it once it is decided.
    pub fn settle(&mut self, at: usize) {
        let step = self.step(at);
        self.visits[at].dismiss();
        loop {
            match self.visits[at].verdict(&step) {
                Verdict::Yes => return self.close(at, VisitState::Agreed),
                Verdict::No => return self.close(at, VisitState::Rejected),
                Verdict::Undecided => {}
            }
            let mut carried = false;
            for owner in self.visits[at].to_ask(&step) {
                let first = self.visits[at].ask(owner);
                let voter = self.visits[at].voters().contains(&owner);
                if let Some(task) = first.filter(|_| voter && self.agreed_just_before(at, owner)) {
                    self.visits[at].end_task(task, TaskState::CarriedOver);
                    carried = true;
                }
            }
            if !carried {
                return;
            }
        }
    }

    /// Whether somebody has decided the step before with a yes of their own, in the same round, where that counts.
    fn agreed_just_before(&self, at: usize, person: Person) -> bool {
        let gone = |visit: &&Visit| !matches!(visit.state, VisitState::Skipped | VisitState::TakenBack);
        let before = self.visits[..at].iter().rev().find(gone);
        self.policy.carry_over
            && before.is_some_and(|before| {
                let yes = |task: &Task| matches!(task.state, TaskState::Approved | TaskState::CarriedOver);
                let theirs = |task: &Task| task.who == person && task.opinion_for.is_none() && !task.by_clock;
                before.state == VisitState::Agreed
                    && before.round == self.round
                    && before.tasks.iter().any(|task| yes(task) && theirs(task))
            })
    }

    pub fn close(&mut self, at: usize, state: VisitState) {
        self.visits[at].close_live();
        self.visits[at].state = state;
        self.attention = self.attention.filter(|reason| *reason != Reason::NoSuperior);
    }

    /// Settles a visit, and goes where that leads.
    pub fn go_on(&mut self, at: usize) {
        self.settle(at);
        match self.visits[at].state {
            VisitState::Agreed => {
                self.position += 1;
                self.advance();
            }
            VisitState::Rejected => self.end(State::Rejected, Outcome::Rejected),
            _ => {}
        }
    }

    pub fn suspend(&mut self, why: Reason) {
        self.state = State::Suspended;
        self.attention = Some(why);
    }

    pub fn end(&mut self, state: State, outcome: Outcome) {
        if let Some(open) = self.open() {
            self.close(open, VisitState::Closed);
        }
        self.attention = None;
        self.state = state;
        self.outcomes.push(outcome);
    }

    /// The time has moved on: does whatever is due by now.
    pub fn look_at_the_clock(&mut self) {
        while let Some(at) = self.open().filter(|_| self.state == State::Pending) {
            let due = self.visits[at].timer.as_ref().and_then(|timer| timer.next);
            if due.is_none_or(|due| self.now < due) {
                return;
            }
            self.fire(at);
        }
    }

    fn fire(&mut self, at: usize) {
        self.ticks += 1;
        let (now, step) = (self.now, self.step(at));
        let deadline = step.deadline.clone().unwrap();
        let timer = self.visits[at].timer.as_mut().unwrap();
        if now < timer.due {
            timer.next = Some(timer.due);
            return self.remind(at);
        }
        timer.passed += 1;
        let again = deadline.again.filter(|(_, times)| timer.passed <= *times);
        timer.next = again.map(|(every, _)| now + every * HOUR);
        match deadline.expiry {
            Expiry::Remind => self.remind(at),
            Expiry::Escalate { close } => self.escalate(at, &step, close),
            Expiry::Approve => self.decide_by_clock(at, TaskState::Approved),
            Expiry::Reject => self.decide_by_clock(at, TaskState::Rejected),
        }
    }

    fn remind(&mut self, at: usize) {
        let pending = |task: &&Task| task.state == TaskState::Pending;
        self.reminders += self.visits[at].tasks.iter().filter(pending).count();
    }

    fn decide_by_clock(&mut self, at: usize, state: TaskState) {
        let visit = &mut self.visits[at];
        for asker in 0..visit.tasks.len() {
            if visit.tasks[asker].state == TaskState::Delegated {
                visit.end_task(asker, TaskState::Pending);
            }
        }
        while self.visits[at].state == VisitState::Open {
            let mut tasks = self.visits[at].tasks.iter();
            let Some(next) = tasks.position(|task| task.state == TaskState::Pending) else {
                return;
            };
            self.visits[at].tasks[next].by_clock = true;
            self.visits[at].end_task(next, state);
            self.go_on(at);
        }
    }

    /// Seats superiors at the places of those who are late.
    fn escalate(&mut self, at: usize, step: &Step, close: bool) {
        let visit = &self.visits[at];
        let asked = |owner: &Person| {
            let tasks = visit
                .sitting(*owner)
                .into_iter()
                .filter_map(|person| visit.deciding_task(person));
            tasks.into_iter().any(|task| is_live(visit.tasks[task].state))
        };
        // In the order of the table.
        let owners = visit
            .table
            .iter()
            .filter(|person| visit.place(**person).is_some());
        let late: Vec<Person> = owners
            .filter(|owner| asked(owner) && visit.says(**owner).is_none())
            .copied()
            .collect();
        let mut alone = false;
        for owner in late {
            let superiors = self.superiors(at, step, owner);
            alone |= superiors.is_empty();
            if !superiors.is_empty() {
                self.stand_in(at, owner, &superiors, close);
            }
        }
        if alone {
            self.attention = Some(Reason::NoSuperior);
            self.remind(at);
        }
    }

    fn superiors(&self, at: usize, step: &Step, owner: Person) -> Vec<Person> {
        let visit = &self.visits[at];
        let group = visit.sitting(owner);
        let fit = |person: &Person| {
            let seated = visit.table.contains(person);
            let pending = visit
                .deciding_task(*person)
                .is_some_and(|task| visit.tasks[task].state == TaskState::Pending);
            let may_take_one_more = visit.place(*person).is_none() && !group.contains(person) && pending;
            !visit.opines(*person) && (!seated || may_take_one_more)
        };
        let above = |who: Who| {
            let rungs = ladder(who, self.appointed);
            let reached = rungs
                .iter()
                .rposition(|rung| rung.iter().any(|holder| group.contains(holder)));
            let above = rungs
                .into_iter()
                .skip(reached.map_or(usize::MAX, |reached| reached + 1));
            let free = above.map(|rung| rung.into_iter().filter(fit).collect::<Vec<_>>());
            free.into_iter().find(|rung| !rung.is_empty())
        };
        step.approvers
            .iter()
            .find_map(|(who, _)| above(*who))
            .unwrap_or_default()
    }

    fn stand_in(&mut self, at: usize, owner: Person, superiors: &[Person], close: bool) {
        let visit = &mut self.visits[at];
        for task in visit.live() {
            let Task { who, opinion_for, .. } = visit.tasks[task];
            if close && opinion_for.is_none() && visit.answers_for(who) == [owner] {
                visit.end_task(task, TaskState::Closed);
            }
        }
        for superior in superiors {
            let new = !visit.table.contains(superior);
            visit.seat(*superior, &[owner]);
            if new {
                visit.give(*superior, None);
            }
        }
    }
}
