//! W3C trace context: how a call's trace goes on from its caller, and on to those it calls.

use std::{
    fmt::Write as _,
    sync::atomic::{AtomicBool, Ordering},
};

use http::HeaderMap;
use opentelemetry::{
    propagation::{Extractor, TextMapPropagator as _},
    trace::{SpanContext, TraceContextExt as _, TraceId},
};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

/// Set once by `init`; false in every process without a collector, and in tests.
static EXPORTING: AtomicBool = AtomicBool::new(false);

pub(crate) fn set_exporting(on: bool) {
    EXPORTING.store(on, Ordering::Relaxed);
}

/// Whether spans are exported, so that trace context is worth reading and passing on.
#[must_use]
pub fn exporting() -> bool {
    EXPORTING.load(Ordering::Relaxed)
}

/// Makes the span continue the trace that the headers name, if they name one and spans are exported.
pub fn adopt(span: &Span, headers: &HeaderMap) {
    if !exporting() {
        return;
    }
    let parent = TraceContextPropagator::new().extract(&Headers(headers));
    if parent.span().span_context().is_valid() {
        // It fails only for a span that no layer records; then there is nothing to continue.
        let _ = span.set_parent(parent);
    }
}

/// The span as a `traceparent` header's value; `None` where spans are not exported.
#[must_use]
pub fn traceparent(span: &Span) -> Option<String> {
    if !exporting() {
        return None;
    }
    let context = span.context();
    let context = context.span().span_context().clone();
    context.is_valid().then(|| render(&context))
}

fn render(context: &SpanContext) -> String {
    let mut value = String::with_capacity(55);
    // Writing to a string cannot fail.
    let _ = write!(
        value,
        "00-{}-{}-{:02x}",
        context.trace_id(),
        context.span_id(),
        context.trace_flags().to_u8()
    );
    value
}

/// The span that a `traceparent` header's value names.
pub(crate) fn parse(traceparent: &str) -> Option<SpanContext> {
    let mut headers = HeaderMap::new();
    headers.insert("traceparent", traceparent.parse().ok()?);
    let context = TraceContextPropagator::new().extract(&Headers(&headers));
    let context = context.span().span_context().clone();
    context.is_valid().then_some(context)
}

/// The span's trace id, 32 hexadecimal digits; a random one where spans are not exported, so that an answer and its log
/// line still share one.
#[must_use]
pub fn trace_id(span: &Span) -> String {
    let context = span.context();
    let recorded = context.span().span_context().trace_id();
    if exporting() && recorded != TraceId::INVALID {
        recorded.to_string()
    } else {
        TraceId::from_bytes(rand::random()).to_string()
    }
}

struct Headers<'a>(&'a HeaderMap);

impl Extractor for Headers<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.to_str().ok()
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(http::HeaderName::as_str).collect()
    }
}
