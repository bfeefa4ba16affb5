//! Between the proto's messages and the domain's values.

pub mod appointment;
pub mod calendar;
pub mod employee;
pub mod import;
pub mod lookup;
pub mod name;
pub mod unit;

use jiff::civil::Date;
use salient_proto::google::r#type as google;
use salient_values::date;

use crate::{domain::Period, error::Error};

/// The last day's successor as sent; not set where the period goes on.
fn end_date(period: Period) -> Option<google::Date> {
    period.end().map(date::to_proto)
}

/// A date that may be left out.
pub fn optional_date(sent: Option<&google::Date>, field: &'static str) -> Result<Option<Date>, Error> {
    Ok(sent
        .map(|sent| date::from_proto(sent).map_err(|error| error.at(field)))
        .transpose()?)
}

/// A text of 1 to 100 characters, as names of things and people are.
pub fn display_name(text: &str, field: &'static str) -> Result<String, Error> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > 100 {
        return Err(salient_failure::Failure::invalid_field(field, "must be 1 to 100 characters").into());
    }
    Ok(text.to_owned())
}
