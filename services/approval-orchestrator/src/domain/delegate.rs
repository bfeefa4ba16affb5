//! An assignee asks somebody for an opinion (委派): the task comes back to them, and they decide.

use serde_json::json;
use uuid::Uuid;

use super::{
    approval::{AnswerKind, Approval, Request, TaskState},
    audit::Action,
    decide::Answer,
    receiver::Receiver,
    refusal::Refusal,
    verb::Verb,
    work::{Changes, Desk, Work},
};

/// How many opinions may hang on one another: one who is asked for theirs may ask another.
const MOST_DEEP: usize = 5;

/// Asks somebody for an opinion on a task. Who asks has been checked before.
///
/// # Errors
/// What [`Work::act`] and [`Work::check_receiver`] find; `LimitReached`.
pub fn delegate(
    approval: &mut Approval,
    desk: Desk<'_>,
    task: Uuid,
    receiver: &Receiver,
    comment: &str,
) -> Result<Changes, Refusal> {
    let (mut work, position, visit) = Work::act(approval, desk, task, Verb::Delegate)?;
    work.check_receiver(visit, receiver)?;
    if work.opinions_above(position) >= MOST_DEEP {
        return Err(Refusal::LimitReached {
            limit: "DEPTH",
            most: MOST_DEEP,
        });
    }
    work.change_task(position, TaskState::Delegated);
    let to = format!("employees/{}", receiver.employee);
    let details = [("to", json!(to)), ("comment", json!(comment))];
    work.log_task(Action::TaskDelegated, position, details);
    let asker = &work.approval.tasks[position];
    let request = Request {
        principal: None,
        opinion_for: Some(asker.id),
        asked_by: Some(asker.assignee),
        comment: comment.to_owned(),
    };
    work.push_task(visit, receiver.employee, Some(request));
    Ok(work.finish())
}

impl Work<'_> {
    /// How many askers stand above a task.
    fn opinions_above(&self, position: usize) -> usize {
        let mut above = 0;
        let mut task = &self.approval.tasks[position];
        while let Some(asker) = task.opinion_for().and_then(|asker| self.approval.task(asker)) {
            above += 1;
            task = asker;
        }
        above
    }

    /// An opinion is there: the task is back with whoever asked.
    ///
    /// # Errors
    /// `OpinionOnly` where it is returned; `FindingInvalid`.
    pub(super) fn give_opinion(&mut self, position: usize, answer: &Answer) -> Result<(), Refusal> {
        let opinion = &self.approval.tasks[position];
        if answer.kind == AnswerKind::Return {
            return Err(Refusal::OpinionOnly { task: opinion.id });
        }
        let asker = opinion.opinion_for();
        self.record(position, answer);
        let mut tasks = self.approval.tasks.iter();
        let asker = tasks.position(|task| Some(task.id) == asker && task.state == TaskState::Delegated);
        if let Some(asker) = asker {
            self.give_back(asker);
        }
        Ok(())
    }

    /// Does without the opinion that a task waits for.
    pub(super) fn recall_opinion(&mut self, position: usize) {
        let asker = self.approval.tasks[position].id;
        for opinion in 0..self.approval.tasks.len() {
            let task = &self.approval.tasks[opinion];
            if task.opinion_for() == Some(asker) && task.state.is_live() {
                self.close_task(opinion);
            }
        }
        self.give_back(position);
    }
}
