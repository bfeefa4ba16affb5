//! An approval as it is: one run of a policy for a subject, with its visits, tasks and participants.
//!
//! It is kept whole, as one JSON document: everything a command may ask about is read in one go, under one lock.

use std::collections::BTreeMap;

use jiff::Timestamp;
use salient_operation::Post;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use super::task::{AnswerKind, Decision, Finding, FindingResult, Request, Task, TaskState};
use super::{
    anchor::Head,
    correspond::Correspondence,
    deadline::VisitDeadline,
    facts::Facts,
    hex,
    moves::Move,
    policy::{PolicyKey, post_name},
    resolution::Holder,
    state::State,
};

/// One run of a policy for a subject. Its row is what two changes at the same instant contend for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Approval {
    /// Its id, chosen by the subject's service.
    pub id: Uuid,
    /// How it stands.
    pub state: State,
    /// The round, from 1.
    pub round: i64,
    /// What is to be signed off.
    #[serde(flatten)]
    pub subject: Subject,
    /// The subject in words.
    pub title: String,
    /// Who submitted it.
    pub submitter: Uuid,
    /// The unit it belongs to.
    pub unit: Uuid,
    /// What participants reserve against.
    pub account: String,
    /// The facts of this round.
    pub facts: Facts,
    /// The submitter's comment of this round.
    pub comment: String,
    /// The policy version it runs by.
    pub policy_version: i64,
    /// The position of the step that is open, or would start next.
    pub step_position: usize,
    /// Why it ended as it did.
    pub outcome_comment: String,
    /// Why it needs attention; `None` while it does not.
    pub attention_reason: Option<AttentionReason>,
    /// What is wrong, for an administrator.
    pub attention_detail: Option<String>,
    /// Since when it needs attention.
    pub attention_time: Option<Timestamp>,
    /// Grows with every change; a change is saved only onto the version it was decided on.
    pub version: i64,
    /// How many audit entries there are.
    pub audit_length: i64,
    /// The hash of the last of them.
    #[serde(with = "hex")]
    pub audit_head: Vec<u8>,
    /// The seal on them, made with a key that is not in the database.
    #[serde(with = "hex")]
    pub audit_seal: Vec<u8>,
    /// When it was first submitted.
    pub create_time: Timestamp,
    /// When it changed last.
    pub update_time: Timestamp,
    /// When it ended.
    pub end_time: Option<Timestamp>,
    /// The visits of its steps, in order.
    pub visits: Vec<Visit>,
    /// The tasks of all visits.
    pub tasks: Vec<Task>,
    /// The participants' parts, round by round.
    pub participations: Vec<Participation>,
    /// Whom approvers chose to be asked next, by the step in which they did, and by the step that asked them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub choices: BTreeMap<String, Vec<Holder>>,
    /// The calls that moved it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub moves: Vec<Move>,
    /// What was said around it.
    #[serde(default, skip_serializing_if = "Correspondence::is_empty")]
    pub correspondence: Correspondence,
}

/// A resource of a domain service at one version of its content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// The kind, which selects the policy.
    #[serde(rename = "kind")]
    pub kind: String,
    /// The resource's name.
    #[serde(rename = "subject_name")]
    pub name: String,
    /// The service that owns it.
    #[serde(rename = "subject_service")]
    pub service: String,
    /// The version of its content.
    #[serde(rename = "subject_version")]
    pub version: i64,
    /// SHA-256 of the content at that version.
    #[serde(rename = "subject_digest", with = "hex")]
    pub digest: Vec<u8>,
}

/// Why an approval needs attention.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AttentionReason {
    /// Nobody can be asked in a step.
    NoApprover,
    /// A condition could not be evaluated.
    ConditionFailed,
    /// A vote that not even everyone's approval could win.
    VoteUnreachable,
    /// No step of the policy applies.
    NoStep,
    /// A participant does not answer, or not with anything that helps.
    ParticipantStuck,
    /// The subject's service does not take the outcome.
    OutcomeStuck,
    /// The policy was paused when the subject was submitted.
    PolicyPaused,
    /// A step's deadline cannot be reckoned; people are asked all the same.
    DeadlineUnknown,
    /// A step's deadline passed, and nobody stands above its approvers.
    NoSuperior,
    /// Somebody who is asked has left, or lost the post by which they were asked.
    ApproverGone,
}

impl AttentionReason {
    /// Whether it is about those who are asked, and so over when they are asked no longer.
    #[must_use]
    pub const fn concerns_visit(self) -> bool {
        matches!(
            self,
            Self::DeadlineUnknown | Self::NoSuperior | Self::ApproverGone
        )
    }

    /// Its name, as the database writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NoApprover => "NO_APPROVER",
            Self::ConditionFailed => "CONDITION_FAILED",
            Self::VoteUnreachable => "VOTE_UNREACHABLE",
            Self::NoStep => "NO_STEP",
            Self::ParticipantStuck => "PARTICIPANT_STUCK",
            Self::OutcomeStuck => "OUTCOME_STUCK",
            Self::PolicyPaused => "POLICY_PAUSED",
            Self::DeadlineUnknown => "DEADLINE_UNKNOWN",
            Self::NoSuperior => "NO_SUPERIOR",
            Self::ApproverGone => "APPROVER_GONE",
        }
    }
}

/// One visit of a step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Visit {
    /// Its id.
    pub id: Uuid,
    /// The approval.
    pub approval: Uuid,
    /// Where it stands among the approval's visits, from 1.
    pub ordinal: i64,
    /// The step's id in the policy.
    pub step: String,
    /// Which visit of the step, from 1.
    pub number: i64,
    /// The approval's round.
    pub round: i64,
    /// How it stands.
    pub state: VisitState,
    /// Who is asked, in their order.
    pub approvers: Vec<ResolvedApprover>,
    /// How they were found.
    pub trace: Vec<String>,
    /// When it started.
    pub start_time: Timestamp,
    /// When it ended.
    pub end_time: Option<Timestamp>,
    /// Its deadline, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<VisitDeadline>,
}

