//! What a change announces about tasks.

use salient_database::NewEvent;
use salient_proto::approval::v1::{self as proto, signers_added::Position, task_created::Cause as Wire};
use salient_values::{name, timestamp};

use super::{event::Teller, task::state};
use crate::domain::{
    announce::{Cause, text, texts},
    approval::Task,
    work::Entry,
};

/// What every event about a task says.
struct Part<'a> {
    known: &'a Task,
    task: String,
    assignee: String,
    step: String,
    step_title: String,
    context: Option<proto::EventContext>,
}

impl Teller<'_> {
    fn part(&self, entry: &Entry) -> Option<Part<'_>> {
        let known = self.told.approval.task(entry.task?)?;
        let step = entry.step.clone().unwrap_or_default();
        Some(Part {
            known,
            task: name::format("tasks", known.id),
            assignee: name::format("employees", known.assignee),
            step_title: self.step_title(&step),
            step,
            context: self.context(),
        })
    }

    pub(super) fn task_created(&self, entry: &Entry) -> Option<NewEvent> {
        let part = self.part(entry)?;
        let origin = self.told.origin(part.known);
        Some(self.about(&proto::TaskCreated {
            task: part.task,
            assignee: part.assignee,
            step: part.step,
            cause: cause(origin.cause).into(),
            source: origin.source,
            comment: origin.comment,
            due_time: part.known.due_time.map(timestamp::to_proto),
            silent: self.told.made_silently(part.known),
            step_title: part.step_title,
            context: part.context,
        }))
    }

    pub(super) fn task_ended(&self, entry: &Entry) -> Option<NewEvent> {
        let part = self.part(entry)?;
        Some(self.about(&proto::TaskEnded {
            task: part.task,
            assignee: part.assignee,
            step: part.step,
            state: state(part.known.state).into(),
            create_time: Some(timestamp::to_proto(part.known.create_time)),
            silent: self.told.ended_silently(part.known),
            step_title: part.step_title,
            context: part.context,
        }))
    }

    pub(super) fn task_reminded(&self, entry: &Entry) -> Option<NewEvent> {
        let part = self.part(entry)?;
        Some(self.about(&proto::TaskReminded {
            task: part.task,
            assignee: part.assignee,
            step: part.step,
            due_time: part.known.due_time.map(timestamp::to_proto),
            step_title: part.step_title,
            context: part.context,
        }))
    }

    pub(super) fn task_escalated(&self, entry: &Entry) -> Option<NewEvent> {
        let part = self.part(entry)?;
        Some(self.about(&proto::TaskEscalated {
            task: part.task,
            assignee: part.assignee,
            step: part.step,
            superiors: texts(entry, "superiors"),
            step_title: part.step_title,
            context: part.context,
        }))
    }

    pub(super) fn task_expired(&self, entry: &Entry) -> Option<NewEvent> {
        let part = self.part(entry)?;
        Some(self.about(&proto::TaskExpired {
            task: part.task,
            assignee: part.assignee,
            step: part.step,
            due_time: part.known.due_time.map(timestamp::to_proto),
            step_title: part.step_title,
            context: part.context,
        }))
    }

    pub(super) fn task_transferred(&self, entry: &Entry) -> Option<NewEvent> {
        let part = self.part(entry)?;
        Some(self.about(&proto::TaskTransferred {
            task: part.task,
            assignee: part.assignee,
            step: part.step,
            to: text(entry, "to"),
            comment: text(entry, "comment"),
            step_title: part.step_title,
            context: part.context,
        }))
    }

    pub(super) fn task_delegated(&self, entry: &Entry) -> Option<NewEvent> {
        let part = self.part(entry)?;
        Some(self.about(&proto::TaskDelegated {
            task: part.task,
            assignee: part.assignee,
            step: part.step,
            to: text(entry, "to"),
            comment: text(entry, "comment"),
            step_title: part.step_title,
            context: part.context,
        }))
    }

    pub(super) fn task_given_back(&self, entry: &Entry) -> Option<NewEvent> {
        let part = self.part(entry)?;
        Some(self.about(&proto::TaskGivenBack {
            task: part.task,
            assignee: part.assignee,
            step: part.step,
            step_title: part.step_title,
            context: part.context,
        }))
    }

    pub(super) fn signers_added(&self, entry: &Entry) -> Option<NewEvent> {
        let part = self.part(entry)?;
        let signers = texts(entry, "signers");
        Some(self.about(&proto::SignersAdded {
            task: part.task,
            assignee: part.assignee,
            step: part.step,
            position: position(&text(entry, "position")).into(),
            comment: text(entry, "comment"),
            asked_later: self.told.asked_later(&signers),
            signers,
            step_title: part.step_title,
            context: part.context,
        }))
    }

    pub(super) fn signer_removed(&self, entry: &Entry) -> Option<NewEvent> {
        let part = self.part(entry)?;
        let signer = text(entry, "signer");
        let task = self.told.closed_task_of(&signer);
        Some(self.about(&proto::SignerRemoved {
            task: part.task,
            assignee: part.assignee,
            step: part.step,
            signer,
            signer_task: task.map(|task| name::format("tasks", task)).unwrap_or_default(),
            comment: text(entry, "comment"),
            step_title: part.step_title,
            context: part.context,
        }))
    }

    pub(super) fn task_taken_back(&self, entry: &Entry) -> Option<NewEvent> {
        let part = self.part(entry)?;
        Some(self.about(&proto::TaskTakenBack {
            task: part.task,
            assignee: part.assignee,
            step: part.step,
            comment: text(entry, "comment"),
            step_title: part.step_title,
            context: part.context,
        }))
    }

    pub(super) fn task_reassigned(&self, entry: &Entry) -> Option<NewEvent> {
        let part = self.part(entry)?;
        Some(self.about(&proto::TaskReassigned {
            task: part.task,
            assignee: part.assignee,
            step: part.step,
            to: text(entry, "to"),
            comment: text(entry, "comment"),
            step_title: part.step_title,
            context: part.context,
        }))
    }

    pub(super) fn task_deputed(&self, entry: &Entry) -> Option<NewEvent> {
        let part = self.part(entry)?;
        Some(self.about(&proto::TaskDeputed {
            task: part.task,
            assignee: part.assignee,
            step: part.step,
            principal: text(entry, "principal"),
            chain: texts(entry, "chain"),
            step_title: part.step_title,
            context: part.context,
        }))
    }
}

const fn cause(cause: Cause) -> Wire {
    match cause {
        Cause::Step => Wire::Step,
        Cause::Transferred => Wire::Transferred,
        Cause::Delegated => Wire::Delegated,
        Cause::Reassigned => Wire::Reassigned,
        Cause::SignerAdded => Wire::SignerAdded,
        Cause::Deputed => Wire::Deputed,
        Cause::Escalated => Wire::Escalated,
        Cause::TakenBack => Wire::TakenBack,
    }
}

/// When signers sign, as the history names it.
fn position(name: &str) -> Position {
    Position::from_str_name(&format!("POSITION_{name}")).unwrap_or(Position::Unspecified)
}
