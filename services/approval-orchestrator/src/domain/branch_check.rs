//! What branches must be before a policy is published: whole, and of alternatives of which exactly one applies, whatever the facts.

use super::{
    branch::{Branch, choice_of},
    condition::{
        Condition,
        cases::{Cases, can_all_fail},
    },
    policy::Policy,
    policy_check::Findings,
};

/// Compiles the conditions of every branch's alternatives, the default's being none, and finds every mistake on the way.
pub(super) fn compile(policy: &Policy, found: &mut Findings) -> Vec<Vec<Option<Condition>>> {
    found.duplicates("branches", "id", policy.branches.iter().map(|branch| &branch.id));
    check_steps(policy, found);
    check_returns(policy, found);
    let branches = policy.branches.iter().enumerate();
    branches
        .map(|(position, branch)| compile_branch(policy, &format!("branches[{position}]"), branch, found))
        .collect()
}

/// Every step named exists, and is named once among all branches.
fn check_steps(policy: &Policy, found: &mut Findings) {
    let mut taken: Vec<&str> = Vec::new();
    for (branch, fork) in policy.branches.iter().enumerate() {
        for (alternative, way) in fork.alternatives.iter().enumerate() {
            for (index, step) in way.steps.iter().enumerate() {
                let place = format!("branches[{branch}].alternatives[{alternative}].steps[{index}]");
                if policy.position(step).is_none() {
                    found.add(place, format!("there is no step {step}"));
                } else if taken.contains(&step.as_str()) {
                    found.add(place, format!("{step} belongs to an alternative already"));
                } else {
                    taken.push(step);
                }
            }
        }
    }
}

/// A step cannot return to one of another alternative of its branch: that one does not apply.
fn check_returns(policy: &Policy, found: &mut Findings) {
    for (position, step) in policy.steps.iter().enumerate() {
        let Some(own) = choice_of(&policy.branches, &step.id) else {
            continue;
        };
        for (index, target) in step.return_targets.iter().enumerate() {
            let other = choice_of(&policy.branches, target);
            if other.is_some_and(|other| other.branch == own.branch && other != own) {
                found.add(
                    format!("steps[{position}].return_targets[{index}]"),
                    format!(
                        "{target} belongs to another alternative, which does not apply where this step does"
                    ),
                );
            }
        }
    }
}

fn compile_branch(
    policy: &Policy,
    place: &str,
    branch: &Branch,
    found: &mut Findings,
) -> Vec<Option<Condition>> {
    let list = format!("{place}.alternatives");
    found.duplicates(
        &list,
        "id",
        branch.alternatives.iter().map(|alternative| &alternative.id),
    );
    if branch.alternatives.len() < 2 {
        found.add(list.as_str(), "a branch has at least two alternatives");
    }
    match branch
        .alternatives
        .iter()
        .filter(|alternative| alternative.default)
        .count()
    {
        0 => found.add(list.as_str(), "one alternative has to be the default"),
        1 => {}
        _ => found.add(list.as_str(), "only one alternative can be the default"),
    }
    let before = found.0.len();
    let mut conditions = Vec::with_capacity(branch.alternatives.len());
    let mut decided: Vec<(usize, Cases)> = Vec::new();
    for (index, alternative) in branch.alternatives.iter().enumerate() {
        let place = format!("{list}[{index}].when");
        if alternative.default {
            if !alternative.when.is_empty() {
                found.add(
                    place,
                    "the default has no condition: it applies where no other does",
                );
            }
            conditions.push(None);
            continue;
        }
        if alternative.when.is_empty() {
            found.add(place, "every alternative but the default has a condition");
            conditions.push(None);
            continue;
        }
        let compiled = Condition::compile(&alternative.when, &policy.facts);
        let cases = compiled.as_ref().map_err(String::clone);
        match cases.and_then(|condition| condition.cases(&policy.facts)) {
            Ok(cases) => decided.push((index, cases)),
            Err(what) => found.add(place, what),
        }
        conditions.push(compiled.ok());
    }
    // What overlaps cannot be said before every condition is understood.
    if found.0.len() == before {
        check_exactly_one(branch, &list, decided, found);
    }
    conditions
}

