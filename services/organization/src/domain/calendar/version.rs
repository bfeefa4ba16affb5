use std::collections::BTreeMap;

use jiff::civil::{Date, Weekday};

use super::Hours;

/// What a calendar says from a date on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Its number, from 1. A later version outweighs an earlier one wherever it is effective.
    pub number: i32,
    /// The first day it is effective.
    pub effective: Date,
    /// The hours of the days of the week, Monday first.
    pub weekly: [Hours; 7],
    /// The days that differ.
    pub special: BTreeMap<Date, SpecialDay>,
}

/// A day that differs from its day of the week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpecialDay {
    /// The occasion, for people.
    pub display_name: String,
    /// The hours of a make-up working day; `None` on a holiday.
    pub hours: Option<Hours>,
}

static OFF: Hours = Hours::NONE;

impl Version {
    /// The hours of a day.
    pub fn hours_on(&self, date: Date) -> &Hours {
        match self.special.get(&date) {
            Some(SpecialDay { hours, .. }) => hours.as_ref().unwrap_or(&OFF),
            None => self.weekday(date.weekday()),
        }
    }

    /// The hours of a day of the week.
    pub fn weekday(&self, weekday: Weekday) -> &Hours {
        let index = usize::try_from(weekday.to_monday_zero_offset()).unwrap_or_default();
        self.weekly.get(index).unwrap_or(&OFF)
    }
}
