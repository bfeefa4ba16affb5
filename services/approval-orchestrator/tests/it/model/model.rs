//! The reference model as the test sees it: approvals one after the other, and what may be tried next.

use std::sync::LazyLock;

use proptest::{prelude::*, strategy::BoxedStrategy};
use proptest_state_machine::ReferenceStateMachine;
use salient_proto::approval::v1::{SignerPosition, approval::State, task::State as TaskState};

use super::{
    acts::{Act, At, Deed, Refusal},
    approval::Approval,
    coverage::{Cell, cells},
    policies::{Dice, PEOPLE, POLICIES, Person, Policy, policies},
    visit::is_live,
};

/// The policies that are published, the same in every run.
pub static POOL: LazyLock<Vec<Policy>> = LazyLock::new(|| policies(20_261_129));

/// The reference.
pub struct Model;

/// What is tried.
#[derive(Clone, Debug)]
pub enum Transition {
    /// A new subject is submitted under one of the policies, for this amount.
    Submit(usize, i64),
    /// Something is done, by way of one of the replicas, which may crash over it.
    Do(Act, Way),
    /// The last request is sent again.
    Repeat(usize),
    /// A replica crashes while nothing is asked of it.
    Crash(usize),
}

/// Which way a request goes.
#[derive(Clone, Copy, Debug)]
pub struct Way {
    pub replica: usize,
    /// After how many milliseconds the replica crashes, if it does.
    pub crash: Option<u64>,
}

/// Where everything stands.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    pub approval: Option<Approval>,
    /// How many were submitted before it.
    pub earlier: usize,
    pub last: Last,
}

/// What came of the last transition.
#[derive(Clone, Debug, Default)]
pub struct Last {
    pub refused: Option<Refusal>,
    pub cells: Vec<Cell>,
    /// Whether the clock did something.
    pub ticked: bool,
    /// Whether it happens by itself, some time after.
    pub later: bool,
}

impl ReferenceStateMachine for Model {
    type State = Standing;
    type Transition = Transition;

    fn init_state() -> BoxedStrategy<Standing> {
        Just(Standing::default()).boxed()
    }

    fn transitions(standing: &Standing) -> BoxedStrategy<Transition> {
        let standing = standing.clone();
        any::<u64>()
            .no_shrink()
            .prop_map(move |seed| choose(&standing, &mut Dice::new(seed)))
            .boxed()
    }

    fn apply(mut standing: Standing, transition: &Transition) -> Standing {
        match transition {
            Transition::Submit(policy, amount) => {
                let now = standing.approval.as_ref().map_or(0, |approval| approval.now);
                standing.earlier += usize::from(standing.approval.is_some());
                standing.approval = Some(Approval::submitted(POOL[*policy].clone(), *amount, now));
                standing.last = Last::default();
            }
            Transition::Do(act, _) => {
                let approval = standing.approval.take().expect("something was submitted");
                let outcome = approval.after(act);
                let late = matches!(act, Act::Answer(_));
                let ticks = outcome.as_ref().map_or(approval.ticks, |after| after.ticks);
                standing.last = Last {
                    refused: outcome.as_ref().err().copied(),
                    cells: cells(&approval, act, outcome.as_ref()),
                    // As of a step opened again whose deadline has passed meanwhile.
                    ticked: ticks != approval.ticks,
                    later: late || ticks != approval.ticks,
                };
                standing.approval = Some(outcome.unwrap_or(approval));
            }
            Transition::Repeat(_) | Transition::Crash(_) => {
                standing.last.cells.clear();
                standing.last.later = false;
                standing.last.ticked = false;
            }
        }
        standing
    }
}

