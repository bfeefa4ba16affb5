//! Automatic steps: a service is asked in place of people.

use salient_proto::approval::v1::{
    Outcome, PolicyVersion, RetryApprovalRequest, Step, StepMode, approval::State, attention::Reason, visit,
};
use tonic::Status;
use tonic_types::StatusExt as _;

use crate::{
    errors::reason,
    house::{House, id},
    peers::Manner,
    policies::{policies, policy, publish},
};

/// `customers` checks, then the manager signs.
fn checked() -> PolicyVersion {
    let mut checked = policy();
    checked.participants.clear();
    checked.steps[0] = Step {
        id: "overdue".to_owned(),
        title: "无逾期款项 · Nothing overdue".to_owned(),
        mode: StepMode::Check.into(),
        service: "customers".to_owned(),
        ..Default::default()
    };
    checked
}

async fn submitted(house: &House) -> String {
    policies(house, &house.admin)
        .publish_policy_version(publish(checked()))
        .await
        .unwrap();
    house.submit().await
}

#[tokio::test]
async fn what_passes_goes_on_to_people() {
    let house = House::open().await;
    // Away at first, it is asked again.
    house
        .checker
        .next(Manner::Fail(Status::unavailable("restarting")));
    let approval = submitted(&house).await;
    let task = house.task_of(&house.wang, &approval).await;
    assert_eq!(house.checker.calls(&approval), ["overdue", "overdue"]);
    let visits = house.approval(&approval).await.visits;
    assert_eq!(
        (visits[0].mode(), visits[0].state()),
        (StepMode::Check, visit::State::Agreed)
    );
    assert_eq!(visits[0].trace, ["customers is asked", "it passes"]);
    house.approve(&house.wang, &task).await.unwrap();
    house.until(&approval, State::Approved).await;
    assert!(house.verify(&approval).await.intact);
}

#[tokio::test]
async fn what_does_not_pass_is_rejected() {
    let house = House::open().await;
    house.checker.next(Manner::Refuse("ERROR_REASON_OVERDUE"));
    let approval = submitted(&house).await;
    let rejected = house.until(&approval, State::Rejected).await;
    assert!(rejected.visits[0].trace[1].contains("ERROR_REASON_OVERDUE"));
    house.heard(&approval, &[Outcome::Rejected]).await;
    assert!(house.inbox(&house.wang, "").await.is_empty());
}

#[tokio::test]
async fn a_service_that_cannot_answer_shows_and_is_asked_again_on_demand() {
    let house = House::open().await;
    house
        .checker
        .next(Manner::Fail(Status::not_found("no such customer")));
    let approval = submitted(&house).await;
    let stuck = house
        .until_that(&approval, |approval| approval.attention.is_some())
        .await;
    assert_eq!(stuck.state(), State::Pending);
    assert_eq!(stuck.attention.unwrap().reason(), Reason::ParticipantStuck);
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    let retry = RetryApprovalRequest {
        name: approval.clone(),
        request_id: id(),
    };
    house.approvals(&house.admin).retry_approval(retry).await.unwrap();
    house.task_of(&house.wang, &approval).await;
    assert!(house.approval(&approval).await.attention.is_none());
}

#[tokio::test]
async fn an_answer_that_comes_after_a_withdrawal_changes_nothing() {
    let house = House::open().await;
    for _ in 0..4 {
        house
            .checker
            .next(Manner::Fail(Status::unavailable("restarting")));
    }
    let approval = submitted(&house).await;
    house.withdraw(&house.li, &approval).await.unwrap();
    house.heard(&approval, &[Outcome::Withdrawn]).await;
    assert_eq!(house.approval(&approval).await.state(), State::Withdrawn);
    assert!(house.inbox(&house.wang, "").await.is_empty());
}

#[tokio::test]
async fn an_automatic_step_asks_a_service_and_nobody_else() {
    let house = House::open().await;
    let mut unsound = checked();
    unsound.steps[0].approvers = policy().steps[0].approvers.clone();
    unsound.steps[1].service = "customers".to_owned();
    let mut unknown = checked();
    unknown.steps[0].service = "nobody".to_owned();
    let mut nameless = checked();
    nameless.steps[0].service.clear();
    for (policy, expected) in [
        (
            unsound,
            &[
                "policy_version.steps[0].approvers",
                "policy_version.steps[1].service",
            ][..],
        ),
        (unknown, &["policy_version.steps[0].service"]),
        (nameless, &["policy_version.steps[0].service"]),
    ] {
        let refused = policies(&house, &house.admin)
            .publish_policy_version(publish(policy))
            .await
            .unwrap_err();
        assert_eq!(reason(&refused), "ERROR_REASON_POLICY_INVALID");
        let fields = refused.get_details_bad_request().unwrap().field_violations;
        let places: Vec<_> = fields.iter().map(|field| field.field.as_str()).collect();
        assert_eq!(places, expected);
    }
}
