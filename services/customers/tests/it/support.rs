//! A company with two regions, and calls as its people.

use salient_customers::Customers;
use salient_operation::Post;
use salient_proto::{
    approval::v1::{
        ConfirmRequest, Fact, ReleaseRequest, ReserveRequest, ReserveResponse, Subject, fact,
        participant_service_client::ParticipantServiceClient, reserve_response::Result as Answer,
    },
    customers::v1::{
        CreateCustomerRequest, CreditAccount, Customer, GetCreditAccountRequest, SetCreditLimitRequest,
        credit_service_client::CreditServiceClient, customer_service_client::CustomerServiceClient,
    },
    google::r#type::Money,
};
use salient_testkit::{Caller, Person, TestService, Unit, held};
use tonic::Status;
use tonic_types::{ErrorInfo, StatusExt as _};
use uuid::Uuid;

/// The service, and the people who call it.
pub struct Company {
    pub service: TestService<Customers>,
    /// A team of the region in the east.
    pub east_team: Unit,
    /// A team of the region in the south.
    pub south_team: Unit,
    /// A salesperson of the team in the east.
    pub li: Person,
    /// Another one of the same team.
    pub wang: Person,
    /// A salesperson of the team in the south.
    pub zhao: Person,
    /// The supervisor of the team in the east.
    pub supervisor: Person,
    /// The manager of the region in the east.
    pub manager: Person,
    pub director: Person,
    pub finance: Person,
    pub administrator: Person,
}

impl Company {
    pub async fn start() -> Self {
        let service = TestService::<Customers>::start().await;
        let people = service.people();
        let (east, south) = (people.region("HD"), people.region("HN"));
        let (east_team, south_team) = (people.team(east), people.team(south));
        let company = people.company();
        Self {
            li: people.add("李娜", &[held(Post::Salesperson, east_team)]),
            wang: people.add("王伟", &[held(Post::Salesperson, east_team)]),
            zhao: people.add("赵敏", &[held(Post::Salesperson, south_team)]),
            supervisor: people.add("周强", &[held(Post::Supervisor, east_team)]),
            manager: people.add("吴刚", &[held(Post::RegionalManager, east)]),
            director: people.add("郑华", &[held(Post::Director, company)]),
            finance: people.add("孙丽", &[held(Post::Finance, company)]),
            administrator: people.add("陈晨", &[held(Post::Administrator, company)]),
            east_team,
            south_team,
            service,
        }
    }

    pub fn customers_as(&self, person: &Person) -> CustomerServiceClient<Caller> {
        CustomerServiceClient::new(self.service.channel_as(person))
    }

    pub fn credit_as(&self, person: &Person) -> CreditServiceClient<Caller> {
        CreditServiceClient::new(self.service.channel_as(person))
    }

    pub fn participant(&self) -> ParticipantServiceClient<Caller> {
        ParticipantServiceClient::new(self.service.channel_as_service("approval-orchestrator"))
    }

    /// Records a customer as a person.
    pub async fn create(&self, person: &Person, name: &str) -> Customer {
        let created = self
            .customers_as(person)
            .create_customer(create(named(name)))
            .await;
        created.expect("recorded").into_inner()
    }

    /// Sets a credit limit in yuan.
    pub async fn grant(&self, customer: &str, yuan_amount: i64) -> CreditAccount {
        let limit = set_limit(customer, yuan(yuan_amount, 0));
        let set = self.credit_as(&self.finance).set_credit_limit(limit).await;
        set.expect("set").into_inner()
    }

    pub async fn account(&self, customer: &str) -> CreditAccount {
        let request = GetCreditAccountRequest {
            name: format!("{customer}/credit"),
        };
        let read = self.credit_as(&self.finance).get_credit_account(request).await;
        read.expect("read").into_inner()
    }
}

pub fn request_id() -> String {
    Uuid::now_v7().to_string()
}

pub fn named(display_name: &str) -> Customer {
    Customer {
        display_name: display_name.to_owned(),
        ..Customer::default()
    }
}

pub fn create(customer: Customer) -> CreateCustomerRequest {
    CreateCustomerRequest {
        customer: Some(customer),
        request_id: request_id(),
    }
}

pub fn set_limit(customer: &str, limit: Money) -> SetCreditLimitRequest {
    SetCreditLimitRequest {
        name: format!("{customer}/credit"),
        limit: Some(limit),
        reason: "年度授信".to_owned(),
        etag: String::new(),
        request_id: request_id(),
    }
}

/// An amount in yuan and fen.
pub fn yuan(units: i64, fen: i32) -> Money {
    money("CNY", units, fen)
}

pub fn money(currency: &str, units: i64, hundredths: i32) -> Money {
    Money {
        currency_code: currency.to_owned(),
        units,
        nanos: hundredths * 10_000_000,
    }
}

/// The first round of a new approval.
pub fn approval() -> String {
    format!("approvals/{}", Uuid::now_v7())
}

pub fn reserve(approval: &str, round: i32, customer: &str, amount: Money) -> ReserveRequest {
    ReserveRequest {
        approval: approval.to_owned(),
        round,
        subject: Some(Subject {
            kind: "contract".to_owned(),
            name: format!("contracts/{}", Uuid::nil()),
            version: 1,
            digest: vec![7; 32],
            service: "contracts".to_owned(),
        }),
        account: customer.to_owned(),
        facts: vec![Fact {
            name: "amount".to_owned(),
            value: Some(fact::Value::Money(amount)),
        }],
        request_id: request_id(),
    }
}

pub fn confirm(approval: &str, round: i32) -> ConfirmRequest {
    ConfirmRequest {
        approval: approval.to_owned(),
        round,
        request_id: request_id(),
    }
}

pub fn release(approval: &str, round: i32) -> ReleaseRequest {
    ReleaseRequest {
        approval: approval.to_owned(),
        round,
        request_id: request_id(),
    }
}

pub fn is_reserved(response: &ReserveResponse) -> bool {
    matches!(response.result, Some(Answer::Reserved(_)))
}

/// The documented details of an error.
pub fn info(status: &Status) -> ErrorInfo {
    status.get_details_error_info().expect("ErrorInfo")
}

pub fn reason(status: &Status) -> String {
    info(status).reason
}
