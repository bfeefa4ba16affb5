//! What time it is.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use jiff::{SignedDuration, Timestamp};

/// The clock that approvals are changed and timers are looked at by: the machine's, unless a test moves it. Cheap to clone; all
/// clones show the same time.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    /// How far it is ahead of the machine's, in microseconds.
    ahead: Arc<AtomicI64>,
}

impl Clock {
    /// Now, in the microseconds that the database keeps.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let ahead = SignedDuration::from_micros(self.ahead.load(Ordering::Relaxed));
        let now = Timestamp::now();
        let now = now.checked_add(ahead).unwrap_or(now);
        Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
    }

    /// Moves it, forwards or backwards.
    pub fn shift(&self, by: SignedDuration) {
        let by = i64::try_from(by.as_micros()).unwrap_or_default();
        self.ahead.fetch_add(by, Ordering::Relaxed);
    }
}
