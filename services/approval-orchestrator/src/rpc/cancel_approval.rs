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

/// Ends an open approval, whatever it waits for (P1.3).
pub async fn cancel_approval(
    app: App,
    op: OpContext,
    request: proto::CancelApprovalRequest,
) -> Result<proto::Approval, Error> {
    let cancel = Cancel {
        approval: name::parse("approvals", &request.name).map_err(|error| error.at("name"))?,
        comment: request.comment,
        etag: request.etag,
    };
    change(&app, &op, &cancel).await
}

struct Cancel {
    approval: Uuid,
    comment: String,
    etag: String,
}

impl Command for Cancel {
    type Answer = proto::Approval;

    fn target(&self) -> Target {
        Target::Approval(self.approval)
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
        op.permit.check(approval.submitter, approval.unit)?;
        if approval.state.is_open() {
            etag::check(
                &self.etag,
                approval.version,
                &name::format("approvals", approval.id),
            )?;
        }
        Ok(Some(close::cancel(approval, desk, &self.comment)?))
    }

    fn answer(&self, outcome: &Outcome) -> Result<proto::Approval, Error> {
        Ok(wire::approval::approval(&outcome.approval))
    }
}
