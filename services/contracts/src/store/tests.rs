//! What the hot paths cost, and what the database itself refuses.

use std::time::Duration;

use diesel_async::{RunQueryDsl as _, SimpleAsyncConnection as _};
use jiff::Timestamp;
use salient_database::{Connection, Database, Error, LedgerCte, NewEvent, RoundTrips, Tx};
use salient_operation::{IdempotencyKey, OpContext};
use salient_proto::contracts::v1::{Contract as ProtoContract, ContractCreated};
use salient_server::Service as _;
use salient_testkit::TestDatabase;
use uuid::Uuid;

use super::{InsertContract, Query, contract_find, contract_for_update, contract_save, revision_insert};
use crate::{
    Contracts,
    domain::{Contract, Report, Seat, State, testing},
};

/// More often than there are connections, each of which prepares a statement once.
const RUNS: usize = 200;

async fn open() -> (TestDatabase, Database, RoundTrips) {
    let test = TestDatabase::start(&[Contracts::migrations()]).await;
    let round_trips = RoundTrips::default();
    let database = test
        .database(Contracts::SCHEMA)
        .await
        .counting(round_trips.clone());
    (test, database, round_trips)
}

fn operation() -> OpContext {
    OpContext::background(Contracts::NAME, "test").keyed(IdempotencyKey {
        caller: "employees/1".into(),
        request_id: Uuid::now_v7(),
        fingerprint: [0; 32],
    })
}

fn draft() -> Contract {
    let seat = Seat {
        unit: Uuid::from_u128(2),
        region_code: "HD".into(),
    };
    let owner = Uuid::from_u128(1);
    Contract::draft(
        Uuid::now_v7(),
        owner,
        seat,
        testing::content(),
        Timestamp::UNIX_EPOCH,
    )
    .expect("sound")
}

async fn insert(database: &Database) -> Contract {
    let contract = draft();
    let event = NewEvent::of("contracts/1", &ContractCreated::default());
    let insert = async |(connection, ledger): (&mut Connection, LedgerCte)| {
        let statement = InsertContract::new(&contract, ledger);
        statement.execute(connection).await?;
        Ok::<_, Error>(())
    };
    let answer = ProtoContract::default();
    database
        .mutate_in_one_statement(
            &operation(),
            Query::ContractCreate,
            answer,
            vec![event],
            vec![],
            insert,
        )
        .await
        .expect("inserted");
    contract
}

#[tokio::test]
async fn a_contract_is_drafted_and_read_in_one_round_trip_each() {
    let (_test, database, round_trips) = open().await;
    for _ in 0..RUNS {
        let drafted = insert(&database).await;
        let id = drafted.head.id;
        let find = async |connection: &mut Connection| contract_find(connection, id).await;
        let found = database
            .read(&operation(), Query::ContractGet, find)
            .await
            .expect("read");
        assert_eq!(found, Some(drafted));
    }
    for (label, statements) in round_trips.per_run() {
        assert!((1.0..1.2).contains(&statements), "{label}: {statements}");
    }
}

#[tokio::test]
async fn a_change_is_saved_onto_the_version_it_was_decided_on() {
    let (_test, database, _) = open().await;
    let id = insert(&database).await.head.id;
    let change = async |tx: &mut Tx| {
        let mut contract = contract_for_update(tx, id).await?.expect("there");
        contract.head.delete(tx.now()).expect("a draft");
        let saved = contract_save(tx, &contract, 1).await?;
        // The version has moved on.
        let again = contract_save(tx, &contract, 1).await?;
        Ok::<_, Error>((saved, again))
    };
    let result = database
        .transaction(&operation(), Query::ContractDelete, change)
        .await;
    assert_eq!(result.expect("committed"), (true, false));
}

#[tokio::test]
async fn the_database_refuses_a_state_that_the_rest_of_the_row_denies() {
    let (_test, database, _) = open().await;
    for state in [
        State::InApproval,
        State::Approved,
        State::Signed,
        State::Archived,
        State::Deleted,
    ] {
        let mut contract = insert(&database).await;
        contract.head.state = state;
        contract.head.version = 2;
        let save = async |tx: &mut Tx| contract_save(tx, &contract, 1).await;
        let refused = database
            .transaction(&operation(), Query::ContractUpdate, save)
            .await;
        assert!(
            matches!(refused, Err(Error::CheckViolation { .. })),
            "{state:?}: {refused:?}"
        );
    }
}

#[tokio::test]
async fn every_part_of_a_contract_comes_back_as_it_was_saved() {
    let (_test, database, _) = open().await;
    let id = insert(&database).await.head.id;
    let live = async |tx: &mut Tx| {
        let mut contract = contract_for_update(tx, id).await?.expect("there");
        contract.submit(Uuid::from_u128(100), tx.now()).expect("complete");
        contract.head.number = Some("HT-HD-2026-000001".into());
        let report = Report {
            approval: Uuid::from_u128(100),
            round: 1,
            revision: 1,
            digest: contract.digest,
            outcome: crate::domain::Outcome::Approved,
            comment: "同意".into(),
            actor: "employees/2".into(),
            time: tx.now(),
        };
        assert!(contract.end_sign_off(&report, tx.now()));
        contract.head.add_file(tx.now()).expect("approved");
        let signing = crate::domain::Signing {
            date: jiff::civil::date(2026, 11, 24),
            company: "王伟".into(),
            customer: "陈静".into(),
        };
        contract.head.sign(signing, tx.now()).expect("approved");
        contract.head.archive(tx.now()).expect("filed");
        assert!(contract_save(tx, &contract, 1).await?);
        Ok::<_, Error>((contract_for_update(tx, id).await?, contract))
    };
    let saved = database
        .transaction(&operation(), Query::ContractArchive, live)
        .await;
    let (read, saved) = saved.expect("committed");
    assert_eq!(read, Some(saved));
}

#[tokio::test]
async fn who_waited_for_the_lock_reads_what_the_other_wrote() {
    let (test, database, _) = open().await;
    let id = insert(&database).await.head.id;
    for attempt in 2..6 {
        let mut first = test.owner(Contracts::SCHEMA).await;
        let mut second = test.owner(Contracts::SCHEMA).await;
        // The second connection has the reading statement prepared and not the lock: it must not read ahead.
        contract_find(&mut second, id).await.expect("read");
        first.batch_execute("BEGIN").await.expect("begun");
        second.batch_execute("BEGIN").await.expect("begun");
        let mut contract = contract_for_update(&mut first, id)
            .await
            .expect("locked")
            .expect("there");
        let waiting = tokio::spawn(async move {
            let read = contract_for_update(&mut second, id).await;
            second.batch_execute("COMMIT").await.expect("committed");
            read
        });
        tokio::time::sleep(Duration::from_millis(50)).await;
        let loaded_at = contract.head.version;
        contract
            .edit(testing::content(), false, Timestamp::UNIX_EPOCH)
            .expect("a draft");
        assert!(
            contract_save(&mut first, &contract, loaded_at)
                .await
                .expect("saved")
        );
        revision_insert(&mut first, &contract, Uuid::nil())
            .await
            .expect("kept");
        first.batch_execute("COMMIT").await.expect("committed");
        let read = waiting.await.expect("not broken").expect("read").expect("there");
        assert_eq!((read.head.revision, &read), (attempt, &contract));
    }
}
