//! What people are told of what changed for them: which kinds of notification there are, where each stands, and what it says.

mod position;
mod texts;
#[cfg(test)]
mod texts_tests;

pub use self::{
    position::Position,
    texts::{Filling, Text, text},
};

/// What changed, and for whom; each is explained in the proto, name by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NotificationKind {
    TaskArrived,
    TaskTransferred,
    TaskDelegated,
    TaskReassigned,
    TaskDeputed,
    TaskInherited,
    SignerAdded,
    TaskGivenBack,
    TaskClosed,
    TaskTakenAway,
    SignerRemoved,
    TaskReminded,
    TaskEscalated,
    TaskExpired,
    TaskUrged,
    DeputyAsked,
    ApprovalSignedOff,
    ApprovalRejected,
    ApprovalReturned,
    ApprovalWithdrawn,
    ApprovalRefused,
    ApprovalSuperseded,
    ApprovalCancelled,
    Copied,
    Commented,
    AttentionRaised,
    AttentionCleared,
}

impl NotificationKind {
    /// Every kind.
    #[cfg(test)]
    pub const ALL: [Self; 27] = [
        Self::TaskArrived,
        Self::TaskTransferred,
        Self::TaskDelegated,
        Self::TaskReassigned,
        Self::TaskDeputed,
        Self::TaskInherited,
        Self::SignerAdded,
        Self::TaskGivenBack,
        Self::TaskClosed,
        Self::TaskTakenAway,
        Self::SignerRemoved,
        Self::TaskReminded,
        Self::TaskEscalated,
        Self::TaskExpired,
        Self::TaskUrged,
        Self::DeputyAsked,
        Self::ApprovalSignedOff,
        Self::ApprovalRejected,
        Self::ApprovalReturned,
        Self::ApprovalWithdrawn,
        Self::ApprovalRefused,
        Self::ApprovalSuperseded,
        Self::ApprovalCancelled,
        Self::Copied,
        Self::Commented,
        Self::AttentionRaised,
        Self::AttentionCleared,
    ];

    /// Whether also who caused it is told: that something waits for them is news to them all the same.
    #[must_use]
    pub const fn tells_its_cause(self) -> bool {
        matches!(self, Self::TaskArrived | Self::TaskGivenBack)
    }
}
