//! What a change announces.

use prost::{Message, Name};
use salient_database::NewEvent;
use salient_proto::approval::v1 as proto;
use salient_values::{name, timestamp};

use super::{
    approval::{attention_reason, visit_state},
    call::outcome,
    policy::version_name,
    standing::policy_name,
    subject::subject,
    task::count,
};
use crate::domain::{
    announce::{Told, text, texts},
    approval::{Approval, AttentionReason, ParticipationState, Visit},
    audit::Action,
    policy::PolicyKey,
    rulebook::Rulebook,
    standing::Standing,
    work::{Entry, Outcome},
};

/// The events of what happened to an approval, in order. `actor` caused them, or it was done on their behalf.
pub fn events(approval: &Approval, rulebook: &Rulebook, actor: &str, log: &[Entry]) -> Vec<NewEvent> {
    let teller = Teller {
        told: Told { approval, log },
        rulebook,
        actor,
    };
    log.iter().filter_map(|entry| teller.event(entry)).collect()
}

/// The event that a policy has a new version.
pub fn policy_published(key: &PolicyKey) -> NewEvent {
    let published = proto::PolicyVersionPublished {
        kind: key.kind.clone(),
        version: count(key.version),
    };
    NewEvent::of(version_name(key), &published)
}

/// The event that a policy was paused, resumed or retired.
pub fn policy_turned(kind: &str, standing: Standing) -> NewEvent {
    let changed = proto::PolicyStateChanged {
        kind: kind.to_owned(),
        state: super::standing::state(standing).into(),
    };
    NewEvent::of(policy_name(kind), &changed)
}

/// Turns what happened in one change into events.
pub(super) struct Teller<'a> {
    pub(super) told: Told<'a>,
    pub(super) rulebook: &'a Rulebook,
    pub(super) actor: &'a str,
}

