//! What happens when time runs out.

use std::{
    future::pending,
    sync::{Arc, Mutex},
    time::Duration,
};

use salient_config::Limits;
use salient_operation::Deadline;
use tonic::Code;
use tonic_types::StatusExt as _;

use super::harness::{Methods, Server, eventually, handler};

fn short() -> Limits {
    Limits {
        deadline: Duration::from_millis(100),
        ..Limits::default()
    }
}

#[tokio::test]
async fn a_read_that_takes_too_long_is_dropped_and_answered() {
    let running = Arc::new(());
    let held = Arc::clone(&running);
    let list = handler(move |_, _| {
        let held = Arc::clone(&held);
        async move {
            let _held = held;
            pending().await
        }
    });
    let server = Server::start_with(
        Methods {
            list,
            ..Methods::default()
        },
        short(),
    )
    .await;
    let status = server.feed().await.list_events(server.list()).await.unwrap_err();
    assert_eq!(status.code(), Code::DeadlineExceeded);
    let info = status.get_details_error_info().unwrap();
    assert_eq!(info.reason, "ERROR_REASON_DEADLINE_EXCEEDED");
    assert_eq!(info.metadata["outcome"], "NOT_DONE");
    // One here, one in the handler; the third was the dropped call's.
    eventually("dropped", || Arc::strong_count(&running) == 2).await;
}

#[tokio::test]
async fn a_mutation_that_takes_too_long_may_be_done_and_will_be() {
    let done = Arc::new(Mutex::new(false));
    let seen = Arc::clone(&done);
    let confirm = handler(move |_, _| {
        let seen = Arc::clone(&seen);
        async move {
            tokio::time::sleep(Duration::from_millis(300)).await;
            *seen.lock().unwrap() = true;
            Ok(Default::default())
        }
    });
    let server = Server::start_with(
        Methods {
            confirm,
            ..Methods::default()
        },
        short(),
    )
    .await;
    let status = server
        .participant()
        .await
        .confirm(server.confirm())
        .await
        .unwrap_err();
    assert_eq!(status.code(), Code::DeadlineExceeded);
    assert_eq!(
        status.get_details_error_info().unwrap().metadata["outcome"],
        "MAY_BE_DONE"
    );
    assert!(!*done.lock().unwrap());
    eventually("done", || *done.lock().unwrap()).await;
}

#[tokio::test]
async fn an_operation_knows_what_its_client_allows_and_a_mutation_gets_more() {
    let deadlines: Arc<Mutex<Vec<Deadline>>> = Arc::default();
    let (seen_list, seen_confirm) = (Arc::clone(&deadlines), Arc::clone(&deadlines));
    let list = handler(move |op, _| {
        seen_list.lock().unwrap().push(op.deadline);
        async { Ok(Default::default()) }
    });
    let confirm = handler(move |op, _| {
        seen_confirm.lock().unwrap().push(op.deadline);
        async { Ok(Default::default()) }
    });
    let server = Server::start(Methods {
        list,
        confirm,
        ..Methods::default()
    })
    .await;
    let (mut list, mut confirm) = (server.list(), server.confirm());
    list.set_timeout(Duration::from_secs(5));
    confirm.set_timeout(Duration::from_secs(5));
    server.feed().await.list_events(list).await.unwrap();
    server.participant().await.confirm(confirm).await.unwrap();
    let deadlines = deadlines.lock().unwrap().clone();
    assert!(deadlines[0].remaining() <= Duration::from_secs(5));
    assert!(deadlines[1].remaining() > Duration::from_secs(20));
}

#[tokio::test]
async fn a_client_cannot_ask_for_more_time_than_there_is() {
    let server = Server::start_with(
        Methods {
            list: handler(|_, _| pending()),
            ..Methods::default()
        },
        short(),
    )
    .await;
    let mut request = server.list();
    request.set_timeout(Duration::from_secs(60));
    let status = server.feed().await.list_events(request).await.unwrap_err();
    assert_eq!(status.code(), Code::DeadlineExceeded);
}
