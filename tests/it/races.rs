//! Two at once: one wins, the other gets the documented precondition error. Every round is real concurrency: both calls are on
//! the wire before either is answered.

use futures::future::join_all;
use rust_decimal::Decimal;
use salient_proto::{
    access::v1::Post,
    contracts::v1::{Contract, UpdateContractRequest, contract},
};
use salient_tests::{
    company::{Company, Department, request_id},
    contract::{contract_over, money},
    desk::{Desk, approval_name},
    refusal::reason,
};
use tonic::{Code, Status};

/// How many rounds each race has, and how many of them run at a time.
const ROUNDS: usize = 1_000;
const AT_A_TIME: usize = 20;

struct Race {
    department: Department,
    /// A second supervisor of the team.
    other: Desk,
    customer: String,
}

impl Race {
    async fn start() -> Self {
        let department = Department::open_in(Company::found().await).await;
        let employee = department
            .company
            .employ("T-2", "吴磊", Post::Supervisor, &department.team)
            .await;
        let other = department.company.desk(&employee);
        let customer = department
            .salesperson
            .customer("上海精工机械有限公司", &department.team)
            .await
            .name;
        department
            .finance
            .limit(&customer, money(Decimal::from(1_000_000_000), "CNY"))
            .await;
        Self {
            department,
            other,
            customer,
        }
    }

    async fn submitted(&self) -> Contract {
        let salesperson = &self.department.salesperson;
        let draft = salesperson
            .draft(contract_over(&self.customer, Decimal::from(1_000)))
            .await
            .unwrap();
        salesperson.submit(&draft.name).await.unwrap()
    }

    /// Runs the rounds, some at a time.
    async fn rounds(&self, round: impl AsyncFn(&Self)) {
        for _ in 0..ROUNDS / AT_A_TIME {
            join_all((0..AT_A_TIME).map(|_| round(self))).await;
        }
    }
}

/// Of the two results exactly one is good, and the other says what the contract documents.
fn one_won<A: std::fmt::Debug, B: std::fmt::Debug>(one: &Result<A, Status>, other: &Result<B, Status>) {
    let refusal = match (one, other) {
        (Ok(_), Err(refusal)) | (Err(refusal), Ok(_)) => refusal,
        both => panic!("one must win: {both:?}"),
    };
    assert_eq!(
        refusal.code(),
        Code::FailedPrecondition,
        "{}: {refusal:?}",
        reason(refusal)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_approvers_at_once_one_decides() {
    let race = Race::start().await;
    race.rounds(async |race| {
        let supervisor = &race.department.supervisor;
        let approval = approval_name(&race.submitted().await);
        let (mine, theirs) = tokio::join!(supervisor.task_of(&approval), race.other.task_of(&approval));
        let (one, other) = tokio::join!(supervisor.approve(&mine), race.other.reject(&theirs, "不同意"));
        one_won(&one, &other);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn approving_against_withdrawing() {
    let race = Race::start().await;
    race.rounds(async |race| {
        let Department {
            salesperson,
            supervisor,
            manager,
            ..
        } = &race.department;
        let contract = race.submitted().await;
        let approval = approval_name(&contract);
        supervisor
            .approve(&supervisor.task_of(&approval).await)
            .await
            .unwrap();
        let last = manager.task_of(&approval).await;
        let (approved, withdrawn) = tokio::join!(manager.approve(&last), salesperson.withdraw(&approval));
        one_won(&approved, &withdrawn);
        let state = if approved.is_ok() {
            contract::State::Approved
        } else {
            contract::State::Draft
        };
        salesperson.contract_in(&contract.name, state).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn editing_against_approving() {
    let race = Race::start().await;
    race.rounds(async |race| {
        let Department {
            salesperson,
            supervisor,
            manager,
            ..
        } = &race.department;
        let contract = race.submitted().await;
        let approval = approval_name(&contract);
        supervisor
            .approve(&supervisor.task_of(&approval).await)
            .await
            .unwrap();
        let last = manager.task_of(&approval).await;
        let changed = Contract {
            name: contract.name.clone(),
            ..contract_over(&race.customer, Decimal::from(2_000))
        };
        let request = UpdateContractRequest {
            contract: Some(changed),
            request_id: request_id(),
            ..Default::default()
        };
        let mut contracts = salesperson.contracts.clone();
        let (approved, edited) = tokio::join!(manager.approve(&last), contracts.update_contract(request));
        one_won(&approved, &edited);
        let state = if approved.is_ok() {
            contract::State::Approved
        } else {
            contract::State::Draft
        };
        salesperson.contract_in(&contract.name, state).await;
    })
    .await;
}
