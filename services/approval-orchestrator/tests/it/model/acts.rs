//! What may be done, and what the model says comes of it.

use salient_proto::approval::v1::{
    Outcome, SignerPosition, approval::State, attention::Reason, task::State as TaskState,
    visit::State as VisitState,
};

use super::{
    approval::{Approval, Question},
    policies::Person,
    visit::{Added, Place, is_live},
};

/// How many may hang on one another.
const MOST_DEEP: usize = 5;

/// Minutes.
pub const HOUR: i64 = 60;
pub const MARGIN: i64 = 2;

/// Where a task is: in which visit, and which of its tasks.
pub type At = (usize, usize);

/// Something that is done with a task, by somebody.
#[derive(Clone, Debug)]
pub enum Deed {
    Approve,
    Reject,
    /// To the submitter, or to a step.
    Return(Option<usize>),
    Transfer(Person),
    Delegate(Person),
    Add(Vec<Person>, SignerPosition),
    Remove(Person),
    TakeBack,
    /// By an administrator, whoever is named.
    Reassign(Person),
}

/// Something that is done with an approval.
#[derive(Clone, Debug)]
pub enum Act {
    /// Another round: with this number, and this amount.
    Resubmit(i32, i64),
    Task(At, Person, Deed),
    Withdraw(Person),
    Supersede,
    Cancel,
    /// An administrator has it tried again; the vacant post is filled before, or not.
    Retry(bool),
    /// The participant answers.
    Answer(bool),
    /// Time passes: hours, and two minutes, since deadlines are reckoned from the next full minute on.
    Wait(i64),
}

/// Why something is refused, without the prefix that all reasons have.
pub type Refusal = &'static str;

impl Approval {
    /// What comes of an act; nothing where it is refused.
    ///
    /// # Errors
    /// Why it is.
    pub fn after(&self, act: &Act) -> Result<Self, Refusal> {
        let mut after = self.clone();
        after.play(act)?;
        after.look_at_the_clock();
        Ok(after)
    }

    fn play(&mut self, act: &Act) -> Result<(), Refusal> {
        match act {
            Act::Resubmit(round, amount) => self.resubmit(*round, *amount)?,
            Act::Task(at, by, deed) => self.act(*at, *by, deed)?,
            Act::Withdraw(by) if *by != 0 => return Err("OUT_OF_SCOPE"),
            Act::Withdraw(_) => self.stop(State::Withdrawn, Outcome::Withdrawn)?,
            Act::Supersede if self.state == State::Superseded => {}
            Act::Supersede => self.stop(State::Superseded, Outcome::Superseded)?,
            Act::Cancel => self.stop(State::Cancelled, Outcome::Cancelled)?,
            Act::Retry(appointed) => self.retry(*appointed)?,
            Act::Answer(yes) => self.answered(*yes),
            Act::Wait(hours) => self.now += hours * HOUR + MARGIN,
        }
        Ok(())
    }

    fn stop(&mut self, state: State, outcome: Outcome) -> Result<(), Refusal> {
        if self.is_over() || self.state == State::Confirming {
            return Err("APPROVAL_CLOSED");
        }
        self.end(state, outcome);
        Ok(())
    }

    fn resubmit(&mut self, round: i32, amount: i64) -> Result<(), Refusal> {
        if round <= self.round {
            return Ok(()); // It repeats what was submitted before.
        }
        if self.state != State::Returned || round != self.round + 1 {
            return Err("ROUND_OUT_OF_ORDER");
        }
        self.round = round;
        self.amount = amount;
        if self.policy.restart {
            self.position = 0;
        }
        self.set_out();
        Ok(())
    }

    fn retry(&mut self, appointed: bool) -> Result<(), Refusal> {
        let why = self.attention.take().ok_or("NO_ATTENTION_NEEDED")?;
        self.appointed |= appointed;
        if self.state == State::Suspended {
            self.advance();
        } else if let (Reason::NoSuperior, Some(open)) = (why, self.open()) {
            let now = self.now;
            self.visits[open].timer.as_mut().unwrap().next = Some(now);
        }
        Ok(())
    }

    fn answered(&mut self, yes: bool) {
        self.answered = self.question.take();
        match (self.answered, self.state) {
            (Some(Question::Reserve), State::Reserving) if yes => self.advance(),
            (Some(Question::Reserve), State::Reserving) => self.end(State::Refused, Outcome::Refused),
            (Some(Question::Confirm), State::Confirming) => self.end(State::Approved, Outcome::Approved),
            // Too late: the approval has ended, and what was set aside is given back.
            _ => {}
        }
    }

    fn act(&mut self, (at, task): At, by: Person, deed: &Deed) -> Result<(), Refusal> {
        let (who, state) = (self.visits[at].tasks[task].who, self.visits[at].tasks[task].state);
        if who != by && !matches!(deed, Deed::Reassign(_)) {
            return Err("OUT_OF_SCOPE");
        }
        may(state, deed)?;
        let decision = matches!(deed, Deed::Approve | Deed::Reject | Deed::Return(_));
        let late = matches!(deed, Deed::TakeBack) && self.state == State::Suspended;
        if self.state != State::Pending && !decision && !late {
            return Err("APPROVAL_CLOSED");
        }
        match deed {
            Deed::Approve | Deed::Reject | Deed::Return(_) => self.decide(at, task, deed),
            Deed::Transfer(to) | Deed::Reassign(to) => self.hand_over(at, task, *to),
            Deed::Delegate(to) => self.delegate(at, task, *to),
            Deed::Add(signers, when) => self.add(at, task, signers, *when),
            Deed::Remove(signer) => self.remove(at, who, *signer),
            Deed::TakeBack => self.take_back(at, task),
        }
    }

