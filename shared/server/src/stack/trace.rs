//! One span per call, from its first header to its last trailer.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use http_body::{Frame, SizeHint};
use tonic::{Code, Status, body::Body};
use tracing::{Instrument as _, Span, field::Empty};

use super::{
    around::{Inner, Middleware},
    methods::Methods,
};

/// Opens the span of a call. Where nobody records spans it costs one check.
#[derive(Clone)]
pub(super) struct Trace(Arc<Methods>);

impl Trace {
    pub(super) fn new(methods: Arc<Methods>) -> Self {
        Self(methods)
    }

    fn span(&self, path: &str) -> Span {
        // Only names of methods we have: whatever a stranger asks for must not become a label.
        let method = self.0.get(path);
        let (full_name, service, name) = method.map_or(("unknown", "unknown", "unknown"), |method| {
            (
                method.full_name.as_str(),
                method.service.as_str(),
                method.name.as_str(),
            )
        });
        tracing::info_span!(
            target: "salient::rpc",
            "rpc",
            otel.name = full_name,
            otel.kind = "server",
            otel.status_code = Empty,
            rpc.system = "grpc",
            rpc.service = service,
            rpc.method = name,
            rpc.response.status_code = Empty,
            trace_id = Empty,
        )
    }
}

impl Middleware for Trace {
    async fn handle<N: Inner>(&self, request: Request<Body>, next: &N) -> Response<Body> {
        let span = self.span(request.uri().path());
        if span.is_disabled() {
            return next.answer(request).await;
        }
        if salient_telemetry::exporting() {
            salient_telemetry::adopt(&span, request.headers());
            span.record("trace_id", salient_telemetry::trace_id(&span));
        }
        let mut outcome = Outcome {
            span: span.clone(),
            known: false,
        };
        let response = next.answer(request).instrument(span).await;
        // A refusal is all headers; otherwise the status comes behind the body, and the span stays open until then.
        if outcome.read(response.headers()) {
            return response;
        }
        response.map(|body| Body::new(Traced { body, outcome }))
    }
}

/// Writes the call's status into its span: the one it ends with, or CANCELLED if it is dropped before.
struct Outcome {
    span: Span,
    known: bool,
}

impl Outcome {
    /// Whether the headers told the status.
    fn read(&mut self, headers: &HeaderMap) -> bool {
        if let Some(status) = Status::from_header_map(headers) {
            self.record(status.code());
        }
        self.known
    }

    fn record(&mut self, code: Code) {
        self.known = true;
        self.span.record("rpc.response.status_code", name(code));
        // Only what is the service's fault is an error of the server's span.
        if matches!(
            code,
            Code::Unknown | Code::DeadlineExceeded | Code::Internal | Code::Unavailable | Code::DataLoss
        ) {
            self.span.record("otel.status_code", "ERROR");
        }
    }
}

impl Drop for Outcome {
    fn drop(&mut self) {
        if !self.known {
            self.record(Code::Cancelled);
        }
    }
}

struct Traced {
    body: Body,
    outcome: Outcome,
}

impl http_body::Body for Traced {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        match &frame {
            Some(Ok(frame)) => {
                if let Some(trailers) = frame.trailers_ref() {
                    self.outcome.read(trailers);
                }
            }
            Some(Err(status)) => self.outcome.record(status.code()),
            None => {}
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// The code's name as OpenTelemetry writes it.
fn name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}
