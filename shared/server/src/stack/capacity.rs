use std::{sync::Arc, time::Duration};

use http::{Request, Response};
use salient_config::Limits;
use salient_failure::{Failure, Kind};
use salient_proto::access::v1::ErrorReason;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::task::TaskTracker;
use tonic::body::Body;

use super::around::{Inner, Middleware};
use crate::refusal::Refusal;

/// Long enough for the calls in hand to end, short enough that a person does not notice.
const RETRY_AFTER: Duration = Duration::from_millis(500);

/// Refuses calls beyond a number at once. A queue would only make everyone late; clients retry with backoff.
#[derive(Clone)]
pub(super) struct Capacity {
    slots: Arc<Semaphore>,
    detached: TaskTracker,
    mutation_time: Duration,
}

impl Capacity {
    pub(super) fn new(limits: &Limits, detached: TaskTracker) -> Self {
        Self {
            slots: Arc::new(Semaphore::new(limits.concurrent_calls)),
            detached,
            mutation_time: limits.mutation_deadline,
        }
    }
}

impl Middleware for Capacity {
    async fn handle<N: Inner>(&self, mut request: Request<Body>, next: &N) -> Response<Body> {
        let Ok(permit) = Arc::clone(&self.slots).try_acquire_owned() else {
            let failure = Failure::new(Kind::ResourceExhausted, ErrorReason::Overloaded);
            return Refusal::of(&request).answer(failure.retry_after(RETRY_AFTER));
        };
        let slot = Slot {
            _permit: Arc::new(permit),
            detached: self.detached.clone(),
            mutation_time: self.mutation_time,
        };
        request.extensions_mut().insert(slot.clone());
        let response = next.answer(request).await;
        drop(slot);
        response
    }
}

/// A call's place among those worked on. A mutation that outlives its caller keeps it: otherwise clients that call and
/// leave could pile up work without limit.
#[derive(Clone)]
pub(crate) struct Slot {
    /// Given back when the last holder drops it.
    _permit: Arc<OwnedSemaphorePermit>,
    /// Where work goes on without its caller; the drain waits for it.
    pub(crate) detached: TaskTracker,
    /// The least time such work gets.
    pub(crate) mutation_time: Duration,
}
