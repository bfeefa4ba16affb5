use std::{
    collections::HashMap,
    convert::Infallible,
    sync::Arc,
    task::{Context, Poll},
};

use futures::future::{BoxFuture, FutureExt as _};
use http::{Request, Response};
use tonic::{body::Body, server::NamedService};
use tower::{Service, ServiceExt as _, util::BoxCloneSyncService};

type Methods = BoxCloneSyncService<Request<Body>, Response<Body>, Infallible>;

/// gRPC services by name. It remembers their names, so that access rules, health and reflection cover exactly what is served.
#[derive(Clone, Default)]
pub struct Routes(Arc<HashMap<&'static str, Methods>>);

impl Routes {
    /// Adds a generated server.
    #[must_use]
    pub fn add_service<S>(mut self, service: S) -> Self
    where
        S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>
            + NamedService
            + Clone
            + Send
            + Sync
            + 'static,
        S::Future: Send + 'static,
    {
        Arc::make_mut(&mut self.0).insert(S::NAME, BoxCloneSyncService::new(service));
        self
    }

    /// The full names of the services, sorted.
    pub(crate) fn names(&self) -> Vec<&'static str> {
        let mut names: Vec<_> = self.0.keys().copied().collect();
        names.sort_unstable();
        names
    }

    /// Whether the path is a method of one of the services.
    pub(crate) fn serves(&self, path: &str) -> bool {
        service_of(path).is_some_and(|name| self.0.contains_key(name))
    }
}

/// The service of a path `/salient.contracts.v1.ContractService/GetContract`.
fn service_of(path: &str) -> Option<&str> {
    path.strip_prefix('/')?
        .split_once('/')
        .map(|(service, _)| service)
}

impl Service<Request<Body>> for Routes {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        match service_of(request.uri().path()).and_then(|name| self.0.get(name)) {
            Some(methods) => methods.clone().oneshot(request).boxed(),
            // The access layer refuses unknown methods before they get here; this answers for the open services.
            None => async { Ok(tonic::Status::unimplemented("").into_http()) }.boxed(),
        }
    }
}
