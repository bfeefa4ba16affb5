//! What a round of an approval was answered, once and for all.

use salient_values::Money;
use uuid::Uuid;

/// One round of an approval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Round {
    /// The approval.
    pub approval: Uuid,
    /// Which round, from 1.
    pub number: i32,
}

/// What a round asks to set aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The customer whose credit it takes.
    pub customer: Uuid,
    /// What is being signed off, `contracts/{contract}`.
    pub subject: String,
    /// How much.
    pub amount: Money,
}

/// Where a reservation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Set aside.
    Reserved,
    /// Taken for good.
    Confirmed,
    /// Given back, perhaps before it was ever asked for.
    Released,
    /// Never set aside.
    Refused,
}

/// What a round was answered, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reservation {
    /// The round.
    pub round: Round,
    /// Where it stands.
    pub state: State,
    /// What was asked for; `None` where a release came first.
    pub claim: Option<Claim>,
    /// The refusal as answered.
    pub refused: Option<Refused>,
}

/// A refusal, in the words in which it was and will be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// For programs.
    pub reason: String,
    /// English.
    pub english: String,
    /// Chinese.
    pub chinese: String,
}

/// What the end of a round comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The approval stands: take for good what is reserved.
    Confirm,
    /// It does not: give it back.
    Release,
}

/// What is to be done at the end of a round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step<'a> {
    /// Change the reservation of this claim, and the account.
    Change(&'a Claim),
    /// Nothing: it was done before, with this claim.
    Done(Option<&'a Claim>),
}

/// Why a round cannot end so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EndingRefusal {
    /// Nothing was set aside for it.
    #[error("nothing is reserved for {0:?}")]
    Missing(Round),
    /// It was given back.
    #[error("the reservation for {0:?} was released")]
    Released(Round),
    /// It is final.
    #[error("the reservation for {0:?} is final")]
    Confirmed(Round),
}

impl State {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Reserved, Self::Confirmed, Self::Released, Self::Refused];

    /// The name in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reserved => "RESERVED",
            Self::Confirmed => "CONFIRMED",
            Self::Released => "RELEASED",
            Self::Refused => "REFUSED",
        }
    }

    /// The state of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

impl Reservation {
    /// What ending the round takes: the whole table of states and endings.
    ///
    /// # Errors
    /// [`EndingRefusal`].
    pub fn end(&self, ending: Ending) -> Result<Step<'_>, EndingRefusal> {
        let claim = self.claim.as_ref();
        match (self.state, ending) {
            (State::Reserved, _) => claim.map(Step::Change).ok_or(EndingRefusal::Missing(self.round)),
            (State::Confirmed, Ending::Confirm) | (State::Released, Ending::Release) => Ok(Step::Done(claim)),
            // Nothing was set aside, so there is nothing to give back.
            (State::Refused, Ending::Release) => Ok(Step::Done(None)),
            (State::Confirmed, Ending::Release) => Err(EndingRefusal::Confirmed(self.round)),
            (State::Released, Ending::Confirm) => Err(EndingRefusal::Released(self.round)),
            (State::Refused, Ending::Confirm) => Err(EndingRefusal::Missing(self.round)),
        }
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;
    use salient_values::{Currency, Money};
    use uuid::Uuid;

    use super::{Claim, Ending, EndingRefusal, Reservation, Round, State, Step};

    const ROUND: Round = Round {
        approval: Uuid::from_u128(1),
        number: 1,
    };

    fn claim() -> Claim {
        let currency = Currency::parse("CNY").expect("known");
        Claim {
            customer: Uuid::from_u128(2),
            subject: "contracts/1".to_owned(),
            amount: Money::new(Decimal::ONE, currency).expect("an amount"),
        }
    }

    fn reservation(state: State) -> Reservation {
        Reservation {
            round: ROUND,
            state,
            claim: Some(claim()),
            refused: None,
        }
    }

    #[test]
    fn every_state_ends_in_one_way() {
        let claim = claim();
        for (state, confirm, release) in [
            (
                State::Reserved,
                Ok(Step::Change(&claim)),
                Ok(Step::Change(&claim)),
            ),
            (
                State::Confirmed,
                Ok(Step::Done(Some(&claim))),
                Err(EndingRefusal::Confirmed(ROUND)),
            ),
            (
                State::Released,
                Err(EndingRefusal::Released(ROUND)),
                Ok(Step::Done(Some(&claim))),
            ),
            (
                State::Refused,
                Err(EndingRefusal::Missing(ROUND)),
                Ok(Step::Done(None)),
            ),
        ] {
            let reservation = reservation(state);
            assert_eq!(reservation.end(Ending::Confirm), confirm, "{state:?}");
            assert_eq!(reservation.end(Ending::Release), release, "{state:?}");
        }
    }

    #[test]
    fn every_state_comes_back_from_its_name() {
        for state in State::ALL {
            assert_eq!(State::parse(state.as_str()), Some(state));
        }
    }
}
