//! What deputyships mean, worked out the long way: every kind, every instant at which anything changes, every person.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::{Deputyship, MOST_LINKS};

/// The kinds that the tests' deputyships name, and one that none names.
pub const KINDS: [&str; 4] = ["budget", "contract", "expense", "other"];

/// A minute of the tests' time.
pub fn instant(minute: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minute)
}

/// One of the tests' people.
pub fn person(number: u128) -> Uuid {
    Uuid::from_u128(0xFFFF_0000 + number)
}

/// A deputyship.
pub fn link(id: u128, principal: u128, deputy: u128, kinds: &[&str], start: i64, end: i64) -> Deputyship {
    Deputyship {
        id: Uuid::from_u128(id),
        principal: person(principal),
        deputy: person(deputy),
        deputy_name: format!("person {deputy}"),
        kinds: kinds.iter().map(|kind| (*kind).to_owned()).collect(),
        start_time: instant(start),
        end_time: instant(end),
    }
}

/// Who is whose deputy for one kind at one instant, by the rule that there may be several.
pub struct Picture(Vec<(Uuid, Uuid)>);

impl Picture {
    pub fn at(links: &[&Deputyship], kind: &str, at: Timestamp) -> Self {
        let holding = links.iter().filter(|link| link.holds(kind, at));
        Self(holding.map(|link| (link.principal, link.deputy)).collect())
    }

    pub fn deputies(&self, person: Uuid) -> impl Iterator<Item = Uuid> {
        let own = self.0.iter().filter(move |(principal, _)| *principal == person);
        own.map(|(_, deputy)| *deputy)
    }

    /// From a person on, as long as there are deputies and nobody comes twice.
    pub fn chain(&self, person: Uuid) -> Vec<Uuid> {
        let mut chain = vec![person];
        while let Some(deputy) = self.deputies(chain[chain.len() - 1]).next() {
            if chain.contains(&deputy) {
                break;
            }
            chain.push(deputy);
        }
        chain
    }

    /// What is wrong with it, the first of these that is.
    pub fn wrong(&self) -> Option<Wrong> {
        let people = || self.0.iter().map(|(person, _)| *person);
        if people().any(|person| self.deputies(person).count() > 1) {
            return Some(Wrong::Forks);
        }
        let chains: Vec<_> = people().map(|person| self.chain(person)).collect();
        let turns = |chain: &Vec<Uuid>| {
            self.deputies(chain[chain.len() - 1])
                .any(|deputy| deputy == chain[0])
        };
        if chains.iter().any(turns) {
            return Some(Wrong::Turns);
        }
        let long = chains.iter().any(|chain| chain.len() - 1 > MOST_LINKS);
        long.then_some(Wrong::Long)
    }
}

/// What can be wrong with deputyships.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wrong {
    /// Somebody has two deputies.
    Forks,
    /// A chain leads back to where it began.
    Turns,
    /// A chain has too many links.
    Long,
}

/// Every kind with every instant at which something changes.
pub fn moments(links: &[&Deputyship]) -> Vec<(&'static str, Timestamp)> {
    let instants = links.iter().flat_map(|link| [link.start_time, link.end_time]);
    let instants: BTreeSet<_> = instants.collect();
    let of = |kind| instants.iter().map(move |at| (kind, *at));
    KINDS.into_iter().flat_map(of).collect()
}

/// What is wrong with deputyships, the first of these that is at any moment.
pub fn wrong(links: &[&Deputyship]) -> Option<Wrong> {
    let moments = moments(links).into_iter();
    moments
        .filter_map(|(kind, at)| Picture::at(links, kind, at).wrong())
        .min()
}
