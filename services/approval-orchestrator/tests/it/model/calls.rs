//! Requests as values, so that one can be sent again, to another replica.

use salient_proto::approval::v1::{
    AddSignersRequest, Approval, ApproveTaskRequest, CancelApprovalRequest, DelegateTaskRequest,
    ReassignTaskRequest, RejectTaskRequest, RemoveSignerRequest, RequestApprovalRequest,
    RetryApprovalRequest, ReturnTaskRequest, SupersedeApprovalRequest, TakeBackTaskRequest, Task,
    TransferTaskRequest, WithdrawApprovalRequest, approval_service_client::ApprovalServiceClient,
    intake_service_client::IntakeServiceClient, task_service_client::TaskServiceClient,
};
use tonic::{Status, transport::Channel};

use super::{
    acts::Deed,
    policies::{Person, step_id},
    world::World,
};
use crate::{house::id, replicas::carrying};

#[derive(Clone, Debug)]
pub enum Call {
    Request(Box<RequestApprovalRequest>),
    Supersede(SupersedeApprovalRequest),
    Withdraw(WithdrawApprovalRequest),
    Cancel(CancelApprovalRequest),
    Retry(RetryApprovalRequest),
    Approve(ApproveTaskRequest),
    Reject(RejectTaskRequest),
    Return(ReturnTaskRequest),
    Transfer(TransferTaskRequest),
    Delegate(DelegateTaskRequest),
    Add(AddSignersRequest),
    Remove(RemoveSignerRequest),
    TakeBack(TakeBackTaskRequest),
    Reassign(ReassignTaskRequest),
}

/// Who calls.
#[derive(Clone, Copy, Debug)]
pub enum Caller {
    /// The service that owns the subject.
    Service,
    Person(Person),
    Administrator,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    Task(Box<Task>),
    Approval(Box<Approval>),
}

impl Call {
    /// The request that does something with a task.
    pub fn deed(world: &World, task: &str, deed: &Deed) -> Self {
        let (name, request_id) = (task.to_owned(), id());
        let comment = "按模型办理".to_owned();
        let person = |person: &Person| world.people[*person].name();
        match deed {
            Deed::Approve => Self::Approve(ApproveTaskRequest {
                name,
                comment,
                request_id,
                ..Default::default()
            }),
            Deed::Reject => Self::Reject(RejectTaskRequest {
                name,
                comment,
                request_id,
                ..Default::default()
            }),
            Deed::Return(target) => Self::Return(ReturnTaskRequest {
                name,
                step: target.map(step_id).unwrap_or_default(),
                comment,
                request_id,
                ..Default::default()
            }),
            Deed::Transfer(to) => Self::Transfer(TransferTaskRequest {
                name,
                receiver: person(to),
                comment,
                request_id,
                ..Default::default()
            }),
            Deed::Delegate(to) => Self::Delegate(DelegateTaskRequest {
                name,
                receiver: person(to),
                comment,
                request_id,
                ..Default::default()
            }),
            Deed::Add(signers, when) => Self::Add(AddSignersRequest {
                name,
                signers: signers.iter().map(person).collect(),
                position: (*when).into(),
                comment,
                request_id,
                ..Default::default()
            }),
            Deed::Remove(signer) => Self::Remove(RemoveSignerRequest {
                name,
                signer: person(signer),
                comment,
                request_id,
            }),
            Deed::TakeBack => Self::TakeBack(TakeBackTaskRequest {
                name,
                comment,
                request_id,
                ..Default::default()
            }),
            Deed::Reassign(to) => Self::Reassign(ReassignTaskRequest {
                name,
                receiver: person(to),
                comment,
                request_id,
                ..Default::default()
            }),
        }
    }

    /// Makes it.
    pub async fn send(self, channel: Channel, token: &str) -> Result<Answer, Status> {
        let mut tasks = TaskServiceClient::new(channel.clone());
        let mut approvals = ApprovalServiceClient::new(channel.clone());
        let mut intake = IntakeServiceClient::new(channel);
        let approval = |answer: tonic::Response<Approval>| Answer::Approval(Box::new(answer.into_inner()));
        let task = |answer: tonic::Response<Task>| Answer::Task(Box::new(answer.into_inner()));
        match self {
            Self::Request(request) => intake
                .request_approval(carrying(token, *request))
                .await
                .map(approval),
            Self::Supersede(request) => intake
                .supersede_approval(carrying(token, request))
                .await
                .map(approval),
            Self::Withdraw(request) => approvals
                .withdraw_approval(carrying(token, request))
                .await
                .map(approval),
            Self::Cancel(request) => approvals
                .cancel_approval(carrying(token, request))
                .await
                .map(approval),
            Self::Retry(request) => approvals
                .retry_approval(carrying(token, request))
                .await
                .map(approval),
            Self::Remove(request) => tasks.remove_signer(carrying(token, request)).await.map(approval),
            Self::Approve(request) => tasks.approve_task(carrying(token, request)).await.map(task),
            Self::Reject(request) => tasks.reject_task(carrying(token, request)).await.map(task),
            Self::Return(request) => tasks.return_task(carrying(token, request)).await.map(task),
            Self::Transfer(request) => tasks.transfer_task(carrying(token, request)).await.map(task),
            Self::Delegate(request) => tasks.delegate_task(carrying(token, request)).await.map(task),
            Self::Add(request) => tasks.add_signers(carrying(token, request)).await.map(task),
            Self::TakeBack(request) => tasks.take_back_task(carrying(token, request)).await.map(task),
            Self::Reassign(request) => tasks.reassign_task(carrying(token, request)).await.map(task),
        }
    }
}