    fn decide(&mut self, at: usize, task: usize, deed: &Deed) -> Result<(), Refusal> {
        let step = self.step(at);
        let visit = &mut self.visits[at];
        let answer = match deed {
            Deed::Approve => TaskState::Approved,
            Deed::Reject => TaskState::Rejected,
            _ => TaskState::Returned,
        };
        if let Some(asker) = visit.tasks[task].opinion_for {
            if answer == TaskState::Returned {
                return Err("OPINION_ONLY");
            }
            visit.end_task(task, answer);
            if visit.tasks[asker].state == TaskState::Delegated {
                visit.tasks[asker].state = TaskState::Pending;
            }
            return Ok(());
        }
        if let Deed::Return(Some(target)) = deed
            && !step.targets.contains(target)
        {
            return Err("RETURN_TARGET_INVALID");
        }
        visit.end_task(task, answer);
        match deed {
            Deed::Return(target) => {
                self.close(at, VisitState::Returned);
                match target {
                    Some(target) => {
                        self.position = *target;
                        self.advance();
                    }
                    None => self.end(State::Returned, Outcome::Returned),
                }
            }
            _ => self.go_on(at),
        }
        Ok(())
    }

    fn receive(&self, at: usize, to: Person) -> Result<(), Refusal> {
        if to == 0 || self.visits[at].knows(to) {
            return Err("RECEIVER_UNFIT");
        }
        Ok(())
    }

    fn hand_over(&mut self, at: usize, task: usize, to: Person) -> Result<(), Refusal> {
        self.receive(at, to)?;
        let visit = &mut self.visits[at];
        let giver = visit.tasks[task].clone();
        visit.end_task(task, TaskState::Transferred);
        if giver.opinion_for.is_none() {
            let places = visit.answers_for(giver.who);
            visit.seat(to, &places);
        }
        let given = visit.give(to, giver.opinion_for);
        if giver.state == TaskState::Waiting {
            visit.tasks[given].state = TaskState::Waiting;
        }
        Ok(())
    }

    fn delegate(&mut self, at: usize, task: usize, to: Person) -> Result<(), Refusal> {
        self.receive(at, to)?;
        let visit = &mut self.visits[at];
        let mut above = 0;
        let mut asker = visit.tasks[task].opinion_for;
        while let Some(next) = asker {
            above += 1;
            asker = visit.tasks[next].opinion_for;
        }
        if above >= MOST_DEEP {
            return Err("LIMIT_REACHED");
        }
        visit.tasks[task].state = TaskState::Delegated;
        visit.give(to, Some(task));
        Ok(())
    }

    fn add(
        &mut self,
        at: usize,
        task: usize,
        signers: &[Person],
        when: SignerPosition,
    ) -> Result<(), Refusal> {
        if self.visits[at].tasks[task].opinion_for.is_some() {
            return Err("OPINION_ONLY");
        }
        let by = self.visits[at].tasks[task].who;
        let to = self.visits[at].answers_for(by);
        for signer in signers {
            self.receive(at, *signer)?;
            let visit = &mut self.visits[at];
            if to.iter().any(|place| visit.depth(*place) >= MOST_DEEP) {
                return Err("LIMIT_REACHED");
            }
            visit.table.push(*signer);
            visit.places.push(Place {
                owner: *signer,
                weight: 1,
                others: Vec::new(),
                added: Some(Added {
                    by,
                    to: to.clone(),
                    when,
                }),
            });
        }
        if when == SignerPosition::Before {
            self.visits[at].tasks[task].state = TaskState::Waiting;
        }
        self.settle(at);
        Ok(())
    }

    fn remove(&mut self, at: usize, by: Person, signer: Person) -> Result<(), Refusal> {
        let visit = &mut self.visits[at];
        let added = visit.place(signer).and_then(|place| place.added.as_ref());
        let theirs = added.is_some_and(|added| added.by == by);
        let answered = visit.said(signer).is_some()
            || visit
                .signers(signer)
                .into_iter()
                .any(|signer| visit.says(signer).is_some());
        if !theirs || answered || visit.state != VisitState::Open {
            return Err("SIGNER_NOT_REMOVABLE");
        }
        visit.clear(signer);
        self.go_on(at);
        Ok(())
    }
}

/// Whether something may be done with a task in a state.
fn may(state: TaskState, deed: &Deed) -> Result<(), Refusal> {
    let fits = match deed {
        Deed::TakeBack => matches!(
            state,
            TaskState::Delegated | TaskState::Approved | TaskState::Rejected | TaskState::Returned
        ),
        Deed::Reassign(_) => is_live(state),
        Deed::Remove(_) => matches!(
            state,
            TaskState::Pending | TaskState::Waiting | TaskState::Approved
        ),
        _ => state == TaskState::Pending,
    };
    match (deed, state) {
        _ if fits => Ok(()),
        (Deed::TakeBack, _) if is_live(state) => Err("NOT_TAKEABLE"),
        _ if is_live(state) => Err("TASK_WAITING"),
        _ => Err("TASK_CLOSED"),
    }
}
