//! A channel to one service, whether one process serves it or several.

use std::{
    future::Future,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc, LazyLock,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::{Duration, Instant},
};

use bytes::Bytes;
use http::{HeaderMap, Request, Response, request::Parts};
use http_body_util::{BodyExt as _, Full};
use salient_access::Rules;
use salient_proto::POOL;
use tonic::{
    Code, Status,
    body::Body,
    transport::{Channel, Endpoint},
};
use tower::{BoxError, Service, ServiceExt as _};

/// How long replicas may take to come back.
const PATIENCE: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(25);

/// How calls are made where there are several replicas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// By turns; and where one does not answer, to the other, the same request with the same request id.
    ByTurns,
    /// As well; and what changes something is sent to both at the same instant. They must give the same answer.
    Twice,
}

/// A channel to the replicas of a service. To a single one it is a plain channel.
#[derive(Clone)]
pub struct Replicas {
    channels: Arc<[Channel]>,
    next: Arc<AtomicUsize>,
    manner: Manner,
}

impl Replicas {
    pub(crate) fn new(addresses: &[SocketAddr], manner: Manner) -> Self {
        let channel = |address: &SocketAddr| {
            let endpoint = Endpoint::from_shared(format!("http://{address}")).expect("an address");
            endpoint.connect_lazy()
        };
        Self {
            channels: addresses.iter().map(channel).collect(),
            next: Arc::default(),
            manner,
        }
    }

    async fn call(self, request: Request<Body>) -> Result<Response<Body>, BoxError> {
        if let [only] = &*self.channels {
            return Ok(only.clone().ready().await?.call(request).await?);
        }
        let (parts, body) = request.into_parts();
        let whole = Whole {
            parts,
            body: body.collect().await?.to_bytes(),
        };
        let turn = self.next.fetch_add(1, Ordering::Relaxed);
        if self.manner == Manner::ByTurns || !changes(whole.parts.uri.path()) {
            return Ok(self.patiently(&whole, turn).await?.response());
        }
        let (one, other) = tokio::join!(self.patiently(&whole, turn), self.patiently(&whole, turn + 1));
        let (one, other) = (one?, other?);
        if (one.code(), &one.body) != (other.code(), &other.body) {
            let path = whole.parts.uri.path();
            let (one, other) = (one.said(), other.said());
            return Err(
                Status::data_loss(format!("{path}: one request, two answers: {one} and {other}")).into(),
            );
        }
        Ok(one.response())
    }

    /// Makes the call until somebody answers it.
    async fn patiently(&self, whole: &Whole, mut turn: usize) -> Result<Answer, BoxError> {
        let until = Instant::now() + PATIENCE;
        loop {
            let mut channel = self.channels[turn % self.channels.len()].clone();
            let answer = match channel.ready().await?.call(whole.request()).await {
                Ok(response) => Answer::of(response).await,
                Err(error) => Err(error.into()),
            };
            match answer {
                Ok(answer) if !unanswered(answer.code()) => return Ok(answer),
                answer if Instant::now() > until => return answer,
                _ => tokio::time::sleep(PAUSE).await,
            }
            turn += 1;
        }
    }
}

impl Service<Request<Body>> for Replicas {
    type Response = Response<Body>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, BoxError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        Box::pin(Self::call(self.clone(), request))
    }
}

/// A request that can be sent again.
struct Whole {
    parts: Parts,
    body: Bytes,
}

impl Whole {
    fn request(&self) -> Request<Body> {
        Request::from_parts(self.parts.clone(), Body::new(Full::new(self.body.clone())))
    }
}

/// An answer that was read to its end.
struct Answer {
    parts: http::response::Parts,
    body: Bytes,
    trailers: Option<HeaderMap>,
}

impl Answer {
    async fn of(response: Response<Body>) -> Result<Self, BoxError> {
        let (parts, body) = response.into_parts();
        let body = body.collect().await?;
        let trailers = body.trailers().cloned();
        Ok(Self {
            parts,
            body: body.to_bytes(),
            trailers,
        })
    }

    fn status(&self) -> Option<Status> {
        let trailers = self.trailers.as_ref().and_then(Status::from_header_map);
        trailers.or_else(|| Status::from_header_map(&self.parts.headers))
    }

    fn code(&self) -> Code {
        self.status().map_or(Code::Unknown, |status| status.code())
    }

    fn said(&self) -> String {
        let message = self.status().map(|status| status.message().to_owned());
        format!(
            "{:?} {:?} {:?}",
            self.code(),
            message.unwrap_or_default(),
            self.body
        )
    }

    fn response(self) -> Response<Body> {
        let body = Full::new(self.body).with_trailers(async move { self.trailers.map(Ok) });
        Response::from_parts(self.parts, Body::new(body))
    }
}

/// Whether the call may have been done or not.
fn unanswered(code: Code) -> bool {
    matches!(
        code,
        Code::Unavailable | Code::Unknown | Code::Cancelled | Code::DeadlineExceeded
    )
}

/// Whether a method changes something, as its rule says.
fn changes(path: &str) -> bool {
    static RULES: LazyLock<Rules> = LazyLock::new(|| {
        let services: Vec<_> = POOL
            .services()
            .map(|service| service.full_name().to_owned())
            .filter(|name| Rules::from_pool(&POOL, &[name.as_str()]).is_ok())
            .collect();
        let services: Vec<_> = services.iter().map(String::as_str).collect();
        Rules::from_pool(&POOL, &services).expect("rules of the suite")
    });
    RULES.get(path).is_some_and(|rule| rule.mutation)
}
