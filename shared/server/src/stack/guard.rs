use http::{Request, Response};
use salient_access::Gate;
use salient_failure::{Failure, Locale};
use salient_operation::Deadline;
use tonic::body::Body;

use super::around::{Inner, Middleware};
use crate::refusal;

/// Admits calls, and leaves the [`Admission`](salient_access::Admission) with them.
#[derive(Clone)]
pub(super) struct Guard(pub(super) Gate);

impl Middleware for Guard {
    async fn handle<N: Inner>(&self, mut request: Request<Body>, next: &N) -> Response<Body> {
        let path = request.uri().path();
        let Some(deadline) = request.extensions().get::<Deadline>().copied() else {
            // A defect: the layer that sets it does not stand before this one.
            let failure = Failure::internal("call without a deadline");
            return refusal::status(failure, path, Locale::English).into_http();
        };
        match self.0.admit(path, request.headers(), deadline).await {
            Ok(admission) => {
                request.extensions_mut().insert(admission);
                next.answer(request).await
            }
            Err(refused) => refused.into_http(),
        }
    }
}
