//! Calls to another service over a real connection.
#![expect(clippy::unwrap_used, reason = "these are tests")]

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use futures::future::join_all;
use salient_failure::{Certainty, Failure, Kind, Locale, certainty};
use salient_operation::{Deadline, OpContext};
use salient_peers::{Error, Peers, Token, TokenSource, outbound, refused};
use salient_proto::access::v1::{
    ErrorReason, GetProfileRequest, Profile,
    profile_service_client::ProfileServiceClient,
    profile_service_server::{ProfileService, ProfileServiceServer},
};
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::{Code, Request, Response, Status, metadata::MetadataMap, transport::Server};
use tower::BoxError;

const ORGANIZATION: &str = "organization";

/// Tokens `token-1`, `token-2`, …
#[derive(Clone)]
struct Numbered {
    issued: Arc<AtomicU32>,
    keep: Duration,
}

impl Numbered {
    fn kept_for(keep: Duration) -> Self {
        Self {
            issued: Arc::default(),
            keep,
        }
    }
}

#[async_trait]
impl TokenSource for Numbered {
    async fn token(&self) -> Result<Token, BoxError> {
        // Long enough that calls made at once all find none.
        tokio::time::sleep(Duration::from_millis(20)).await;
        let number = self.issued.fetch_add(1, Ordering::SeqCst) + 1;
        Ok(Token {
            bearer: format!("token-{number}\n").into(),
            keep: self.keep,
        })
    }
}

/// Has a token once, and never again.
struct Failing(AtomicU32);

#[async_trait]
impl TokenSource for Failing {
    async fn token(&self) -> Result<Token, BoxError> {
        if self.0.fetch_sub(1, Ordering::SeqCst) == 1 {
            return Ok(Token {
                bearer: "the-last".to_owned().into(),
                keep: Duration::ZERO,
            });
        }
        self.0.store(0, Ordering::SeqCst);
        Err("no key".into())
    }
}

/// Remembers what calls carried.
#[derive(Clone, Default)]
struct Recorder(Arc<Mutex<Vec<MetadataMap>>>);

impl Recorder {
    fn tokens(&self) -> Vec<String> {
        let calls = self.0.lock().unwrap();
        calls
            .iter()
            .map(|call| call.get("authorization").unwrap().to_str().unwrap().to_owned())
            .collect()
    }
}

#[tonic::async_trait]
impl ProfileService for Recorder {
    async fn get_profile(&self, request: Request<GetProfileRequest>) -> Result<Response<Profile>, Status> {
        self.0.lock().unwrap().push(request.metadata().clone());
        Ok(Response::new(Profile::default()))
    }
}

/// A recording peer, and the way to it.
async fn peer(tokens: impl TokenSource) -> (Recorder, Peers) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let recorder = Recorder::default();
    let server = Server::builder().add_service(ProfileServiceServer::new(recorder.clone()));
    tokio::spawn(server.serve_with_incoming(TcpListenerStream::new(listener)));
    (
        recorder,
        Peers::new(
            "contracts",
            &BTreeMap::from([(ORGANIZATION.into(), address)]),
            Arc::new(tokens),
        )
        .unwrap(),
    )
}

fn client(peers: &Peers) -> ProfileServiceClient<salient_peers::PeerChannel> {
    ProfileServiceClient::new(peers.channel(ORGANIZATION).unwrap())
}

#[tokio::test]
async fn a_call_carries_the_services_token_and_the_operations_time_and_trace() {
    let (recorder, peers) = peer(Numbered::kept_for(Duration::from_secs(60))).await;
    let traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".to_owned();
    let op = OpContext {
        deadline: Deadline::within(Duration::from_secs(5)),
        traceparent: Some(traceparent.clone()),
        ..OpContext::background("contracts", "test")
    };
    client(&peers)
        .get_profile(outbound(&op, GetProfileRequest::default()))
        .await
        .unwrap();
    let calls = recorder.0.lock().unwrap().clone();
    assert_eq!(calls[0].get("authorization").unwrap(), "Bearer token-1");
    assert_eq!(calls[0].get("traceparent").unwrap(), traceparent.as_str());
    let timeout = calls[0].get("grpc-timeout").unwrap().to_str().unwrap();
    let micros: u64 = timeout.trim_end_matches('u').parse().unwrap();
    assert!((1_000_000..=5_000_000).contains(&micros), "{timeout}");
}

