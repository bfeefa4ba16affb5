//! Which deputyships there may be.
//!
//! For each kind of subject and at each instant, somebody has at most one deputy, a chain of deputies has at most [`MOST_LINKS`]
//! links, and none leads back to where it began. What is admitted keeps that, and nothing is refused that would have kept it.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::{Deputyship, MOST_LINKS, Span};

/// The longest time that a deputyship may hold.
pub const LONGEST: SignedDuration = SignedDuration::from_hours(400 * 24);
/// The most deputyships of one principal that are not over.
pub const MOST_OF_ONE: usize = 100;

/// Why a deputyship may not be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Objection {
    /// The deputy is the principal.
    Oneself,
    /// It would have ended already.
    Past,
    /// It would hold at no instant.
    NoPeriod,
    /// It would hold longer than [`LONGEST`].
    TooLong,
    /// The principal has as many as there may be.
    TooMany,
    /// The principal has a deputy for some of the time and kinds already.
    Overlaps {
        /// By this one.
        deputyship: Uuid,
    },
    /// The deputies would lead back to the principal.
    Cycle {
        /// From when on.
        time: Timestamp,
        /// For which kind; `None` where it is every kind.
        kind: Option<String>,
    },
    /// A chain would have more than [`MOST_LINKS`] links.
    ChainTooLong {
        /// From when on.
        time: Timestamp,
        /// For which kind; `None` where it is every kind.
        kind: Option<String>,
    },
}

/// Whether a deputyship may be, new or changed, beside those that there are. Of those, what is over by `now` does not count, nor does
/// what the deputyship was before.
///
/// # Errors
/// The first of the [`Objection`]s, in the order in which they are declared.
pub fn admit(deputyship: &Deputyship, others: &[Deputyship], now: Timestamp) -> Result<(), Objection> {
    if deputyship.deputy == deputyship.principal {
        return Err(Objection::Oneself);
    }
    if deputyship.end_time <= now {
        return Err(Objection::Past);
    }
    if deputyship.start_time >= deputyship.end_time {
        return Err(Objection::NoPeriod);
    }
    if deputyship.end_time.duration_since(deputyship.start_time) > LONGEST {
        return Err(Objection::TooLong);
    }
    let others = others
        .iter()
        .filter(|other| other.id != deputyship.id && other.end_time > now);
    let chart = Chart::new(others);
    let span = Span::of(deputyship);
    let own = chart.of_principal(deputyship.principal);
    if own.len() >= MOST_OF_ONE {
        return Err(Objection::TooMany);
    }
    if let Some(other) = own.iter().find(|other| span.and(other).is_some()) {
        return Err(Objection::Overlaps { deputyship: other.id });
    }
    // Where the others are as they may be, no path from the deputy comes to the principal in more links than a chain may have.
    let (ways, cycle) = chart.onwards(deputyship, span);
    if let Some(span) = cycle {
        let (time, kind) = (span.start, span.kind().map(str::to_owned));
        return Err(Objection::Cycle { time, kind });
    }
    for (links, span) in ways {
        // The new one is a link itself.
        let most = MOST_LINKS.checked_sub(links + 1);
        let too_long = match most {
            Some(most) => chart.longer_before(deputyship.principal, &span, most),
            None => Some(span),
        };
        if let Some(span) = too_long {
            let (time, kind) = (span.start, span.kind().map(str::to_owned));
            return Err(Objection::ChainTooLong { time, kind });
        }
    }
    Ok(())
}

/// The deputyships beside which another one shall be.
#[derive(Default)]
struct Chart<'a> {
    by_principal: HashMap<Uuid, Vec<&'a Deputyship>>,
    by_deputy: HashMap<Uuid, Vec<&'a Deputyship>>,
}

impl<'a> Chart<'a> {
    fn new(deputyships: impl Iterator<Item = &'a Deputyship>) -> Self {
        let mut chart = Self::default();
        for deputyship in deputyships {
            let own = chart.by_principal.entry(deputyship.principal);
            own.or_default().push(deputyship);
            let others = chart.by_deputy.entry(deputyship.deputy);
            others.or_default().push(deputyship);
        }
        chart
    }

    fn of_principal(&self, person: Uuid) -> &[&'a Deputyship] {
        self.by_principal.get(&person).map_or(&[], Vec::as_slice)
    }

    fn of_deputy(&self, person: Uuid) -> &[&'a Deputyship] {
        self.by_deputy.get(&person).map_or(&[], Vec::as_slice)
    }

