//! Policy versions.

use salient_failure::Failure;
use salient_operation::Post;
use salient_proto::approval::v1 as proto;
use salient_values::{name, timestamp};

use super::{
    branch::{branch, branch_from},
    deadline,
    task::checklist_item,
};
use crate::{
    domain::{
        facts::{FactDeclaration, FactType},
        mode::{Mode, Threshold},
        policy::{
            Approver, ChecklistItem, EmptyApprover, OnResubmit, Policy, PolicyKey, SamePerson, Selector, Step,
        },
    },
    store::PolicyVersionRow,
};

/// The name of a version, `policies/{kind}/versions/{version}`.
pub fn version_name(key: &PolicyKey) -> String {
    format!("policies/{}/versions/{}", key.kind, key.version)
}

/// The kind in a policy's name, `policies/{kind}`; that it is well-formed, the checks of the proto have seen.
pub fn kind_from(parent: &str) -> &str {
    parent.strip_prefix("policies/").unwrap_or(parent)
}

/// A published version.
pub fn policy_version(row: &PolicyVersionRow) -> proto::PolicyVersion {
    let PolicyVersionRow { key, policy, .. } = row;
    proto::PolicyVersion {
        name: version_name(key),
        kind: key.kind.clone(),
        publisher: row.publisher.clone(),
        publish_time: Some(timestamp::to_proto(row.publish_time)),
        digest: row.digest.clone(),
        ..content(policy)
    }
}

/// What a version says, without what publishing adds.
pub fn content(policy: &Policy) -> proto::PolicyVersion {
    let same_person = match policy.same_person {
        SamePerson::Keep => proto::SamePersonRule::Keep,
        SamePerson::CarryOver => proto::SamePersonRule::CarryOver,
    };
    let on_resubmit = match policy.on_resubmit {
        OnResubmit::Continue => proto::ResubmitRule::Continue,
        OnResubmit::Restart => proto::ResubmitRule::Restart,
    };
    proto::PolicyVersion {
        title: policy.title.clone(),
        facts: policy.facts.iter().map(fact).collect(),
        steps: policy.steps.iter().map(step).collect(),
        same_person_rule: same_person.into(),
        resubmit_rule: on_resubmit.into(),
        participants: policy.participants.clone(),
        branches: policy.branches.iter().map(branch).collect(),
        ..Default::default()
    }
}

fn fact(fact: &FactDeclaration) -> proto::FactDeclaration {
    let kind = match fact.kind {
        FactType::Text => proto::FactType::Text,
        FactType::Number => proto::FactType::Number,
        FactType::Flag => proto::FactType::Flag,
        FactType::Money => proto::FactType::Money,
        FactType::Decimal => proto::FactType::Decimal,
    };
    proto::FactDeclaration {
        name: fact.name.clone(),
        r#type: kind.into(),
    }
}

fn step(step: &Step) -> proto::Step {
    let empty = match step.empty_approver {
        EmptyApprover::Suspend => proto::EmptyApproverRule::Suspend,
        EmptyApprover::Escalate => proto::EmptyApproverRule::Escalate,
    };
    proto::Step {
        id: step.id.clone(),
        title: step.title.clone(),
        mode: mode(step.mode).into(),
        threshold: step.threshold.map(threshold),
        approvers: step.approvers.iter().map(approver).collect(),
        condition: step.condition.clone(),
        checklist: step.checklist.iter().map(checklist_item).collect(),
        empty_approver_rule: empty.into(),
        return_targets: step.return_targets.clone(),
        service: step.service.clone().unwrap_or_default(),
        deadline: step.deadline.as_ref().map(deadline::deadline),
    }
}

/// Whose answers decide a step.
pub const fn mode(mode: Mode) -> proto::StepMode {
    match mode {
        Mode::All => proto::StepMode::All,
        Mode::Any => proto::StepMode::Any,
        Mode::InTurn => proto::StepMode::InTurn,
        Mode::Vote => proto::StepMode::Vote,
        Mode::Check => proto::StepMode::Check,
    }
}