#[tokio::test]
async fn calls_at_once_share_one_token_and_later_ones_get_the_next() {
    let tokens = Numbered::kept_for(Duration::from_millis(300));
    let (recorder, peers) = peer(tokens.clone()).await;
    let calls = (0..20).map(|_| {
        let mut client = client(&peers);
        async move { client.get_profile(GetProfileRequest::default()).await.unwrap() }
    });
    join_all(calls).await;
    assert_eq!(tokens.issued.load(Ordering::SeqCst), 1);
    tokio::time::sleep(Duration::from_millis(400)).await;
    client(&peers)
        .get_profile(GetProfileRequest::default())
        .await
        .unwrap();
    assert_eq!(recorder.tokens().last().unwrap(), "Bearer token-2");
}

#[tokio::test]
async fn a_token_that_cannot_be_renewed_is_used_on() {
    let (recorder, peers) = peer(Failing(AtomicU32::new(1))).await;
    for _ in 0..2 {
        client(&peers)
            .get_profile(GetProfileRequest::default())
            .await
            .unwrap();
    }
    assert_eq!(recorder.tokens(), ["Bearer the-last", "Bearer the-last"]);
}

#[tokio::test]
async fn without_a_token_nothing_is_sent() {
    let (recorder, peers) = peer(Failing(AtomicU32::new(0))).await;
    let status = client(&peers)
        .get_profile(GetProfileRequest::default())
        .await
        .unwrap_err();
    assert_eq!(status.code(), Code::Unavailable);
    assert_eq!(certainty(&status), Certainty::NotDone);
    assert!(recorder.0.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_peer_that_is_not_there_is_unavailable_and_did_nothing() {
    // Port 1 on loopback: nothing listens there.
    let addresses = BTreeMap::from([(ORGANIZATION.into(), "http://127.0.0.1:1".into())]);
    let peers = Peers::new(
        "contracts",
        &addresses,
        Arc::new(Numbered::kept_for(Duration::from_secs(60))),
    )
    .unwrap();
    let status = client(&peers)
        .get_profile(GetProfileRequest::default())
        .await
        .unwrap_err();
    let failure = refused(ORGANIZATION, status);
    assert_eq!(
        (failure.kind(), failure.certainty()),
        (Kind::Unavailable, Certainty::NotDone)
    );
}

#[tokio::test]
async fn a_peer_without_an_address_is_named_as_the_setting() {
    let peers = Peers::new(
        "contracts",
        &BTreeMap::new(),
        Arc::new(Failing(AtomicU32::new(0))),
    )
    .unwrap();
    let error = peers.channel(ORGANIZATION).err().unwrap();
    assert!(matches!(error, Error::NotSet(_)));
    assert_eq!(error.to_string(), "peers.organization is not set");
}

#[test]
fn what_a_refusal_means_here() {
    let unavailable = || Failure::new(Kind::Unavailable, ErrorReason::Unavailable);
    let denied = Failure::out_of_scope();
    for (status, kind, what) in [
        (
            unavailable().into_status(Locale::English),
            Kind::Unavailable,
            Certainty::NotDone,
        ),
        (
            unavailable().may_be_done().into_status(Locale::English),
            Kind::Unavailable,
            Certainty::MayBeDone,
        ),
        (
            Status::unknown("broken pipe"),
            Kind::Unavailable,
            Certainty::MayBeDone,
        ),
        (
            Status::cancelled("Timeout expired"),
            Kind::Unavailable,
            Certainty::MayBeDone,
        ),
        (
            Status::deadline_exceeded(""),
            Kind::DeadlineExceeded,
            Certainty::MayBeDone,
        ),
        (
            denied.into_status(Locale::English),
            Kind::Internal,
            Certainty::NotDone,
        ),
    ] {
        let failure = refused(ORGANIZATION, status.clone());
        assert_eq!((failure.kind(), failure.certainty()), (kind, what), "{status:?}");
    }
}
