use http::{Request, Response};
use tonic::body::Body;

use super::around::Inner;
use crate::Routes;

/// Sends calls of the open services (health, reflection) past the guard, and all others through it.
pub(super) struct Front<N> {
    open: Routes,
    guarded: N,
}

impl<N> Front<N> {
    pub(super) fn new(open: Routes, guarded: N) -> Self {
        Self { open, guarded }
    }
}

impl<N: Inner> Inner for Front<N> {
    async fn answer(&self, request: Request<Body>) -> Response<Body> {
        if self.open.serves(request.uri().path()) {
            self.open.answer(request).await
        } else {
            self.guarded.answer(request).await
        }
    }
}
