//! What the client is told about a request that breaks the rules of its proto.

use std::sync::{Arc, Mutex};

use salient_proto::{
    approval::v1::{ConfirmRequest, ConfirmResponse},
    events::v1::ListEventsRequest,
};
use tonic::Code;
use tonic_types::StatusExt as _;
use uuid::Uuid;

use super::harness::{FEED, Methods, Server, handler};

#[tokio::test]
async fn a_valid_request_reaches_its_handler() {
    let server = Server::start(Methods::default()).await;
    let response = server.feed().await.list_events(server.list()).await.unwrap();
    assert_eq!(response.into_inner().next_position, 7);
}

#[tokio::test]
async fn every_field_that_breaks_a_rule_is_named() {
    let server = Server::start(Methods::default()).await;
    let request = ListEventsRequest {
        parent: "Dienst".into(),
        after_position: -1,
        page_size: -5,
        types: vec![],
    };
    let status = server
        .feed()
        .await
        .list_events(server.by_director(request))
        .await
        .unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument);
    assert_eq!(
        status.get_details_error_info().unwrap().reason,
        "ERROR_REASON_REQUEST_INVALID"
    );
    let mut fields: Vec<_> = status.get_details_bad_request().unwrap().field_violations;
    fields.sort_by(|a, b| a.field.cmp(&b.field));
    let fields: Vec<_> = fields.into_iter().map(|violation| violation.field).collect();
    assert_eq!(fields, ["after_position", "page_size", "parent"]);
}

#[tokio::test]
async fn a_mutation_needs_a_request_id_that_is_a_uuid() {
    let server = Server::start(Methods::default()).await;
    for request_id in ["", "once"] {
        let mut request = server.confirm();
        request.get_mut().request_id = request_id.into();
        let status = server.participant().await.confirm(request).await.unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument);
        assert_eq!(
            status.get_details_bad_request().unwrap().field_violations[0].field,
            "request_id"
        );
    }
}

#[tokio::test]
async fn the_key_of_a_mutation_tells_its_requests_apart() {
    let keys = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&keys);
    let confirm = handler(move |op, _: ConfirmRequest| {
        seen.lock().unwrap().push(op.idempotency);
        async { Ok(ConfirmResponse::default()) }
    });
    let server = Server::start(Methods {
        confirm,
        ..Methods::default()
    })
    .await;
    let mut participant = server.participant().await;
    let request_id = Uuid::now_v7();
    for round in [1, 1, 2] {
        let mut request = server.confirm();
        request.get_mut().approval = format!("approvals/{}", Uuid::nil());
        request.get_mut().round = round;
        request.get_mut().request_id = request_id.to_string();
        participant.confirm(request).await.unwrap();
    }
    let keys = keys.lock().unwrap().clone();
    let keys: Vec<_> = keys.into_iter().map(Option::unwrap).collect();
    assert_eq!(keys[0], keys[1]);
    assert_ne!(keys[1].fingerprint, keys[2].fingerprint);
    assert_eq!(keys[2].request_id, request_id);
    assert_eq!(keys[2].caller, "services/approval-orchestrator");
}

#[tokio::test]
async fn bytes_that_are_no_message_are_the_clients_fault() {
    let server = Server::start(Methods::default()).await;
    let mut client = tonic::client::Grpc::new(server.connect().await);
    client.ready().await.unwrap();
    // Field 1 is a string there and a number here.
    let request = server.by_director(prost_types::Duration { seconds: 5, nanos: 0 });
    let path = format!("/{FEED}/ListEvents").parse().unwrap();
    let codec = tonic_prost::ProstCodec::<prost_types::Duration, prost_types::Duration>::default();
    let status = client.unary(request, path, codec).await.unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument);
    assert_eq!(
        status.get_details_error_info().unwrap().reason,
        "ERROR_REASON_REQUEST_INVALID"
    );
}

#[tokio::test]
async fn text_that_no_database_keeps_is_refused_by_its_field() {
    let server = Server::start(Methods::default()).await;
    let request = ListEventsRequest {
        parent: "services/test".into(),
        types: vec!["good".into(), "bad\0".into()],
        ..Default::default()
    };
    let status = server
        .feed()
        .await
        .list_events(server.by_director(request))
        .await
        .unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument);
    let violations = status.get_details_bad_request().unwrap().field_violations;
    assert_eq!(violations[0].field, "types[1]");
}
