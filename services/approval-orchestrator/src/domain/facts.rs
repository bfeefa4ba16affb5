//! What a policy may ask about a subject.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// The type of a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FactType {
    /// A text.
    Text,
    /// A whole number.
    Number,
    /// Yes or no.
    Flag,
    /// An amount in a currency.
    Money,
    /// A decimal number.
    Decimal,
}

impl FactType {
    /// Its name, as error details write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "TEXT",
            Self::Number => "NUMBER",
            Self::Flag => "FLAG",
            Self::Money => "MONEY",
            Self::Decimal => "DECIMAL",
        }
    }
}

/// The value of a fact. Amounts are decimals, written as text, never doubles.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FactValue {
    /// A text.
    Text {
        /// The text.
        value: String,
    },
    /// A whole number.
    Number {
        /// The number.
        value: i64,
    },
    /// Yes or no.
    Flag {
        /// Which.
        value: bool,
    },
    /// An amount in a currency.
    Money {
        /// How much.
        amount: Decimal,
        /// Of what, ISO 4217.
        currency: String,
    },
    /// A decimal number.
    Decimal {
        /// The number.
        value: Decimal,
    },
}

impl FactValue {
    /// The value's type.
    #[must_use]
    pub const fn kind(&self) -> FactType {
        match self {
            Self::Text { .. } => FactType::Text,
            Self::Number { .. } => FactType::Number,
            Self::Flag { .. } => FactType::Flag,
            Self::Money { .. } => FactType::Money,
            Self::Decimal { .. } => FactType::Decimal,
        }
    }
}

/// A subject's facts, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Facts(pub BTreeMap<String, FactValue>);

/// The fact that inboxes show and participants reserve.
const AMOUNT: &str = "amount";

impl Facts {
    /// The subject's amount and currency, where it has the fact `amount`.
    #[must_use]
    pub fn amount(&self) -> Option<(Decimal, &str)> {
        match self.0.get(AMOUNT) {
            Some(FactValue::Money { amount, currency }) => Some((*amount, currency)),
            _ => None,
        }
    }
}

/// A fact that every subject of a kind comes with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FactDeclaration {
    /// The fact's name.
    pub name: String,
    /// The fact's type.
    #[serde(rename = "type")]
    pub kind: FactType,
}

/// The first declared fact that is missing or has another type.
#[must_use]
pub fn first_unmet<'a>(declared: &'a [FactDeclaration], facts: &Facts) -> Option<&'a FactDeclaration> {
    declared
        .iter()
        .find(|declaration| facts.0.get(&declaration.name).map(FactValue::kind) != Some(declaration.kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_survive_json_to_the_last_digit() {
        let value = FactValue::Money {
            amount: "999999999999999.99".parse().unwrap(),
            currency: "CNY".into(),
        };
        let json = serde_json::to_string(&value).unwrap();
        assert_eq!(
            json,
            r#"{"type":"MONEY","amount":"999999999999999.99","currency":"CNY"}"#
        );
        assert_eq!(serde_json::from_str::<FactValue>(&json).unwrap(), value);
    }

    #[test]
    fn a_missing_or_mistyped_fact_is_found() {
        let declared = [FactDeclaration {
            name: "region".into(),
            kind: FactType::Text,
        }];
        let mut facts = Facts::default();
        assert_eq!(first_unmet(&declared, &facts), Some(&declared[0]));
        facts.0.insert("region".into(), FactValue::Number { value: 1 });
        assert_eq!(first_unmet(&declared, &facts), Some(&declared[0]));
        facts
            .0
            .insert("region".into(), FactValue::Text { value: "HD".into() });
        assert_eq!(first_unmet(&declared, &facts), None);
    }
}
