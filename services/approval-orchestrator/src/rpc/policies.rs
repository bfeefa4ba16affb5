//! `PolicyService`, method by method.

use salient_proto::approval::v1::{self as proto, policy_service_server};
use salient_server::unary;
use tonic::{Request, Response, Status};

use super::{
    Rpc, export_policy_version, get_policy, get_policy_version, import_policy_version, list_policies,
    list_policy_versions, pause_policy, publish_policy_version, render_policy, resume_policy, retire_policy,
    simulate_policy, validate_policy,
};

#[tonic::async_trait]
impl policy_service_server::PolicyService for Rpc {
    async fn publish_policy_version(
        &self,
        request: Request<proto::PublishPolicyVersionRequest>,
    ) -> Result<Response<proto::PolicyVersion>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| {
            publish_policy_version::publish_policy_version(app, op, message)
        })
        .await
    }

    async fn get_policy_version(
        &self,
        request: Request<proto::GetPolicyVersionRequest>,
    ) -> Result<Response<proto::PolicyVersion>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| {
            get_policy_version::get_policy_version(app, op, message)
        })
        .await
    }

    async fn list_policy_versions(
        &self,
        request: Request<proto::ListPolicyVersionsRequest>,
    ) -> Result<Response<proto::ListPolicyVersionsResponse>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| {
            list_policy_versions::list_policy_versions(app, op, message)
        })
        .await
    }

    async fn import_policy_version(
        &self,
        request: Request<proto::ImportPolicyVersionRequest>,
    ) -> Result<Response<proto::PolicyVersion>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| {
            import_policy_version::import_policy_version(app, op, message)
        })
        .await
    }

    async fn export_policy_version(
        &self,
        request: Request<proto::ExportPolicyVersionRequest>,
    ) -> Result<Response<proto::ExportPolicyVersionResponse>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| {
            export_policy_version::export_policy_version(app, op, message)
        })
        .await
    }

    async fn validate_policy(
        &self,
        request: Request<proto::ValidatePolicyRequest>,
    ) -> Result<Response<proto::ValidatePolicyResponse>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| {
            validate_policy::validate_policy(app, op, message)
        })
        .await
    }

    async fn simulate_policy(
        &self,
        request: Request<proto::SimulatePolicyRequest>,
    ) -> Result<Response<proto::SimulatePolicyResponse>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| {
            simulate_policy::simulate_policy(app, op, message)
        })
        .await
    }

    async fn render_policy(
        &self,
        request: Request<proto::RenderPolicyRequest>,
    ) -> Result<Response<proto::RenderPolicyResponse>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| {
            render_policy::render_policy(app, op, message)
        })
        .await
    }

    async fn get_policy(
        &self,
        request: Request<proto::GetPolicyRequest>,
    ) -> Result<Response<proto::Policy>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| {
            get_policy::get_policy(app, op, message)
        })
        .await
    }

    async fn list_policies(
        &self,
        request: Request<proto::ListPoliciesRequest>,
    ) -> Result<Response<proto::ListPoliciesResponse>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| {
            list_policies::list_policies(app, op, message)
        })
        .await
    }

    async fn retire_policy(
        &self,
        request: Request<proto::RetirePolicyRequest>,
    ) -> Result<Response<proto::Policy>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| {
            retire_policy::retire_policy(app, op, message)
        })
        .await
    }

    async fn pause_policy(
        &self,
        request: Request<proto::PausePolicyRequest>,
    ) -> Result<Response<proto::Policy>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| {
            pause_policy::pause_policy(app, op, message)
        })
        .await
    }

    async fn resume_policy(
        &self,
        request: Request<proto::ResumePolicyRequest>,
    ) -> Result<Response<proto::Policy>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| {
            resume_policy::resume_policy(app, op, message)
        })
        .await
    }
}
