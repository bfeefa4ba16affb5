//! How large a policy may be. Checked before anything else is, and before any condition is parsed, so that a hostile policy is
//! refused quickly and in little memory, whichever way it came in.

use super::{
    policy::{Policy, Step},
    policy_check::{Findings, Mistake},
};

/// The longest text of a policy, in bytes.
pub const MAX_TEXT: usize = 64 * 1024;

const MAX_STEPS: usize = 50;
const MAX_FACTS: usize = 50;
const MAX_PARTICIPANTS: usize = 10;
const MAX_APPROVERS: usize = 20;
const MAX_CHECKLIST: usize = 30;
const MAX_RETURN_TARGETS: usize = 50;
const MAX_BRANCHES: usize = 10;
const MAX_ALTERNATIVES: usize = 10;
/// Characters of ids and names.
const MAX_ID: usize = 40;
/// Characters of the titles of steps, branches and alternatives.
const MAX_SHORT_TITLE: usize = 100;
/// Characters of the policy's title and of what checklists ask.
const MAX_TITLE: usize = 200;
/// Characters of all conditions together; each is bounded besides.
const MAX_CONDITIONS: usize = 20_000;

/// Everything that is too large, with its place; and ids that are none.
#[must_use]
pub fn exceeded(policy: &Policy) -> Vec<Mistake> {
    let mut found = Findings::default();
    for (list, length, most) in [
        ("steps", policy.steps.len(), MAX_STEPS),
        ("facts", policy.facts.len(), MAX_FACTS),
        ("participants", policy.participants.len(), MAX_PARTICIPANTS),
        ("branches", policy.branches.len(), MAX_BRANCHES),
    ] {
        found.at_most(list.to_owned(), length, most);
    }
    // What follows is said place by place, so there must not be too many places.
    if !found.0.is_empty() {
        return found.0;
    }
    found.title("title".to_owned(), &policy.title, MAX_TITLE);
    for (position, fact) in policy.facts.iter().enumerate() {
        found.id(format!("facts[{position}].name"), &fact.name, '_');
    }
    for (position, participant) in policy.participants.iter().enumerate() {
        found.id(format!("participants[{position}]"), participant, '-');
    }
    for (position, step) in policy.steps.iter().enumerate() {
        found.step(&format!("steps[{position}]"), step);
    }
    for (position, branch) in policy.branches.iter().enumerate() {
        let place = format!("branches[{position}]");
        found.id(format!("{place}.id"), &branch.id, '-');
        found.title(format!("{place}.title"), &branch.title, MAX_SHORT_TITLE);
        found.at_most(
            format!("{place}.alternatives"),
            branch.alternatives.len(),
            MAX_ALTERNATIVES,
        );
        for (index, alternative) in branch.alternatives.iter().take(MAX_ALTERNATIVES).enumerate() {
            let place = format!("{place}.alternatives[{index}]");
            found.id(format!("{place}.id"), &alternative.id, '-');
            found.title(format!("{place}.title"), &alternative.title, MAX_SHORT_TITLE);
            found.at_most(format!("{place}.steps"), alternative.steps.len(), MAX_STEPS);
        }
    }
    let guards = policy.branches.iter().flat_map(|branch| &branch.alternatives);
    let conditions = policy.steps.iter().map(|step| &step.condition);
    let length: usize = conditions
        .chain(guards.map(|guard| &guard.when))
        .map(String::len)
        .sum();
    if length > MAX_CONDITIONS {
        found.add(
            "steps",
            format!("the conditions together are longer than {MAX_CONDITIONS} characters"),
        );
    }
    found.0
}

impl Findings {
    fn step(&mut self, place: &str, step: &Step) {
        self.id(format!("{place}.id"), &step.id, '-');
        self.title(format!("{place}.title"), &step.title, MAX_SHORT_TITLE);
        self.at_most(format!("{place}.approvers"), step.approvers.len(), MAX_APPROVERS);
        self.at_most(format!("{place}.checklist"), step.checklist.len(), MAX_CHECKLIST);
        self.at_most(
            format!("{place}.return_targets"),
            step.return_targets.len(),
            MAX_RETURN_TARGETS,
        );
        if let Some(service) = &step.service {
            self.id(format!("{place}.service"), service, '-');
        }
        for (index, item) in step.checklist.iter().take(MAX_CHECKLIST).enumerate() {
            let place = format!("{place}.checklist[{index}]");
            self.id(format!("{place}.id"), &item.id, '-');
            self.title(format!("{place}.title"), &item.title, MAX_TITLE);
        }
    }

