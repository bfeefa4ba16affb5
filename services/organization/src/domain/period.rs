use jiff::civil::Date;

/// The days from one on, to before another if there is one: `[start, end)`. A period that ends on the day it starts is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Period {
    start: Date,
    end: Option<Date>,
}

impl Period {
    /// The days from `start` to before `end`; `None` where the end lies before the start.
    pub fn new(start: Date, end: Option<Date>) -> Option<Self> {
        (end.is_none_or(|end| start <= end)).then_some(Self { start, end })
    }

    /// The days from `start` on.
    pub const fn since(start: Date) -> Self {
        Self { start, end: None }
    }

    /// The first day.
    pub const fn start(self) -> Date {
        self.start
    }

    /// The first day after it; `None` where it goes on.
    pub const fn end(self) -> Option<Date> {
        self.end
    }

    /// Whether it has no day.
    pub fn is_empty(self) -> bool {
        self.end == Some(self.start)
    }

    /// Whether the day is one of it.
    pub fn contains(self, day: Date) -> bool {
        self.start <= day && self.end.is_none_or(|end| day < end)
    }

    /// The days that both have; `None` where they share none.
    pub fn intersection(self, other: Self) -> Option<Self> {
        let end = match (self.end, other.end) {
            (Some(one), Some(another)) => Some(one.min(another)),
            (one, another) => one.or(another),
        };
        Self::new(self.start.max(other.start), end).filter(|shared| !shared.is_empty())
    }

    /// Whether they share a day.
    pub fn overlaps(self, other: Self) -> bool {
        self.intersection(other).is_some()
    }

    /// The first day that is not one of `other`; `None` where all are.
    pub fn first_day_outside(self, other: Self) -> Option<Date> {
        if self.is_empty() {
            return None;
        }
        if self.start < other.start {
            return Some(self.start);
        }
        let left = other.end?;
        (self.end.is_none_or(|end| left < end)).then(|| self.start.max(left))
    }

    /// The same cut off before `end`; empty where it would only have started then.
    pub fn ended(self, end: Date) -> Self {
        let end = self.end.map_or(end, |own| own.min(end));
        Self {
            start: self.start,
            end: Some(end.max(self.start)),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn day(offset: i32) -> Date {
        date(2026, 1, 1).saturating_add(jiff::Span::new().days(offset))
    }

    fn period() -> impl Strategy<Value = Period> {
        (0..40_i32, prop::option::of(0..20_i32)).prop_map(|(start, length)| Period {
            start: day(start),
            end: length.map(|length| day(start + length)),
        })
    }

    proptest! {
        #[test]
        fn agrees_with_counting_days(one in period(), other in period(), cut in 0..60_i32) {
            let shared: Vec<i32> = (0..80).filter(|at| one.contains(day(*at)) && other.contains(day(*at))).collect();
            prop_assert_eq!(one.overlaps(other), !shared.is_empty());
            prop_assert_eq!(one.intersection(other).map(Period::start), shared.first().map(|at| day(*at)));
            let outside = (0..80).find(|at| one.contains(day(*at)) && !other.contains(day(*at)));
            prop_assert_eq!(one.first_day_outside(other), outside.map(day));
            for at in 0..80 {
                prop_assert_eq!(one.ended(day(cut)).contains(day(at)), one.contains(day(at)) && at < cut);
            }
        }
    }

    #[test]
    fn an_end_before_the_start_is_no_period() {
        assert_eq!(Period::new(day(2), Some(day(1))), None);
        assert!(Period::new(day(2), Some(day(2))).unwrap().is_empty());
    }
}
