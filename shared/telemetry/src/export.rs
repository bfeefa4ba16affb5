use std::{env, time::Duration};

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{
    ExporterBuildError, OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, SpanExporter,
};
use opentelemetry_sdk::{
    Resource,
    trace::{BatchConfigBuilder, BatchSpanProcessor, SdkTracerProvider, SpanExporter as _},
};
use tracing::{Subscriber, level_filters::LevelFilter};
use tracing_subscriber::{Layer, registry::LookupSpan};

/// How long the last spans may take to leave when the process ends.
pub(crate) const FLUSH: Duration = Duration::from_secs(3);
/// Spans waiting for the collector. Beyond it they are dropped: a dead collector must not cost calls or memory.
const QUEUE: usize = 4096;
const BATCH: usize = 512;

/// The provider that exports spans, if the environment asks for one.
pub(crate) fn provider(service: &'static str) -> Result<Option<SdkTracerProvider>, ExporterBuildError> {
    if !set(OTEL_EXPORTER_OTLP_ENDPOINT) && !set(OTEL_EXPORTER_OTLP_TRACES_ENDPOINT) {
        return Ok(None);
    }
    let exporter = SpanExporter::builder().with_tonic().build()?;
    let batches = BatchConfigBuilder::default()
        .with_max_queue_size(QUEUE)
        .with_max_export_batch_size(BATCH)
        .build();
    let processor = BatchSpanProcessor::builder(exporter)
        .with_batch_config(batches)
        .build();
    Ok(Some(
        SdkTracerProvider::builder()
            .with_span_processor(processor)
            .with_resource(resource(service))
            .build(),
    ))
}

/// An exporter to the same collector, for spans that no provider makes.
pub(crate) fn exporter(service: &'static str) -> Result<SpanExporter, ExporterBuildError> {
    // It reads the endpoint, headers and timeouts from the standard variables itself.
    let mut exporter = SpanExporter::builder().with_tonic().build()?;
    exporter.set_resource(&resource(service));
    Ok(exporter)
}

fn resource(service: &'static str) -> Resource {
    let mut resource = Resource::builder();
    if !set("OTEL_SERVICE_NAME") {
        resource = resource.with_service_name(service);
    }
    resource.build()
}

fn set(name: &str) -> bool {
    env::var_os(name).is_some_and(|value| !value.is_empty())
}

/// Turns spans of INFO and above into exported ones, whatever the log filter says.
pub(crate) fn layer<S>(provider: &SdkTracerProvider) -> impl Layer<S> + Send + Sync + use<S>
where
    S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
{
    tracing_opentelemetry::layer()
        .with_tracer(provider.tracer("salient"))
        // Source positions of spans are of no use to whoever reads a trace, and cost on every span.
        .with_location(false)
        .with_threads(false)
        // Nobody asks OpenTelemetry for its current context; setting it costs each time that a span is entered.
        .with_context_activation(false)
        .with_filter(LevelFilter::INFO)
}
