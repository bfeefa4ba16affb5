//! What people are told, made of one event and of nothing else: so it is the same on every replica, however often it is asked for.

use std::collections::HashSet;

use salient_failure::Failure;
use salient_proto::{
    access::v1::Post,
    approval::v1::{self as proto, notification::Type},
    events::v1::Event,
};

pub use super::told::event_types;
use super::told::{Address, Say, told};
use crate::domain::notification::{Filling, NotificationKind as Kind, Position, Text, text};

/// The notifications of an event, in the order of their positions.
///
/// # Errors
/// INTERNAL where the event's payload is not what its type says.
pub fn notifications(event: &Event) -> Result<Vec<proto::Notification>, Failure> {
    let told = told(event)?;
    let by = match told.context.actor.as_str() {
        // From before events said it.
        "" => &event.actor,
        actor => actor,
    };
    let mut known = HashSet::new();
    // What is left out has no position: the rest keep theirs only as long as this is decided by the event alone.
    let addresses = told
        .addresses
        .into_iter()
        .filter(|address| address.recipient != *by || told.kind.tells_its_cause())
        .filter(|address| known.insert(address.recipient.clone()));
    let note = |(index, address): (usize, Address)| proto::Notification {
        position: Position::of(event.position, index).number(),
        recipient: address.recipient,
        task: address.task,
        actor: by.to_owned(),
        ..about(event, &told.context, told.kind, &told.say)
    };
    Ok(addresses.enumerate().map(note).collect())
}

/// Everything of a notification that is the same for all whom an event tells.
fn about(event: &Event, context: &proto::EventContext, kind: Kind, say: &Say) -> proto::Notification {
    let or = |text: &'_ str, otherwise: &str| {
        let text = if text.is_empty() { otherwise } else { text };
        text.to_owned()
    };
    let attention = matches!(kind, Kind::AttentionRaised | Kind::AttentionCleared);
    let (zh, en) = text(
        kind,
        Filling {
            // Events from before they said it.
            title: &or(&context.title, &event.resource),
            step: &or(&say.step_title, &say.step),
            // What is wrong with an approval is told by its reason; the detail is no text for a screen.
            comment: if attention { "" } else { &say.comment },
            comment_zh: &say.comment_zh,
            reason: say.reason,
        },
    );
    let post = if attention {
        Post::Administrator
    } else {
        Post::Unspecified
    };
    proto::Notification {
        r#type: wire(kind).into(),
        post: post.into(),
        approval: event.resource.clone(),
        title: context.title.clone(),
        kind: context.kind.clone(),
        subject: context.subject.clone(),
        step: say.step.clone(),
        step_title: say.step_title.clone(),
        comment: say.comment.clone(),
        due_time: say.due_time,
        event_time: event.event_time,
        event: event.id.clone(),
        zh: Some(spoken(zh)),
        en: Some(spoken(en)),
        ..proto::Notification::default()
    }
}

fn spoken(text: Text) -> proto::notification::Text {
    proto::notification::Text {
        heading: text.heading.to_owned(),
        body: text.body,
    }
}

pub(super) const fn wire(kind: Kind) -> Type {
    match kind {
        Kind::TaskArrived => Type::TaskArrived,
        Kind::TaskTransferred => Type::TaskTransferred,
        Kind::TaskDelegated => Type::TaskDelegated,
        Kind::TaskReassigned => Type::TaskReassigned,
        Kind::TaskDeputed => Type::TaskDeputed,
        Kind::TaskInherited => Type::TaskInherited,
        Kind::SignerAdded => Type::SignerAdded,
        Kind::TaskGivenBack => Type::TaskGivenBack,
        Kind::TaskClosed => Type::TaskClosed,
        Kind::TaskTakenAway => Type::TaskTakenAway,
        Kind::SignerRemoved => Type::SignerRemoved,
        Kind::TaskReminded => Type::TaskReminded,
        Kind::TaskEscalated => Type::TaskEscalated,
        Kind::TaskExpired => Type::TaskExpired,
        Kind::TaskUrged => Type::TaskUrged,
        Kind::DeputyAsked => Type::DeputyAsked,
        Kind::ApprovalSignedOff => Type::ApprovalSignedOff,
        Kind::ApprovalRejected => Type::ApprovalRejected,
        Kind::ApprovalReturned => Type::ApprovalReturned,
        Kind::ApprovalWithdrawn => Type::ApprovalWithdrawn,
        Kind::ApprovalRefused => Type::ApprovalRefused,
        Kind::ApprovalSuperseded => Type::ApprovalSuperseded,
        Kind::ApprovalCancelled => Type::ApprovalCancelled,
        Kind::Copied => Type::Copied,
        Kind::Commented => Type::Commented,
        Kind::AttentionRaised => Type::AttentionRaised,
        Kind::AttentionCleared => Type::AttentionCleared,
    }
}
