use std::fmt;

use crate::ValueError;

/// A currency of ISO 4217 that amounts can be in; funds and metals without minor units are none.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Currency {
    code: &'static str,
    minor_units: u32,
}

impl Currency {
    /// The Renminbi yuan, in which the company keeps its books.
    pub const CNY: Self = Self {
        code: "CNY",
        minor_units: 2,
    };

    /// The currency with this code of three capital letters.
    ///
    /// # Errors
    /// [`ValueError::CurrencyUnknown`].
    pub fn parse(code: &str) -> Result<Self, ValueError> {
        let known = iso_currency::Currency::from_code(code);
        known
            .and_then(|currency| {
                Some(Self {
                    code: currency.code(),
                    minor_units: currency.exponent()?.into(),
                })
            })
            .ok_or_else(|| ValueError::CurrencyUnknown(code.to_owned()))
    }

    /// The code: `CNY`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.code
    }

    /// How many decimal places an amount has: 2 for the yuan, 0 for the yen.
    #[must_use]
    pub const fn minor_units(self) -> u32 {
        self.minor_units
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code)
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code)
    }
}

#[cfg(test)]
mod tests {
    use super::{Currency, ValueError};

    #[test]
    fn each_currency_has_its_own_minor_units() {
        for (code, minor_units) in [("CNY", 2), ("USD", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4)] {
            let currency = Currency::parse(code).expect(code);
            assert_eq!((currency.as_str(), currency.minor_units()), (code, minor_units));
        }
        assert_eq!(Currency::parse("CNY"), Ok(Currency::CNY));
    }

    #[test]
    fn what_is_no_currency_is_refused() {
        // No code, a code in small letters, a metal, "no currency".
        for code in ["", "RMB", "cny", "CNY ", "XAU", "XXX"] {
            assert_eq!(
                Currency::parse(code),
                Err(ValueError::CurrencyUnknown(code.to_owned()))
            );
        }
    }
}
