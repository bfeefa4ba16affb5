//! What can go wrong, and what callers are told of it.

use salient_failure::{Failure, Kind};
use salient_proto::{access::v1::ErrorReason as Shared, approval::v1::ErrorReason as Reason};
use uuid::Uuid;

use crate::{
    deputies::MOST_OPEN,
    domain::{
        correspond::{MOST_COMMENTS, MOST_COPIES},
        deputies::{
            MOST_LINKS,
            admission::{MOST_OF_ONE, Objection},
        },
        policy_check::Mistake,
        refusal::Refusal,
        standing::Standing,
    },
};

/// How soon a store that did not answer may.
const STORE_RETRY: std::time::Duration = std::time::Duration::from_secs(1);

/// What can go wrong.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The rules of sign-offs forbid it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The database.
    #[error(transparent)]
    Database(#[from] salient_database::Error),
    /// What every service refuses in the same way: permission, malformed fields, peers out of reach.
    #[error(transparent)]
    Failed(#[from] Failure),
    /// No policy is published for a kind of subject.
    #[error("no policy for {kind}")]
    PolicyMissing {
        /// The kind.
        kind: String,
    },
    /// A policy is not sound.
    #[error("{} mistakes in the policy", .0.len())]
    PolicyInvalid(Vec<Mistake>),
    /// Another approval of the subject is open.
    #[error("{subject} has an open approval")]
    SubjectHasOpenApproval {
        /// The subject.
        subject: String,
    },
    /// Others changed the approval at the same time again and again.
    #[error("approval {approval} is contended")]
    Contended {
        /// The approval.
        approval: Uuid,
    },
    /// The submitter is not an active employee.
    #[error("submitter {submitter} is not active")]
    SubmitterInactive {
        /// The person.
        submitter: Uuid,
    },
    /// A text is not one of a policy.
    #[error("{}: {}", .0.place, .0.what)]
    PolicyUnreadable(Mistake),
    /// Nothing new is signed off by the policy.
    #[error("the policy for {kind} is retired")]
    PolicyRetired {
        /// The kind.
        kind: String,
    },
    /// What waits for the policy cannot go on.
    #[error("the policy for {kind} is paused")]
    PolicyPaused {
        /// The kind.
        kind: String,
    },
    /// The policy stands otherwise.
    #[error("{policy} is {standing:?}")]
    PolicyStateConflict {
        /// The policy.
        policy: String,
        /// How it stands.
        standing: Standing,
    },
    /// The policy has a draft of that id.
    #[error("{0} exists")]
    PolicyDraftExists(String),
    /// What was named does not exist.
    #[error("{0} does not exist")]
    NotFound(String),
    /// The store of anchors failed.
    #[error("the store of anchors failed")]
    Store(#[from] object_store::Error),
    /// The newest anchor is not one that another may follow on.
    #[error("anchor {number} is not sound: {problem}")]
    AnchorUnsound {
        /// Its number.
        number: i64,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// The rules of deputies forbid it.
    #[error("{principal} may not have that deputy: {objection:?}")]
    DeputyshipRefused {
        /// Whose deputy it would be.
        principal: Uuid,
        /// What is against it.
        objection: Objection,
    },
    /// There are as many deputyships as there may be.
    #[error("there are {MOST_OPEN} deputyships")]
    DeputyshipsTooMany,
    /// The deputyship is over.
    #[error("deputyship {0} is over")]
    DeputyshipEnded(Uuid),
    /// The deputy is not an active employee.
    #[error("deputy {0} is not active")]
    DeputyInactive(Uuid),
    /// The principal is not an active employee.
    #[error("principal {0} is not active")]
    PrincipalInactive(Uuid),
}

impl Error {
    /// Whether a change was saved by nobody because another one came first, so that it may be decided again on what is there now.
    #[must_use]
    pub fn lost_to_another(&self) -> bool {
        matches!(self, Self::Database(error) if error.violates("audit_entry_sequence"))
            || matches!(self, Self::Database(salient_database::Error::Conflict(_)))
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::Refused(refusal) => refused(refusal),
            Error::Database(error) => error.into(),
            Error::Failed(failure) => failure,
            Error::PolicyMissing { kind } => {
                Self::new(Kind::FailedPrecondition, Reason::PolicyMissing).with("kind", kind)
            }
            Error::PolicyInvalid(mistakes) => mistakes.into_iter().fold(
                Self::new(Kind::InvalidArgument, Reason::PolicyInvalid),
                |failure, mistake| failure.field(format!("policy_version.{}", mistake.place), mistake.what),
            ),
            Error::PolicyUnreadable(Mistake { place, what }) => {
                Self::new(Kind::InvalidArgument, Reason::PolicyInvalid)
                    .field("text", format!("{place}: {what}"))
            }
            Error::PolicyRetired { kind } => {
                Self::new(Kind::FailedPrecondition, Reason::PolicyRetired).with("kind", kind)
            }
            Error::PolicyPaused { kind } => {
                Self::new(Kind::FailedPrecondition, Reason::PolicyPaused).with("kind", kind)
            }
            Error::PolicyStateConflict { policy, standing } => {
                Self::new(Kind::FailedPrecondition, Reason::PolicyStateConflict)
                    .with("policy", &policy)
                    .with("state", standing.name())
                    .precondition("STATE", policy, "the policy stands otherwise")
            }
            Error::PolicyDraftExists(draft) => {
                Self::new(Kind::AlreadyExists, Reason::PolicyDraftExists).with("draft", draft)
            }
            Error::SubjectHasOpenApproval { subject } => {
                Self::new(Kind::AlreadyExists, Reason::SubjectHasOpenApproval).with("subject", subject)
            }
            Error::Contended { approval } => {
                Self::new(Kind::Aborted, Reason::Contended).with("approval", approval_name(approval))
            }
            Error::SubmitterInactive { submitter } => {
                Self::new(Kind::FailedPrecondition, Reason::SubmitterInactive)
                    .with("submitter", format!("employees/{submitter}"))
            }
            Error::NotFound(resource) => Self::not_found(resource),
            Error::Store(error) => Self::new(Kind::Unavailable, Shared::Unavailable)
                .retry_after(STORE_RETRY)
                .because(error),
            // Somebody has touched what nobody may: for the log, and for `VerifyAllAuditTrails` to tell.
            error @ Error::AnchorUnsound { .. } => Self::internal(error),
            Error::DeputyshipRefused { principal, objection } => objected(principal, objection),
            Error::DeputyshipsTooMany => Self::new(Kind::ResourceExhausted, Reason::DeputyshipsTooMany)
                .with("most", MOST_OPEN)
                .with("whose", "COMPANY"),
            Error::DeputyshipEnded(id) => Self::new(Kind::FailedPrecondition, Reason::DeputyshipEnded)
                .with("deputyship", deputyship_name(id))
                .precondition("STATE", deputyship_name(id), "the deputyship is over"),
            Error::DeputyInactive(deputy) => Self::new(Kind::FailedPrecondition, Reason::DeputyInactive)
                .with("deputy", employee_name(deputy))
                .precondition("PERSON", employee_name(deputy), "name an active employee"),
            Error::PrincipalInactive(principal) => {
                Self::new(Kind::FailedPrecondition, Reason::PrincipalInactive)
                    .with("principal", employee_name(principal))
                    .precondition("PERSON", employee_name(principal), "name an active employee")
            }
        }
    }
}

fn approval_name(id: Uuid) -> String {
    format!("approvals/{id}")
}

fn employee_name(id: Uuid) -> String {
    format!("employees/{id}")
}

fn exhausted(reason: Reason, approval: Uuid) -> Failure {
    Failure::new(Kind::ResourceExhausted, reason).with("approval", approval_name(approval))
}

fn task_name(id: Uuid) -> String {
    format!("tasks/{id}")
}

fn refused(refusal: Refusal) -> Failure {
    let precondition = |reason| Failure::new(Kind::FailedPrecondition, reason);
    match refusal {
        Refusal::ApprovalClosed { approval, state } => precondition(Reason::ApprovalClosed)
            .with("approval", approval_name(approval))
            .with("state", state.name())
            .precondition(
                "STATE",
                approval_name(approval),
                "the approval is decided or has ended",
            ),
        Refusal::TaskClosed {
            task,
            state,
            approval_state,
        } => precondition(Reason::TaskClosed)
            .with("task", task_name(task))
            .with("state", state.name())
            .with("approval_state", approval_state.name())
            .precondition("STATE", task_name(task), "the task was decided or closed before"),
        Refusal::NotEligible { task, cause } => Failure::new(Kind::PermissionDenied, Reason::NotEligible)
            .with("task", task_name(task))
            .with("cause", cause),
        Refusal::FindingMissing { items } => {
            let failure = precondition(Reason::FindingMissing).with("items", items.join(","));
            items.into_iter().fold(failure, |failure, item| {
                failure.precondition("FINDING", item, "give a finding for this item of the checklist")
            })
        }
        Refusal::FindingNotAcceptable { items } => {
            let failure = precondition(Reason::FindingNotAcceptable).with("items", items.join(","));
            items.into_iter().fold(failure, |failure, item| {
                failure.precondition("FINDING", item, "reject or return what is not acceptable")
            })
        }
        Refusal::FindingInvalid { item, position, what } => {
            Failure::new(Kind::InvalidArgument, Reason::FindingInvalid)
                .with("item", item)
                .field(format!("findings[{position}]"), what)
        }
        Refusal::SubjectChanged { task } => precondition(Reason::SubjectChanged)
            .with("task", task_name(task))
            .precondition(
                "CONTENT",
                task_name(task),
                "read the task again and decide on what it is about now",
            ),
        Refusal::ReturnTargetInvalid { step, targets } => {
            Failure::new(Kind::InvalidArgument, Reason::ReturnTargetInvalid)
                .with("step", step)
                .with("targets", targets.join(","))
                .field("step", "not one of the task's return targets")
        }
        Refusal::RoundOutOfOrder {
            approval,
            round,
            state,
        } => precondition(Reason::RoundOutOfOrder)
            .with("approval", approval_name(approval))
            .with("round", round)
            .with("state", state.name())
            .precondition("STATE", approval_name(approval), "the round does not follow"),
        Refusal::SubjectMismatch { approval, subject } => precondition(Reason::SubjectMismatch)
            .with("approval", approval_name(approval))
            .with("subject", subject)
            .precondition(
                "SUBJECT",
                approval_name(approval),
                "the approval is about another subject",
            ),
        Refusal::FactInvalid { fact, kind } => Failure::new(Kind::InvalidArgument, Reason::FactInvalid)
            .with("fact", fact)
            .with("type", kind.name())
            .field("facts", "a declared fact is missing or has another type"),
        Refusal::TaskWaiting { task, state } => precondition(Reason::TaskWaiting)
            .with("task", task_name(task))
            .with("state", state.name())
            .precondition("STATE", task_name(task), "the task waits for others first"),
        Refusal::ReceiverUnfit { employee, cause } => precondition(Reason::ReceiverUnfit)
            .with("employee", employee_name(employee))
            .with("cause", cause)
            .precondition(
                "RECEIVER",
                employee_name(employee),
                "somebody else has to be asked",
            ),
        Refusal::OpinionOnly { task } => precondition(Reason::OpinionOnly)
            .with("task", task_name(task))
            .precondition("OPINION", task_name(task), "only an opinion is asked for"),
        Refusal::LimitReached { limit, most } => precondition(Reason::LimitReached)
            .with("limit", limit)
            .with("most", most)
            .precondition("LIMIT", limit, "there may be no more"),
        Refusal::SignerNotRemovable { signer, cause } => precondition(Reason::SignerNotRemovable)
            .with("signer", employee_name(signer))
            .with("cause", cause)
            .precondition("SIGNER", employee_name(signer), "the signer stays"),
        Refusal::NotTakeable { task, cause } => precondition(Reason::NotTakeable)
            .with("task", task_name(task))
            .with("cause", cause)
            .precondition(
                "STATE",
                task_name(task),
                "it is too early or too late to take it back",
            ),
        Refusal::NextApproversRequired { step } => precondition(Reason::NextApproversRequired)
            .with("step", &step)
            .precondition("NEXT_APPROVERS", step, "choose who is asked in this step"),
        Refusal::NextApproversUnexpected { step } => {
            Failure::new(Kind::InvalidArgument, Reason::NextApproversUnexpected)
                .with("step", step)
                .field("next_approvers", "nobody is to be chosen after this step")
        }
        Refusal::NoAttentionNeeded { approval } => precondition(Reason::NoAttentionNeeded)
            .with("approval", approval_name(approval))
            .precondition("STATE", approval_name(approval), "nothing about it is stuck"),
        Refusal::Stale { resource } => Failure::etag_mismatch(resource),
        Refusal::NobodyToUrge { approval, state } => precondition(Reason::NobodyToUrge)
            .with("approval", approval_name(approval))
            .with("state", state.name())
            .precondition("STATE", approval_name(approval), "nobody is asked to decide it"),
        Refusal::UrgedRecently { approval, wait } => exhausted(Reason::UrgedRecently, approval)
            .with("minutes", wait.unsigned_abs().as_secs().div_ceil(60))
            .quota(approval_name(approval), "it is urged once in 30 minutes")
            .retry_after(wait.unsigned_abs()),
        Refusal::RecipientInactive { recipients } => {
            let names: Vec<_> = recipients.into_iter().map(employee_name).collect();
            let failure = precondition(Reason::RecipientInactive).with("recipients", names.join(","));
            names.into_iter().fold(failure, |failure, name| {
                failure.precondition("EMPLOYEE", name, "is not an active employee")
            })
        }
        Refusal::TooManyCopies { approval } => exhausted(Reason::TooManyCopies, approval)
            .with("limit", MOST_COPIES)
            .quota(approval_name(approval), "it is copied to 200 people at most"),
        Refusal::TooManyComments { approval } => exhausted(Reason::TooManyComments, approval)
            .with("limit", MOST_COMMENTS)
            .quota(approval_name(approval), "it takes 500 comments at most"),
        defect @ Refusal::Defect(_) => Failure::internal(defect),
    }
}

fn deputyship_name(id: Uuid) -> String {
    format!("deputyships/{id}")
}

fn objected(principal: Uuid, objection: Objection) -> Failure {
    let principal = employee_name(principal);
    let period = |cause, what| {
        Failure::new(Kind::InvalidArgument, Reason::DeputyshipPeriodInvalid)
            .with("cause", cause)
            .field("deputyship.end_time", what)
    };
    let precondition = |reason| Failure::new(Kind::FailedPrecondition, reason);
    match objection {
        Objection::Oneself => Failure::new(Kind::InvalidArgument, Reason::DeputyIsPrincipal)
            .with("principal", principal)
            .field("deputyship.deputy", "is the principal"),
        Objection::NoPeriod => period("ORDER", "does not lie behind the start"),
        Objection::TooLong => period("TOO_LONG", "lies more than 400 days behind the start"),
        Objection::Past => period("PAST", "does not lie in the future"),
        Objection::TooMany => Failure::new(Kind::ResourceExhausted, Reason::DeputyshipsTooMany)
            .with("most", MOST_OF_ONE)
            .with("whose", "PRINCIPAL"),
        Objection::Overlaps { deputyship } => precondition(Reason::DeputyshipOverlaps)
            .with("deputyship", deputyship_name(deputyship))
            .precondition(
                "DEPUTYSHIP",
                deputyship_name(deputyship),
                "end it first, or leave out its time or its kinds",
            ),
        Objection::Cycle { time, kind } => precondition(Reason::DeputyshipCycle)
            .with("time", time)
            .with("kind", kind.unwrap_or_default())
            .precondition(
                "DEPUTYSHIP",
                principal,
                "name somebody whose deputies do not lead back here",
            ),
        Objection::ChainTooLong { time, kind } => precondition(Reason::DeputyshipChainTooLong)
            .with("most", MOST_LINKS)
            .with("time", time)
            .with("kind", kind.unwrap_or_default())
            .precondition(
                "DEPUTYSHIP",
                principal,
                "name somebody with fewer deputies behind them",
            ),
    }
}
