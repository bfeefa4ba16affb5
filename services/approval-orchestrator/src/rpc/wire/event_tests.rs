//! What the entries of a change are announced as.

use prost::{Message, Name};
use prost_types::Any;
use salient_database::NewEvent;
use salient_proto::approval::v1::{self as proto, signers_added::Position, task_created::Cause};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::event::events;
use crate::domain::{
    approval::{Approval, Task, TaskState},
    audit::{Action, action_named},
    fixture::{TWO_STEPS, now, rulebook, submitted},
    work::Entry,
};

const ACTOR: &str = "employees/00000000-0000-0000-0000-000000000002";

fn person(number: u128) -> String {
    format!("employees/{}", Uuid::from_u128(number))
}

/// An approval whose supervisor, person 2, is asked; and their task.
fn asked() -> (Approval, Task) {
    let (approval, _) = submitted();
    let task = approval.tasks[0].clone();
    assert_eq!(task.assignee, Uuid::from_u128(2));
    (approval, task)
}

/// A task of somebody's beside the supervisor's.
fn another(approval: &mut Approval, number: u128, state: TaskState) -> Uuid {
    let task = Task {
        id: Uuid::from_u128(9_000 + number),
        assignee: Uuid::from_u128(number),
        state,
        due_time: Some(now()),
        ..approval.tasks[0].clone()
    };
    approval.tasks.push(task);
    Uuid::from_u128(9_000 + number)
}

fn entry(action: Action, task: Option<Uuid>, details: Value) -> Entry {
    let details: Map<String, Value> = details.as_object().expect("an object").clone();
    Entry {
        action,
        step: task.map(|_| "review".to_owned()),
        visit: None,
        task,
        details,
    }
}

fn announced(approval: &Approval, log: &[Entry]) -> Vec<NewEvent> {
    events(approval, &rulebook(TWO_STEPS), ACTOR, log)
}

fn decode<M: Message + Name + Default>(event: &NewEvent) -> M {
    let payload = Any::decode(event.payload()).expect("an Any");
    payload
        .to_msg()
        .unwrap_or_else(|error| panic!("{}: {error}", event.kind()))
}

/// The only event of a log of one entry.
fn only<M: Message + Name + Default>(approval: &Approval, entry: Entry) -> M {
    let events = announced(approval, &[entry]);
    assert_eq!(events.len(), 1);
    decode(&events[0])
}

fn context() -> Option<proto::EventContext> {
    Some(proto::EventContext {
        title: "HT-1".into(),
        submitter: person(1),
        kind: "contract".into(),
        subject: "contracts/1".into(),
        round: 1,
        actor: ACTOR.into(),
    })
}

#[test]
fn every_action_but_those_of_the_machinery_is_announced() {
    let (mut approval, task) = asked();
    let visit = approval.visits[0].id;
    another(&mut approval, 3, TaskState::Pending);
    let details = json!({
        "to": person(3), "comment": "x", "signers": [person(3)], "position": "BEFORE", "signer": person(3),
        "assignees": [person(3)], "recipients": [person(3)], "principal": person(4), "deputy": person(2),
        "chain": [person(4), person(2)], "reason": "NO_STEP", "detail": "y", "superiors": [person(3)],
    });
    let quiet = [
        Action::Reserved,
        Action::Refused,
        Action::StepSkipped,
        Action::Confirming,
        Action::Confirmed,
        Action::Released,
        Action::Retried,
        Action::OutcomeDelivered,
    ];
    let declared = salient_proto::POOL
        .get_enum_by_name("salient.approval.v1.AuditEntry.Action")
        .expect("declared");
    for value in declared.values().filter(|value| value.number() != 0) {
        let action = action_named(value.name().trim_start_matches("ACTION_")).expect("an action");
        let mut entry = entry(action, Some(task.id), details.clone());
        entry.visit = Some(visit);
        let events = announced(&approval, &[entry]);
        assert_eq!(events.is_empty(), quiet.contains(&action), "{action:?}");
    }
}

