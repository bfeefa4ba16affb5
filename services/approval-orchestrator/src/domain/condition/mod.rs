//! The conditions of steps: CEL over the declared facts, in a subset small enough to be checked completely when a policy is
//! published. Amounts and decimals are exact; there are no doubles, loops or function calls into the service.

mod atoms;
pub mod cases;
#[cfg(test)]
mod cases_model;
mod limits;
mod sets;
mod types;
mod values;

use std::{fmt, sync::LazyLock};

use cel::{Context, Env, Program, Value};
use std::sync::Arc;

use self::{
    cases::Cases,
    values::{Exact, Money},
};
use super::facts::{FactDeclaration, FactValue, Facts};

/// What a condition may call, beside the operators.
static ENVIRONMENT: LazyLock<Option<Arc<Env>>> = LazyLock::new(|| values::environment().ok().map(Arc::new));

/// A condition that was parsed and checked against the facts of its policy.
pub struct Condition(Program);

impl fmt::Debug for Condition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_tuple("Condition")
            .field(self.0.expression())
            .finish()
    }
}

impl Condition {
    /// Parses a condition and checks every name and type in it.
    ///
    /// # Errors
    /// What is wrong with it, in words for the policy's author.
    pub fn compile(text: &str, declared: &[FactDeclaration]) -> Result<Self, String> {
        limits::check(text)?;
        let environment = ENVIRONMENT.as_ref().ok_or("conditions are not available")?;
        let program = environment.compile(text).map_err(|error| error.to_string())?;
        types::check(program.expression(), declared)?;
        Ok(Self(program))
    }

    /// When exactly it holds, for alternatives that must not overlap.
    ///
    /// # Errors
    /// What in it cannot be decided.
    pub fn cases(&self, declared: &[FactDeclaration]) -> Result<Cases, String> {
        Cases::of(self.0.expression(), declared)
    }

    /// Whether it holds for these facts.
    ///
    /// # Errors
    /// Why it cannot be said: two currencies compared, for example. Never to be taken for a yes or a no.
    pub fn holds(&self, facts: &Facts) -> Result<bool, String> {
        let environment = ENVIRONMENT.as_ref().ok_or("conditions are not available")?;
        let mut context = Context::with_env(Arc::clone(environment));
        for (name, fact) in &facts.0 {
            match fact {
                FactValue::Text { value } => context.add_variable_from_value(name, value.clone()),
                FactValue::Number { value } => context.add_variable_from_value(name, *value),
                FactValue::Flag { value } => context.add_variable_from_value(name, *value),
                FactValue::Money { amount, currency } => {
                    context.add_variable_as_val(name, Box::new(Money::new(*amount, currency)));
                }
                FactValue::Decimal { value } => context.add_variable_as_val(name, Box::new(Exact(*value))),
            }
        }
        match self.0.execute(&context) {
            Ok(Value::Bool(holds)) => Ok(holds),
            Ok(other) => Err(format!("it is {other:?}, neither true nor false")),
            Err(error) => Err(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::facts::FactType, *};

    fn declared() -> Vec<FactDeclaration> {
        let fact = |name: &str, kind| FactDeclaration {
            name: name.into(),
            kind,
        };
        vec![
            fact("amount", FactType::Money),
            fact("region", FactType::Text),
            fact("days", FactType::Number),
            fact("export", FactType::Flag),
            fact("discount", FactType::Decimal),
        ]
    }

    fn facts(amount: &str, currency: &str) -> Facts {
        let amount = FactValue::Money {
            amount: amount.parse().unwrap(),
            currency: currency.into(),
        };
        Facts(
            [
                ("amount", amount),
                ("region", FactValue::Text { value: "HD".into() }),
                ("days", FactValue::Number { value: 30 }),
                ("export", FactValue::Flag { value: false }),
                (
                    "discount",
                    FactValue::Decimal {
                        value: "0.05".parse().unwrap(),
                    },
                ),
            ]
            .map(|(name, value)| (name.to_owned(), value))
            .into(),
        )
    }

    fn holds(text: &str, facts: &Facts) -> Result<bool, String> {
        Condition::compile(text, &declared())
            .unwrap_or_else(|error| panic!("{text}: {error}"))
            .holds(facts)
    }

    #[test]
    fn sound_conditions_say_yes_or_no() {
        let facts = facts("50000.01", "CNY");
        for (text, expected) in [
            ("amount > money('50000', 'CNY')", true),
            ("amount > money('50000.01', 'CNY')", false),
            ("amount >= money('50000.010', 'CNY')", true),
            ("amount.currency == 'CNY'", true),
            ("region in ['HD', 'HN'] && days <= 30", true),
            ("!export", true),
            ("export || days == 31", false),
            ("export ? days > 1 : days > 30", false),
            ("discount == decimal('0.050')", true),
            ("discount > decimal('0.05')", false),
            ("region.startsWith('H')", true),
            ("days > -1", true),
        ] {
            assert_eq!(holds(text, &facts), Ok(expected), "{text}");
        }
    }

    #[test]
    fn a_difference_beyond_a_doubles_precision_counts() {
        let facts = facts("999999999999999.99", "CNY");
        assert_eq!(
            holds("amount > money('999999999999999.98', 'CNY')", &facts),
            Ok(true)
        );
        assert_eq!(
            holds("amount > money('999999999999999.99', 'CNY')", &facts),
            Ok(false)
        );
    }

    #[test]
    fn two_currencies_do_not_compare() {
        let error = holds("amount > money('50000', 'CNY')", &facts("1", "USD")).unwrap_err();
        assert!(error.contains("USD"), "{error}");
    }

    #[test]
    fn a_missing_fact_is_an_error_not_a_no() {
        assert!(holds("days > 1", &Facts::default()).is_err());
    }

    #[test]
    fn what_is_wrong_is_found_when_the_policy_is_published() {
        for (text, complaint) in [
            ("customer == 'A'", "customer"),
            ("region > 1", "text"),
            ("days == 'x'", "number"),
            ("amount > 5", "money"),
            ("amount == money('5', 'CNY')", "currencies"),
            ("amount > money('five', 'CNY')", "five"),
            ("amount > money('5', 'RMBX')", "RMBX"),
            ("amount > money(region, 'CNY')", "text written out"),
            ("discount > 0.05", "decimal("),
            ("days", "neither true nor false"),
            ("amount.value > 5", "value"),
            ("[1,2].exists(x, x > days)", "not part"),
            ("size(region) > 1", "size"),
            ("{'a': 1}", "not part"),
            ("region.matches('(a+)+$')", "matches"),
            ("export ? 1 : 'a'", "true nor false"),
            ("region in []", "empty"),
            ("export &&", ""),
            ("", ""),
        ] {
            let error = Condition::compile(text, &declared()).expect_err(text);
            assert!(error.contains(complaint), "{text}: {error}");
        }
    }

    #[test]
    fn hostile_conditions_are_refused_quickly() {
        for text in [
            "(".repeat(900),
            "!".repeat(900) + "export",
            "[".repeat(900),
            "-".repeat(900) + "1 > days",
            "export ? ".repeat(100) + "true",
            "a".repeat(5000),
            "region.".repeat(140) + "x",
            "days + ".repeat(140) + "1 > 2",
            "\"".repeat(999),
        ] {
            assert!(Condition::compile(&text, &declared()).is_err(), "{text}");
        }
    }
}
