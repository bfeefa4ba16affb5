//! What comes of the calls that the relay makes.

use salient_operation::OpContext;
use salient_values::name;
use uuid::Uuid;

use super::change::{Command, Outcome, Target};
use crate::{
    domain::{
        approval::{Approval, AttentionReason},
        attend,
        check::{self, Verdict},
        participate::{self, Reply},
        rulebook::Rulebook,
        submit::Submission,
        work::{Changes, Desk},
    },
    error::Error,
};

/// A participant's answer.
pub struct Settle<'a> {
    /// The approval.
    pub approval: Uuid,
    /// The round that the participant was asked about.
    pub round: i64,
    /// The participant.
    pub service: &'a str,
    /// The answer.
    pub reply: Reply,
}

impl Command for Settle<'_> {
    type Answer = ();

    fn target(&self) -> Target {
        Target::Approval(self.approval)
    }

    fn opening(&self, _: &OpContext) -> Result<&Submission, Error> {
        absent(self.approval)
    }

    fn may_start_step(&self, _: &Approval, _: &Rulebook) -> bool {
        matches!(self.reply, Reply::Reserved(_))
    }

    fn run(&self, _: &OpContext, approval: &mut Approval, desk: Desk<'_>) -> Result<Option<Changes>, Error> {
        Ok(participate::reply(
            approval,
            desk,
            self.service,
            self.round,
            self.reply.clone(),
        )?)
    }

    fn answer(&self, _: &Outcome) -> Result<(), Error> {
        Ok(())
    }
}

/// What the service of an automatic step found.
pub struct Checked {
    /// The approval.
    pub approval: Uuid,
    /// The visit that it decides.
    pub visit: Uuid,
    /// What it found.
    pub verdict: Verdict,
}

impl Command for Checked {
    type Answer = ();

    fn target(&self) -> Target {
        Target::Approval(self.approval)
    }

    fn opening(&self, _: &OpContext) -> Result<&Submission, Error> {
        absent(self.approval)
    }

    fn may_start_step(&self, _: &Approval, _: &Rulebook) -> bool {
        self.verdict == Verdict::Passed
    }

    fn run(&self, _: &OpContext, approval: &mut Approval, desk: Desk<'_>) -> Result<Option<Changes>, Error> {
        Ok(check::answer(approval, desk, self.visit, &self.verdict)?)
    }

    fn answer(&self, _: &Outcome) -> Result<(), Error> {
        Ok(())
    }
}

/// The subject's service took an outcome.
pub struct Taken {
    /// The approval.
    pub approval: Uuid,
    /// Whether it applied it.
    pub applied: bool,
}

impl Command for Taken {
    type Answer = ();

    fn target(&self) -> Target {
        Target::Approval(self.approval)
    }

    fn opening(&self, _: &OpContext) -> Result<&Submission, Error> {
        absent(self.approval)
    }

    fn may_start_step(&self, _: &Approval, _: &Rulebook) -> bool {
        false
    }

    fn run(&self, _: &OpContext, approval: &mut Approval, desk: Desk<'_>) -> Result<Option<Changes>, Error> {
        Ok(Some(attend::outcome_delivered(approval, desk, self.applied)))
    }

    fn answer(&self, _: &Outcome) -> Result<(), Error> {
        Ok(())
    }
}

/// A call does not get through.
pub struct Raise {
    /// The approval.
    pub approval: Uuid,
    /// Which call.
    pub reason: AttentionReason,
    /// What is wrong, for an administrator.
    pub detail: String,
}

impl Command for Raise {
    type Answer = ();

    fn target(&self) -> Target {
        Target::Approval(self.approval)
    }

    fn opening(&self, _: &OpContext) -> Result<&Submission, Error> {
        absent(self.approval)
    }

    fn may_start_step(&self, _: &Approval, _: &Rulebook) -> bool {
        false
    }

    fn run(&self, _: &OpContext, approval: &mut Approval, desk: Desk<'_>) -> Result<Option<Changes>, Error> {
        Ok(attend::raise(approval, desk, self.reason, self.detail.clone()))
    }

    fn answer(&self, _: &Outcome) -> Result<(), Error> {
        Ok(())
    }
}

/// Calls are left by approvals, which are never deleted.
fn absent<'a>(approval: Uuid) -> Result<&'a Submission, Error> {
    Err(Error::NotFound(name::format("approvals", approval)))
}
