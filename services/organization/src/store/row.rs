//! Between columns and the domain's values.

use jiff::{Timestamp, civil::Date};
use salient_database::Error;

use crate::domain::Period;

/// A thing of the domain with what is recorded about its record.
#[derive(Debug, Clone)]
pub struct Record<T> {
    /// The thing.
    pub value: T,
    /// Grows by one with every change.
    pub version: i64,
    /// When it was recorded.
    pub create_time: Timestamp,
    /// When it was last changed.
    pub update_time: Timestamp,
}

impl<T> Record<T> {
    /// The record of something new.
    pub const fn new(value: T, now: Timestamp) -> Self {
        Self {
            value,
            version: 1,
            create_time: now,
            update_time: now,
        }
    }

    /// The record after a change.
    pub fn changed(self, value: T, now: Timestamp) -> Self {
        Self {
            value,
            version: self.version + 1,
            create_time: self.create_time,
            update_time: now,
        }
    }
}

/// A date as it is bound and read.
pub(super) fn sql_date(date: Date) -> jiff_diesel::Date {
    date.into()
}

/// An instant as it is bound and read.
pub(super) fn sql_time(instant: Timestamp) -> jiff_diesel::Timestamp {
    instant.into()
}

/// A period from its columns, which a constraint keeps in order.
pub(super) fn period(start: jiff_diesel::Date, end: Option<jiff_diesel::Date>) -> Result<Period, Error> {
    let end = end.map(jiff_diesel::Date::to_jiff);
    Period::new(start.to_jiff(), end).ok_or_else(|| corrupt("a period that ends before it starts"))
}

/// A value that constraints should have kept out.
pub(super) fn corrupt(what: impl Into<String>) -> Error {
    Error::Query(diesel::result::Error::DeserializationError(what.into().into()))
}
