//! When exactly an alternative of a branch applies. For the part of CEL in which this can be decided: comparisons of one fact with
//! values written out, joined by `&&`, `||` and `!` before a single comparison.
//!
//! A comparison has three ends: it holds, it fails, or it cannot be made (amounts in two currencies). Each is a [`Case`]: for each
//! fact the values that it may have. Two alternatives overlap where cases in which both hold have a fact's value in common; the
//! default is unreachable where no case is left in which every other alternative fails.

use std::{collections::BTreeMap, fmt};

use super::{
    super::facts::{FactDeclaration, FactType},
    atoms,
    sets::Values,
};
use cel::{
    IdedExpr,
    common::ast::{Expr, operators},
};

/// How many conjunctions an alternative may come to once it is multiplied out.
const MAX_CONJUNCTIONS: usize = 64;
/// How many combinations are looked at before the default counts as undecidable.
const BUDGET: usize = 20_000;

/// The values that facts may have. A fact that is not named may have any; of money, the currency is a fact of its own.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Case(pub(super) BTreeMap<String, Values>);

/// A comparison: where it holds, and where it fails. Elsewhere it cannot be made.
#[derive(Clone, Debug)]
pub(super) struct Atom {
    pub(super) holds: Case,
    pub(super) fails: Case,
}

/// When an alternative applies: where every comparison of one of the conjunctions holds.
#[derive(Clone, Debug)]
pub struct Cases(Vec<Vec<Atom>>);

impl Case {
    /// The values that both allow; `None` where a fact is left without any.
    fn and(&self, other: &Self) -> Option<Self> {
        let mut both = self.clone();
        for (fact, values) in &other.0 {
            let met = match both.0.get(fact) {
                Some(known) => known.intersect(values),
                None => values.clone(),
            };
            if met.is_empty() {
                return None;
            }
            both.0.insert(fact.clone(), met);
        }
        Some(both)
    }
}

impl fmt::Display for Case {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut first = true;
        for (fact, values) in &self.0 {
            let joint = if first { "" } else { " and " };
            write!(formatter, "{joint}{fact} {values}")?;
            first = false;
        }
        Ok(())
    }
}

impl Cases {
    /// Works out when a condition holds, which has been parsed and checked.
    ///
    /// # Errors
    /// What in it cannot be decided.
    pub(super) fn of(expression: &IdedExpr, declared: &[FactDeclaration]) -> Result<Self, String> {
        multiply_out(expression, declared).map(Self)
    }

    /// Where it holds: each case that is possible.
    fn holding(&self) -> impl Iterator<Item = Case> {
        self.0.iter().filter_map(|conjunction| {
            conjunction
                .iter()
                .try_fold(Case::default(), |case, atom| case.and(&atom.holds))
        })
    }

    /// Whether there is any case in which it holds.
    #[must_use]
    pub fn can_hold(&self) -> bool {
        self.holding().next().is_some()
    }

    /// A case in which both hold.
    #[must_use]
    pub fn overlap(&self, other: &Self) -> Option<Case> {
        self.holding()
            .find_map(|case| other.holding().find_map(|theirs| case.and(&theirs)))
    }
}

/// Whether there is a case in which all of them fail; `None` where that is too much to be worked out.
#[must_use]
pub fn can_all_fail(all: &[Cases]) -> Option<bool> {
    let conjunctions: Vec<_> = all.iter().flat_map(|cases| &cases.0).collect();
    let mut left = BUDGET;
    fails_from(&Case::default(), &conjunctions, &mut left)
}

/// A conjunction fails where one of its comparisons does. The depth is that of the number of conjunctions.
fn fails_from(case: &Case, conjunctions: &[&Vec<Atom>], left: &mut usize) -> Option<bool> {
    let Some((first, rest)) = conjunctions.split_first() else {
        return Some(true);
    };
    for atom in *first {
        *left = left.checked_sub(1)?;
        if let Some(case) = case.and(&atom.fails)
            && fails_from(&case, rest, left)?
        {
            return Some(true);
        }
    }
    Some(false)
}

fn multiply_out(expression: &IdedExpr, declared: &[FactDeclaration]) -> Result<Vec<Vec<Atom>>, String> {
    let Expr::Call(call) = &expression.expr else {
        return Ok(vec![vec![atoms::atom(expression, declared)?]]);
    };
    let result = match call.func_name.as_str() {
        operators::LOGICAL_OR => {
            let mut all = Vec::new();
            for part in &call.args {
                all.extend(multiply_out(part, declared)?);
            }
            all
        }
        operators::LOGICAL_AND => {
            let mut product = vec![Vec::new()];
            for part in &call.args {
                let part = multiply_out(part, declared)?;
                if product.len() * part.len() > MAX_CONJUNCTIONS {
                    return Err(too_many());
                }
                product = product
                    .iter()
                    .flat_map(|left: &Vec<Atom>| {
                        part.iter().map(move |right| [left.as_slice(), right].concat())
                    })
                    .collect();
            }
            product
        }
        _ => vec![vec![atoms::atom(expression, declared)?]],
    };
    if result.len() > MAX_CONJUNCTIONS {
        return Err(too_many());
    }
    Ok(result)
}

fn too_many() -> String {
    format!("it comes to more than {MAX_CONJUNCTIONS} cases")
}