fn choose(standing: &Standing, dice: &mut Dice) -> Transition {
    let submit = |dice: &mut Dice| Transition::Submit(dice.below(POLICIES), dice.one(&[20_000, 80_000]));
    let Some(approval) = &standing.approval else {
        return submit(dice);
    };
    let replica = dice.below(2);
    let roll = dice.below(1_000);
    if roll < 2 {
        return Transition::Crash(replica);
    }
    if roll < 40 {
        return Transition::Repeat(replica);
    }
    if approval.is_over() && approval.question.is_none() && dice.percent(45) {
        return submit(dice);
    }
    let crash = (dice.below(1_000) < 2).then(|| dice.below(12) as u64);
    Transition::Do(act(approval, dice), Way { replica, crash })
}

fn act(approval: &Approval, dice: &mut Dice) -> Act {
    // In the short while between everybody's yes and the participant's there is much that must not happen.
    let soon = if approval.state == State::Confirming {
        20
    } else {
        35
    };
    if approval.question.is_some() && dice.percent(soon) {
        return Act::Answer(dice.percent(if approval.round == 1 { 80 } else { 60 }));
    }
    let busy = approval.state == State::Pending;
    if !dice.percent(if busy { 8 } else { 50 })
        && let Some(act) = with_a_task(approval, dice)
    {
        return act;
    }
    let quick = !busy || dice.percent(30);
    match dice.below(10) {
        0 | 1 => Act::Wait(dice.one(&[3, 5, 9])),
        2 | 8 if approval.state == State::Returned => {
            Act::Resubmit(approval.round + 1, dice.one(&[20_000, 80_000]))
        }
        2 => Act::Resubmit(approval.round + dice.one(&[0, 1, 2]), dice.one(&[20_000, 80_000])),
        3 | 4 if approval.state == State::Suspended => Act::Retry(dice.percent(10)),
        3 => Act::Retry(false),
        4 => Act::Withdraw(dice.one(&[1, 8])),
        5 if quick => Act::Withdraw(0),
        6 if quick => Act::Supersede,
        7 if quick => Act::Cancel,
        _ => Act::Wait(dice.one(&[3, 5, 9])),
    }
}

fn tasks(approval: &Approval, fit: impl Fn(TaskState) -> bool) -> Vec<At> {
    let all = approval.visits.iter().enumerate().flat_map(|(at, visit)| {
        let tasks = visit.tasks.iter().enumerate();
        tasks.map(move |(task, of)| ((at, task), of.state))
    });
    all.filter(|(_, state)| fit(*state)).map(|(at, _)| at).collect()
}

/// By which tasks signers may perhaps be removed, whose assignees added them: more of those that were decided, which are seldom.
fn removable(approval: &Approval) -> Vec<(At, Person, Person)> {
    let Some(at) = approval.open() else {
        return Vec::new();
    };
    let visit = &approval.visits[at];
    let added = visit
        .places
        .iter()
        .filter_map(|place| Some((place.added.as_ref()?.by, place.owner)));
    let all: Vec<_> = added
        .filter_map(|(by, signer)| Some(((at, visit.deciding_task(by)?), by, signer)))
        .collect();
    let decided = |((_, task), ..): &&(At, Person, Person)| visit.tasks[*task].state == TaskState::Approved;
    let seldom: Vec<_> = all.iter().filter(decided).copied().collect();
    if seldom.is_empty() { all } else { seldom }
}