/// How a visit stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum VisitState {
    /// People are asked.
    Open,
    /// They agreed.
    Agreed,
    /// They did not.
    Rejected,
    /// One of them returned the subject.
    Returned,
    /// The step's condition did not hold.
    Skipped,
    /// The approval ended first.
    Closed,
    /// A decision of the step before was taken back.
    TakenBack,
}

/// A person who is asked, and as what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResolvedApprover {
    /// The person.
    pub employee: Uuid,
    /// The person's name when asked.
    pub display_name: String,
    /// The post and unit by which they were found; `None` for a person named outright.
    pub seat: Option<Seat>,
    /// Whether they stand in.
    pub substitute: bool,
    /// What their vote weighs.
    pub weight: i32,
    /// In whose place they were asked: a deadline passed, the task was handed over, or they are a standing deputy; empty where in
    /// their own right.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stands_for: Vec<Uuid>,
    /// How an approver added them; `None` where the policy asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub added: Option<Added>,
}

/// How a signer came to be added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Added {
    /// Who added them.
    pub by: Uuid,
    /// The places that need their yes as well.
    pub places: Vec<Uuid>,
    /// When they sign.
    pub position: Position,
    /// What was said to it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub comment: String,
}

/// When an added signer signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Position {
    /// Before the one who added them, who waits for it.
    Before,
    /// After them.
    After,
    /// At the same time.
    Beside,
}

impl ResolvedApprover {
    /// Whether they are asked in their own right.
    #[must_use]
    pub fn owns_place(&self) -> bool {
        self.stands_for.is_empty()
    }

    /// Whether their place is one that the policy counts.
    #[must_use]
    pub fn votes(&self) -> bool {
        self.owns_place() && self.added.is_none()
    }

    /// Whether their answer is one for this place.
    #[must_use]
    pub fn answers_for(&self, place: Uuid) -> bool {
        self.employee == place || self.stands_for.contains(&place)
    }
}

/// A post in a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    /// The post.
    #[serde(with = "post_name")]
    pub post: Post,
    /// The unit.
    pub unit: Uuid,
}

/// A service's part in a round.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Participation {
    /// The approval.
    pub approval: Uuid,
    /// The round.
    pub round: i64,
    /// The service.
    pub service: String,
    /// How it stands.
    pub state: ParticipationState,
    /// The service's own name for the reservation.
    pub reservation: String,
    /// The amount set aside, as text: JSON numbers would be read as doubles.
    pub amount: Option<String>,
    /// Its currency.
    pub currency: Option<String>,
    /// Why it refused, for programs.
    pub refusal_reason: String,
    /// Why it refused, in English.
    pub refusal_message: String,
    /// Why it refused, in Chinese.
    pub refusal_message_zh: String,
}

/// How a service's part stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ParticipationState {
    /// Asked to set something aside.
    Reserving,
    /// It has.
    Reserved,
    /// It will not.
    Refused,
    /// Asked to make it final.
    Confirming,
    /// It has.
    Confirmed,
    /// Asked to give it back.
    Releasing,
    /// It has.
    Released,
}

impl Approval {
    /// The policy version it runs by.
    #[must_use]
    pub fn policy_key(&self) -> PolicyKey {
        PolicyKey {
            kind: self.subject.kind.clone(),
            version: self.policy_version,
        }
    }

    /// How far its history has grown.
    #[must_use]
    pub fn head(&self) -> Head {
        Head {
            approval: self.id,
            length: self.audit_length,
            head: self.audit_head.clone(),
        }
    }

    /// A task of it.
    #[must_use]
    pub fn task(&self, id: Uuid) -> Option<&Task> {
        self.tasks.iter().find(|task| task.id == id)
    }

    /// A visit of it.
    #[must_use]
    pub fn visit(&self, id: Uuid) -> Option<&Visit> {
        self.visits.iter().find(|visit| visit.id == id)
    }

    /// When its clock has to be looked at next; `None` where it waits for no instant.
    #[must_use]
    pub fn timer_time(&self) -> Option<Timestamp> {
        let open = self
            .visits
            .iter()
            .rfind(|visit| visit.state == VisitState::Open)
            .filter(|_| self.state == State::Pending)?;
        open.deadline.as_ref()?.next_time
    }

    /// The participants' parts in the current round.
    pub fn current_participations(&self) -> impl Iterator<Item = &Participation> {
        self.participations.iter().filter(|part| part.round == self.round)
    }
}

#[cfg(test)]
mod tests {
    use super::AttentionReason as Reason;

    #[test]
    fn the_database_knows_the_same_reasons_for_attention() {
        let migration = include_str!(
            "../../../../migrations/approval-orchestrator/2026-11-29-000200_manage_policies/up.sql"
        );
        let list = migration
            .split_once("attention_reason IN (")
            .expect("the constraint exists")
            .1;
        let list = list.split_once(')').expect("the list ends").0;
        let mut known: Vec<_> = list.split('\'').skip(1).step_by(2).collect();
        let mut reasons = [
            Reason::NoApprover,
            Reason::ConditionFailed,
            Reason::VoteUnreachable,
            Reason::NoStep,
            Reason::ParticipantStuck,
            Reason::OutcomeStuck,
            Reason::PolicyPaused,
            Reason::DeadlineUnknown,
            Reason::NoSuperior,
            Reason::ApproverGone,
        ]
        .map(Reason::name);
        known.sort_unstable();
        reasons.sort_unstable();
        assert_eq!(known, reasons);
    }
}