    fn at_most(&mut self, place: String, length: usize, most: usize) {
        if length > most {
            self.add(
                place,
                format!("there are {length}, and at most {most} are allowed"),
            );
        }
    }

    fn title(&mut self, place: String, text: &str, most: usize) {
        if text.chars().count() > most {
            self.add(place, format!("it is longer than {most} characters"));
        } else if text.trim().is_empty() {
            self.add(place, "it is empty");
        }
    }

    /// Small letters, digits and one kind of joint, starting with a letter: as the proto has them.
    fn id(&mut self, place: String, text: &str, joint: char) {
        let known = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == joint;
        let sound = text.starts_with(|letter: char| letter.is_ascii_lowercase())
            && text.len() <= MAX_ID
            && text.chars().all(known);
        if !sound {
            self.add(
                place,
                format!("it has small letters, digits and {joint:?} only, starts with a letter, and has at most {MAX_ID}"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;
    use crate::domain::{policy::PolicyKey, rulebook::Rulebook};

    const STEP: &str =
        "[[steps]]\nid = 'a'\ntitle = 'A'\nmode = 'ANY'\napprovers = [{ post = 'DIRECTOR' }]\n";

    /// The places of the mistakes in a policy, which have to be found at once.
    fn places(change: impl FnOnce(&mut Policy)) -> Vec<String> {
        let text = format!("title = 'T'\nfacts = [{{ name = 'export', type = 'FLAG' }}]\n{STEP}");
        let mut policy: Policy = toml::from_str(&text).unwrap();
        change(&mut policy);
        let start = Instant::now();
        let key = PolicyKey {
            kind: "k".into(),
            version: 1,
        };
        let mistakes = Rulebook::new(key, policy).err().unwrap_or_default();
        assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
        assert!(mistakes.len() < 200);
        mistakes.into_iter().map(|mistake| mistake.place).collect()
    }

    #[test]
    fn what_is_too_large_is_refused_at_its_place() {
        assert_eq!(places(|_| {}), [""; 0]);
        let many = |policy: &mut Policy| policy.steps = vec![policy.steps[0].clone(); 100_000];
        assert_eq!(places(many), ["steps"]);
        assert_eq!(
            places(|policy| policy.facts = vec![policy.facts[0].clone(); 51]),
            ["facts"]
        );
        assert_eq!(places(|policy| policy.title = "长".repeat(201)), ["title"]);
        assert_eq!(
            places(|policy| policy.steps[0].id = "A b".into()),
            ["steps[0].id"]
        );
        let approvers = |policy: &mut Policy| {
            policy.steps[0].approvers = vec![policy.steps[0].approvers[0].clone(); 21];
        };
        assert_eq!(places(approvers), ["steps[0].approvers"]);
        let items = "[{ id = 'x', title = 'X' }]";
        let item = toml::from_str::<Policy>(&format!("title = 'T'\n{STEP}checklist = {items}")).unwrap();
        let checklist = |policy: &mut Policy| {
            policy.steps[0].checklist = vec![item.steps[0].checklist[0].clone(); 5000];
        };
        assert_eq!(places(checklist), ["steps[0].checklist"]);
    }

    #[test]
    fn hostile_conditions_are_refused_or_compiled_at_once() {
        let fifty = |condition: String| {
            move |policy: &mut Policy| {
                policy.steps[0].condition = condition;
                let step = policy.steps[0].clone();
                policy.steps = (0..50)
                    .map(|number| (number, step.clone()))
                    .map(|(number, mut step)| {
                        step.id = format!("s{number}");
                        step
                    })
                    .collect();
            }
        };
        assert_eq!(
            places(fifty("export || ".repeat(90) + "export")),
            ["steps"],
            "45 kB of conditions"
        );
        for hostile in [
            "(".repeat(390),
            "(".repeat(31) + "export" + &")".repeat(31),
            "((export) || ".repeat(30) + "export" + &")".repeat(30),
            "!".repeat(64) + "export",
            "[1].map(x, ".repeat(30) + "1" + &")".repeat(30),
            "[".repeat(30) + &"]".repeat(30),
            "export ? ".repeat(40) + "true",
            "export.".repeat(50) + "x",
            "\u{202e}".repeat(120),
        ] {
            places(fifty(hostile));
        }
    }
}
