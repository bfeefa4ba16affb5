//! The calls that the outbox holds: to participants, whose answers move approvals on, and to subjects' services. Each is made until
//! it is taken. What fails in a way that time will not cure, or for long, shows on the approval as needing attention.

use async_trait::async_trait;
use prost::Message;
use salient_failure::Failure;
use salient_operation::{IdempotencyKey, OpContext};
use salient_outbox::{Delivery, Disposition, Handler, disposition};
use salient_peers::{PeerChannel, outbound};
use salient_proto::approval::v1::{
    self as proto, check_service_client::CheckServiceClient,
    participant_service_client::ParticipantServiceClient, subject_service_client::SubjectServiceClient,
};
use salient_values::name;
use tonic::Status;
use uuid::Uuid;

use super::{
    change::change,
    settle::{Checked, Raise, Settle, Taken},
    wire::call::{CHECK, CONFIRM, DELIVER_OUTCOME, RELEASE, RESERVE},
};
use crate::{
    SERVICE,
    app::App,
    domain::{
        approval::{AttentionReason, ParticipationState},
        check::{self, Verdict},
        participate::{RefusalText, Reply, Reservation},
    },
    error::Error,
};

/// After so many attempts that failed, even in a way that time may cure, somebody should look: about a quarter of a minute.
const PATIENCE: i32 = 8;

/// Makes the calls to one other service.
pub struct Peer {
    app: App,
    name: String,
    participant: ParticipantServiceClient<PeerChannel>,
    subject: SubjectServiceClient<PeerChannel>,
    checks: CheckServiceClient<PeerChannel>,
}

/// Whose answer of what an approval waits for.
struct Part {
    approval: Uuid,
    round: i64,
    awaited_in: ParticipationState,
}

impl Peer {
    /// Makes the calls to this service over this channel.
    #[must_use]
    pub fn new(app: App, name: String, channel: PeerChannel) -> Self {
        Self {
            app,
            name,
            participant: ParticipantServiceClient::new(channel.clone()),
            subject: SubjectServiceClient::new(channel.clone()),
            checks: CheckServiceClient::new(channel),
        }
    }

    async fn reserve(&self, op: &OpContext, delivery: &Delivery) -> Result<Disposition, Error> {
        let request: proto::ReserveRequest = decode(delivery)?;
        let part = part(&request.approval, request.round, ParticipationState::Reserving)?;
        let answer = match self.participant.clone().reserve(outbound(op, request)).await {
            Ok(answer) => answer.into_inner(),
            Err(status) => return self.participant_failed(op, delivery, part, &status).await,
        };
        match answer.result {
            Some(proto::reserve_response::Result::Reserved(reserved)) => {
                self.settle(op, part, Reply::Reserved(reservation(reserved)?))
                    .await
            }
            Some(proto::reserve_response::Result::Refused(refused)) => {
                self.settle(op, part, Reply::Refused(text(refused))).await
            }
            None => {
                let status = Status::internal("it neither reserved nor refused");
                self.participant_failed(op, delivery, part, &status).await
            }
        }
    }

    async fn confirm(&self, op: &OpContext, delivery: &Delivery) -> Result<Disposition, Error> {
        let request: proto::ConfirmRequest = decode(delivery)?;
        let part = part(&request.approval, request.round, ParticipationState::Confirming)?;
        match self.participant.clone().confirm(outbound(op, request)).await {
            Ok(_) => self.settle(op, part, Reply::Confirmed).await,
            Err(status) => self.participant_failed(op, delivery, part, &status).await,
        }
    }

    async fn release(&self, op: &OpContext, delivery: &Delivery) -> Result<Disposition, Error> {
        let request: proto::ReleaseRequest = decode(delivery)?;
        let part = part(&request.approval, request.round, ParticipationState::Releasing)?;
        match self.participant.clone().release(outbound(op, request)).await {
            Ok(_) => self.settle(op, part, Reply::Released).await,
            Err(status) => self.participant_failed(op, delivery, part, &status).await,
        }
    }

    async fn check(&self, op: &OpContext, delivery: &Delivery) -> Result<Disposition, Error> {
        let request: proto::CheckRequest = decode(delivery)?;
        let approval = name::parse("approvals", &request.approval).map_err(|error| error.at("approval"))?;
        let visit = Uuid::try_parse(&request.visit).map_err(Failure::internal)?;
        let answer = self.checks.clone().check(outbound(op, request)).await;
        let answer = answer.map(|answer| answer.into_inner().result);
        let status = match answer {
            Ok(Some(result)) => {
                let verdict = match result {
                    proto::check_response::Result::Passed(_) => Verdict::Passed,
                    proto::check_response::Result::Refused(refused) => Verdict::Refused(text(refused)),
                };
                let checked = Checked {
                    approval,
                    visit,
                    verdict,
                };
                change(&self.app, op, &checked).await?;
                return Ok(Disposition::Done);
            }
            Ok(None) => Status::internal("it said neither that it passes nor that it does not"),
            Err(status) => status,
        };
        // One that nobody waits for any more is not asked again.
        let found = self.app.find(op, approval).await?;
        if !found.is_some_and(|approval| check::awaits(&approval, visit)) {
            return Ok(Disposition::Done);
        }
        self.failed(op, delivery, approval, AttentionReason::ParticipantStuck, &status)
            .await
    }

