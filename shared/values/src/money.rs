use std::{cmp::Ordering, fmt};

use rust_decimal::{Decimal, prelude::ToPrimitive as _};
use salient_proto::google::r#type as google;

use crate::{Currency, ValueError, wide::mul_div};

/// Billionths of a unit, in which `google.type.Money` counts what is less than one.
const NANOS_PER_UNIT: i128 = 1_000_000_000;
/// The decimal places of a billionth.
const NANOS_SCALE: u32 = 9;

/// An amount in a currency: never finer than the currency's minor units, and its whole units fit into 64 bits.
///
/// There is no order between amounts of two currencies, hence [`Money::checked_cmp`] instead of `PartialOrd`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    /// Has exactly as many decimal places as the currency.
    amount: Decimal,
    currency: Currency,
}

impl Money {
    /// The amount in units (yuan, not fen) of the currency.
    ///
    /// # Errors
    /// [`ValueError::AmountTooFine`], [`ValueError::AmountOutOfRange`].
    pub fn new(amount: Decimal, currency: Currency) -> Result<Self, ValueError> {
        let mut exact = amount.normalize();
        if exact.scale() > currency.minor_units() {
            return Err(ValueError::AmountTooFine { amount, currency });
        }
        if exact.trunc().to_i64().is_none() {
            return Err(ValueError::AmountOutOfRange);
        }
        // Makes every `-0` the zero that it is equal to.
        exact.set_sign_negative(exact < Decimal::ZERO);
        // Fits: 64 bits of units and at most four places more are less than the 96 bits of a decimal.
        exact.rescale(currency.minor_units());
        Ok(Self {
            amount: exact,
            currency,
        })
    }

    /// Nothing, in this currency.
    #[must_use]
    pub fn zero(currency: Currency) -> Self {
        Self {
            amount: Decimal::new(0, currency.minor_units()),
            currency,
        }
    }

    /// The amount in units of the currency, with as many decimal places as the currency has.
    #[must_use]
    pub const fn amount(&self) -> Decimal {
        self.amount
    }

    /// The currency.
    #[must_use]
    pub const fn currency(&self) -> Currency {
        self.currency
    }

    /// The sum.
    ///
    /// # Errors
    /// [`ValueError::CurrenciesDiffer`], [`ValueError::AmountOutOfRange`].
    pub fn checked_add(&self, other: &Self) -> Result<Self, ValueError> {
        self.same_currency(other)?;
        self.with(self.amount.checked_add(other.amount))
    }

    /// The difference.
    ///
    /// # Errors
    /// [`ValueError::CurrenciesDiffer`], [`ValueError::AmountOutOfRange`].
    pub fn checked_sub(&self, other: &Self) -> Result<Self, ValueError> {
        self.same_currency(other)?;
        self.with(self.amount.checked_sub(other.amount))
    }

    /// The amount so many times, rounded once, from the exact product, half away from zero, to the currency's minor units.
    ///
    /// # Errors
    /// [`ValueError::AmountOutOfRange`].
    pub fn checked_mul_rounded(&self, factor: Decimal) -> Result<Self, ValueError> {
        let divisor = 10_u128.pow(factor.scale());
        let (quotient, remainder) = mul_div(
            self.minor().unsigned_abs(),
            factor.mantissa().unsigned_abs(),
            divisor,
        )
        .ok_or(ValueError::AmountOutOfRange)?;
        // A quotient at the very end of its range is refused below, rounded up or not.
        let magnitude = quotient.saturating_add(u128::from(remainder * 2 >= divisor));
        let negative = self.amount.is_sign_negative() != factor.is_sign_negative();
        self.with_minor(magnitude, negative)
    }

    /// How this amount compares with another of the same currency.
    ///
    /// # Errors
    /// [`ValueError::CurrenciesDiffer`].
    pub fn checked_cmp(&self, other: &Self) -> Result<Ordering, ValueError> {
        self.same_currency(other)?;
        Ok(self.amount.cmp(&other.amount))
    }

    fn same_currency(&self, other: &Self) -> Result<(), ValueError> {
        if self.currency == other.currency {
            return Ok(());
        }
        Err(ValueError::CurrenciesDiffer {
            expected: self.currency,
            found: other.currency,
        })
    }

    fn with(&self, amount: Option<Decimal>) -> Result<Self, ValueError> {
        Self::new(amount.ok_or(ValueError::AmountOutOfRange)?, self.currency)
    }

    /// The amount counted in minor units: 12.34 yuan are 1234.
    pub(crate) const fn minor(&self) -> i128 {
        self.amount.mantissa()
    }

    /// So many minor units of the same currency.
    pub(crate) fn with_minor(&self, magnitude: u128, negative: bool) -> Result<Self, ValueError> {
        let magnitude = i128::try_from(magnitude).map_err(|_| ValueError::AmountOutOfRange)?;
        let minor = if negative { -magnitude } else { magnitude };
        self.with(Decimal::try_from_i128_with_scale(minor, self.currency.minor_units()).ok())
    }
}

impl TryFrom<&google::Money> for Money {
    type Error = ValueError;

    fn try_from(money: &google::Money) -> Result<Self, ValueError> {
        let currency = Currency::parse(&money.currency_code)?;
        let (units, nanos) = (money.units, money.nanos);
        if i128::from(nanos).abs() >= NANOS_PER_UNIT {
            return Err(ValueError::NanosOutOfRange(nanos));
        }
        if units.signum() * i64::from(nanos.signum()) < 0 {
            return Err(ValueError::SignsDisagree { units, nanos });
        }
        let nanos = i128::from(units) * NANOS_PER_UNIT + i128::from(nanos);
        let amount = Decimal::try_from_i128_with_scale(nanos, NANOS_SCALE);
        Self::new(amount.map_err(|_| ValueError::AmountOutOfRange)?, currency)
    }
}

impl From<&Money> for google::Money {
    fn from(money: &Money) -> Self {
        let minor_per_unit = 10_i128.pow(money.currency.minor_units());
        let nanos = money.minor() % minor_per_unit * (NANOS_PER_UNIT / minor_per_unit);
        Self {
            currency_code: money.currency.as_str().to_owned(),
            // Neither is cut: `Money::new` lets no larger amount pass, and the nanos are less than a unit.
            units: (money.minor() / minor_per_unit) as i64,
            nanos: nanos as i32,
        }
    }
}

/// For people who read logs and messages: `CNY 1200.50`.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.currency, self.amount)
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
#[path = "money_tests.rs"]
mod tests;
