//! Where a notification stands among all of them.

/// How many bits say which of an event's notifications it is. More than a million for one event, which no event's size allows;
/// events beyond 8 × 10¹² would need more than 63 bits.
const ORDINAL_BITS: u32 = 20;

/// Where a notification stands: behind so many of those that are made of one event of the feed. As a number it grows with the
/// event's position in the feed first, so it is the same for every replica.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The event's position in the feed, from 1.
    event: i64,
    /// Which of the event's notifications it is, from 1; 0 before the first.
    ordinal: i64,
}

impl Position {
    /// Before everything.
    pub const START: Self = Self { event: 0, ordinal: 0 };

    /// Of the notification at this index, from 0, of those made of an event.
    #[must_use]
    pub fn of(event: i64, index: usize) -> Self {
        let most = (1 << ORDINAL_BITS) - 1;
        let ordinal = i64::try_from(index).map_or(most, |index| (index + 1).min(most));
        Self { event, ordinal }
    }

    /// Behind every notification of an event, and before those of the next.
    #[must_use]
    pub const fn behind(event: i64) -> Self {
        Self {
            event: event + 1,
            ordinal: 0,
        }
    }

    /// The position of a number. Any number that is not negative is one; those below are taken for the start.
    #[must_use]
    pub const fn from_number(number: i64) -> Self {
        if number < 0 {
            return Self::START;
        }
        Self {
            event: number >> ORDINAL_BITS,
            ordinal: number & ((1 << ORDINAL_BITS) - 1),
        }
    }

    /// It as a number.
    #[must_use]
    pub const fn number(self) -> i64 {
        (self.event << ORDINAL_BITS) | self.ordinal
    }

    /// The position in the feed behind which every notification after this one is found.
    #[must_use]
    pub const fn read_after(self) -> i64 {
        if self.event > 0 { self.event - 1 } else { 0 }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_start_reads_the_feed_from_its_beginning() {
        assert_eq!(Position::from_number(0), Position::START);
        assert_eq!(Position::START.read_after(), 0);
        assert!(Position::START < Position::of(1, 0));
        assert_eq!(Position::behind(0).read_after(), 0);
        assert_eq!(Position::from_number(-1), Position::START);
    }

    proptest! {
        #[test]
        fn numbers_order_as_positions_do(
            one in (1..1_i64 << 42, 0..1_000_usize),
            other in (1..1_i64 << 42, 0..1_000_usize),
        ) {
            let (a, b) = (Position::of(one.0, one.1), Position::of(other.0, other.1));
            prop_assert_eq!(a.cmp(&b), one.cmp(&other));
            prop_assert_eq!(a.number().cmp(&b.number()), one.cmp(&other));
            prop_assert_eq!(Position::from_number(a.number()), a);
        }

        #[test]
        fn what_is_behind_an_event_is_before_the_next(event in 1..1_i64 << 42, index in 0..1_000_usize) {
            let behind = Position::behind(event);
            prop_assert!(Position::of(event, index) < behind);
            prop_assert!(behind < Position::of(event + 1, 0));
            prop_assert_eq!(behind.read_after(), event);
            prop_assert_eq!(Position::of(event, index).read_after(), event - 1);
        }
    }
}
