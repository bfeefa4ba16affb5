//! `PolicyDraftService`, method by method.

use salient_proto::approval::v1::{self as proto, policy_draft_service_server};
use salient_server::unary;
use tonic::{Request, Response, Status};

use super::{
    Rpc, create_policy_draft, delete_policy_draft, get_policy_draft, list_policy_drafts,
    publish_policy_draft, update_policy_draft,
};

#[tonic::async_trait]
impl policy_draft_service_server::PolicyDraftService for Rpc {
    async fn create_policy_draft(
        &self,
        request: Request<proto::CreatePolicyDraftRequest>,
    ) -> Result<Response<proto::PolicyDraft>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| {
            create_policy_draft::create_policy_draft(app, op, message)
        })
        .await
    }

    async fn get_policy_draft(
        &self,
        request: Request<proto::GetPolicyDraftRequest>,
    ) -> Result<Response<proto::PolicyDraft>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| {
            get_policy_draft::get_policy_draft(app, op, message)
        })
        .await
    }

    async fn list_policy_drafts(
        &self,
        request: Request<proto::ListPolicyDraftsRequest>,
    ) -> Result<Response<proto::ListPolicyDraftsResponse>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| {
            list_policy_drafts::list_policy_drafts(app, op, message)
        })
        .await
    }

    async fn update_policy_draft(
        &self,
        request: Request<proto::UpdatePolicyDraftRequest>,
    ) -> Result<Response<proto::PolicyDraft>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| {
            update_policy_draft::update_policy_draft(app, op, message)
        })
        .await
    }

    async fn delete_policy_draft(
        &self,
        request: Request<proto::DeletePolicyDraftRequest>,
    ) -> Result<Response<()>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| {
            delete_policy_draft::delete_policy_draft(app, op, message)
        })
        .await
    }

    async fn publish_policy_draft(
        &self,
        request: Request<proto::PublishPolicyDraftRequest>,
    ) -> Result<Response<proto::PolicyVersion>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| {
            publish_policy_draft::publish_policy_draft(app, op, message)
        })
        .await
    }
}
