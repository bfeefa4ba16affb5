use salient_operation::OpContext;
use salient_proto::approval::v1 as proto;
use salient_values::name;
use uuid::Uuid;

use super::{
    change::{Command, Outcome, Target, change},
    wire,
};
use crate::{
    app::{self, App},
    domain::{
        approval::Approval,
        correspond,
        rulebook::Rulebook,
        submit::Submission,
        work::{Changes, Desk},
    },
    error::Error,
};

/// Asks those who have yet to decide an approval of the caller's to hurry (P6.1.1).
pub async fn urge_approval(
    app: App,
    op: OpContext,
    request: proto::UrgeApprovalRequest,
) -> Result<proto::Approval, Error> {
    let urge = Urge {
        approval: name::parse("approvals", &request.name).map_err(|error| error.at("name"))?,
        comment: request.comment,
    };
    change(&app, &op, &urge).await
}

struct Urge {
    approval: Uuid,
    comment: String,
}

impl Command for Urge {
    type Answer = proto::Approval;

    fn target(&self) -> Target {
        Target::Approval(self.approval)
    }

    fn opening(&self, op: &OpContext) -> Result<&Submission, Error> {
        Err(app::absent(op, self.approval))
    }

    fn may_start_step(&self, _: &Approval, _: &Rulebook) -> bool {
        false
    }

    fn run(&self, op: &OpContext, approval: &mut Approval, desk: Desk<'_>) -> Result<Option<Changes>, Error> {
        // Administrators reach everything with this method, everybody else what is their own.
        op.permit.check(approval.submitter, approval.unit)?;
        Ok(Some(correspond::urge(approval, desk, &self.comment)?))
    }

    fn answer(&self, outcome: &Outcome) -> Result<proto::Approval, Error> {
        Ok(wire::approval::approval(&outcome.approval))
    }
}
