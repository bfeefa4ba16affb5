//! What the hot paths cost, and what the database itself refuses.

use std::sync::Arc;

use async_trait::async_trait;
use diesel_async::SimpleAsyncConnection as _;
use jiff::Timestamp;
use rust_decimal::Decimal;
use salient_access::directory::Directory;
use salient_database::{Connection, Database, Error, Label, RoundTrips, Tx};
use salient_failure::{Failure, Result};
use salient_operation::{IdempotencyKey, OpContext, Profile};
use salient_paging::Pages;
use salient_proto::approval::v1::{
    ConfirmRequest, Fact, ReleaseRequest, ReserveRequest, Subject, fact, reserve_response::Result as Answer,
};
use salient_proto::{customers::v1::GetCustomerRequest, google::r#type as google};
use salient_server::Service as _;
use salient_testkit::TestDatabase;
use salient_values::{Currency, Money};
use uuid::Uuid;

use crate::{
    Customers,
    app::App,
    domain::{
        archive::{Address, Archive},
        credit::CreditAccount,
        customer::{Customer, Placement},
        grade::Grade,
        name::CustomerName,
    },
    error::customer_name,
    rpc,
    store::{
        Query,
        accounts::account_insert,
        customers::customer_insert,
        entries::{Cause, entry_insert},
        grades::grade_insert,
    },
};

/// More often than there are connections, each of which prepares a statement once.
const RUNS: usize = 200;

/// Knows nobody: what is tested here asks for nobody.
struct Nobody;

#[async_trait]
impl Directory for Nobody {
    async fn profile(&self, person: Uuid) -> Result<Arc<Profile>> {
        Err(Failure::not_found(person))
    }
}

/// The service's methods on a database of their own, each call counted, and a customer with a lot of credit.
async fn open() -> (TestDatabase, App, RoundTrips, Uuid) {
    let test = TestDatabase::start(&[Customers::migrations()]).await;
    let round_trips = RoundTrips::default();
    let database = test
        .database(Customers::SCHEMA)
        .await
        .counting(round_trips.clone());
    let customer = record(&database).await;
    let app = App {
        database,
        pages: Pages::new("only for tests: 32 bytes or more of no secret".into()),
        directory: Arc::new(Nobody),
    };
    (test, app, round_trips, customer)
}

fn operation() -> OpContext {
    OpContext::background(Customers::NAME, "test").keyed(IdempotencyKey {
        caller: "services/approval-orchestrator".into(),
        request_id: Uuid::now_v7(),
        fingerprint: [0; 32],
    })
}

async fn record(database: &Database) -> Uuid {
    let archive = Archive {
        name: CustomerName::parse("西湖商贸").expect("a name"),
        credit_code: None,
        address: Address::default(),
        contacts: Vec::new(),
        needs: String::new(),
        preferences: String::new(),
    };
    let placement = Placement {
        owner: Uuid::from_u128(1),
        unit: Uuid::from_u128(2),
    };
    let customer = Customer::record(
        Uuid::now_v7(),
        archive,
        placement,
        Grade::D,
        Timestamp::UNIX_EPOCH,
    );
    let limit = Money::new(Decimal::from(1_000_000), Currency::CNY).expect("an amount");
    let account = CreditAccount::open(customer.id, limit, Timestamp::UNIX_EPOCH);
    let record = async |tx: &mut Tx| {
        let recorded = std::slice::from_ref(&customer);
        customer_insert(tx, recorded).await?;
        grade_insert(tx, recorded, "", "employees/1").await?;
        account_insert(tx, &account).await?;
        entry_insert(tx, &account, Cause::Limit("年度授信"), "employees/1").await?;
        Ok::<_, Error>(())
    };
    let recorded = database
        .transaction(&operation(), Query::CustomerCreate, record)
        .await;
    recorded.expect("recorded");
    customer.id
}

fn reserve_request(approval: &str, customer: Uuid) -> ReserveRequest {
    let amount = google::Money {
        currency_code: "CNY".to_owned(),
        units: 1,
        nanos: 0,
    };
    ReserveRequest {
        approval: approval.to_owned(),
        round: 1,
        subject: Some(Subject {
            name: "contracts/1".to_owned(),
            ..Subject::default()
        }),
        account: customer_name(customer),
        facts: vec![Fact {
            name: "amount".to_owned(),
            value: Some(fact::Value::Money(amount)),
        }],
        request_id: String::new(),
    }
}

#[tokio::test]
async fn credit_is_reserved_in_one_round_trip_and_settled_in_two() {
    let (_test, app, round_trips, customer) = open().await;
    for run in 0..RUNS {
        let approval = format!("approvals/{}", Uuid::now_v7());
        let asked = reserve_request(&approval, customer);
        let answer = rpc::reserve::reserve(app.clone(), operation(), asked)
            .await
            .expect("answered");
        assert!(matches!(answer.result, Some(Answer::Reserved(_))));
        let (round, request_id) = (1, String::new());
        if run % 2 == 0 {
            let end = ConfirmRequest {
                approval,
                round,
                request_id,
            };
            rpc::confirm::confirm(app.clone(), operation(), end)
                .await
                .expect("confirmed");
        } else {
            let end = ReleaseRequest {
                approval,
                round,
                request_id,
            };
            rpc::release::release(app.clone(), operation(), end)
                .await
                .expect("released");
        }
        let read = GetCustomerRequest {
            name: customer_name(customer),
        };
        rpc::get_customer::get_customer(app.clone(), operation(), read)
            .await
            .expect("read");
    }
    let hot = [
        Query::CreditReserve,
        Query::ReservationGet,
        Query::CreditSettle,
        Query::CustomerGet,
    ];
    let hot = hot.map(Label::name);
    let counted = round_trips.per_run();
    for (label, statements) in counted.iter().filter(|(label, _)| hot.contains(label)) {
        assert!((1.0..1.2).contains(statements), "{label}: {statements}");
    }
    assert_eq!(counted.len(), hot.len() + 1, "and the recording: {counted:?}");
}

/// What no error in this program may get past: each statement, and who or what refuses it.
#[tokio::test]
async fn the_database_refuses_what_must_never_be() {
    let (_test, app, _, _) = open().await;
    for (statement, refusal) in [
        (
            "UPDATE credit_account SET reserved = credit_limit, confirmed = 0.01",
            "credit_never_overspent",
        ),
        (
            "UPDATE credit_account SET credit_limit = -1",
            "credit_never_overspent",
        ),
        (
            "UPDATE credit_account SET reserved = -1",
            "credit_account_reserved_check",
        ),
        ("DELETE FROM credit_account", "permission denied"),
        ("UPDATE credit_entry SET amount = 0", "permission denied"),
        ("DELETE FROM credit_entry", "permission denied"),
        ("UPDATE credit_reservation SET amount = 0", "permission denied"),
        ("DELETE FROM credit_reservation", "permission denied"),
        ("UPDATE grade_period SET grade = 'A'", "permission denied"),
        ("DELETE FROM grade_period", "permission denied"),
        ("DELETE FROM customer", "permission denied"),
        ("UPDATE customer SET grade = 'E'", "customer_grade_known"),
        (
            "INSERT INTO grade_period SELECT customer, 2, 'A', start_time, NULL, '', '' FROM grade_period",
            "grade_period_current",
        ),
        (
            "INSERT INTO credit_reservation (approval, round, state, create_time, update_time) \
             SELECT customer, 1, 'RESERVED', update_time, update_time FROM credit_account",
            "credit_reservation_of_account",
        ),
    ] {
        let run = async |connection: &mut Connection| {
            connection.batch_execute(statement).await.map_err(Error::from)
        };
        let refused = app.database.read(&operation(), Query::CreditGet, run).await;
        let refused = refused.expect_err(statement);
        let told = Failure::from(refused).to_string();
        assert!(told.contains(refusal), "{statement}: {told}");
    }
}
