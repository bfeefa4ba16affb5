//! The methods, one file each: proto → command → one change → proto. And the calls that this service makes: to the organisation,
//! and from the outbox to participants and subjects' services.

pub mod approvers;
pub mod continue_paused;
pub mod relay;
pub mod timers;
pub mod vacancies;
pub mod working_times;

mod act;
mod add_signers;
mod approve_task;
mod audit_service;
mod batch;
mod batch_decide_tasks;
mod batch_reassign_tasks;
mod cancel_approval;
mod change;
mod comment_approval;
mod copy_approval;
mod count_tasks;
mod create_deputyship;
mod create_policy_draft;
mod decide;
mod delegate_task;
mod delete_policy_draft;
mod deputyships;
mod end_deputyship;
mod export_audit_trails;
mod export_policy_version;
mod get_approval;
mod get_deputyship;
mod get_policy;
mod get_policy_draft;
mod get_policy_version;
mod get_task;
mod history;
mod import_policy_version;
mod list_anchor_keys;
mod list_approvals;
mod list_audit_entries;
mod list_deputyships;
mod list_notifications;
mod list_policies;
mod list_policy_drafts;
mod list_policy_versions;
mod list_tasks;
mod mark_copy_read;
mod named_deputyship;
mod named_policy;
mod notification_service;
mod pause_policy;
mod policies;
mod policy_drafts;
mod preview_approval;
mod preview_hand_over;
mod publish;
mod publish_policy_draft;
mod publish_policy_version;
mod reassign_task;
mod reject_task;
mod remove_signer;
mod render_policy;
mod request_approval;
mod resolve_stand_in;
mod resume_policy;
mod retire_policy;
mod retry_approval;
mod return_task;
mod settle;
mod simulate_policy;
mod supersede_approval;
mod take_back_task;
mod transfer_task;
mod turn;
mod update_deputyship;
mod update_policy_draft;
mod urge_approval;
mod validate_policy;
mod verify_all_audit_trails;
mod verify_audit_trail;
mod watch_notifications;
mod waterfall;
mod wire;
mod withdraw_approval;

use salient_proto::approval::v1::{
    self as proto, approval_service_server, audit_service_server, deputyship_service_server,
    intake_service_server, notification_service_server, policy_draft_service_server, policy_service_server,
    task_service_server,
};
use salient_server::{Routes, unary};
use tonic::{Request, Response, Status};

pub use self::{change::now, publish::digest};
use crate::app::App;

/// The methods of the service.
#[derive(Clone)]
struct Rpc(App);

/// Everything that this service answers.
#[must_use]
pub fn routes(app: App) -> Routes {
    let rpc = Rpc(app);
    Routes::default()
        .add_service(intake_service_server::IntakeServiceServer::new(rpc.clone()))
        .add_service(approval_service_server::ApprovalServiceServer::new(rpc.clone()))
        .add_service(task_service_server::TaskServiceServer::new(rpc.clone()))
        .add_service(policy_service_server::PolicyServiceServer::new(rpc.clone()))
        .add_service(policy_draft_service_server::PolicyDraftServiceServer::new(
            rpc.clone(),
        ))
        .add_service(audit_service_server::AuditServiceServer::new(rpc.clone()))
        .add_service(deputyship_service_server::DeputyshipServiceServer::new(
            rpc.clone(),
        ))
        .add_service(notification_service_server::NotificationServiceServer::new(rpc))
}

#[tonic::async_trait]
impl intake_service_server::IntakeService for Rpc {
    async fn request_approval(
        &self,
        request: Request<proto::RequestApprovalRequest>,
    ) -> Result<Response<proto::Approval>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| {
            request_approval::request_approval(app, op, message)
        })
        .await
    }

    async fn supersede_approval(
        &self,
        request: Request<proto::SupersedeApprovalRequest>,
    ) -> Result<Response<proto::Approval>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| {
            supersede_approval::supersede_approval(app, op, message)
        })
        .await
    }

    async fn preview_approval(
        &self,
        request: Request<proto::PreviewApprovalRequest>,
    ) -> Result<Response<proto::PreviewApprovalResponse>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| {
            preview_approval::preview_approval(app, op, message)
        })
        .await
    }
}

