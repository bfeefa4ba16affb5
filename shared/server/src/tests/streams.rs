//! Answers that stream.

use salient_failure::{Failure, Kind};
use salient_proto::{access::v1::ErrorReason, events::v1::Event};
use tonic::Code;
use tonic_types::StatusExt as _;

use super::harness::{Methods, Server, handler};

#[tokio::test]
async fn a_stream_that_fails_half_way_ends_with_the_documented_status() {
    let stream = handler(|_, _| async {
        let failure = Failure::new(Kind::Unavailable, ErrorReason::Unavailable);
        Ok(vec![
            Ok(Event {
                position: 1,
                ..Default::default()
            }),
            Err(failure),
        ])
    });
    let server = Server::start(Methods {
        stream,
        ..Methods::default()
    })
    .await;
    let mut events = server
        .feed()
        .await
        .stream_events(server.stream())
        .await
        .unwrap()
        .into_inner();
    assert_eq!(events.message().await.unwrap().unwrap().position, 1);
    let status = events.message().await.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable);
    assert_eq!(
        status.get_details_error_info().unwrap().reason,
        "ERROR_REASON_UNAVAILABLE"
    );
}

#[tokio::test]
async fn a_stream_that_cannot_begin_is_refused() {
    let server = Server::start(Methods::default()).await;
    let mut request = server.stream();
    request.get_mut().after_position = -1;
    let status = server.feed().await.stream_events(request).await.unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument);
}