fn threshold(threshold: Threshold) -> proto::VoteThreshold {
    use proto::vote_threshold::Measure;
    let measure = match threshold {
        Threshold::Count(count) => Measure::Count(count),
        Threshold::Ratio {
            numerator,
            denominator,
        } => Measure::Ratio(proto::Ratio {
            numerator,
            denominator,
        }),
        Threshold::Weight(weight) => Measure::Weight(weight),
    };
    proto::VoteThreshold {
        measure: Some(measure),
    }
}

/// A way to find people.
pub fn approver(approver: &Approver) -> proto::Approver {
    use proto::approver::Selector as Wire;
    let selector = match &approver.selector {
        Selector::Post(post) => Wire::Post((*post).into()),
        Selector::SubmitterSuperior(wanted) => Wire::SubmitterSuperior(*wanted),
        Selector::Employee(person) => Wire::Employee(name::format("employees", *person)),
        Selector::SuperiorLevel(level) => Wire::SuperiorLevel((*level).into()),
        Selector::PreviousChoice(wanted) => Wire::PreviousChoice(*wanted),
    };
    proto::Approver {
        selector: Some(selector),
        weight: approver.weight,
    }
}

/// What a version says, as sent. Whether it makes sense is for the domain to check.
pub fn policy_from(sent: proto::PolicyVersion) -> Result<Policy, Failure> {
    let same_person = match sent.same_person_rule() {
        proto::SamePersonRule::CarryOver => SamePerson::CarryOver,
        proto::SamePersonRule::Keep | proto::SamePersonRule::Unspecified => SamePerson::Keep,
    };
    let on_resubmit = match sent.resubmit_rule() {
        proto::ResubmitRule::Continue => OnResubmit::Continue,
        proto::ResubmitRule::Restart | proto::ResubmitRule::Unspecified => OnResubmit::Restart,
    };
    let facts = sent
        .facts
        .into_iter()
        .enumerate()
        .map(|(index, fact)| fact_from(index, fact));
    let steps = sent
        .steps
        .into_iter()
        .enumerate()
        .map(|(index, step)| step_from(index, step));
    Ok(Policy {
        title: sent.title,
        facts: facts.collect::<Result<_, _>>()?,
        steps: steps.collect::<Result<_, _>>()?,
        same_person,
        on_resubmit,
        participants: sent.participants,
        branches: sent.branches.into_iter().map(branch_from).collect(),
    })
}

fn fact_from(index: usize, fact: proto::FactDeclaration) -> Result<FactDeclaration, Failure> {
    let kind = match fact.r#type() {
        proto::FactType::Text => FactType::Text,
        proto::FactType::Number => FactType::Number,
        proto::FactType::Flag => FactType::Flag,
        proto::FactType::Money => FactType::Money,
        proto::FactType::Decimal => FactType::Decimal,
        proto::FactType::Unspecified => {
            return Err(Failure::invalid_field(
                format!("policy_version.facts[{index}].type"),
                "is required",
            ));
        }
    };
    Ok(FactDeclaration {
        name: fact.name,
        kind,
    })
}

fn step_from(index: usize, step: proto::Step) -> Result<Step, Failure> {
    let place = format!("policy_version.steps[{index}]");
    let mode = match step.mode() {
        proto::StepMode::All => Mode::All,
        proto::StepMode::Any => Mode::Any,
        proto::StepMode::InTurn => Mode::InTurn,
        proto::StepMode::Vote => Mode::Vote,
        proto::StepMode::Check => Mode::Check,
        proto::StepMode::Unspecified => {
            return Err(Failure::invalid_field(format!("{place}.mode"), "is required"));
        }
    };
    let empty_approver = match step.empty_approver_rule() {
        proto::EmptyApproverRule::Escalate => EmptyApprover::Escalate,
        proto::EmptyApproverRule::Suspend | proto::EmptyApproverRule::Unspecified => EmptyApprover::Suspend,
    };
    let approvers = step
        .approvers
        .into_iter()
        .enumerate()
        .map(|(index, approver)| approver_from(&format!("{place}.approvers[{index}]"), approver));
    let item = |item: proto::ChecklistItem| ChecklistItem {
        id: item.id,
        title: item.title,
    };
    Ok(Step {
        id: step.id,
        title: step.title,
        mode,
        threshold: step
            .threshold
            .and_then(|threshold| threshold.measure)
            .map(threshold_from),
        approvers: approvers.collect::<Result<_, _>>()?,
        condition: step.condition,
        checklist: step.checklist.into_iter().map(item).collect(),
        empty_approver,
        return_targets: step.return_targets,
        service: Some(step.service).filter(|service| !service.is_empty()),
        deadline: step
            .deadline
            .map(|sent| deadline::deadline_from(&place, sent))
            .transpose()?,
    })
}