#[test]
fn what_somebody_did_with_their_task_is_told_with_everything_around_it() {
    let (approval, task) = asked();
    let name = format!("tasks/{}", task.id);
    let of = |action, details| entry(action, Some(task.id), details);
    let transferred: proto::TaskTransferred = only(
        &approval,
        of(
            Action::TaskTransferred,
            json!({ "to": person(3), "comment": "出差" }),
        ),
    );
    let expected = proto::TaskTransferred {
        task: name.clone(),
        assignee: person(2),
        step: "review".into(),
        to: person(3),
        comment: "出差".into(),
        step_title: "Review".into(),
        context: context(),
    };
    assert_eq!(transferred, expected);
    let delegated: proto::TaskDelegated = only(
        &approval,
        of(
            Action::TaskDelegated,
            json!({ "to": person(3), "comment": "请看" }),
        ),
    );
    assert_eq!(
        (delegated.to, delegated.comment, delegated.context),
        (person(3), "请看".into(), context())
    );
    let back: proto::TaskGivenBack = only(&approval, of(Action::TaskGivenBack, json!({})));
    assert_eq!(
        (back.task, back.assignee, back.step_title),
        (name.clone(), person(2), "Review".into())
    );
    let taken: proto::TaskTakenBack = only(
        &approval,
        of(Action::TaskTakenBack, json!({ "comment": "误操作" })),
    );
    assert_eq!((taken.task, taken.comment), (name.clone(), "误操作".into()));
    let reassigned: proto::TaskReassigned = only(
        &approval,
        of(
            Action::TaskReassigned,
            json!({ "to": person(4), "comment": "离职" }),
        ),
    );
    assert_eq!(
        (reassigned.assignee, reassigned.to, reassigned.comment),
        (person(2), person(4), "离职".into())
    );
    let deputed: proto::TaskDeputed = only(
        &approval,
        of(
            Action::TaskDeputed,
            json!({ "principal": person(4), "deputy": person(2), "chain": [person(4), person(5), person(2)] }),
        ),
    );
    assert_eq!((deputed.assignee, deputed.principal), (person(2), person(4)));
    assert_eq!(deputed.chain, [person(4), person(5), person(2)]);
}

#[test]
fn signers_are_told_with_whether_they_are_asked_at_once() {
    let (mut approval, task) = asked();
    let third = another(&mut approval, 3, TaskState::Pending);
    let details = |position: &str| json!({ "signers": [person(3), person(4)], "position": position, "comment": "会签" });
    for (word, position) in [
        ("BEFORE", Position::Before),
        ("AFTER", Position::After),
        ("BESIDE", Position::Beside),
    ] {
        let log = [
            entry(Action::SignersAdded, Some(task.id), details(word)),
            entry(Action::TaskCreated, Some(third), json!({})),
        ];
        let events = announced(&approval, &log);
        let added: proto::SignersAdded = decode(&events[0]);
        assert_eq!(added.position(), position);
        assert_eq!(added.signers, [person(3), person(4)]);
        assert_eq!(added.asked_later, [person(4)]);
        let created: proto::TaskCreated = decode(&events[1]);
        assert_eq!(
            (created.cause(), created.source, created.comment, created.silent),
            (Cause::SignerAdded, person(2), "会签".into(), false)
        );
    }
    approval.tasks[1].state = TaskState::Closed;
    let log = [
        entry(
            Action::SignerRemoved,
            Some(task.id),
            json!({ "signer": person(3), "comment": "不需要" }),
        ),
        entry(Action::TaskClosed, Some(third), json!({})),
    ];
    let events = announced(&approval, &log);
    let removed: proto::SignerRemoved = decode(&events[0]);
    assert_eq!(
        (removed.signer, removed.signer_task, removed.comment),
        (person(3), format!("tasks/{third}"), "不需要".into())
    );
    let ended: proto::TaskEnded = decode(&events[1]);
    assert!(ended.silent, "the removal tells more");
}

#[test]
fn a_task_says_why_it_was_made() {
    let (mut approval, task) = asked();
    let third = another(&mut approval, 3, TaskState::Pending);
    let made = |approval: &Approval, before: Option<Entry>, after: Option<Entry>| {
        let mut log: Vec<Entry> = before.into_iter().collect();
        let at = log.len();
        log.push(entry(Action::TaskCreated, Some(third), json!({})));
        log.extend(after);
        let created: proto::TaskCreated = decode(&announced(approval, &log)[at]);
        (created.cause(), created.source.clone(), created)
    };
    let by = |action, details| Some(entry(action, Some(task.id), details));
    let (cause, source, created) = made(&approval, None, None);
    assert_eq!((cause, source.as_str()), (Cause::Step, ""));
    assert_eq!(
        (created.assignee, created.step_title, created.context),
        (person(3), "Review".into(), context())
    );
    assert!(created.due_time.is_some() && !created.silent);
    let to = json!({ "to": person(3), "comment": "c" });
    for (action, expected) in [
        (Action::TaskTransferred, Cause::Transferred),
        (Action::TaskDelegated, Cause::Delegated),
        (Action::TaskReassigned, Cause::Reassigned),
    ] {
        let (cause, source, created) = made(&approval, by(action, to.clone()), None);
        assert_eq!(
            (cause, source, created.comment),
            (expected, person(2), "c".into())
        );
        // Of somebody else, it is not the reason.
        let (cause, ..) = made(&approval, by(action, json!({ "to": person(5) })), None);
        assert_eq!(cause, Cause::Step);
    }
    let escalated = by(Action::TaskEscalated, json!({ "superiors": [person(3)] }));
    let (cause, source, _) = made(&approval, escalated, None);
    assert_eq!((cause, source), (Cause::Escalated, person(2)));
    let deputed = json!({ "principal": person(6), "deputy": person(3), "chain": [] });
    let (cause, source, _) = made(
        &approval,
        None,
        Some(entry(Action::TaskDeputed, Some(third), deputed)),
    );
    assert_eq!((cause, source), (Cause::Deputed, person(6)));
    // Who takes a decision back makes a task for themselves.
    approval.tasks[1].assignee = Uuid::from_u128(2);
    let (cause, _, created) = made(&approval, by(Action::TaskTakenBack, json!({})), None);
    assert!(cause == Cause::TakenBack && created.silent);
}

