//! Health and reflection, which need no token.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use prost_reflect::DescriptorPool;
use prost_types::FileDescriptorProto;
use salient_config::Limits;
use tokio_stream::StreamExt as _;
use tokio_util::sync::CancellationToken;
use tonic::transport::Channel;
use tonic_health::pb::{
    HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
};
use tonic_reflection::pb::v1::{
    ServerReflectionRequest, server_reflection_client::ServerReflectionClient,
    server_reflection_request::MessageRequest, server_reflection_response::MessageResponse,
};

use super::harness::{FEED, PARTICIPANT, Server};
use crate::{Routes, health::Health, reflection};

async fn status(client: &mut HealthClient<Channel>, service: &str) -> ServingStatus {
    let request = HealthCheckRequest {
        service: service.into(),
    };
    client.check(request).await.unwrap().into_inner().status()
}

async fn becomes(client: &mut HealthClient<Channel>, service: &str, wanted: ServingStatus) {
    for _ in 0..200 {
        if status(client, service).await == wanted {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{service} never became {wanted:?}");
}

#[tokio::test]
async fn ready_follows_the_database_and_ends_with_the_drain() {
    use ServingStatus::{NotServing, Serving};
    let (reporter, service) = tonic_health::server::health_reporter();
    let health = Health::starting(reporter, &[FEED]).await;
    let server = Server::serve(
        Routes::default(),
        Routes::default().add_service(service),
        Limits::default(),
    )
    .await;
    let mut client = HealthClient::new(server.connect().await);
    for (name, wanted) in [
        ("liveness", Serving),
        ("startup", NotServing),
        ("readiness", NotServing),
        (FEED, NotServing),
        ("", NotServing),
    ] {
        assert_eq!(status(&mut client, name).await, wanted, "{name}");
    }

    let (up, shutdown) = (Arc::new(AtomicBool::new(true)), CancellationToken::new());
    let database = Arc::clone(&up);
    let check = move || {
        let up = database.load(Ordering::SeqCst);
        async move { if up { Ok(()) } else { Err("no connection") } }
    };
    let following = tokio::spawn(health.follow(check, shutdown.clone()));
    for name in ["startup", "readiness", FEED, ""] {
        becomes(&mut client, name, Serving).await;
    }
    up.store(false, Ordering::SeqCst);
    becomes(&mut client, "readiness", NotServing).await;
    assert_eq!(status(&mut client, "liveness").await, Serving);
    assert_eq!(status(&mut client, "startup").await, Serving);
    up.store(true, Ordering::SeqCst);
    becomes(&mut client, "readiness", Serving).await;

    shutdown.cancel();
    following.await.unwrap();
    assert_eq!(status(&mut client, "readiness").await, NotServing);
    assert_eq!(status(&mut client, FEED).await, NotServing);
}

async fn ask(client: &mut ServerReflectionClient<Channel>, request: MessageRequest) -> MessageResponse {
    let request = ServerReflectionRequest {
        host: String::new(),
        message_request: Some(request),
    };
    let answers = client
        .server_reflection_info(tokio_stream::once(request))
        .await
        .unwrap();
    answers
        .into_inner()
        .next()
        .await
        .unwrap()
        .unwrap()
        .message_response
        .unwrap()
}

#[tokio::test]
async fn reflection_shows_what_is_served_with_its_options() {
    let open = reflection::add(Routes::default(), &[FEED, PARTICIPANT]).unwrap();
    let server = Server::serve(Routes::default(), open, Limits::default()).await;
    let mut client = ServerReflectionClient::new(server.connect().await);

    let MessageResponse::ListServicesResponse(list) =
        ask(&mut client, MessageRequest::ListServices(String::new())).await
    else {
        panic!("no list");
    };
    let names: BTreeSet<_> = list.service.into_iter().map(|service| service.name).collect();
    assert!(names.contains(FEED) && names.contains(PARTICIPANT), "{names:?}");
    assert!(!names.contains("salient.access.v1.ProfileService"), "{names:?}");

    // As a client would: every file of the service and what it imports, raw, into a pool.
    let mut pool = DescriptorPool::new();
    let mut missing = vec![MessageRequest::FileContainingSymbol(FEED.into())];
    let mut files: Vec<(String, Vec<String>, Vec<u8>)> = Vec::new();
    while let Some(request) = missing.pop() {
        let MessageResponse::FileDescriptorResponse(response) = ask(&mut client, request).await else {
            panic!("no file");
        };
        for bytes in response.file_descriptor_proto {
            let file: FileDescriptorProto = prost::Message::decode(bytes.as_slice()).unwrap();
            if files.iter().any(|(name, ..)| name == file.name()) {
                continue;
            }
            missing.extend(
                file.dependency
                    .iter()
                    .cloned()
                    .map(MessageRequest::FileByFilename),
            );
            files.push((file.name().to_owned(), file.dependency, bytes));
        }
    }
    while !files.is_empty() {
        let ready = files
            .iter()
            .position(|(_, needs, _)| needs.iter().all(|need| pool.get_file_by_name(need).is_some()));
        pool.decode_file_descriptor_proto(files.remove(ready.unwrap()).2.as_slice())
            .unwrap();
    }
    let method = pool.get_service_by_name(FEED).unwrap().methods().next().unwrap();
    let rule = pool.get_extension_by_name("salient.access.v1.rule").unwrap();
    assert!(method.options().has_extension(&rule));
}
