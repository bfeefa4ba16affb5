//! Whose answers decide a step: each mode as a pure function of the ballots, decided as soon as it is decided or cannot be won
//! any more. All arithmetic is in whole numbers.

use serde::{Deserialize, Serialize};

/// Whose answers decide a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Mode {
    /// Everyone must agree; the first rejection decides (会签).
    All,
    /// The first answer decides (或签).
    Any,
    /// Everyone must agree, one after the other (依次).
    InTurn,
    /// The threshold decides (票签).
    Vote,
    /// A service decides, nobody being asked.
    Check,
}

/// What a vote needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Threshold {
    /// So many approvals.
    Count(i32),
    /// So large a part of those asked.
    Ratio {
        /// The part.
        numerator: i32,
        /// The whole.
        denominator: i32,
    },
    /// So much weight of approvals.
    Weight(i64),
}

/// One person's place in a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ballot {
    /// What the vote weighs.
    pub weight: i32,
    /// Yes, no, or not yet.
    pub answer: Option<bool>,
}

/// How a step stands, given its ballots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tally {
    /// Undecided; the first so many of those who have not answered are to be asked now.
    Open {
        /// How many of the unanswered ballots, from the first, are out.
        asked: usize,
    },
    /// They agreed.
    Agreed,
    /// They did not.
    Rejected,
}

/// Counts the ballots of a step. A vote without a threshold, which no published policy has, needs everyone.
#[must_use]
pub fn tally(mode: Mode, threshold: Option<Threshold>, ballots: &[Ballot]) -> Tally {
    let open = ballots.iter().filter(|ballot| ballot.answer.is_none()).count();
    let any = |answer| ballots.iter().any(|ballot| ballot.answer == Some(answer));
    match mode {
        Mode::Any if any(false) => Tally::Rejected,
        Mode::Any if any(true) => Tally::Agreed,
        Mode::All | Mode::InTurn if any(false) => Tally::Rejected,
        Mode::All | Mode::InTurn if open == 0 => Tally::Agreed,
        Mode::InTurn => Tally::Open { asked: 1 },
        Mode::All | Mode::Any => Tally::Open { asked: open },
        // There are no ballots: the service's answer ends the visit.
        Mode::Check => Tally::Open { asked: 0 },
        Mode::Vote => vote(
            threshold.unwrap_or(Threshold::Ratio {
                numerator: 1,
                denominator: 1,
            }),
            ballots,
            open,
        ),
    }
}

