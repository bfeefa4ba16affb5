use std::panic::AssertUnwindSafe;

use futures::FutureExt as _;
use http::{Request, Response};
use salient_failure::Failure;
use tonic::body::Body;

use super::around::{Inner, Middleware};
use crate::refusal::Refusal;

/// Turns a panic into INTERNAL. What it said goes to the log only.
#[derive(Clone)]
pub(super) struct Panics;

impl Middleware for Panics {
    async fn handle<N: Inner>(&self, request: Request<Body>, next: &N) -> Response<Body> {
        let refusal = Refusal::of(&request);
        // The call's own state is dropped with it; what it shared with others is behind locks that notice.
        match AssertUnwindSafe(next.answer(request)).catch_unwind().await {
            Ok(response) => response,
            Err(panic) => {
                let said = panic
                    .downcast_ref::<&str>()
                    .map(|said| (*said).to_owned())
                    .or_else(|| panic.downcast_ref::<String>().cloned());
                refusal.answer(Failure::internal(format!("panic: {}", said.unwrap_or_default())))
            }
        }
    }
}
