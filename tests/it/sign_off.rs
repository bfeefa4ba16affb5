//! The main job (P6.1): a contract from its draft to the archive, and the ways in which it ends otherwise.

use rust_decimal::Decimal;
use salient_proto::{
    approval::v1::{ListAuditEntriesRequest, Outcome, VerifyAuditTrailRequest, approval, audit_entry},
    contracts::v1::{
        ArchiveContractRequest, Contract, UpdateContractRequest, UploadFileHeader, UploadFileRequest,
        contract,
    },
};
use salient_tests::{
    company::{Department, request_id},
    contract::{amount, contract_over, money},
    desk::approval_name,
    refusal::reason,
};
use sha2::{Digest as _, Sha256};

/// A department with a customer who may owe this much.
async fn department(limit: i64) -> (Department, String) {
    let department = Department::open().await;
    let customer = department
        .salesperson
        .customer("上海精工机械有限公司", &department.team)
        .await
        .name;
    department
        .finance
        .limit(&customer, money(Decimal::from(limit), "CNY"))
        .await;
    (department, customer)
}

/// A contract that was submitted.
async fn submitted(department: &Department, customer: &str, price: i64) -> Contract {
    let draft = department
        .salesperson
        .draft(contract_over(customer, Decimal::from(price)))
        .await
        .unwrap();
    department.salesperson.submit(&draft.name).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contract_goes_from_draft_to_archive() {
    let (department, customer) = department(1_000_000).await;
    let Department {
        salesperson,
        supervisor,
        manager,
        finance,
        ..
    } = &department;
    let draft = salesperson
        .draft(contract_over(&customer, Decimal::from(250_000)))
        .await
        .unwrap();
    assert_eq!(
        (draft.state(), draft.number.as_str()),
        (contract::State::Draft, "")
    );

    let contract = salesperson.submit(&draft.name).await.unwrap();
    assert_eq!(contract.state(), contract::State::InApproval);
    assert!(
        contract.number.starts_with("HT-HD-") && contract.number.ends_with("000001"),
        "{}",
        contract.number
    );
    let approval = approval_name(&contract);

    // P6.1.2: the supervisor works through the checklist; the customer's credit is set aside by then.
    let review = supervisor.task_of(&approval).await;
    assert_eq!(review.checklist.len(), 5);
    assert_eq!(review.subject.as_ref().unwrap().digest, contract.digest);
    let credit = finance.credit_of(&customer).await;
    assert_eq!(amount(credit.reserved.as_ref().unwrap()), Decimal::from(250_000));
    supervisor.approve(&review).await.unwrap();

    // P6.1.3: the regional manager approves; the reservation becomes final.
    let decision = manager.task_of(&approval).await;
    manager.approve(&decision).await.unwrap();
    salesperson
        .contract_in(&contract.name, contract::State::Approved)
        .await;
    let credit = finance.credit_of(&customer).await;
    assert_eq!(amount(credit.reserved.as_ref().unwrap()), Decimal::ZERO);
    assert_eq!(amount(credit.confirmed.as_ref().unwrap()), Decimal::from(250_000));

    // P6.1.4: signed, the signed file is stored, and archived.
    let signed = salesperson.sign(&contract.name).await.unwrap();
    assert_eq!(signed.state(), contract::State::Signed);
    let pdf = b"%PDF-1.7\n% signed by both\n%%EOF\n".to_vec();
    let header = UploadFileHeader {
        contract: contract.name.clone(),
        filename: "signed.pdf".into(),
        content_type: "application/pdf".into(),
        size_bytes: pdf.len() as i64,
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
        name: contract.name.clone(),
        request_id: request_id(),
        ..Default::default()
    };
    let archived = salesperson
        .contracts
        .clone()
        .archive_contract(request)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(archived.state(), contract::State::Archived);

    let approval = salesperson.approval(&approval).await.unwrap();
    assert_eq!(approval.state(), approval::State::Approved);
    assert!(supervisor.inbox().await.is_empty() && manager.inbox().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejection_releases_the_credit_and_is_final() {
    let (department, customer) = department(1_000_000).await;
    let contract = submitted(&department, &customer, 100_000).await;
    let task = department.supervisor.task_of(&approval_name(&contract)).await;
    department
        .supervisor
        .reject(&task, "付款条件不可接受")
        .await
        .unwrap();
    let rejected = department
        .salesperson
        .contract_in(&contract.name, contract::State::Rejected)
        .await;
    let sign_off = rejected.sign_off.unwrap();
    assert_eq!(
        (sign_off.outcome(), sign_off.comment.as_str()),
        (Outcome::Rejected, "付款条件不可接受")
    );
    eventually_free(&department, &customer).await;
    let refused = department.salesperson.submit(&contract.name).await.unwrap_err();
    assert_eq!(refused.code(), tonic::Code::FailedPrecondition);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_returned_contract_is_changed_submitted_again_and_approved() {
    let (department, customer) = department(1_000_000).await;
    let Department {
        salesperson,
        supervisor,
        manager,
        ..
    } = &department;
    let contract = submitted(&department, &customer, 100_000).await;
    let approval = approval_name(&contract);
    supervisor
        .approve(&supervisor.task_of(&approval).await)
        .await
        .unwrap();
    manager
        .give_back(&manager.task_of(&approval).await, "请降低价格")
        .await
        .unwrap();
    let returned = salesperson
        .contract_in(&contract.name, contract::State::Returned)
        .await;

    let changed = Contract {
        name: returned.name.clone(),
        etag: returned.etag.clone(),
        ..contract_over(&customer, Decimal::from(90_000))
    };
    let request = UpdateContractRequest {
        contract: Some(changed),
        request_id: request_id(),
        ..Default::default()
    };
    let changed = salesperson
        .contracts
        .clone()
        .update_contract(request)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(amount(changed.total.as_ref().unwrap()), Decimal::from(90_000));
    let again = salesperson.submit(&contract.name).await.unwrap();
    assert_eq!(
        (approval_name(&again), again.sign_off.unwrap().round),
        (approval.clone(), 2),
        "the same approval goes on"
    );
    assert_eq!(again.number, contract.number);

    supervisor
        .approve(&supervisor.task_of(&approval).await)
        .await
        .unwrap();
    manager.approve(&manager.task_of(&approval).await).await.unwrap();
    salesperson
        .contract_in(&contract.name, contract::State::Approved)
        .await;
    let credit = department.finance.credit_of(&customer).await;
    assert_eq!(amount(credit.confirmed.as_ref().unwrap()), Decimal::from(90_000));
    assert_eq!(amount(credit.reserved.as_ref().unwrap()), Decimal::ZERO);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawn_contract_is_a_draft_again() {
    let (department, customer) = department(1_000_000).await;
    let contract = submitted(&department, &customer, 100_000).await;
    let approval = approval_name(&contract);
    let task = department.supervisor.task_of(&approval).await;
    department.salesperson.withdraw(&approval).await.unwrap();
    department
        .salesperson
        .contract_in(&contract.name, contract::State::Draft)
        .await;
    let refused = department.supervisor.approve(&task).await.unwrap_err();
    assert_eq!(refused.code(), tonic::Code::FailedPrecondition);
    eventually_free(&department, &customer).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_after_submission_supersedes_the_sign_off() {
    let (department, customer) = department(1_000_000).await;
    let Department {
        salesperson,
        supervisor,
        ..
    } = &department;
    let contract = submitted(&department, &customer, 100_000).await;
    let approval = approval_name(&contract);
    let task = supervisor.task_of(&approval).await;
    let changed = Contract {
        name: contract.name.clone(),
        ..contract_over(&customer, Decimal::from(120_000))
    };
    let request = UpdateContractRequest {
        contract: Some(changed),
        request_id: request_id(),
        ..Default::default()
    };
    let changed = salesperson
        .contracts
        .clone()
        .update_contract(request)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(changed.state(), contract::State::Draft);
    assert_ne!(changed.digest, contract.digest);
    assert_eq!(
        salesperson.approval(&approval).await.unwrap().state(),
        approval::State::Superseded
    );
    assert_eq!(
        supervisor.approve(&task).await.unwrap_err().code(),
        tonic::Code::FailedPrecondition
    );
    eventually_free(&department, &customer).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn beyond_the_customers_credit_nobody_is_asked() {
    let (department, customer) = department(50_000).await;
    let contract = submitted(&department, &customer, 50_001).await;
    let refused = department
        .salesperson
        .contract_in(&contract.name, contract::State::Draft)
        .await;
    let sign_off = refused.sign_off.unwrap();
    assert_eq!(sign_off.outcome(), Outcome::Refused);
    assert!(
        sign_off.comment.contains("50"),
        "the reason names the amounts: {}",
        sign_off.comment
    );
    assert!(department.supervisor.inbox().await.is_empty());
    eventually_free(&department, &customer).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_decides_for_another_or_twice() {
    let (department, customer) = department(1_000_000).await;
    let Department {
        salesperson,
        supervisor,
        manager,
        ..
    } = &department;
    let contract = submitted(&department, &customer, 100_000).await;
    let approval = approval_name(&contract);
    let task = supervisor.task_of(&approval).await;
    for stranger in [salesperson, manager] {
        let refused = stranger.approve(&task).await.unwrap_err();
        assert_eq!(
            refused.code(),
            tonic::Code::PermissionDenied,
            "{}",
            reason(&refused)
        );
    }
    supervisor.approve(&task).await.unwrap();
    let refused = supervisor.approve(&task).await.unwrap_err();
    assert_eq!(
        refused.code(),
        tonic::Code::FailedPrecondition,
        "{}",
        reason(&refused)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_history_is_complete_and_tampering_shows() {
    use diesel_async::SimpleAsyncConnection as _;

    let (department, customer) = department(1_000_000).await;
    let contract = submitted(&department, &customer, 100_000).await;
    let approval = approval_name(&contract);
    let Department {
        salesperson,
        supervisor,
        manager,
        ..
    } = &department;
    supervisor
        .approve(&supervisor.task_of(&approval).await)
        .await
        .unwrap();
    manager.approve(&manager.task_of(&approval).await).await.unwrap();
    salesperson
        .contract_in(&contract.name, contract::State::Approved)
        .await;

    let request = ListAuditEntriesRequest {
        parent: approval.clone(),
        ..Default::default()
    };
    let entries = salesperson
        .approvals
        .clone()
        .list_audit_entries(request)
        .await
        .unwrap()
        .into_inner()
        .audit_entries;
    let actions: Vec<_> = entries
        .iter()
        .map(salient_proto::approval::v1::AuditEntry::action)
        .collect();
    for action in [
        audit_entry::Action::Submitted,
        audit_entry::Action::Reserved,
        audit_entry::Action::TaskApproved,
        audit_entry::Action::Confirmed,
        audit_entry::Action::Approved,
    ] {
        assert!(actions.contains(&action), "{action:?} in {actions:?}");
    }
    let verify = async || {
        let request = VerifyAuditTrailRequest {
            name: approval.clone(),
        };
        salesperson
            .approvals
            .clone()
            .verify_audit_trail(request)
            .await
            .unwrap()
            .into_inner()
    };
    assert!(verify().await.intact);
    let mut owner = department.company.suite().test_database().owner("approval").await;
    owner
        .batch_execute("UPDATE audit_entry SET actor = 'employees/nobody' WHERE sequence = 3")
        .await
        .unwrap();
    let verified = verify().await;
    assert!(!verified.intact);
    assert_eq!(verified.broken_sequence, 3);
}

/// Waits until nothing of the customer's credit is set aside or used.
async fn eventually_free(department: &Department, customer: &str) {
    for _ in 0..1_000 {
        let credit = department.finance.credit_of(customer).await;
        let used = [credit.reserved.unwrap(), credit.confirmed.unwrap()];
        if used.iter().map(amount).sum::<Decimal>() == Decimal::ZERO {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("the credit was never released");
}