    async fn deliver_outcome(&self, op: &OpContext, delivery: &Delivery) -> Result<Disposition, Error> {
        let request: proto::DeliverOutcomeRequest = decode(delivery)?;
        let approval = name::parse("approvals", &request.approval).map_err(|error| error.at("approval"))?;
        match self.subject.clone().deliver_outcome(outbound(op, request)).await {
            Ok(answer) => {
                let applied = answer.into_inner().applied;
                // Noted once for the delivery, however often it is made: the history must not say that it was heard twice.
                let op = op.clone().keyed(IdempotencyKey {
                    caller: op.actor(),
                    request_id: delivery.id,
                    fingerprint: IdempotencyKey::fingerprint(op.method, [delivery.payload.as_slice()]),
                });
                change(&self.app, &op, &Taken { approval, applied }).await?;
                Ok(Disposition::Done)
            }
            Err(status) => {
                self.failed(op, delivery, approval, AttentionReason::OutcomeStuck, &status)
                    .await
            }
        }
    }

    async fn settle(&self, op: &OpContext, part: Part, reply: Reply) -> Result<Disposition, Error> {
        let Part { approval, round, .. } = part;
        change(
            &self.app,
            op,
            &Settle {
                approval,
                round,
                service: &self.name,
                reply,
            },
        )
        .await?;
        Ok(Disposition::Done)
    }

    async fn participant_failed(
        &self,
        op: &OpContext,
        delivery: &Delivery,
        part: Part,
        status: &Status,
    ) -> Result<Disposition, Error> {
        let Part {
            approval,
            round,
            awaited_in,
        } = part;
        // A reservation that nobody waits for any more, because the approval was withdrawn meanwhile: the release that stands
        // behind it in line says all there is to say, also if this one was done after all.
        if !self
            .app
            .awaits(op, approval, &self.name, round, awaited_in)
            .await?
        {
            return Ok(Disposition::Done);
        }
        self.failed(op, delivery, approval, AttentionReason::ParticipantStuck, status)
            .await
    }

    async fn failed(
        &self,
        op: &OpContext,
        delivery: &Delivery,
        approval: Uuid,
        reason: AttentionReason,
        status: &Status,
    ) -> Result<Disposition, Error> {
        let disposition = disposition(status);
        if matches!(disposition, Disposition::Stuck { .. }) || delivery.attempts >= PATIENCE {
            let detail = format!(
                "{} of {}: {:?}: {}",
                delivery.method,
                self.name,
                status.code(),
                status.message()
            );
            change(
                &self.app,
                op,
                &Raise {
                    approval,
                    reason,
                    detail,
                },
            )
            .await?;
        }
        Ok(disposition)
    }
}

impl Peer {
    /// What went wrong on this side, such as a database that is away, or an organisation that does not know whom to ask: the call is
    /// made again, and the other side knows it.
    async fn not_applied(&self, op: &OpContext, delivery: &Delivery, failure: Failure) -> Disposition {
        let approval = name::parse("approvals", &delivery.ordering_key).ok();
        if let Some(approval) = approval.filter(|_| delivery.attempts >= PATIENCE) {
            let reason = match delivery.method.as_str() {
                DELIVER_OUTCOME => AttentionReason::OutcomeStuck,
                _ => AttentionReason::ParticipantStuck,
            };
            let (method, peer, why) = (&delivery.method, &self.name, failure.reason());
            let detail = format!("{method} of {peer}: its answer cannot be used: {why}");
            if let Err(error) = change(
                &self.app,
                op,
                &Raise {
                    approval,
                    reason,
                    detail,
                },
            )
            .await
            {
                tracing::warn!(%error, "that an approval needs attention could not be recorded");
            }
        }
        Disposition::Retry {
            reason: failure.to_string(),
        }
    }
}

#[async_trait]
impl Handler for Peer {
    fn destination(&self) -> &str {
        &self.name
    }

    async fn deliver(&self, delivery: &Delivery) -> Disposition {
        let operation = |what| OpContext {
            traceparent: delivery.traceparent.clone(),
            ..OpContext::background(SERVICE, what)
        };
        let delivered = match delivery.method.as_str() {
            RESERVE => self.reserve(&operation("relay/Reserve"), delivery).await,
            CONFIRM => self.confirm(&operation("relay/Confirm"), delivery).await,
            RELEASE => self.release(&operation("relay/Release"), delivery).await,
            CHECK => self.check(&operation("relay/Check"), delivery).await,
            DELIVER_OUTCOME => {
                self.deliver_outcome(&operation("relay/DeliverOutcome"), delivery)
                    .await
            }
            unknown => Ok(Disposition::Stuck {
                reason: format!("there is no method {unknown}"),
            }),
        };
        match delivered {
            Ok(disposition) => disposition,
            Err(error) => {
                self.not_applied(&operation("relay"), delivery, error.into())
                    .await
            }
        }
    }
}

fn decode<M: Message + Default>(delivery: &Delivery) -> Result<M, Failure> {
    M::decode(delivery.payload.as_slice()).map_err(Failure::internal)
}

fn part(approval: &str, round: i32, awaited_in: ParticipationState) -> Result<Part, Failure> {
    let approval = name::parse("approvals", approval).map_err(|error| error.at("approval"))?;
    Ok(Part {
        approval,
        round: round.into(),
        awaited_in,
    })
}

fn text(refused: proto::Refused) -> RefusalText {
    RefusalText {
        reason: refused.reason,
        message: refused.message,
        message_zh: refused.message_zh,
    }
}

fn reservation(reserved: proto::Reserved) -> Result<Reservation, Failure> {
    let amount = reserved
        .amount
        .as_ref()
        .map(salient_values::Money::try_from)
        .transpose();
    let amount = amount.map_err(|error| error.at("reserved.amount"))?;
    Ok(Reservation {
        name: reserved.reservation,
        amount: amount.as_ref().map(|money| money.amount().to_string()),
        currency: amount.map(|money| money.currency().as_str().to_owned()),
    })
}
