use salient_failure::Failure;
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

/// Says something about an approval that the caller may see (P1.3).
pub async fn comment_approval(
    app: App,
    op: OpContext,
    request: proto::CommentApprovalRequest,
) -> Result<proto::Approval, Error> {
    let comment = Comment {
        approval: name::parse("approvals", &request.name).map_err(|error| error.at("name"))?,
        comment: request.comment,
    };
    change(&app, &op, &comment).await
}

struct Comment {
    approval: Uuid,
    comment: String,
}

impl Command for Comment {
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
        if !app::visible(op, approval) {
            return Err(Failure::out_of_scope().into());
        }
        Ok(Some(correspond::comment(approval, desk, &self.comment)?))
    }

    fn answer(&self, outcome: &Outcome) -> Result<proto::Approval, Error> {
        Ok(wire::approval::approval(&outcome.approval))
    }
}
