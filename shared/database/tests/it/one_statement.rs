//! A mutation in one round trip.

use diesel::{
    QueryResult,
    pg::Pg,
    query_builder::{AstPass, QueryFragment, QueryId},
    sql_types::{BigInt, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl as _;
use salient_database::{Connection, Error, Label, LedgerCte, NewEvent, RoundTrips};
use salient_proto::events::v1::ListEventsResponse;
use salient_testkit::TestDatabase;
use uuid::Uuid;

use crate::fixture::{self, events, keyed, value};

#[derive(Debug, Clone, Copy)]
struct CounterCreate;

impl Label for CounterCreate {
    fn name(self) -> &'static str {
        "counter_create"
    }
}

/// Creates a counter, with what the ledger holds for it.
#[derive(QueryId)]
struct Create {
    id: Uuid,
    value: i64,
    ledger: LedgerCte,
}

impl QueryFragment<Pg> for Create {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("WITH ");
        self.ledger.walk_ast(out.reborrow())?;
        out.push_sql(" INSERT INTO counter (id, value) VALUES (");
        out.push_bind_param::<SqlUuid, _>(&self.id)?;
        out.push_sql(", ");
        out.push_bind_param::<BigInt, _>(&self.value)?;
        out.push_sql(")");
        Ok(())
    }
}

#[tokio::test]
async fn it_is_done_once_and_announced_in_one_round_trip() {
    let test = TestDatabase::start(&fixture::sets()).await;
    let round_trips = RoundTrips::default();
    let database = test.database("north").await.counting(round_trips.clone());
    let create = async |key, id: Uuid| {
        let answer = ListEventsResponse {
            next_position: 7,
            ..Default::default()
        };
        let announced = vec![NewEvent::of(format!("counters/{id}"), &answer)];
        let statement = async |(connection, ledger): (&mut Connection, LedgerCte)| {
            Create { id, value: 7, ledger }.execute(connection).await?;
            Ok::<_, Error>(())
        };
        database
            .mutate_in_one_statement(&key, CounterCreate, answer, announced, Vec::new(), statement)
            .await
    };
    let key = keyed(Uuid::now_v7(), "create");
    let id = Uuid::now_v7();
    for attempt in 0..3 {
        // A repeat chooses another id, as its handler would; the first one stands.
        let id = if attempt == 0 { id } else { Uuid::now_v7() };
        assert_eq!(create(key.clone(), id).await.unwrap().next_position, 7);
    }
    assert_eq!((value(&database, id).await, events(&database).await), (7, 1));

    // More often than there are connections: each of them prepares the statement once.
    for _ in 0..400 {
        create(keyed(Uuid::now_v7(), "create"), Uuid::now_v7())
            .await
            .unwrap();
    }
    let per_run = round_trips.per_run();
    let (_, statements) = per_run
        .iter()
        .find(|(label, _)| *label == "counter_create")
        .unwrap();
    assert!((1.0..1.2).contains(statements), "{per_run:?}");

    let refused = create(
        keyed(key.idempotency.unwrap().request_id, "another"),
        Uuid::now_v7(),
    )
    .await;
    assert!(matches!(refused, Err(Error::RequestIdReused { .. })));
}