#[tonic::async_trait]
impl approval_service_server::ApprovalService for Rpc {
    async fn get_approval(
        &self,
        request: Request<proto::GetApprovalRequest>,
    ) -> Result<Response<proto::Approval>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| {
            get_approval::get_approval(app, op, message)
        })
        .await
    }

    async fn list_approvals(
        &self,
        request: Request<proto::ListApprovalsRequest>,
    ) -> Result<Response<proto::ListApprovalsResponse>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| {
            list_approvals::list_approvals(app, op, message)
        })
        .await
    }

    async fn withdraw_approval(
        &self,
        request: Request<proto::WithdrawApprovalRequest>,
    ) -> Result<Response<proto::Approval>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| {
            withdraw_approval::withdraw_approval(app, op, message)
        })
        .await
    }

    async fn cancel_approval(
        &self,
        request: Request<proto::CancelApprovalRequest>,
    ) -> Result<Response<proto::Approval>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| {
            cancel_approval::cancel_approval(app, op, message)
        })
        .await
    }

    async fn list_audit_entries(
        &self,
        request: Request<proto::ListAuditEntriesRequest>,
    ) -> Result<Response<proto::ListAuditEntriesResponse>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| {
            list_audit_entries::list_audit_entries(app, op, message)
        })
        .await
    }

    async fn verify_audit_trail(
        &self,
        request: Request<proto::VerifyAuditTrailRequest>,
    ) -> Result<Response<proto::VerifyAuditTrailResponse>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| {
            verify_audit_trail::verify_audit_trail(app, op, message)
        })
        .await
    }

    async fn retry_approval(
        &self,
        request: Request<proto::RetryApprovalRequest>,
    ) -> Result<Response<proto::Approval>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| {
            retry_approval::retry_approval(app, op, message)
        })
        .await
    }

    async fn urge_approval(
        &self,
        request: Request<proto::UrgeApprovalRequest>,
    ) -> Result<Response<proto::Approval>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| {
            urge_approval::urge_approval(app, op, message)
        })
        .await
    }

    async fn copy_approval(
        &self,
        request: Request<proto::CopyApprovalRequest>,
    ) -> Result<Response<proto::Approval>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| {
            copy_approval::copy_approval(app, op, message)
        })
        .await
    }

    async fn comment_approval(
        &self,
        request: Request<proto::CommentApprovalRequest>,
    ) -> Result<Response<proto::Approval>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| {
            comment_approval::comment_approval(app, op, message)
        })
        .await
    }

    async fn mark_copy_read(
        &self,
        request: Request<proto::MarkCopyReadRequest>,
    ) -> Result<Response<proto::ReceivedCopy>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| {
            mark_copy_read::mark_copy_read(app, op, message)
        })
        .await
    }
}

#[tonic::async_trait]
impl task_service_server::TaskService for Rpc {
    async fn list_tasks(
        &self,
        request: Request<proto::ListTasksRequest>,
    ) -> Result<Response<proto::ListTasksResponse>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| {
            list_tasks::list_tasks(app, op, message)
        })
        .await
    }

    async fn count_tasks(
        &self,
        request: Request<proto::CountTasksRequest>,
    ) -> Result<Response<proto::CountTasksResponse>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| {
            count_tasks::count_tasks(app, op, message)
        })
        .await
    }

    async fn get_task(
        &self,
        request: Request<proto::GetTaskRequest>,
    ) -> Result<Response<proto::Task>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| get_task::get_task(app, op, message)).await
    }

    async fn approve_task(
        &self,
        request: Request<proto::ApproveTaskRequest>,
    ) -> Result<Response<proto::Task>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| {
            approve_task::approve_task(app, op, message)
        })
        .await
    }

    async fn reject_task(
        &self,
        request: Request<proto::RejectTaskRequest>,
    ) -> Result<Response<proto::Task>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| {
            reject_task::reject_task(app, op, message)
        })
        .await
    }

    async fn return_task(
        &self,
        request: Request<proto::ReturnTaskRequest>,
    ) -> Result<Response<proto::Task>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| {
            return_task::return_task(app, op, message)
        })
        .await
    }

    async fn transfer_task(
        &self,
        request: Request<proto::TransferTaskRequest>,
    ) -> Result<Response<proto::Task>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| {
            transfer_task::transfer_task(app, op, message)
        })
        .await
    }

    async fn delegate_task(
        &self,
        request: Request<proto::DelegateTaskRequest>,
    ) -> Result<Response<proto::Task>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| {
            delegate_task::delegate_task(app, op, message)
        })
        .await
    }

    async fn add_signers(
        &self,
        request: Request<proto::AddSignersRequest>,
    ) -> Result<Response<proto::Task>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| {
            add_signers::add_signers(app, op, message)
        })
        .await
    }

    async fn remove_signer(
        &self,
        request: Request<proto::RemoveSignerRequest>,
    ) -> Result<Response<proto::Approval>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| {
            remove_signer::remove_signer(app, op, message)
        })
        .await
    }

    async fn take_back_task(
        &self,
        request: Request<proto::TakeBackTaskRequest>,
    ) -> Result<Response<proto::Task>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| {
            take_back_task::take_back_task(app, op, message)
        })
        .await
    }

    async fn reassign_task(
        &self,
        request: Request<proto::ReassignTaskRequest>,
    ) -> Result<Response<proto::Task>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| {
            reassign_task::reassign_task(app, op, message)
        })
        .await
    }

    async fn batch_decide_tasks(
        &self,
        request: Request<proto::BatchDecideTasksRequest>,
    ) -> Result<Response<proto::BatchDecideTasksResponse>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| {
            batch_decide_tasks::batch_decide_tasks(app, op, message)
        })
        .await
    }

    async fn batch_reassign_tasks(
        &self,
        request: Request<proto::BatchReassignTasksRequest>,
    ) -> Result<Response<proto::BatchReassignTasksResponse>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| {
            batch_reassign_tasks::batch_reassign_tasks(app, op, message)
        })
        .await
    }

    async fn preview_hand_over(
        &self,
        request: Request<proto::PreviewHandOverRequest>,
    ) -> Result<Response<proto::PreviewHandOverResponse>, Status> {
        let app = self.0.clone();
        unary(request, move |op, message| {
            preview_hand_over::preview_hand_over(app, op, message)
        })
        .await
    }
}
