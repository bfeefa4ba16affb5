use salient_operation::OpContext;
use salient_proto::approval::v1 as proto;
use salient_values::name;
use uuid::Uuid;

use super::{
    change::{Command, Outcome, Target, change},
    request_approval::check_owner,
    wire,
};
use crate::{
    app::App,
    domain::{
        approval::Approval,
        close,
        rulebook::Rulebook,
        state::State,
        submit::Submission,
        work::{Changes, Desk},
    },
    error::Error,
};

/// Ends an open approval because its subject is about to change (P6.1.1).
pub async fn supersede_approval(
    app: App,
    op: OpContext,
    request: proto::SupersedeApprovalRequest,
) -> Result<proto::Approval, Error> {
    let approval = name::parse("approvals", &request.approval).map_err(|error| error.at("approval"))?;
    change(
        &app,
        &op,
        &Supersede {
            approval,
            actor: request.actor,
        },
    )
    .await
}

struct Supersede {
    approval: Uuid,
    actor: String,
}

impl Command for Supersede {
    type Answer = proto::Approval;

    fn target(&self) -> Target {
        Target::Approval(self.approval)
    }

    fn on_behalf_of(&self) -> String {
        self.actor.clone()
    }

    fn opening(&self, _: &OpContext) -> Result<&Submission, Error> {
        Err(Error::NotFound(name::format("approvals", self.approval)))
    }

    fn may_start_step(&self, _: &Approval, _: &Rulebook) -> bool {
        false
    }

    fn may_ask(&self) -> bool {
        false
    }

    fn run(&self, op: &OpContext, approval: &mut Approval, desk: Desk<'_>) -> Result<Option<Changes>, Error> {
        check_owner(op, &approval.subject.service)?;
        if approval.state == State::Superseded {
            return Ok(None);
        }
        Ok(Some(close::supersede(approval, desk)?))
    }

    fn answer(&self, outcome: &Outcome) -> Result<proto::Approval, Error> {
        Ok(wire::approval::approval(&outcome.approval))
    }
}
