//! Administrators at their policies.

use salient_proto::{
    approval::v1::{
        CreatePolicyDraftRequest, DeletePolicyDraftRequest, ExportPolicyVersionRequest,
        GetPolicyVersionRequest, ImportPolicyVersionRequest, PausePolicyRequest, PolicyDraft, PolicyVersion,
        PublishPolicyDraftRequest, PublishPolicyVersionRequest, ResumePolicyRequest, RetirePolicyRequest,
        UpdatePolicyDraftRequest, policy_draft_service_client::PolicyDraftServiceClient,
    },
    contracts::v1::contract,
};
use salient_tests::{
    company::{id_of, request_id},
    desk::approval_name,
};

use super::{Stage, unique, until};

const CONTRACT: &str = "policies/contract";

/// The policy of contracts, as shipped.
async fn shipped(stage: Stage<'_>) -> PolicyVersion {
    let request = GetPolicyVersionRequest {
        name: format!("{CONTRACT}/versions/1"),
    };
    let mut policies = stage.department.company.administrator().policies;
    policies.get_policy_version(request).await.unwrap().into_inner()
}

/// Publishes the policy of contracts as shipped, by its text.
pub async fn restore(stage: Stage<'_>) {
    let mut policies = stage.department.company.administrator().policies;
    let request = ExportPolicyVersionRequest {
        name: format!("{CONTRACT}/versions/1"),
    };
    let text = policies
        .export_policy_version(request)
        .await
        .unwrap()
        .into_inner()
        .text;
    let request = ImportPolicyVersionRequest {
        parent: CONTRACT.into(),
        text,
        request_id: request_id(),
    };
    policies.import_policy_version(request).await.unwrap();
}

pub async fn paused(stage: Stage<'_>) {
    let people = stage.department;
    let mut policies = people.company.administrator().policies;
    let customer = stage.customer(1_000_000).await;
    let request = PausePolicyRequest {
        name: CONTRACT.into(),
        reason: "修订".into(),
        request_id: request_id(),
        ..PausePolicyRequest::default()
    };
    policies.pause_policy(request).await.unwrap();
    let contract = stage.submitted(&customer, 100_000).await;
    let approval = approval_name(&contract);
    until(async || {
        let approval = people.salesperson.approval(&approval).await;
        approval.is_ok_and(|approval| approval.attention.is_some())
    })
    .await;
    let request = ResumePolicyRequest {
        name: CONTRACT.into(),
        reason: "修订完毕".into(),
        request_id: request_id(),
        ..ResumePolicyRequest::default()
    };
    policies.resume_policy(request).await.unwrap();
    let task = people.supervisor.task_of(&approval).await;
    people.supervisor.reject(&task, "不同意").await.unwrap();
    people
        .salesperson
        .contract_in(&contract.name, contract::State::Rejected)
        .await;
}

pub async fn drafts(stage: Stage<'_>) {
    let company = &stage.department.company;
    let administrator = company.administrator();
    let channel = company
        .place
        .channel_as("approval-orchestrator", id_of(&administrator.employee));
    let mut drafts = PolicyDraftServiceClient::new(channel);
    let content = shipped(stage).await;
    for publish in [true, false] {
        let request = CreatePolicyDraftRequest {
            parent: CONTRACT.into(),
            draft_id: format!("d-{}", unique()),
            draft: Some(PolicyDraft {
                content: Some(content.clone()),
                note: "明年".into(),
                ..PolicyDraft::default()
            }),
            request_id: request_id(),
        };
        let mut draft = drafts.create_policy_draft(request).await.unwrap().into_inner();
        draft.note = "后年".into();
        let request = UpdatePolicyDraftRequest {
            draft: Some(draft.clone()),
            request_id: request_id(),
        };
        let draft = drafts.update_policy_draft(request).await.unwrap().into_inner();
        if publish {
            let request = PublishPolicyDraftRequest {
                name: draft.name,
                etag: draft.etag,
                request_id: request_id(),
            };
            drafts.publish_policy_draft(request).await.unwrap();
        } else {
            let request = DeletePolicyDraftRequest {
                name: draft.name,
                etag: draft.etag,
                request_id: request_id(),
            };
            drafts.delete_policy_draft(request).await.unwrap();
        }
    }
}

pub async fn published(stage: Stage<'_>) {
    let mut policies = stage.department.company.administrator().policies;
    let kind = format!("policies/k-{}", unique());
    let request = PublishPolicyVersionRequest {
        parent: kind.clone(),
        policy_version: Some(shipped(stage).await),
        validate_only: false,
        request_id: request_id(),
    };
    policies.publish_policy_version(request).await.unwrap();
    let request = RetirePolicyRequest {
        name: kind,
        reason: "不再使用".into(),
        request_id: request_id(),
        ..RetirePolicyRequest::default()
    };
    policies.retire_policy(request).await.unwrap();
    restore(stage).await;
}
