//! Why a command is refused.

use jiff::SignedDuration;
use uuid::Uuid;

use super::{approval::TaskState, facts::FactType, state::State};

/// Why a command is refused. Nothing has changed then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The approval is decided or has ended.
    #[error("approval {approval} is {state:?}")]
    ApprovalClosed {
        /// The approval.
        approval: Uuid,
        /// How it stands.
        state: State,
    },
    /// The task was decided or closed before.
    #[error("task {task} is {state:?}, its approval {approval_state:?}")]
    TaskClosed {
        /// The task.
        task: Uuid,
        /// How it stands.
        state: TaskState,
        /// How its approval stands.
        approval_state: State,
    },
    /// The assignee may not decide any more.
    #[error("the assignee of task {task} may not decide: {cause}")]
    NotEligible {
        /// The task.
        task: Uuid,
        /// `POST_LOST` or `SUBMITTER`.
        cause: &'static str,
    },
    /// Items of the checklist without a finding.
    #[error("no finding for {items:?}")]
    FindingMissing {
        /// The items.
        items: Vec<String>,
    },
    /// Items found not acceptable.
    #[error("not acceptable: {items:?}")]
    FindingNotAcceptable {
        /// The items.
        items: Vec<String>,
    },
    /// A finding for no item, or the second for one, or one without its remark.
    #[error("finding for {item} at {position}: {what}")]
    FindingInvalid {
        /// The item.
        item: String,
        /// Where in the request.
        position: usize,
        /// What is wrong.
        what: &'static str,
    },
    /// What was seen is not what is being signed off.
    #[error("task {task}: another digest was seen")]
    SubjectChanged {
        /// The task.
        task: Uuid,
    },
    /// The step cannot be returned to.
    #[error("cannot return to {step}")]
    ReturnTargetInvalid {
        /// The step.
        step: String,
        /// Those that can.
        targets: Vec<String>,
    },
    /// The round does not follow.
    #[error("approval {approval} is in round {round}, {state:?}")]
    RoundOutOfOrder {
        /// The approval.
        approval: Uuid,
        /// Its round.
        round: i64,
        /// How it stands.
        state: State,
    },
    /// Another subject.
    #[error("approval {approval} is about {subject}")]
    SubjectMismatch {
        /// The approval.
        approval: Uuid,
        /// What it is about.
        subject: String,
    },
    /// A declared fact is missing or has another type.
    #[error("fact {fact} has to be {kind:?}")]
    FactInvalid {
        /// The fact.
        fact: String,
        /// The type declared.
        kind: FactType,
    },
    /// The task waits for others before its assignee can do that.
    #[error("task {task} is {state:?}")]
    TaskWaiting {
        /// The task.
        task: Uuid,
        /// How it stands.
        state: TaskState,
    },
    /// Somebody may not be asked.
    #[error("employee {employee} may not be asked: {cause}")]
    ReceiverUnfit {
        /// Who.
        employee: Uuid,
        /// `INACTIVE`, `SUBMITTER` or `ALREADY_ASKED`.
        cause: &'static str,
    },
    /// Only an opinion was asked for.
    #[error("task {task} asks for an opinion")]
    OpinionOnly {
        /// The task.
        task: Uuid,
    },
    /// More than there may be.
    #[error("at most {most} {limit}")]
    LimitReached {
        /// Of what: `SIGNERS`, `DEPTH` or `TASKS`.
        limit: &'static str,
        /// How many there may be.
        most: usize,
    },
    /// The signer cannot be removed.
    #[error("signer {signer} cannot be removed: {cause}")]
    SignerNotRemovable {
        /// The signer.
        signer: Uuid,
        /// `NOT_ADDED`, `ADDED_BY_ANOTHER` or `ANSWERED`.
        cause: &'static str,
    },
    /// There is nothing to take back, or it is too late.
    #[error("task {task} cannot be taken back: {cause}")]
    NotTakeable {
        /// The task.
        task: Uuid,
        /// `UNDECIDED`, `FOLLOWED` or `DECIDED_BY_DEADLINE`.
        cause: &'static str,
    },
    /// The approver has to choose who is asked next.
    #[error("nobody was chosen for step {step}")]
    NextApproversRequired {
        /// The step that asks them.
        step: String,
    },
    /// Nobody is to be chosen.
    #[error("nobody is to be chosen after step {step}")]
    NextApproversUnexpected {
        /// The step that was decided.
        step: String,
    },
    /// Nothing is stuck.
    #[error("approval {approval} needs no attention")]
    NoAttentionNeeded {
        /// The approval.
        approval: Uuid,
    },
    /// The caller's etag is stale.
    #[error("{resource} has changed")]
    Stale {
        /// The resource.
        resource: String,
    },
    /// Nobody is asked to decide.
    #[error("approval {approval} is {state:?}, and nobody is asked")]
    NobodyToUrge {
        /// The approval.
        approval: Uuid,
        /// How it stands.
        state: State,
    },
    /// It was urged a short while ago.
    #[error("approval {approval} was urged, and is left alone for {wait}")]
    UrgedRecently {
        /// The approval.
        approval: Uuid,
        /// For how much longer.
        wait: SignedDuration,
    },
    /// Copies go to active employees only.
    #[error("not active: {recipients:?}")]
    RecipientInactive {
        /// Who is none.
        recipients: Vec<Uuid>,
    },
    /// It would be copied to too many people.
    #[error("approval {approval} has too many copies")]
    TooManyCopies {
        /// The approval.
        approval: Uuid,
    },
    /// It has as many comments as it takes.
    #[error("approval {approval} has too many comments")]
    TooManyComments {
        /// The approval.
        approval: Uuid,
    },
    /// A defect: the approval and what was handed along with it do not fit together.
    #[error("defect: {0}")]
    Defect(&'static str),
}
