//! A participant's no, in words. It is an answer and kept with the reservation, so it cannot wait for the caller's language.

use salient_failure::{Failure, Kind, Locale};
use salient_proto::customers::v1::ErrorReason as Reason;
use salient_values::name;
use tonic_types::StatusExt as _;

use crate::{
    domain::{
        credit::Shortage,
        reservation::{Claim, Refused, Round},
    },
    error::customer_name,
};

/// Why nothing is set aside.
pub(super) fn refusal(claim: &Claim, shortage: Shortage) -> Refused {
    let refused = |reason| {
        Failure::new(Kind::FailedPrecondition, reason).with("customer", customer_name(claim.customer))
    };
    words(match shortage {
        Shortage::Insufficient {
            limit,
            available,
            requested,
        } => refused(Reason::CreditInsufficient)
            .with("limit", limit)
            .with("available", available)
            .with("requested", requested),
        Shortage::OtherCurrency { currency, requested } => refused(Reason::CreditCurrencyMismatch)
            .with("currency", currency)
            .with("requested", requested),
        Shortage::NoCustomer => refused(Reason::CreditCustomerMissing),
        Shortage::NotGranted { requested } => refused(Reason::CreditNotGranted).with("requested", requested),
    })
}

/// A refusal in both languages, by the texts beside its reason in the proto.
fn words(failure: Failure) -> Refused {
    let reason = failure.reason().to_owned();
    let status = failure.into_status(Locale::Chinese);
    let chinese = status.get_details_localized_message();
    Refused {
        reason,
        english: status.message().to_owned(),
        chinese: chinese.map(|localized| localized.message).unwrap_or_default(),
    }
}

/// That the round is over already.
pub(super) fn released(round: Round) -> Refused {
    words(
        Failure::new(Kind::FailedPrecondition, Reason::ReservationReleased)
            .with("approval", name::format("approvals", round.approval))
            .with("round", round.number),
    )
}
