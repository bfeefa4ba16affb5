//! What a policy must be before it is published: every mistake, with its place.

use std::collections::HashSet;

use super::{
    mode::{Mode, Threshold},
    policy::{Policy, Selector, Step},
};

/// Something wrong with a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Where: `steps[1].threshold`.
    pub place: String,
    /// What, in words for the policy's author.
    pub what: String,
}

/// The largest part or whole of a ratio, and the largest weight: keeps vote arithmetic far from overflow.
const MAX_NUMBER: i32 = 10_000;

/// The levels of superiors; the first is `submitter_superior`.
const LEVELS: std::ops::RangeInclusive<u8> = 2..=10;

/// Every mistake in a policy but those in its conditions, which compiling finds.
#[must_use]
pub fn mistakes(policy: &Policy) -> Vec<Mistake> {
    let mut found = Findings::default();
    if policy.steps.is_empty() {
        found.add("steps", "a policy without steps would sign everything");
    }
    found.duplicates("facts", "name", policy.facts.iter().map(|fact| &fact.name));
    found.duplicates("steps", "id", policy.steps.iter().map(|step| &step.id));
    found.duplicates("participants", "", policy.participants.iter());
    for (position, step) in policy.steps.iter().enumerate() {
        check_step(policy, position, step, &mut found);
    }
    found.0
}

fn check_step(policy: &Policy, position: usize, step: &Step, found: &mut Findings) {
    let place = format!("steps[{position}]");
    check_who(&place, step, found);
    for (index, approver) in step.approvers.iter().enumerate() {
        let place = format!("{place}.approvers[{index}]");
        if approver.selector == Selector::SubmitterSuperior(false) {
            found.add(format!("{place}.submitter_superior"), "it is true or left out");
        }
        if let Selector::PreviousChoice(wanted) = approver.selector {
            let place = format!("{place}.previous_choice");
            if !wanted {
                found.add(place, "it is true or left out");
            } else if !policy.steps[..position]
                .iter()
                .any(|step| step.checked_by().is_none())
            {
                found.add(place, "nobody decides before this step who could choose");
            }
        }
        if let Selector::SuperiorLevel(level) = approver.selector
            && !LEVELS.contains(&level)
        {
            found.add(
                format!("{place}.superior_level"),
                format!("it lies between {} and {}", LEVELS.start(), LEVELS.end()),
            );
        }
        if !(1..=MAX_NUMBER).contains(&approver.weight) {
            found.add(
                format!("{place}.weight"),
                format!("it lies between 1 and {MAX_NUMBER}"),
            );
        }
    }
    let selectors: Vec<_> = step.approvers.iter().map(|approver| &approver.selector).collect();
    found.duplicates(&format!("{place}.approvers"), "", selectors.into_iter());
    found.duplicates(
        &format!("{place}.checklist"),
        "id",
        step.checklist.iter().map(|item| &item.id),
    );
    check_threshold(&place, step, found);
    if let Some(deadline) = &step.deadline {
        for (field, what) in deadline.mistakes(!step.checklist.is_empty()) {
            found.add(format!("{place}.deadline{field}"), what);
        }
    }
    for (index, target) in step.return_targets.iter().enumerate() {
        if policy.position(target).is_none_or(|target| target >= position) {
            found.add(
                format!("{place}.return_targets[{index}]"),
                format!("{target} is not an earlier step"),
            );
        }
    }
}

/// Whether somebody is asked: people, or in an automatic step a service and no people.
fn check_who(place: &str, step: &Step, found: &mut Findings) {
    let (approvers, service) = (format!("{place}.approvers"), format!("{place}.service"));
    match (step.mode, &step.service) {
        (Mode::Check, service_named) => {
            if service_named.is_none() {
                found.add(service, "an automatic step names the service that checks");
            }
            if !step.approvers.is_empty() {
                found.add(approvers, "an automatic step asks nobody");
            }
            if !step.checklist.is_empty() {
                found.add(
                    format!("{place}.checklist"),
                    "nobody works through it in an automatic step",
                );
            }
            if step.deadline.is_some() {
                found.add(
                    format!("{place}.deadline"),
                    "nobody could be reminded in an automatic step",
                );
            }
        }
        (_, Some(_)) => found.add(service, "only an automatic step has a service"),
        (_, None) if step.approvers.is_empty() => {
            found.add(approvers, "a step without approvers would pass silently");
        }
        (_, None) => {}
    }
}

fn check_threshold(place: &str, step: &Step, found: &mut Findings) {
    let place = format!("{place}.threshold");
    match (step.mode, step.threshold) {
        (Mode::Vote, None) => found.add(place, "a vote needs a threshold"),
        (Mode::Vote, Some(threshold)) => {
            let sound = match threshold {
                Threshold::Count(count) => (1..=MAX_NUMBER).contains(&count),
                Threshold::Weight(weight) => (1..=i64::from(MAX_NUMBER) * 100).contains(&weight),
                Threshold::Ratio {
                    numerator,
                    denominator,
                } => (1..=1000).contains(&denominator) && (1..=denominator).contains(&numerator),
            };
            if !sound {
                found.add(place, "it is not within its range");
            }
        }
        (_, Some(_)) => found.add(place, "only a vote has a threshold"),
        (_, None) => {}
    }
}

