use std::{
    convert::Infallible,
    task::{Context, Poll},
};

use futures::future::{BoxFuture, FutureExt as _};
use http::{Request, Response};
use tonic::body::Body;
use tower::Service;

use super::around::Inner;
use crate::Routes;

/// Sends calls of the open services (health, reflection) past the guard, and all others through it.
#[derive(Clone)]
pub(super) struct Front<S> {
    open: Routes,
    guarded: S,
}

impl<S> Front<S> {
    pub(super) fn new(open: Routes, guarded: S) -> Self {
        Self { open, guarded }
    }
}

impl<S: Inner> Service<Request<Body>> for Front<S> {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.guarded.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        if self.open.serves(request.uri().path()) {
            self.open.call(request)
        } else {
            self.guarded.call(request).boxed()
        }
    }
}
