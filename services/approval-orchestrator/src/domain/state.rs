//! How an approval stands, and what may happen to it in each state: the transition table.
//!
//! The table is total (a test asks it every state × event), and the database's CHECKs name the same states (another test
//! compares them).

use serde::{Deserialize, Serialize};

/// How an approval stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum State {
    /// The participants are asked to set aside what the subject needs.
    Reserving,
    /// People are asked.
    Pending,
    /// An approver returned it to its submitter.
    Returned,
    /// It cannot go on by itself; its attention says why.
    Suspended,
    /// Everyone agreed; the participants make their reservations final.
    Confirming,
    /// Signed off.
    Approved,
    /// An approver said no.
    Rejected,
    /// Its submitter withdrew it.
    Withdrawn,
    /// A participant refused.
    Refused,
    /// Its subject changed.
    Superseded,
    /// An administrator ended it.
    Cancelled,
}

/// What happens to an approval, from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    /// The last participant has reserved.
    Reserved,
    /// A participant refused.
    Refused,
    /// An approver said yes.
    Approve,
    /// An approver said no.
    Reject,
    /// An approver returned it to an earlier step.
    ReturnToStep,
    /// An approver returned it to its submitter.
    ReturnToSubmitter,
    /// The submitter submitted it again.
    Resubmit,
    /// The submitter took it back.
    Withdraw,
    /// The subject is about to change.
    Supersede,
    /// The last participant has confirmed.
    Confirmed,
    /// An administrator had a suspended approval tried again.
    Resume,
    /// A task changed hands, an opinion was asked for, or signers were added.
    Rearrange,
    /// An added signer was removed.
    RemoveSigner,
    /// A decision was taken back.
    TakeBack,
    /// An administrator ended it.
    Cancel,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 11] = [
        Self::Reserving,
        Self::Pending,
        Self::Returned,
        Self::Suspended,
        Self::Confirming,
        Self::Approved,
        Self::Rejected,
        Self::Withdrawn,
        Self::Refused,
        Self::Superseded,
        Self::Cancelled,
    ];

    /// Whether it may still change. A subject has at most one open approval.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(
            self,
            Self::Reserving | Self::Pending | Self::Returned | Self::Suspended | Self::Confirming
        )
    }

    /// Its name, as the database and error details write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Reserving => "RESERVING",
            Self::Pending => "PENDING",
            Self::Returned => "RETURNED",
            Self::Suspended => "SUSPENDED",
            Self::Confirming => "CONFIRMING",
            Self::Approved => "APPROVED",
            Self::Rejected => "REJECTED",
            Self::Withdrawn => "WITHDRAWN",
            Self::Refused => "REFUSED",
            Self::Superseded => "SUPERSEDED",
            Self::Cancelled => "CANCELLED",
        }
    }

    /// The state of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

#[cfg(test)]
impl Event {
    /// Every event.
    pub const ALL: [Self; 15] = [
        Self::Reserved,
        Self::Refused,
        Self::Approve,
        Self::Reject,
        Self::ReturnToStep,
        Self::ReturnToSubmitter,
        Self::Resubmit,
        Self::Withdraw,
        Self::Supersede,
        Self::Confirmed,
        Self::Resume,
        Self::Rearrange,
        Self::RemoveSigner,
        Self::TakeBack,
        Self::Cancel,
    ];
}

/// Where steps may lead once they go on: to people, to the participants' confirmation, to the end where there are no
/// participants, or nowhere until an administrator helps.
const GOES_ON: &[State] = &[
    State::Pending,
    State::Confirming,
    State::Approved,
    State::Suspended,
];

/// The states that an event may lead to from a state; empty where the event is not legal in it.
#[must_use]
pub const fn targets(state: State, event: Event) -> &'static [State] {
    use Event as E;
    use State as S;
    match (state, event) {
        (S::Reserving, E::Reserved) | (S::Pending, E::Approve | E::RemoveSigner) => GOES_ON,
        // One that waited for a paused policy sets out from the beginning, with the participants.
        (S::Suspended, E::Resume) => &[S::Reserving, S::Pending, S::Confirming, S::Approved, S::Suspended],
        (S::Pending, E::ReturnToStep) => &[S::Pending, S::Suspended],
        (S::Pending, E::Reject) => &[S::Pending, S::Rejected],
        (S::Pending, E::ReturnToSubmitter) => &[S::Returned],
        (S::Reserving, E::Refused) => &[S::Refused],
        (S::Returned, E::Resubmit) => &[S::Reserving, S::Pending, S::Confirming, S::Approved, S::Suspended],
        (S::Reserving | S::Pending | S::Returned | S::Suspended, E::Withdraw) => &[S::Withdrawn],
        (S::Reserving | S::Pending | S::Returned | S::Suspended, E::Supersede) => &[S::Superseded],
        (S::Pending, E::Rearrange) | (S::Pending | S::Suspended, E::TakeBack) => &[S::Pending],
        (S::Reserving | S::Pending | S::Returned | S::Suspended, E::Cancel) => &[S::Cancelled],
        (S::Confirming, E::Confirmed) => &[S::Approved],
        // Everyone has agreed, or it has ended: nobody changes that any more.
        (
            S::Confirming
            | S::Approved
            | S::Rejected
            | S::Withdrawn
            | S::Refused
            | S::Superseded
            | S::Cancelled,
            _,
        )
        | (S::Reserving | S::Pending | S::Returned | S::Suspended, _) => &[],
    }
}

