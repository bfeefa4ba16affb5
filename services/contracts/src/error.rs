use salient_database::Error as DatabaseError;
use salient_failure::{Failure, Kind};
use salient_proto::{access::v1::ErrorReason as Shared, contracts::v1::ErrorReason};
use salient_values::name;
use uuid::Uuid;

use crate::{
    CONTRACTS,
    domain::{Refusal, State},
};

/// Why a contract's operation failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// A rule of contracts forbids it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// There is no such contract, or child of one.
    #[error("{0} does not exist")]
    NotFound(String),
    /// The customer does not exist, or is deleted.
    #[error("customer {0} is not there to make contracts with")]
    CustomerUnavailable(Uuid),
    /// The sign-off was decided before the edit could end it.
    #[error("approval {approval} of contract {contract} is decided")]
    SignOffDecided {
        /// The contract.
        contract: Uuid,
        /// The approval.
        approval: Uuid,
    },
    /// The sign-off is not known to the orchestrator yet.
    #[error("approval {approval} of contract {contract} is on its way")]
    SignOffStarting {
        /// The contract.
        contract: Uuid,
        /// The approval.
        approval: Uuid,
    },
    /// The contract changed between two looks at it.
    #[error("contract {0} changed meanwhile")]
    Changed(Uuid),
    /// The file is larger than files may be.
    #[error("the file is larger than {0} bytes")]
    FileTooLarge(u64),
    /// The object store failed.
    #[error("the object store failed")]
    Store(#[from] object_store::Error),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// Something shared refused: a value, an etag, a permit, a peer.
    #[error(transparent)]
    Failed(#[from] Failure),
}

/// How soon a submission has usually arrived.
const ARRIVAL: std::time::Duration = std::time::Duration::from_millis(200);
/// How soon an object store that did not answer may.
const STORE_RETRY: std::time::Duration = std::time::Duration::from_secs(1);

impl Error {
    /// There is no such contract.
    pub(crate) fn no_contract(id: Uuid) -> Self {
        Self::NotFound(name::format(CONTRACTS, id))
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::Refused(refusal) => refused(refusal),
            Error::NotFound(resource) => Self::not_found(resource),
            Error::CustomerUnavailable(customer) => {
                let customer = name::format("customers", customer);
                Self::new(Kind::FailedPrecondition, ErrorReason::CustomerUnavailable)
                    .with("customer", &customer)
                    .precondition("CUSTOMER", customer, "Choose a customer that exists.")
            }
            Error::SignOffDecided { contract, approval } => {
                let contract = name::format(CONTRACTS, contract);
                Self::new(Kind::FailedPrecondition, ErrorReason::SignOffDecided)
                    .with("contract", &contract)
                    .with("approval", name::format("approvals", approval))
                    .precondition("STATE", contract, "Read the contract again in a moment.")
            }
            Error::SignOffStarting { contract, approval } => {
                Self::new(Kind::Unavailable, ErrorReason::SignOffStarting)
                    .with("contract", name::format(CONTRACTS, contract))
                    .with("approval", name::format("approvals", approval))
                    .retry_after(ARRIVAL)
            }
            Error::Changed(contract) => Self::new(Kind::Aborted, ErrorReason::ContractChanged)
                .with("contract", name::format(CONTRACTS, contract)),
            Error::FileTooLarge(limit) => {
                Self::new(Kind::ResourceExhausted, Shared::TooLarge).with("limit", format!("{limit} bytes"))
            }
            // A file that is recorded and not there is lost.
            Error::Store(error @ object_store::Error::NotFound { .. }) => Self::internal(error),
            Error::Store(error) => Self::new(Kind::Unavailable, Shared::Unavailable)
                .retry_after(STORE_RETRY)
                .because(error),
            Error::Database(error) => error.into(),
            Error::Failed(failure) => failure,
        }
    }
}

