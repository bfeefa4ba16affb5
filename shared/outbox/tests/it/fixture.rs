//! A database with nothing but the ledger, and what the tests write into it.

use diesel::QueryDsl as _;
use diesel_async::RunQueryDsl as _;
use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use salient_database::{
    Connection, Database, Error, Label, NewDelivery, NewEvent, Tx, migrate::MigrationSet,
};
use salient_operation::OpContext;
use salient_proto::events::v1::ListEventsResponse;
use salient_testkit::TestDatabase;
use uuid::Uuid;

const NOTHING: EmbeddedMigrations = embed_migrations!("tests/migrations");

pub(crate) const DESTINATION: &str = "far";

diesel::table! {
    outbox (id) {
        id -> Uuid,
        last_error -> Nullable<Text>,
    }
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Sample;

impl Label for Sample {
    fn name(self) -> &'static str {
        "sample"
    }
}

pub(crate) struct Fixture {
    pub(crate) test: TestDatabase,
    pub(crate) database: Database,
}

impl Fixture {
    pub(crate) async fn start() -> Self {
        let test = TestDatabase::start(&[MigrationSet::new("north", NOTHING)]).await;
        let database = test.database("north").await;
        Self { test, database }
    }

    /// Another replica's view: hints of one do not reach the other.
    pub(crate) async fn replica(&self) -> Database {
        self.test.database("north").await
    }

    /// Leaves calls in the outbox, in one transaction; answers their ids.
    pub(crate) async fn send(&self, lines: &[(&str, &'static str)]) -> Vec<Uuid> {
        self.database
            .transaction(&op(), Sample, async |tx: &mut Tx| {
                let mut ids = Vec::new();
                for (line, method) in lines {
                    let delivery =
                        NewDelivery::of(DESTINATION, method, *line, |_| ListEventsResponse::default());
                    ids.push(delivery.id);
                    tx.send(delivery);
                }
                Ok::<_, Error>(ids)
            })
            .await
            .unwrap()
    }

    pub(crate) async fn announce(&self, database: &Database, resource: &str) {
        database
            .transaction(&op(), Sample, async |tx: &mut Tx| {
                tx.announce(NewEvent::of(resource, &ListEventsResponse::default()));
                Ok::<_, Error>(())
            })
            .await
            .unwrap();
    }

    pub(crate) async fn waiting(&self) -> i64 {
        self.database
            .read(&op(), Sample, async |connection: &mut Connection| {
                outbox::table
                    .count()
                    .get_result(connection)
                    .await
                    .map_err(Error::from)
            })
            .await
            .unwrap()
    }

    pub(crate) async fn last_error(&self, id: Uuid) -> Option<String> {
        self.database
            .read(&op(), Sample, async |connection: &mut Connection| {
                outbox::table
                    .find(id)
                    .select(outbox::last_error)
                    .first(connection)
                    .await
                    .map_err(Error::from)
            })
            .await
            .unwrap()
    }
}

pub(crate) fn op() -> OpContext {
    OpContext::background("test", "test")
}

/// Waits until something holds.
pub(crate) async fn eventually(what: &str, holds: impl AsyncFn() -> bool) {
    for _ in 0..400 {
        if holds().await {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    panic!("never: {what}");
}