#[test]
fn what_comes_and_goes_in_one_change_is_announced_silently() {
    let (mut approval, task) = asked();
    let third = another(&mut approval, 3, TaskState::Closed);
    approval.tasks[0].state = TaskState::Closed;
    let log = [
        entry(Action::TaskCreated, Some(third), json!({})),
        entry(Action::TaskClosed, Some(third), json!({})),
        entry(Action::TaskClosed, Some(task.id), json!({})),
    ];
    let events = announced(&approval, &log);
    assert!(decode::<proto::TaskCreated>(&events[0]).silent);
    assert!(decode::<proto::TaskEnded>(&events[1]).silent);
    let ended: proto::TaskEnded = decode(&events[2]);
    assert!(!ended.silent, "theirs had been there before");
    assert_eq!((ended.step_title, ended.context), ("Review".into(), context()));
}

#[test]
fn messages_to_people_name_them_and_their_tasks() {
    let (mut approval, task) = asked();
    another(&mut approval, 3, TaskState::Approved);
    another(&mut approval, 4, TaskState::Waiting);
    another(&mut approval, 5, TaskState::Closed);
    let urged: proto::ApprovalUrged = only(
        &approval,
        entry(
            Action::Urged,
            None,
            json!({ "assignees": [person(2), person(8)], "comment": "客户在等" }),
        ),
    );
    let addressed: Vec<_> = urged
        .addressees
        .iter()
        .map(|to| (to.assignee.clone(), to.task.clone()))
        .collect();
    assert_eq!(
        addressed,
        [
            (person(2), format!("tasks/{}", task.id)),
            (person(8), String::new())
        ]
    );
    assert_eq!((urged.comment, urged.context), ("客户在等".into(), context()));
    let copied: proto::ApprovalCopied = only(
        &approval,
        entry(
            Action::Copied,
            None,
            json!({ "recipients": [person(7), person(8)], "comment": "供参考" }),
        ),
    );
    assert_eq!(copied.recipients, [person(7), person(8)]);
    assert_eq!(copied.comment, "供参考");
    let commented: proto::ApprovalCommented = only(
        &approval,
        entry(Action::Commented, None, json!({ "comment": "已核对" })),
    );
    assert_eq!(
        commented.concerned,
        [person(1), person(2), person(3), person(4)],
        "not whose task was closed"
    );
    assert_eq!(commented.comment, "已核对");
}

#[test]
fn an_outcome_concerns_those_who_decided_and_not_those_who_hear_that_their_task_is_closed() {
    let (mut approval, task) = asked();
    let submitter = approval.submitter;
    another(&mut approval, 3, TaskState::Approved);
    another(&mut approval, 4, TaskState::CarriedOver);
    another(&mut approval, 5, TaskState::Closed);
    approval.tasks.push(Task {
        assignee: submitter,
        ..approval.tasks[1].clone()
    });
    // Person 2 decided an earlier round, and waits in this one.
    approval.tasks.push(Task {
        id: Uuid::from_u128(1),
        state: TaskState::Approved,
        ..approval.tasks[0].clone()
    });
    approval.tasks[0].state = TaskState::Closed;
    let log = [
        entry(Action::TaskClosed, Some(task.id), json!({})),
        entry(Action::Withdrawn, None, json!({})),
    ];
    let decided: proto::ApprovalDecided = decode(&announced(&approval, &log)[1]);
    assert_eq!(decided.concerned, [person(3), person(4)]);
    assert_eq!(decided.context, context());
    let alone: proto::ApprovalDecided = only(&approval, entry(Action::Withdrawn, None, json!({})));
    assert_eq!(alone.concerned, [person(3), person(4), person(2)]);
}
