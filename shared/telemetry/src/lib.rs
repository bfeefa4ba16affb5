//! Logs always, traces when asked for.
//!
//! Logs go to standard error: for people on a terminal, as JSON elsewhere. Spans are exported by OTLP if and only if the
//! standard `OTEL_EXPORTER_OTLP_ENDPOINT` or `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` is set; without them no trace context is
//! read, made or passed on, so that a call pays nothing for it.

mod context;
mod export;
mod finished;
mod logs;
mod span_fields;

use opentelemetry_sdk::trace::SdkTracerProvider;

use self::finished::Exporting;
use tracing_subscriber::{layer::SubscriberExt as _, util::SubscriberInitExt as _};

pub use self::{
    context::{adopt, exporting, trace_id, traceparent},
    finished::{FinishedSpan, export_finished},
};

/// Why telemetry could not start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// `telemetry.filter` is not a filter.
    #[error("telemetry.filter: {0}")]
    Filter(#[from] tracing_subscriber::filter::ParseError),
    /// The exporter does not like its endpoint.
    #[error("OTEL_EXPORTER_OTLP_ENDPOINT: {0}")]
    Exporter(#[from] opentelemetry_otlp::ExporterBuildError),
    /// The thread that exports finished spans cannot be started.
    #[error("exporting finished spans: {0}")]
    Thread(#[from] std::io::Error),
    /// Something else in the process has set a subscriber already.
    #[error("logging was set up twice")]
    Twice(#[from] tracing_subscriber::util::TryInitError),
}

/// Keeps telemetry running; what is still queued is sent when it is dropped.
#[derive(Debug)]
#[must_use = "telemetry stops when this is dropped"]
pub struct Guard {
    provider: Option<SdkTracerProvider>,
    /// Ends after the provider has been told to.
    _finished: Option<Exporting>,
}

impl Drop for Guard {
    fn drop(&mut self) {
        if let Some(provider) = &self.provider
            && let Err(error) = provider.shutdown_with_timeout(export::FLUSH)
        {
            // Logging may be gone by now, and nobody is left to act on it.
            eprintln!("traces not fully exported: {error}");
        }
    }
}

/// Sets up logs and traces for the process. `service` is its name in traces where `OTEL_SERVICE_NAME` gives none.
///
/// Call it inside the Tokio runtime: the exporter's connection lives there.
///
/// # Errors
/// A malformed filter or endpoint, or a second call.
pub fn init(settings: &salient_config::Telemetry, service: &'static str) -> Result<Guard, Error> {
    let provider = export::provider(service)?;
    let spans = provider.as_ref().map(export::layer);
    tracing_subscriber::registry()
        .with(spans)
        .with(logs::layer(settings)?)
        .try_init()?;
    context::set_exporting(provider.is_some());
    let finished = match &provider {
        Some(_) => Some(Exporting::start(export::exporter(service)?)?),
        None => None,
    };
    Ok(Guard {
        provider,
        _finished: finished,
    })
}
