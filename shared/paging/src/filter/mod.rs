//! Filters (AIP-160): the subset that the crate's header describes.

use jiff::{Timestamp, civil::Date};
use rust_decimal::Decimal;
use salient_failure::Failure;
use uuid::Uuid;

use crate::refused::refused;

mod grammar;
mod typed;

/// The field of the request that a filter stands in.
const FIELD: &str = "filter";
/// The longest filter, in characters.
const LONGEST: usize = 2_000;
/// The most comparisons of a filter; each becomes a condition of the query.
const MOST_COMPARISONS: usize = 20;

/// A field that a list can be filtered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// The name in the filter.
    pub name: &'static str,
    /// What its values are.
    pub kind: Kind,
}

/// What the values of a field are, and by that which operators it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Any text.
    Text,
    /// One of these names.
    Enum(&'static [&'static str]),
    /// A decimal number.
    Decimal,
    /// A calendar day.
    Date,
    /// An instant.
    Timestamp,
    /// The name of a resource in this collection.
    Name(&'static str),
    /// `true` or `false`.
    Bool,
}

/// One condition: the field, compared with the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// The field's name, as it was declared.
    pub field: &'static str,
    /// How it is compared: one of the operators of its kind.
    pub operator: Operator,
    /// What it is compared with: always of the variant of its kind.
    pub value: Value,
}

/// How a field is compared with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operator {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `:`, for texts: contains the value, every character of it meant literally, `%` and `_` too.
    Has,
}

/// What a field is compared with, by its kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A text.
    Text(String),
    /// One of the names that the kind lists.
    Enum(&'static str),
    /// A number.
    Decimal(Decimal),
    /// A day.
    Date(Date),
    /// An instant.
    Timestamp(Timestamp),
    /// The id in the name of a resource.
    Name(Uuid),
    /// True or false.
    Bool(bool),
}

/// The comparisons of a filter, all of which must hold; none for a blank text.
///
/// # Errors
/// FILTER_INVALID, with the position of what is not understood or not supported, an unknown field among it.
pub fn parse(text: &str, fields: &[Field]) -> Result<Vec<Comparison>, Failure> {
    if text.chars().nth(LONGEST).is_some() {
        let why = format!("a filter has at most {LONGEST} characters");
        return Err(refused(FIELD, text, text.len(), &why));
    }
    let refuse = |problem: Problem| refused(FIELD, text, problem.at, &problem.why);
    let written = grammar::comparisons(text).map_err(refuse)?;
    if let Some(first_too_many) = written.get(MOST_COMPARISONS) {
        return Err(refuse(Problem {
            at: first_too_many.field_at,
            why: format!("a filter has at most {MOST_COMPARISONS} comparisons"),
        }));
    }
    let typed = written
        .iter()
        .map(|comparison| typed::comparison(comparison, fields));
    typed.collect::<Result<_, _>>().map_err(refuse)
}

/// What is wrong with a filter, and at which byte.
#[derive(Debug)]
struct Problem {
    at: usize,
    why: String,
}

#[cfg(test)]
mod tests;
