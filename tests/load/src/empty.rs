//! An empty gRPC call: what the transport alone costs. It is served by a process of its own, as the services are.
//!
//! The same process takes the services' traces, so that tracing is on while they are measured: an empty answer is what a
//! collector gives too.

use std::{
    convert::Infallible,
    future::{Future, Ready, ready},
    net::{Ipv4Addr, SocketAddr},
    pin::Pin,
    process::Stdio,
    task::{Context, Poll},
};

use anyhow::Context as _;
use bytes::Bytes;
use http::uri::PathAndQuery;
use http_body::Body as HttpBody;
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    net::TcpListener,
    process::{Child, Command},
};
use tokio_stream::wrappers::TcpListenerStream;
use tonic::{
    Request, Response, Status,
    body::Body,
    client::Grpc as Client,
    codegen::StdError,
    server::{Grpc as Server, NamedService, UnaryService},
    transport::Channel,
};
use tonic_prost::ProstCodec;
use tower::Service;

/// The argument with which this binary serves empty calls.
pub const SERVE: &str = "serve-empty";

/// Where this process listens, printed once it does.
const LISTENING: &str = "listening on ";

/// What is called.
#[derive(Debug, Clone)]
struct Called;

/// The collector of traces.
#[derive(Debug, Clone)]
struct Collector;

impl NamedService for Called {
    const NAME: &'static str = "salient.load.v1.Empty";
}

impl NamedService for Collector {
    const NAME: &'static str = "opentelemetry.proto.collector.trace.v1.TraceService";
}

/// Answers anything with nothing.
struct Nothing;

impl UnaryService<()> for Nothing {
    type Response = ();
    type Future = Ready<Result<Response<()>, Status>>;

    fn call(&mut self, _: Request<()>) -> Self::Future {
        ready(Ok(Response::new(())))
    }
}

type Answer = Pin<Box<dyn Future<Output = Result<http::Response<Body>, Infallible>> + Send>>;

fn answer<B>(request: http::Request<B>) -> Answer
where
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<StdError> + Send,
{
    let answer = async {
        Ok(Server::new(ProstCodec::<(), ()>::default())
            .unary(Nothing, request)
            .await)
    };
    Box::pin(answer)
}

/// Makes a type answer.
macro_rules! answers {
    ($service:ty) => {
        impl<B> Service<http::Request<B>> for $service
        where
            B: HttpBody<Data = Bytes> + Send + 'static,
            B::Error: Into<StdError> + Send,
        {
            type Response = http::Response<Body>;
            type Error = Infallible;
            type Future = Answer;

            fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
                Poll::Ready(Ok(()))
            }

            fn call(&mut self, request: http::Request<B>) -> Answer {
                answer(request)
            }
        }
    };
}

answers!(Called);
answers!(Collector);

/// Serves until the process is ended.
///
/// # Errors
/// Where no port can be had.
pub async fn serve() -> anyhow::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    println!("{LISTENING}{}", listener.local_addr()?);
    let server = tonic::transport::Server::builder().tcp_nodelay(true);
    let mut server = server;
    let routes = server.add_service(Called).add_service(Collector);
    Ok(routes
        .serve_with_incoming(TcpListenerStream::new(listener))
        .await?)
}

/// The process that serves empty calls. It ends with this value.
pub struct Empty {
    /// Where it listens.
    pub url: String,
    _process: Child,
}

impl Empty {
    /// Starts this very program as the server.
    ///
    /// # Errors
    /// Where it does not start.
    pub async fn start() -> anyhow::Result<Self> {
        let mut process = Command::new(std::env::current_exe()?)
            .arg(SERVE)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let output = process
            .stdout
            .take()
            .context("the server of empty calls has no output")?;
        let line = BufReader::new(output)
            .lines()
            .next_line()
            .await?
            .unwrap_or_default();
        let address = line
            .strip_prefix(LISTENING)
            .context("the server of empty calls did not start")?;
        let address: SocketAddr = address.parse()?;
        Ok(Self {
            url: format!("http://{address}"),
            _process: process,
        })
    }
}

/// Makes the call.
///
/// # Errors
/// Where it fails.
pub async fn call(channel: Channel) -> anyhow::Result<()> {
    let mut client = Client::new(channel);
    client.ready().await?;
    let path = PathAndQuery::from_static("/salient.load.v1.Empty/Call");
    let answer = client
        .unary(Request::new(()), path, ProstCodec::<(), ()>::default())
        .await?;
    let () = answer.into_inner();
    Ok(())
}
