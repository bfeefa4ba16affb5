//! Single comparisons of a fact with values written out: where they hold and where they fail.

use std::collections::BTreeMap;

use cel::{
    IdedExpr,
    common::ast::{CallExpr, Expr, LiteralValue, operators},
};
use rust_decimal::Decimal;

use super::{
    super::facts::{FactDeclaration, FactType},
    cases::{Atom, Case, declared_type},
    sets::{Comparison, Flags, Ranges, Texts, Values},
    values,
};

/// What stands on a side of a comparison.
enum Side {
    /// A fact, or the currency of one.
    Fact { name: String, kind: FactType },
    /// A text.
    Text(String),
    /// A whole number.
    Number(i64),
    /// Yes or no.
    Flag(bool),
    /// An amount.
    Money(Decimal, String),
    /// A decimal.
    Decimal(Decimal),
    /// Several of one type.
    List(Vec<Side>),
}

/// The comparison that an expression is, which has been parsed and checked.
pub(super) fn atom(expression: &IdedExpr, declared: &[FactDeclaration]) -> Result<Atom, String> {
    match &expression.expr {
        Expr::Ident(name) => Ok(flag(name, true)),
        Expr::Call(call) if call.func_name == operators::LOGICAL_NOT => {
            let [inner] = call.args.as_slice() else {
                return Err(undecidable());
            };
            let Atom { holds, fails } = atom(inner, declared)?;
            Ok(Atom {
                holds: fails,
                fails: holds,
            })
        }
        Expr::Call(call) => comparison(call, declared),
        _ => Err(undecidable()),
    }
}

fn undecidable() -> String {
    "it cannot be decided: alternatives compare one fact with values written out, joined by && and ||"
        .to_owned()
}

fn comparison(call: &CallExpr, declared: &[FactDeclaration]) -> Result<Atom, String> {
    if call.target.is_some() {
        return Err(format!(
            "{} cannot be decided when a policy is published",
            call.func_name
        ));
    }
    let [left, right] = call.args.as_slice() else {
        return Err(undecidable());
    };
    let operator = match call.func_name.as_str() {
        operators::EQUALS | operators::IN => Comparison::Equal,
        operators::NOT_EQUALS => Comparison::NotEqual,
        operators::LESS => Comparison::Less,
        operators::LESS_EQUALS => Comparison::LessOrEqual,
        operators::GREATER => Comparison::Greater,
        operators::GREATER_EQUALS => Comparison::GreaterOrEqual,
        _ => return Err(undecidable()),
    };
    match (side(left, declared)?, side(right, declared)?) {
        (Side::Fact { .. }, Side::Fact { .. }) => {
            Err("it compares two facts, which cannot be decided".to_owned())
        }
        (Side::Fact { name, kind }, value) => compare(name, kind, operator, value),
        (value, Side::Fact { name, kind }) => compare(name, kind, operator.mirrored(), value),
        _ => Err(undecidable()),
    }
}

fn side(expression: &IdedExpr, declared: &[FactDeclaration]) -> Result<Side, String> {
    match &expression.expr {
        Expr::Ident(name) => {
            let kind = declared_type(name, declared).ok_or_else(undecidable)?;
            Ok(Side::Fact {
                name: name.clone(),
                kind,
            })
        }
        Expr::Select(select) => match &select.operand.expr {
            Expr::Ident(name) => Ok(Side::Fact {
                name: currency_of(name),
                kind: FactType::Text,
            }),
            _ => Err(undecidable()),
        },
        Expr::Literal(LiteralValue::String(text)) => Ok(Side::Text(text.inner().to_owned())),
        Expr::Literal(LiteralValue::Int(number)) => Ok(Side::Number(*number.inner())),
        Expr::Literal(LiteralValue::Boolean(flag)) => Ok(Side::Flag(*flag.inner())),
        Expr::List(list) => list
            .elements
            .iter()
            .map(|element| side(element, declared))
            .collect::<Result<_, _>>()
            .map(Side::List),
        Expr::Call(call) => constant(call, declared),
        _ => Err(undecidable()),
    }
}

/// The currency of an amount, as a fact of its own. No fact has a dot in its name.
fn currency_of(money: &str) -> String {
    format!("{money}.{}", values::CURRENCY)
}

fn constant(call: &CallExpr, declared: &[FactDeclaration]) -> Result<Side, String> {
    let arguments = call
        .args
        .iter()
        .map(|argument| side(argument, declared))
        .collect::<Result<Vec<_>, _>>()?;
    let number = |text: &str| text.parse::<Decimal>().map_err(|_| undecidable());
    match (call.func_name.as_str(), arguments.as_slice()) {
        (operators::NEGATE, [Side::Number(value)]) => {
            value.checked_neg().map(Side::Number).ok_or_else(undecidable)
        }
        (values::MONEY, [Side::Text(amount), Side::Text(currency)]) => {
            Ok(Side::Money(number(amount)?, currency.clone()))
        }
        (values::DECIMAL, [Side::Text(text)]) => number(text).map(Side::Decimal),
        _ => Err(undecidable()),
    }
}

fn compare(fact: String, kind: FactType, operator: Comparison, value: Side) -> Result<Atom, String> {
    let values = match value {
        Side::List(values) => values,
        single => vec![single],
    };
    let mut texts = Texts::none();
    let mut numbers: Option<Ranges> = None;
    for value in values {
        let (whole, number) = match value {
            Side::Text(text) => {
                texts.add(text);
                continue;
            }
            Side::Flag(wanted) => return Ok(flag(&fact, wanted == (operator == Comparison::Equal))),
            Side::Money(amount, currency) => return Ok(money(&fact, operator, amount, currency)),
            Side::Number(number) => (true, Decimal::from(number)),
            Side::Decimal(number) => (false, number),
            Side::Fact { .. } | Side::List(_) => return Err(undecidable()),
        };
        let one = Ranges::of(operator, number, whole);
        numbers = Some(numbers.map_or_else(|| one.clone(), |others| others.union(&one)));
    }
    let holds = match (kind, numbers) {
        (FactType::Text, None) if operator == Comparison::NotEqual => Values::Texts(texts.complement()),
        (FactType::Text, None) => Values::Texts(texts),
        (FactType::Number | FactType::Decimal, Some(numbers)) => Values::Numbers(numbers),
        _ => return Err(undecidable()),
    };
    let fails = holds.complement();
    Ok(Atom {
        holds: Case(BTreeMap::from([(fact.clone(), holds)])),
        fails: Case(BTreeMap::from([(fact, fails)])),
    })
}

fn flag(fact: &str, wanted: bool) -> Atom {
    let is = |value| {
        Case(BTreeMap::from([(
            fact.to_owned(),
            Values::Flags(Flags::only(value)),
        )]))
    };
    Atom {
        holds: is(wanted),
        fails: is(!wanted),
    }
}

/// Amounts compare in one currency; in any other the comparison neither holds nor fails.
fn money(fact: &str, operator: Comparison, amount: Decimal, currency: String) -> Atom {
    let mut same = Texts::none();
    same.add(currency);
    let holds = Ranges::of(operator, amount, false);
    let case = |amounts| {
        Case(BTreeMap::from([
            (fact.to_owned(), Values::Numbers(amounts)),
            (currency_of(fact), Values::Texts(same.clone())),
        ]))
    };
    Atom {
        fails: case(holds.complement()),
        holds: case(holds),
    }
}
