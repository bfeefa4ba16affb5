//! How contracts' sign-offs end.

use std::time::{Duration, Instant};

use rust_decimal::Decimal;
use salient_proto::{
    access::v1::Post,
    approval::v1::{
        Deadline, ExpiryAction, GetPolicyVersionRequest, ListAuditEntriesRequest, Outcome,
        PublishPolicyVersionRequest, RetryApprovalRequest, approval, audit_entry::Action, deadline::Length,
    },
    contracts::v1::{
        ArchiveContractRequest, Contract, DeleteContractRequest, PreviewApprovalRequest,
        UpdateContractRequest, UploadFileHeader, UploadFileRequest, contract,
    },
    organization::v1::{RecordDepartureRequest, employee_service_client::EmployeeServiceClient},
};
use salient_tests::{
    company::{id_of, request_id},
    contract::{amount, contract_over, money},
    desk::approval_name,
};
use sha2::{Digest as _, Sha256};

use super::{Stage, organization::calendar, policies::restore, unique, until};

pub async fn approved(stage: Stage<'_>) {
    let people = stage.department;
    let customer = stage.customer(1_000_000).await;
    let draft = contract_over(&customer, 250_000.into());
    let draft = people.salesperson.draft(draft).await.unwrap();
    let request = PreviewApprovalRequest {
        name: draft.name.clone(),
    };
    let preview = people
        .salesperson
        .contracts
        .clone()
        .preview_approval(request)
        .await;
    assert_eq!(preview.unwrap().into_inner().steps.len(), 2);
    let contract = people.salesperson.submit(&draft.name).await.unwrap();
    let approval = approval_name(&contract);
    people
        .supervisor
        .approve(&people.supervisor.task_of(&approval).await)
        .await
        .unwrap();
    people
        .manager
        .approve(&people.manager.task_of(&approval).await)
        .await
        .unwrap();
    let salesperson = &people.salesperson;
    salesperson
        .contract_in(&contract.name, contract::State::Approved)
        .await;
    salesperson.sign(&contract.name).await.unwrap();
    let pdf = b"%PDF-1.7\n% signed by both\n%%EOF\n".to_vec();
    let header = UploadFileHeader {
        contract: contract.name.clone(),
        filename: "signed.pdf".into(),
        content_type: "application/pdf".into(),
        size_bytes: i64::try_from(pdf.len()).unwrap(),
        sha256: Sha256::digest(&pdf).to_vec(),
        request_id: request_id(),
    };
    let messages = vec![
        UploadFileRequest {
            header: Some(header),
            ..UploadFileRequest::default()
        },
        UploadFileRequest {
            chunk: pdf,
            ..UploadFileRequest::default()
        },
    ];
    salesperson
        .files
        .clone()
        .upload_file(tokio_stream::iter(messages))
        .await
        .unwrap();
    let request = ArchiveContractRequest {
        name: contract.name,
        request_id: request_id(),
        ..Default::default()
    };
    let archived = salesperson.contracts.clone().archive_contract(request).await;
    assert_eq!(archived.unwrap().into_inner().state(), contract::State::Archived);
    used(stage, &customer, 250_000).await;
}

pub async fn rejected(stage: Stage<'_>) {
    let people = stage.department;
    let customer = stage.customer(1_000_000).await;
    let contract = stage.submitted(&customer, 100_000).await;
    let task = people.supervisor.task_of(&approval_name(&contract)).await;
    people.supervisor.reject(&task, "付款条件不可接受").await.unwrap();
    let rejected = people
        .salesperson
        .contract_in(&contract.name, contract::State::Rejected)
        .await;
    assert_eq!(rejected.sign_off.unwrap().outcome(), Outcome::Rejected);
    used(stage, &customer, 0).await;
}

