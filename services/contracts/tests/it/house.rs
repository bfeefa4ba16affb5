//! A service with a small sales team around it, and the words that tests are written in.

use std::time::Duration;

use salient_contracts::Contracts;
use salient_operation::Post;
use salient_proto::{
    approval::v1::{
        DeliverOutcomeRequest, Outcome, RequestApprovalRequest, intake_service_server::IntakeServiceServer,
        subject_service_client::SubjectServiceClient,
    },
    contracts::v1::{
        Contract, ContractLine, CreateContractRequest, DeliveryTerms, GetContractRequest, ScheduledPayment,
        SignContractRequest, SubmitContractRequest, UpdateContractRequest,
        contract_service_client::ContractServiceClient, file_service_client::FileServiceClient,
    },
    customers::v1::customer_service_server::CustomerServiceServer,
    google::r#type::{Date, Decimal, Money},
};
use salient_testkit::{Caller, Person, TestService, Unit, held};
use tonic::{Response, Status};
use tonic_types::StatusExt as _;
use uuid::Uuid;

use crate::peers::{FakeCustomers, FakeIntake};

pub(crate) struct House {
    pub(crate) service: TestService<Contracts>,
    pub(crate) intake: FakeIntake,
    pub(crate) customers: FakeCustomers,
    /// A team in the region HD.
    pub(crate) team: Unit,
    /// Sells in the team.
    pub(crate) li: Person,
    /// Sells in the team as well.
    pub(crate) zhao: Person,
    /// Supervises the team.
    pub(crate) wang: Person,
}

impl House {
    pub(crate) async fn new() -> Self {
        Self::with(&[]).await
    }

    pub(crate) async fn with(settings: &[(&str, &str)]) -> Self {
        let (intake, customers) = (FakeIntake::default(), FakeCustomers::default());
        let service = TestService::<Contracts>::start_with(|setup| {
            setup
                .peer("customers")
                .add_service(CustomerServiceServer::new(customers.clone()));
            setup
                .peer("approval-orchestrator")
                .add_service(IntakeServiceServer::new(intake.clone()));
            for (name, value) in settings {
                setup.set(name, *value);
            }
        })
        .await;
        let people = service.people();
        let team = people.team(people.region("HD"));
        Self {
            li: people.add("李娜", &[held(Post::Salesperson, team)]),
            zhao: people.add("赵敏", &[held(Post::Salesperson, team)]),
            wang: people.add("王伟", &[held(Post::Supervisor, team)]),
            service,
            intake,
            customers,
            team,
        }
    }

    /// The methods, called as a person.
    pub(crate) fn contracts(&self, person: &Person) -> ContractServiceClient<Caller> {
        ContractServiceClient::new(self.service.channel_as(person))
    }

    /// The methods about files, called as a person.
    pub(crate) fn files(&self, person: &Person) -> FileServiceClient<Caller> {
        FileServiceClient::new(self.service.channel_as(person))
    }

    /// A draft of Li's.
    pub(crate) async fn drafted(&self) -> Contract {
        let request = CreateContractRequest {
            contract: Some(sample()),
            request_id: id(),
        };
        answered(self.contracts(&self.li).create_contract(request).await)
    }

    /// A submitted contract of Li's, of which the orchestrator knows.
    pub(crate) async fn submitted(&self) -> Contract {
        let draft = self.drafted().await;
        let submitted = self.submit(&draft).await.expect("complete");
        self.request_for(&submitted).await;
        submitted
    }

    /// An approved contract of Li's.
    pub(crate) async fn approved(&self) -> Contract {
        let submitted = self.submitted().await;
        assert!(self.deliver(&submitted, Outcome::Approved).await);
        self.read(&submitted.name).await
    }

    pub(crate) async fn submit(&self, contract: &Contract) -> Result<Contract, Status> {
        let request = SubmitContractRequest {
            name: contract.name.clone(),
            comment: "请审批".into(),
            etag: contract.etag.clone(),
            request_id: id(),
        };
        let answer = self.contracts(&self.li).submit_contract(request).await;
        answer.map(Response::into_inner)
    }

    /// Replaces the contract's liability, as Li.
    pub(crate) async fn edit(&self, contract: &Contract, liability: &str) -> Result<Contract, Status> {
        let request = UpdateContractRequest {
            contract: Some(Contract {
                liability: liability.into(),
                ..contract.clone()
            }),
            update_mask: Some(prost_types::FieldMask {
                paths: vec!["liability".into()],
            }),
            request_id: id(),
        };
        let answer = self.contracts(&self.li).update_contract(request).await;
        answer.map(Response::into_inner)
    }

