//! What log lines tell of the spans that they stand in: the trace's id and the method, nothing else.
//!
//! Every call opens spans and hardly any of them logs a line. The JSON that comes with tracing-subscriber is parsed and written anew
//! with every value that a span gets, whether a line follows or not; this one only looks at two names.

use std::fmt::{self, Debug, Write as _};

use tracing::{
    field::{Field, Visit},
    span,
};
use tracing_subscriber::{
    field::RecordFields,
    fmt::{FormatFields, FormattedFields, format::Writer},
};

/// The fields that are told. A line tells the rest itself.
const TOLD: [&str; 2] = ["trace_id", "rpc.method"];

/// Writes the told fields of a span as a JSON object.
pub(crate) struct SpanFields;

impl<'writer> FormatFields<'writer> for SpanFields {
    fn format_fields<R: RecordFields>(&self, mut writer: Writer<'writer>, fields: R) -> fmt::Result {
        let mut told = Told(String::from("{"));
        fields.record(&mut told);
        writer.write_str(&told.0)?;
        writer.write_char('}')
    }

    fn add_fields(
        &self,
        current: &'writer mut FormattedFields<Self>,
        fields: &span::Record<'_>,
    ) -> fmt::Result {
        let mut told = Told(String::new());
        fields.record(&mut told);
        if told.0.is_empty() {
            return Ok(());
        }
        current.fields.pop();
        if current.fields.len() > 1 {
            current.fields.push(',');
        }
        current.fields.push_str(&told.0);
        current.fields.push('}');
        Ok(())
    }
}

/// The told fields seen so far, as members of a JSON object.
struct Told(String);

impl Told {
    fn member(&mut self, field: &Field, value: &str) {
        if !TOLD.contains(&field.name()) {
            return;
        }
        if !matches!(self.0.as_str(), "" | "{") {
            self.0.push(',');
        }
        let value = serde_json::Value::from(value);
        // Writing to a string cannot fail.
        let _ = write!(self.0, "\"{}\":{value}", field.name());
    }
}

impl Visit for Told {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.member(field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if TOLD.contains(&field.name()) {
            self.member(field, &format!("{value:?}"));
        }
    }
}
