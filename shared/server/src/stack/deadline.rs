use std::{sync::Arc, time::Duration};

use http::{HeaderMap, Request, Response};
use salient_config::Limits;
use salient_failure::{Failure, Kind};
use salient_operation::Deadline;
use salient_proto::access::v1::ErrorReason;
use tokio::time::timeout;
use tonic::body::Body;

use super::{
    around::{Inner, Middleware},
    methods::Methods,
};
use crate::refusal::Refusal;

const GRPC_TIMEOUT: &str = "grpc-timeout";

/// Ends a call at its client's deadline, or at the service's own where the client sets none or a later one.
///
/// It is over for the client only: a mutation in hand runs to its end, see `call::Call`.
#[derive(Clone)]
pub(super) struct TimeLimit {
    methods: Arc<Methods>,
    longest: Duration,
    longest_streaming: Duration,
}

impl TimeLimit {
    pub(super) fn new(methods: Arc<Methods>, limits: &Limits) -> Self {
        Self {
            methods,
            longest: limits.deadline,
            longest_streaming: limits.streaming_deadline,
        }
    }
}

impl Middleware for TimeLimit {
    async fn handle<N: Inner>(&self, mut request: Request<Body>, next: &N) -> Response<Body> {
        let method = self.methods.get(request.uri().path());
        let streams = method.is_some_and(|method| method.client_streaming);
        let longest = if streams {
            self.longest_streaming
        } else {
            self.longest
        };
        let time = grpc_timeout(request.headers()).map_or(longest, |asked| asked.min(longest));
        let refusal = Refusal::of(&request);
        request.extensions_mut().insert(Deadline::within(time));
        // An answer's headers come before its stream, which may go on for as long as the client listens.
        match timeout(time, next.answer(request)).await {
            Ok(response) => response,
            Err(_) => {
                let failure = Failure::new(Kind::DeadlineExceeded, ErrorReason::DeadlineExceeded);
                let mutation = method.is_none_or(|method| method.mutation);
                refusal.answer(if mutation { failure.may_be_done() } else { failure })
            }
        }
    }
}

/// The `grpc-timeout` header: up to eight digits and a unit. A malformed one is ignored, as by tonic and grpc-go.
fn grpc_timeout(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get(GRPC_TIMEOUT)?.to_str().ok()?;
    let (digits, unit) = value.split_at_checked(value.len().checked_sub(1)?)?;
    if digits.len() > 8 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let count: u64 = digits.parse().ok()?;
    Some(match unit {
        "H" => Duration::from_secs(count * 3600),
        "M" => Duration::from_secs(count * 60),
        "S" => Duration::from_secs(count),
        "m" => Duration::from_millis(count),
        "u" => Duration::from_micros(count),
        "n" => Duration::from_nanos(count),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn parsed(value: &'static str) -> Option<Duration> {
        grpc_timeout(&HeaderMap::from_iter([(
            http::HeaderName::from_static(GRPC_TIMEOUT),
            HeaderValue::from_static(value),
        )]))
    }

    #[test]
    fn every_unit_is_understood() {
        assert_eq!(parsed("2H"), Some(Duration::from_secs(7200)));
        assert_eq!(parsed("3M"), Some(Duration::from_secs(180)));
        assert_eq!(parsed("99999999S"), Some(Duration::from_secs(99_999_999)));
        assert_eq!(parsed("250m"), Some(Duration::from_millis(250)));
        assert_eq!(parsed("1u"), Some(Duration::from_micros(1)));
        assert_eq!(parsed("0n"), Some(Duration::ZERO));
    }

    #[test]
    fn nonsense_is_ignored() {
        for value in ["", "S", "1", "1s", "-1S", "+1S", "1.5S", "999999999S"] {
            assert_eq!(parsed(value), None, "{value:?}");
        }
    }
}
