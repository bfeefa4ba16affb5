//! gRPC-Web, as a browser sends it: HTTP/1.1, trailers in the body.

use http_body_util::{BodyExt as _, Full};
use hyper_util::rt::TokioIo;
use prost::Message as _;
use salient_proto::events::v1::{ListEventsRequest, ListEventsResponse};
use tokio::net::TcpStream;

use super::harness::{FEED, Methods, Server};

/// Posts a message and returns the frames of the answer: flags and content.
async fn post(server: &Server, token: Option<&str>) -> (http::response::Parts, Vec<(u8, Vec<u8>)>) {
    let message = ListEventsRequest {
        parent: "services/test".into(),
        ..Default::default()
    }
    .encode_to_vec();
    let mut body = vec![0];
    body.extend(u32::try_from(message.len()).unwrap().to_be_bytes());
    body.extend(message);
    let mut request = http::Request::post(format!("/{FEED}/ListEvents"))
        .header("host", "test")
        .header("content-type", "application/grpc-web+proto");
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let stream = TcpStream::connect(server.address).await.unwrap();
    let (mut client, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .unwrap();
    tokio::spawn(connection);
    let response = client
        .send_request(request.body(Full::new(bytes::Bytes::from(body))).unwrap())
        .await
        .unwrap();
    let (parts, body) = response.into_parts();
    let mut rest = body.collect().await.unwrap().to_bytes().to_vec();
    let mut frames = Vec::new();
    while rest.len() >= 5 {
        let length = u32::from_be_bytes(rest[1..5].try_into().unwrap()) as usize;
        frames.push((rest[0], rest[5..5 + length].to_vec()));
        rest.drain(..5 + length);
    }
    (parts, frames)
}

#[tokio::test]
async fn a_browser_gets_its_answer_and_the_status_behind_it() {
    let server = Server::start(Methods::default()).await;
    let (parts, frames) = post(&server, Some(&server.identities.director())).await;
    assert_eq!(parts.status, 200);
    assert_eq!(parts.headers["content-type"], "application/grpc-web+proto");
    let answer = ListEventsResponse::decode(frames[0].1.as_slice()).unwrap();
    assert_eq!(answer.next_position, 7);
    let trailers = String::from_utf8(frames[1].1.clone()).unwrap();
    assert_eq!(frames[1].0, 0x80);
    assert!(trailers.contains("grpc-status:0"), "{trailers}");
}

#[tokio::test]
async fn a_browser_sees_refusals_too() {
    let server = Server::start(Methods::default()).await;
    let (parts, _) = post(&server, None).await;
    assert_eq!(parts.status, 200);
    assert_eq!(parts.headers["grpc-status"], "16");
}
