//! A client that leaves takes its reads with it, and leaves its mutations behind.

use std::{
    future::pending,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use salient_config::Limits;
use tokio::{sync::Notify, time::timeout};
use tonic::Code;

use super::harness::{A_WHILE, Methods, Server, eventually, handler};

#[tokio::test]
async fn a_mutation_ends_though_its_client_has_left() {
    let done = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&done);
    let confirm = handler(move |_, _| {
        let seen = Arc::clone(&seen);
        async move {
            tokio::time::sleep(Duration::from_millis(300)).await;
            seen.store(true, Ordering::SeqCst);
            Ok(Default::default())
        }
    });
    let server = Server::start(Methods {
        confirm,
        ..Methods::default()
    })
    .await;
    let mut participant = server.participant().await;
    let left = timeout(Duration::from_millis(100), participant.confirm(server.confirm())).await;
    assert!(left.is_err());
    assert!(!done.load(Ordering::SeqCst));
    eventually("done", || done.load(Ordering::SeqCst)).await;
    eventually("nothing detached", || server.detached.is_empty()).await;
}

#[tokio::test]
async fn a_read_ends_with_its_client() {
    let running = Arc::new(());
    let held = Arc::clone(&running);
    let list = handler(move |_, _| {
        let held = Arc::clone(&held);
        async move {
            let _held = held;
            pending().await
        }
    });
    let server = Server::start(Methods {
        list,
        ..Methods::default()
    })
    .await;
    let mut feed = server.feed().await;
    assert!(timeout(A_WHILE, feed.list_events(server.list())).await.is_err());
    eventually("dropped", || Arc::strong_count(&running) == 2).await;
}

#[tokio::test]
async fn clients_that_leave_cannot_pile_up_work() {
    let go_on = Arc::new(Notify::new());
    let wait = Arc::clone(&go_on);
    let confirm = handler(move |_, _| {
        let wait = Arc::clone(&wait);
        async move {
            wait.notified().await;
            Ok(Default::default())
        }
    });
    let limits = Limits {
        concurrent_calls: 1,
        ..Limits::default()
    };
    let server = Server::start_with(
        Methods {
            confirm,
            ..Methods::default()
        },
        limits,
    )
    .await;
    let mut participant = server.participant().await;
    assert!(
        timeout(A_WHILE, participant.confirm(server.confirm()))
            .await
            .is_err()
    );
    // The client is gone, but its place is not free before its work has ended.
    let status = participant.confirm(server.confirm()).await.unwrap_err();
    assert_eq!(status.code(), Code::ResourceExhausted);
    go_on.notify_one();
    eventually("nothing detached", || server.detached.is_empty()).await;
    go_on.notify_one();
    participant.confirm(server.confirm()).await.unwrap();
}
