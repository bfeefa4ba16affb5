//! The one place where a failure becomes what the client sees.

use http::{HeaderValue, Request, Response, header::ACCEPT_LANGUAGE, uri::PathAndQuery};
use salient_failure::{Failure, Kind, Locale};
use tonic::{Status, body::Body};
use tracing::Span;

/// What refusing a call takes: which call it is, and the language of whoever reads the answer.
#[derive(Clone)]
pub(crate) struct Refusal {
    method: Option<PathAndQuery>,
    language: Option<HeaderValue>,
}

impl Refusal {
    pub(crate) fn of<T>(request: &Request<T>) -> Self {
        Self {
            method: request.uri().path_and_query().cloned(),
            language: request.headers().get(ACCEPT_LANGUAGE).cloned(),
        }
    }

    /// The refusal as a whole answer.
    pub(crate) fn answer(&self, failure: Failure) -> Response<Body> {
        self.status(failure).into_http()
    }

    /// The refusal as a status.
    pub(crate) fn status(&self, failure: Failure) -> Status {
        let method = self.method.as_ref().map_or("unknown", PathAndQuery::path);
        let language = self.language.as_ref().and_then(|language| language.to_str().ok());
        status(
            failure,
            method,
            language.map_or(Locale::English, Locale::from_accept_language),
        )
    }
}

/// Makes the status of a failure. What the client does not see goes to the log, under the trace id that the client does see.
pub(crate) fn status(failure: Failure, method: &str, locale: Locale) -> Status {
    let failure = match failure.kind() {
        Kind::Internal => {
            let trace_id = salient_telemetry::trace_id(&Span::current());
            let error: &(dyn std::error::Error + 'static) = &failure;
            tracing::error!(method, trace_id, error, "call failed");
            failure.with("trace_id", trace_id)
        }
        Kind::Unavailable | Kind::DeadlineExceeded => {
            let error: &(dyn std::error::Error + 'static) = &failure;
            tracing::warn!(method, error, "call could not be served");
            failure
        }
        _ => {
            tracing::debug!(method, reason = failure.reason(), "call refused");
            failure
        }
    };
    failure.into_status(locale)
}