fn check_exactly_one(branch: &Branch, list: &str, decided: Vec<(usize, Cases)>, found: &mut Findings) {
    let before = found.0.len();
    for (number, (index, cases)) in decided.iter().enumerate() {
        let place = format!("{list}[{index}].when");
        if !cases.can_hold() {
            found.add(place, "it can never hold");
            continue;
        }
        for (other, earlier) in decided.iter().take(number) {
            if let Some(case) = cases.overlap(earlier) {
                let other = &branch.alternatives[*other].id;
                found.add(
                    place.as_str(),
                    format!("it overlaps with {other}: both hold where {case}"),
                );
            }
        }
    }
    // Where alternatives are wrong, what they leave to the default says nothing yet.
    if found.0.len() > before {
        return;
    }
    let Some(default) = branch
        .alternatives
        .iter()
        .position(|alternative| alternative.default)
    else {
        return;
    };
    let place = format!("{list}[{default}]");
    let all: Vec<_> = decided.into_iter().map(|(_, cases)| cases).collect();
    match can_all_fail(&all) {
        Some(true) => {}
        Some(false) => found.add(
            place,
            "it is never reached: in every case another alternative holds or cannot be compared",
        ),
        None => found.add(
            place,
            "whether it is ever reached cannot be worked out: simplify the other alternatives",
        ),
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::{
        facts::{FactValue, Facts},
        policy::{Policy, PolicyKey},
        rulebook::Rulebook,
    };

    const SOUND: &str = r#"
        title = "Spending"
        facts = [{ name = "amount", type = "MONEY" }, { name = "grade", type = "TEXT" }]
        [[steps]]
        id = "review"
        title = "Review"
        mode = "ANY"
        approvers = [{ post = "SUPERVISOR" }]
        [[steps]]
        id = "manager"
        title = "Manager"
        mode = "ANY"
        approvers = [{ post = "REGIONAL_MANAGER" }]
        return_targets = ["review"]
        [[steps]]
        id = "director"
        title = "Director"
        mode = "ANY"
        approvers = [{ post = "DIRECTOR" }]
        [[branches]]
        id = "size"
        title = "By amount"
        alternatives = [
            { id = "small", title = "Small", when = 'amount < money("1000", "CNY")' },
            { id = "large", title = "Large", when = 'amount >= money("50000", "CNY")', steps = ["director"] },
            { id = "other", title = "Other", default = true, steps = ["manager"] },
        ]
    "#;

    fn key() -> PolicyKey {
        PolicyKey {
            kind: "spending".into(),
            version: 1,
        }
    }

    fn mistakes(change: impl FnOnce(&mut Policy)) -> Vec<(String, String)> {
        let mut policy: Policy = toml::from_str(SOUND).unwrap();
        change(&mut policy);
        let mistakes = Rulebook::new(key(), policy).err().unwrap_or_default();
        mistakes
            .into_iter()
            .map(|mistake| (mistake.place, mistake.what))
            .collect()
    }

    /// The only mistake's place, its words being as expected.
    fn refused(words: &str, change: impl FnOnce(&mut Policy)) -> String {
        let mut found = mistakes(change);
        assert_eq!(found.len(), 1, "{found:?}");
        let (place, what) = found.pop().unwrap();
        assert!(what.contains(words), "{what}");
        place
    }

    #[test]
    fn each_mistake_is_found_at_its_place() {
        assert_eq!(mistakes(|_| {}), []);
        let when = |index: usize, text: &'static str| {
            move |policy: &mut Policy| policy.branches[0].alternatives[index].when = text.into()
        };
        let first = "branches[0].alternatives[0].when";
        let second = "branches[0].alternatives[1].when";
        let default = "branches[0].alternatives[2]";
        assert_eq!(refused("no fact", when(0, "amuont < money('1', 'CNY')")), first);
        assert_eq!(refused("money", when(0, "amount < 5")), first);
        assert_eq!(
            refused("never hold", when(0, "grade == 'A' && grade == 'B'")),
            first
        );
        assert_eq!(
            refused("overlaps with small", when(1, "amount > money('999.99', 'CNY')")),
            second
        );
        assert_eq!(
            refused("never reached", when(1, "amount >= money('1000', 'CNY')")),
            default
        );
        assert_eq!(refused("startsWith", when(0, "grade.startsWith('A')")), first);
        assert_eq!(refused("has a condition", when(0, "")), first);
        assert_eq!(
            refused("no condition", when(2, "grade == 'A'")),
            "branches[0].alternatives[2].when"
        );
        let steps = |policy: &mut Policy| policy.branches[0].alternatives[0].steps = vec!["manager".into()];
        assert_eq!(refused("already", steps), "branches[0].alternatives[2].steps[0]");
        let unknown = |policy: &mut Policy| policy.branches[0].alternatives[0].steps = vec!["nobody".into()];
        assert_eq!(
            refused("no step", unknown),
            "branches[0].alternatives[0].steps[0]"
        );
        let returns = |policy: &mut Policy| policy.steps[2].return_targets = vec!["manager".into()];
        assert_eq!(
            refused("another alternative", returns),
            "steps[2].return_targets[0]"
        );
        let none = |policy: &mut Policy| {
            policy.branches[0].alternatives[2].default = false;
            policy.branches[0].alternatives[2].when = "amount == amount".into();
        };
        assert!(
            mistakes(none)
                .iter()
                .any(|(place, what)| place == "branches[0].alternatives" && what.contains("default"))
        );
        let twice = |policy: &mut Policy| policy.branches.push(policy.branches[0].clone());
        assert!(mistakes(twice).iter().any(|(place, _)| place == "branches[1].id"));
    }

    #[test]
    fn exactly_one_alternative_applies() {
        let rulebook = Rulebook::new(key(), toml::from_str(SOUND).unwrap()).unwrap();
        let applying = |amount: &str, currency: &str| -> Result<Vec<&str>, String> {
            let amount = FactValue::Money {
                amount: amount.parse().unwrap(),
                currency: currency.into(),
            };
            let facts = Facts([("amount".to_owned(), amount)].into());
            let mut applying = Vec::new();
            for (position, step) in rulebook.policy.steps.iter().enumerate() {
                if rulebook.applies(position, &facts)? {
                    applying.push(step.id.as_str());
                }
            }
            Ok(applying)
        };
        assert_eq!(applying("999.99", "CNY").unwrap(), ["review"]);
        assert_eq!(applying("1000", "CNY").unwrap(), ["review", "manager"]);
        assert_eq!(applying("50000", "CNY").unwrap(), ["review", "director"]);
        // Neither the one nor the other can be said, so nobody is let through.
        assert!(applying("1", "USD").is_err());
    }
}