/// Whether an event is legal in a state.
#[must_use]
pub const fn allows(state: State, event: Event) -> bool {
    !targets(state, event).is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ended_approvals_never_change() {
        for state in State::ALL.into_iter().filter(|state| !state.is_open()) {
            for event in Event::ALL {
                assert!(!allows(state, event), "{state:?} × {event:?}");
            }
        }
    }

    #[test]
    fn every_state_is_reached_and_every_open_state_is_left() {
        for state in State::ALL {
            let start = matches!(state, State::Reserving | State::Pending);
            let reached = State::ALL
                .into_iter()
                .flat_map(|from| Event::ALL.map(|event| targets(from, event)))
                .any(|targets| targets.contains(&state));
            assert!(start || reached, "{state:?} is never reached");
            let left = Event::ALL.into_iter().any(|event| allows(state, event));
            assert_eq!(left, state.is_open(), "{state:?}");
        }
    }

    #[test]
    fn the_table_is_as_reviewed() {
        let legal: Vec<String> = State::ALL
            .into_iter()
            .flat_map(|state| Event::ALL.map(move |event| (state, event)))
            .filter(|(state, event)| allows(*state, *event))
            .map(|(state, event)| format!("{state:?} {event:?} -> {:?}", targets(state, event)))
            .collect();
        let expected = [
            "Reserving Reserved -> [Pending, Confirming, Approved, Suspended]",
            "Reserving Refused -> [Refused]",
            "Reserving Withdraw -> [Withdrawn]",
            "Reserving Supersede -> [Superseded]",
            "Reserving Cancel -> [Cancelled]",
            "Pending Approve -> [Pending, Confirming, Approved, Suspended]",
            "Pending Reject -> [Pending, Rejected]",
            "Pending ReturnToStep -> [Pending, Suspended]",
            "Pending ReturnToSubmitter -> [Returned]",
            "Pending Withdraw -> [Withdrawn]",
            "Pending Supersede -> [Superseded]",
            "Pending Rearrange -> [Pending]",
            "Pending RemoveSigner -> [Pending, Confirming, Approved, Suspended]",
            "Pending TakeBack -> [Pending]",
            "Pending Cancel -> [Cancelled]",
            "Returned Resubmit -> [Reserving, Pending, Confirming, Approved, Suspended]",
            "Returned Withdraw -> [Withdrawn]",
            "Returned Supersede -> [Superseded]",
            "Returned Cancel -> [Cancelled]",
            "Suspended Withdraw -> [Withdrawn]",
            "Suspended Supersede -> [Superseded]",
            "Suspended Resume -> [Reserving, Pending, Confirming, Approved, Suspended]",
            "Suspended TakeBack -> [Pending]",
            "Suspended Cancel -> [Cancelled]",
            "Confirming Confirmed -> [Approved]",
        ];
        assert_eq!(legal, expected);
    }

    #[test]
    fn the_database_knows_the_same_states() {
        let first = include_str!(
            "../../../../migrations/approval-orchestrator/2026-11-24-000100_create_approvals/up.sql"
        );
        let migration = include_str!(
            "../../../../migrations/approval-orchestrator/2026-11-29-000450_cancel_approvals/up.sql"
        );
        for state in State::ALL {
            assert!(migration.contains(&format!("'{}'", state.name())), "{state:?}");
        }
        assert_eq!(
            names_in_check(migration, "approval_state_known").len(),
            State::ALL.len()
        );
        let open: Vec<_> = State::ALL
            .into_iter()
            .filter(|state| state.is_open())
            .map(State::name)
            .collect();
        assert_eq!(names_in_check(first, "approval_ended"), open);
    }

    /// The quoted words between a constraint's or index's name and the end of its statement line.
    fn names_in_check<'a>(migration: &'a str, name: &str) -> Vec<&'a str> {
        let rest = migration.split_once(name).expect("the constraint exists").1;
        let list = rest.split_once("IN (").expect("it lists states").1;
        let list = list.split_once(')').expect("the list ends").0;
        list.split('\'').skip(1).step_by(2).collect()
    }
}
