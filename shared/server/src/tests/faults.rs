//! Defects: the client learns that there is one, and nothing about it.

use salient_failure::Failure;
use salient_proto::approval::v1::ReleaseRequest;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use super::harness::{Methods, Server, handler};

fn assert_internal(status: &Status) {
    assert_eq!(status.code(), Code::Internal);
    let info = status.get_details_error_info().unwrap();
    assert_eq!(info.reason, "ERROR_REASON_INTERNAL");
    assert_eq!(info.metadata["trace_id"].len(), 32);
    assert!(!format!("{status:?}").contains("secret"), "{status:?}");
}

#[tokio::test]
async fn a_panic_in_a_read_is_internal_and_the_connection_lives_on() {
    let list = handler(|_, _| async { panic!("secret_table is gone") });
    let server = Server::start(Methods {
        list,
        ..Methods::default()
    })
    .await;
    let mut feed = server.feed().await;
    assert_internal(&feed.list_events(server.list()).await.unwrap_err());
    assert_internal(&feed.list_events(server.list()).await.unwrap_err());
    feed.stream_events(server.stream()).await.unwrap();
}

#[tokio::test]
async fn a_panic_in_a_mutation_is_internal() {
    let confirm = handler(|_, _| async { panic!("secret_table is gone") });
    let server = Server::start(Methods {
        confirm,
        ..Methods::default()
    })
    .await;
    assert_internal(
        &server
            .participant()
            .await
            .confirm(server.confirm())
            .await
            .unwrap_err(),
    );
    assert!(server.detached.is_empty());
}

#[tokio::test]
async fn a_panic_outside_the_handler_is_internal() {
    let server = Server::start(Methods::default()).await;
    let request = server.by_orchestrator(ReleaseRequest::default());
    assert_internal(&server.participant().await.release(request).await.unwrap_err());
}

#[tokio::test]
async fn an_internal_failure_keeps_its_cause_to_itself() {
    let list = handler(|_, _| async { Err(Failure::internal("relation secret_table does not exist")) });
    let server = Server::start(Methods {
        list,
        ..Methods::default()
    })
    .await;
    assert_internal(&server.feed().await.list_events(server.list()).await.unwrap_err());
}
