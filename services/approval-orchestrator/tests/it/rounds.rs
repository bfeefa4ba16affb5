//! Ends other than approval, and going round again.

use salient_operation::Post;
use salient_proto::approval::v1::{
    Outcome, RequestApprovalRequest, SupersedeApprovalRequest, approval::State, participation, task,
};
use tonic::Code;

use crate::{
    errors::reason,
    house::{House, id},
    peers::Manner,
};

#[tokio::test]
async fn a_rejection_releases_what_was_reserved_and_says_why() {
    let house = House::open().await;
    let (approval, task) = house.submit_for_approval().await;
    house.reject(&house.wang, &task).await.unwrap();
    let rejected = house.until(&approval, State::Rejected).await;
    assert_eq!(rejected.outcome_comment, "付款条件不可接受");
    house.heard(&approval, &[Outcome::Rejected]).await;
    let outcome = house.contracts.last(&approval);
    assert_eq!(
        (outcome.comment, outcome.actor),
        ("付款条件不可接受".to_owned(), house.wang.name())
    );
    house.asked_last(&approval, "Release").await;
    house
        .until_that(&approval, |approval| {
            approval.participants[0].state() == participation::State::Released
        })
        .await;
    assert!(house.verify(&approval).await.intact);
}

#[tokio::test]
async fn a_refusal_by_the_participant_ends_it_with_the_reason() {
    let house = House::open().await;
    house
        .customers
        .next(Manner::Refuse("ERROR_REASON_CREDIT_EXCEEDED"));
    let approval = house.submit().await;
    let refused = house.until(&approval, State::Refused).await;
    assert_eq!(refused.outcome_comment, "The credit does not suffice.");
    assert_eq!(
        refused.participants[0].refusal_reason,
        "ERROR_REASON_CREDIT_EXCEEDED"
    );
    assert_eq!(refused.participants[0].refusal_message_zh, "信用额度不足。");
    house.heard(&approval, &[Outcome::Refused]).await;
    assert!(house.inbox(&house.zhang, "").await.is_empty(), "nobody was asked");
    assert_eq!(
        house.customers.calls(&approval),
        [("Reserve", 1)],
        "nothing to release"
    );
}

#[tokio::test]
async fn a_withdrawal_closes_the_tasks() {
    let house = House::open().await;
    let (approval, task) = house.submit_for_review().await;
    house.withdraw(&house.li, &approval).await.unwrap();
    assert!(house.inbox(&house.zhang, "").await.is_empty());
    let closed = house.approval(&approval).await;
    assert_eq!(closed.visits[0].tasks[0].state(), task::State::Closed);
    house.heard(&approval, &[Outcome::Withdrawn]).await;
    house.asked_last(&approval, "Release").await;
    let refused = house.approve(&house.zhang, &task).await.unwrap_err();
    assert_eq!(reason(&refused), "ERROR_REASON_TASK_CLOSED");
    let refused = house.withdraw(&house.li, &approval).await.unwrap_err();
    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::FailedPrecondition, "ERROR_REASON_APPROVAL_CLOSED")
    );
}

#[tokio::test]
async fn a_return_opens_a_second_round_of_the_same_approval() {
    let house = House::open().await;
    let first = house.request();
    let approval = first.approval.clone();
    house.intake().request_approval(first.clone()).await.unwrap();
    let task = house.task_of(&house.zhang, &approval).await;
    house.return_to(&house.zhang, &task, "").await.unwrap();
    house.until(&approval, State::Returned).await;
    house.heard(&approval, &[Outcome::Returned]).await;
    house.asked_last(&approval, "Release").await;

    let mut second = RequestApprovalRequest {
        round: 2,
        request_id: id(),
        ..first
    };
    let subject = second.subject.as_mut().unwrap();
    (subject.version, subject.digest) = (2, vec![2; 32]);
    house.intake().request_approval(second.clone()).await.unwrap();
    // Delivered again under another request id, it is the same submission still.
    let again = RequestApprovalRequest {
        request_id: id(),
        ..second
    };
    house.intake().request_approval(again).await.unwrap();
    let task = house.task_of(&house.zhang, &approval).await;
    assert_eq!((task.round, task.visit), (2, 2));
    assert_eq!(task.subject.as_ref().unwrap().version, 2);
    house.approve(&house.zhang, &task).await.unwrap();
    let task = house.task_of(&house.wang, &approval).await;
    house.approve(&house.wang, &task).await.unwrap();
    let approved = house.until(&approval, State::Approved).await;
    let old = &approved.visits[0].tasks[0];
    assert_eq!(
        old.subject.as_ref().unwrap().version,
        1,
        "what was returned is shown as it was"
    );
    house
        .heard(&approval, &[Outcome::Returned, Outcome::Approved])
        .await;
    assert_eq!(
        house.customers.calls(&approval),
        [("Reserve", 1), ("Release", 1), ("Reserve", 2), ("Confirm", 2)]
    );
    assert!(house.verify(&approval).await.intact);
}

