//! All or nothing, again where the database asks for it, and never a connection left with its locks.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use diesel::{ExpressionMethods as _, QueryDsl as _};
use diesel_async::RunQueryDsl as _;
use salient_database::{Error, Tx};
use salient_operation::{Deadline, OpContext};
use salient_testkit::TestDatabase;
use tokio::sync::Barrier;

use crate::fixture::{self, Sample, add, counter, create, events, op, value};

#[tokio::test]
async fn a_change_and_its_announcement_commit_together_or_not_at_all() {
    let test = TestDatabase::start(&fixture::sets()).await;
    let database = test.database("north").await;
    let id = create(&database, 1).await;
    database
        .transaction(&op(), Sample, async |tx: &mut Tx| add(tx, id, 1).await)
        .await
        .unwrap();
    assert_eq!((value(&database, id).await, events(&database).await), (2, 1));

    let refused: Result<(), Error> = database
        .transaction(&op(), Sample, async |tx: &mut Tx| {
            add(tx, id, 1).await?;
            // Breaks the table's check.
            add(tx, id, -10).await?;
            Ok(())
        })
        .await;
    assert!(
        matches!(refused, Err(Error::CheckViolation { constraint }) if constraint == "counter_not_negative")
    );
    assert_eq!((value(&database, id).await, events(&database).await), (2, 1));
}

#[tokio::test]
async fn a_deadlock_is_resolved_by_running_one_of_them_again() {
    let test = TestDatabase::start(&fixture::sets()).await;
    let database = test.database("north").await;
    let (a, b) = (create(&database, 0).await, create(&database, 0).await);
    // Both hold one row before either wants the other's; only on the first run, or the second could not end.
    let both = Arc::new(Barrier::new(2));
    let runs = Arc::new(AtomicU32::new(0));
    let crossing = async |first, second| {
        let (both, runs) = (Arc::clone(&both), Arc::clone(&runs));
        database
            .transaction(&op(), Sample, async |tx: &mut Tx| {
                add(tx, first, 1).await?;
                if runs.fetch_add(1, Ordering::SeqCst) < 2 {
                    both.wait().await;
                }
                add(tx, second, 1).await.map(drop)
            })
            .await
    };
    let (one, other) = tokio::join!(crossing(a, b), crossing(b, a));
    one.unwrap();
    other.unwrap();
    assert_eq!((value(&database, a).await, value(&database, b).await), (2, 2));
    assert_eq!(
        AtomicU32::load(&runs, Ordering::SeqCst),
        3,
        "one of the two ran twice"
    );
}

#[tokio::test]
async fn a_transaction_that_is_dropped_half_way_leaves_no_lock() {
    let test = TestDatabase::start(&fixture::sets()).await;
    let database = test.database("north").await;
    let id = create(&database, 0).await;
    let op = op();
    let stuck = database.transaction(&op, Sample, async |tx: &mut Tx| {
        add(tx, id, 1).await?;
        std::future::pending::<Result<(), Error>>().await
    });
    assert!(
        tokio::time::timeout(Duration::from_millis(300), stuck)
            .await
            .is_err()
    );
    let next = database.transaction(&op, Sample, async |tx: &mut Tx| add(tx, id, 1).await);
    tokio::time::timeout(Duration::from_secs(5), next)
        .await
        .expect("the row is free")
        .unwrap();
    assert_eq!(value(&database, id).await, 1);
}

#[tokio::test]
async fn what_takes_too_long_is_not_done() {
    let test = TestDatabase::start(&fixture::sets()).await;
    let database = test.database("north").await;
    let id = create(&database, 0).await;
    let hurried = OpContext {
        deadline: Deadline::within(Duration::from_millis(200)),
        ..op()
    };
    let late: Result<(), Error> = database
        .transaction(&hurried, Sample, async |tx: &mut Tx| {
            add(tx, id, 1).await?;
            tokio::time::sleep(Duration::from_secs(5)).await;
            Ok(())
        })
        .await;
    assert!(matches!(late, Err(Error::DeadlineExceeded)));
    assert_eq!(value(&database, id).await, 0);
}

#[tokio::test]
async fn sums_stay_exact_under_many_writers() {
    let test = TestDatabase::start(&fixture::sets()).await;
    let database = test.database("north").await;
    let id = create(&database, 0).await;
    let writers = (0..100).map(|_| {
        let database = database.clone();
        tokio::spawn(async move {
            database
                .transaction(&op(), Sample, async |tx: &mut Tx| {
                    let row: (uuid::Uuid, i64) =
                        counter::table.find(id).for_update().first(&mut **tx).await?;
                    diesel::update(counter::table.find(id))
                        .set(counter::value.eq(row.1 + 1))
                        .execute(&mut **tx)
                        .await?;
                    Ok::<_, Error>(())
                })
                .await
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap().unwrap();
    }
    assert_eq!(value(&database, id).await, 100);
}
