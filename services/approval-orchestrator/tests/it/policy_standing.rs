//! Policies in force and out of it.

use diesel_async::SimpleAsyncConnection as _;
use salient_proto::approval::v1::{
    GetPolicyRequest, PausePolicyRequest, Policy, ResumePolicyRequest, RetirePolicyRequest,
    RetryApprovalRequest, approval::State, attention::Reason, policy,
};
use tonic::{Code, Status};

use crate::{
    errors::reason,
    house::{House, id},
    policies::{policies, policy as content, publish},
};

const NAME: &str = "policies/contract";

async fn pause(house: &House, etag: &str) -> Result<Policy, Status> {
    let request = PausePolicyRequest {
        name: NAME.to_owned(),
        reason: "信用检查停用".to_owned(),
        etag: etag.to_owned(),
        request_id: id(),
    };
    let paused = policies(house, &house.admin).pause_policy(request).await;
    paused.map(tonic::Response::into_inner)
}

async fn resume(house: &House) -> Result<Policy, Status> {
    let request = ResumePolicyRequest {
        name: NAME.to_owned(),
        reason: "恢复".to_owned(),
        request_id: id(),
        ..Default::default()
    };
    let resumed = policies(house, &house.admin).resume_policy(request).await;
    resumed.map(tonic::Response::into_inner)
}

async fn retire(house: &House) -> Policy {
    let request = RetirePolicyRequest {
        name: NAME.to_owned(),
        reason: "不再需要".to_owned(),
        request_id: id(),
        ..Default::default()
    };
    policies(house, &house.admin)
        .retire_policy(request)
        .await
        .unwrap()
        .into_inner()
}

async fn get(house: &House) -> Policy {
    let request = GetPolicyRequest {
        name: NAME.to_owned(),
    };
    policies(house, &house.li)
        .get_policy(request)
        .await
        .unwrap()
        .into_inner()
}

async fn retry(house: &House, approval: &str) -> Result<(), Status> {
    let request = RetryApprovalRequest {
        name: approval.to_owned(),
        request_id: id(),
    };
    house
        .approvals(&house.admin)
        .retry_approval(request)
        .await
        .map(|_| ())
}

#[tokio::test]
async fn what_is_submitted_while_paused_waits_and_goes_on_by_itself() {
    let house = House::open().await;
    let (running, task) = house.submit_for_review().await;
    let before = get(&house).await;
    let paused = pause(&house, &before.etag).await.unwrap();
    assert_eq!(
        (paused.state(), paused.reason.as_str()),
        (policy::State::Paused, "信用检查停用")
    );
    assert_eq!(paused.state_actor, house.admin.name());
    assert_eq!(get(&house).await, paused);

    let waiting = house.submit().await;
    let suspended = house.approval(&waiting).await;
    assert_eq!(suspended.state(), State::Suspended);
    assert_eq!(suspended.attention.unwrap().reason(), Reason::PolicyPaused);
    assert_eq!(house.customers.calls(&waiting), []);
    // Asked for again, it still waits; and nobody lets it past the pause.
    let refused = retry(&house, &waiting).await.unwrap_err();
    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::FailedPrecondition, "ERROR_REASON_POLICY_PAUSED")
    );
    // What was open before goes on.
    house.approve(&house.zhang, &task).await.unwrap();
    let task = house.task_of(&house.wang, &running).await;
    house.approve(&house.wang, &task).await.unwrap();
    house.until(&running, State::Approved).await;

    assert_eq!(resume(&house).await.unwrap().state(), policy::State::Active);
    let task = house.task_of(&house.zhang, &waiting).await;
    assert_eq!(house.customers.calls(&waiting), [("Reserve", 1)]);
    assert!(house.approval(&waiting).await.attention.is_none());
    house.approve(&house.zhang, &task).await.unwrap();
    let task = house.task_of(&house.wang, &waiting).await;
    house.approve(&house.wang, &task).await.unwrap();
    house.until(&waiting, State::Approved).await;
    assert!(house.verify(&waiting).await.intact);
}

#[tokio::test]
async fn what_waits_can_be_withdrawn_and_retried_once_the_policy_is_retired() {
    let house = House::open().await;
    pause(&house, "").await.unwrap();
    let (withdrawn, waiting) = (house.submit().await, house.submit().await);
    house.withdraw(&house.li, &withdrawn).await.unwrap();
    assert_eq!(retire(&house).await.state(), policy::State::Retired);
    // The sweep may have been faster.
    if let Err(refused) = retry(&house, &waiting).await {
        assert_eq!(reason(&refused), "ERROR_REASON_NO_ATTENTION_NEEDED");
    }
    house.task_of(&house.zhang, &waiting).await;
    assert_eq!(house.approval(&withdrawn).await.state(), State::Withdrawn);
}

#[tokio::test]
async fn nothing_new_is_signed_off_by_a_retired_policy() {
    let house = House::open().await;
    let (running, task) = house.submit_for_review().await;
    let retired = retire(&house).await;
    assert_eq!(retire(&house).await, retired, "nothing changes the second time");
    let refused = house
        .intake()
        .request_approval(house.request())
        .await
        .unwrap_err();
    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::FailedPrecondition, "ERROR_REASON_POLICY_RETIRED")
    );
    for refused in [pause(&house, "").await, resume(&house).await] {
        let refused = refused.unwrap_err();
        assert_eq!(
            (refused.code(), reason(&refused).as_str()),
            (Code::FailedPrecondition, "ERROR_REASON_POLICY_STATE_CONFLICT")
        );
    }
    house.approve(&house.zhang, &task).await.unwrap();
    house.task_of(&house.wang, &running).await;

    policies(&house, &house.admin)
        .publish_policy_version(publish(content()))
        .await
        .unwrap();
    let again = get(&house).await;
    assert_eq!(again.state(), policy::State::Active);
    assert_eq!(again.latest_version, "policies/contract/versions/2");
    house.submit_for_review().await;
}

#[tokio::test]
async fn of_two_who_turn_a_policy_one_has_seen_what_is_not_so_any_more() {
    let house = House::open().await;
    let seen = get(&house).await.etag;
    pause(&house, &seen).await.unwrap();
    let refused = pause(&house, &seen).await.unwrap_err();
    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::Aborted, "ERROR_REASON_ETAG_MISMATCH")
    );
    let request = PausePolicyRequest {
        name: "policies/nothing".to_owned(),
        reason: "x".to_owned(),
        request_id: id(),
        ..Default::default()
    };
    let refused = policies(&house, &house.admin)
        .pause_policy(request.clone())
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::NotFound);
    let refused = policies(&house, &house.wang)
        .pause_policy(request)
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
}

#[tokio::test]
async fn what_a_crash_left_waiting_goes_on_by_itself() {
    let house = House::open().await;
    pause(&house, "").await.unwrap();
    let waiting = house.submit().await;
    assert_eq!(house.approval(&waiting).await.state(), State::Suspended);
    // As if the process that resumed the policy had ended right after its commit.
    let resumed = "UPDATE policy_status SET state = 'ACTIVE'";
    house.service.owner().await.batch_execute(resumed).await.unwrap();
    let start = std::time::Instant::now();
    while house.approval(&waiting).await.state() == State::Suspended {
        assert!(start.elapsed().as_secs() < 90, "nobody looked");
        tokio::time::sleep(std::time::Duration::from_millis(250)).await;
    }
    house.task_of(&house.zhang, &waiting).await;
    assert!(house.verify(&waiting).await.intact);
}