#[tokio::test]
async fn a_return_to_an_earlier_step_asks_there_again() {
    let house = House::open().await;
    let (approval, task) = house.submit_for_approval().await;
    let refused = house.return_to(&house.wang, &task, "approval").await.unwrap_err();
    assert_eq!(reason(&refused), "ERROR_REASON_RETURN_TARGET_INVALID");
    house.return_to(&house.wang, &task, "review").await.unwrap();
    let task = house.task_of(&house.zhang, &approval).await;
    assert_eq!((task.step.as_str(), task.visit, task.round), ("review", 2, 1));
    house.approve(&house.zhang, &task).await.unwrap();
    let task = house.task_of(&house.wang, &approval).await;
    house.approve(&house.wang, &task).await.unwrap();
    house.until(&approval, State::Approved).await;
    house.heard(&approval, &[Outcome::Approved]).await;
}

#[tokio::test]
async fn an_edit_supersedes_and_the_subject_may_be_submitted_anew() {
    let house = House::open().await;
    let first = house.request();
    house.intake().request_approval(first.clone()).await.unwrap();
    house.task_of(&house.zhang, &first.approval).await;
    let mut supersede = SupersedeApprovalRequest {
        approval: first.approval.clone(),
        actor: house.li.name(),
        request_id: id(),
    };
    house
        .intake()
        .supersede_approval(supersede.clone())
        .await
        .unwrap();
    supersede.request_id = id();
    house
        .intake()
        .supersede_approval(supersede.clone())
        .await
        .unwrap();
    house.heard(&first.approval, &[Outcome::Superseded]).await;
    assert_eq!(house.contracts.last(&first.approval).actor, house.li.name());
    let anew = RequestApprovalRequest {
        subject: first.subject,
        ..house.request()
    };
    house.intake().request_approval(anew).await.unwrap();
    supersede.approval = format!("approvals/{}", id());
    supersede.request_id = id();
    assert_eq!(
        house
            .intake()
            .supersede_approval(supersede)
            .await
            .unwrap_err()
            .code(),
        Code::NotFound
    );
}

#[tokio::test]
async fn a_supervisor_who_submits_is_passed_over_and_nobody_decides_twice_in_a_row() {
    let house = House::open().await;
    // The submitter is the team's supervisor themselves: their superior reviews, who is also the one to approve.
    house.organization.ladder(
        Post::Supervisor,
        &[
            (Post::Supervisor, house.team, &[&house.li]),
            (Post::RegionalManager, house.region, &[&house.wang]),
        ],
    );
    let approval = house.submit().await;
    let task = house.task_of(&house.wang, &approval).await;
    assert_eq!(task.step, "review");
    house.approve(&house.wang, &task).await.unwrap();
    let approved = house.until(&approval, State::Approved).await;
    assert!(
        approved.visits[0]
            .trace
            .iter()
            .any(|line| line.contains("held by the submitter"))
    );
    let carried = &approved.visits[1].tasks[0];
    assert_eq!(carried.state(), task::State::CarriedOver);
    assert_eq!(carried.decision.as_ref().unwrap().carried_from, task.name);
    assert!(house.inbox(&house.li, "").await.is_empty());
}
