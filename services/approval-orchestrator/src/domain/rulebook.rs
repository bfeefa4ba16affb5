//! A policy version ready to be run: checked, its conditions compiled. Immutable, so that it is kept for as long as it is used.

use super::{
    branch::Forks,
    branch_check,
    condition::Condition,
    facts::Facts,
    policy::{Policy, PolicyKey, Step},
    policy_check::{self, Findings, Mistake},
    policy_limits,
};

/// A policy version ready to be run.
#[derive(Debug)]
pub struct Rulebook {
    /// Which version.
    pub key: PolicyKey,
    /// What it says.
    pub policy: Policy,
    conditions: Vec<Option<Condition>>,
    forks: Forks,
}

impl Rulebook {
    /// Checks a policy and compiles its conditions.
    ///
    /// # Errors
    /// Every mistake in it, with its place.
    pub fn new(key: PolicyKey, policy: Policy) -> Result<Self, Vec<Mistake>> {
        let too_large = policy_limits::exceeded(&policy);
        if !too_large.is_empty() {
            return Err(too_large);
        }
        let mut mistakes = policy_check::mistakes(&policy);
        let mut conditions = Vec::with_capacity(policy.steps.len());
        for (position, step) in policy.steps.iter().enumerate() {
            let condition =
                (!step.condition.is_empty()).then(|| Condition::compile(&step.condition, &policy.facts));
            conditions.push(condition.transpose().unwrap_or_else(|what| {
                mistakes.push(Mistake {
                    place: format!("steps[{position}].condition"),
                    what,
                });
                None
            }));
        }
        let mut found = Findings(mistakes);
        let forks = branch_check::compile(&policy, &mut found);
        let Findings(mistakes) = found;
        if mistakes.is_empty() {
            Ok(Self {
                key,
                forks: Forks::new(&policy, forks),
                policy,
                conditions,
            })
        } else {
            Err(mistakes)
        }
    }

    /// The step at a position; `None` behind the last.
    #[must_use]
    pub fn step(&self, position: usize) -> Option<&Step> {
        self.policy.steps.get(position)
    }

    /// Whether the step at a position applies to a subject with these facts.
    ///
    /// # Errors
    /// Why it cannot be said.
    pub fn applies(&self, position: usize, facts: &Facts) -> Result<bool, String> {
        if !self.forks.lead_to(position, facts)? {
            return Ok(false);
        }
        match self.conditions.get(position) {
            Some(Some(condition)) => condition.holds(facts),
            _ => Ok(true),
        }
    }
}