    /// Where the deputies of a new deputyship's deputy lead: after how many links, and when and for what. And when and for what they
    /// lead back to the principal, where they do.
    ///
    /// Somebody has one deputy at most for each kind at each instant, so the ways of one length have nothing in common, and there are
    /// no more of them than there are changes of deputies in that time.
    fn onwards<'s>(
        &self,
        deputyship: &Deputyship,
        span: Span<'s>,
    ) -> (Vec<(usize, Span<'s>)>, Option<Span<'s>>) {
        let mut ways = vec![(0, span.clone())];
        let mut ends = vec![(deputyship.deputy, span)];
        for links in 1..=MOST_LINKS {
            let mut next = Vec::new();
            for (person, span) in ends {
                for link in self.of_principal(person) {
                    let Some(span) = span.and(link) else {
                        continue;
                    };
                    if link.deputy == deputyship.principal {
                        return (ways, Some(span));
                    }
                    ways.push((links, span.clone()));
                    next.push((link.deputy, span));
                }
            }
            ends = next;
        }
        (ways, None)
    }

    /// When and for what more than `most` links lead to somebody, where they do.
    fn longer_before<'s>(&self, person: Uuid, span: &Span<'s>, most: usize) -> Option<Span<'s>> {
        let mut ends = vec![(person, span.clone())];
        for _ in 0..=most {
            let mut next = Vec::new();
            for (person, span) in &ends {
                let links = self.of_deputy(*person).iter();
                next.extend(links.filter_map(|link| span.and(link).map(|span| (link.principal, span))));
            }
            ends = next;
        }
        ends.into_iter().next().map(|(_, span)| span)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::deputies::model::{instant, link, person};

    #[test]
    fn what_is_none_by_itself() {
        let now = instant(10);
        let whole = LONGEST.as_mins();
        for (principal, deputy, start, end, expected) in [
            (1, 1, 0, 20, Err(Objection::Oneself)),
            (1, 2, 15, 9, Err(Objection::Past)),
            (1, 2, 20, 20, Err(Objection::NoPeriod)),
            (1, 2, 20, 19, Err(Objection::NoPeriod)),
            (1, 2, 0, whole + 1, Err(Objection::TooLong)),
            (1, 2, 0, whole, Ok(())),
            (1, 2, 0, 10, Err(Objection::Past)),
            (1, 2, 0, 11, Ok(())),
        ] {
            let new = link(9, principal, deputy, &[], start, end);
            assert_eq!(admit(&new, &[], now), expected, "{new:?}");
        }
    }

    #[test]
    fn a_principal_has_so_many_and_no_more() {
        let most = i64::try_from(MOST_OF_ONE).expect("small");
        let slot = |id: i64| {
            let id_ = u128::try_from(id).expect("positive");
            link(id_, 1, 2, &[], id, id + 1)
        };
        let own: Vec<_> = (1..=most).map(slot).collect();
        let new = slot(most + 1);
        assert_eq!(admit(&new, &own, instant(0)), Err(Objection::TooMany));
        // The first is over at minute 2, and a change of one that is there makes no more of them.
        assert_eq!(admit(&new, &own, instant(2)), Ok(()));
        let mut longer = own[own.len() - 1].clone();
        longer.end_time = instant(most + 2);
        assert_eq!(admit(&longer, &own, instant(0)), Ok(()));
        // Somebody else's do not count.
        let others: Vec<_> = own
            .into_iter()
            .map(|link| Deputyship {
                principal: person(3),
                ..link
            })
            .collect();
        assert_eq!(admit(&new, &others, instant(0)), Ok(()));
    }

    #[test]
    fn what_has_no_instant_in_common_does_not_add_up() {
        let half = |id, principal, deputy, start| link(id, principal, deputy, &[], start, start + 5);
        // 1 → 2 in the morning, 2 → 1 in the afternoon: nobody is their own deputy.
        assert_eq!(admit(&half(2, 2, 1, 5), &[half(1, 1, 2, 0)], instant(0)), Ok(()));
        let refused = admit(&half(2, 2, 1, 4), &[half(1, 1, 2, 0)], instant(0));
        let (time, kind) = (instant(4), None);
        assert_eq!(refused, Err(Objection::Cycle { time, kind }));
        // Nor for kinds that are different ones, by however many links.
        let of = |id, principal, deputy, kind| link(id, principal, deputy, &[kind], 0, 5);
        let chain = [of(1, 1, 2, "contract"), link(2, 2, 3, &[], 0, 5)];
        assert_eq!(admit(&of(3, 3, 1, "budget"), &chain, instant(0)), Ok(()));
        let (time, kind) = (instant(0), Some("contract".to_owned()));
        let refused = admit(&link(3, 3, 1, &[], 0, 5), &chain, instant(0));
        assert_eq!(refused, Err(Objection::Cycle { time, kind }));
    }

    #[test]
    fn a_chain_is_counted_on_both_sides_of_the_new_link() {
        // 1 → 2 → 3 and 4 → 5 → 6: a link from 3 to 4 makes five; with 7 before 1 or 6 before 8 there would be six.
        let always = |id, principal, deputy| link(id, principal, deputy, &[], 0, 10);
        let mut links = vec![always(1, 1, 2), always(2, 2, 3), always(3, 4, 5), always(4, 5, 6)];
        let new = always(9, 3, 4);
        assert_eq!(admit(&new, &links, instant(0)), Ok(()));
        for sixth in [
            link(5, 7, 1, &["contract"], 3, 4),
            link(5, 6, 8, &["contract"], 3, 4),
        ] {
            links.push(sixth);
            let (time, kind) = (instant(3), Some("contract".to_owned()));
            let refused = admit(&new, &links, instant(0));
            assert_eq!(refused, Err(Objection::ChainTooLong { time, kind }));
            // The sixth is over by minute 4.
            assert_eq!(admit(&new, &links, instant(4)), Ok(()));
            links.pop();
        }
    }

    #[test]
    fn the_other_deputy_is_named() {
        let others = [
            link(1, 1, 2, &["budget"], 0, 5),
            link(2, 1, 3, &["contract"], 0, 5),
        ];
        let refused = admit(&link(3, 1, 4, &["contract"], 4, 9), &others, instant(0));
        assert_eq!(
            refused,
            Err(Objection::Overlaps {
                deputyship: Uuid::from_u128(2)
            })
        );
        assert_eq!(
            admit(&link(3, 1, 4, &["contract"], 5, 9), &others, instant(0)),
            Ok(())
        );
        // What it was itself does not stand in its way.
        assert_eq!(
            admit(&link(2, 1, 3, &["contract"], 0, 9), &others, instant(0)),
            Ok(())
        );
    }
}
