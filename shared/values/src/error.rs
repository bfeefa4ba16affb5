use rust_decimal::Decimal;
use salient_failure::{Failure, Kind};
use salient_proto::access::v1::ErrorReason;

use crate::Currency;

/// Why a value is refused. The text says what is wrong; only [`ValueError::at`] knows where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ValueError {
    /// No currency has this code.
    #[error("{0:?} is not an ISO 4217 currency code")]
    CurrencyUnknown(String),
    /// The amount has more decimal places than the currency.
    #[error("{amount} {currency} is finer than the {} decimal places of {currency}", currency.minor_units())]
    AmountTooFine {
        /// The amount as it came.
        amount: Decimal,
        /// Its currency.
        currency: Currency,
    },
    /// The amount, or the result of an addition or multiplication, does not fit into 64 bits of whole units.
    #[error("the amount is beyond what 64 bits of whole units can hold")]
    AmountOutOfRange,
    /// `units` and `nanos` of a `google.type.Money` do not have the same sign.
    #[error("units ({units}) and nanos ({nanos}) must have the same sign")]
    SignsDisagree {
        /// Whole units.
        units: i64,
        /// Billionths of a unit.
        nanos: i32,
    },
    /// `nanos` of a `google.type.Money` make up a whole unit or more.
    #[error("nanos must be between -999999999 and 999999999, not {0}")]
    NanosOutOfRange(i32),
    /// Two amounts that should be added or compared are in different currencies.
    #[error("the amount must be in {expected}, not in {found}")]
    CurrenciesDiffer {
        /// The currency of the first amount.
        expected: Currency,
        /// The currency of the second.
        found: Currency,
    },
    /// A share in an allocation is negative; its index.
    #[error("the share at index {0} is negative")]
    WeightNegative(usize),
    /// There is nothing to allocate by: no share is above zero.
    #[error("at least one share must be above zero")]
    WeightsZero,
    /// The shares of an allocation are too many or too precise to be added up exactly.
    #[error("the shares are too many or too precise to be added up exactly")]
    WeightsOutOfRange,
    /// The text is no decimal number.
    #[error("{0:?} is not a decimal number such as `-12.5`")]
    DecimalMalformed(String),
    /// The number has more digits than are kept, or is too large.
    #[error("{0:?} has more than 28 decimal places or more digits than are kept")]
    DecimalOutOfRange(String),
    /// No such day is in the calendar, or a part of the date is missing.
    #[error("{year:04}-{month:02}-{day:02} is not a full calendar date of the years 1 to 9999")]
    DateInvalid {
        /// The year; 0 if missing.
        year: i32,
        /// The month; 0 if missing.
        month: i32,
        /// The day of the month; 0 if missing.
        day: i32,
    },
    /// The instant lies outside the years 1 to 9999, or its nanoseconds outside a second.
    #[error("{seconds} s and {nanos} ns are not an instant of the years 1 to 9999")]
    TimestampInvalid {
        /// Seconds since 1970.
        seconds: i64,
        /// Nanoseconds within the second.
        nanos: i32,
    },
    /// The text is not a resource name of this form.
    #[error("{name:?} is not of the form `{pattern}`")]
    NameMalformed {
        /// The text.
        name: String,
        /// What a name looks like: `customers/{uuid}`.
        pattern: String,
    },
}

impl ValueError {
    /// The refusal of a request whose field at this path (`lines[0].unit_price`) has the value: AMOUNT_INVALID for money,
    /// REQUEST_INVALID for everything else.
    #[must_use]
    pub fn at(self, path: impl Into<String>) -> Failure {
        if self.is_about_money() {
            Failure::new(Kind::InvalidArgument, ErrorReason::AmountInvalid).field(path, self.to_string())
        } else {
            Failure::invalid_field(path, self.to_string())
        }
    }

    const fn is_about_money(&self) -> bool {
        match self {
            Self::CurrencyUnknown(_)
            | Self::AmountTooFine { .. }
            | Self::AmountOutOfRange
            | Self::SignsDisagree { .. }
            | Self::NanosOutOfRange(_)
            | Self::CurrenciesDiffer { .. } => true,
            Self::WeightNegative(_)
            | Self::WeightsZero
            | Self::WeightsOutOfRange
            | Self::DecimalMalformed(_)
            | Self::DecimalOutOfRange(_)
            | Self::DateInvalid { .. }
            | Self::TimestampInvalid { .. }
            | Self::NameMalformed { .. } => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use salient_failure::Kind;

    use super::{Currency, ValueError};

    #[test]
    fn the_caller_learns_which_field_and_why() {
        let failure = ValueError::DecimalMalformed("ten".into()).at("lines[0].quantity");
        assert_eq!(failure.kind(), Kind::InvalidArgument);
        assert_eq!(failure.reason(), "ERROR_REASON_REQUEST_INVALID");
        assert!(
            failure
                .to_string()
                .contains("lines[0].quantity: \"ten\" is not a decimal")
        );
    }

    #[test]
    fn money_has_a_reason_of_its_own() {
        let failure = ValueError::AmountTooFine {
            amount: "0.125".parse().expect("a decimal"),
            currency: Currency::CNY,
        }
        .at("total");
        assert_eq!(failure.reason(), "ERROR_REASON_AMOUNT_INVALID");
        assert!(
            failure
                .to_string()
                .contains("total: 0.125 CNY is finer than the 2 decimal places of CNY")
        );
    }
}
