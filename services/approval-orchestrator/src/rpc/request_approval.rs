use salient_failure::Failure;
use salient_operation::{Caller, OpContext};
use salient_proto::approval::v1 as proto;
use salient_values::name;
use uuid::Uuid;

use super::{
    change::{Command, Outcome, Target, change, repeated},
    wire::{
        self,
        subject::{facts_from, subject_from},
    },
};
use crate::{
    app::App,
    domain::{
        approval::Approval,
        rulebook::Rulebook,
        submit::{self, Submission},
        work::{Changes, Desk},
    },
    error::Error,
};

/// Opens an approval, or the next round of one that was returned (P6.1.1).
pub async fn request_approval(
    app: App,
    op: OpContext,
    request: proto::RequestApprovalRequest,
) -> Result<proto::Approval, Error> {
    let submission = submission_from(request)?;
    check_owner(&op, &submission.subject.service)?;
    if let Err(error) = check_active(&app, submission.submitter).await {
        return repeated(&app, &op, error).await;
    }
    change(&app, &op, &Submit(submission)).await
}

fn submission_from(request: proto::RequestApprovalRequest) -> Result<Submission, Failure> {
    Ok(Submission {
        approval: name::parse("approvals", &request.approval).map_err(|error| error.at("approval"))?,
        round: request.round.into(),
        subject: subject_from(request.subject)?,
        title: request.title,
        submitter: name::parse("employees", &request.submitter).map_err(|error| error.at("submitter"))?,
        unit: name::parse("orgUnits", &request.unit).map_err(|error| error.at("unit"))?,
        account: request.account,
        facts: facts_from(request.facts)?,
        comment: request.comment,
    })
}

/// A service asks for sign-offs of its own subjects only: it is the one that hears the outcome.
pub fn check_owner(op: &OpContext, owner: &str) -> Result<(), Failure> {
    match &op.caller {
        Caller::Service(service) if service == owner => Ok(()),
        Caller::Service(_) | Caller::Person(_) => Err(Failure::out_of_scope()),
    }
}

async fn check_active(app: &App, submitter: Uuid) -> Result<(), Error> {
    if app.employee(submitter).await?.active {
        Ok(())
    } else {
        Err(Error::SubmitterInactive { submitter })
    }
}

struct Submit(Submission);

impl Command for Submit {
    type Answer = proto::Approval;

    fn target(&self) -> Target {
        Target::Approval(self.0.approval)
    }

    fn on_behalf_of(&self) -> String {
        name::format("employees", self.0.submitter)
    }

    fn opening(&self, _: &OpContext) -> Result<&Submission, Error> {
        Ok(&self.0)
    }

    fn likely_opens(&self) -> bool {
        self.0.round == 1
    }

    fn may_start_step(&self, approval: &Approval, rulebook: &Rulebook) -> bool {
        // With participants, they are asked first.
        self.0.round > approval.round && rulebook.policy.participants.is_empty()
    }

    fn run(&self, _: &OpContext, approval: &mut Approval, desk: Desk<'_>) -> Result<Option<Changes>, Error> {
        if submit::is_repetition(approval, &self.0)? {
            return Ok(None);
        }
        Ok(Some(submit::resubmit(approval, self.0.clone(), desk)?))
    }

    fn answer(&self, outcome: &Outcome) -> Result<proto::Approval, Error> {
        Ok(wire::approval::approval(&outcome.approval))
    }
}
