//! What people are told of each event.

use std::collections::HashSet;

use prost::{Message, Name};
use prost_types::Any;
use salient_proto::{
    access::v1::Post,
    approval::v1::{
        self as proto, Notification, Outcome, approval_urged::Addressee, attention::Reason,
        notification::Type, task::State, task_created::Cause,
    },
    events::v1::Event,
};

use super::notification::{event_types, notifications, wire};
use crate::domain::notification::NotificationKind;

const POSITION: i64 = 7;
const ACTOR: &str = "employees/actor";

fn event<M: Message + Name>(message: &M) -> Event {
    Event {
        id: "0190a000-0000-7000-8000-000000000001".into(),
        position: POSITION,
        resource: "approvals/1".into(),
        r#type: M::full_name(),
        actor: "services/contracts".into(),
        payload: Some(Any::from_msg(message).expect("encoded")),
        ..Event::default()
    }
}

fn told<M: Message + Name>(message: &M) -> Vec<Notification> {
    notifications(&event(message)).expect("decoded")
}

/// Who is told what, and of which task.
fn summary<M: Message + Name>(message: &M) -> Vec<(Type, String, String)> {
    told(message)
        .into_iter()
        .map(|told| (told.r#type(), told.recipient, told.task))
        .collect()
}

fn to(kind: Type, recipient: &str, task: &str) -> (Type, String, String) {
    (kind, recipient.to_owned(), task.to_owned())
}

fn context() -> Option<proto::EventContext> {
    Some(proto::EventContext {
        title: "HT-1 晨光".into(),
        submitter: "employees/li".into(),
        kind: "contract".into(),
        subject: "contracts/1".into(),
        round: 1,
        actor: ACTOR.into(),
    })
}

fn created(cause: Cause) -> proto::TaskCreated {
    proto::TaskCreated {
        task: "tasks/1".into(),
        assignee: "employees/zhang".into(),
        step: "review".into(),
        cause: cause.into(),
        comment: "请看".into(),
        step_title: "审核".into(),
        context: context(),
        ..Default::default()
    }
}

fn decided(outcome: Outcome) -> proto::ApprovalDecided {
    proto::ApprovalDecided {
        outcome: outcome.into(),
        comment: "价格过低".into(),
        concerned: vec!["employees/zhang".into(), ACTOR.into(), "employees/wang".into()],
        context: context(),
        ..Default::default()
    }
}

#[test]
fn a_task_is_announced_by_its_cause() {
    for (cause, kind) in [
        (Cause::Unspecified, Type::TaskArrived),
        (Cause::Step, Type::TaskArrived),
        (Cause::Transferred, Type::TaskTransferred),
        (Cause::Delegated, Type::TaskDelegated),
        (Cause::Reassigned, Type::TaskReassigned),
        (Cause::SignerAdded, Type::SignerAdded),
        (Cause::Deputed, Type::TaskDeputed),
        (Cause::Escalated, Type::TaskInherited),
    ] {
        assert_eq!(
            summary(&created(cause)),
            [to(kind, "employees/zhang", "tasks/1")],
            "{cause:?}"
        );
    }
    let silent = proto::TaskCreated {
        silent: true,
        ..created(Cause::Step)
    };
    assert_eq!(summary(&silent), []);
}

#[test]
fn a_notification_says_everything_that_it_needs() {
    let told = told(&created(Cause::Transferred)).remove(0);
    assert_eq!(told.approval, "approvals/1");
    assert_eq!(
        (told.title.as_str(), told.kind.as_str(), told.subject.as_str()),
        ("HT-1 晨光", "contract", "contracts/1")
    );
    assert_eq!((told.step.as_str(), told.step_title.as_str()), ("review", "审核"));
    assert_eq!((told.actor.as_str(), told.comment.as_str()), (ACTOR, "请看"));
    assert_eq!(told.event, "0190a000-0000-7000-8000-000000000001");
    let (zh, en) = (told.zh.unwrap(), told.en.unwrap());
    assert_eq!(zh.heading, "转办给您");
    assert_eq!(zh.body, "“HT-1 晨光”已转交给您处理（审核）。说明：请看");
    assert_eq!(
        en.body,
        "“HT-1 晨光” was handed over to you to decide (审核). Comment: 请看"
    );
}

#[test]
fn nobody_is_told_of_what_they_did_unless_something_waits_for_them() {
    let mine = |cause| proto::TaskCreated {
        assignee: ACTOR.into(),
        ..created(cause)
    };
    assert_eq!(
        summary(&mine(Cause::Step)),
        [to(Type::TaskArrived, ACTOR, "tasks/1")]
    );
    assert_eq!(summary(&mine(Cause::Transferred)), []);
    let back = proto::TaskGivenBack {
        assignee: ACTOR.into(),
        task: "tasks/1".into(),
        context: context(),
        ..Default::default()
    };
    assert_eq!(summary(&back), [to(Type::TaskGivenBack, ACTOR, "tasks/1")]);
    // A service passed it on: the person it acted for is not told.
    let mut superseded = decided(Outcome::Superseded);
    superseded.context.as_mut().unwrap().actor = "employees/li".into();
    let told = summary(&superseded);
    assert!(told.iter().all(|(_, recipient, _)| recipient != "employees/li"));
    assert_eq!(told.len(), 3);
}

#[test]
fn a_task_is_over_only_for_those_who_have_not_decided_it() {
    let ended = |state: State, silent| proto::TaskEnded {
        task: "tasks/1".into(),
        assignee: "employees/zhang".into(),
        state: state.into(),
        silent,
        context: context(),
        ..Default::default()
    };
    assert_eq!(
        summary(&ended(State::Closed, false)),
        [to(Type::TaskClosed, "employees/zhang", "tasks/1")]
    );
    assert_eq!(summary(&ended(State::Closed, true)), []);
    for state in [
        State::Approved,
        State::Rejected,
        State::Returned,
        State::CarriedOver,
    ] {
        assert_eq!(summary(&ended(state, false)), [], "{state:?}");
    }
}

#[test]
fn an_outcome_is_told_to_the_submitter_and_to_who_decided_once_each() {
    for (outcome, kind) in [
        (Outcome::Approved, Type::ApprovalSignedOff),
        (Outcome::Rejected, Type::ApprovalRejected),
        (Outcome::Returned, Type::ApprovalReturned),
        (Outcome::Withdrawn, Type::ApprovalWithdrawn),
        (Outcome::Refused, Type::ApprovalRefused),
        (Outcome::Superseded, Type::ApprovalSuperseded),
        (Outcome::Cancelled, Type::ApprovalCancelled),
    ] {
        let expected =
            ["employees/li", "employees/zhang", "employees/wang"].map(|person| to(kind, person, ""));
        assert_eq!(summary(&decided(outcome)), expected, "{outcome:?}");
    }
    let mut twice = decided(Outcome::Approved);
    twice.concerned.push("employees/li".into());
    assert_eq!(told(&twice).len(), 3);
    // From before events said whom they are about.
    let old = proto::ApprovalDecided {
        outcome: Outcome::Approved.into(),
        ..Default::default()
    };
    assert_eq!(summary(&old), []);
}

#[test]
fn a_service_that_refuses_speaks_both_languages() {
    let refused = proto::ApprovalDecided {
        comment: "The credit is used up.".into(),
        comment_zh: "信用额度不足。".into(),
        ..decided(Outcome::Refused)
    };
    let told = told(&refused).remove(0);
    assert!(told.zh.unwrap().body.ends_with("说明：信用额度不足。"));
    assert!(told.en.unwrap().body.ends_with("Comment: The credit is used up."));
}

#[test]
fn administrators_are_told_by_their_post() {
    let raised = proto::AttentionRaised {
        reason: Reason::NoApprover.into(),
        detail: "Nobody can be asked in step review".into(),
        context: context(),
    };
    let told = told(&raised);
    assert_eq!(told.len(), 1);
    assert_eq!(
        (told[0].r#type(), told[0].post(), told[0].recipient.as_str()),
        (Type::AttentionRaised, Post::Administrator, "")
    );
    assert_eq!(told[0].comment, "Nobody can be asked in step review");
    let zh = told[0].zh.as_ref().unwrap();
    assert_eq!(zh.body, "“HT-1 晨光”无法继续：找不到审批人。");
    for number in 1..=10 {
        let raised = proto::AttentionRaised {
            reason: number,
            ..raised.clone()
        };
        let body = self::told(&raised).remove(0).en.unwrap().body;
        assert!(!body.contains("unknown"), "{number}: {body}");
    }
}

/// One event of each type that tells anybody anything.
fn all_events() -> Vec<Event> {
    let (task, assignee, step) = (
        "tasks/1".to_owned(),
        "employees/zhang".to_owned(),
        "review".to_owned(),
    );
    let comment = "说明".to_owned();
    let mut events = vec![
        event(&proto::TaskEnded {
            task: task.clone(),
            assignee: assignee.clone(),
            step: step.clone(),
            state: State::Closed.into(),
            context: context(),
            ..Default::default()
        }),
        event(&proto::TaskReminded {
            task: task.clone(),
            assignee: assignee.clone(),
            step: step.clone(),
            context: context(),
            ..Default::default()
        }),
        event(&proto::TaskEscalated {
            task: task.clone(),
            assignee: assignee.clone(),
            step: step.clone(),
            context: context(),
            ..Default::default()
        }),
        event(&proto::TaskExpired {
            task: task.clone(),
            assignee: assignee.clone(),
            step: step.clone(),
            context: context(),
            ..Default::default()
        }),
        event(&proto::TaskGivenBack {
            task: task.clone(),
            assignee: assignee.clone(),
            step: step.clone(),
            context: context(),
            ..Default::default()
        }),
        event(&proto::TaskReassigned {
            task: task.clone(),
            assignee: assignee.clone(),
            step: step.clone(),
            comment: comment.clone(),
            context: context(),
            ..Default::default()
        }),
        event(&proto::TaskDeputed {
            task: task.clone(),
            assignee: assignee.clone(),
            step: step.clone(),
            principal: "employees/wang".into(),
            context: context(),
            ..Default::default()
        }),
        event(&proto::SignersAdded {
            task: task.clone(),
            assignee: assignee.clone(),
            step: step.clone(),
            signers: vec!["employees/zhao".into(), "employees/wang".into()],
            asked_later: vec!["employees/zhao".into()],
            comment: comment.clone(),
            context: context(),
            ..Default::default()
        }),
        event(&proto::SignerRemoved {
            task: task.clone(),
            assignee: assignee.clone(),
            step,
            signer: "employees/zhao".into(),
            signer_task: "tasks/2".into(),
            comment: comment.clone(),
            context: context(),
            ..Default::default()
        }),
        event(&proto::ApprovalUrged {
            addressees: vec![
                Addressee {
                    assignee: assignee.clone(),
                    task,
                },
                Addressee {
                    assignee: "employees/wang".into(),
                    task: "tasks/3".into(),
                },
            ],
            comment: comment.clone(),
            context: context(),
        }),
        event(&proto::ApprovalCopied {
            recipients: vec!["employees/zhao".into()],
            comment: comment.clone(),
            context: context(),
        }),
        event(&proto::ApprovalCommented {
            comment,
            concerned: vec!["employees/li".into(), ACTOR.into(), assignee],
            context: context(),
        }),
        event(&proto::AttentionRaised {
            reason: Reason::NoStep.into(),
            detail: "x".into(),
            context: context(),
        }),
        event(&proto::AttentionCleared { context: context() }),
    ];
    events.extend((1..=7).map(|cause| event(&created(Cause::try_from(cause).expect("a cause")))));
    events.extend((1..=7).map(|how| event(&decided(Outcome::try_from(how).expect("an outcome")))));
    events
}

#[test]
fn who_hears_of_the_other_events_is_as_documented() {
    let told: Vec<_> = all_events()
        .iter()
        .take(14)
        .flat_map(|event| notifications(event).expect("decoded"))
        .map(|told| (told.r#type(), told.recipient, told.task))
        .collect();
    let expected = [
        to(Type::TaskClosed, "employees/zhang", "tasks/1"),
        to(Type::TaskReminded, "employees/zhang", "tasks/1"),
        to(Type::TaskEscalated, "employees/zhang", "tasks/1"),
        to(Type::TaskExpired, "employees/zhang", "tasks/1"),
        to(Type::TaskGivenBack, "employees/zhang", "tasks/1"),
        to(Type::TaskTakenAway, "employees/zhang", "tasks/1"),
        to(Type::DeputyAsked, "employees/wang", ""),
        to(Type::SignerAdded, "employees/zhao", ""),
        to(Type::SignerRemoved, "employees/zhao", "tasks/2"),
        to(Type::TaskUrged, "employees/zhang", "tasks/1"),
        to(Type::TaskUrged, "employees/wang", "tasks/3"),
        to(Type::Copied, "employees/zhao", ""),
        to(Type::Commented, "employees/li", ""),
        to(Type::Commented, "employees/zhang", ""),
        to(Type::AttentionRaised, "", ""),
        to(Type::AttentionCleared, "", ""),
    ];
    assert_eq!(told, expected);
}

#[test]
fn every_type_of_notification_is_made_of_some_event_and_every_listed_event_makes_some() {
    let mut kinds = HashSet::new();
    let mut types = HashSet::new();
    for event in all_events() {
        let told = notifications(&event).expect("decoded");
        assert!(!told.is_empty(), "{}", event.r#type);
        for told in told {
            kinds.insert(told.r#type());
            let (zh, en) = (told.zh.unwrap(), told.en.unwrap());
            for text in [&zh.heading, &zh.body, &en.heading, &en.body] {
                assert!(!text.is_empty() && !text.contains(['{', '}']), "{text}");
                assert!(!text.contains("（）") && !text.contains("()"), "{text}");
            }
        }
        types.insert(event.r#type);
    }
    assert_eq!(types, event_types().into_iter().collect());
    let declared: HashSet<_> = NotificationKind::ALL.map(wire).into();
    assert_eq!(declared.len(), NotificationKind::ALL.len());
    let of_proto = salient_proto::POOL
        .get_enum_by_name("salient.approval.v1.Notification.Type")
        .expect("declared");
    assert_eq!(
        of_proto.values().count(),
        declared.len() + 1,
        "all but unspecified"
    );
    assert_eq!(kinds, declared);
}

#[test]
fn positions_grow_within_an_event_and_lie_between_those_of_its_neighbours() {
    let at = |position: i64| {
        let event = Event {
            position,
            ..event(&decided(Outcome::Approved))
        };
        let told = notifications(&event).expect("decoded");
        told.into_iter().map(|told| told.position).collect::<Vec<_>>()
    };
    let positions: Vec<i64> = (1..=3).flat_map(at).collect();
    assert_eq!(positions.len(), 9);
    assert!(positions.is_sorted_by(|one, next| one < next), "{positions:?}");
    assert!(positions[0] > 0);
}

#[test]
fn what_does_not_decode_is_no_notification_and_not_passed_over() {
    let mut broken = event(&created(Cause::Step));
    broken.payload = Some(Any::from_msg(&decided(Outcome::Approved)).expect("encoded"));
    assert!(notifications(&broken).is_err());
    broken.payload = None;
    assert!(notifications(&broken).is_err());
    let other = event(&proto::PolicyVersionPublished::default());
    assert_eq!(notifications(&other).expect("not for people"), []);
}
