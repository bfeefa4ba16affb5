//! Policies as data, and who would sign.

use salient_operation::Post;
use salient_proto::approval::v1::{
    Approver, FactDeclaration, FactType, GetPolicyVersionRequest, ListPolicyVersionsRequest, PolicyVersion,
    PreviewApprovalRequest, PublishPolicyVersionRequest, Step, StepMode, approval::State, approver::Selector,
    policy_service_client::PolicyServiceClient,
};
use salient_testkit::{Caller, Person};
use tonic::Code;
use tonic_types::StatusExt as _;

use crate::{
    errors::reason,
    house::{House, id},
};

pub fn policies(house: &House, person: &Person) -> PolicyServiceClient<Caller> {
    PolicyServiceClient::new(house.service.channel_as(person))
}

/// The manager signs; above fifty thousand, the supervisor does before.
pub fn policy() -> PolicyVersion {
    let step = |id: &str, post: Post, condition: &str| Step {
        id: id.to_owned(),
        title: id.to_owned(),
        mode: StepMode::Any.into(),
        approvers: vec![Approver {
            selector: Some(Selector::Post(post.into())),
            weight: 0,
        }],
        condition: condition.to_owned(),
        ..Default::default()
    };
    PolicyVersion {
        title: "合同审批".to_owned(),
        facts: vec![FactDeclaration {
            name: "amount".to_owned(),
            r#type: FactType::Money.into(),
        }],
        steps: vec![
            step("review", Post::Supervisor, "amount > money(\"50000\", \"CNY\")"),
            step("approval", Post::RegionalManager, ""),
        ],
        participants: vec!["customers".to_owned()],
        ..Default::default()
    }
}

pub fn publish(policy: PolicyVersion) -> PublishPolicyVersionRequest {
    PublishPolicyVersionRequest {
        parent: "policies/contract".to_owned(),
        policy_version: Some(policy),
        validate_only: false,
        request_id: id(),
    }
}

async fn preview(house: &House, amount: i64) -> Vec<(String, Vec<String>)> {
    let mut facts = house.request().facts;
    facts[0].value = Some(salient_proto::approval::v1::fact::Value::Money(
        crate::house::yuan(amount),
    ));
    let request = PreviewApprovalRequest {
        kind: "contract".to_owned(),
        submitter: house.li.name(),
        unit: house.team.name(),
        facts,
    };
    let answer = house
        .intake()
        .preview_approval(request)
        .await
        .unwrap()
        .into_inner();
    answer
        .steps
        .into_iter()
        .map(|step| (step.step, step.approvers))
        .collect()
}

#[tokio::test]
async fn the_shipped_policy_is_there_and_says_who_would_sign() {
    let house = House::open().await;
    let request = GetPolicyVersionRequest {
        name: "policies/contract/versions/latest".to_owned(),
    };
    let shipped = policies(&house, &house.li)
        .get_policy_version(request)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(shipped.name, "policies/contract/versions/1");
    assert_eq!(shipped.publisher, "services/approval-orchestrator");
    assert_eq!(shipped.steps[0].checklist.len(), 5);
    let expected = [
        ("review".to_owned(), vec![house.zhang.name()]),
        ("approval".to_owned(), vec![house.wang.name()]),
    ];
    assert_eq!(preview(&house, 120_000).await, expected);
}

#[tokio::test]
async fn a_new_version_applies_to_what_is_submitted_from_then_on() {
    let house = House::open().await;
    let (running, _) = house.submit_for_review().await;
    let mut policies = policies(&house, &house.admin);
    let published = policies
        .publish_policy_version(publish(policy()))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(published.name, "policies/contract/versions/2");
    assert_eq!(published.publisher, house.admin.name());
    assert_eq!(
        preview(&house, 50_000).await,
        [("approval".to_owned(), vec![house.wang.name()])]
    );
    assert_eq!(preview(&house, 50_001).await.len(), 2);
    assert_eq!(
        house.approval(&running).await.policy_version,
        "policies/contract/versions/1"
    );
    let (later, _) = house.submit_for_review().await;
    assert_eq!(
        house.approval(&later).await.policy_version,
        "policies/contract/versions/2"
    );
    let request = ListPolicyVersionsRequest {
        parent: "policies/contract".to_owned(),
        ..Default::default()
    };
    let listed = policies
        .list_policy_versions(request)
        .await
        .unwrap()
        .into_inner()
        .policy_versions;
    let names: Vec<_> = listed.iter().map(|version| version.name.as_str()).collect();
    assert_eq!(
        names,
        ["policies/contract/versions/2", "policies/contract/versions/1"]
    );
    assert_eq!(listed[0], published);
}

#[tokio::test]
async fn an_unsound_policy_is_refused_place_by_place() {
    let house = House::open().await;
    let mut unsound = policy();
    unsound.steps[0].condition = "colour == \"red\"".to_owned();
    unsound.steps[1].return_targets = vec!["nowhere".to_owned()];
    unsound.participants = vec!["nobody".to_owned()];
    let refused = policies(&house, &house.admin)
        .publish_policy_version(publish(unsound))
        .await
        .unwrap_err();
    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::InvalidArgument, "ERROR_REASON_POLICY_INVALID")
    );
    let mut places: Vec<_> = refused
        .get_details_bad_request()
        .unwrap()
        .field_violations
        .into_iter()
        .map(|field| field.field)
        .collect();
    places.sort();
    let expected = [
        "policy_version.participants[0]",
        "policy_version.steps[0].condition",
        "policy_version.steps[1].return_targets[0]",
    ];
    assert_eq!(places, expected);
    let refused = policies(&house, &house.li)
        .publish_policy_version(publish(policy()))
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
}

#[tokio::test]
async fn a_superior_further_up_can_be_asked() {
    let house = House::open().await;
    house.organization.superiors(&[
        (Post::Supervisor, house.team, &[&house.zhang]),
        (Post::RegionalManager, house.region, &[&house.wang]),
    ]);
    let mut second = policy();
    second.participants.clear();
    second.steps.truncate(1);
    second.steps[0].condition.clear();
    second.steps[0].approvers[0].selector = Some(Selector::SuperiorLevel(2));
    let mut client = policies(&house, &house.admin);
    client
        .publish_policy_version(publish(second.clone()))
        .await
        .unwrap();
    let approval = house.submit().await;
    house.task_of(&house.wang, &approval).await;
    // Where there are not so many, nobody is passed over.
    second.steps[0].approvers[0].selector = Some(Selector::SuperiorLevel(3));
    client.publish_policy_version(publish(second)).await.unwrap();
    let approval = house.submit().await;
    house.until(&approval, State::Suspended).await;
}
