//! What the three answers to a task have in common.

use salient_failure::Failure;
use salient_operation::OpContext;
use salient_proto::approval::v1 as proto;
use salient_values::{etag, name};
use uuid::Uuid;

use super::{
    act::receiver,
    change::{Command, Outcome, Target, change, repeated},
    wire::{self, task::findings_from},
};
use crate::{
    app::App,
    domain::{
        approval::{AnswerKind, Approval, TaskState},
        decide::{self, Answer},
        eligibility,
        refusal::Refusal,
        rulebook::Rulebook,
        submit::Submission,
        work::{Changes, Desk},
    },
    error::Error,
};

/// An answer as sent.
pub struct Sent {
    /// The task's name.
    pub name: String,
    /// Yes, no, or back.
    pub kind: AnswerKind,
    /// Back to which step; empty means the submitter.
    pub return_step: String,
    /// What was found.
    pub findings: Vec<proto::Finding>,
    /// The comment.
    pub comment: String,
    /// The digest that was seen; empty where the approver does not say.
    pub subject_digest: Vec<u8>,
    /// The task's etag as read; empty where it does not matter.
    pub etag: String,
    /// Who is asked next.
    pub next_approvers: Vec<String>,
}

/// Decides a task of the caller's.
///
/// # Errors
/// OUT_OF_SCOPE where it is not theirs, and what the domain refuses.
pub async fn decide(app: App, op: OpContext, sent: Sent) -> Result<proto::Task, Error> {
    let decision = match decision(&app, sent).await {
        Ok(decision) => decision,
        // The same request may have been answered when the organisation could still be asked.
        Err(error) => return repeated(&app, &op, error).await,
    };
    change(&app, &op, &decision).await
}

async fn decision(app: &App, sent: Sent) -> Result<Decide, Error> {
    let mut next_approvers = Vec::with_capacity(sent.next_approvers.len());
    for chosen in &sent.next_approvers {
        next_approvers.push(receiver(app, chosen, "next_approvers").await?);
    }
    Ok(Decide {
        task: name::parse("tasks", &sent.name).map_err(|error| error.at("name"))?,
        etag: sent.etag,
        answer: Answer {
            kind: sent.kind,
            return_step: (!sent.return_step.is_empty()).then_some(sent.return_step),
            findings: findings_from(sent.findings),
            comment: sent.comment,
            subject_digest: (!sent.subject_digest.is_empty()).then_some(sent.subject_digest),
            next_approvers,
        },
    })
}

struct Decide {
    task: Uuid,
    answer: Answer,
    etag: String,
}

impl Command for Decide {
    type Answer = proto::Task;

    fn target(&self) -> Target {
        Target::Task(self.task)
    }

    fn opening(&self, _: &OpContext) -> Result<&Submission, Error> {
        // Everyone sees their own tasks only, so one that does not exist is like another's.
        Err(Failure::out_of_scope().into())
    }

    fn may_start_step(&self, approval: &Approval, rulebook: &Rulebook) -> bool {
        decide::may_start_step(approval, rulebook.policy.steps.len(), &self.answer)
    }

    fn run(&self, op: &OpContext, approval: &mut Approval, desk: Desk<'_>) -> Result<Option<Changes>, Error> {
        let person = op.person()?;
        let task = approval
            .task(self.task)
            .filter(|task| task.assignee == person.person);
        let task = task.ok_or_else(Failure::out_of_scope)?;
        // That it is closed says more than that its etag is stale, which it then is as well.
        if task.state == TaskState::Pending {
            etag::check(&self.etag, task.version, &name::format("tasks", task.id))?;
            eligibility::check(approval, task, person)?;
        }
        Ok(Some(decide::decide(approval, desk, self.task, &self.answer)?))
    }

    fn answer(&self, outcome: &Outcome) -> Result<proto::Task, Error> {
        let row = outcome.tasks.iter().find(|row| row.id == self.task);
        let row = row.ok_or(Refusal::Defect("a decided task did not change"))?;
        Ok(wire::task::task(row, &outcome.rulebook))
    }
}
