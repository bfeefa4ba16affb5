//! Subjects and their facts.

use std::collections::BTreeMap;

use salient_failure::Failure;
use salient_proto::{approval::v1 as proto, google::r#type as google};
use salient_values::{Money, decimal};

use crate::domain::{
    approval::Subject,
    facts::{FactValue, Facts},
};

/// The longest text that is a fact, in characters.
const TEXT_LENGTH: usize = 200;

/// A subject as sent; that it is there and well-formed, the checks of the proto have seen.
pub fn subject_from(subject: Option<proto::Subject>) -> Result<Subject, Failure> {
    let subject = subject.ok_or_else(|| Failure::invalid_field("subject", "is required"))?;
    Ok(Subject {
        kind: subject.kind,
        name: subject.name,
        service: subject.service,
        version: subject.version,
        digest: subject.digest,
    })
}

/// A subject.
pub fn subject(subject: &Subject) -> proto::Subject {
    proto::Subject {
        kind: subject.kind.clone(),
        name: subject.name.clone(),
        version: subject.version,
        digest: subject.digest.clone(),
        service: subject.service.clone(),
    }
}

/// Facts as sent, each name once.
pub fn facts_from(facts: Vec<proto::Fact>) -> Result<Facts, Failure> {
    let mut known = BTreeMap::new();
    for (index, fact) in facts.into_iter().enumerate() {
        let place = format!("facts[{index}]");
        let value = fact_value_from(&place, fact.value)?;
        if known.insert(fact.name, value).is_some() {
            return Err(Failure::invalid_field(format!("{place}.name"), "is given twice"));
        }
    }
    Ok(Facts(known))
}

fn fact_value_from(place: &str, value: Option<proto::fact::Value>) -> Result<FactValue, Failure> {
    use proto::fact::Value;
    match value {
        Some(Value::Text(value)) if value.chars().count() <= TEXT_LENGTH => Ok(FactValue::Text { value }),
        Some(Value::Text(_)) => Err(Failure::invalid_field(
            format!("{place}.text"),
            format!("must be at most {TEXT_LENGTH} characters"),
        )),
        Some(Value::Number(value)) => Ok(FactValue::Number { value }),
        Some(Value::Flag(value)) => Ok(FactValue::Flag { value }),
        Some(Value::Money(money)) => {
            let money = Money::try_from(&money).map_err(|error| error.at(format!("{place}.money")))?;
            Ok(FactValue::Money {
                amount: money.amount(),
                currency: money.currency().as_str().to_owned(),
            })
        }
        Some(Value::Decimal(number)) => {
            let value = decimal::from_proto(&number).map_err(|error| error.at(format!("{place}.decimal")))?;
            Ok(FactValue::Decimal { value })
        }
        None => Err(Failure::invalid_field(place, "needs a value")),
    }
}

/// Facts, in the order of their names.
pub fn facts(facts: &Facts) -> Vec<proto::Fact> {
    let fact = |(name, value): (&String, &FactValue)| {
        use proto::fact::Value;
        let value = match value {
            FactValue::Text { value } => Value::Text(value.clone()),
            FactValue::Number { value } => Value::Number(*value),
            FactValue::Flag { value } => Value::Flag(*value),
            FactValue::Money { amount, currency } => {
                return money(*amount, currency).map(|money| proto::Fact {
                    name: name.clone(),
                    value: Some(Value::Money(money)),
                });
            }
            FactValue::Decimal { value } => Value::Decimal(decimal::to_proto(*value)),
        };
        Some(proto::Fact {
            name: name.clone(),
            value: Some(value),
        })
    };
    facts.0.iter().filter_map(fact).collect()
}

/// An amount that was checked when it came in; `None` where it is not one after all.
pub fn money(amount: rust_decimal::Decimal, currency: &str) -> Option<google::Money> {
    let currency = salient_values::Currency::parse(currency).ok()?;
    Money::new(amount, currency)
        .ok()
        .as_ref()
        .map(google::Money::from)
}

#[cfg(test)]
mod tests {
    use salient_proto::approval::v1::{Fact, fact::Value};

    use super::*;

    fn fact(name: &str, value: Value) -> Fact {
        Fact {
            name: name.to_owned(),
            value: Some(value),
        }
    }

    #[test]
    fn facts_come_back_as_they_went() {
        let sent = vec![
            fact(
                "amount",
                Value::Money(google::Money {
                    currency_code: "CNY".to_owned(),
                    units: 12,
                    nanos: 340_000_000,
                }),
            ),
            fact("days", Value::Number(30)),
            fact(
                "discount",
                Value::Decimal(google::Decimal {
                    value: "0.05".to_owned(),
                }),
            ),
            fact("export", Value::Flag(true)),
            fact("region", Value::Text("HD".to_owned())),
        ];
        assert_eq!(facts(&facts_from(sent.clone()).expect("facts")), sent);
    }

    #[test]
    fn a_fact_that_makes_no_sense_is_named() {
        let refused = |facts| facts_from(facts).expect_err("refused").to_string();
        let twice = vec![fact("days", Value::Number(1)), fact("days", Value::Number(2))];
        assert!(refused(twice).contains("facts[1].name"));
        let long = vec![fact("region", Value::Text("东".repeat(201)))];
        assert!(refused(long).contains("facts[0].text"));
        let nothing = vec![Fact {
            name: "days".to_owned(),
            value: None,
        }];
        assert!(refused(nothing).contains("facts[0]"));
    }
}
