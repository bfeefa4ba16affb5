use jiff::Timestamp;
use uuid::Uuid;

/// How a round of a sign-off ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Outcome {
    /// Everyone agreed.
    Approved,
    /// An approver said no.
    Rejected,
    /// An approver returned it.
    Returned,
    /// The submitter withdrew it.
    Withdrawn,
    /// A participant refused, such as the customer's credit.
    Refused,
    /// The contract changed.
    Superseded,
    /// An administrator ended it.
    Cancelled,
}

impl Outcome {
    /// Every outcome.
    pub(crate) const ALL: [Self; 7] = [
        Self::Approved,
        Self::Rejected,
        Self::Returned,
        Self::Withdrawn,
        Self::Refused,
        Self::Superseded,
        Self::Cancelled,
    ];

    /// Its name in the database.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Approved => "APPROVED",
            Self::Rejected => "REJECTED",
            Self::Returned => "RETURNED",
            Self::Withdrawn => "WITHDRAWN",
            Self::Refused => "REFUSED",
            Self::Superseded => "SUPERSEDED",
            Self::Cancelled => "CANCELLED",
        }
    }

    /// The outcome with this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.name() == name)
    }

    /// Whether it says something about the content that approvers saw, and so holds for that content only. The others end the
    /// approval as a whole, whatever its round.
    pub(crate) const fn judges_content(self) -> bool {
        match self {
            Self::Approved | Self::Rejected | Self::Returned | Self::Refused => true,
            Self::Withdrawn | Self::Superseded | Self::Cancelled => false,
        }
    }
}

/// What the orchestrator tells about a round of a sign-off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Report {
    /// The approval.
    pub approval: Uuid,
    /// Its round.
    pub round: i32,
    /// The revision that was signed off, or not.
    pub revision: i64,
    /// Its digest.
    pub digest: [u8; 32],
    /// How it ended.
    pub outcome: Outcome,
    /// Why, for people.
    pub comment: String,
    /// Who brought it about.
    pub actor: String,
    /// When.
    pub time: Timestamp,
}
