//! One server per test, with services whose methods the test makes up.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use futures::future::BoxFuture;
use salient_config::{Connections, Limits};
use salient_failure::Failure;
use salient_operation::OpContext;
use salient_proto::{
    approval::v1::{
        ConfirmRequest, ConfirmResponse, ReleaseRequest, ReleaseResponse, ReserveRequest, ReserveResponse,
        participant_service_client::ParticipantServiceClient,
        participant_service_server::{ParticipantService, ParticipantServiceServer},
    },
    events::v1::{
        Event, ListEventsRequest, ListEventsResponse, StreamEventsRequest,
        event_feed_service_client::EventFeedServiceClient,
        event_feed_service_server::{EventFeedService, EventFeedServiceServer},
    },
};
use tokio::task::JoinHandle;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tonic::{
    Request, Response, Status,
    metadata::MetadataValue,
    transport::{Channel, Endpoint},
};

use super::access::Identities;
use crate::{Answers, Listener, Routes, connections, server_stream, stack, unary};

/// The names of the services that the harness serves.
pub(super) const FEED: &str = "salient.events.v1.EventFeedService";
pub(super) const PARTICIPANT: &str = "salient.approval.v1.ParticipantService";

type Handler<Req, Resp> =
    Arc<dyn Fn(OpContext, Req) -> BoxFuture<'static, Result<Resp, Failure>> + Send + Sync>;

/// Makes a handler of an async closure.
pub(super) fn handler<Req, Resp, F, Fut>(f: F) -> Handler<Req, Resp>
where
    F: Fn(OpContext, Req) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Resp, Failure>> + Send + 'static,
{
    Arc::new(move |op, request| Box::pin(f(op, request)))
}

/// A reading method (`ListEvents`), a changing one (`Confirm`) and a streaming one (`StreamEvents`).
#[derive(Clone)]
pub(super) struct Methods {
    pub(super) list: Handler<ListEventsRequest, ListEventsResponse>,
    pub(super) confirm: Handler<ConfirmRequest, ConfirmResponse>,
    pub(super) stream: Handler<StreamEventsRequest, Vec<Result<Event, Failure>>>,
}

impl Default for Methods {
    fn default() -> Self {
        Self {
            list: handler(|_, _| async {
                Ok(ListEventsResponse {
                    next_position: 7,
                    ..Default::default()
                })
            }),
            confirm: handler(|_, _| async { Ok(ConfirmResponse::default()) }),
            stream: handler(|_, _| async { Ok(Vec::new()) }),
        }
    }
}

#[tonic::async_trait]
impl EventFeedService for Methods {
    type StreamEventsStream = Answers<Event>;

    async fn list_events(
        &self,
        request: Request<ListEventsRequest>,
    ) -> Result<Response<ListEventsResponse>, Status> {
        let list = Arc::clone(&self.list);
        unary(request, move |op, message| list(op, message)).await
    }

    async fn stream_events(
        &self,
        request: Request<StreamEventsRequest>,
    ) -> Result<Response<Answers<Event>>, Status> {
        let stream = Arc::clone(&self.stream);
        server_stream(request, move |op, message| async move {
            stream(op, message).await.map(futures::stream::iter)
        })
        .await
    }
}

#[tonic::async_trait]
impl ParticipantService for Methods {
    async fn reserve(&self, _: Request<ReserveRequest>) -> Result<Response<ReserveResponse>, Status> {
        // Not through the stack's own helpers: what a library answers by itself.
        Err(Status::internal("secret_table is missing"))
    }

    async fn confirm(&self, request: Request<ConfirmRequest>) -> Result<Response<ConfirmResponse>, Status> {
        let confirm = Arc::clone(&self.confirm);
        unary(request, move |op, message| confirm(op, message)).await
    }

    async fn release(&self, _: Request<ReleaseRequest>) -> Result<Response<ReleaseResponse>, Status> {
        panic!("secret_table is gone")
    }
}

