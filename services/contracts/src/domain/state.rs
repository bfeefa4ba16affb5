//! How a contract stands and what moves it (P6.1): one table, of which the database's CHECK knows the states.

use super::Outcome;

/// How a contract stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum State {
    /// Being drafted, for the first time or again.
    Draft,
    /// People are asked to sign it off.
    InApproval,
    /// Returned to its owner, to be submitted again.
    Returned,
    /// Signed off with a no.
    Rejected,
    /// Signed off.
    Approved,
    /// Signed with the customer.
    Signed,
    /// Archived with the signed file.
    Archived,
    /// Given up as a draft.
    Deleted,
}

/// What can happen to a contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Verb {
    /// Its content changes.
    Edit,
    /// It is given up.
    Delete,
    /// It is submitted for sign-off.
    Submit,
    /// It is signed with the customer.
    Sign,
    /// It is archived.
    Archive,
    /// A version of the signed file is stored.
    StoreFile,
    /// Its sign-off had an outcome.
    End(Outcome),
}

/// From which state each verb leads to which. What is not here is refused.
const TRANSITIONS: [(State, Verb, State); 20] = {
    use Outcome as O;
    use State as S;
    [
        (S::Draft, Verb::Edit, S::Draft),
        (S::Draft, Verb::Delete, S::Deleted),
        (S::Draft, Verb::Submit, S::InApproval),
        // The sign-off is superseded first; by the time of the edit it is over.
        (S::InApproval, Verb::Edit, S::Draft),
        (S::InApproval, Verb::End(O::Approved), S::Approved),
        (S::InApproval, Verb::End(O::Rejected), S::Rejected),
        (S::InApproval, Verb::End(O::Returned), S::Returned),
        (S::InApproval, Verb::End(O::Withdrawn), S::Draft),
        (S::InApproval, Verb::End(O::Refused), S::Draft),
        (S::InApproval, Verb::End(O::Superseded), S::Draft),
        (S::InApproval, Verb::End(O::Cancelled), S::Draft),
        (S::Returned, Verb::Edit, S::Returned),
        (S::Returned, Verb::Submit, S::InApproval),
        // A returned approval is still open, so its submitter can withdraw it.
        (S::Returned, Verb::End(O::Withdrawn), S::Draft),
        (S::Returned, Verb::End(O::Superseded), S::Draft),
        (S::Returned, Verb::End(O::Cancelled), S::Draft),
        (S::Approved, Verb::StoreFile, S::Approved),
        (S::Approved, Verb::Sign, S::Signed),
        (S::Signed, Verb::StoreFile, S::Signed),
        (S::Signed, Verb::Archive, S::Archived),
    ]
};

impl State {
    /// Every state.
    pub(crate) const ALL: [Self; 8] = [
        Self::Draft,
        Self::InApproval,
        Self::Returned,
        Self::Rejected,
        Self::Approved,
        Self::Signed,
        Self::Archived,
        Self::Deleted,
    ];

    /// Its name in the database; with `STATE_` before it, in the proto.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Draft => "DRAFT",
            Self::InApproval => "IN_APPROVAL",
            Self::Returned => "RETURNED",
            Self::Rejected => "REJECTED",
            Self::Approved => "APPROVED",
            Self::Signed => "SIGNED",
            Self::Archived => "ARCHIVED",
            Self::Deleted => "DELETED",
        }
    }

    /// The state with this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Where the verb leads from here; `None` where it is refused.
    pub(crate) fn after(self, verb: Verb) -> Option<Self> {
        TRANSITIONS
            .iter()
            .find(|(from, by, _)| (*from, *by) == (self, verb))
            .map(|(_, _, to)| *to)
    }
}

impl Verb {
    /// The states in which the verb is allowed.
    pub(crate) fn allowed_in(self) -> impl Iterator<Item = State> {
        State::ALL
            .into_iter()
            .filter(move |state| state.after(self).is_some())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{Outcome, State, TRANSITIONS, Verb};

    fn verbs() -> Vec<Verb> {
        let mut verbs = vec![
            Verb::Edit,
            Verb::Delete,
            Verb::Submit,
            Verb::Sign,
            Verb::Archive,
            Verb::StoreFile,
        ];
        verbs.extend(Outcome::ALL.map(Verb::End));
        verbs
    }

    /// Every state with every verb: what a reviewer reads in place of the code.
    #[test]
    fn the_matrix_is_total_and_as_reviewed() {
        let rows = verbs().into_iter().map(|verb| {
            let cells: Vec<_> = State::ALL
                .map(|state| state.after(verb).map_or("-", State::name))
                .into_iter()
                .collect();
            format!("{verb:?}: {}", cells.join(" "))
        });
        let matrix: Vec<_> = rows.collect();
        assert_eq!(
            matrix,
            [
                // From: DRAFT IN_APPROVAL RETURNED REJECTED APPROVED SIGNED ARCHIVED DELETED
                "Edit: DRAFT DRAFT RETURNED - - - - -",
                "Delete: DELETED - - - - - - -",
                "Submit: IN_APPROVAL - IN_APPROVAL - - - - -",
                "Sign: - - - - SIGNED - - -",
                "Archive: - - - - - ARCHIVED - -",
                "StoreFile: - - - - APPROVED SIGNED - -",
                "End(Approved): - APPROVED - - - - - -",
                "End(Rejected): - REJECTED - - - - - -",
                "End(Returned): - RETURNED - - - - - -",
                "End(Withdrawn): - DRAFT DRAFT - - - - -",
                "End(Refused): - DRAFT - - - - - -",
                "End(Superseded): - DRAFT DRAFT - - - - -",
                "End(Cancelled): - DRAFT DRAFT - - - - -",
            ]
        );
    }

    #[test]
    fn no_state_and_verb_stands_twice() {
        let pairs: HashSet<_> = TRANSITIONS.iter().map(|(from, verb, _)| (from, verb)).collect();
        assert_eq!(pairs.len(), TRANSITIONS.len());
    }

    #[test]
    fn the_database_and_the_proto_know_the_same_states() {
        let migration =
            include_str!("../../../../migrations/contracts/2026-11-24-000100_create_contracts/up.sql");
        let known = State::ALL.map(|state| format!("'{}'", state.name())).join(", ");
        assert!(
            migration.contains(&format!("CHECK (state IN ({known}))")),
            "{known}"
        );
        let declared = salient_proto::POOL
            .get_enum_by_name("salient.contracts.v1.Contract.State")
            .expect("declared");
        assert_eq!(declared.values().len(), State::ALL.len() + 1);
        for state in State::ALL {
            let name = format!("STATE_{}", state.name());
            assert!(declared.get_value_by_name(&name).is_some(), "{name}");
            assert_eq!(State::named(state.name()), Some(state));
        }
    }
}
