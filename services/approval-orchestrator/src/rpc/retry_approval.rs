use salient_database::Connection;
use salient_operation::OpContext;
use salient_proto::approval::v1 as proto;
use salient_values::name;
use uuid::Uuid;

use super::{
    change::{Command, Outcome, Target, change, repeated},
    wire,
};
use crate::{
    app::App,
    domain::{
        approval::{Approval, AttentionReason},
        attend,
        rulebook::Rulebook,
        standing::Standing,
        state::State,
        submit::Submission,
        work::{Changes, Desk},
    },
    error::Error,
    store::{Query, deliveries_hasten, policy_standing},
};

/// Has an approval that needs attention tried again at once (P1.3).
pub async fn retry_approval(
    app: App,
    op: OpContext,
    request: proto::RetryApprovalRequest,
) -> Result<proto::Approval, Error> {
    let approval = name::parse("approvals", &request.name).map_err(|error| error.at("name"))?;
    if let Err(error) = check_not_paused(&app, &op, approval).await {
        return repeated(&app, &op, error).await;
    }
    let answer = change(&app, &op, &Retry(approval)).await?;
    // After the change, and not one with it: they are tried again by themselves in any case, only later.
    let line = &request.name;
    let hasten =
        async move |connection: &mut Connection| Ok::<_, Error>(deliveries_hasten(connection, line).await?);
    app.database.write(&op, Query::DeliveriesHasten, hasten).await?;
    app.database.wake().deliveries();
    Ok(answer)
}

/// What waits for a paused policy would only be let past it.
async fn check_not_paused(app: &App, op: &OpContext, id: Uuid) -> Result<(), Error> {
    let Some(approval) = app.find(op, id).await? else {
        return Ok(());
    };
    if approval.attention_reason != Some(AttentionReason::PolicyPaused) {
        return Ok(());
    }
    op.permit.check(approval.submitter, approval.unit)?;
    let kind = &approval.subject.kind;
    let standing =
        async move |connection: &mut Connection| Ok::<_, Error>(policy_standing(connection, kind).await?);
    match app.database.read(op, Query::PolicyLatest, standing).await? {
        Some((_, Standing::Paused)) => Err(Error::PolicyPaused { kind: kind.clone() }),
        _ => Ok(()),
    }
}

struct Retry(Uuid);

impl Command for Retry {
    type Answer = proto::Approval;

    fn target(&self) -> Target {
        Target::Approval(self.0)
    }

    fn opening(&self, _: &OpContext) -> Result<&Submission, Error> {
        Err(Error::NotFound(name::format("approvals", self.0)))
    }

    fn may_start_step(&self, approval: &Approval, _: &Rulebook) -> bool {
        approval.state == State::Suspended
            || approval.attention_reason == Some(AttentionReason::DeadlineUnknown)
    }

    fn run(&self, op: &OpContext, approval: &mut Approval, desk: Desk<'_>) -> Result<Option<Changes>, Error> {
        op.permit.check(approval.submitter, approval.unit)?;
        Ok(Some(attend::retry(approval, desk)?))
    }

    fn answer(&self, outcome: &Outcome) -> Result<proto::Approval, Error> {
        Ok(wire::approval::approval(&outcome.approval))
    }
}
