//! Branches: where a policy forks, exactly one alternative of steps applies, chosen by the subject's facts.
//!
//! The steps themselves stand in the policy's one order; an alternative names those that belong to it. At run time a branch is
//! nothing but a condition on each of them, so positions, visits and returns work as without.

use serde::{Deserialize, Serialize};

use super::{condition::Condition, facts::Facts, policy::Policy};

/// A fork: exactly one of its alternatives applies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Branch {
    /// Its id, unique within the policy.
    pub id: String,
    /// What it decides by, for people.
    pub title: String,
    /// What there is to choose from.
    #[serde(default)]
    pub alternatives: Vec<Alternative>,
}

/// One way to go on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alternative {
    /// Its id, unique within the branch.
    pub id: String,
    /// What people call it.
    pub title: String,
    /// When it applies, in the decidable part of CEL; empty exactly for the default.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub when: String,
    /// Whether it applies where no other does.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub default: bool,
    /// The steps that belong to it, by id; none means that nobody is asked here.
    #[serde(default)]
    pub steps: Vec<String>,
}

/// Where an alternative stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The position of the branch.
    pub branch: usize,
    /// The position of the alternative in it.
    pub alternative: usize,
}

/// The alternative that a step belongs to, if it belongs to any.
#[must_use]
pub fn choice_of(branches: &[Branch], step: &str) -> Option<Choice> {
    branches.iter().enumerate().find_map(|(branch, fork)| {
        let alternative = fork
            .alternatives
            .iter()
            .position(|alternative| alternative.steps.iter().any(|own| own == step))?;
        Some(Choice { branch, alternative })
    })
}

/// The alternative that a step belongs to, for people (`size/large`), if it belongs to any.
#[must_use]
pub fn alternative_of(branches: &[Branch], step: &str) -> Option<String> {
    let Choice { branch, alternative } = choice_of(branches, step)?;
    let branch = branches.get(branch)?;
    let alternative = branch.alternatives.get(alternative)?;
    Some(format!("{}/{}", branch.id, alternative.id))
}

/// The branches of a policy, ready to be run.
#[derive(Debug, Default)]
pub struct Forks {
    /// For each branch the conditions of its alternatives, the default's being none.
    conditions: Vec<Vec<Option<Condition>>>,
    /// For each step the alternative that it belongs to.
    choices: Vec<Option<Choice>>,
}

impl Forks {
    /// Those whose conditions were compiled.
    #[must_use]
    pub fn new(policy: &Policy, conditions: Vec<Vec<Option<Condition>>>) -> Self {
        let steps = policy.steps.iter();
        Self {
            conditions,
            choices: steps.map(|step| choice_of(&policy.branches, &step.id)).collect(),
        }
    }

    /// Whether the step at a position is on the way for a subject with these facts. One of no branch always is.
    ///
    /// # Errors
    /// Why it cannot be said.
    pub fn lead_to(&self, position: usize, facts: &Facts) -> Result<bool, String> {
        match self.choices.get(position).copied().flatten() {
            Some(choice) => Ok(self.chosen(choice.branch, facts)? == Some(choice.alternative)),
            None => Ok(true),
        }
    }

    /// The alternative that applies: the one whose condition holds, else the default. That no two hold was proved when the policy
    /// was published; so where one holds, another that cannot be evaluated does not matter. Where none does, it does: the default
    /// is for facts of which every other alternative says no.
    ///
    /// # Errors
    /// Why it cannot be said.
    pub fn chosen(&self, branch: usize, facts: &Facts) -> Result<Option<usize>, String> {
        let (mut default, mut unsaid) = (None, None);
        for (position, condition) in self.conditions.get(branch).into_iter().flatten().enumerate() {
            match condition.as_ref().map(|condition| condition.holds(facts)) {
                None => default = Some(position),
                Some(Ok(true)) => return Ok(Some(position)),
                Some(Ok(false)) => {}
                Some(Err(error)) => unsaid = Some(error),
            }
        }
        unsaid.map_or(Ok(default), Err)
    }
}
