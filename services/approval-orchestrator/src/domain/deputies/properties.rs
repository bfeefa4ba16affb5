//! What holds for whatever deputyships people think of.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use uuid::Uuid;

use super::{
    Deputies, Deputyship, MOST_LINKS,
    admission::{Objection, admit},
    model::{KINDS, Picture, Wrong, instant, link, moments, person, wrong},
};

/// How many companies are made up, and how many wishes each has.
const COMPANIES: u32 = 1_000;
const WISHES: usize = 50;
/// How many people and how many minutes a company has.
const PEOPLE: u128 = 10;
const MINUTES: i64 = 12;
/// The chains that have to have been seen, each of at least two links.
const CHAINS: usize = 10_000;

/// What somebody asks for.
#[derive(Clone, Debug)]
struct Wish {
    principal: u128,
    deputy: u128,
    kinds: BTreeSet<usize>,
    start: i64,
    length: i64,
    /// Which deputyship is to last so long instead, where there are as many.
    change: Option<usize>,
    /// How much time has passed since the last wish.
    passed: bool,
}

impl Wish {
    fn kinds(&self) -> Vec<&'static str> {
        self.kinds.iter().map(|kind| KINDS[*kind]).collect()
    }

    fn deputyship(&self, id: u128, there: &[Deputyship]) -> Deputyship {
        match self.change.and_then(|position| there.get(position)) {
            Some(known) => Deputyship {
                end_time: instant(self.start + self.length),
                ..known.clone()
            },
            None => {
                let end = self.start + self.length;
                link(id, self.principal, self.deputy, &self.kinds(), self.start, end)
            }
        }
    }
}

/// Most wishes are for the next in a row, so that there are long chains.
fn wish() -> impl Strategy<Value = Wish> {
    let next = (0..PEOPLE).prop_map(|principal| (principal, (principal + 1) % PEOPLE));
    let pair = prop_oneof![3 => next, 1 => (0..PEOPLE, 0..PEOPLE)];
    let kinds = prop_oneof![
        2 => Just(BTreeSet::new()),
        1 => prop::collection::btree_set(0..KINDS.len() - 1, 1..=2),
    ];
    let change = prop::option::weighted(0.2, 0..WISHES / 2);
    (
        pair,
        kinds,
        0..MINUTES,
        0..=MINUTES,
        change,
        prop::bool::weighted(0.05),
    )
        .prop_map(
            |((principal, deputy), kinds, start, length, change, passed)| Wish {
                principal,
                deputy,
                kinds,
                start,
                length,
                change,
                passed,
            },
        )
}

/// What was seen.
#[derive(Debug, Default)]
struct Tally {
    admitted: usize,
    forks: usize,
    turns: usize,
    long: usize,
    chains: usize,
    longest: usize,
}

#[test]
fn what_is_admitted_holds_and_what_is_refused_would_not() {
    let tally = std::cell::RefCell::new(Tally::default());
    let config = Config {
        cases: COMPANIES,
        failure_persistence: None,
        ..Config::default()
    };
    let played = TestRunner::new(config).run(&prop::collection::vec(wish(), WISHES), |wishes| {
        let tally = &mut tally.borrow_mut();
        let there = play(&wishes, tally)?;
        look_at(&there, tally)
    });
    played.unwrap_or_else(|error| panic!("{error}"));
    let tally = tally.into_inner();
    assert!(tally.chains >= CHAINS, "{tally:?}");
    assert_eq!(tally.longest, MOST_LINKS, "{tally:?}");
    // Each answer was given often enough to say that it is the right one.
    let answers = [tally.admitted, tally.forks, tally.turns, tally.long];
    assert!(answers.into_iter().all(|count| count >= 200), "{tally:?}");
}

