//! What can go wrong, and what callers are told of it.

use salient_failure::{Failure, Kind};
use salient_proto::customers::v1::ErrorReason as Reason;
use salient_values::name;
use uuid::Uuid;

use crate::domain::{
    credit::LimitRefusal,
    customer::{COLLECTION, Refusal},
    reservation::{EndingRefusal, Round},
};

/// What can go wrong.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The customer is not in a state for it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The limit does not fit what is taken.
    #[error(transparent)]
    Limit(#[from] LimitRefusal),
    /// A round of an approval cannot end so.
    #[error(transparent)]
    Ending(#[from] EndingRefusal),
    /// A reservation was asked for before with something else in it.
    #[error("the reservation for {0:?} is for something else")]
    ReservationMismatch(Round),
    /// Another customer has the name.
    #[error("the name is taken")]
    NameTaken {
        /// The other one, where the caller may see it.
        customer: Option<Uuid>,
    },
    /// Another customer has the unified social credit code.
    #[error("code {code} is taken")]
    CreditCodeTaken {
        /// The code.
        code: String,
        /// The other one, where the caller may see it.
        customer: Option<Uuid>,
    },
    /// The owner holds no post in the unit.
    #[error("{owner} holds no post in {unit:?}")]
    OwnerNotInUnit {
        /// The owner.
        owner: Uuid,
        /// The unit, where one was given.
        unit: Option<Uuid>,
    },
    /// Rows of an import are not sound; the answer lists what is wrong with them.
    #[error("the import has bad rows")]
    ImportUnsound,
    /// The database.
    #[error(transparent)]
    Database(#[from] salient_database::Error),
    /// What every service refuses in the same way: permission, malformed fields, peers out of reach.
    #[error(transparent)]
    Failed(#[from] Failure),
}

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        Self::Database(error.into())
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::Refused(refusal) => refused(refusal),
            Error::Limit(refusal) => limit_refused(refusal),
            Error::Ending(refusal) => ending_refused(refusal),
            Error::ReservationMismatch(round) => of_round(Reason::ReservationMismatch, round),
            Error::NameTaken { customer } => taken(
                Self::new(Kind::AlreadyExists, Reason::CustomerNameTaken),
                customer,
            ),
            Error::CreditCodeTaken { code, customer } => {
                let failure = Self::new(Kind::AlreadyExists, Reason::CreditCodeTaken).with("code", code);
                taken(failure, customer)
            }
            Error::OwnerNotInUnit { owner, unit } => {
                Self::new(Kind::FailedPrecondition, Reason::OwnerNotInUnit)
                    .with("owner", name::format("employees", owner))
                    .with(
                        "org_unit",
                        unit.map(|unit| name::format("orgUnits", unit))
                            .unwrap_or_default(),
                    )
                    .precondition(
                        "OWNER_POST",
                        name::format("employees", owner),
                        "name a unit in which the owner holds a post",
                    )
            }
            // Answered as a report, never as a status.
            Error::ImportUnsound => Self::internal("an import's bad rows were not reported"),
            Error::Database(error) => error.into(),
            Error::Failed(failure) => failure,
        }
    }
}

fn taken(failure: Failure, customer: Option<Uuid>) -> Failure {
    match customer {
        Some(customer) => failure.with("customer", customer_name(customer)),
        None => failure,
    }
}

fn refused(refusal: Refusal) -> Failure {
    let precondition = |reason, customer, what: &str| {
        let customer = customer_name(customer);
        Failure::new(Kind::FailedPrecondition, reason)
            .with("customer", &customer)
            .precondition("CUSTOMER_STATE", customer, what)
    };
    match refusal {
        Refusal::Deleted(customer) => precondition(Reason::CustomerDeleted, customer, "undelete it first"),
        Refusal::NotDeleted(customer) => {
            precondition(Reason::CustomerNotDeleted, customer, "it is not deleted")
        }
        Refusal::InSignOff { customer, reserved } => {
            let what = "wait until its contracts are signed off, or withdraw them";
            precondition(Reason::CustomerInSignOff, customer, what).with("reserved", reserved)
        }
    }
}

fn limit_refused(refusal: LimitRefusal) -> Failure {
    let precondition = |reason, customer, what: &str| {
        let customer = customer_name(customer);
        Failure::new(Kind::FailedPrecondition, reason)
            .with("customer", &customer)
            .precondition("CREDIT_TAKEN", customer, what)
    };
    match refusal {
        LimitRefusal::BelowExposure {
            customer,
            exposure,
            requested,
        } => precondition(
            Reason::CreditLimitBelowExposure,
            customer,
            "set a limit that covers what is taken",
        )
        .with("exposure", exposure)
        .with("requested", requested),
        LimitRefusal::CurrencyInUse { customer, currency } => precondition(
            Reason::CreditCurrencyInUse,
            customer,
            "keep the currency while credit is taken",
        )
        .with("currency", currency),
        LimitRefusal::OutOfRange(error) => Failure::internal(error),
    }
}

fn ending_refused(refusal: EndingRefusal) -> Failure {
    match refusal {
        EndingRefusal::Missing(round) => Failure::not_found(reservation_name(round)),
        EndingRefusal::Released(round) => of_round(Reason::ReservationReleased, round),
        EndingRefusal::Confirmed(round) => of_round(Reason::ReservationConfirmed, round),
    }
}

fn of_round(reason: Reason, round: Round) -> Failure {
    let approval = name::format("approvals", round.approval);
    Failure::new(Kind::FailedPrecondition, reason)
        .with("approval", &approval)
        .with("round", round.number)
        .precondition(
            "RESERVATION_STATE",
            approval,
            "the round was answered otherwise before",
        )
}

/// A customer's resource name.
pub(crate) fn customer_name(id: Uuid) -> String {
    name::format(COLLECTION, id)
}

/// What this service calls a reservation: `creditReservations/{approval}-{round}`.
pub(crate) fn reservation_name(round: Round) -> String {
    format!("creditReservations/{}-{}", round.approval, round.number)
}
