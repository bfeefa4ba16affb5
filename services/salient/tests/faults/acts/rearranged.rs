//! What people do around sign-offs besides deciding (P6.1.3), and deputies.

use salient_proto::{
    access::v1::Post,
    approval::v1::{
        AddSignersRequest, BatchDecideTasksRequest, BatchReassignTasksRequest, CancelApprovalRequest,
        CommentApprovalRequest, CopyApprovalRequest, CreateDeputyshipRequest, DelegateTaskRequest,
        Deputyship, EndDeputyshipRequest, MarkCopyReadRequest, Outcome, ReassignTaskRequest,
        RemoveSignerRequest, SignerPosition, TakeBackTaskRequest, Task, TaskDecision, TransferTaskRequest,
        UpdateDeputyshipRequest, UrgeApprovalRequest, decision::Answer,
        deputyship_service_client::DeputyshipServiceClient,
    },
    contracts::v1::contract,
};
use salient_tests::{
    company::{id_of, request_id},
    desk::{Desk, approval_name, approval_of},
};

use super::{Stage, sign_offs::used, unique};

pub async fn rearranged(stage: Stage<'_>) {
    let people = stage.department;
    let (supervisor, director) = (&people.supervisor, &people.director);
    let customer = stage.customer(1_000_000).await;
    let contract = stage.submitted(&customer, 100_000).await;
    let approval = approval_name(&contract);
    let task = supervisor.task_of(&approval).await;
    let mut tasks = supervisor.tasks.clone();
    let request = DelegateTaskRequest {
        name: task.name.clone(),
        receiver: director.employee.clone(),
        request_id: request_id(),
        ..DelegateTaskRequest::default()
    };
    tasks.delegate_task(request).await.unwrap();
    take_back(supervisor, &task).await;
    let request = AddSignersRequest {
        name: task.name.clone(),
        signers: vec![people.finance.employee.clone()],
        position: SignerPosition::After.into(),
        request_id: request_id(),
        ..AddSignersRequest::default()
    };
    tasks.add_signers(request).await.unwrap();
    let request = RemoveSignerRequest {
        name: task.name.clone(),
        signer: people.finance.employee.clone(),
        request_id: request_id(),
        ..RemoveSignerRequest::default()
    };
    tasks.remove_signer(request).await.unwrap();
    supervisor.approve(&task).await.unwrap();
    let task = people.manager.task_of(&approval).await;
    let request = TransferTaskRequest {
        name: task.name,
        receiver: director.employee.clone(),
        request_id: request_id(),
        ..TransferTaskRequest::default()
    };
    people.manager.tasks.clone().transfer_task(request).await.unwrap();
    let task = director.task_of(&approval).await;
    let request = ReassignTaskRequest {
        name: task.name,
        receiver: people.finance.employee.clone(),
        comment: "休假".into(),
        request_id: request_id(),
        ..ReassignTaskRequest::default()
    };
    let mut administrator = people.company.administrator().tasks;
    administrator.reassign_task(request).await.unwrap();
    let answer = approval_of(&people.finance.task_of(&approval).await);
    let request = BatchDecideTasksRequest {
        decisions: vec![TaskDecision {
            name: answer.name,
            answer: Answer::Approve.into(),
            findings: answer.findings,
            subject_digest: answer.subject_digest,
            ..TaskDecision::default()
        }],
        request_id: request_id(),
    };
    let decided = people.finance.tasks.clone().batch_decide_tasks(request).await;
    assert!(decided.unwrap().into_inner().results[0].task.is_some());
    people
        .salesperson
        .contract_in(&contract.name, contract::State::Approved)
        .await;
    used(stage, &customer, 100_000).await;
}

async fn take_back(desk: &Desk, task: &Task) {
    let request = TakeBackTaskRequest {
        name: task.name.clone(),
        request_id: request_id(),
        ..TakeBackTaskRequest::default()
    };
    desk.tasks.clone().take_back_task(request).await.unwrap();
}

/// An administrator gives the supervisor's task to somebody else, and ends it all.
pub async fn cancelled(stage: Stage<'_>) {
    let people = stage.department;
    let administrator = people.company.administrator();
    let customer = stage.customer(1_000_000).await;
    let contract = stage.submitted(&customer, 100_000).await;
    let approval = approval_name(&contract);
    let request = BatchReassignTasksRequest {
        names: vec![people.supervisor.task_of(&approval).await.name],
        receiver: people.finance.employee.clone(),
        comment: "离职".into(),
        request_id: request_id(),
    };
    let moved = administrator.tasks.clone().batch_reassign_tasks(request).await;
    assert!(moved.unwrap().into_inner().results[0].task.is_some());
    let mut approvals = people.salesperson.approvals.clone();
    let request = UrgeApprovalRequest {
        name: approval.clone(),
        request_id: request_id(),
        ..UrgeApprovalRequest::default()
    };
    approvals.urge_approval(request).await.unwrap();
    let request = CopyApprovalRequest {
        name: approval.clone(),
        recipients: vec![people.director.employee.clone()],
        request_id: request_id(),
        ..CopyApprovalRequest::default()
    };
    approvals.copy_approval(request).await.unwrap();
    let mut recipient = people.director.approvals.clone();
    let request = MarkCopyReadRequest {
        name: approval.clone(),
        request_id: request_id(),
    };
    recipient.mark_copy_read(request).await.unwrap();
    let request = CommentApprovalRequest {
        name: approval.clone(),
        comment: "已与客户确认".into(),
        request_id: request_id(),
    };
    recipient.comment_approval(request).await.unwrap();
    let request = CancelApprovalRequest {
        name: approval,
        comment: "重复提交".into(),
        request_id: request_id(),
        ..CancelApprovalRequest::default()
    };
    administrator
        .approvals
        .clone()
        .cancel_approval(request)
        .await
        .unwrap();
    let draft = people
        .salesperson
        .contract_in(&contract.name, contract::State::Draft)
        .await;
    assert_eq!(draft.sign_off.unwrap().outcome(), Outcome::Cancelled);
    used(stage, &customer, 0).await;
}

/// Somebody who was just hired is away, and back earlier than planned.
pub async fn deputed(stage: Stage<'_>) {
    let people = stage.department;
    let company = &people.company;
    let number = unique().to_uppercase();
    let away = company
        .employ(&number, "周静", Post::Salesperson, &people.team)
        .await;
    let channel = company.place.channel_as("approval-orchestrator", id_of(&away));
    let mut deputyships = DeputyshipServiceClient::new(channel);
    let now = i64::try_from(
        std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap()
            .as_secs(),
    )
    .unwrap();
    let at = |hours: i64| {
        Some(prost_types::Timestamp {
            seconds: now + hours * 3600,
            nanos: 0,
        })
    };
    let request = CreateDeputyshipRequest {
        deputyship: Some(Deputyship {
            deputy: people.salesperson.employee.clone(),
            start_time: at(1),
            end_time: at(48),
            ..Deputyship::default()
        }),
        request_id: request_id(),
    };
    let created = deputyships.create_deputyship(request).await.unwrap().into_inner();
    let request = UpdateDeputyshipRequest {
        deputyship: Some(Deputyship {
            name: created.name.clone(),
            end_time: at(24),
            ..Deputyship::default()
        }),
        update_mask: Some(prost_types::FieldMask {
            paths: vec!["end_time".into()],
        }),
        request_id: request_id(),
    };
    deputyships.update_deputyship(request).await.unwrap();
    let request = EndDeputyshipRequest {
        name: created.name,
        request_id: request_id(),
        ..EndDeputyshipRequest::default()
    };
    deputyships.end_deputyship(request).await.unwrap();
}