/// Mistakes, as they are found.
#[derive(Default)]
pub(super) struct Findings(pub(super) Vec<Mistake>);

impl Findings {
    pub(super) fn add(&mut self, place: impl Into<String>, what: impl Into<String>) {
        self.0.push(Mistake {
            place: place.into(),
            what: what.into(),
        });
    }

    pub(super) fn duplicates<T: std::hash::Hash + Eq>(
        &mut self,
        list: &str,
        field: &str,
        items: impl Iterator<Item = T>,
    ) {
        let mut seen = HashSet::new();
        for (index, item) in items.enumerate() {
            if !seen.insert(item) {
                let field = if field.is_empty() {
                    String::new()
                } else {
                    format!(".{field}")
                };
                self.add(format!("{list}[{index}]{field}"), "it stands there twice");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{policy::PolicyKey, rulebook::Rulebook};

    const SOUND: &str = r#"
        title = "Budget"
        facts = [{ name = "amount", type = "MONEY" }]
        [[steps]]
        id = "review"
        title = "Review"
        mode = "ALL"
        approvers = [{ post = "FINANCE" }]
        [[steps]]
        id = "board"
        title = "Board"
        mode = "VOTE"
        threshold = { ratio = { numerator = 2, denominator = 3 } }
        approvers = [{ post = "COMPANY_MANAGEMENT", weight = 2 }, { post = "DIRECTOR" }]
        condition = "amount > money('100000', 'CNY')"
        return_targets = ["review"]
    "#;

    fn places(change: impl FnOnce(&mut Policy)) -> Vec<String> {
        let mut policy: Policy = toml::from_str(SOUND).unwrap();
        change(&mut policy);
        let key = PolicyKey {
            kind: "budget".into(),
            version: 1,
        };
        let mistakes = Rulebook::new(key, policy).err().unwrap_or_default();
        mistakes.into_iter().map(|mistake| mistake.place).collect()
    }

    #[test]
    fn a_sound_policy_has_no_mistakes() {
        assert_eq!(places(|_| {}), [""; 0]);
    }

    #[test]
    fn each_mistake_is_found_at_its_place() {
        assert_eq!(places(|policy| policy.title = " ".into()), ["title"]);
        assert_eq!(places(|policy| policy.steps.clear()), ["steps"]);
        assert_eq!(
            places(|policy| policy.steps[0].approvers.clear()),
            ["steps[0].approvers"]
        );
        assert_eq!(
            places(|policy| policy.steps[1].threshold = None),
            ["steps[1].threshold"]
        );
        assert_eq!(
            places(|policy| policy.steps[0].threshold = Some(Threshold::Count(1))),
            ["steps[0].threshold"]
        );
        assert_eq!(
            places(|policy| policy.steps[1].threshold = Some(Threshold::Count(0))),
            ["steps[1].threshold"]
        );
        assert_eq!(
            places(|policy| policy.steps[1].return_targets = vec!["board".into()]),
            ["steps[1].return_targets[0]"]
        );
        assert_eq!(
            places(|policy| {
                policy.steps[0].deadline =
                    toml::from_str("calendar = 'china'\non_expiry = 'REMIND'\nworking_days = 0").unwrap();
            }),
            ["steps[0].deadline.working_days"]
        );
        assert_eq!(
            places(|policy| policy.steps[1].condition = "amuont > 1".into()),
            ["steps[1].condition"]
        );
        assert_eq!(
            places(|policy| policy.steps[1].approvers[0].weight = 0),
            ["steps[1].approvers[0].weight"]
        );
        assert_eq!(
            places(|policy| policy.steps[0].approvers[0].selector = Selector::SubmitterSuperior(false)),
            ["steps[0].approvers[0].submitter_superior"]
        );
        assert_eq!(
            places(|policy| policy.steps[0].approvers[0].selector = Selector::SuperiorLevel(1)),
            ["steps[0].approvers[0].superior_level"]
        );
        for (step, wanted, mistakes) in [(0, true, 1), (1, false, 1), (1, true, 0)] {
            let found = places(|policy| {
                policy.steps[step].approvers[0].selector = Selector::PreviousChoice(wanted);
            });
            let place = format!("steps[{step}].approvers[0].previous_choice");
            assert_eq!(found, vec![place; mistakes]);
        }
        assert_eq!(
            places(|policy| {
                let id = policy.steps[0].id.clone();
                policy.steps[1].id = id;
                policy.steps[1].return_targets.clear();
            }),
            ["steps[1].id"]
        );
    }
}
