//! The same request again.

use salient_database::{Error, Tx};
use salient_proto::events::v1::ListEventsResponse;
use salient_testkit::TestDatabase;
use uuid::Uuid;

use crate::fixture::{self, Sample, add, create, events, keyed, value};

#[tokio::test]
async fn a_repeat_gets_the_first_answer_and_changes_nothing() {
    let test = TestDatabase::start(&fixture::sets()).await;
    let database = test.database("north").await;
    let id = create(&database, 0).await;
    let key = keyed(Uuid::now_v7(), "add one");
    for _ in 0..3 {
        let answer = database
            .mutate(&key, Sample, async |tx: &mut Tx| add(tx, id, 1).await)
            .await
            .unwrap();
        assert_eq!(answer.next_position, 1);
    }
    let other = keyed(Uuid::now_v7(), "add one");
    let answer = database
        .mutate(&other, Sample, async |tx: &mut Tx| add(tx, id, 1).await)
        .await
        .unwrap();
    assert_eq!(answer.next_position, 2, "another id is another request");
    assert_eq!((value(&database, id).await, events(&database).await), (2, 2));
}

#[tokio::test]
async fn the_same_id_for_another_request_is_refused() {
    let test = TestDatabase::start(&fixture::sets()).await;
    let database = test.database("north").await;
    let id = create(&database, 0).await;
    let request_id = Uuid::now_v7();
    let add = async |content: &str| {
        database
            .mutate(&keyed(request_id, content), Sample, async |tx: &mut Tx| {
                add(tx, id, 1).await
            })
            .await
    };
    add("add one").await.unwrap();
    let refused = add("add two").await;
    assert!(matches!(refused, Err(Error::RequestIdReused { request_id: reused }) if reused == request_id));
    assert_eq!(value(&database, id).await, 1);
}

#[tokio::test]
async fn an_answer_is_kept_whatever_has_happened_since() {
    let test = TestDatabase::start(&fixture::sets()).await;
    let database = test.database("north").await;
    let id = create(&database, 5).await;
    let key = keyed(Uuid::now_v7(), "take five");
    // The second run breaks the check; the repeat must not say so.
    for _ in 0..2 {
        let answer = database
            .mutate(&key, Sample, async |tx: &mut Tx| add(tx, id, -5).await)
            .await
            .unwrap();
        assert_eq!(answer.next_position, 0);
    }
}

#[tokio::test]
async fn an_error_is_not_kept() {
    let test = TestDatabase::start(&fixture::sets()).await;
    let database = test.database("north").await;
    let id = create(&database, 0).await;
    let key = keyed(Uuid::now_v7(), "take five");
    let take = async || {
        database
            .mutate(&key, Sample, async |tx: &mut Tx| add(tx, id, -5).await)
            .await
    };
    assert!(matches!(take().await, Err(Error::CheckViolation { .. })));
    database
        .transaction(&fixture::op(), Sample, async |tx: &mut Tx| add(tx, id, 5).await)
        .await
        .unwrap();
    assert_eq!(take().await.unwrap().next_position, 0);
}

#[tokio::test]
async fn of_many_at_once_one_is_done_and_all_get_its_answer() {
    let test = TestDatabase::start(&fixture::sets()).await;
    let database = test.database("north").await;
    for _ in 0..20 {
        let id = create(&database, 0).await;
        let key = keyed(Uuid::now_v7(), "add one");
        let same = (0..8).map(|_| {
            let (database, key) = (database.clone(), key.clone());
            tokio::spawn(async move {
                database
                    .mutate(&key, Sample, async |tx: &mut Tx| add(tx, id, 1).await)
                    .await
            })
        });
        for one in same.collect::<Vec<_>>() {
            let answer: ListEventsResponse = one.await.unwrap().unwrap();
            assert_eq!(answer.next_position, 1);
        }
        assert_eq!(value(&database, id).await, 1);
    }
}
