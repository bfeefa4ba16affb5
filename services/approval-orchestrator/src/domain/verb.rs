//! What may be done with a task in each of its states: the table of verbs.
//!
//! It is total, and a test compares it with what was reviewed. What else each verb asks for is said by its own module.

use super::{approval::TaskState, state::Event};

/// Something that is done with a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verb {
    /// Its assignee says yes.
    Approve,
    /// Its assignee says no.
    Reject,
    /// Its assignee returns the subject.
    Return,
    /// Its assignee hands it to somebody else, who decides.
    Transfer,
    /// Its assignee asks somebody for an opinion.
    Delegate,
    /// Its assignee adds signers.
    AddSigners,
    /// Its assignee removes one of them.
    RemoveSigner,
    /// Its assignee takes the decision back, or the question for an opinion.
    TakeBack,
    /// An administrator gives it to somebody else.
    Reassign,
}

impl Verb {
    /// What it is for the approval, where it decides nothing by itself.
    #[must_use]
    pub const fn event(self) -> Option<Event> {
        match self {
            Self::Approve | Self::Reject | Self::Return => None,
            Self::Transfer | Self::Delegate | Self::AddSigners | Self::Reassign => Some(Event::Rearrange),
            Self::RemoveSigner => Some(Event::RemoveSigner),
            Self::TakeBack => Some(Event::TakeBack),
        }
    }
}

#[cfg(test)]
impl Verb {
    /// Every verb.
    pub const ALL: [Self; 9] = [
        Self::Approve,
        Self::Reject,
        Self::Return,
        Self::Transfer,
        Self::Delegate,
        Self::AddSigners,
        Self::RemoveSigner,
        Self::TakeBack,
        Self::Reassign,
    ];
}

/// Whether something may be done with a task in a state.
#[must_use]
pub const fn allows(state: TaskState, verb: Verb) -> bool {
    use TaskState as S;
    use Verb as V;
    match (state, verb) {
        (
            S::Pending,
            V::Approve
            | V::Reject
            | V::Return
            | V::Transfer
            | V::Delegate
            | V::AddSigners
            | V::RemoveSigner
            | V::Reassign,
        )
        | (S::Waiting, V::RemoveSigner | V::Reassign)
        | (S::Delegated, V::TakeBack | V::Reassign)
        | (S::Approved, V::TakeBack | V::RemoveSigner)
        | (S::Rejected | S::Returned, V::TakeBack) => true,
        (
            S::Pending
            | S::Waiting
            | S::Delegated
            | S::Approved
            | S::Rejected
            | S::Returned
            | S::Closed
            | S::CarriedOver
            | S::Transferred
            | S::TakenBack,
            _,
        ) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_as_reviewed() {
        let legal = |state: TaskState| {
            let verbs: Vec<_> = Verb::ALL
                .into_iter()
                .filter(|verb| allows(state, *verb))
                .map(|verb| format!("{verb:?}"))
                .collect();
            format!("{state:?}: {}", verbs.join(" "))
        };
        let expected = [
            "Pending: Approve Reject Return Transfer Delegate AddSigners RemoveSigner Reassign",
            "Approved: RemoveSigner TakeBack",
            "Rejected: TakeBack",
            "Returned: TakeBack",
            "Closed: ",
            "CarriedOver: ",
            "Transferred: ",
            "Delegated: TakeBack Reassign",
            "Waiting: RemoveSigner Reassign",
            "TakenBack: ",
        ];
        assert_eq!(TaskState::ALL.map(legal), expected);
    }
}
