//! The type checker: an expression passes only if it cannot fail for a reason that its text shows.

use cel::{
    IdedExpr,
    common::ast::{CallExpr, Expr, LiteralValue, SelectExpr, operators},
};
use rust_decimal::Decimal;

use super::{
    super::facts::{FactDeclaration, FactType},
    values,
};

/// The type of an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Type {
    Flag,
    Number,
    Text,
    Money,
    Decimal,
    TextList,
    NumberList,
}

impl Type {
    const fn name(self) -> &'static str {
        match self {
            Self::Flag => "yes or no",
            Self::Number => "a number",
            Self::Text => "a text",
            Self::Money => "money",
            Self::Decimal => "a decimal",
            Self::TextList => "a list of texts",
            Self::NumberList => "a list of numbers",
        }
    }
}

impl From<FactType> for Type {
    fn from(kind: FactType) -> Self {
        match kind {
            FactType::Text => Self::Text,
            FactType::Number => Self::Number,
            FactType::Flag => Self::Flag,
            FactType::Money => Self::Money,
            FactType::Decimal => Self::Decimal,
        }
    }
}

/// Checks that a condition is a yes-or-no question over the declared facts.
pub(super) fn check(expression: &IdedExpr, declared: &[FactDeclaration]) -> Result<(), String> {
    match type_of(expression, declared)? {
        Type::Flag => Ok(()),
        other => Err(format!("it is {}, neither true nor false", other.name())),
    }
}

fn type_of(expression: &IdedExpr, declared: &[FactDeclaration]) -> Result<Type, String> {
    match &expression.expr {
        Expr::Ident(name) => declared
            .iter()
            .find(|fact| fact.name == *name)
            .map(|fact| fact.kind.into())
            .ok_or_else(|| format!("there is no fact {name}")),
        Expr::Literal(literal) => literal_type(literal),
        Expr::List(list) => list_type(&list.elements),
        Expr::Select(select) => select_type(select, declared),
        Expr::Call(call) => call_type(call, declared),
        Expr::Unspecified | Expr::Comprehension(_) | Expr::Map(_) | Expr::Struct(_) => {
            Err("loops, maps and structures are not part of the language of conditions".into())
        }
    }
}

fn literal_type(literal: &LiteralValue) -> Result<Type, String> {
    match literal {
        LiteralValue::Boolean(_) => Ok(Type::Flag),
        LiteralValue::Int(_) => Ok(Type::Number),
        LiteralValue::String(_) => Ok(Type::Text),
        LiteralValue::Double(_) => {
            Err("write decimal(\"0.05\") for a decimal number: doubles are not exact".into())
        }
        LiteralValue::Bytes(_) | LiteralValue::Null | LiteralValue::UInt(_) => {
            Err("only texts, whole numbers, true and false can be written out".into())
        }
    }
}

fn list_type(elements: &[IdedExpr]) -> Result<Type, String> {
    let mut types = elements.iter().map(|element| match &element.expr {
        Expr::Literal(literal) => literal_type(literal),
        _ => Err("the elements of a list have to be written out".into()),
    });
    let first = types.next().ok_or("the list is empty")??;
    for other in types {
        if other? != first {
            return Err("the elements of a list have to be of one type".into());
        }
    }
    match first {
        Type::Text => Ok(Type::TextList),
        Type::Number => Ok(Type::NumberList),
        other => Err(format!("a list cannot hold {}", other.name())),
    }
}

fn select_type(select: &SelectExpr, declared: &[FactDeclaration]) -> Result<Type, String> {
    match type_of(&select.operand, declared)? {
        Type::Money if select.field == values::CURRENCY && !select.test => Ok(Type::Text),
        other => Err(format!("{} has no field {}", other.name(), select.field)),
    }
}

/// What can be asked of a text.
const METHODS: [&str; 3] = ["startsWith", "endsWith", "contains"];

fn call_type(call: &CallExpr, declared: &[FactDeclaration]) -> Result<Type, String> {
    if call.target.is_none() && matches!(call.func_name.as_str(), values::MONEY | values::DECIMAL) {
        return constant_type(call);
    }
    let target = call.target.as_deref();
    // Before its arguments: of an unknown one, they may be names that only it would have given a meaning.
    if target.is_some() && !METHODS.contains(&call.func_name.as_str()) {
        return Err(format!(
            "{} is not part of the language of conditions",
            call.func_name
        ));
    }
    let types = target
        .into_iter()
        .chain(&call.args)
        .map(|argument| type_of(argument, declared))
        .collect::<Result<Vec<_>, _>>()?;
    if target.is_some() {
        return match types.as_slice() {
            [Type::Text, Type::Text] => Ok(Type::Flag),
            _ => Err(format!("{} compares two texts", call.func_name)),
        };
    }
    operator_type(&call.func_name, &types)
}

fn operator_type(operator: &str, types: &[Type]) -> Result<Type, String> {
    use Type as T;
    match (operator, types) {
        (operators::LOGICAL_AND | operators::LOGICAL_OR | operators::LOGICAL_NOT, types)
            if types.iter().all(|kind| *kind == T::Flag) =>
        {
            Ok(T::Flag)
        }
        (operators::EQUALS | operators::NOT_EQUALS, [T::Money, T::Money]) => {
            Err("ask whether amounts are more or less; equality would not notice two currencies".into())
        }
        (operators::EQUALS | operators::NOT_EQUALS, [left, right]) if left == right => Ok(T::Flag),
        (
            operators::LESS | operators::LESS_EQUALS | operators::GREATER | operators::GREATER_EQUALS,
            [T::Number, T::Number] | [T::Money, T::Money] | [T::Decimal, T::Decimal],
        )
        | (operators::IN, [T::Text, T::TextList] | [T::Number, T::NumberList]) => Ok(T::Flag),
        (operators::NEGATE, [T::Number]) => Ok(T::Number),
        (operators::CONDITIONAL, [T::Flag, left, right]) if left == right => Ok(*left),
        (operators::CONDITIONAL, [T::Flag, ..]) => {
            Err("both branches have to be true or false; one is neither true nor false".into())
        }
        (operator, types) => {
            let names: Vec<_> = types.iter().map(|kind| kind.name()).collect();
            Err(format!("{operator} does not take {}", names.join(" and ")))
        }
    }
}

/// `money("50000", "CNY")` and `decimal("0.05")`, whose arguments are checked here and now.
fn constant_type(call: &CallExpr) -> Result<Type, String> {
    let texts = call
        .args
        .iter()
        .map(|argument| match &argument.expr {
            Expr::Literal(LiteralValue::String(text)) => Ok(text.inner()),
            _ => Err(format!("{} takes text written out", call.func_name)),
        })
        .collect::<Result<Vec<_>, _>>()?;
    match (call.func_name.as_str(), texts.as_slice()) {
        (values::MONEY, [amount, currency]) => {
            parse(amount)?;
            if currency.len() == 3 && currency.bytes().all(|letter| letter.is_ascii_uppercase()) {
                Ok(Type::Money)
            } else {
                Err(format!("{currency} is not a currency"))
            }
        }
        (values::DECIMAL, [number]) => parse(number).map(|_| Type::Decimal),
        _ => Err(format!("{} takes another number of texts", call.func_name)),
    }
}

fn parse(number: &str) -> Result<Decimal, String> {
    number
        .parse()
        .map_err(|_| format!("{number} is not a decimal number"))
}
