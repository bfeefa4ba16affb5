use salient_failure::Failure;
use salient_operation::OpContext;
use salient_proto::approval::v1 as proto;
use salient_values::name;
use uuid::Uuid;

use super::{
    act::{Who, check, task_id},
    change::{Command, Outcome, Target, change},
    wire,
};
use crate::{
    app::App,
    domain::{
        approval::Approval,
        rulebook::Rulebook,
        signers,
        submit::Submission,
        work::{Changes, Desk},
    },
    error::Error,
};

/// Does without a signer whom the caller added (P6.1.3).
pub async fn remove_signer(
    app: App,
    op: OpContext,
    request: proto::RemoveSignerRequest,
) -> Result<proto::Approval, Error> {
    let remove = Remove {
        task: task_id(&request.name)?,
        signer: name::parse("employees", &request.signer).map_err(|error| error.at("signer"))?,
        comment: request.comment,
    };
    change(&app, &op, &remove).await
}

struct Remove {
    task: Uuid,
    signer: Uuid,
    comment: String,
}

impl Command for Remove {
    type Answer = proto::Approval;

    fn target(&self) -> Target {
        Target::Task(self.task)
    }

    fn opening(&self, _: &OpContext) -> Result<&Submission, Error> {
        Err(Failure::out_of_scope().into())
    }

    fn may_start_step(&self, _: &Approval, _: &Rulebook) -> bool {
        // It may have been the last whom the step waited for.
        true
    }

    fn run(&self, op: &OpContext, approval: &mut Approval, desk: Desk<'_>) -> Result<Option<Changes>, Error> {
        check(op, approval, self.task, Who::Assignee, "")?;
        let changes = signers::remove(approval, desk, self.task, self.signer, &self.comment)?;
        Ok(Some(changes))
    }

    fn answer(&self, outcome: &Outcome) -> Result<proto::Approval, Error> {
        Ok(wire::approval::approval(&outcome.approval))
    }
}
