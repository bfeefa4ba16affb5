//! Policies while they are written.

use salient_proto::approval::v1::{
    CreatePolicyDraftRequest, DeletePolicyDraftRequest, GetPolicyDraftRequest, ListPolicyDraftsRequest,
    PolicyDraft, PublishPolicyDraftRequest, RenderPolicyRequest, UpdatePolicyDraftRequest,
    policy_draft_service_client::PolicyDraftServiceClient,
};
use salient_testkit::{Caller, Person};
use tonic::Code;

use crate::{
    errors::reason,
    house::{House, id},
    policies::{policies, policy},
};

const NAME: &str = "policies/contract/drafts/next-year";

fn drafts(house: &House, person: &Person) -> PolicyDraftServiceClient<Caller> {
    PolicyDraftServiceClient::new(house.service.channel_as(person))
}

fn create(draft_id: &str) -> CreatePolicyDraftRequest {
    CreatePolicyDraftRequest {
        parent: "policies/contract".to_owned(),
        draft_id: draft_id.to_owned(),
        draft: Some(PolicyDraft {
            content: Some(policy()),
            note: "明年".to_owned(),
            ..Default::default()
        }),
        request_id: id(),
    }
}

fn publish(etag: &str) -> PublishPolicyDraftRequest {
    PublishPolicyDraftRequest {
        name: NAME.to_owned(),
        etag: etag.to_owned(),
        request_id: id(),
    }
}

#[tokio::test]
async fn a_draft_is_written_changed_and_published() {
    let house = House::open().await;
    let mut client = drafts(&house, &house.admin);
    let request = create("next-year");
    let created = client
        .create_policy_draft(request.clone())
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        (created.name.as_str(), created.author.as_str()),
        (NAME, house.admin.name().as_str())
    );
    let repeated = client.create_policy_draft(request).await.unwrap().into_inner();
    assert_eq!(repeated, created);

    // While it is written, it may be wrong; it is refused when it is published, and stays.
    let mut unsound = created.clone();
    unsound.content.as_mut().unwrap().steps[0].condition = "colour == 1".to_owned();
    let update = |draft: &PolicyDraft| UpdatePolicyDraftRequest {
        draft: Some(draft.clone()),
        request_id: id(),
    };
    let updated = client
        .update_policy_draft(update(&unsound))
        .await
        .unwrap()
        .into_inner();
    assert_ne!(updated.etag, created.etag);
    let refused = client
        .publish_policy_draft(publish(&updated.etag))
        .await
        .unwrap_err();
    assert_eq!(reason(&refused), "ERROR_REASON_POLICY_INVALID");
    let picture = RenderPolicyRequest {
        name: NAME.to_owned(),
        ..Default::default()
    };
    let refused = policies(&house, &house.admin)
        .render_policy(picture.clone())
        .await
        .unwrap_err();
    assert_eq!(reason(&refused), "ERROR_REASON_POLICY_INVALID");

    // Of two who change it, the second sees that it has changed.
    let refused = client.update_policy_draft(update(&created)).await.unwrap_err();
    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::Aborted, "ERROR_REASON_ETAG_MISMATCH")
    );
    let refused = client
        .publish_policy_draft(publish(&created.etag))
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::Aborted);

    let mut sound = updated;
    sound.content = Some(policy());
    let sound = client
        .update_policy_draft(update(&sound))
        .await
        .unwrap()
        .into_inner();
    let drawn = policies(&house, &house.admin)
        .render_policy(picture.clone())
        .await
        .unwrap()
        .into_inner();
    assert!(drawn.content.contains("合同审批"));
    let refused = policies(&house, &house.li)
        .render_policy(picture)
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
    let request = publish(&sound.etag);
    let published = client
        .publish_policy_draft(request.clone())
        .await
        .unwrap()
        .into_inner();
    assert_eq!(published.name, "policies/contract/versions/2");
    assert_eq!(published.steps, policy_steps());
    let repeated = client.publish_policy_draft(request).await.unwrap().into_inner();
    assert_eq!(repeated, published);
    let gone = GetPolicyDraftRequest {
        name: NAME.to_owned(),
    };
    assert_eq!(
        client.get_policy_draft(gone).await.unwrap_err().code(),
        Code::NotFound
    );
}

/// As they are answered: what was left out is said.
fn policy_steps() -> Vec<salient_proto::approval::v1::Step> {
    let mut steps = policy().steps;
    for step in &mut steps {
        step.approvers[0].weight = 1;
        step.set_empty_approver_rule(salient_proto::approval::v1::EmptyApproverRule::Suspend);
    }
    steps
}

#[tokio::test]
async fn drafts_are_listed_and_thrown_away_by_those_who_may() {
    let house = House::open().await;
    let mut client = drafts(&house, &house.admin);
    for draft in ["b", "a", "c"] {
        client.create_policy_draft(create(draft)).await.unwrap();
    }
    let refused = client.create_policy_draft(create("a")).await.unwrap_err();
    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::AlreadyExists, "ERROR_REASON_POLICY_DRAFT_EXISTS")
    );
    let list = ListPolicyDraftsRequest {
        parent: "policies/contract".to_owned(),
        page_size: 2,
        ..Default::default()
    };
    let first = client
        .list_policy_drafts(list.clone())
        .await
        .unwrap()
        .into_inner();
    let names: Vec<_> = first.drafts.iter().map(|draft| draft.name.as_str()).collect();
    assert_eq!(
        names,
        ["policies/contract/drafts/a", "policies/contract/drafts/b"]
    );
    let next = ListPolicyDraftsRequest {
        page_token: first.next_page_token,
        ..list.clone()
    };
    let next = client.list_policy_drafts(next).await.unwrap().into_inner();
    assert_eq!((next.drafts.len(), next.next_page_token.as_str()), (1, ""));

    let delete = DeletePolicyDraftRequest {
        name: "policies/contract/drafts/a".to_owned(),
        etag: first.drafts[0].etag.clone(),
        request_id: id(),
    };
    client.delete_policy_draft(delete.clone()).await.unwrap();
    client.delete_policy_draft(delete.clone()).await.unwrap();
    let missing = DeletePolicyDraftRequest {
        request_id: id(),
        ..delete.clone()
    };
    assert_eq!(
        client.delete_policy_draft(missing).await.unwrap_err().code(),
        Code::NotFound
    );

    let mut stranger = drafts(&house, &house.wang);
    for refused in [
        stranger.list_policy_drafts(list).await.map(|_| ()).unwrap_err(),
        stranger
            .create_policy_draft(create("d"))
            .await
            .map(|_| ())
            .unwrap_err(),
        stranger
            .delete_policy_draft(delete)
            .await
            .map(|_| ())
            .unwrap_err(),
    ] {
        assert_eq!(refused.code(), Code::PermissionDenied);
    }
}
