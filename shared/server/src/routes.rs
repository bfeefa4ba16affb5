use std::{collections::HashMap, convert::Infallible, sync::Arc};

use futures::future::BoxFuture;
use http::{Request, Response};
use tonic::{body::Body, server::NamedService};
use tower::{Service, ServiceExt as _};

use crate::stack::Inner;

/// gRPC services by name. It remembers their names, so that access rules, health and reflection cover exactly what is served.
#[derive(Clone, Default)]
pub struct Routes(Arc<HashMap<&'static str, Arc<dyn Methods>>>);

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
        Arc::make_mut(&mut self.0).insert(S::NAME, Arc::new(service));
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

impl Inner for Routes {
    async fn answer(&self, request: Request<Body>) -> Response<Body> {
        match service_of(request.uri().path()).and_then(|name| self.0.get(name)) {
            Some(methods) => methods.answer(request).await,
            // The guard refuses unknown methods before they get here; this answers for the open services.
            None => tonic::Status::unimplemented("").into_http(),
        }
    }
}

/// A generated server, of whichever type.
trait Methods: Send + Sync {
    fn answer(&self, request: Request<Body>) -> BoxFuture<'static, Response<Body>>;
}

impl<S> Methods for S
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible, Future: Send>
        + Clone
        + Send
        + Sync
        + 'static,
{
    fn answer(&self, request: Request<Body>) -> BoxFuture<'static, Response<Body>> {
        // Readiness belongs to an instance, and this one is everybody's.
        let call = self.clone().oneshot(request);
        Box::pin(async move {
            match call.await {
                Ok(response) => response,
                Err(never) => match never {},
            }
        })
    }
}
