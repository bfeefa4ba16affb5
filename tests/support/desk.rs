//! One employee at work: the suite's clients, with the employee's own token on every call.

use std::time::{Duration, Instant};

use salient_proto::{
    approval::v1::{
        Approval, ApproveTaskRequest, Finding, GetApprovalRequest, ListTasksRequest, RejectTaskRequest,
        ReturnTaskRequest, Task, TaskBox, WithdrawApprovalRequest,
        approval_service_client::ApprovalServiceClient, finding, policy_service_client::PolicyServiceClient,
        task_service_client::TaskServiceClient,
    },
    contracts::v1::{
        Contract, CreateContractRequest, GetContractRequest, SignContractRequest, SubmitContractRequest,
        contract, contract_service_client::ContractServiceClient, file_service_client::FileServiceClient,
    },
    customers::v1::{
        CreateCustomerRequest, CreditAccount, Customer, GetCreditAccountRequest, SetCreditLimitRequest,
        credit_service_client::CreditServiceClient, customer_service_client::CustomerServiceClient,
    },
    google::r#type::Money,
};
use salient_testkit::Caller;
use tonic::{Code, Status};

use crate::company::{Place, id_of, request_id};

/// How long the suite may take to get something done behind the scenes, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// Makes a call, and makes it again where nobody answered: with the same request, and so with the same request id.
///
/// # Errors
/// What the service refused, or that nobody answered for too long.
pub async fn patiently<T>(call: impl AsyncFn() -> Result<T, Status>) -> Result<T, Status> {
    let until = Instant::now() + PATIENCE;
    loop {
        match call().await {
            Err(status) if unanswered(&status) && Instant::now() < until => {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            result => return result,
        }
    }
}

/// Whether the call may have been done or not.
fn unanswered(status: &Status) -> bool {
    matches!(
        status.code(),
        Code::Unavailable | Code::Unknown | Code::Cancelled | Code::DeadlineExceeded
    )
}

/// An employee with the suite's clients.
#[derive(Clone)]
pub struct Desk {
    /// The employee, `employees/{uuid}`.
    pub employee: String,
    /// Customers.
    pub customers: CustomerServiceClient<Caller>,
    /// Their credit.
    pub credit: CreditServiceClient<Caller>,
    /// Contracts.
    pub contracts: ContractServiceClient<Caller>,
    /// Their files.
    pub files: FileServiceClient<Caller>,
    /// The inbox.
    pub tasks: TaskServiceClient<Caller>,
    /// Approvals.
    pub approvals: ApprovalServiceClient<Caller>,
    /// Policies.
    pub policies: PolicyServiceClient<Caller>,
}

impl Desk {
    pub(crate) fn of(place: &Place, employee: &str) -> Self {
        let channel = |service| place.channel_as(service, id_of(employee));
        let (customers, contracts, approvals) = (
            channel("customers"),
            channel("contracts"),
            channel("approval-orchestrator"),
        );
        Self {
            employee: employee.to_owned(),
            customers: CustomerServiceClient::new(customers.clone()),
            credit: CreditServiceClient::new(customers),
            contracts: ContractServiceClient::new(contracts.clone()),
            files: FileServiceClient::new(contracts),
            tasks: TaskServiceClient::new(approvals.clone()),
            approvals: ApprovalServiceClient::new(approvals.clone()),
            policies: PolicyServiceClient::new(approvals),
        }
    }

    /// Records a customer of this employee's, in a unit.
    pub async fn customer(&self, display_name: &str, unit: &str) -> Customer {
        let request = CreateCustomerRequest {
            customer: Some(Customer {
                display_name: display_name.into(),
                owner: self.employee.clone(),
                org_unit: unit.into(),
                ..Customer::default()
            }),
            request_id: request_id(),
        };
        patiently(async || self.customers.clone().create_customer(request.clone()).await)
            .await
            .expect("recorded")
            .into_inner()
    }

    /// Sets a customer's credit limit.
    pub async fn limit(&self, customer: &str, limit: Money) {
        let request = SetCreditLimitRequest {
            name: format!("{customer}/credit"),
            limit: Some(limit),
            reason: "年度授信".into(),
            request_id: request_id(),
            ..SetCreditLimitRequest::default()
        };
        patiently(async || self.credit.clone().set_credit_limit(request.clone()).await)
            .await
            .expect("set");
    }

    /// How a customer's credit stands.
    pub async fn credit_of(&self, customer: &str) -> CreditAccount {
        let request = GetCreditAccountRequest {
            name: format!("{customer}/credit"),
        };
        patiently(async || self.credit.clone().get_credit_account(request.clone()).await)
            .await
            .expect("an account")
            .into_inner()
    }

    /// Drafts a contract.
    pub async fn draft(&self, contract: Contract) -> Result<Contract, Status> {
        let request = CreateContractRequest {
            contract: Some(contract),
            request_id: request_id(),
        };
        Ok(
            patiently(async || self.contracts.clone().create_contract(request.clone()).await)
                .await?
                .into_inner(),
        )
    }

    /// Reads a contract.
    pub async fn contract(&self, name: &str) -> Contract {
        let request = GetContractRequest { name: name.into() };
        patiently(async || self.contracts.clone().get_contract(request.clone()).await)
            .await
            .expect("readable")
            .into_inner()
    }

    /// Submits a contract for sign-off.
    pub async fn submit(&self, name: &str) -> Result<Contract, Status> {
        let request = SubmitContractRequest {
            name: name.into(),
            request_id: request_id(),
            ..SubmitContractRequest::default()
        };
        Ok(
            patiently(async || self.contracts.clone().submit_contract(request.clone()).await)
                .await?
                .into_inner(),
        )
    }

    /// Signs an approved contract with the customer.
    pub async fn sign(&self, name: &str) -> Result<Contract, Status> {
        let request = SignContractRequest {
            name: name.into(),
            company_signatory: "王伟".into(),
            customer_signatory: "客户代表".into(),
            request_id: request_id(),
            ..SignContractRequest::default()
        };
        Ok(
            patiently(async || self.contracts.clone().sign_contract(request.clone()).await)
                .await?
                .into_inner(),
        )
    }

    /// The first page of the inbox.
    pub async fn inbox(&self) -> Vec<Task> {
        let request = ListTasksRequest {
            r#box: TaskBox::Inbox.into(),
            page_size: 200,
            ..ListTasksRequest::default()
        };
        patiently(async || self.tasks.clone().list_tasks(request.clone()).await)
            .await
            .expect("an inbox")
            .into_inner()
            .tasks
    }

    /// The task that an approval has for this employee, once it is there.
    pub async fn task_of(&self, approval: &str) -> Task {
        let filter = format!("approval = \"{approval}\"");
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            let request = ListTasksRequest {
                r#box: TaskBox::Inbox.into(),
                filter: filter.clone(),
                ..ListTasksRequest::default()
            };
            let page = patiently(async || self.tasks.clone().list_tasks(request.clone()).await)
                .await
                .expect("an inbox")
                .into_inner();
            if let Some(task) = page.tasks.into_iter().next() {
                return task;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{} never got a task of {approval}", self.employee)
    }

    /// Approves a task, with every item of its checklist found acceptable.
    pub async fn approve(&self, task: &Task) -> Result<Task, Status> {
        let request = approval_of(task);
        Ok(
            patiently(async || self.tasks.clone().approve_task(request.clone()).await)
                .await?
                .into_inner(),
        )
    }

    /// Rejects a task.
    pub async fn reject(&self, task: &Task, comment: &str) -> Result<Task, Status> {
        let request = RejectTaskRequest {
            name: task.name.clone(),
            comment: comment.into(),
            request_id: request_id(),
            ..RejectTaskRequest::default()
        };
        Ok(
            patiently(async || self.tasks.clone().reject_task(request.clone()).await)
                .await?
                .into_inner(),
        )
    }

    /// Returns a task to the submitter.
    pub async fn give_back(&self, task: &Task, comment: &str) -> Result<Task, Status> {
        let request = ReturnTaskRequest {
            name: task.name.clone(),
            comment: comment.into(),
            request_id: request_id(),
            ..ReturnTaskRequest::default()
        };
        Ok(
            patiently(async || self.tasks.clone().return_task(request.clone()).await)
                .await?
                .into_inner(),
        )
    }

    /// Withdraws a sign-off.
    pub async fn withdraw(&self, approval: &str) -> Result<Approval, Status> {
        let request = WithdrawApprovalRequest {
            name: approval.into(),
            request_id: request_id(),
            ..WithdrawApprovalRequest::default()
        };
        Ok(
            patiently(async || self.approvals.clone().withdraw_approval(request.clone()).await)
                .await?
                .into_inner(),
        )
    }

    /// Reads an approval.
    pub async fn approval(&self, name: &str) -> Result<Approval, Status> {
        let request = GetApprovalRequest { name: name.into() };
        Ok(
            patiently(async || self.approvals.clone().get_approval(request.clone()).await)
                .await?
                .into_inner(),
        )
    }

    /// The contract once it has come to this state.
    pub async fn contract_in(&self, name: &str, state: contract::State) -> Contract {
        let until = Instant::now() + PATIENCE;
        loop {
            let contract = self.contract(name).await;
            if contract.state() == state {
                return contract;
            }
            assert!(
                Instant::now() < until,
                "{name} never came to {state:?}: {contract:?}"
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

/// The request that approves a task, with every item of its checklist found acceptable.
#[must_use]
pub fn approval_of(task: &Task) -> ApproveTaskRequest {
    let finding = |item: &salient_proto::approval::v1::ChecklistItem| Finding {
        item: item.id.clone(),
        result: finding::Result::Acceptable.into(),
        ..Finding::default()
    };
    ApproveTaskRequest {
        name: task.name.clone(),
        findings: task.checklist.iter().map(finding).collect(),
        request_id: request_id(),
        ..ApproveTaskRequest::default()
    }
}

/// The approval of a submitted contract.
#[must_use]
pub fn approval_name(contract: &Contract) -> String {
    contract.sign_off.as_ref().expect("submitted").approval.clone()
}
