//! What one change says about people, read from everything that happened in it: why somebody is asked, and who has to hear of what.

use serde_json::Value;
use uuid::Uuid;

use super::{
    approval::{Approval, Task, TaskState},
    audit::Action,
    work::Entry,
};

/// Why somebody is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The step asks them.
    Step,
    /// Somebody handed their task over.
    Transferred,
    /// Somebody wants their opinion.
    Delegated,
    /// An administrator gave them somebody's task.
    Reassigned,
    /// An approver added them as a signer.
    SignerAdded,
    /// They are somebody's standing deputy.
    Deputed,
    /// They are asked in the place of somebody who is late.
    Escalated,
    /// They took their own decision back.
    TakenBack,
}

/// Why somebody is asked, by whom or in whose place, and what was said to them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Why.
    pub cause: Cause,
    /// By whom, or in whose place, `employees/{employee}`; empty where the step itself asks.
    pub source: String,
    /// What was said; empty where nothing was.
    pub comment: String,
}

/// One change of an approval: how the approval is after it, and what happened in it, in order.
#[derive(Clone, Copy, Debug)]
pub struct Told<'a> {
    /// The approval, changed.
    pub approval: &'a Approval,
    /// What happened.
    pub log: &'a [Entry],
}

/// A text that an entry keeps; empty where it keeps none.
#[must_use]
pub fn text(entry: &Entry, key: &str) -> String {
    entry
        .details
        .get(key)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

/// The texts that an entry keeps as a list; empty where it keeps none.
#[must_use]
pub fn texts(entry: &Entry, key: &str) -> Vec<String> {
    let list = entry.details.get(key).and_then(Value::as_array);
    let texts = list.into_iter().flatten().filter_map(Value::as_str);
    texts.map(str::to_owned).collect()
}

/// `employees/{employee}`.
#[must_use]
pub fn employee(person: Uuid) -> String {
    format!("employees/{person}")
}

impl Told<'_> {
    /// Why a task was made: the nearest thing before it that asks for its assignee.
    #[must_use]
    pub fn origin(&self, task: &Task) -> Origin {
        let assignee = employee(task.assignee);
        // Logged with the deputy's own task, which has to be there first.
        if let Some(entry) = self.of_task(Action::TaskDeputed, task.id).next() {
            return Origin {
                cause: Cause::Deputed,
                source: text(entry, "principal"),
                comment: String::new(),
            };
        }
        let made = self
            .log
            .iter()
            .position(|entry| entry.action == Action::TaskCreated && entry.task == Some(task.id));
        let before = self.log.iter().take(made.unwrap_or(self.log.len()));
        let cause = |entry: &Entry| {
            let (cause, asked) = match entry.action {
                Action::TaskTransferred => (Cause::Transferred, text(entry, "to") == assignee),
                Action::TaskDelegated => (Cause::Delegated, text(entry, "to") == assignee),
                Action::TaskReassigned => (Cause::Reassigned, text(entry, "to") == assignee),
                Action::SignersAdded => (Cause::SignerAdded, texts(entry, "signers").contains(&assignee)),
                Action::TaskEscalated => (Cause::Escalated, texts(entry, "superiors").contains(&assignee)),
                Action::TaskTakenBack => (Cause::TakenBack, self.owner(entry) == assignee),
                _ => return None,
            };
            asked.then(|| Origin {
                cause,
                source: self.owner(entry),
                comment: text(entry, "comment"),
            })
        };
        before.rev().find_map(cause).unwrap_or(Origin {
            cause: Cause::Step,
            source: String::new(),
            comment: String::new(),
        })
    }

    /// Whether the assignee need not hear that a task was made: it does not wait for them after all, or it is their own doing.
    #[must_use]
    pub fn made_silently(&self, task: &Task) -> bool {
        task.state != TaskState::Pending || self.origin(task).cause == Cause::TakenBack
    }

    /// Whether the assignee need not hear that a task ended: they never heard of it, or something else tells them more.
    #[must_use]
    pub fn ended_silently(&self, task: &Task) -> bool {
        let assignee = employee(task.assignee);
        let unheard = self.of_task(Action::TaskCreated, task.id).next().is_some();
        let given_away = self.of_task(Action::TaskReassigned, task.id).next().is_some();
        let removed =
            |entry: &Entry| entry.action == Action::SignerRemoved && text(entry, "signer") == assignee;
        unheard || given_away || self.log.iter().any(removed)
    }

    /// Those of these signers for whom the change made no task.
    #[must_use]
    pub fn asked_later(&self, signers: &[String]) -> Vec<String> {
        let asked: Vec<String> = self
            .log
            .iter()
            .filter(|entry| entry.action == Action::TaskCreated)
            .map(|entry| self.owner(entry))
            .collect();
        let later = signers.iter().filter(|signer| !asked.contains(signer));
        later.cloned().collect()
    }

    /// The task of somebody's that the change closed.
    #[must_use]
    pub fn closed_task_of(&self, person: &str) -> Option<Uuid> {
        self.log
            .iter()
            .find(|entry| entry.action == Action::TaskClosed && self.owner(entry) == person)
            .and_then(|entry| entry.task)
    }

    /// The task that waits for somebody.
    #[must_use]
    pub fn waiting_task_of(&self, person: &str) -> Option<Uuid> {
        self.approval
            .tasks
            .iter()
            .find(|task| task.state == TaskState::Pending && employee(task.assignee) == person)
            .map(|task| task.id)
    }

    /// Who hears of a round's outcome besides the submitter: those who decided a task, in any round, without those who hear that
    /// a task of theirs was closed by it.
    #[must_use]
    pub fn concerned_by_outcome(&self) -> Vec<String> {
        let closed: Vec<Uuid> = self
            .log
            .iter()
            .filter(|entry| entry.action == Action::TaskClosed)
            .filter_map(|entry| self.approval.task(entry.task?))
            .filter(|task| !self.ended_silently(task))
            .map(|task| task.assignee)
            .collect();
        let deciders = self.assignees(|task| TaskState::DECIDED.contains(&task.state));
        let others = deciders
            .into_iter()
            .filter(|person| *person != self.approval.submitter && !closed.contains(person));
        others.map(employee).collect()
    }

    /// Who hears of a comment: the submitter, those whom the approval waits for, and those who decided a task.
    #[must_use]
    pub fn concerned_by_comment(&self) -> Vec<String> {
        let mut people = vec![self.approval.submitter];
        let part = self.assignees(|task| task.state.is_live() || TaskState::DECIDED.contains(&task.state));
        people.extend(
            part.into_iter()
                .filter(|person| *person != self.approval.submitter),
        );
        people.into_iter().map(employee).collect()
    }

    /// The assignees of such tasks, each once, in the order in which they were asked first.
    fn assignees(&self, such: impl Fn(&Task) -> bool) -> Vec<Uuid> {
        let mut people = Vec::new();
        for task in self.approval.tasks.iter().filter(|task| such(task)) {
            if !people.contains(&task.assignee) {
                people.push(task.assignee);
            }
        }
        people
    }

    fn of_task(&self, action: Action, task: Uuid) -> impl Iterator<Item = &Entry> {
        self.log
            .iter()
            .filter(move |entry| entry.action == action && entry.task == Some(task))
    }

    /// Whose task an entry is about.
    fn owner(&self, entry: &Entry) -> String {
        let task = entry.task.and_then(|task| self.approval.task(task));
        task.map(|task| employee(task.assignee)).unwrap_or_default()
    }
}