const fn threshold_from(measure: proto::vote_threshold::Measure) -> Threshold {
    use proto::vote_threshold::Measure;
    match measure {
        Measure::Count(count) => Threshold::Count(count),
        Measure::Ratio(proto::Ratio {
            numerator,
            denominator,
        }) => Threshold::Ratio {
            numerator,
            denominator,
        },
        Measure::Weight(weight) => Threshold::Weight(weight),
    }
}

/// A way to find people, as sent.
pub fn approver_from(place: &str, approver: proto::Approver) -> Result<Approver, Failure> {
    use proto::approver::Selector as Wire;
    let selector = match approver.selector {
        Some(Wire::Post(post)) => Selector::Post(
            Post::try_from(post)
                .map_err(|_| Failure::invalid_field(format!("{place}.post"), "is not a post"))?,
        ),
        Some(Wire::SubmitterSuperior(wanted)) => Selector::SubmitterSuperior(wanted),
        Some(Wire::Employee(person)) => Selector::Employee(
            name::parse("employees", &person).map_err(|error| error.at(format!("{place}.employee")))?,
        ),
        // What no level is, no number of this size is either: the checks say so.
        Some(Wire::PreviousChoice(wanted)) => Selector::PreviousChoice(wanted),
        Some(Wire::SuperiorLevel(level)) => Selector::SuperiorLevel(u8::try_from(level).unwrap_or_default()),
        None => return Err(Failure::invalid_field(place, "needs a way to find people")),
    };
    // Left out, a vote weighs 1.
    Ok(Approver {
        selector,
        weight: approver.weight.max(1),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_comes_back_as_it_went() {
        let text = r#"
            title = "Everything"
            facts = [{ name = "amount", type = "MONEY" }, { name = "region", type = "TEXT" }]
            same_person = "CARRY_OVER"
            on_resubmit = "CONTINUE"
            participants = ["customers"]
            [[steps]]
            id = "vote"
            title = "Vote"
            mode = "VOTE"
            threshold = { ratio = { numerator = 2, denominator = 3 } }
            approvers = [{ post = "DIRECTOR", weight = 2 }, { submitter_superior = true }]
            condition = 'amount > money("5", "CNY")'
            checklist = [{ id = "risk", title = "Risk" }]
            empty_approver = "ESCALATE"
            [steps.deadline]
            working_days = 3
            calendar = "china"
            on_expiry = "ESCALATE"
            remind_before = 1
            repeat = { every = 1, times = 2 }
            escalated = "CLOSE"
            [[steps]]
            id = "sign"
            title = "Sign"
            mode = "IN_TURN"
            approvers = [{ employee = "0198a0c2-7f00-7abc-8def-0123456789ab" }, { superior_level = 2 }]
            return_targets = ["vote"]
            [steps.deadline]
            working_hours = 8
            calendar = "china"
            on_expiry = "TRANSFER"
            transfer_to = { post = "DIRECTOR" }
            [[steps]]
            id = "check"
            title = "Check"
            mode = "CHECK"
            service = "customers"
            [[branches]]
            id = "size"
            title = "Size"
            alternatives = [
                { id = "large", title = "Large", when = 'amount > money("9", "CNY")', steps = ["vote"] },
                { id = "other", title = "Other", default = true },
            ]
        "#;
        let policy: Policy = toml::from_str(text).expect("a policy");
        assert_eq!(policy_from(content(&policy)).expect("the same"), policy);
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let policy = proto::PolicyVersion {
            steps: vec![
                proto::Step {
                    mode: proto::StepMode::Any.into(),
                    ..Default::default()
                },
                proto::Step::default(),
            ],
            ..Default::default()
        };
        let failure = policy_from(policy).expect_err("no mode");
        assert!(
            failure.to_string().contains("policy_version.steps[1].mode"),
            "{failure}"
        );
    }
}
