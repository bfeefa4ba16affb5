//! Exact values in CEL: money with its currency, and decimals.

use std::{any::Any, cmp::Ordering};

use cel::{
    DeclarationError, Env, ExecutionError,
    common::{
        traits::{Comparer, Indexer},
        types::{CelString, STRING_TYPE, Type},
        value::{CowVal, StaticVal, Val},
    },
};
use rust_decimal::Decimal;

/// The function that writes an amount.
pub(super) const MONEY: &str = "money";
/// The function that writes a decimal.
pub(super) const DECIMAL: &str = "decimal";
/// The field of an amount that names its currency.
pub(super) const CURRENCY: &str = "currency";

static MONEY_TYPE: Type = Type::new_unspecified_type(MONEY);
static DECIMAL_TYPE: Type = Type::new_unspecified_type(DECIMAL);

/// An amount in a currency.
#[derive(Clone, Debug)]
pub(super) struct Money {
    amount: Decimal,
    currency: String,
}

/// A decimal number.
#[derive(Clone, Copy, Debug)]
pub(super) struct Exact(pub(super) Decimal);

impl Money {
    pub(super) fn new(amount: Decimal, currency: &str) -> Self {
        Self {
            amount,
            currency: currency.to_owned(),
        }
    }
}

impl Val for Money {
    fn get_type(&self) -> &Type {
        Self::cel_type()
    }

    fn cel_type() -> &'static Type {
        &MONEY_TYPE
    }

    fn as_comparer(&self) -> Option<&dyn Comparer> {
        Some(self)
    }

    fn as_indexer<'b, 'v>(&'b self) -> Option<&'b (dyn Indexer + 'v)>
    where
        Self: 'v,
    {
        Some(self)
    }

    fn clone_as_boxed<'v>(&self) -> Box<dyn Val + 'v> {
        Box::new(self.clone())
    }

    fn as_any(&self) -> Option<&dyn Any> {
        Some(self)
    }
}

impl StaticVal for Money {}

impl Comparer for Money {
    fn compare(&self, other: &dyn Val) -> Result<Ordering, ExecutionError> {
        match other.downcast_ref::<Self>() {
            Some(other) if other.currency == self.currency => Ok(self.amount.cmp(&other.amount)),
            // Not one of the errors that the interpreter rewrites: the currencies are what the reader needs.
            Some(other) => Err(ExecutionError::function_error(
                MONEY,
                format!("{} does not compare with {}", self.currency, other.currency),
            )),
            None => Err(ExecutionError::function_error(
                MONEY,
                "money compares with money only",
            )),
        }
    }
}

impl Indexer for Money {
    fn get<'b, 'v>(&'b self, index: &dyn Val) -> Result<CowVal<'b, 'v>, ExecutionError>
    where
        Self: 'v,
    {
        match index.downcast_ref::<CelString>().map(CelString::inner) {
            Some(CURRENCY) => Ok(CowVal::owned(CelString::from(self.currency.clone()))),
            _ => Err(ExecutionError::no_such_key("only currency")),
        }
    }

    fn steal<'v>(self: Box<Self>, index: &dyn Val) -> Result<Box<dyn Val + 'v>, ExecutionError>
    where
        Self: 'v,
    {
        self.get(index).map(CowVal::into_owned)
    }
}

impl Val for Exact {
    fn get_type(&self) -> &Type {
        Self::cel_type()
    }

    fn cel_type() -> &'static Type {
        &DECIMAL_TYPE
    }

    fn as_comparer(&self) -> Option<&dyn Comparer> {
        Some(self)
    }

    fn equals(&self, other: &dyn Val) -> bool {
        other
            .downcast_ref::<Self>()
            .is_some_and(|other| other.0 == self.0)
    }

    fn clone_as_boxed<'v>(&self) -> Box<dyn Val + 'v> {
        Box::new(*self)
    }

    fn as_any(&self) -> Option<&dyn Any> {
        Some(self)
    }
}

impl StaticVal for Exact {}

impl Comparer for Exact {
    fn compare(&self, other: &dyn Val) -> Result<Ordering, ExecutionError> {
        match other.downcast_ref::<Self>() {
            Some(other) => Ok(self.0.cmp(&other.0)),
            None => Err(ExecutionError::function_error(
                DECIMAL,
                "a decimal compares with a decimal only",
            )),
        }
    }
}

/// The standard library, and the two functions that write exact values.
pub(super) fn environment() -> Result<Env, DeclarationError> {
    let mut environment = Env::default().with_optional_support(false).with_stdlib();
    environment.add_overload(
        MONEY,
        "money_text_text",
        vec![STRING_TYPE, STRING_TYPE],
        |arguments| {
            Ok(CowVal::owned(Money::new(
                number(MONEY, &arguments[0])?,
                text(MONEY, &arguments[1])?,
            )))
        },
    )?;
    environment.add_overload(DECIMAL, "decimal_text", vec![STRING_TYPE], |arguments| {
        Ok(CowVal::owned(Exact(number(DECIMAL, &arguments[0])?)))
    })?;
    Ok(environment)
}

fn text<'a>(function: &str, argument: &'a CowVal<'_, '_>) -> Result<&'a str, ExecutionError> {
    argument
        .downcast_ref::<CelString>()
        .map(CelString::inner)
        .ok_or_else(|| ExecutionError::function_error(function, "takes text"))
}

fn number(function: &str, argument: &CowVal<'_, '_>) -> Result<Decimal, ExecutionError> {
    let text = text(function, argument)?;
    text.parse()
        .map_err(|_| ExecutionError::function_error(function, format!("{text} is not a decimal number")))
}
