use async_trait::async_trait;
use http::{HeaderMap, HeaderValue};
use tonic::Status;
use tracing::Span;
use uuid::Uuid;

/// A call that must happen, on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Its id, and the `request_id` of the call: the same however often it is tried.
    pub id: Uuid,
    /// Who it is for.
    pub destination: String,
    /// Which of the handler's calls it is.
    pub method: String,
    /// What it stands in line with.
    pub ordering_key: String,
    /// The encoded request.
    pub payload: Vec<u8>,
    /// Which attempt this is, from 1.
    pub attempts: i32,
    /// The trace of the call that caused it.
    pub traceparent: Option<String>,
}

impl Delivery {
    /// The span that an attempt runs in: it continues the trace of the call that caused the delivery.
    pub(crate) fn span(&self) -> Span {
        let span = tracing::info_span!(
            "deliver",
            destination = self.destination,
            method = self.method,
            attempt = self.attempts
        );
        let cause = self
            .traceparent
            .as_deref()
            .and_then(|cause| HeaderValue::from_str(cause).ok());
        if let Some(cause) = cause {
            salient_telemetry::adopt(&span, &HeaderMap::from_iter([(TRACEPARENT, cause)]));
        }
        span
    }
}

const TRACEPARENT: http::HeaderName = http::HeaderName::from_static("traceparent");

/// What came of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Disposition {
    /// It arrived; it is never delivered again.
    Done,
    /// It may arrive later; it is tried again soon, then less and less often.
    Retry {
        /// Why it did not, for operators.
        reason: String,
    },
    /// The destination refuses it, and will until somebody changes something. It is tried again now and then, and meanwhile
    /// stands in the outbox with its reason.
    Stuck {
        /// Why, for operators.
        reason: String,
    },
}

/// What a refused call means for its delivery.
#[must_use]
pub fn disposition(status: &Status) -> Disposition {
    let reason = format!("{:?}: {}", status.code(), status.message());
    if salient_failure::is_retryable(status) {
        Disposition::Retry { reason }
    } else {
        Disposition::Stuck { reason }
    }
}

/// Delivers what is for one destination.
#[async_trait]
pub trait Handler: Send + Sync + 'static {
    /// The destination.
    fn destination(&self) -> &str;

    /// Makes one attempt. It may be made again even after it succeeded (when the process ends before that is recorded), so
    /// the receiver must recognise the delivery's id.
    async fn deliver(&self, delivery: &Delivery) -> Disposition;
}

#[cfg(test)]
mod tests {
    use tonic::Status;

    use super::{Disposition, disposition};

    #[test]
    fn only_what_time_may_cure_is_tried_again_soon() {
        assert!(matches!(
            disposition(&Status::unavailable("restarting")),
            Disposition::Retry { .. }
        ));
        assert!(matches!(
            disposition(&Status::deadline_exceeded("slow")),
            Disposition::Retry { .. }
        ));
        for refusal in [Status::invalid_argument("x"), Status::permission_denied("x")] {
            assert!(matches!(disposition(&refusal), Disposition::Stuck { .. }));
        }
    }
}
