//! Sockets in, HTTP out: accepting, keeping alive, and a drain that ends.

use std::{convert::Infallible, pin::pin, time::Duration};

use http::{Request, Response};
use hyper::body::Incoming;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
    service::TowerToHyperService,
};
use salient_config::Connections;
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use tonic::body::Body;
use tower::{Service, ServiceExt as _};

/// Out of file descriptors: pause instead of spinning until connections have closed.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Serves until shutdown, then lets what is running finish for at most `drain`, and cuts the rest.
pub(crate) async fn serve<S>(
    listener: TcpListener,
    service: S,
    settings: &Connections,
    shutdown: CancellationToken,
    drain: Duration,
) where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send + 'static,
{
    let builder = builder(settings);
    let mut open = JoinSet::new();
    loop {
        tokio::select! {
            biased;
            () = shutdown.cancelled() => break,
            // Reaps closed connections, so that the set holds the open ones only.
            Some(_) = open.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    let (builder, service, shutdown) = (builder.clone(), service.clone(), shutdown.clone());
                    open.spawn(connection(stream, builder, service, settings.max_age, shutdown));
                }
                Err(error) => {
                    tracing::warn!(%error, "could not accept a connection");
                    sleep(ACCEPT_PAUSE).await;
                }
            },
        }
    }
    // New clients must be refused at once, not kept waiting in the backlog of a service that is leaving.
    drop(listener);
    // A client that never closes its idle connection would otherwise hold the process for ever.
    let drained = timeout(drain, async { while open.join_next().await.is_some() {} }).await;
    if drained.is_err() {
        tracing::warn!(
            connections = open.len(),
            "cutting connections that did not close in time"
        );
        open.shutdown().await;
    }
}

fn builder(settings: &Connections) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http2()
        .timer(TokioTimer::new())
        // tonic and hyper set no limit: with the message size this bounds what one client can make us hold.
        .max_concurrent_streams(settings.concurrent_streams)
        .keep_alive_interval(settings.keepalive_interval)
        .keep_alive_timeout(settings.keepalive_timeout);
    // For gRPC-Web; a client that opens a connection and sends nothing is dropped by the header timeout.
    builder.http1().timer(TokioTimer::new());
    builder
}

async fn connection<S>(
    stream: TcpStream,
    builder: Builder<TokioExecutor>,
    service: S,
    max_age: Option<Duration>,
    shutdown: CancellationToken,
) where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send + 'static,
{
    // Small answers must not wait for the acknowledgement of the one before.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "the connection was gone before it began");
        return;
    }
    let service = service.map_request(|request: Request<Incoming>| request.map(Body::new));
    let connection = builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
    let mut connection = pin!(connection);
    let leave = async {
        match max_age {
            Some(age) => tokio::select! { () = shutdown.cancelled() => {}, () = sleep(age) => {} },
            None => shutdown.cancelled().await,
        }
    };
    let mut leave = pin!(leave);
    let mut leaving = false;
    loop {
        tokio::select! {
            ended = &mut connection => {
                if let Err(error) = ended {
                    tracing::debug!(%error, "connection broke");
                }
                return;
            }
            () = &mut leave, if !leaving => {
                leaving = true;
                connection.as_mut().graceful_shutdown();
            }
        }
    }
}
