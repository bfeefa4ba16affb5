//! Whom each event tells what, as the proto's `Notification.Type` explains.

use prost::Name;
use prost_types::Timestamp;
use salient_failure::Failure;
use salient_proto::{
    approval::v1::{self as proto, task::State, task_created::Cause},
    events::v1::Event,
};

use crate::domain::{approval::AttentionReason, notification::NotificationKind as Kind};

/// The events of which notifications are made.
pub fn event_types() -> Vec<String> {
    vec![
        proto::TaskCreated::full_name(),
        proto::TaskEnded::full_name(),
        proto::TaskReminded::full_name(),
        proto::TaskEscalated::full_name(),
        proto::TaskExpired::full_name(),
        proto::TaskGivenBack::full_name(),
        proto::TaskReassigned::full_name(),
        proto::TaskDeputed::full_name(),
        proto::SignersAdded::full_name(),
        proto::SignerRemoved::full_name(),
        proto::ApprovalUrged::full_name(),
        proto::ApprovalCopied::full_name(),
        proto::ApprovalCommented::full_name(),
        proto::ApprovalDecided::full_name(),
        proto::AttentionRaised::full_name(),
        proto::AttentionCleared::full_name(),
    ]
}

/// What an event tells, and whom.
pub(super) struct Told {
    pub(super) kind: Kind,
    pub(super) addresses: Vec<Address>,
    pub(super) say: Say,
    pub(super) context: proto::EventContext,
}

/// Somebody, `employees/{employee}`, and which of their tasks it is about. An address without a recipient is that of the post.
pub(super) struct Address {
    pub(super) recipient: String,
    pub(super) task: String,
}

/// What an event says besides.
#[derive(Default)]
pub(super) struct Say {
    pub(super) step: String,
    pub(super) step_title: String,
    pub(super) comment: String,
    pub(super) comment_zh: String,
    pub(super) due_time: Option<Timestamp>,
    pub(super) reason: Option<AttentionReason>,
}

impl Told {
    fn nobody() -> Self {
        Self::new(Kind::TaskClosed, Vec::new(), Say::default(), None)
    }

    fn new(kind: Kind, addresses: Vec<Address>, say: Say, context: Option<proto::EventContext>) -> Self {
        Self {
            kind,
            addresses,
            say,
            context: context.unwrap_or_default(),
        }
    }
}

/// Whom an event tells what.
///
/// # Errors
/// INTERNAL where the event's payload is not what its type says.
pub(super) fn told(event: &Event) -> Result<Told, Failure> {
    let name = event.r#type.rsplit('.').next().unwrap_or_default();
    Ok(match name {
        "TaskCreated" => created(payload(event)?),
        "TaskEnded" => ended(payload(event)?),
        "TaskReminded" => {
            let proto::TaskReminded {
                task,
                assignee,
                step,
                due_time,
                step_title,
                context,
            } = payload(event)?;
            let say = Say {
                step,
                step_title,
                due_time,
                ..Say::default()
            };
            Told::new(Kind::TaskReminded, one(assignee, task), say, context)
        }
        "TaskEscalated" => {
            let proto::TaskEscalated {
                task,
                assignee,
                step,
                step_title,
                context,
                ..
            } = payload(event)?;
            let say = Say {
                step,
                step_title,
                ..Say::default()
            };
            Told::new(Kind::TaskEscalated, one(assignee, task), say, context)
        }
        "TaskExpired" => {
            let proto::TaskExpired {
                task,
                assignee,
                step,
                due_time,
                step_title,
                context,
            } = payload(event)?;
            let say = Say {
                step,
                step_title,
                due_time,
                ..Say::default()
            };
            Told::new(Kind::TaskExpired, one(assignee, task), say, context)
        }
        "TaskGivenBack" => {
            let proto::TaskGivenBack {
                task,
                assignee,
                step,
                step_title,
                context,
            } = payload(event)?;
            let say = Say {
                step,
                step_title,
                ..Say::default()
            };
            Told::new(Kind::TaskGivenBack, one(assignee, task), say, context)
        }
        "TaskReassigned" => {
            let proto::TaskReassigned {
                task,
                assignee,
                step,
                comment,
                step_title,
                context,
                ..
            } = payload(event)?;
            let say = Say {
                step,
                step_title,
                comment,
                ..Say::default()
            };
            Told::new(Kind::TaskTakenAway, one(assignee, task), say, context)
        }
        "TaskDeputed" => {
            let proto::TaskDeputed {
                step,
                principal,
                step_title,
                context,
                ..
            } = payload(event)?;
            let say = Say {
                step,
                step_title,
                ..Say::default()
            };
            Told::new(Kind::DeputyAsked, one(principal, String::new()), say, context)
        }
        "SignersAdded" => {
            let proto::SignersAdded {
                step,
                asked_later,
                comment,
                step_title,
                context,
                ..
            } = payload(event)?;
            let say = Say {
                step,
                step_title,
                comment,
                ..Say::default()
            };
            Told::new(Kind::SignerAdded, many(asked_later), say, context)
        }
        "SignerRemoved" => {
            let proto::SignerRemoved {
                step,
                signer,
                signer_task,
                comment,
                step_title,
                context,
                ..
            } = payload(event)?;
            let say = Say {
                step,
                step_title,
                comment,
                ..Say::default()
            };
            Told::new(Kind::SignerRemoved, one(signer, signer_task), say, context)
        }
        "ApprovalUrged" => {
            let proto::ApprovalUrged {
                addressees,
                comment,
                context,
            } = payload(event)?;
            let address = |urged: proto::approval_urged::Addressee| Address {
                recipient: urged.assignee,
                task: urged.task,
            };
            let addresses = addressees.into_iter().map(address).collect();
            let say = Say {
                comment,
                ..Say::default()
            };
            Told::new(Kind::TaskUrged, addresses, say, context)
        }
        "ApprovalCopied" => {
            let proto::ApprovalCopied {
                recipients,
                comment,
                context,
            } = payload(event)?;
            let say = Say {
                comment,
                ..Say::default()
            };
            Told::new(Kind::Copied, many(recipients), say, context)
        }
        "ApprovalCommented" => {
            let proto::ApprovalCommented {
                comment,
                concerned,
                context,
            } = payload(event)?;
            let say = Say {
                comment,
                ..Say::default()
            };
            Told::new(Kind::Commented, many(concerned), say, context)
        }
        "ApprovalDecided" => decided(payload(event)?),
        "AttentionRaised" => {
            let raised: proto::AttentionRaised = payload(event)?;
            let say = Say {
                reason: reason(raised.reason()),
                comment: raised.detail,
                ..Say::default()
            };
            Told::new(Kind::AttentionRaised, administrators(), say, raised.context)
        }
        "AttentionCleared" => {
            let proto::AttentionCleared { context } = payload(event)?;
            Told::new(Kind::AttentionCleared, administrators(), Say::default(), context)
        }
        _ => Told::nobody(),
    })
}