    pub(crate) async fn sign(&self, contract: &Contract) -> Result<Contract, Status> {
        let request = SignContractRequest {
            name: contract.name.clone(),
            sign_date: None,
            company_signatory: "王伟".into(),
            customer_signatory: "陈静".into(),
            etag: contract.etag.clone(),
            request_id: id(),
        };
        let answer = self.contracts(&self.li).sign_contract(request).await;
        answer.map(Response::into_inner)
    }

    pub(crate) async fn read(&self, name: &str) -> Contract {
        let request = GetContractRequest { name: name.into() };
        answered(self.contracts(&self.li).get_contract(request).await)
    }

    /// Delivers an outcome of the contract's current round, as the orchestrator; says whether it was applied.
    pub(crate) async fn deliver(&self, contract: &Contract, outcome: Outcome) -> bool {
        self.deliver_as(self.report(contract, outcome).await).await
    }

    pub(crate) async fn deliver_as(&self, request: DeliverOutcomeRequest) -> bool {
        let mut subjects =
            SubjectServiceClient::new(self.service.channel_as_service("approval-orchestrator"));
        answered(subjects.deliver_outcome(request).await).applied
    }

    /// What the orchestrator would say of the contract's current round.
    pub(crate) async fn report(&self, contract: &Contract, outcome: Outcome) -> DeliverOutcomeRequest {
        let request = self.request_for(contract).await;
        DeliverOutcomeRequest {
            approval: request.approval,
            round: request.round,
            subject: request.subject,
            outcome: outcome.into(),
            comment: "同意".into(),
            actor: self.wang.name(),
            outcome_time: Some(std::time::SystemTime::now().into()),
            request_id: id(),
        }
    }

    /// Waits until the orchestrator has been asked for the contract's current round.
    pub(crate) async fn request_for(&self, contract: &Contract) -> RequestApprovalRequest {
        let sign_off = contract.sign_off.clone().expect("submitted");
        for _ in 0..200 {
            let mut requested = self.intake.requested().into_iter();
            let found =
                requested.find(|asked| asked.approval == sign_off.approval && asked.round == sign_off.round);
            match found {
                Some(request) => return request,
                None => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
        panic!("the orchestrator was never asked for {sign_off:?}");
    }
}

/// A new request id.
pub(crate) fn id() -> String {
    Uuid::now_v7().to_string()
}

pub(crate) fn answered<T>(answer: Result<Response<T>, Status>) -> T {
    answer.expect("an answer").into_inner()
}

/// The reason of a refusal.
pub(crate) fn reason(status: &Status) -> String {
    status
        .get_details_error_info()
        .map(|info| info.reason)
        .unwrap_or_default()
}

pub(crate) fn cny(units: i64, nanos: i32) -> Option<Money> {
    Some(Money {
        currency_code: "CNY".into(),
        units,
        nanos,
    })
}

pub(crate) fn decimal(value: &str) -> Option<Decimal> {
    Some(Decimal { value: value.into() })
}

/// A complete contract of 2 × 50,000.00 and 3 × 0.35 − 5 %, 100,001.00 CNY in all.
pub(crate) fn sample() -> Contract {
    let line = |product: &str, quantity, unit_price, discount| ContractLine {
        product: product.into(),
        specification: "CK6150".into(),
        quantity: decimal(quantity),
        unit: "台".into(),
        unit_price,
        discount: decimal(discount),
        tax_rate: decimal("0.13"),
        total: None,
        tax: None,
    };
    let payment = |amount, condition: &str| ScheduledPayment {
        due_date: None,
        condition: condition.into(),
        amount,
    };
    Contract {
        title: "机床采购".into(),
        customer: format!("customers/{}", Uuid::from_u128(7)),
        currency_code: "CNY".into(),
        lines: vec![
            line("数控机床", "2", cny(50_000, 0), "0"),
            line("垫片", "3", cny(0, 350_000_000), "0.05"),
        ],
        delivery: Some(DeliveryTerms {
            delivery_date: Some(Date {
                year: 2027,
                month: 1,
                day: 31,
            }),
            place: "上海市浦东新区".into(),
            method: "公路".into(),
        }),
        payments: vec![
            payment(cny(30_000, 0), "签订后"),
            payment(cny(70_001, 0), "验收合格后30日内"),
        ],
        liability: "逾期每日按合同总额的万分之五支付违约金".into(),
        ..Contract::default()
    }
}
