//! Coming to an end, in time.

use std::{
    future::pending,
    sync::Arc,
    time::{Duration, Instant},
};

use salient_config::Limits;
use tokio::{net::TcpStream, sync::Notify};

use super::harness::{A_WHILE, Methods, Server, handler};

fn drain(drain: Duration) -> Limits {
    Limits {
        drain,
        ..Limits::default()
    }
}

#[tokio::test]
async fn idle_connections_do_not_hold_the_drain() {
    let server = Server::start_with(Methods::default(), drain(Duration::from_secs(60))).await;
    let mut feed = server.feed().await;
    feed.list_events(server.list()).await.unwrap();
    server.shutdown.cancel();
    let began = Instant::now();
    server.serving.await.unwrap();
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_connection_that_never_speaks_is_cut() {
    let server = Server::start_with(Methods::default(), drain(A_WHILE)).await;
    let _silent = TcpStream::connect(server.address).await.unwrap();
    tokio::time::sleep(A_WHILE).await;
    server.shutdown.cancel();
    let began = Instant::now();
    server.serving.await.unwrap();
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_call_that_does_not_end_is_cut() {
    let entered = Arc::new(Notify::new());
    let enter = Arc::clone(&entered);
    let list = handler(move |_, _| {
        enter.notify_one();
        pending()
    });
    let server = Server::start_with(
        Methods {
            list,
            ..Methods::default()
        },
        drain(A_WHILE),
    )
    .await;
    let mut feed = server.feed().await;
    let request = server.list();
    let call = tokio::spawn(async move { feed.list_events(request).await });
    entered.notified().await;
    server.shutdown.cancel();
    server.serving.await.unwrap();
    assert!(call.await.unwrap().is_err());
}

#[tokio::test]
async fn a_call_in_hand_is_answered_and_new_connections_are_refused() {
    let (entered, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (enter, wait) = (Arc::clone(&entered), Arc::clone(&go_on));
    let list = handler(move |_, _| {
        let (enter, wait) = (Arc::clone(&enter), Arc::clone(&wait));
        async move {
            enter.notify_one();
            wait.notified().await;
            Ok(Default::default())
        }
    });
    let server = Server::start_with(
        Methods {
            list,
            ..Methods::default()
        },
        drain(Duration::from_secs(60)),
    )
    .await;
    let mut feed = server.feed().await;
    let request = server.list();
    let call = tokio::spawn(async move { feed.list_events(request).await });
    entered.notified().await;
    server.shutdown.cancel();
    tokio::time::sleep(A_WHILE).await;
    assert!(TcpStream::connect(server.address).await.is_err());
    go_on.notify_one();
    call.await.unwrap().unwrap();
    server.serving.await.unwrap();
}
