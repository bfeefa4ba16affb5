use std::io::{IsTerminal as _, stderr};

use salient_config::{LogFormat, Telemetry};
use tracing::Subscriber;
use tracing_subscriber::{EnvFilter, Layer, fmt, registry::LookupSpan};

use crate::{Error, span_fields::SpanFields};

/// Log lines on standard error, so that what a command prints stays usable in a pipe.
pub(crate) fn layer<S>(settings: &Telemetry) -> Result<Box<dyn Layer<S> + Send + Sync>, Error>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    let filter: EnvFilter = settings.filter.parse()?;
    let for_people = match settings.format {
        LogFormat::Auto => stderr().is_terminal(),
        LogFormat::Pretty => true,
        LogFormat::Json => false,
    };
    Ok(if for_people {
        fmt::layer()
            .with_writer(stderr)
            .with_target(false)
            .compact()
            .with_filter(filter)
            .boxed()
    } else {
        fmt::layer()
            .with_writer(stderr)
            .json()
            .flatten_event(true)
            .fmt_fields(SpanFields)
            .with_filter(filter)
            .boxed()
    })
}
