//! A database per test, and what the tests do with its counters.

use diesel::{ExpressionMethods as _, QueryDsl as _};
use diesel_async::RunQueryDsl as _;
use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use salient_database::{Connection, Database, Error, Label, NewEvent, Tx, migrate::MigrationSet};
use salient_operation::{IdempotencyKey, OpContext};
use salient_proto::events::v1::ListEventsResponse;
use uuid::Uuid;

pub(crate) const MIGRATIONS: EmbeddedMigrations = embed_migrations!("tests/migrations");

pub(crate) fn sets() -> [MigrationSet; 2] {
    [
        MigrationSet::new("north", MIGRATIONS),
        MigrationSet::new("south", MIGRATIONS),
    ]
}

diesel::table! {
    counter (id) {
        id -> Uuid,
        value -> BigInt,
    }
}

diesel::table! {
    event (seq) {
        seq -> BigInt,
        resource -> Text,
        actor -> Text,
    }
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Sample;

impl Label for Sample {
    fn name(self) -> &'static str {
        "sample"
    }
}

pub(crate) fn op() -> OpContext {
    OpContext::background("test", "test")
}

/// The operation of a request with this id, which asks for `content`.
pub(crate) fn keyed(request_id: Uuid, content: &str) -> OpContext {
    op().keyed(IdempotencyKey {
        caller: "employees/1".into(),
        request_id,
        fingerprint: IdempotencyKey::fingerprint("/a", [content.as_bytes()]),
    })
}

/// Adds to a counter, announces it, and answers the new value.
pub(crate) async fn add(tx: &mut Tx, id: Uuid, by: i64) -> Result<ListEventsResponse, Error> {
    let value: i64 = diesel::update(counter::table.find(id))
        .set(counter::value.eq(counter::value + by))
        .returning(counter::value)
        .get_result(&mut **tx)
        .await?;
    let answer = ListEventsResponse {
        next_position: value,
        ..Default::default()
    };
    tx.announce(NewEvent::of(format!("counters/{id}"), &answer));
    Ok(answer)
}

pub(crate) async fn create(database: &Database, value: i64) -> Uuid {
    let id = Uuid::now_v7();
    database
        .transaction(&op(), Sample, async |tx: &mut Tx| {
            diesel::insert_into(counter::table)
                .values((counter::id.eq(id), counter::value.eq(value)))
                .execute(&mut **tx)
                .await?;
            Ok::<_, Error>(())
        })
        .await
        .unwrap();
    id
}

pub(crate) async fn value(database: &Database, id: Uuid) -> i64 {
    database
        .read(&op(), Sample, async |connection: &mut Connection| {
            counter::table
                .find(id)
                .select(counter::value)
                .first(connection)
                .await
                .map_err(Error::from)
        })
        .await
        .unwrap()
}

pub(crate) async fn events(database: &Database) -> i64 {
    database
        .read(&op(), Sample, async |connection: &mut Connection| {
            event::table
                .count()
                .get_result(connection)
                .await
                .map_err(Error::from)
        })
        .await
        .unwrap()
}
