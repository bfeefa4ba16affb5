//! What cannot go on shows, with the reason, and goes on once somebody has helped.

use salient_operation::Post;
use salient_proto::approval::v1::{
    ListApprovalsRequest, Outcome, RetryApprovalRequest, approval::State, attention::Reason,
    audit_entry::Action,
};
use tonic::{Code, Status};

use crate::{
    errors::reason,
    house::{House, id},
    peers::Manner,
};

fn retry(approval: &str) -> RetryApprovalRequest {
    RetryApprovalRequest {
        name: approval.to_owned(),
        request_id: id(),
    }
}

#[tokio::test]
async fn a_vacant_post_suspends_until_somebody_holds_it() {
    let house = House::open().await;
    house.organization.ladder(
        Post::RegionalManager,
        &[(Post::RegionalManager, house.region, &[])],
    );
    let (approval, task) = house.submit_for_review().await;
    house.approve(&house.zhang, &task).await.unwrap();
    let suspended = house.until(&approval, State::Suspended).await;
    assert_eq!(suspended.attention.unwrap().reason(), Reason::NoApprover);
    let request = ListApprovalsRequest {
        filter: "needs_attention = true".to_owned(),
        ..Default::default()
    };
    let listed = house
        .approvals(&house.admin)
        .list_approvals(request)
        .await
        .unwrap()
        .into_inner()
        .approvals;
    assert_eq!(listed.len(), 1);

    house.organization.ladder(
        Post::RegionalManager,
        &[(Post::RegionalManager, house.region, &[&house.wang])],
    );
    // What the organisation said is kept for two seconds.
    tokio::time::sleep(std::time::Duration::from_millis(2_200)).await;
    let refused = house
        .approvals(&house.zhang)
        .retry_approval(retry(&approval))
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
    house
        .approvals(&house.admin)
        .retry_approval(retry(&approval))
        .await
        .unwrap();
    let task = house.task_of(&house.wang, &approval).await;
    house.approve(&house.wang, &task).await.unwrap();
    house.until(&approval, State::Approved).await;
    let refused = house
        .approvals(&house.admin)
        .retry_approval(retry(&approval))
        .await
        .unwrap_err();
    assert_eq!(reason(&refused), "ERROR_REASON_NO_ATTENTION_NEEDED");
    assert!(house.verify(&approval).await.intact);
}

#[tokio::test]
async fn a_participant_that_is_away_is_asked_again() {
    let house = House::open().await;
    for _ in 0..3 {
        house
            .customers
            .next(Manner::Fail(Status::unavailable("restarting")));
    }
    let (approval, _) = house.submit_for_review().await;
    assert_eq!(house.customers.calls(&approval), [("Reserve", 1); 4]);
    assert!(house.approval(&approval).await.attention.is_none());
}

#[tokio::test]
async fn a_participant_that_cannot_answer_shows_and_is_asked_again_at_once_on_demand() {
    let house = House::open().await;
    house
        .customers
        .next(Manner::Fail(Status::not_found("no such customer")));
    let approval = house.submit().await;
    let stuck = house
        .until_that(&approval, |approval| approval.attention.is_some())
        .await;
    assert_eq!(stuck.state(), State::Reserving);
    let attention = stuck.attention.unwrap();
    assert_eq!(attention.reason(), Reason::ParticipantStuck);
    assert!(attention.detail.contains("no such customer"), "{attention:?}");
    // The relay may not have put it back yet; an administrator who sees it there still asks again.
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    house
        .approvals(&house.admin)
        .retry_approval(retry(&approval))
        .await
        .unwrap();
    house.task_of(&house.zhang, &approval).await;
    assert!(house.approval(&approval).await.attention.is_none());
    house.in_history(&approval, Action::Retried).await;
}

#[tokio::test]
async fn a_reservation_that_nobody_waits_for_any_more_does_not_hold_up_its_release() {
    let house = House::open().await;
    house
        .customers
        .next(Manner::Fail(Status::unavailable("restarting")));
    house
        .customers
        .next(Manner::Fail(Status::not_found("no such customer")));
    let approval = house.submit().await;
    house.withdraw(&house.li, &approval).await.unwrap();
    house.heard(&approval, &[Outcome::Withdrawn]).await;
    house.asked_last(&approval, "Release").await;
}

#[tokio::test]
async fn an_answer_that_cannot_be_used_shows_and_is_used_later() {
    let house = House::open().await;
    house.organization.refuse(true);
    let approval = house.submit().await;
    // The participant has reserved, but whom to ask next cannot be found out.
    let stuck = house
        .until_that(&approval, |approval| approval.attention.is_some())
        .await;
    assert_eq!(stuck.state(), State::Reserving);
    assert_eq!(stuck.attention.unwrap().reason(), Reason::ParticipantStuck);
    house.organization.refuse(false);
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    house
        .approvals(&house.admin)
        .retry_approval(retry(&approval))
        .await
        .unwrap();
    house.task_of(&house.zhang, &approval).await;
}
