//! A policy version: who signs off a kind of subject. The same shape is read from the shipped TOML files and kept as JSON.

use salient_operation::Post;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    branch::Branch,
    deadline::Deadline,
    facts::FactDeclaration,
    mode::{Mode, Threshold},
};

/// Which version of which policy.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PolicyKey {
    /// The kind of subject.
    pub kind: String,
    /// The version, from 1.
    pub version: i64,
}

/// What a policy version says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// What it is called among people.
    pub title: String,
    /// The facts that subjects of the kind come with.
    #[serde(default)]
    pub facts: Vec<FactDeclaration>,
    /// The steps, in their order.
    #[serde(default)]
    pub steps: Vec<Step>,
    /// Where the same person would decide two steps in a row.
    #[serde(default)]
    pub same_person: SamePerson,
    /// Where a returned subject goes on.
    #[serde(default)]
    pub on_resubmit: OnResubmit,
    /// The services that must agree.
    #[serde(default)]
    pub participants: Vec<String>,
    /// Where the way forks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub branches: Vec<Branch>,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Its id, unique within the policy.
    pub id: String,
    /// What approvers read.
    pub title: String,
    /// Whose answers decide it.
    pub mode: Mode,
    /// What a vote needs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threshold: Option<Threshold>,
    /// Who is asked.
    #[serde(default)]
    pub approvers: Vec<Approver>,
    /// When it applies, in CEL; empty means always.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub condition: String,
    /// What needs a finding.
    #[serde(default)]
    pub checklist: Vec<ChecklistItem>,
    /// Where nobody can be asked.
    #[serde(default)]
    pub empty_approver: EmptyApprover,
    /// The earlier steps it may return to.
    #[serde(default)]
    pub return_targets: Vec<String>,
    /// The service that checks, of an automatic step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// By when it has to be decided, and what happens then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Deadline>,
}

impl Step {
    /// Whether the approver of the step before chooses who is asked.
    #[must_use]
    pub fn takes_choice(&self) -> bool {
        let mut selectors = self.approvers.iter().map(|approver| &approver.selector);
        selectors.any(|selector| matches!(selector, Selector::PreviousChoice(_)))
    }

    /// The service that decides it in place of people, if one does.
    #[must_use]
    pub fn checked_by(&self) -> Option<&str> {
        self.service.as_deref().filter(|_| self.mode == Mode::Check)
    }
}

/// Says how to find people to ask.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approver {
    /// The way.
    #[serde(flatten)]
    pub selector: Selector,
    /// What the vote of each person found this way weighs.
    #[serde(default = "one")]
    pub weight: i32,
}

const fn one() -> i32 {
    1
}

/// A way to find people, relative to a subject.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Selector {
    /// The holders of a post for the subject's unit.
    #[serde(with = "post_name")]
    Post(Post),
    /// The submitter's direct superior.
    SubmitterSuperior(bool),
    /// A named person.
    Employee(Uuid),
    /// The submitter's superior so many levels up.
    SuperiorLevel(u8),
    /// Whom the approver of the step before chooses.
    PreviousChoice(bool),
}

/// One thing an approver has to look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChecklistItem {
    /// Its id, unique within the step.
    pub id: String,
    /// What to look at.
    pub title: String,
}

/// What happens where nobody can be asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum EmptyApprover {
    /// The approval is suspended.
    #[default]
    Suspend,
    /// The superior is asked.
    Escalate,
}

/// What happens where the same person would decide two steps in a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SamePerson {
    /// They decide each.
    #[default]
    Keep,
    /// The approval of the step before counts, unless the step has a checklist.
    CarryOver,
}

/// Where a returned subject goes on when it is submitted again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum OnResubmit {
    /// With the step that returned it.
    Continue,
    /// With the first step.
    #[default]
    Restart,
}

impl Policy {
    /// Where a step stands in the order.
    #[must_use]
    pub fn position(&self, step: &str) -> Option<usize> {
        self.steps.iter().position(|candidate| candidate.id == step)
    }

    /// Whether any step has a deadline.
    #[must_use]
    pub fn has_deadlines(&self) -> bool {
        self.steps.iter().any(|step| step.deadline.is_some())
    }

    /// Every selector of every step that the organisation answers, each once, in order of appearance.
    #[must_use]
    pub fn selectors(&self) -> Vec<Selector> {
        let mut selectors = Vec::new();
        let asked = self.steps.iter().flat_map(|step| &step.approvers);
        let asked = asked.map(|approver| &approver.selector);
        let deadlines = self.steps.iter().filter_map(|step| step.deadline.as_ref());
        let receivers = deadlines.filter_map(|deadline| deadline.transfer_to.as_ref());
        for selector in asked.chain(receivers) {
            let chosen = matches!(selector, Selector::PreviousChoice(_));
            if !chosen && !selectors.contains(selector) {
                selectors.push(selector.clone());
            }
        }
        selectors
    }
}

/// Posts by their short names (`SUPERVISOR`), in policies and in the database.
pub mod post_name {
    use salient_operation::Post;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    const PREFIX: &str = "POST_";

    /// The post's short name.
    #[must_use]
    pub fn of(post: Post) -> &'static str {
        post.name().trim_start_matches(PREFIX)
    }

    /// The post of that short name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Post> {
        Post::ALL.into_iter().find(|post| of(*post) == name)
    }

    /// Writes the short name.
    ///
    /// # Errors
    /// None of its own.
    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "serde passes fields by reference"
    )]
    pub fn serialize<S: Serializer>(post: &Post, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(of(*post))
    }

    /// Reads the short name.
    ///
    /// # Errors
    /// Where no post has it.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Post, D::Error> {
        let name = String::deserialize(deserializer)?;
        parse(&name).ok_or_else(|| D::Error::custom(format!("{name} is not a post")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_survives_json() {
        let policy: Policy = toml::from_str(include_str!("../../policies/contract.toml")).unwrap();
        let json = serde_json::to_string(&policy).unwrap();
        assert_eq!(serde_json::from_str::<Policy>(&json).unwrap(), policy);
    }

    #[test]
    fn the_shipped_contract_policy_is_the_clause() {
        let policy: Policy = toml::from_str(include_str!("../../policies/contract.toml")).unwrap();
        let steps: Vec<_> = policy
            .steps
            .iter()
            .map(|step| (step.id.as_str(), step.checklist.len()))
            .collect();
        assert_eq!(steps, [("review", 5), ("approval", 0)]);
        let selectors = [
            Selector::Post(Post::Supervisor),
            Selector::Post(Post::RegionalManager),
        ];
        assert_eq!(policy.selectors(), selectors);
    }

    #[test]
    fn every_post_has_a_short_name() {
        for post in Post::ALL {
            assert_eq!(post_name::parse(post_name::of(post)), Some(post));
        }
    }
}