fn vote(threshold: Threshold, ballots: &[Ballot], open: usize) -> Tally {
    let sum = |answer: Option<bool>| -> i64 {
        let chosen = ballots.iter().filter(|ballot| ballot.answer == answer);
        match threshold {
            Threshold::Weight(_) => chosen.map(|ballot| i64::from(ballot.weight)).sum(),
            // Each ballot counts as the denominator, so that the ratio needs no division.
            Threshold::Ratio { denominator, .. } => chosen.map(|_| i64::from(denominator)).sum(),
            Threshold::Count(_) => chosen.map(|_| 1).sum(),
        }
    };
    let needed = match threshold {
        Threshold::Count(count) => i64::from(count),
        Threshold::Weight(weight) => weight,
        Threshold::Ratio { numerator, .. } => ballots.iter().map(|_| i64::from(numerator)).sum(),
    };
    let (yes, possible) = (sum(Some(true)), sum(None));
    if yes >= needed {
        Tally::Agreed
    } else if yes + possible < needed {
        Tally::Rejected
    } else {
        Tally::Open { asked: open }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ballots(answers: &[Option<bool>]) -> Vec<Ballot> {
        answers
            .iter()
            .map(|&answer| Ballot { weight: 1, answer })
            .collect()
    }

    const YES: Option<bool> = Some(true);
    const NO: Option<bool> = Some(false);

    #[test]
    fn all_needs_everyone_and_one_no_ends_it() {
        assert_eq!(
            tally(Mode::All, None, &ballots(&[YES, None])),
            Tally::Open { asked: 1 }
        );
        assert_eq!(tally(Mode::All, None, &ballots(&[YES, YES])), Tally::Agreed);
        assert_eq!(
            tally(Mode::All, None, &ballots(&[NO, None, YES])),
            Tally::Rejected
        );
    }

    #[test]
    fn any_takes_the_first_answer() {
        assert_eq!(
            tally(Mode::Any, None, &ballots(&[None, None])),
            Tally::Open { asked: 2 }
        );
        assert_eq!(tally(Mode::Any, None, &ballots(&[None, YES])), Tally::Agreed);
        assert_eq!(tally(Mode::Any, None, &ballots(&[NO, None])), Tally::Rejected);
    }

    #[test]
    fn in_turn_asks_one_at_a_time() {
        assert_eq!(
            tally(Mode::InTurn, None, &ballots(&[YES, None, None])),
            Tally::Open { asked: 1 }
        );
        assert_eq!(
            tally(Mode::InTurn, None, &ballots(&[YES, NO, None])),
            Tally::Rejected
        );
        assert_eq!(tally(Mode::InTurn, None, &ballots(&[YES, YES])), Tally::Agreed);
    }

    #[test]
    fn two_thirds_of_four_are_three() {
        let threshold = Some(Threshold::Ratio {
            numerator: 2,
            denominator: 3,
        });
        assert_eq!(
            tally(Mode::Vote, threshold, &ballots(&[YES, YES, None, None])),
            Tally::Open { asked: 2 }
        );
        assert_eq!(
            tally(Mode::Vote, threshold, &ballots(&[YES, YES, YES, None])),
            Tally::Agreed
        );
        assert_eq!(
            tally(Mode::Vote, threshold, &ballots(&[NO, NO, None, None])),
            Tally::Rejected
        );
    }

    #[test]
    fn weights_count_not_heads() {
        let ballots = [
            Ballot {
                weight: 5,
                answer: YES,
            },
            Ballot {
                weight: 1,
                answer: NO,
            },
            Ballot {
                weight: 1,
                answer: None,
            },
        ];
        assert_eq!(
            tally(Mode::Vote, Some(Threshold::Weight(5)), &ballots),
            Tally::Agreed
        );
        assert_eq!(
            tally(Mode::Vote, Some(Threshold::Weight(7)), &ballots),
            Tally::Rejected
        );
        assert_eq!(
            tally(Mode::Vote, Some(Threshold::Weight(6)), &ballots),
            Tally::Open { asked: 1 }
        );
    }

    fn any_ballots() -> impl Strategy<Value = Vec<Ballot>> {
        let ballot = (1..100i32, any::<Option<bool>>());
        prop::collection::vec(
            ballot.prop_map(|(weight, answer)| Ballot { weight, answer }),
            1..12,
        )
    }

    fn any_threshold() -> impl Strategy<Value = Threshold> {
        prop_oneof![
            (1..15i32).prop_map(Threshold::Count),
            (1..=10i32, 0..10i32).prop_map(|(numerator, more)| Threshold::Ratio {
                numerator,
                denominator: numerator + more
            }),
            (1..800i64).prop_map(Threshold::Weight),
        ]
    }

    /// The threshold met by these yes-voters, by the definition and in rational arithmetic.
    fn met(threshold: Threshold, ballots: &[Ballot], yes: impl Fn(&Ballot) -> bool) -> bool {
        let voters: Vec<_> = ballots.iter().filter(|ballot| yes(ballot)).collect();
        match threshold {
            Threshold::Count(count) => voters.len() >= usize::try_from(count).unwrap(),
            Threshold::Weight(weight) => voters.iter().map(|b| i64::from(b.weight)).sum::<i64>() >= weight,
            Threshold::Ratio {
                numerator,
                denominator,
            } => {
                voters.len() * usize::try_from(denominator).unwrap()
                    >= ballots.len() * usize::try_from(numerator).unwrap()
            }
        }
    }

    proptest! {
        #[test]
        fn a_vote_is_decided_exactly_when_no_further_ballot_can_change_it(
            ballots in any_ballots(),
            threshold in any_threshold(),
        ) {
            let won = met(threshold, &ballots, |ballot| ballot.answer == YES);
            let winnable = met(threshold, &ballots, |ballot| ballot.answer != NO);
            let expected = match (won, winnable) {
                (true, _) => Tally::Agreed,
                (false, false) => Tally::Rejected,
                (false, true) => Tally::Open { asked: ballots.iter().filter(|b| b.answer.is_none()).count() },
            };
            prop_assert_eq!(tally(Mode::Vote, Some(threshold), &ballots), expected);
        }

        #[test]
        fn a_step_with_every_ballot_in_is_never_open(ballots in any_ballots(), threshold in any_threshold()) {
            let full: Vec<_> = ballots
                .into_iter()
                .map(|ballot| Ballot { answer: ballot.answer.or(YES), ..ballot })
                .collect();
            for mode in [Mode::All, Mode::Any, Mode::InTurn, Mode::Vote] {
                let tally = tally(mode, Some(threshold), &full);
                prop_assert!(!matches!(tally, Tally::Open { .. }), "{:?} {:?}", mode, tally);
            }
        }
    }
}