fn with_a_task(approval: &Approval, dice: &mut Dice) -> Option<Act> {
    let removable = removable(approval);
    if !removable.is_empty() && dice.percent(8) {
        let (at, by, signer) = dice.one(&removable);
        return Some(Act::Task(at, by, Deed::Remove(signer)));
    }
    // One that is live; one that was decided, some of which are rare; any at all.
    let seldom = |state| {
        matches!(
            state,
            TaskState::Rejected | TaskState::Returned | TaskState::CarriedOver
        )
    };
    let mut candidates = match dice.below(100) {
        0..74 => tasks(approval, is_live),
        74..82 => tasks(approval, seldom),
        82..92 => tasks(approval, |state| !is_live(state) && state != TaskState::Closed),
        _ => tasks(approval, |_| true),
    };
    if candidates.is_empty() {
        candidates = tasks(approval, |_| true);
    }
    if candidates.is_empty() {
        return None;
    }
    let (at, task) = dice.one(&candidates);
    let of = &approval.visits[at].tasks[task];
    let by = if dice.percent(3) {
        dice.below(PEOPLE)
    } else {
        of.who
    };
    let deed = match of.state {
        TaskState::Pending if dice.percent(92) => pending_deed(approval, at, dice),
        TaskState::Waiting if dice.percent(60) => {
            if dice.percent(50) {
                Deed::Remove(somebody(approval, at, dice, 85))
            } else {
                Deed::Reassign(somebody(approval, at, dice, 10))
            }
        }
        TaskState::Delegated if dice.percent(60) => {
            if dice.percent(50) {
                Deed::TakeBack
            } else {
                Deed::Reassign(somebody(approval, at, dice, 10))
            }
        }
        TaskState::Approved | TaskState::Rejected | TaskState::Returned if dice.percent(60) => {
            if dice.percent(65) {
                Deed::TakeBack
            } else {
                Deed::Remove(somebody(approval, at, dice, 80))
            }
        }
        _ => any_deed(approval, at, dice),
    };
    Some(Act::Task((at, task), by, deed))
}

/// Somebody who is at the table already in so many of a hundred times, and somebody new or the submitter else.
fn somebody(approval: &Approval, at: usize, dice: &mut Dice, known: usize) -> Person {
    let visit = &approval.visits[at];
    let signers: Vec<Person> = visit
        .places
        .iter()
        .filter(|place| place.added.is_some())
        .map(|place| place.owner)
        .collect();
    let new: Vec<Person> = (1..PEOPLE).filter(|person| !visit.knows(*person)).collect();
    if dice.percent(known) {
        if !signers.is_empty() && known > 50 {
            return dice.one(&signers);
        }
        return dice.below(PEOPLE);
    }
    if new.is_empty() {
        dice.below(PEOPLE)
    } else {
        dice.one(&new)
    }
}

fn pending_deed(approval: &Approval, at: usize, dice: &mut Dice) -> Deed {
    match dice.below(100) {
        0..45 => Deed::Approve,
        45..50 => Deed::Reject,
        50..60 => returned(approval, at, dice),
        60..67 => Deed::Transfer(somebody(approval, at, dice, 10)),
        67..76 => Deed::Delegate(somebody(approval, at, dice, 10)),
        76..90 => added(approval, at, dice),
        90..96 => Deed::Remove(somebody(approval, at, dice, 90)),
        _ => Deed::Reassign(somebody(approval, at, dice, 10)),
    }
}

fn returned(approval: &Approval, at: usize, dice: &mut Dice) -> Deed {
    let targets = &approval.policy.steps[approval.visits[at].step].targets;
    if targets.is_empty() || dice.percent(35) {
        // Now and then to a step that there is not.
        return Deed::Return(dice.percent(15).then_some(2));
    }
    Deed::Return(Some(dice.one(targets)))
}

fn added(approval: &Approval, at: usize, dice: &mut Dice) -> Deed {
    let mut signers = vec![somebody(approval, at, dice, 6)];
    if dice.percent(25) {
        signers.push(somebody(approval, at, dice, 6));
        signers.dedup();
    }
    let when = dice.one(&[
        SignerPosition::Before,
        SignerPosition::After,
        SignerPosition::Beside,
    ]);
    Deed::Add(signers, when)
}

fn any_deed(approval: &Approval, at: usize, dice: &mut Dice) -> Deed {
    match dice.below(9) {
        0 => Deed::Approve,
        1 => Deed::Reject,
        2 => returned(approval, at, dice),
        3 => Deed::Transfer(somebody(approval, at, dice, 10)),
        4 => Deed::Delegate(somebody(approval, at, dice, 10)),
        5 => added(approval, at, dice),
        6 => Deed::Remove(somebody(approval, at, dice, 70)),
        7 => Deed::Reassign(somebody(approval, at, dice, 10)),
        _ => Deed::TakeBack,
    }
}