/// Admits what may be of what is wished for, one after the other, and compares each answer with the model's.
fn play(wishes: &[Wish], tally: &mut Tally) -> Result<Vec<Deputyship>, TestCaseError> {
    let mut there: Vec<Deputyship> = Vec::new();
    let mut now = instant(0);
    for (number, wish) in wishes.iter().enumerate() {
        if wish.passed {
            now += SignedDuration::from_mins(1);
        }
        let new = wish.deputyship(number as u128, &there);
        let answer = admit(&new, &there, now);
        if matches!(
            answer,
            Err(Objection::Oneself | Objection::NoPeriod | Objection::Past)
        ) {
            let sound = new.principal != new.deputy && new.start_time < new.end_time && new.end_time > now;
            prop_assert!(!sound, "{answer:?}: {new:?}");
            continue;
        }
        // With it, and without what is over or was it before.
        let others = there
            .iter()
            .filter(|known| known.id != new.id && known.end_time > now);
        let then: Vec<&Deputyship> = others.chain([&new]).collect();
        let found = wrong(&then);
        let wrong_at = |kind: &Option<String>, time: Timestamp| {
            let kind = kind.as_deref().unwrap_or(KINDS[3]);
            Picture::at(&then, kind, time).wrong()
        };
        match &answer {
            Ok(()) => {
                prop_assert_eq!(found, None, "{:?} beside {:?}", &new, &there);
                tally.admitted += 1;
                there.retain(|known| known.id != new.id);
                there.push(new);
            }
            Err(Objection::Overlaps { deputyship }) => {
                prop_assert_eq!(found, Some(Wrong::Forks));
                let other = then.iter().find(|known| known.id == *deputyship);
                let pair = [&new, *other.expect("there")];
                prop_assert_eq!(wrong(&pair), Some(Wrong::Forks), "{:?}", &pair);
                tally.forks += 1;
            }
            Err(Objection::Cycle { time, kind }) => {
                prop_assert_eq!(found, Some(Wrong::Turns));
                prop_assert_eq!(
                    wrong_at(kind, *time),
                    Some(Wrong::Turns),
                    "{:?}: {:?}",
                    &answer,
                    &then
                );
                tally.turns += 1;
            }
            Err(Objection::ChainTooLong { time, kind }) => {
                prop_assert_eq!(found, Some(Wrong::Long));
                prop_assert_eq!(
                    wrong_at(kind, *time),
                    Some(Wrong::Long),
                    "{:?}: {:?}",
                    &answer,
                    &then
                );
                tally.long += 1;
            }
            Err(other) => prop_assert!(false, "{other:?}: {new:?}"),
        }
    }
    there.retain(|known| known.end_time > now);
    Ok(there)
}

/// Follows every chain of what was admitted.
fn look_at(there: &[Deputyship], tally: &mut Tally) -> Result<(), TestCaseError> {
    let deputies = Deputies::new(there.to_vec());
    let mut chains = BTreeSet::new();
    let there: Vec<_> = there.iter().collect();
    for (kind, at) in moments(&there) {
        let picture = Picture::at(&there, kind, at);
        for principal in (0..PEOPLE).map(person) {
            let chain = picture.chain(principal);
            prop_assert_eq!(&deputies.reached(principal, kind, at)[..], &chain[1..]);
            let stand_in = deputies.stand_in(principal, kind, at, |_| true);
            prop_assert_eq!(
                stand_in.map(|stand_in| stand_in.chain),
                (chain.len() > 1).then(|| chain.clone())
            );
            tally.longest = tally.longest.max(chain.len() - 1);
            if chain.len() > 2 {
                chains.insert(chain);
            }
        }
    }
    tally.chains += chains.len();
    Ok(())
}

proptest! {
    /// Whatever was read, be it with circles, with two deputies of one, with somebody as their own.
    #[test]
    fn a_stand_in_is_somebody_else_who_may(
        wishes in prop::collection::vec(wish(), 0..WISHES),
        willing in prop::collection::vec(any::<bool>(), PEOPLE as usize),
    ) {
        let there: Vec<_> = wishes.iter().zip(0..).map(|(wish, id)| wish.deputyship(id, &[])).collect();
        let deputies = Deputies::new(there.clone());
        let may = |id: Uuid| (0..PEOPLE).zip(&willing).any(|(number, may)| *may && person(number) == id);
        let links: Vec<_> = there.iter().collect();
        for (kind, at) in moments(&links) {
            let picture = Picture::at(&links, kind, at);
            for principal in (0..PEOPLE).map(person) {
                let reached = deputies.reached(principal, kind, at);
                prop_assert!(reached.len() <= MOST_LINKS);
                prop_assert!(!reached.contains(&principal));
                let chain: Vec<_> = std::iter::once(principal).chain(reached).collect();
                prop_assert_eq!(chain.iter().collect::<BTreeSet<_>>().len(), chain.len(), "nobody twice");
                for pair in chain.windows(2) {
                    prop_assert!(picture.deputies(pair[0]).any(|deputy| deputy == pair[1]), "{chain:?}");
                }
                // It goes on as long as it can.
                if chain.len() <= MOST_LINKS {
                    let mut next = picture.deputies(chain[chain.len() - 1]).peekable();
                    prop_assert!(next.peek().is_none() || next.any(|deputy| chain.contains(&deputy)), "{chain:?}");
                }

                let last = chain[1..].iter().rposition(|id| may(*id));
                match deputies.stand_in(principal, kind, at, may) {
                    None => prop_assert_eq!(last, None),
                    Some(found) => {
                        prop_assert_eq!(&found.chain[..], &chain[..last.expect("somebody may") + 2]);
                        prop_assert_eq!(found.chain.last(), Some(&found.deputy));
                        prop_assert!(found.deputy != principal && may(found.deputy));
                        let called = there.iter().find(|link| link.deputy == found.deputy);
                        prop_assert_eq!(Some(found.display_name), called.map(|link| link.deputy_name.clone()));
                    }
                }
            }
        }
    }
}