/// The type of a declared fact.
pub(super) fn declared_type(name: &str, declared: &[FactDeclaration]) -> Option<FactType> {
    declared
        .iter()
        .find(|fact| fact.name == name)
        .map(|fact| fact.kind)
}

#[cfg(test)]
mod tests {
    use super::{super::Condition, *};

    fn cases(text: &str) -> Result<Cases, String> {
        let fact = |name: &str, kind| FactDeclaration {
            name: name.into(),
            kind,
        };
        let declared = [
            fact("amount", FactType::Money),
            fact("grade", FactType::Text),
            fact("days", FactType::Number),
            fact("export", FactType::Flag),
            fact("discount", FactType::Decimal),
        ];
        let condition = Condition::compile(text, &declared).unwrap_or_else(|error| panic!("{text}: {error}"));
        condition.cases(&declared)
    }

    fn overlap(one: &str, other: &str) -> bool {
        cases(one).unwrap().overlap(&cases(other).unwrap()).is_some()
    }

    #[test]
    fn overlaps_are_found_to_the_bound() {
        for (one, other, expected) in [
            (
                "amount < money('5', 'CNY')",
                "amount >= money('5.00', 'CNY')",
                false,
            ),
            ("amount <= money('5', 'CNY')", "amount >= money('5', 'CNY')", true),
            ("amount > money('5', 'CNY')", "amount > money('9', 'USD')", false),
            ("money('5', 'CNY') > amount", "amount > money('4', 'CNY')", true),
            ("amount.currency == 'USD'", "amount > money('4', 'CNY')", false),
            ("days > 3", "days < 5", true),
            ("days > 3", "days < 4", false),
            ("days > -1 && days < 1", "days == 0", true),
            ("days in [1, 2]", "days in [3]", false),
            ("days != 3", "days == 3", false),
            ("discount > decimal('0.1')", "discount < decimal('0.10')", false),
            ("discount > decimal('0.1')", "discount < decimal('0.11')", true),
            ("grade in ['A', 'B']", "grade == 'C'", false),
            ("grade != 'A'", "grade != 'B'", true),
            ("!(grade in ['A'])", "grade == 'A'", false),
            ("export", "!export", false),
            ("export == false", "export != true", true),
            ("export && days > 3", "!export && days > 3", false),
            ("days < 1 || days > 9", "days >= 1 && days < 10", false),
            ("days < 1 || days > 9", "days >= 1 && days < 11", true),
        ] {
            assert_eq!(overlap(one, other), expected, "{one} | {other}");
            assert_eq!(overlap(other, one), expected, "{other} | {one}");
        }
    }

    #[test]
    fn what_can_never_hold_is_found() {
        for (text, expected) in [
            ("days > 3 && days < 4", false),
            ("days > 9223372036854775807", false),
            ("grade == 'A' && grade == 'B'", false),
            ("grade == 'A' && grade != 'A'", false),
            ("amount > money('1', 'CNY') && amount.currency == 'USD'", false),
            ("export && !export", false),
            ("days > 3 && days < 5", true),
        ] {
            assert_eq!(cases(text).unwrap().can_hold(), expected, "{text}");
        }
    }

    #[test]
    fn a_default_needs_something_left_over() {
        for (guards, expected) in [
            (&["days > 3"][..], Some(true)),
            (&["days > 3", "days <= 3"], Some(false)),
            (&["export", "!export"], Some(false)),
            (&["export && days > 3", "export && days <= 3"], Some(true)),
            (
                &["export && days > 3", "export && days <= 3", "!export"],
                Some(false),
            ),
            // Other currencies cannot be compared, so they are not the default's either.
            (&["amount > money('5', 'CNY')"], Some(true)),
            (
                &["amount > money('5', 'CNY')", "amount <= money('5', 'CNY')"],
                Some(false),
            ),
            (
                &["amount > money('5', 'CNY')", "amount > money('5', 'USD')"],
                Some(false),
            ),
            (
                &[
                    "amount.currency == 'CNY' && amount > money('5', 'CNY')",
                    "amount.currency == 'USD'",
                ],
                Some(true),
            ),
            (&["grade in ['A', 'B']", "!(grade in ['A', 'B'])"], Some(false)),
        ] {
            let all: Vec<_> = guards.iter().map(|text| cases(text).unwrap()).collect();
            assert_eq!(can_all_fail(&all), expected, "{guards:?}");
        }
    }

    #[test]
    fn what_cannot_be_decided_is_named() {
        for (text, complaint) in [
            ("grade.startsWith('A')", "startsWith"),
            ("export ? days > 1 : days > 2", "cannot be decided"),
            ("true", "cannot be decided"),
            ("days == days", "two facts"),
            ("!(days > 1 && days < 3)", "cannot be decided"),
        ] {
            let error = cases(text).expect_err(text);
            assert!(error.contains(complaint), "{text}: {error}");
        }
        let many = ["(days == 1 || export)"; 7].join(" && ");
        assert!(cases(&many).unwrap_err().contains("cases"));
    }

    #[test]
    fn a_case_reads_like_a_sentence() {
        let both = cases("days > 3 && grade in ['A', 'B']").unwrap();
        let case = both
            .overlap(&cases("days <= 9 && grade != 'B'").unwrap())
            .unwrap();
        assert_eq!(case.to_string(), "days in [4, 9] and grade in {A}");
    }
}
