use futures::{StreamExt as _, TryStreamExt as _, stream};
use salient_failure::Failure;
use salient_operation::OpContext;
use salient_proto::approval::v1 as proto;
use salient_values::name;
use uuid::Uuid;

use super::{
    change::{Command, Outcome, Target, change, repeated},
    wire,
};
use crate::{
    app::{self, App},
    domain::{
        approval::Approval,
        correspond::{self, NewCopies},
        refusal::Refusal,
        rulebook::Rulebook,
        submit::Submission,
        work::{Changes, Desk},
    },
    error::Error,
};

/// How many recipients are looked up at once.
const AT_ONCE: usize = 5;

/// Copies an approval to people, who may see it from then on (P1.3).
pub async fn copy_approval(
    app: App,
    op: OpContext,
    request: proto::CopyApprovalRequest,
) -> Result<proto::Approval, Error> {
    let approval = name::parse("approvals", &request.name).map_err(|error| error.at("name"))?;
    let copies = NewCopies {
        recipients: recipients(&request.recipients)?,
        copier: op.person()?.person,
        comment: request.comment,
    };
    let inactive = match inactive(&app, &copies.recipients).await {
        Ok(inactive) => inactive,
        Err(error) => return repeated(&app, &op, error).await,
    };
    let copy = Copy {
        approval,
        copies,
        inactive,
    };
    change(&app, &op, &copy).await
}

fn recipients(names: &[String]) -> Result<Vec<Uuid>, Failure> {
    let recipient = |(position, sent): (usize, &String)| {
        name::parse("employees", sent).map_err(|error| error.at(format!("recipients[{position}]")))
    };
    names.iter().enumerate().map(recipient).collect()
}

/// Who of these people is no active employee.
async fn inactive(app: &App, people: &[Uuid]) -> Result<Vec<Uuid>, Error> {
    stream::iter(people.iter().copied())
        .map(|person| app.employee(person))
        .buffered(AT_ONCE)
        .try_filter_map(|found| std::future::ready(Ok((!found.active).then_some(found.employee))))
        .try_collect()
        .await
}

struct Copy {
    approval: Uuid,
    copies: NewCopies,
    inactive: Vec<Uuid>,
}

impl Command for Copy {
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
        let owns = op.permit.covers(approval.submitter, approval.unit);
        if !owns && !app::asked(op, approval) {
            return Err(Failure::out_of_scope().into());
        }
        // Only now: who may not copy it learns nothing about anybody.
        if !self.inactive.is_empty() {
            let recipients = self.inactive.clone();
            return Err(Refusal::RecipientInactive { recipients }.into());
        }
        Ok(correspond::copy(approval, desk, &self.copies)?)
    }

    fn answer(&self, outcome: &Outcome) -> Result<proto::Approval, Error> {
        Ok(wire::approval::approval(&outcome.approval))
    }
}