impl Teller<'_> {
    fn event(&self, entry: &Entry) -> Option<NewEvent> {
        let approval = self.told.approval;
        match entry.action {
            Action::Submitted | Action::Resubmitted => Some(self.about(&requested(approval))),
            Action::StepStarted => {
                let visit = self.visit(entry)?;
                Some(self.about(&proto::StepStarted {
                    step: visit.step.clone(),
                    visit: count(visit.number),
                    round: count(visit.round),
                    step_title: self.step_title(&visit.step),
                    context: self.context(),
                }))
            }
            Action::StepEnded => {
                let visit = self.visit(entry)?;
                Some(self.about(&proto::StepEnded {
                    step: visit.step.clone(),
                    visit: count(visit.number),
                    state: visit_state(visit.state).into(),
                    start_time: Some(timestamp::to_proto(visit.start_time)),
                    step_title: self.step_title(&visit.step),
                    context: self.context(),
                }))
            }
            Action::TaskCreated => self.task_created(entry),
            Action::TaskApproved
            | Action::TaskRejected
            | Action::TaskReturned
            | Action::TaskCarriedOver
            | Action::TaskClosed => self.task_ended(entry),
            Action::TaskReminded => self.task_reminded(entry),
            Action::TaskEscalated => self.task_escalated(entry),
            Action::TaskExpired => self.task_expired(entry),
            Action::TaskTransferred => self.task_transferred(entry),
            Action::TaskDelegated => self.task_delegated(entry),
            Action::TaskGivenBack => self.task_given_back(entry),
            Action::SignersAdded => self.signers_added(entry),
            Action::SignerRemoved => self.signer_removed(entry),
            Action::TaskTakenBack => self.task_taken_back(entry),
            Action::TaskReassigned => self.task_reassigned(entry),
            Action::TaskDeputed => self.task_deputed(entry),
            Action::Approved => Some(self.decided(Outcome::Approved)),
            Action::Rejected => Some(self.decided(Outcome::Rejected)),
            Action::Returned => Some(self.decided(Outcome::Returned)),
            Action::Withdrawn => Some(self.decided(Outcome::Withdrawn)),
            Action::Superseded => Some(self.decided(Outcome::Superseded)),
            Action::Cancelled => Some(self.decided(Outcome::Cancelled)),
            Action::EndedRefused => Some(self.decided(Outcome::Refused)),
            Action::Suspended | Action::AttentionRaised => {
                let reason = entry.details.get("reason").cloned().unwrap_or_default();
                let reason: AttentionReason = serde_json::from_value(reason).ok()?;
                Some(self.about(&proto::AttentionRaised {
                    reason: attention_reason(reason).into(),
                    detail: text(entry, "detail"),
                    context: self.context(),
                }))
            }
            Action::AttentionCleared => Some(self.about(&proto::AttentionCleared {
                context: self.context(),
            })),
            Action::Urged => Some(
                self.about(&proto::ApprovalUrged {
                    addressees: texts(entry, "assignees")
                        .into_iter()
                        .map(|assignee| self.addressee(assignee))
                        .collect(),
                    comment: text(entry, "comment"),
                    context: self.context(),
                }),
            ),
            Action::Copied => Some(self.about(&proto::ApprovalCopied {
                recipients: texts(entry, "recipients"),
                comment: text(entry, "comment"),
                context: self.context(),
            })),
            Action::Commented => Some(self.about(&proto::ApprovalCommented {
                comment: text(entry, "comment"),
                concerned: self.told.concerned_by_comment(),
                context: self.context(),
            })),
            // Steps of the machinery, of interest to the history alone.
            Action::Reserved
            | Action::Refused
            | Action::StepSkipped
            | Action::Confirming
            | Action::Confirmed
            | Action::Released
            | Action::Retried
            | Action::OutcomeDelivered => None,
        }
    }

    pub(super) fn about<M: Message + Name>(&self, message: &M) -> NewEvent {
        NewEvent::of(name::format("approvals", self.told.approval.id), message)
    }

    #[expect(clippy::unnecessary_wraps, reason = "what the field of a message takes")]
    pub(super) fn context(&self) -> Option<proto::EventContext> {
        let approval = self.told.approval;
        Some(proto::EventContext {
            title: approval.title.clone(),
            submitter: name::format("employees", approval.submitter),
            kind: approval.subject.kind.clone(),
            subject: approval.subject.name.clone(),
            round: count(approval.round),
            actor: self.actor.to_owned(),
        })
    }

    pub(super) fn step_title(&self, step: &str) -> String {
        let mut steps = self.rulebook.policy.steps.iter();
        let found = steps.find(|candidate| candidate.id == step);
        found.map(|step| step.title.clone()).unwrap_or_default()
    }

    fn visit(&self, entry: &Entry) -> Option<&Visit> {
        self.told.approval.visit(entry.visit?)
    }

    fn addressee(&self, assignee: String) -> proto::approval_urged::Addressee {
        let task = self.told.waiting_task_of(&assignee);
        proto::approval_urged::Addressee {
            assignee,
            task: task.map(|task| name::format("tasks", task)).unwrap_or_default(),
        }
    }

    /// Why a participant refused, in Chinese, where that is the outcome.
    fn refusal_zh(&self, how: Outcome) -> String {
        let mut parts = self.told.approval.current_participations();
        let refused = parts.find(|part| how == Outcome::Refused && part.state == ParticipationState::Refused);
        refused
            .map(|part| part.refusal_message_zh.clone())
            .unwrap_or_default()
    }

    fn decided(&self, how: Outcome) -> NewEvent {
        let approval = self.told.approval;
        self.about(&proto::ApprovalDecided {
            outcome: outcome(how).into(),
            round: count(approval.round),
            subject: Some(subject(&approval.subject)),
            comment: approval.outcome_comment.clone(),
            create_time: Some(timestamp::to_proto(approval.create_time)),
            concerned: self.told.concerned_by_outcome(),
            context: self.context(),
            comment_zh: self.refusal_zh(how),
        })
    }
}

fn requested(approval: &Approval) -> proto::ApprovalRequested {
    proto::ApprovalRequested {
        round: count(approval.round),
        subject: Some(subject(&approval.subject)),
        title: approval.title.clone(),
        submitter: name::format("employees", approval.submitter),
        unit: name::format("orgUnits", approval.unit),
        policy_version: version_name(&approval.policy_key()),
    }
}
