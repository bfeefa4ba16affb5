//! Whatever people do with tasks, and whoever is away: nobody decides what they submitted, and nobody has two voices.

use std::collections::HashSet;

use jiff::SignedDuration;
use proptest::{
    prelude::*,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use uuid::Uuid;

use super::{
    approval::{AnswerKind, Approval, Position, TaskState, VisitState},
    deputies::{Deputies, Deputyship},
    fixture::{SUBMITTER, TWO_STEPS, company, now},
    play::Play,
    state::State,
};

/// How many approvals are played.
const APPROVALS: u32 = 4_000;
/// How many tasks at least come about by a hand-over, an opinion, an added signer or a deputy.
const CHAINS: usize = 10_000;
/// The people; the first submits.
const PEOPLE: std::ops::RangeInclusive<u128> = 1..=12;

#[derive(Clone, Debug)]
enum Deed {
    Answer(AnswerKind, Option<&'static str>),
    Transfer(u128),
    Reassign(u128),
    Delegate(u128),
    Add(u128, Position),
    Remove(u128),
    TakeBack,
}

fn deed() -> impl Strategy<Value = Deed> {
    let position = prop_oneof![
        Just(Position::Before),
        Just(Position::After),
        Just(Position::Beside)
    ];
    prop_oneof![
        6 => Just(Deed::Answer(AnswerKind::Approve, None)),
        1 => Just(Deed::Answer(AnswerKind::Reject, None)),
        1 => Just(Deed::Answer(AnswerKind::Return, Some("review"))),
        4 => PEOPLE.prop_map(Deed::Transfer),
        2 => PEOPLE.prop_map(Deed::Reassign),
        4 => PEOPLE.prop_map(Deed::Delegate),
        4 => (PEOPLE, position).prop_map(|(signer, position)| Deed::Add(signer, position)),
        2 => PEOPLE.prop_map(Deed::Remove),
        4 => Just(Deed::TakeBack),
    ]
}

fn away() -> impl Strategy<Value = Vec<(u128, u128)>> {
    prop::collection::vec((PEOPLE, PEOPLE), 0..6)
}

fn deputies(away: &[(u128, u128)]) -> Deputies {
    let link = |(principal, deputy): &(u128, u128)| Deputyship {
        id: Uuid::now_v7(),
        principal: Uuid::from_u128(*principal),
        deputy: Uuid::from_u128(*deputy),
        deputy_name: String::new(),
        kinds: Vec::new(),
        start_time: now(),
        end_time: now() + SignedDuration::from_hours(1),
    };
    Deputies::new(away.iter().map(link).collect())
}

fn policy() -> impl Strategy<Value = String> {
    let mode = prop_oneof![
        Just("mode = \"ALL\""),
        Just("mode = \"ANY\""),
        Just("mode = \"IN_TURN\""),
        Just("mode = \"VOTE\"\n    threshold = { count = 1 }"),
    ];
    mode.prop_map(|mode| TWO_STEPS.replace("mode = \"ALL\"", mode))
}

/// Somebody does something, mostly somebody who is asked.
fn does(play: &mut Play, pick: usize, deed: &Deed) {
    let live: Vec<_> = play
        .approval
        .tasks
        .iter()
        .filter(|task| task.state.is_live())
        .collect();
    let all: Vec<_> = play.approval.tasks.iter().collect();
    let among = if pick.is_multiple_of(5) || live.is_empty() {
        all
    } else {
        live
    };
    let person = among[pick % among.len()].assignee.as_u128();
    // What is refused has changed nothing, which the play sees to.
    let _ = match *deed {
        Deed::Answer(kind, step) => play.answer(person, kind, step),
        Deed::Transfer(to) => play.transfer(person, to),
        Deed::Reassign(to) => play.reassign(person, to),
        Deed::Delegate(to) => play.delegate(person, to),
        Deed::Add(signer, position) => play.add(person, &[signer], position),
        Deed::Remove(signer) => play.remove(person, signer),
        Deed::TakeBack => play.take_back(person),
    };
}

fn check(approval: &Approval) -> Result<(), TestCaseError> {
    for task in &approval.tasks {
        prop_assert_ne!(task.assignee, SUBMITTER, "nobody decides what they submitted");
        prop_assert_eq!(task.end_time.is_none(), task.state.is_live());
    }
    for visit in &approval.visits {
        let mut places = HashSet::new();
        for asked in &visit.approvers {
            prop_assert!(places.insert(asked.employee), "{} has two places", asked.employee);
        }
        let of_visit = approval.tasks.iter().filter(|task| task.visit == visit.id);
        let live: Vec<_> = of_visit.filter(|task| task.state.is_live()).collect();
        let people: HashSet<_> = live.iter().map(|task| task.assignee).collect();
        prop_assert_eq!(people.len(), live.len(), "somebody has two live tasks in a visit");
        if visit.state != VisitState::Open {
            prop_assert!(live.is_empty(), "somebody is asked in a visit that is over");
        } else if approval.state == State::Pending {
            let pending = live.iter().any(|task| task.state == TaskState::Pending);
            prop_assert!(pending, "an open visit waits for nobody");
        }
        for waiting in live.iter().filter(|task| task.state == TaskState::Delegated) {
            let asked = live.iter().filter(|task| task.opinion_for() == Some(waiting.id));
            prop_assert_eq!(asked.count(), 1, "it waits for one opinion");
        }
    }
    let open = approval
        .visits
        .iter()
        .filter(|visit| visit.state == VisitState::Open);
    prop_assert!(open.count() <= 1);
    Ok(())
}

#[test]
fn nobody_decides_their_own_or_twice_however_tasks_travel() {
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let config = Config {
        cases: APPROVALS,
        failure_persistence: None,
        ..Config::default()
    };
    let deeds = prop::collection::vec((0..1_000usize, deed()), 10..40);
    let chains = std::cell::Cell::new(0);
    TestRunner::new_with_rng(config, rng)
        .run(&(policy(), away(), deeds), |(policy, away, deeds)| {
            let mut play = Play::start_with(&policy, company(), deputies(&away));
            check(&play.approval)?;
            for (pick, deed) in &deeds {
                does(&mut play, *pick, deed);
                check(&play.approval)?;
            }
            let travelled = play.approval.tasks.iter().filter(|task| task.request.is_some());
            chains.set(chains.get() + travelled.count());
            Ok(())
        })
        .unwrap();
    println!("{} tasks travelled in {APPROVALS} approvals", chains.get());
    assert!(chains.get() >= CHAINS, "{} are too few", chains.get());
}
