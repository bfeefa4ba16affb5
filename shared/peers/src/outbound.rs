use std::time::Duration;

use salient_failure::{Certainty, Failure, Kind, certainty, is_retryable};
use salient_operation::OpContext;
use salient_proto::access::v1::ErrorReason;
use tonic::{Code, Request, Status, metadata::AsciiMetadataValue};

/// When to try again what a peer could not do just now.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// The request of a call made for an operation: it takes the operation's remaining time and its trace along.
pub fn outbound<T>(operation: &OpContext, message: T) -> Request<T> {
    let mut request = Request::new(message);
    request.set_timeout(operation.deadline.remaining());
    let current = salient_telemetry::traceparent(&tracing::Span::current());
    // A relayed delivery has no span of its own to name; it carries the trace of the call that caused it.
    let traceparent = current.as_ref().or(operation.traceparent.as_ref());
    if let Some(value) = traceparent.and_then(|value| AsciiMetadataValue::try_from(value.as_str()).ok()) {
        request.metadata_mut().insert("traceparent", value);
    }
    request.extensions_mut().insert(Operation(operation.method));
    request
}

/// In the course of what a call is made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Operation(pub(crate) &'static str);

/// What a peer's refusal means for the caller of this service, where the domain has no better answer: the peer cannot be
/// reached now, took too long, or refused something that this service should not have asked.
pub fn refused(peer: &str, status: Status) -> Failure {
    let failure = match status.code() {
        Code::DeadlineExceeded => Failure::new(Kind::DeadlineExceeded, ErrorReason::DeadlineExceeded),
        _ if is_retryable(&status) => {
            Failure::new(Kind::Unavailable, ErrorReason::Unavailable).retry_after(RETRY_AFTER)
        }
        _ => {
            return Failure::internal(Refused {
                peer: peer.to_owned(),
                status,
            });
        }
    };
    let failure = match certainty(&status) {
        Certainty::NotDone => failure,
        Certainty::MayBeDone => failure.may_be_done(),
    };
    failure.because(Refused {
        peer: peer.to_owned(),
        status,
    })
}

#[derive(Debug, thiserror::Error)]
#[error("{peer} refused")]
struct Refused {
    peer: String,
    #[source]
    status: Status,
}
