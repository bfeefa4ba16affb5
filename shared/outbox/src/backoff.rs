use std::time::Duration;

use rand::Rng as _;

/// The pause after the first failure; it doubles from there.
const FIRST: Duration = Duration::from_millis(100);
/// No pause is longer, so that a destination that is well again gets its deliveries within this time.
const LONGEST: Duration = Duration::from_secs(30);
/// The pause for what only people can put right.
pub(crate) const STUCK: Duration = Duration::from_secs(60);

/// How long to wait after an attempt, which is counted from 1. Between half and all of the time due, so that what failed
/// together does not come back together.
pub(crate) fn after(attempt: i32) -> Duration {
    let doublings = u32::try_from(attempt.saturating_sub(1).clamp(0, 16)).unwrap_or_default();
    let due = FIRST.saturating_mul(2_u32.pow(doublings)).min(LONGEST);
    rand::rng().random_range(due / 2..=due)
}

#[cfg(test)]
mod tests {
    use super::{FIRST, LONGEST, after};

    #[test]
    fn pauses_grow_up_to_a_limit() {
        assert!(after(1) <= FIRST && after(1) >= FIRST / 2);
        assert!(after(4) >= FIRST * 4);
        for attempt in [0, -1, 20, i32::MAX] {
            assert!(after(attempt) <= LONGEST);
        }
        assert!(after(i32::MAX) >= LONGEST / 2);
    }
}