fn refused(refusal: Refusal) -> Failure {
    match refusal {
        Refusal::StateForbids {
            contract,
            state,
            verb,
        } => {
            let contract = name::format(CONTRACTS, contract);
            let allowed: Vec<_> = verb.allowed_in().map(state_name).collect();
            let allowed = allowed.join(",");
            let description = format!("The contract has to be in one of: {allowed}.");
            Failure::new(Kind::FailedPrecondition, ErrorReason::StateForbids)
                .with("contract", &contract)
                .with("state", state_name(state))
                .with("allowed", allowed)
                .precondition("STATE", contract, description)
        }
        Refusal::Incomplete { contract, fields } => {
            let contract = name::format(CONTRACTS, contract);
            let failure = Failure::new(Kind::FailedPrecondition, ErrorReason::ContractIncomplete)
                .with("fields", fields.join(","));
            fields.into_iter().fold(failure, |failure, field| {
                failure.precondition("CONTENT", &contract, format!("Fill in {field}."))
            })
        }
        Refusal::PaymentsMismatch {
            currency,
            total,
            scheduled,
        } => Failure::new(Kind::InvalidArgument, ErrorReason::PaymentsMismatch)
            .with("total", format!("{total} {currency}"))
            .with("scheduled", format!("{scheduled} {currency}"))
            .field("contract.payments", "must sum to the total to the cent"),
        Refusal::Amount { field, problem } => {
            Failure::new(Kind::InvalidArgument, Shared::AmountInvalid).field(field, problem)
        }
        Refusal::Field { field, problem } => Failure::invalid_field(field, problem),
        Refusal::UnitAmbiguous { units } => {
            let units: Vec<_> = units
                .into_iter()
                .map(|unit| name::format("orgUnits", unit))
                .collect();
            Failure::new(Kind::FailedPrecondition, ErrorReason::UnitAmbiguous)
                .with("units", units.join(","))
                .precondition("UNIT", "contract.unit", "Name one of your units.")
        }
        Refusal::SignDate {
            sign_date,
            earliest,
            latest,
        } => Failure::new(Kind::InvalidArgument, ErrorReason::SignDateInvalid)
            .with("sign_date", sign_date)
            .with("earliest", earliest)
            .with("latest", latest)
            .field("sign_date", format!("must be from {earliest} to {latest}")),
        Refusal::SignedFileMissing(contract) => {
            let contract = name::format(CONTRACTS, contract);
            Failure::new(Kind::FailedPrecondition, ErrorReason::SignedFileMissing)
                .with("contract", &contract)
                .precondition("SIGNED_FILE", contract, "Upload the signed file first.")
        }
        Refusal::FileCorrupt { size_bytes } => Failure::new(Kind::InvalidArgument, ErrorReason::FileCorrupt)
            .with("size_bytes", size_bytes)
            .field("header", "does not describe what arrived"),
        Refusal::FileType(kind) => Failure::new(Kind::InvalidArgument, ErrorReason::FileTypeInvalid)
            .with("content_type", kind.name())
            .field("header.content_type", "is not what the file is"),
    }
}

/// The state's name in the proto.
pub(crate) fn state_name(state: State) -> String {
    format!("STATE_{}", state.name())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::civil::date;
    use rust_decimal::dec;
    use salient_failure::{Failure, Locale};
    use salient_proto::POOL;
    use salient_values::Currency;
    use uuid::Uuid;

    use super::Error;
    use crate::domain::{FileType, Refusal, State, Verb};

    const ID: Uuid = Uuid::nil();

    /// One error for each reason of this service.
    fn samples() -> Vec<Error> {
        let refusals = vec![
            Refusal::StateForbids {
                contract: ID,
                state: State::Draft,
                verb: Verb::Sign,
            },
            Refusal::Incomplete {
                contract: ID,
                fields: vec!["liability"],
            },
            Refusal::PaymentsMismatch {
                currency: Currency::CNY,
                total: dec!(2),
                scheduled: dec!(1),
            },
            Refusal::UnitAmbiguous { units: vec![ID] },
            Refusal::SignDate {
                sign_date: date(2026, 1, 1),
                earliest: date(2026, 1, 2),
                latest: date(2026, 1, 3),
            },
            Refusal::SignedFileMissing(ID),
            Refusal::FileCorrupt { size_bytes: 1 },
            Refusal::FileType(FileType::Pdf),
        ];
        let others = [
            Error::CustomerUnavailable(ID),
            Error::SignOffDecided {
                contract: ID,
                approval: ID,
            },
            Error::SignOffStarting {
                contract: ID,
                approval: ID,
            },
            Error::Changed(ID),
        ];
        refusals.into_iter().map(Error::from).chain(others).collect()
    }

    #[test]
    fn every_documented_reason_is_given_and_its_text_is_whole() {
        let mut given = BTreeSet::new();
        for (chinese, english) in samples().into_iter().zip(samples()) {
            let failure = Failure::from(english);
            given.insert(failure.reason().to_owned());
            for status in [
                failure.into_status(Locale::English),
                Failure::from(chinese).into_status(Locale::Chinese),
            ] {
                assert!(!status.message().contains('{'), "{}", status.message());
            }
        }
        let declared = POOL
            .get_enum_by_name("salient.contracts.v1.ErrorReason")
            .expect("declared");
        let declared: BTreeSet<_> = declared
            .values()
            .filter(|value| value.number() != 0)
            .map(|value| value.name().to_owned())
            .collect();
        assert_eq!(given, declared);
    }
}
