//! Random small policies, as the reference model knows them and as they are published.

use salient_operation::Post;
use salient_proto::approval::v1::{
    self as proto, Approver, ExpiryAction, FactDeclaration, FactType, PolicyVersion, Ratio, ResubmitRule,
    SamePersonRule, StepMode, VoteThreshold, approver::Selector, deadline::Length, vote_threshold::Measure,
};

/// Somebody, by number: 0 submits, the others are asked.
pub type Person = usize;

/// How many people there are, the submitter included.
pub const PEOPLE: usize = 9;

/// How many policies are published.
pub const POLICIES: usize = 24;

/// Chance that is the same every time: the runs of a seed are one run.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below another (SplitMix64).
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        let bound = u64::try_from(bound.max(1)).unwrap();
        usize::try_from(mixed % bound).unwrap()
    }

    /// Whether something comes true that does in so many of a hundred times.
    pub fn percent(&mut self, chance: usize) -> bool {
        self.below(100) < chance
    }

    /// One of these.
    pub fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }
}

/// A policy.
#[derive(Clone, Debug)]
pub struct Policy {
    pub steps: Vec<Step>,
    /// Whether the customers' service has to agree.
    pub participant: bool,
    /// Whether a returned subject goes through everything again.
    pub restart: bool,
    /// Whether an approval of the step before counts.
    pub carry_over: bool,
}

#[derive(Clone, Debug)]
pub struct Step {
    pub mode: Mode,
    pub approvers: Vec<(Who, i64)>,
    /// The step applies to larger amounts only.
    pub above: Option<i64>,
    /// Earlier steps that it may return to.
    pub targets: Vec<usize>,
    pub deadline: Option<Deadline>,
    /// Whether the superior is asked where the post is vacant.
    pub escalate_vacant: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    All,
    Any,
    InTurn,
    Count(i64),
    /// So many of so many.
    Ratio(i64, i64),
    Weight(i64),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    Named(Person),
    /// Somebody of the team.
    Supervisor,
    /// Two people of the region.
    Manager,
    /// Vacant until somebody is appointed.
    Management,
}

