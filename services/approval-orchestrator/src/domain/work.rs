//! A command at work: the approval it changes, what it may consult, and what it leaves to be saved, said and sent.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{
    approval::{
        Approval, AttentionReason, Decision, Participation, ParticipationState, TaskState, Visit, VisitState,
    },
    audit::Action,
    correspond::NewCopies,
    deadline::WorkingTimes,
    deputies::Deputies,
    refusal::Refusal,
    resolution::Ladders,
    rulebook::Rulebook,
    state::{self, Event, State},
    verb::{self, Verb},
};

/// What a command may consult.
#[derive(Clone, Copy, Debug)]
pub struct Desk<'a> {
    /// The policy version that the approval runs by.
    pub rulebook: &'a Rulebook,
    /// Whom the policy's selectors find; `None` where the command cannot start a step.
    pub ladders: Option<&'a Ladders>,
    /// When what the policy's deadlines name will have passed; `None` where it has none, or the command cannot start a step.
    pub working_times: Option<&'a WorkingTimes>,
    /// Who is asked in whose place; `None` where the command cannot ask anybody.
    pub deputies: Option<&'a Deputies>,
    /// The instant of the whole change, in whole microseconds.
    pub now: Timestamp,
}

/// What has to be saved, said and sent because of a command.
#[derive(Debug, Default)]
pub struct Changes {
    /// Positions of visits that are new or changed.
    pub visits: BTreeSet<usize>,
    /// Positions of tasks that are new or changed.
    pub tasks: BTreeSet<usize>,
    /// Positions of participants' parts that are new or changed.
    pub participations: BTreeSet<usize>,
    /// What was decided.
    pub decisions: Vec<Decision>,
    /// What happened, in order: the audit trail's new entries and the events are made of it.
    pub log: Vec<Entry>,
    /// Calls to other services.
    pub calls: Vec<Call>,
    /// Copies that are sent.
    pub copies: Option<NewCopies>,
}

/// Something that happened.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What.
    pub action: Action,
    /// In which step.
    pub step: Option<String>,
    /// To which visit.
    pub visit: Option<Uuid>,
    /// To which task.
    pub task: Option<Uuid>,
    /// What else there is to know.
    pub details: Map<String, Value>,
}

/// A call that has to be made to another service, at least once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
    /// Set something aside.
    Reserve {
        /// The participant.
        service: String,
    },
    /// Make it final.
    Confirm {
        /// The participant.
        service: String,
    },
    /// Give it back.
    Release {
        /// The participant.
        service: String,
    },
    /// Hear the outcome.
    Outcome(Outcome),
    /// Check the subject.
    Check {
        /// The service.
        service: String,
        /// The visit that it decides.
        visit: Uuid,
    },
}

/// How a round went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Signed off.
    Approved,
    /// An approver said no.
    Rejected,
    /// Returned to the submitter.
    Returned,
    /// Taken back.
    Withdrawn,
    /// A participant refused.
    Refused,
    /// The subject changed.
    Superseded,
    /// An administrator ended it.
    Cancelled,
}

/// A command at work.
#[derive(Debug)]
pub(super) struct Work<'a> {
    pub(super) approval: &'a mut Approval,
    pub(super) desk: Desk<'a>,
    pub(super) changes: Changes,
}

impl<'a> Work<'a> {
    /// Starts a command that the table has to allow.
    ///
    /// # Errors
    /// `ApprovalClosed` where it does not.
    pub(super) fn start(approval: &'a mut Approval, desk: Desk<'a>, event: Event) -> Result<Self, Refusal> {
        if !state::allows(approval.state, event) {
            return Err(Refusal::ApprovalClosed {
                approval: approval.id,
                state: approval.state,
            });
        }
        Ok(Self::unchecked(approval, desk))
    }

    /// Starts a command that is legal in every state.
    pub(super) fn unchecked(approval: &'a mut Approval, desk: Desk<'a>) -> Self {
        Self {
            approval,
            desk,
            changes: Changes::default(),
        }
    }

    /// Starts something that is done with a task, which the tables of tasks and of approvals have to allow. Answers where the task
    /// and its visit stand, too.
    ///
    /// # Errors
    /// `TaskClosed`, `TaskWaiting`, `NotTakeable`, `ApprovalClosed`.
    pub(super) fn act(
        approval: &'a mut Approval,
        desk: Desk<'a>,
        task: Uuid,
        verb: Verb,
    ) -> Result<(Self, usize, usize), Refusal> {
        let position = approval
            .tasks
            .iter()
            .position(|candidate| candidate.id == task)
            .ok_or(Refusal::Defect("the task is not of this approval"))?;
        let state = approval.tasks[position].state;
        if !verb::allows(state, verb) {
            return Err(match (verb, state) {
                (Verb::TakeBack, TaskState::Pending | TaskState::Waiting) => Refusal::NotTakeable {
                    task,
                    cause: "UNDECIDED",
                },
                _ if state.is_live() => Refusal::TaskWaiting { task, state },
                _ => Refusal::TaskClosed {
                    task,
                    state,
                    approval_state: approval.state,
                },
            });
        }
        let of = approval.tasks[position].visit;
        let visit = approval
            .visits
            .iter()
            .position(|visit| visit.id == of)
            .ok_or(Refusal::Defect("a task of no visit"))?;
        let work = match verb.event() {
            Some(event) => Self::start(approval, desk, event)?,
            None => Self::unchecked(approval, desk),
        };
        Ok((work, position, visit))
    }

