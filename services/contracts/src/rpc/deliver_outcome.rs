use salient_database::{NewEvent, Tx};
use salient_failure::Failure;
use salient_operation::OpContext;
use salient_proto::{
    approval::v1::{DeliverOutcomeRequest, DeliverOutcomeResponse, Outcome as ProtoOutcome},
    contracts::v1::ContractSignOffEnded,
};
use salient_values::{name, timestamp};
use uuid::Uuid;

use super::{
    answer::{self, APPROVALS, SUBJECT_KIND},
    command, load,
};
use crate::{
    App,
    domain::{Outcome, Report},
    error::Error,
    store::{Query, contract_for_update, outcome_find, outcome_insert},
};

/// Hears how a round of a sign-off ended (P6.1.3). Each outcome of a round counts once, however often it is delivered and under
/// whichever request id.
pub(super) async fn deliver_outcome(
    app: &App,
    op: OpContext,
    request: DeliverOutcomeRequest,
) -> Result<DeliverOutcomeResponse, Error> {
    let (id, report) = report(request)?;
    let apply = async |tx: &mut Tx| {
        let found = contract_for_update(tx, id).await?;
        let mut contract = found.ok_or_else(|| Error::no_contract(id))?;
        // After the lock: two deliveries at once would both find nothing.
        if let Some(applied) = outcome_find(tx, &report).await? {
            return Ok(DeliverOutcomeResponse { applied });
        }
        let loaded_at = contract.head.version;
        let applied = contract.end_sign_off(&report, tx.now());
        outcome_insert(tx, id, &report, applied).await?;
        if applied {
            load::save(tx, &contract, loaded_at).await?;
            let event = ContractSignOffEnded {
                outcome: answer::outcome(report.outcome).into(),
                contract: Some(answer::contract(&contract)?),
            };
            tx.announce(NewEvent::of(name::format(crate::CONTRACTS, id), &event));
        }
        Ok::<_, Error>(DeliverOutcomeResponse { applied })
    };
    app.database.mutate(&op, Query::OutcomeApply, apply).await
}

fn report(request: DeliverOutcomeRequest) -> Result<(Uuid, Report), Failure> {
    let outcome = outcome(request.outcome())?;
    let subject = request.subject.unwrap_or_default();
    if subject.kind != SUBJECT_KIND {
        return Err(Failure::invalid_field(
            "subject.kind",
            "is not kept by this service",
        ));
    }
    let id = command::contract_id(&subject.name, "subject.name")?;
    let approval = name::parse(APPROVALS, &request.approval).map_err(|error| error.at("approval"))?;
    let digest = <[u8; 32]>::try_from(subject.digest.as_slice())
        .map_err(|_| Failure::invalid_field("subject.digest", "must be 32 bytes"))?;
    let time = timestamp::from_proto(&request.outcome_time.unwrap_or_default())
        .map_err(|error| error.at("outcome_time"))?;
    let report = Report {
        approval,
        round: request.round,
        revision: subject.version,
        digest,
        outcome,
        comment: request.comment,
        actor: request.actor,
        time,
    };
    Ok((id, report))
}

fn outcome(outcome: ProtoOutcome) -> Result<Outcome, Failure> {
    match outcome {
        ProtoOutcome::Unspecified => Err(Failure::invalid_field("outcome", "must be set")),
        ProtoOutcome::Approved => Ok(Outcome::Approved),
        ProtoOutcome::Rejected => Ok(Outcome::Rejected),
        ProtoOutcome::Returned => Ok(Outcome::Returned),
        ProtoOutcome::Withdrawn => Ok(Outcome::Withdrawn),
        ProtoOutcome::Refused => Ok(Outcome::Refused),
        ProtoOutcome::Superseded => Ok(Outcome::Superseded),
        ProtoOutcome::Cancelled => Ok(Outcome::Cancelled),
    }
}