/// A served stack.
pub(super) struct Server {
    pub(super) address: SocketAddr,
    pub(super) shutdown: CancellationToken,
    pub(super) serving: JoinHandle<()>,
    pub(super) identities: Identities,
    /// Where mutations run that outlive their callers.
    pub(super) detached: TaskTracker,
}

impl Server {
    pub(super) async fn start(methods: Methods) -> Self {
        Self::start_with(methods, Limits::default()).await
    }

    pub(super) async fn start_with(methods: Methods, limits: Limits) -> Self {
        let guarded = Routes::default()
            .add_service(EventFeedServiceServer::new(methods.clone()))
            .add_service(ParticipantServiceServer::new(methods));
        Self::serve(guarded, Routes::default(), limits).await
    }

    pub(super) async fn serve(guarded: Routes, open: Routes, limits: Limits) -> Self {
        let identities = Identities::start().await;
        let detached = TaskTracker::new();
        let service = stack::assemble(stack::Parts {
            rules: identities.rules(&guarded.names()),
            authentication: identities.authentication(),
            guarded,
            open,
            limits: &limits,
            detached: detached.clone(),
        });
        let listener = Listener::bind(([127, 0, 0, 1], 0).into()).await.unwrap();
        let address = listener.address();
        let shutdown = CancellationToken::new();
        let stop = shutdown.clone();
        let serving = tokio::spawn(async move {
            connections::serve(
                listener.socket,
                service,
                &Connections::default(),
                stop,
                limits.drain,
            )
            .await;
        });
        Self {
            address,
            shutdown,
            serving,
            identities,
            detached,
        }
    }

    /// A connection of its own.
    pub(super) async fn connect(&self) -> Channel {
        Endpoint::from_shared(format!("http://{}", self.address))
            .unwrap()
            .connect()
            .await
            .unwrap()
    }

    pub(super) async fn feed(&self) -> EventFeedServiceClient<Channel> {
        EventFeedServiceClient::new(self.connect().await)
    }

    pub(super) async fn participant(&self) -> ParticipantServiceClient<Channel> {
        ParticipantServiceClient::new(self.connect().await)
    }

    /// A valid page request, by the director.
    pub(super) fn list(&self) -> Request<ListEventsRequest> {
        self.by_director(ListEventsRequest {
            parent: "services/test".into(),
            ..Default::default()
        })
    }

    /// A valid stream request, by the director.
    pub(super) fn stream(&self) -> Request<StreamEventsRequest> {
        self.by_director(StreamEventsRequest {
            parent: "services/test".into(),
            ..Default::default()
        })
    }

    /// A valid mutation, by the orchestrator.
    pub(super) fn confirm(&self) -> Request<ConfirmRequest> {
        self.by_orchestrator(ConfirmRequest {
            approval: format!("approvals/{}", uuid::Uuid::now_v7()),
            round: 1,
            request_id: uuid::Uuid::now_v7().to_string(),
        })
    }

    pub(super) fn by_director<T>(&self, message: T) -> Request<T> {
        with_token(&self.identities.director(), message)
    }

    pub(super) fn by_orchestrator<T>(&self, message: T) -> Request<T> {
        with_token(&self.identities.service("approval-orchestrator"), message)
    }
}

/// A request with a bearer token.
pub(super) fn with_token<T>(token: &str, message: T) -> Request<T> {
    let mut request = Request::new(message);
    let header: MetadataValue<_> = format!("Bearer {token}").parse().unwrap();
    request.metadata_mut().insert("authorization", header);
    request
}

/// Long enough for what should happen to have happened, on a busy machine too.
pub(super) const A_WHILE: Duration = Duration::from_millis(300);

/// Waits until something holds.
pub(super) async fn eventually(what: &str, holds: impl Fn() -> bool) {
    for _ in 0..200 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("never: {what}");
}