/// A deadline, in hours.
#[derive(Clone, Debug)]
pub struct Deadline {
    pub after: i64,
    pub expiry: Expiry,
    /// How long before it passes people are reminded.
    pub remind_before: i64,
    /// After how long it passes again, and how often.
    pub again: Option<(i64, i64)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expiry {
    Remind,
    /// Ask superiors, and do without those who are late or not.
    Escalate {
        close: bool,
    },
    Approve,
    Reject,
}

/// Those above a post, from its holders on: who sits on each rung.
pub fn ladder(who: Who, appointed: bool) -> Vec<Vec<Person>> {
    match who {
        Who::Named(person) => vec![vec![person]],
        Who::Supervisor => vec![vec![1], vec![4], vec![6]],
        Who::Manager => vec![vec![4, 5], vec![6]],
        Who::Management if appointed => vec![vec![7], vec![6]],
        Who::Management => vec![vec![], vec![6]],
    }
}

/// The policies of a seed.
pub fn policies(seed: u64) -> Vec<Policy> {
    (0..POLICIES)
        .map(|number| policy(number, &mut Dice::new(seed.wrapping_add(number as u64 * 7919))))
        .collect()
}

fn policy(number: usize, dice: &mut Dice) -> Policy {
    let steps = 1 + dice.below(3);
    Policy {
        steps: (0..steps).map(|position| step(position, dice)).collect(),
        participant: number.is_multiple_of(3),
        restart: dice.percent(50),
        carry_over: dice.percent(40),
    }
}

fn step(position: usize, dice: &mut Dice) -> Step {
    let everybody = [
        Who::Named(1),
        Who::Named(2),
        Who::Named(3),
        Who::Named(4),
        Who::Named(8),
        Who::Supervisor,
        Who::Supervisor,
        Who::Manager,
        Who::Manager,
    ];
    let mut approvers: Vec<(Who, i64)> = Vec::new();
    for _ in 0..=dice.below(3) {
        let who = if dice.percent(6) {
            Who::Management
        } else {
            dice.one(&everybody)
        };
        if approvers.iter().all(|(known, _)| *known != who) {
            approvers.push((who, 1 + dice.below(3) as i64));
        }
    }
    let asked = approvers.len() as i64;
    let mode = match dice.below(6) {
        0 => Mode::All,
        1 => Mode::Any,
        2 => Mode::InTurn,
        3 => Mode::Count(1 + dice.below(usize::try_from(asked).unwrap()) as i64),
        4 => dice.one(&[Mode::Ratio(1, 2), Mode::Ratio(2, 3), Mode::Ratio(1, 1)]),
        _ => Mode::Weight(1 + dice.below(5) as i64),
    };
    Step {
        mode,
        approvers,
        above: dice.percent(25).then_some(50_000),
        targets: (0..position).filter(|_| dice.percent(80)).collect(),
        deadline: dice.percent(50).then(|| deadline(dice)),
        escalate_vacant: dice.percent(30),
    }
}

fn deadline(dice: &mut Dice) -> Deadline {
    let expiry = dice.one(&[
        Expiry::Remind,
        Expiry::Escalate { close: false },
        Expiry::Escalate { close: true },
        Expiry::Approve,
        Expiry::Reject,
    ]);
    // A decision happens once.
    let repeats = !matches!(expiry, Expiry::Approve | Expiry::Reject) && dice.percent(50);
    Deadline {
        after: dice.one(&[8, 16]),
        expiry,
        remind_before: dice.one(&[0, 4]),
        again: repeats.then(|| (dice.one(&[2, 6]), 1 + dice.below(2) as i64)),
    }
}

/// The kind of subject that a policy is for.
pub fn kind(policy: usize) -> String {
    format!("model-{policy}")
}

/// The id of a step.
pub fn step_id(step: usize) -> String {
    format!("step-{step}")
}

/// A policy as it is published. `name` names people.
pub fn published(policy: &Policy, name: impl Fn(Person) -> String) -> PolicyVersion {
    let steps = policy.steps.iter().enumerate();
    PolicyVersion {
        title: "随机审批".to_owned(),
        facts: vec![FactDeclaration {
            name: "amount".to_owned(),
            r#type: FactType::Money.into(),
        }],
        steps: steps
            .map(|(position, step)| published_step(position, step, &name))
            .collect(),
        same_person_rule: if policy.carry_over {
            SamePersonRule::CarryOver
        } else {
            SamePersonRule::Keep
        }
        .into(),
        resubmit_rule: if policy.restart {
            ResubmitRule::Restart
        } else {
            ResubmitRule::Continue
        }
        .into(),
        participants: if policy.participant {
            vec!["customers".to_owned()]
        } else {
            Vec::new()
        },
        ..Default::default()
    }
}

fn published_step(position: usize, step: &Step, name: impl Fn(Person) -> String) -> proto::Step {
    let number = |number: i64| i32::try_from(number).unwrap();
    let (mode, measure) = match step.mode {
        Mode::All => (StepMode::All, None),
        Mode::Any => (StepMode::Any, None),
        Mode::InTurn => (StepMode::InTurn, None),
        Mode::Count(count) => (StepMode::Vote, Some(Measure::Count(number(count)))),
        Mode::Ratio(part, whole) => {
            let ratio = Ratio {
                numerator: number(part),
                denominator: number(whole),
            };
            (StepMode::Vote, Some(Measure::Ratio(ratio)))
        }
        Mode::Weight(weight) => (StepMode::Vote, Some(Measure::Weight(weight))),
    };
    let approver = |(who, weight): &(Who, i64)| Approver {
        selector: Some(match who {
            Who::Named(person) => Selector::Employee(name(*person)),
            Who::Supervisor => Selector::Post(Post::Supervisor.into()),
            Who::Manager => Selector::Post(Post::RegionalManager.into()),
            Who::Management => Selector::Post(Post::CompanyManagement.into()),
        }),
        weight: number(*weight),
    };
    let vacant = if step.escalate_vacant {
        proto::EmptyApproverRule::Escalate
    } else {
        proto::EmptyApproverRule::Suspend
    };
    proto::Step {
        id: step_id(position),
        title: step_id(position),
        mode: mode.into(),
        threshold: measure.map(|measure| VoteThreshold {
            measure: Some(measure),
        }),
        approvers: step.approvers.iter().map(approver).collect(),
        condition: step
            .above
            .map(|amount| format!("amount > money(\"{amount}\", \"CNY\")"))
            .unwrap_or_default(),
        empty_approver_rule: vacant.into(),
        return_targets: step.targets.iter().map(|target| step_id(*target)).collect(),
        deadline: step.deadline.as_ref().map(published_deadline),
        ..Default::default()
    }
}

fn published_deadline(deadline: &Deadline) -> proto::Deadline {
    let number = |number: i64| i32::try_from(number).unwrap();
    let (on_expiry, rule) = match deadline.expiry {
        Expiry::Remind => (ExpiryAction::Remind, None),
        Expiry::Escalate { close: false } => (ExpiryAction::Escalate, Some(proto::EscalatedTaskRule::Keep)),
        Expiry::Escalate { close: true } => (ExpiryAction::Escalate, Some(proto::EscalatedTaskRule::Close)),
        Expiry::Approve => (ExpiryAction::Approve, None),
        Expiry::Reject => (ExpiryAction::Reject, None),
    };
    proto::Deadline {
        length: Some(Length::WorkingHours(number(deadline.after))),
        calendar: "calendars/china".to_owned(),
        on_expiry: on_expiry.into(),
        remind_before: number(deadline.remind_before),
        repeat_every: deadline.again.map_or(0, |(every, _)| number(every)),
        repeat_times: deadline.again.map_or(0, |(_, times)| number(times)),
        escalated_task_rule: rule.map_or(0, Into::into),
        ..Default::default()
    }
}