fn created(created: proto::TaskCreated) -> Told {
    if created.silent {
        return Told::nobody();
    }
    let kind = match created.cause() {
        Cause::Unspecified | Cause::Step | Cause::TakenBack => Kind::TaskArrived,
        Cause::Transferred => Kind::TaskTransferred,
        Cause::Delegated => Kind::TaskDelegated,
        Cause::Reassigned => Kind::TaskReassigned,
        Cause::SignerAdded => Kind::SignerAdded,
        Cause::Deputed => Kind::TaskDeputed,
        Cause::Escalated => Kind::TaskInherited,
    };
    let proto::TaskCreated {
        task,
        assignee,
        step,
        comment,
        due_time,
        step_title,
        context,
        ..
    } = created;
    let say = Say {
        step,
        step_title,
        comment,
        due_time,
        ..Say::default()
    };
    Told::new(kind, one(assignee, task), say, context)
}

fn ended(ended: proto::TaskEnded) -> Told {
    // What somebody decided they know, and what a deadline decided another event tells.
    if ended.silent || ended.state() != State::Closed {
        return Told::nobody();
    }
    let proto::TaskEnded {
        task,
        assignee,
        step,
        step_title,
        context,
        ..
    } = ended;
    let say = Say {
        step,
        step_title,
        ..Say::default()
    };
    Told::new(Kind::TaskClosed, one(assignee, task), say, context)
}

fn decided(decided: proto::ApprovalDecided) -> Told {
    use proto::Outcome;
    let kind = match decided.outcome() {
        Outcome::Approved => Kind::ApprovalSignedOff,
        Outcome::Rejected => Kind::ApprovalRejected,
        Outcome::Returned => Kind::ApprovalReturned,
        Outcome::Withdrawn => Kind::ApprovalWithdrawn,
        Outcome::Refused => Kind::ApprovalRefused,
        Outcome::Superseded => Kind::ApprovalSuperseded,
        Outcome::Cancelled => Kind::ApprovalCancelled,
        Outcome::Unspecified => return Told::nobody(),
    };
    let proto::ApprovalDecided {
        comment,
        concerned,
        context,
        comment_zh,
        ..
    } = decided;
    let submitter = context.as_ref().map(|context| context.submitter.clone());
    // An event from before it said whom it is about names no submitter.
    let mut people: Vec<String> = submitter.into_iter().collect();
    people.extend(concerned);
    let say = Say {
        comment,
        comment_zh,
        ..Say::default()
    };
    Told::new(kind, many(people), say, context)
}

fn payload<M: prost::Message + Name + Default>(event: &Event) -> Result<M, Failure> {
    let payload = event.payload.as_ref();
    let payload = payload.ok_or_else(|| Failure::internal("an event without a payload"))?;
    payload.to_msg().map_err(Failure::internal)
}

fn one(recipient: String, task: String) -> Vec<Address> {
    vec![Address { recipient, task }]
}

fn many(people: Vec<String>) -> Vec<Address> {
    let address = |recipient| Address {
        recipient,
        task: String::new(),
    };
    people.into_iter().map(address).collect()
}

/// Everybody who runs the suite: who that is at the moment, the organisation knows.
fn administrators() -> Vec<Address> {
    one(String::new(), String::new())
}

/// The reason of that number, if the domain knows it.
fn reason(reason: proto::attention::Reason) -> Option<AttentionReason> {
    let name = reason.as_str_name().strip_prefix("REASON_")?;
    serde_json::from_value(name.into()).ok()
}
