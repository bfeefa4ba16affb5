//! How a layer of this stack is written: one async function around the rest.

use std::{
    convert::Infallible,
    future::Future,
    mem,
    task::{Context, Poll},
};

use futures::future::BoxFuture;
use http::{Request, Response};
use tonic::body::Body;
use tower::{Layer, Service};

/// What a layer is around of: a service of gRPC calls that always answers.
pub(crate) trait Inner:
    Service<Request<Body>, Response = Response<Body>, Error = Infallible, Future: Send> + Clone + Send + 'static
{
}

impl<S> Inner for S where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible, Future: Send>
        + Clone
        + Send
        + 'static
{
}

/// A layer's doing.
pub(crate) trait Middleware: Clone + Send + Sync + 'static {
    /// Answers the call, as a rule by running `next`.
    fn handle<S: Inner>(
        self,
        request: Request<Body>,
        next: Next<S>,
    ) -> impl Future<Output = Response<Body>> + Send;
}

/// The rest of the stack, ready for one call.
pub(crate) struct Next<S>(S);

impl<S: Inner> Next<S> {
    pub(crate) async fn run(mut self, request: Request<Body>) -> Response<Body> {
        match self.0.call(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }
}

/// Makes a tower layer of a [`Middleware`].
#[derive(Clone)]
pub(crate) struct Around<M>(pub(crate) M);

impl<M: Middleware, S> Layer<S> for Around<M> {
    type Service = Wrapped<M, S>;

    fn layer(&self, inner: S) -> Wrapped<M, S> {
        Wrapped {
            middleware: self.0.clone(),
            inner,
        }
    }
}

#[derive(Clone)]
pub(crate) struct Wrapped<M, S> {
    middleware: M,
    inner: S,
}

impl<M: Middleware, S: Inner> Service<Request<Body>> for Wrapped<M, S> {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        // The instance that was polled ready makes the call; its clone stays for the next.
        let next = self.inner.clone();
        let next = Next(mem::replace(&mut self.inner, next));
        let middleware = self.middleware.clone();
        Box::pin(async move { Ok(middleware.handle(request, next).await) })
    }
}
