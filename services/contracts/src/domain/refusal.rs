use jiff::civil::Date;
use rust_decimal::Decimal;
use salient_values::Currency;
use uuid::Uuid;

use super::{FileType, State, Verb};

/// Which rule of contracts a request would break. One variant for each reason that callers are told.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub(crate) enum Refusal {
    /// The contract's state does not allow it.
    #[error("contract {contract} is {}: {verb:?} is not allowed", state.name())]
    StateForbids {
        /// The contract.
        contract: Uuid,
        /// Its state.
        state: State,
        /// What was asked for.
        verb: Verb,
    },
    /// Something that a submitted contract needs is missing.
    #[error("the contract lacks {fields:?}")]
    Incomplete {
        /// The contract.
        contract: Uuid,
        /// The fields, as the proto names them.
        fields: Vec<&'static str>,
    },
    /// The payments do not sum to the total.
    #[error("payments of {scheduled} {currency} for a total of {total}")]
    PaymentsMismatch {
        /// The contract's currency.
        currency: Currency,
        /// The contract's total.
        total: Decimal,
        /// The payments' sum.
        scheduled: Decimal,
    },
    /// An amount is out of range.
    #[error("{field}: {problem}")]
    Amount {
        /// The field, as the proto names it.
        field: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// A field is wrong on its own.
    #[error("{field}: {problem}")]
    Field {
        /// The field, as the proto names it.
        field: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// It is not clear which unit a contract belongs to.
    #[error("one of {units:?} has to be named")]
    UnitAmbiguous {
        /// The units to choose from.
        units: Vec<Uuid>,
    },
    /// The day of signing is impossible.
    #[error("signed on {sign_date}, not within {earliest} and {latest}")]
    SignDate {
        /// The day.
        sign_date: Date,
        /// The first possible day.
        earliest: Date,
        /// The last possible day.
        latest: Date,
    },
    /// The signed file is not stored.
    #[error("contract {0} has no signed file")]
    SignedFileMissing(Uuid),
    /// What arrived is not what was announced.
    #[error("{size_bytes} bytes arrived, not the file announced")]
    FileCorrupt {
        /// How much arrived.
        size_bytes: u64,
    },
    /// The content is not of its type.
    #[error("the file is not {}", .0.name())]
    FileType(FileType),
}
