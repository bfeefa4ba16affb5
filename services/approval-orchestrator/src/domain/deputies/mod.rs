//! Standing deputies: who is asked in whose place, for how long and for which kinds of subject.
//!
//! Which deputyships there may be is [`admission`]'s to say. What is read here may have been read while they changed, so nothing here
//! relies on that.

use std::collections::HashMap;

use jiff::Timestamp;
use uuid::Uuid;

pub mod admission;
mod span;

#[cfg(test)]
mod model;
#[cfg(test)]
mod properties;

use self::span::Span;

/// The most links of a chain, from the principal to the last deputy.
pub const MOST_LINKS: usize = 5;

/// That somebody is asked in another's place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deputyship {
    /// Its id.
    pub id: Uuid,
    /// In whose place.
    pub principal: Uuid,
    /// Who.
    pub deputy: Uuid,
    /// What the deputy is called.
    pub deputy_name: String,
    /// For which kinds of subject, sorted, each once; empty means every kind.
    pub kinds: Vec<String>,
    /// From when on.
    pub start_time: Timestamp,
    /// Up to when, this instant excluded.
    pub end_time: Timestamp,
}

impl Deputyship {
    /// Whether it holds for a kind of subject at an instant.
    #[must_use]
    pub fn holds(&self, kind: &str, at: Timestamp) -> bool {
        self.start_time <= at
            && at < self.end_time
            && (self.kinds.is_empty() || self.kinds.iter().any(|known| known == kind))
    }
}

/// Who is asked in somebody's place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StandIn {
    /// Who.
    pub deputy: Uuid,
    /// What they are called.
    pub display_name: String,
    /// From the principal to the deputy, each the deputy of the one before.
    pub chain: Vec<Uuid>,
}

/// The deputyships that were in force, or still to come, when they were read.
#[derive(Clone, Debug, Default)]
pub struct Deputies {
    /// Each principal's, the earliest first.
    by_principal: HashMap<Uuid, Vec<Deputyship>>,
}

impl Deputies {
    /// Of these, in whatever order.
    #[must_use]
    pub fn new(deputyships: Vec<Deputyship>) -> Self {
        let mut by_principal: HashMap<Uuid, Vec<Deputyship>> = HashMap::new();
        for deputyship in deputyships {
            by_principal
                .entry(deputyship.principal)
                .or_default()
                .push(deputyship);
        }
        for deputyships in by_principal.values_mut() {
            deputyships.sort_unstable_by_key(|deputyship| (deputyship.start_time, deputyship.id));
        }
        Self { by_principal }
    }

    /// All of them, in no order.
    #[cfg(test)]
    pub fn all(&self) -> Vec<Deputyship> {
        self.by_principal.values().flatten().cloned().collect()
    }

    /// Those who are reached from a principal, the nearest first: everybody of whom [`Deputies::stand_in`] may ask whether they may
    /// be asked.
    #[must_use]
    pub fn reached(&self, principal: Uuid, kind: &str, at: Timestamp) -> Vec<Uuid> {
        let links = self.links(principal, kind, at);
        links.iter().map(|link| link.deputy).collect()
    }

    /// Who is asked in a principal's place about a kind of subject at an instant: of those who are reached, the last who `may` be
    /// asked. `None` where it is the principal.
    #[must_use]
    pub fn stand_in(
        &self,
        principal: Uuid,
        kind: &str,
        at: Timestamp,
        may: impl Fn(Uuid) -> bool,
    ) -> Option<StandIn> {
        let links = self.links(principal, kind, at);
        let last = links.iter().rposition(|link| may(link.deputy))?;
        let links = links.get(..=last)?;
        let found = links.last()?;
        let people = links.iter().map(|link| link.deputy);
        Some(StandIn {
            deputy: found.deputy,
            display_name: found.deputy_name.clone(),
            chain: std::iter::once(principal).chain(people).collect(),
        })
    }

    /// The links from a principal on. They end where somebody has no deputy, where the most links are reached, and before they would
    /// come to somebody again.
    fn links(&self, principal: Uuid, kind: &str, at: Timestamp) -> Vec<&Deputyship> {
        let mut links: Vec<&Deputyship> = Vec::new();
        let mut person = principal;
        while links.len() < MOST_LINKS {
            let Some(link) = self.link(person, kind, at) else {
                break;
            };
            if link.deputy == principal || links.iter().any(|known| known.deputy == link.deputy) {
                break;
            }
            person = link.deputy;
            links.push(link);
        }
        links
    }

    fn link(&self, principal: Uuid, kind: &str, at: Timestamp) -> Option<&Deputyship> {
        let own = self.by_principal.get(&principal)?;
        own.iter().find(|deputyship| deputyship.holds(kind, at))
    }
}
