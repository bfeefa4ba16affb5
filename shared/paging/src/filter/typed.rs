//! What a comparison means, by the kind of its field.

use jiff::{Timestamp, civil::Date};
use salient_values::{date, decimal, name, timestamp};

use super::{Comparison, Field, Kind, Operator, Problem, Value, grammar::Written};

/// The comparison with the field that it names and a value of the field's kind.
pub(super) fn comparison(written: &Written<'_>, fields: &[Field]) -> Result<Comparison, Problem> {
    let Some(field) = fields.iter().find(|field| field.name == written.field) else {
        let names: Vec<_> = fields.iter().map(|field| field.name).collect();
        return Err(Problem {
            at: written.field_at,
            why: format!(
                "there is no field {:?} to filter by; these are: {}",
                written.field,
                names.join(", ")
            ),
        });
    };
    if !field.kind.has(written.operator) {
        return Err(Problem {
            at: written.operator_at,
            why: format!("{} takes {}", field.name, field.kind.operators()),
        });
    }
    let value = field.kind.value(&written.value).ok_or_else(|| Problem {
        at: written.value_at,
        why: format!("{} must be {}", field.name, field.kind.description()),
    })?;
    Ok(Comparison {
        field: field.name,
        operator: written.operator,
        value,
    })
}

impl Kind {
    fn has(self, operator: Operator) -> bool {
        match operator {
            Operator::Equal | Operator::NotEqual => true,
            Operator::Less | Operator::LessOrEqual | Operator::Greater | Operator::GreaterOrEqual => {
                matches!(self, Self::Decimal | Self::Date | Self::Timestamp)
            }
            Operator::Has => self == Self::Text,
        }
    }

    const fn operators(self) -> &'static str {
        match self {
            Self::Text => "= != and :",
            Self::Decimal | Self::Date | Self::Timestamp => "= != < <= > and >=",
            Self::Enum(_) | Self::Name(_) | Self::Bool => "= and !=",
        }
    }

    fn description(self) -> String {
        match self {
            // What the database cannot hold is all that is no text.
            Self::Text => "a text without the character U+0000".to_owned(),
            Self::Enum(names) => format!("one of {}", names.join(", ")),
            Self::Decimal => "a decimal number such as 1200.50".to_owned(),
            Self::Date => "a date such as 2026-11-24".to_owned(),
            Self::Timestamp => "a time such as 2026-11-24T08:00:00Z".to_owned(),
            Self::Name(collection) => format!("a name such as {collection}/{{uuid}}"),
            Self::Bool => "true or false".to_owned(),
        }
    }

    /// The value that a text says; `None` where it says none of this kind.
    fn value(self, text: &str) -> Option<Value> {
        match self {
            Self::Text => (!text.contains('\0')).then(|| Value::Text(text.to_owned())),
            Self::Enum(names) => {
                let name = names.iter().find(|name| **name == text)?;
                Some(Value::Enum(name))
            }
            Self::Decimal if text.is_empty() => None,
            Self::Decimal => decimal::parse(text).ok().map(Value::Decimal),
            Self::Date => day(text).map(Value::Date),
            Self::Timestamp => instant(text).map(Value::Timestamp),
            Self::Name(collection) => name::parse(collection, text).ok().map(Value::Name),
            Self::Bool => text.parse().ok().map(Value::Bool),
        }
    }
}

fn day(text: &str) -> Option<Date> {
    let day: Date = text.parse().ok()?;
    // jiff also reads the day out of longer texts, and years that a request cannot say.
    (day.to_string() == text && date::from_proto(&date::to_proto(day)).is_ok()).then_some(day)
}

fn instant(text: &str) -> Option<Timestamp> {
    let instant: Timestamp = text.parse().ok()?;
    timestamp::from_proto(&timestamp::to_proto(instant)).ok()
}
