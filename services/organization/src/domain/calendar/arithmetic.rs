//! Adding and measuring working time.
//!
//! The clock decides when people work, the instants between decide for how long: an hour that the clock skips is not worked, and
//! one that it repeats is worked twice, unless working hours begin or end within it, when one pass of it counts.

use jiff::{
    SignedDuration, Span as Days, Timestamp,
    civil::{Date, DateTime},
    tz::{AmbiguousOffset, AmbiguousTimestamp},
};

use super::{Calendar, Span, Unanswerable};

/// How far ahead working time is looked for.
pub const YEARS: i16 = 10;

impl Calendar {
    /// The instant that lies an amount of working time after another; for none, the first working instant from then on.
    ///
    /// # Errors
    /// A day on the way that nothing is said about, or too little working time in ten years.
    pub fn add(&self, start: Timestamp, amount: SignedDuration) -> Result<Timestamp, Unanswerable> {
        let first = self.date_of(start);
        let last = first.saturating_add(Days::new().years(YEARS));
        let mut left = amount;
        for date in first.series(Days::new().days(1)).take_while(|date| *date < last) {
            for (from, to) in self.stretches(date)? {
                let from = from.max(start);
                let length = to.duration_since(from);
                if length <= SignedDuration::ZERO {
                    continue;
                }
                if left <= length {
                    // At most `to`, so within what a timestamp can hold.
                    return Ok(from.saturating_add(left).unwrap_or(to));
                }
                left -= length;
            }
        }
        Err(Unanswerable::Exhausted)
    }

    /// The end of the so-many-th working day after the day of an instant; that day itself does not count.
    ///
    /// # Errors
    /// A day on the way that nothing is said about, or too few working days in ten years.
    pub fn add_days(&self, start: Timestamp, days: i32) -> Result<Timestamp, Unanswerable> {
        let first = self.date_of(start);
        let last = first.saturating_add(Days::new().years(YEARS));
        let mut left = days;
        for date in first
            .series(Days::new().days(1))
            .skip(1)
            .take_while(|date| *date < last)
        {
            if let Some((_, end)) = self.stretches(date)?.last() {
                left -= 1;
                if left <= 0 {
                    return Ok(end);
                }
            }
        }
        Err(Unanswerable::Exhausted)
    }

    /// How much working time lies between two instants; none where the second is not later.
    ///
    /// # Errors
    /// A day between that nothing is said about.
    pub fn measure(&self, start: Timestamp, end: Timestamp) -> Result<SignedDuration, Unanswerable> {
        let (first, last) = (self.date_of(start), self.date_of(end));
        let mut total = SignedDuration::ZERO;
        for date in first.series(Days::new().days(1)).take_while(|date| *date <= last) {
            for (from, to) in self.stretches(date)? {
                let length = to.min(end).duration_since(from.max(start));
                total += length.max(SignedDuration::ZERO);
            }
        }
        Ok(total)
    }

    fn date_of(&self, instant: Timestamp) -> Date {
        self.zone.to_datetime(instant).date()
    }

    /// The working time of a day, as instants.
    fn stretches(&self, date: Date) -> Result<impl Iterator<Item = (Timestamp, Timestamp)>, Unanswerable> {
        let spans = self.hours_on(date)?.spans();
        Ok(spans.iter().map(move |span| self.instants(date, *span)))
    }

    fn instants(&self, date: Date, span: Span) -> (Timestamp, Timestamp) {
        let start = self.zone.to_ambiguous_timestamp(clock(date, span.start()));
        let end = self.zone.to_ambiguous_timestamp(clock(date, span.end()));
        // Hours that begin within a repeated hour begin with its second pass, lest the part of the first pass after them is taken
        // in; unless they end within it too.
        let second = is_fold(&start) && !is_fold(&end);
        (self.resolve(start, second), self.resolve(end, false))
    }

    /// The instant at which the clock shows the time; where it skips it, the instant of the skip.
    fn resolve(&self, time: AmbiguousTimestamp, second: bool) -> Timestamp {
        let (dated, shown) = (time.datetime(), time.offset());
        let at = |offset: jiff::tz::Offset| offset.to_timestamp(dated).unwrap_or(Timestamp::MAX);
        match shown {
            AmbiguousOffset::Unambiguous { offset } => at(offset),
            AmbiguousOffset::Fold { before, after } => at(if second { after } else { before }),
            AmbiguousOffset::Gap { after, .. } => {
                let before_skip = at(after);
                let skip = self.zone.following(before_skip).next();
                skip.map_or(before_skip, |skip| skip.timestamp())
            }
        }
    }
}

fn is_fold(time: &AmbiguousTimestamp) -> bool {
    matches!(time.offset(), AmbiguousOffset::Fold { .. })
}

/// The time of day on a date; the next date's first for the end of the day.
fn clock(date: Date, minutes: u16) -> DateTime {
    date.at(0, 0, 0, 0)
        .saturating_add(Days::new().minutes(i64::from(minutes)))
}

#[cfg(test)]
mod tests;
