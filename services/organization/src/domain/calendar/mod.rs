//! Business calendars: when people work, and reckoning in working time (P2.1).

mod arithmetic;
mod hours;
mod version;

use jiff::civil::Date;
use jiff::tz::TimeZone;

pub use arithmetic::YEARS;
pub use hours::{Hours, Span};
pub use version::{SpecialDay, Version};

/// A calendar with all that it says, by date.
#[derive(Debug, Clone)]
pub struct Calendar {
    zone: TimeZone,
    /// By number, the oldest first.
    versions: Vec<Version>,
}

/// Why a question about working time has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unanswerable {
    /// No version is effective on the day.
    #[error("nothing is said about {0}")]
    NotEffective(Date),
    /// There is too little working time within the years that are looked at.
    #[error("too little working time")]
    Exhausted,
}

impl Calendar {
    /// A calendar in a time zone, with its versions in any order.
    pub fn new(zone: TimeZone, mut versions: Vec<Version>) -> Self {
        versions.sort_by_key(|version| version.number);
        Self { zone, versions }
    }

    /// The number of the newest version; 0 where there is none.
    pub fn latest(&self) -> i32 {
        self.versions.last().map_or(0, |version| version.number)
    }

    /// The hours of a day: those of the newest version that is effective on it.
    fn hours_on(&self, date: Date) -> Result<&Hours, Unanswerable> {
        let effective = self
            .versions
            .iter()
            .rev()
            .find(|version| version.effective <= date);
        effective
            .map(|version| version.hours_on(date))
            .ok_or(Unanswerable::NotEffective(date))
    }
}
