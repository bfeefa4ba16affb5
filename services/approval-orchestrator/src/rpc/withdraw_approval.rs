use salient_failure::Failure;
use salient_operation::OpContext;
use salient_proto::approval::v1 as proto;
use salient_values::{etag, name};
use uuid::Uuid;

use super::{
    change::{Command, Outcome, Target, change},
    wire,
};
use crate::{
    app::App,
    domain::{
        approval::Approval,
        close,
        rulebook::Rulebook,
        submit::Submission,
        work::{Changes, Desk},
    },
    error::Error,
};

/// Takes an open approval of the caller's back (P6.1.1).
pub async fn withdraw_approval(
    app: App,
    op: OpContext,
    request: proto::WithdrawApprovalRequest,
) -> Result<proto::Approval, Error> {
    let approval = name::parse("approvals", &request.name).map_err(|error| error.at("name"))?;
    change(
        &app,
        &op,
        &Withdraw {
            approval,
            comment: request.comment,
            etag: request.etag,
        },
    )
    .await
}

struct Withdraw {
    approval: Uuid,
    comment: String,
    etag: String,
}

impl Command for Withdraw {
    type Answer = proto::Approval;

    fn target(&self) -> Target {
        Target::Approval(self.approval)
    }

    fn opening(&self, _: &OpContext) -> Result<&Submission, Error> {
        Err(Failure::out_of_scope().into())
    }

    fn may_start_step(&self, _: &Approval, _: &Rulebook) -> bool {
        false
    }

    fn may_ask(&self) -> bool {
        false
    }

    fn run(&self, op: &OpContext, approval: &mut Approval, desk: Desk<'_>) -> Result<Option<Changes>, Error> {
        if op.person()?.person != approval.submitter {
            return Err(Failure::out_of_scope().into());
        }
        // That it is closed says more than that its etag is stale.
        if approval.state.is_open() {
            etag::check(
                &self.etag,
                approval.version,
                &name::format("approvals", approval.id),
            )?;
        }
        Ok(Some(close::withdraw(approval, desk, &self.comment)?))
    }

    fn answer(&self, outcome: &Outcome) -> Result<proto::Approval, Error> {
        Ok(wire::approval::approval(&outcome.approval))
    }
}
