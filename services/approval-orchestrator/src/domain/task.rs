//! One approver's part in a visit, and what they decided.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{approval::Added, hex};

/// One approver's part in a visit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Task {
    /// Its id.
    pub id: Uuid,
    /// The approval.
    pub approval: Uuid,
    /// The visit.
    pub visit: Uuid,
    /// Who decides it.
    pub assignee: Uuid,
    /// How it stands.
    pub state: TaskState,
    /// Grows with every change.
    pub version: i64,
    /// When it came into the inbox.
    pub create_time: Timestamp,
    /// When it was decided or closed.
    pub end_time: Option<Timestamp>,
    /// When its step's deadline passes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_time: Option<Timestamp>,
    /// How its assignee came by it, where not the policy asks them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<Request>,
}

/// How somebody came by a task that the policy alone would not have given them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// In whose place they are asked: the first who was, however often it was handed on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub principal: Option<Uuid>,
    /// The task whose assignee wants their opinion; `None` where they decide.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opinion_for: Option<Uuid>,
    /// Who asked them; `None` for a standing deputy, and for a superior after a deadline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_by: Option<Uuid>,
    /// What was said to it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub comment: String,
}

impl From<&Added> for Request {
    fn from(added: &Added) -> Self {
        Self {
            asked_by: Some(added.by),
            comment: added.comment.clone(),
            ..Self::default()
        }
    }
}

impl Task {
    /// The task whose assignee wants an opinion; `None` where this one decides.
    #[must_use]
    pub fn opinion_for(&self) -> Option<Uuid> {
        self.request.as_ref()?.opinion_for
    }

    /// Whether its answer counts, and is no opinion.
    #[must_use]
    pub fn decides(&self) -> bool {
        self.opinion_for().is_none()
    }
}

/// How a task stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TaskState {
    /// It waits for its assignee.
    Pending,
    /// The assignee approved.
    Approved,
    /// The assignee rejected.
    Rejected,
    /// The assignee returned the subject.
    Returned,
    /// It was closed undecided.
    Closed,
    /// The assignee's approval of the step before counted.
    CarriedOver,
    /// The assignee handed it to somebody else, who has a task of their own for it.
    Transferred,
    /// The assignee asked somebody for an opinion, and decides when it is there.
    Delegated,
    /// It waits for signers whom the assignee wants to sign first.
    Waiting,
    /// The assignee took the decision back, and has another task for it.
    TakenBack,
}

impl TaskState {
    /// Every state.
    pub const ALL: [Self; 10] = [
        Self::Pending,
        Self::Approved,
        Self::Rejected,
        Self::Returned,
        Self::Closed,
        Self::CarriedOver,
        Self::Transferred,
        Self::Delegated,
        Self::Waiting,
        Self::TakenBack,
    ];
    /// Those that have not ended.
    pub const LIVE: [Self; 3] = [Self::Pending, Self::Delegated, Self::Waiting];
    /// Those of tasks that their assignee decided, here or by a decision carried over.
    pub const DECIDED: [Self; 4] = [Self::Approved, Self::Rejected, Self::Returned, Self::CarriedOver];

    /// Whether it has not ended.
    #[must_use]
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Pending | Self::Delegated | Self::Waiting)
    }

    /// Its name, as the database and error details write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Approved => "APPROVED",
            Self::Rejected => "REJECTED",
            Self::Returned => "RETURNED",
            Self::Closed => "CLOSED",
            Self::CarriedOver => "CARRIED_OVER",
            Self::Transferred => "TRANSFERRED",
            Self::Delegated => "DELEGATED",
            Self::Waiting => "WAITING",
            Self::TakenBack => "TAKEN_BACK",
        }
    }

    /// The state of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// What was decided about a task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// The task.
    pub task: Uuid,
    /// The answer.
    pub answer: AnswerKind,
    /// The comment.
    pub comment: String,
    /// What was found, item by item.
    pub findings: Vec<Finding>,
    /// The step returned to.
    pub return_step: Option<String>,
    /// The task whose approval was carried over.
    pub carried_from: Option<Uuid>,
    /// The digest of the subject that it holds for.
    #[serde(with = "hex")]
    pub subject_digest: Vec<u8>,
    /// When.
    pub decide_time: Timestamp,
    /// Whether the step's deadline decided it, in the assignee's place.
    #[serde(default)]
    pub on_expiry: bool,
}

/// An approver's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AnswerKind {
    /// Yes.
    Approve,
    /// No.
    Reject,
    /// Back.
    Return,
}

/// What was found about an item of the checklist.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The item.
    pub item: String,
    /// How it was found.
    pub result: FindingResult,
    /// The remark.
    pub remark: String,
}

/// How an item was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FindingResult {
    /// In order.
    Acceptable,
    /// In order, with a remark.
    AcceptableWithRemark,
    /// Not in order.
    NotAcceptable,
}
