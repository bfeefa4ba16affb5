//! What another version of a policy would have made of an approval.

use super::{
    facts::{FactValue, Facts, first_unmet},
    policy::{Approver, Step},
    rulebook::Rulebook,
};

/// What becomes of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// There is none.
    Absent,
    /// It is left out.
    Skipped,
    /// It starts.
    Started,
    /// Whether it applies cannot be said.
    Suspended,
}

/// A step of one version or both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SimulatedStep {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// What became of it.
    pub then: Fate,
    /// What would become of it.
    pub now: Fate,
    /// Whom the one version asks.
    pub then_approvers: Vec<Approver>,
    /// Whom the other does.
    pub now_approvers: Vec<Approver>,
}

/// An approval by two versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Simulated {
    /// Whether other steps would start, or others be asked in them.
    pub changed: bool,
    /// The steps: those of the simulated version, then those that only the other has.
    pub steps: Vec<SimulatedStep>,
    /// Why it would not have gone on.
    pub problem: Option<String>,
}

/// Runs the facts of an approval through the version it ran by and another one.
#[must_use]
pub fn simulate(then: &Rulebook, now: &Rulebook, facts: &Facts) -> Simulated {
    let (before, after) = (fates(then, facts), fates(now, facts));
    let of = |steps: &[(usize, Fate)], rulebook: &Rulebook, id: &str| {
        let found = steps.iter().find_map(|(position, fate)| {
            let step = rulebook.step(*position).filter(|step| step.id == id)?;
            Some((*fate, step.approvers.clone(), step.title.clone()))
        });
        found.unwrap_or((Fate::Absent, Vec::new(), String::new()))
    };
    let new = now.policy.steps.iter();
    let gone = then
        .policy
        .steps
        .iter()
        .filter(|step| now.policy.position(&step.id).is_none());
    let steps = new.chain(gone).map(|step| {
        let (then_fate, then_approvers, _) = of(&before, then, &step.id);
        let (now_fate, now_approvers, _) = of(&after, now, &step.id);
        SimulatedStep {
            id: step.id.clone(),
            title: step.title.clone(),
            then: then_fate,
            now: now_fate,
            then_approvers,
            now_approvers,
        }
    });
    Simulated {
        steps: steps.collect(),
        problem: problem(now, facts, &after),
        changed: plan(then, &before) != plan(now, &after),
    }
}

fn fates(rulebook: &Rulebook, facts: &Facts) -> Vec<(usize, Fate)> {
    let fate = |position| match rulebook.applies(position, facts) {
        Ok(true) => Fate::Started,
        Ok(false) => Fate::Skipped,
        Err(_) => Fate::Suspended,
    };
    (0..rulebook.policy.steps.len())
        .map(|position| (position, fate(position)))
        .collect()
}

/// What is asked, in order: steps that are left out make no difference.
fn plan<'a>(rulebook: &'a Rulebook, fates: &[(usize, Fate)]) -> Vec<(Fate, Step)> {
    let asked = fates.iter().filter(|(_, fate)| *fate != Fate::Skipped);
    asked
        .filter_map(|(position, fate)| {
            let step: &'a Step = rulebook.step(*position)?;
            // What it is called and when it applies is nothing that approvers notice.
            let asked = Step {
                title: String::new(),
                condition: String::new(),
                ..step.clone()
            };
            Some((*fate, asked))
        })
        .collect()
}

fn problem(rulebook: &Rulebook, facts: &Facts, fates: &[(usize, Fate)]) -> Option<String> {
    if let Some(fact) = first_unmet(&rulebook.policy.facts, facts) {
        let has = facts
            .0
            .get(&fact.name)
            .map_or("missing", |value: &FactValue| value.kind().name());
        return Some(format!(
            "the fact {} has to be {}, and is {has}",
            fact.name,
            fact.kind.name()
        ));
    }
    for (position, fate) in fates {
        if *fate == Fate::Suspended {
            let step = &rulebook.step(*position)?.id;
            let error = rulebook.applies(*position, facts).err().unwrap_or_default();
            return Some(format!(
                "the condition of step {step} cannot be evaluated: {error}"
            ));
        }
    }
    let started = fates.iter().any(|(_, fate)| *fate == Fate::Started);
    (!started).then(|| "no step of the policy applies".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fixture::{TWO_STEPS, rulebook, submission};

    #[test]
    fn the_same_version_changes_nothing() {
        let rulebook = rulebook(TWO_STEPS);
        let simulated = simulate(&rulebook, &rulebook, &submission(1).facts);
        assert!(!simulated.changed);
        assert_eq!(simulated.problem, None);
        assert!(
            simulated
                .steps
                .iter()
                .all(|step| step.then == Fate::Started && step.now == Fate::Started)
        );
    }

    #[test]
    fn steps_that_come_go_and_ask_others_show() {
        let other = TWO_STEPS
            .replace(r#"post = "REGIONAL_MANAGER""#, r#"post = "DIRECTOR""#)
            .replace(r#"id = "review""#, r#"id = "board""#)
            .replace(
                r#"return_targets = ["review"]"#,
                r#"condition = 'amount > money("2000", "CNY")'"#,
            );
        let simulated = simulate(&rulebook(TWO_STEPS), &rulebook(&other), &submission(1).facts);
        assert!(simulated.changed);
        let fates: Vec<_> = simulated
            .steps
            .iter()
            .map(|step| (step.id.as_str(), step.then, step.now))
            .collect();
        assert_eq!(
            fates,
            [
                ("board", Fate::Absent, Fate::Started),
                ("approval", Fate::Started, Fate::Skipped),
                ("review", Fate::Started, Fate::Absent),
            ]
        );
        assert_ne!(
            simulated.steps[1].then_approvers,
            simulated.steps[1].now_approvers
        );
    }

    #[test]
    fn what_would_not_have_gone_on_says_why() {
        let then = rulebook(TWO_STEPS);
        let facts = submission(1).facts;
        let needs = TWO_STEPS.replace(r#"name = "amount""#, r#"name = "price""#);
        let problem = |text: &str| {
            simulate(&then, &rulebook(text), &facts)
                .problem
                .unwrap_or_default()
        };
        assert!(problem(&needs).contains("price"));
        let dollars = TWO_STEPS.replace(
            r#"mode = "ALL""#,
            "mode = \"ALL\"\ncondition = 'amount > money(\"1\", \"USD\")'",
        );
        assert!(problem(&dollars).contains("CNY"));
    }
}
