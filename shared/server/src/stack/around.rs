//! How a layer of this stack is written: one async function around the rest.
//!
//! Not as tower writes it, where every layer makes a boxed future of its own and copies all layers below for every call: here the
//! layers are borrowed, and a call's way through all of them is one future.

use std::{
    convert::Infallible,
    future::Future,
    sync::Arc,
    task::{Context, Poll},
};

use futures::future::BoxFuture;
use http::{Request, Response};
use tonic::body::Body;
use tower::{Layer, Service};

/// What answers every call: the methods, or layers around them.
pub(crate) trait Inner: Send + Sync + 'static {
    /// Answers the call.
    fn answer(&self, request: Request<Body>) -> impl Future<Output = Response<Body>> + Send;
}

/// A layer's doing.
pub(crate) trait Middleware: Clone + Send + Sync + 'static {
    /// Answers the call, as a rule by what `next` answers.
    fn handle<N: Inner>(
        &self,
        request: Request<Body>,
        next: &N,
    ) -> impl Future<Output = Response<Body>> + Send;
}

/// Makes a layer of a [`Middleware`].
#[derive(Clone)]
pub(crate) struct Around<M>(pub(crate) M);

impl<M: Middleware, N> Layer<N> for Around<M> {
    type Service = Layered<M, N>;

    fn layer(&self, next: N) -> Layered<M, N> {
        Layered {
            middleware: self.0.clone(),
            next,
        }
    }
}

/// A layer around the rest.
pub(crate) struct Layered<M, N> {
    middleware: M,
    next: N,
}

impl<M: Middleware, N: Inner> Inner for Layered<M, N> {
    fn answer(&self, request: Request<Body>) -> impl Future<Output = Response<Body>> + Send {
        self.middleware.handle(request, &self.next)
    }
}

/// All layers, as tower and hyper take them.
pub(crate) struct Stack<I>(Arc<I>);

impl<I> Stack<I> {
    pub(crate) fn new(layers: I) -> Self {
        Self(Arc::new(layers))
    }
}

impl<I> Clone for Stack<I> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<I: Inner> Service<Request<Body>> for Stack<I> {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let layers = Arc::clone(&self.0);
        Box::pin(async move { Ok(layers.answer(request).await) })
    }
}
