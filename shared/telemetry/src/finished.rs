//! Spans of work that is over before anybody exports it, such as work that took days and moved from process to process: their ids
//! and times are the caller's own. Always sampled, whatever is decided about calls.

use std::{
    sync::{
        PoisonError, RwLock,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread,
    time::{Duration, SystemTime},
};

use opentelemetry::{
    InstrumentationScope, KeyValue,
    trace::{Link, SpanContext, SpanId, SpanKind, Status, TraceFlags, TraceId, TraceState},
};
use opentelemetry_otlp::SpanExporter;
use opentelemetry_sdk::trace::{SpanData, SpanEvents, SpanExporter as _, SpanLinks};
use tokio::runtime::Handle;

use crate::{context, export};

/// Batches waiting for the collector. Beyond it they are dropped: a dead collector must not cost calls or memory.
const QUEUE: usize = 256;
/// How often a batch is tried, and how long between: a collector that restarts should not cost it.
const ATTEMPTS: usize = 3;
const PAUSE: Duration = Duration::from_secs(1);

/// Where batches wait; `None` where spans are not exported.
static WAITING: RwLock<Option<SyncSender<Vec<SpanData>>>> = RwLock::new(None);

/// A span that is over.
#[derive(Clone, Debug)]
pub struct FinishedSpan {
    /// The trace it belongs to. The same ids again mean the same span again: collectors keep one of them.
    pub trace_id: [u8; 16],
    /// Its id.
    pub span_id: [u8; 8],
    /// The id of the span it is part of; `None` for a trace's root.
    pub parent: Option<[u8; 8]>,
    /// What it is: one of few.
    pub name: String,
    /// When it began.
    pub start: SystemTime,
    /// When it ended.
    pub end: SystemTime,
    /// What else there is to know.
    pub attributes: Vec<(&'static str, String)>,
    /// The spans that it has to do with, as W3C `traceparent`s; what is none is left out.
    pub links: Vec<String>,
}

/// Exports spans, all in one batch, without waiting for it. Where spans are not exported it does nothing; where the collector has
/// not kept up they are dropped, and a log line says so.
pub fn export_finished(spans: Vec<FinishedSpan>) {
    let waiting = WAITING.read().unwrap_or_else(PoisonError::into_inner);
    let Some(waiting) = waiting.as_ref().filter(|_| !spans.is_empty()) else {
        return;
    };
    if waiting.try_send(spans.into_iter().map(data).collect()).is_err() {
        tracing::warn!("finished spans dropped: the collector does not keep up");
    }
}

fn data(span: FinishedSpan) -> SpanData {
    let mut links = SpanLinks::default();
    links.links = span
        .links
        .iter()
        .filter_map(|traceparent| context::parse(traceparent))
        .map(Link::with_context)
        .collect();
    SpanData {
        span_context: SpanContext::new(
            TraceId::from_bytes(span.trace_id),
            SpanId::from_bytes(span.span_id),
            TraceFlags::SAMPLED,
            false,
            TraceState::NONE,
        ),
        parent_span_id: span.parent.map_or(SpanId::INVALID, SpanId::from_bytes),
        parent_span_is_remote: false,
        span_kind: SpanKind::Internal,
        name: span.name.into(),
        start_time: span.start,
        end_time: span.end.max(span.start),
        attributes: span
            .attributes
            .into_iter()
            .map(|(key, value)| KeyValue::new(key, value))
            .collect(),
        dropped_attributes_count: 0,
        events: SpanEvents::default(),
        links,
        status: Status::Unset,
        instrumentation_scope: InstrumentationScope::builder("salient").build(),
    }
}

/// Keeps exporting until it is dropped, and then exports what still waits, for as long as telemetry may take to end.
#[derive(Debug)]
pub(crate) struct Exporting {
    ended: Receiver<()>,
}

impl Exporting {
    /// Starts. The exporter works on the current runtime, from a thread of its own.
    pub(crate) fn start(exporter: SpanExporter) -> std::io::Result<Self> {
        let (waiting, batches) = sync_channel(QUEUE);
        let (end, ended) = sync_channel(1);
        let runtime = Handle::current();
        thread::Builder::new()
            .name("finished-spans".to_owned())
            .spawn(move || {
                export_all(&runtime, &exporter, &batches);
                // Nobody listens where the process did not wait.
                let _ = end.send(());
            })?;
        set_waiting(Some(waiting));
        Ok(Self { ended })
    }
}

impl Drop for Exporting {
    fn drop(&mut self) {
        // The thread ends when it has exported what was sent before.
        set_waiting(None);
        let _ = self.ended.recv_timeout(export::FLUSH);
    }
}

fn set_waiting(to: Option<SyncSender<Vec<SpanData>>>) {
    *WAITING.write().unwrap_or_else(PoisonError::into_inner) = to;
}

fn export_all(runtime: &Handle, exporter: &SpanExporter, batches: &Receiver<Vec<SpanData>>) {
    for batch in batches {
        for attempt in 1..=ATTEMPTS {
            match runtime.block_on(exporter.export(batch.clone())) {
                Ok(()) => break,
                Err(error) if attempt == ATTEMPTS => {
                    tracing::warn!(%error, "finished spans dropped: the collector does not take them");
                }
                Err(_) => thread::sleep(PAUSE),
            }
        }
    }
}
