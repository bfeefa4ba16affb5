//! The calls that a change leaves to be made: what the outbox holds and the relay delivers.

use jiff::Timestamp;
use salient_database::NewDelivery;
use salient_proto::approval::v1 as proto;
use salient_values::{name, timestamp};

use super::{
    subject::{facts, subject},
    task::count,
};
use crate::domain::{
    approval::Approval,
    work::{Call, Outcome},
};

/// Asks a participant to set something aside.
pub const RESERVE: &str = "Reserve";
/// Asks a participant to make it final.
pub const CONFIRM: &str = "Confirm";
/// Asks a participant to give it back.
pub const RELEASE: &str = "Release";
/// Asks a service to check the subject.
pub const CHECK: &str = "Check";
/// Tells the subject's service how it went.
pub const DELIVER_OUTCOME: &str = "DeliverOutcome";

/// The delivery of a call. Calls to one service about one approval stand in line, so that a release never overtakes its
/// reservation, nor one outcome another.
pub fn delivery(approval: &Approval, call: &Call, actor: &str, now: Timestamp) -> NewDelivery {
    let line = name::format("approvals", approval.id);
    let (id, round) = (line.clone(), count(approval.round));
    match call {
        Call::Reserve { service } => NewDelivery::of(service.clone(), RESERVE, line, |request_id| {
            proto::ReserveRequest {
                approval: id,
                round,
                subject: Some(subject(&approval.subject)),
                account: approval.account.clone(),
                facts: facts(&approval.facts),
                request_id: request_id.to_string(),
            }
        }),
        Call::Confirm { service } => NewDelivery::of(service.clone(), CONFIRM, line, |request_id| {
            proto::ConfirmRequest {
                approval: id,
                round,
                request_id: request_id.to_string(),
            }
        }),
        Call::Release { service } => NewDelivery::of(service.clone(), RELEASE, line, |request_id| {
            proto::ReleaseRequest {
                approval: id,
                round,
                request_id: request_id.to_string(),
            }
        }),
        // Its answer says nothing that could be repeated wrongly, so it needs no key.
        Call::Check { service, visit } => {
            let step = approval.visit(*visit).map(|visit| visit.step.clone());
            NewDelivery::of(service.clone(), CHECK, line, |_| proto::CheckRequest {
                approval: id,
                round,
                step: step.unwrap_or_default(),
                visit: visit.to_string(),
                subject: Some(subject(&approval.subject)),
                account: approval.account.clone(),
                facts: facts(&approval.facts),
            })
        }
        Call::Outcome(how) => {
            let service = approval.subject.service.clone();
            NewDelivery::of(service, DELIVER_OUTCOME, line, |request_id| {
                proto::DeliverOutcomeRequest {
                    approval: id,
                    round,
                    subject: Some(subject(&approval.subject)),
                    outcome: outcome(*how).into(),
                    comment: approval.outcome_comment.clone(),
                    actor: actor.to_owned(),
                    outcome_time: Some(timestamp::to_proto(now)),
                    request_id: request_id.to_string(),
                }
            })
        }
    }
}

/// How a round went.
pub const fn outcome(outcome: Outcome) -> proto::Outcome {
    match outcome {
        Outcome::Approved => proto::Outcome::Approved,
        Outcome::Rejected => proto::Outcome::Rejected,
        Outcome::Returned => proto::Outcome::Returned,
        Outcome::Withdrawn => proto::Outcome::Withdrawn,
        Outcome::Refused => proto::Outcome::Refused,
        Outcome::Superseded => proto::Outcome::Superseded,
        Outcome::Cancelled => proto::Outcome::Cancelled,
    }
}
