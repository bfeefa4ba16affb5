//! A policy as a picture: what stands below what, whichever language it is drawn in.

mod mermaid;
mod svg;
mod words;

use super::{
    branch::{Branch, Choice, choice_of},
    policy::{Policy, Step},
};

pub use self::{mermaid::mermaid, svg::svg};

/// A stretch of the way, from top to bottom.
enum Stretch<'a> {
    /// A step that everything passes.
    Step(&'a Step),
    /// A fork, and for each alternative its steps up to where the ways meet again.
    Fork {
        branch: &'a Branch,
        lanes: Vec<Lane<'a>>,
    },
}

/// An alternative's part of a fork.
struct Lane<'a> {
    title: &'a str,
    when: &'a str,
    steps: Vec<&'a Step>,
}

/// The way through a policy. Steps of one branch that follow on each other stand side by side; where another step comes between
/// them, the ways meet there and fork again.
fn stretches(policy: &Policy) -> Vec<Stretch<'_>> {
    let mut stretches: Vec<Stretch<'_>> = Vec::new();
    let mut open = None;
    for step in &policy.steps {
        let Some(Choice { branch, alternative }) = choice_of(&policy.branches, &step.id) else {
            stretches.push(Stretch::Step(step));
            open = None;
            continue;
        };
        if open != Some(branch) {
            open = Some(branch);
            stretches.push(fork(&policy.branches[branch]));
        }
        if let Some(Stretch::Fork { lanes, .. }) = stretches.last_mut() {
            lanes[alternative].steps.push(step);
        }
    }
    stretches
}

fn fork(branch: &Branch) -> Stretch<'_> {
    let lanes = branch.alternatives.iter().map(|alternative| Lane {
        title: &alternative.title,
        when: &alternative.when,
        steps: Vec::new(),
    });
    Stretch::Fork {
        branch,
        lanes: lanes.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Texts that would break out of a picture if they were not escaped, and steps that fork, meet and fork again.
    pub(super) const HOSTILE: &str = r##"
        title = 'A <script>alert("&")</script> 审批 ]]> --> %% #quot;'
        facts = [{ name = "amount", type = "MONEY" }]
        [[steps]]
        id = "one"
        title = "\"]; click s0 \"javascript:alert(1)\" 主管\nreview"
        mode = "ALL"
        approvers = [{ post = "SUPERVISOR" }, { submitter_superior = true }]
        condition = 'amount < money("9", "CNY") && "<b>" == "<b>"'
        [[steps]]
        id = "two"
        title = "Two"
        mode = "ANY"
        approvers = [{ employee = "0198a0c2-7f00-7abc-8def-0123456789ab" }]
        [[steps]]
        id = "three"
        title = "Three"
        mode = "VOTE"
        threshold = { ratio = { numerator = 2, denominator = 3 } }
        approvers = [{ post = "COMPANY_MANAGEMENT" }]
        [[steps]]
        id = "four"
        title = "Four"
        mode = "IN_TURN"
        approvers = [{ post = "DIRECTOR" }]
        [[branches]]
        id = "size"
        title = "金额 <size>"
        alternatives = [
            { id = "large", title = "Large", when = 'amount > money("9", "CNY")', steps = ["two", "four"] },
            { id = "other", title = "Other", default = true },
        ]
    "##;

    pub(super) fn policy() -> Policy {
        toml::from_str(HOSTILE).unwrap()
    }

    #[test]
    fn ways_meet_where_a_step_comes_between() {
        let policy = policy();
        let shape: Vec<_> = stretches(&policy)
            .iter()
            .map(|stretch| match stretch {
                Stretch::Step(step) => step.id.clone(),
                Stretch::Fork { lanes, .. } => {
                    let lanes: Vec<_> = lanes.iter().map(|lane| lane.steps.len().to_string()).collect();
                    lanes.join("|")
                }
            })
            .collect();
        assert_eq!(shape, ["one", "1|0", "three", "1|0"]);
    }
}
