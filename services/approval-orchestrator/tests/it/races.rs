//! Two changes of one approval at the same instant: the first to be saved stands, the other gets the documented answer.

use futures::{StreamExt as _, future::join_all, stream};
use salient_proto::approval::v1::{Outcome, SupersedeApprovalRequest, approval::State};
use tonic::{Code, Status};

use crate::{
    errors::reason,
    house::{House, id},
};

/// How many times each pair meets.
const ROUNDS: usize = 1_000;
/// How many pairs are under way at once.
const AT_ONCE: usize = 32;

/// Plays every round, many at a time.
async fn rounds(round: impl AsyncFn()) {
    stream::iter(0..ROUNDS)
        .map(|_| round())
        .buffer_unordered(AT_ONCE)
        .collect::<()>()
        .await;
}

/// That exactly one of two succeeded, and the other got one of these reasons.
fn one_wins<A, B>(first: Result<A, Status>, second: Result<B, Status>, reasons: [&str; 2]) -> bool {
    let (won, lost) = match (first, second) {
        (Ok(_), Err(status)) => (true, status),
        (Err(status), Ok(_)) => (false, status),
        (Ok(_), Ok(_)) => panic!("both won"),
        (Err(first), Err(second)) => panic!("both lost: {first:?}, {second:?}"),
    };
    assert_eq!(lost.code(), Code::FailedPrecondition, "{lost:?}");
    let expected = if won { reasons[1] } else { reasons[0] };
    assert_eq!(reason(&lost), expected, "{lost:?}");
    won
}

#[tokio::test(flavor = "multi_thread")]
async fn two_approvers_at_once() {
    let house = House::open().await;
    // The first answer decides, so both are asked and one of them is too late.
    house.two_managers();
    rounds(async || {
        let (approval, task) = house.submit_for_approval().await;
        let other = house.task_of(&house.zhao, &approval).await;
        let (approve, reject) = tokio::join!(
            house.approve(&house.wang, &task),
            house.reject(&house.zhao, &other)
        );
        let approved = one_wins(approve, reject, ["ERROR_REASON_TASK_CLOSED"; 2]);
        let state = if approved {
            State::Approved
        } else {
            State::Rejected
        };
        house.until(&approval, state).await;
        let outcome = if approved {
            Outcome::Approved
        } else {
            Outcome::Rejected
        };
        house.heard(&approval, &[outcome]).await;
        assert!(house.verify(&approval).await.intact);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn approve_against_withdraw() {
    let house = House::open().await;
    rounds(async || {
        let (approval, task) = house.submit_for_approval().await;
        let (approve, withdraw) = tokio::join!(
            house.approve(&house.wang, &task),
            house.withdraw(&house.li, &approval)
        );
        let approved = one_wins(
            approve,
            withdraw,
            ["ERROR_REASON_TASK_CLOSED", "ERROR_REASON_APPROVAL_CLOSED"],
        );
        let (state, outcome, last) = if approved {
            (State::Approved, Outcome::Approved, "Confirm")
        } else {
            (State::Withdrawn, Outcome::Withdrawn, "Release")
        };
        house.until(&approval, state).await;
        house.heard(&approval, &[outcome]).await;
        house.asked_last(&approval, last).await;
        assert!(house.verify(&approval).await.intact);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn approve_against_edit() {
    let house = House::open().await;
    rounds(async || {
        let (approval, task) = house.submit_for_approval().await;
        let request = SupersedeApprovalRequest {
            approval: approval.clone(),
            actor: house.li.name(),
            request_id: id(),
        };
        let mut intake = house.intake();
        let (approve, supersede) = tokio::join!(
            house.approve(&house.wang, &task),
            intake.supersede_approval(request)
        );
        let approved = one_wins(
            approve,
            supersede,
            ["ERROR_REASON_TASK_CLOSED", "ERROR_REASON_APPROVAL_CLOSED"],
        );
        let (state, outcome) = if approved {
            (State::Approved, Outcome::Approved)
        } else {
            (State::Superseded, Outcome::Superseded)
        };
        house.until(&approval, state).await;
        house.heard(&approval, &[outcome]).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_request_many_times_at_once_is_done_once() {
    let house = House::open().await;
    let request = house.request();
    let opened = join_all((0..8).map(|_| {
        let (mut intake, request) = (house.intake(), request.clone());
        async move { intake.request_approval(request).await }
    }))
    .await;
    for answer in &opened {
        assert_eq!(answer.as_ref().unwrap().get_ref().name, request.approval);
    }
    let task = house.task_of(&house.zhang, &request.approval).await;
    let decision = crate::house::approve_request(&task);
    let decided = join_all((0..8).map(|_| {
        let (mut tasks, decision) = (house.tasks(&house.zhang), decision.clone());
        async move { tasks.approve_task(decision).await }
    }))
    .await;
    let answers: Vec<_> = decided
        .into_iter()
        .map(|answer| answer.unwrap().into_inner())
        .collect();
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    house.task_of(&house.wang, &request.approval).await;
    assert!(house.verify(&request.approval).await.intact);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_approvals_of_one_subject_one_opens() {
    let house = House::open().await;
    rounds(async || {
        let first = house.request();
        let second = salient_proto::approval::v1::RequestApprovalRequest {
            subject: first.subject.clone(),
            ..house.request()
        };
        let (mut left, mut right) = (house.intake(), house.intake());
        let answers = tokio::join!(left.request_approval(first), right.request_approval(second));
        let lost = match answers {
            (Ok(_), Err(status)) | (Err(status), Ok(_)) => status,
            both => panic!("{both:?}"),
        };
        assert_eq!(lost.code(), Code::AlreadyExists);
        assert_eq!(reason(&lost), "ERROR_REASON_SUBJECT_HAS_OPEN_APPROVAL");
    })
    .await;
}
