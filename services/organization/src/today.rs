use jiff::{Timestamp, civil::Date, tz::TimeZone};

/// Which day it is for the company.
#[derive(Debug, Clone)]
pub struct Today(TimeZone);

impl Today {
    /// By the days of this time zone.
    pub const fn in_zone(zone: TimeZone) -> Self {
        Self(zone)
    }

    /// The day it is now.
    pub fn date(&self) -> Date {
        self.0.to_datetime(Timestamp::now()).date()
    }
}
