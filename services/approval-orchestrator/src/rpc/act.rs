//! What the actions on a task have in common, besides answers: find the approval, check who asks, apply the domain's rule.

use salient_failure::Failure;
use salient_operation::OpContext;
use salient_proto::approval::v1 as proto;
use salient_values::{etag, name};
use uuid::Uuid;

use super::{
    change::{Command, Outcome, Target, change, repeated},
    wire,
};
use crate::{
    app::App,
    domain::{
        approval::{Approval, TaskState},
        eligibility,
        receiver::Receiver,
        refusal::Refusal,
        rulebook::Rulebook,
        submit::Submission,
        work::{Changes, Desk},
    },
    error::Error,
    store::TaskRow,
};

/// Who may act on a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Its assignee, who has to be one still as long as something can be done with it.
    Assignee,
    /// Whoever the access rule lets through: an administrator.
    Permitted,
}

/// An action on a task. The rule changes the approval.
pub struct Act<R> {
    /// The task.
    pub task: Uuid,
    /// Its etag as read; empty where it does not matter.
    pub etag: String,
    /// Who may.
    pub who: Who,
    /// What it does.
    pub rule: R,
}

/// A rule that changes an approval.
pub trait Rule: Fn(&mut Approval, Desk<'_>) -> Result<Changes, Refusal> + Send + Sync {}

impl<R: Fn(&mut Approval, Desk<'_>) -> Result<Changes, Refusal> + Send + Sync> Rule for R {}

/// The id in a task's name.
///
/// # Errors
/// INVALID_ARGUMENT.
pub fn task_id(task: &str) -> Result<Uuid, Error> {
    Ok(name::parse("tasks", task).map_err(|error| error.at("name"))?)
}

/// Somebody who is to be asked.
///
/// # Errors
/// INVALID_ARGUMENT at the field; UNAVAILABLE where the organisation cannot be asked.
pub async fn receiver(app: &App, employee: &str, field: &'static str) -> Result<Receiver, Error> {
    let id = name::parse("employees", employee).map_err(|error| error.at(field))?;
    app.employee(id).await
}

/// Acts on a task once whom it asks for is known.
///
/// # Errors
/// OUT_OF_SCOPE where it is not the caller's, and what the domain refuses.
pub async fn act<R: Rule>(
    app: &App,
    op: &OpContext,
    action: Result<Act<R>, Error>,
) -> Result<proto::Task, Error> {
    match action {
        Ok(action) => change(app, op, &action).await,
        // The same request may have been answered when the organisation could still be asked.
        Err(error) => repeated(app, op, error).await,
    }
}

impl<R: Rule> Command for Act<R> {
    type Answer = proto::Task;

    fn target(&self) -> Target {
        Target::Task(self.task)
    }

    fn opening(&self, _: &OpContext) -> Result<&Submission, Error> {
        match self.who {
            // Everyone sees their own tasks only, so one that does not exist is like another's.
            Who::Assignee => Err(Failure::out_of_scope().into()),
            Who::Permitted => Err(Error::NotFound(name::format("tasks", self.task))),
        }
    }

    fn may_start_step(&self, _: &Approval, _: &Rulebook) -> bool {
        false
    }

    fn run(&self, op: &OpContext, approval: &mut Approval, desk: Desk<'_>) -> Result<Option<Changes>, Error> {
        check(op, approval, self.task, self.who, &self.etag)?;
        Ok(Some((self.rule)(approval, desk)?))
    }

    /// The task as it is now; where its decision was taken back, the one that its assignee has instead.
    fn answer(&self, outcome: &Outcome) -> Result<proto::Task, Error> {
        let acted = outcome.tasks.iter().find(|row| row.id == self.task);
        let again = acted
            .filter(|row| row.state == TaskState::TakenBack)
            .and_then(|taken| {
                let same = |row: &&TaskRow| row.assignee == taken.assignee && row.state == TaskState::Pending;
                outcome.tasks.iter().find(same)
            });
        let row = again.or(acted).ok_or(Refusal::Defect("a task did not change"))?;
        Ok(wire::task::task(row, &outcome.rulebook))
    }
}

/// Checks that the caller may act on a task.
///
/// # Errors
/// OUT_OF_SCOPE, `NotEligible`, ETAG_MISMATCH.
pub fn check(op: &OpContext, approval: &Approval, task: Uuid, who: Who, etag: &str) -> Result<(), Error> {
    let task = approval
        .task(task)
        .ok_or(Refusal::Defect("the task is not of this approval"))?;
    match who {
        Who::Assignee => {
            let person = op.person()?;
            if task.assignee != person.person {
                return Err(Failure::out_of_scope().into());
            }
            // What has ended for good is told as that, whoever asks.
            if task.state.is_live() || TaskState::DECIDED.contains(&task.state) {
                eligibility::check(approval, task, person)?;
            }
        }
        Who::Permitted => op.permit.check(approval.submitter, approval.unit)?,
    }
    // That it has ended says more than that its etag is stale, which it then is as well.
    if task.state.is_live() {
        etag::check(etag, task.version, &name::format("tasks", task.id))?;
    }
    Ok(())
}