pub async fn returned(stage: Stage<'_>) {
    let people = stage.department;
    let (salesperson, supervisor, manager) = (&people.salesperson, &people.supervisor, &people.manager);
    let customer = stage.customer(1_000_000).await;
    let contract = stage.submitted(&customer, 100_000).await;
    let approval = approval_name(&contract);
    forgotten().await;
    supervisor
        .approve(&supervisor.task_of(&approval).await)
        .await
        .unwrap();
    manager
        .give_back(&manager.task_of(&approval).await, "请降低价格")
        .await
        .unwrap();
    salesperson
        .contract_in(&contract.name, contract::State::Returned)
        .await;
    change(stage, &contract, &customer, 90_000).await;
    let again = salesperson.submit(&contract.name).await.unwrap();
    assert_eq!(
        (approval_name(&again), again.sign_off.unwrap().round),
        (approval.clone(), 2)
    );
    supervisor
        .approve(&supervisor.task_of(&approval).await)
        .await
        .unwrap();
    manager.approve(&manager.task_of(&approval).await).await.unwrap();
    salesperson
        .contract_in(&contract.name, contract::State::Approved)
        .await;
    used(stage, &customer, 90_000).await;
}

pub async fn withdrawn(stage: Stage<'_>) {
    let salesperson = &stage.department.salesperson;
    let customer = stage.customer(1_000_000).await;
    let contract = stage.submitted(&customer, 100_000).await;
    let approval = approval_name(&contract);
    stage.department.supervisor.task_of(&approval).await;
    salesperson.withdraw(&approval).await.unwrap();
    salesperson
        .contract_in(&contract.name, contract::State::Draft)
        .await;
    let request = DeleteContractRequest {
        name: contract.name,
        request_id: request_id(),
        ..Default::default()
    };
    salesperson
        .contracts
        .clone()
        .delete_contract(request)
        .await
        .unwrap();
    used(stage, &customer, 0).await;
}

pub async fn edited(stage: Stage<'_>) {
    let salesperson = &stage.department.salesperson;
    let customer = stage.customer(1_000_000).await;
    let contract = stage.submitted(&customer, 100_000).await;
    let approval = approval_name(&contract);
    stage.department.supervisor.task_of(&approval).await;
    let changed = change(stage, &contract, &customer, 120_000).await;
    assert_eq!(changed.state(), contract::State::Draft);
    let superseded = salesperson.approval(&approval).await.unwrap();
    assert_eq!(superseded.state(), approval::State::Superseded);
    used(stage, &customer, 0).await;
}

pub async fn refused(stage: Stage<'_>) {
    let customer = stage.customer(50_000).await;
    let contract = stage.submitted(&customer, 50_001).await;
    let refused = stage
        .department
        .salesperson
        .contract_in(&contract.name, contract::State::Draft)
        .await;
    assert_eq!(refused.sign_off.unwrap().outcome(), Outcome::Refused);
    used(stage, &customer, 0).await;
}

/// The deadline is half a day away; that the time of the reminder has come is all that is not done over the public API.
pub async fn reminded(stage: Stage<'_>) {
    let people = stage.department;
    let administrator = people.company.administrator();
    let calendar = calendar(stage).await;
    let request = GetPolicyVersionRequest {
        name: "policies/contract/versions/1".into(),
    };
    let shipped = administrator.policies.clone().get_policy_version(request).await;
    let mut policy = shipped.unwrap().into_inner();
    policy.steps[0].deadline = Some(Deadline {
        length: Some(Length::WorkingHours(12)),
        calendar,
        on_expiry: ExpiryAction::Remind.into(),
        remind_before: 4,
        ..Deadline::default()
    });
    let request = PublishPolicyVersionRequest {
        parent: "policies/contract".into(),
        policy_version: Some(policy),
        validate_only: false,
        request_id: request_id(),
    };
    administrator
        .policies
        .clone()
        .publish_policy_version(request)
        .await
        .unwrap();
    let customer = stage.customer(1_000_000).await;
    let contract = stage.submitted(&customer, 100_000).await;
    let approval = approval_name(&contract);
    let task = people.supervisor.task_of(&approval).await;
    // Whoever fires knows nothing of what was reckoned before.
    let [here, other] = &stage.house.replicas;
    other.down();
    here.kill();
    stage
        .house
        .sql
        .execute(
            "UPDATE approval.approval SET timer_time = now(), document = jsonb_set(document, \
             '{visits,0,deadline,next_time}', to_jsonb(to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'))) \
             WHERE id = $1::text::uuid",
            &[&id_of(&approval).to_string()],
        )
        .await
        .unwrap();
    until(async || {
        let request = ListAuditEntriesRequest {
            parent: approval.clone(),
            ..ListAuditEntriesRequest::default()
        };
        let entries = people
            .salesperson
            .approvals
            .clone()
            .list_audit_entries(request)
            .await;
        let entries = entries.unwrap().into_inner().audit_entries;
        entries.iter().any(|entry| entry.action() == Action::TaskReminded)
    })
    .await;
    other.up();
    people.supervisor.reject(&task, "逾期").await.unwrap();
    people
        .salesperson
        .contract_in(&contract.name, contract::State::Rejected)
        .await;
    restore(stage).await;
}