    /// Ends the command.
    pub(super) fn finish(self) -> Changes {
        self.approval.update_time = self.desk.now;
        self.changes
    }

    pub(super) fn log(&mut self, action: Action, details: impl IntoIterator<Item = (&'static str, Value)>) {
        let details = details
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value))
            .collect();
        self.changes.log.push(Entry {
            action,
            step: None,
            visit: None,
            task: None,
            details,
        });
    }

    pub(super) fn log_visit(
        &mut self,
        action: Action,
        position: usize,
        details: impl IntoIterator<Item = (&'static str, Value)>,
    ) {
        self.log(action, details);
        let visit = &self.approval.visits[position];
        if let Some(entry) = self.changes.log.last_mut() {
            entry.step = Some(visit.step.clone());
            entry.visit = Some(visit.id);
        }
    }

    pub(super) fn log_task(
        &mut self,
        action: Action,
        position: usize,
        details: impl IntoIterator<Item = (&'static str, Value)>,
    ) {
        self.log(action, details);
        let task = &self.approval.tasks[position];
        let visit = self
            .approval
            .visit(task.visit)
            .map(|visit: &Visit| (visit.step.clone(), visit.id));
        if let Some(entry) = self.changes.log.last_mut() {
            entry.task = Some(task.id);
            (entry.step, entry.visit) = visit.unzip();
        }
    }

    /// Ends a task; an opinion that its assignee waits for is not wanted any more then.
    pub(super) fn end_task(&mut self, position: usize, state: TaskState) {
        self.change_task(position, state);
        self.approval.tasks[position].end_time = Some(self.desk.now);
        let id = self.approval.tasks[position].id;
        for opinion in 0..self.approval.tasks.len() {
            let task = &self.approval.tasks[opinion];
            if task.opinion_for() == Some(id) && task.state.is_live() {
                self.close_task(opinion);
            }
        }
    }

    /// Ends a task undecided.
    pub(super) fn close_task(&mut self, position: usize) {
        self.end_task(position, TaskState::Closed);
        self.log_task(Action::TaskClosed, position, []);
    }

    /// Has a task wait, or be waited for.
    pub(super) fn change_task(&mut self, position: usize, state: TaskState) {
        let task = &mut self.approval.tasks[position];
        task.state = state;
        task.version += 1;
        self.changes.tasks.insert(position);
    }

    /// Ends a visit, closing what is undecided in it.
    pub(super) fn end_visit(&mut self, position: usize, state: VisitState) {
        let id = self.approval.visits[position].id;
        for task in 0..self.approval.tasks.len() {
            if self.approval.tasks[task].visit == id && self.approval.tasks[task].state.is_live() {
                self.close_task(task);
            }
        }
        let visit = &mut self.approval.visits[position];
        visit.state = state;
        visit.end_time = Some(self.desk.now);
        self.changes.visits.insert(position);
        self.log_visit(Action::StepEnded, position, [("state", serde_json::json!(state))]);
        // Nobody waits for them any more.
        if self
            .approval
            .attention_reason
            .is_some_and(AttentionReason::concerns_visit)
        {
            self.clear_attention();
        }
    }

    /// The visit that is open, if one is.
    pub(super) fn open_visit(&self) -> Option<usize> {
        self.approval
            .visits
            .iter()
            .rposition(|visit| visit.state == VisitState::Open)
    }

    /// Changes the parts of the current round that stand in one of some states, and asks each for what follows.
    pub(super) fn ask_participants(
        &mut self,
        from: &[ParticipationState],
        to: ParticipationState,
        call: impl Fn(String) -> Call,
    ) {
        let round = self.approval.round;
        for (position, part) in self.approval.participations.iter_mut().enumerate() {
            if part.round == round && from.contains(&part.state) {
                part.state = to;
                self.changes.participations.insert(position);
                self.changes.calls.push(call(part.service.clone()));
            }
        }
    }

    /// The part of a participant in the current round.
    pub(super) fn participation(&self, service: &str, round: i64) -> Option<(usize, &Participation)> {
        self.approval
            .participations
            .iter()
            .enumerate()
            .find(|(_, part)| part.round == round && part.service == service)
    }

    /// Ends the round: closes what is open, has the participants give back what they set aside, tells the subject's service.
    pub(super) fn end_round(&mut self, state: State, outcome: Outcome, action: Action, comment: &str) {
        if let Some(visit) = self.open_visit() {
            self.end_visit(visit, VisitState::Closed);
        }
        if outcome != Outcome::Approved {
            let held = [ParticipationState::Reserving, ParticipationState::Reserved];
            self.ask_participants(&held, ParticipationState::Releasing, |service| Call::Release {
                service,
            });
        }
        self.clear_attention();
        let approval = &mut *self.approval;
        approval.state = state;
        comment.clone_into(&mut approval.outcome_comment);
        approval.end_time = (!state.is_open()).then_some(self.desk.now);
        self.log(action, [("comment", comment.into())]);
        self.changes.calls.push(Call::Outcome(outcome));
    }
}