/// A supervisor leaves; that shows; an administrator has it tried again; and the submitter withdraws.
pub async fn vacant(stage: Stage<'_>) {
    let company = &stage.department.company;
    let team = company
        .team(&format!("组 {}", unique()), &stage.department.region)
        .await;
    let hire = async |name, post| {
        let number = unique().to_uppercase();
        company.desk(&company.employ(&number, name, post, &team).await)
    };
    let supervisor = hire("吴磊", Post::Supervisor).await;
    let salesperson = hire("郑爽", Post::Salesperson).await;
    let customer = salesperson
        .customer(&format!("客户 {}", unique()), &team)
        .await
        .name;
    let finance = &stage.department.finance;
    finance
        .limit(&customer, money(Decimal::from(1_000_000), "CNY"))
        .await;
    let draft = salesperson
        .draft(contract_over(&customer, 1_000.into()))
        .await
        .unwrap();
    let approval = approval_name(&salesperson.submit(&draft.name).await.unwrap());
    supervisor.task_of(&approval).await;
    let request = RecordDepartureRequest {
        name: supervisor.employee.clone(),
        request_id: request_id(),
        ..RecordDepartureRequest::default()
    };
    let administrator = company.administrator();
    let channel = company
        .place
        .channel_as("organization", id_of(&administrator.employee));
    EmployeeServiceClient::new(channel)
        .record_departure(request)
        .await
        .unwrap();
    forgotten().await;
    // One that could not note it looks again only later, or when it starts anew.
    let noted = async || {
        let approval = salesperson.approval(&approval).await;
        approval.is_ok_and(|approval| approval.attention.is_some())
    };
    for starts in 1.. {
        stage.house.replicas[0].kill();
        let looked = Instant::now() + Duration::from_secs(6);
        while Instant::now() < looked && !noted().await {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        if noted().await {
            break;
        }
        assert!(starts < 10, "nobody noted it");
    }
    let request = RetryApprovalRequest {
        name: approval.clone(),
        request_id: request_id(),
    };
    administrator
        .approvals
        .clone()
        .retry_approval(request)
        .await
        .unwrap();
    salesperson.withdraw(&approval).await.unwrap();
    salesperson.contract_in(&draft.name, contract::State::Draft).await;
    used(stage, &customer, 0).await;
}

/// Lets two seconds pass: older is nothing that services remember of what others told them of people and posts.
async fn forgotten() {
    tokio::time::sleep(Duration::from_millis(2_100)).await;
}

/// Changes a contract's price.
async fn change(stage: Stage<'_>, contract: &Contract, customer: &str, price: i64) -> Contract {
    let changed = Contract {
        name: contract.name.clone(),
        ..contract_over(customer, price.into())
    };
    let request = UpdateContractRequest {
        contract: Some(changed),
        request_id: request_id(),
        ..Default::default()
    };
    let contracts = &stage.department.salesperson.contracts;
    let changed = contracts.clone().update_contract(request).await;
    let changed = changed.unwrap().into_inner();
    assert_eq!(amount(changed.total.as_ref().unwrap()), Decimal::from(price));
    changed
}

/// Waits until a customer owes this much, and nothing is set aside.
pub async fn used(stage: Stage<'_>, customer: &str, confirmed: i64) {
    until(async || {
        let credit = stage.department.finance.credit_of(customer).await;
        let of = |money: Option<salient_proto::google::r#type::Money>| money.as_ref().map(amount);
        (of(credit.reserved), of(credit.confirmed)) == (Some(Decimal::ZERO), Some(Decimal::from(confirmed)))
    })
    .await;
}
