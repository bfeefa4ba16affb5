//! How long to wait before looking whether something has happened by itself.
//!
//! Looking is a call, and calls take from the machine what is measured. So a wait lasts about as long as the ones before it did,
//! and one look is mostly enough.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use anyhow::Context as _;
use tokio::time::sleep;

/// What nothing takes.
const PATIENCE: Duration = Duration::from_secs(30);
/// The least pause between two looks.
const LEAST: Duration = Duration::from_millis(1);

/// What is known of the waits for one thing. Shared by all clients.
#[derive(Debug)]
pub struct Wait {
    expected_micros: AtomicU64,
    learns: bool,
}

impl Wait {
    /// Learns how long it takes, starting from a guess.
    #[must_use]
    pub fn learning() -> Self {
        Self {
            expected_micros: AtomicU64::new(2_000),
            learns: true,
        }
    }

    /// Always waits so long, which is long enough: for counting, where one look has to do.
    #[must_use]
    pub fn fixed(pause: Duration) -> Self {
        Self {
            expected_micros: AtomicU64::new(micros(pause)),
            learns: false,
        }
    }

    /// Looks until it has happened.
    ///
    /// # Errors
    /// What looking fails with; that it does not happen.
    pub async fn until<T, Fut>(&self, what: &str, look: impl Fn() -> Fut) -> anyhow::Result<T>
    where
        Fut: Future<Output = anyhow::Result<Option<T>>>,
    {
        let since = Instant::now();
        let expected = Duration::from_micros(self.expected_micros.load(Ordering::Relaxed));
        sleep(if self.learns {
            first_look(expected)
        } else {
            expected
        })
        .await;
        while since.elapsed() < PATIENCE {
            if let Some(found) = look().await? {
                if self.learns {
                    let learnt = learn(expected, since.elapsed());
                    self.expected_micros.store(micros(learnt), Ordering::Relaxed);
                }
                return Ok(found);
            }
            sleep((expected / 8).max(LEAST)).await;
        }
        None.with_context(|| format!("{what} did not come in {} s", PATIENCE.as_secs()))
    }
}

/// A little early: being late would lengthen every wait after it.
fn first_look(expected: Duration) -> Duration {
    expected * 7 / 8
}

/// Faster down than up: what is there at the first look may have been there for long, and one wait of a slow moment should not
/// lengthen many after it.
fn learn(expected: Duration, waited: Duration) -> Duration {
    if waited < expected {
        (expected * 3 + waited) / 4
    } else {
        (expected * 7 + waited) / 8
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{first_look, learn};

    #[test]
    fn what_is_found_at_the_first_look_makes_the_next_wait_shorter() {
        let expected = Duration::from_millis(80);
        assert!(learn(expected, first_look(expected)) < expected);
    }

    #[test]
    fn longer_waits_are_learnt_from() {
        let mut expected = Duration::from_millis(2);
        for _ in 0..50 {
            expected = learn(expected, Duration::from_millis(40));
        }
        assert!(expected > Duration::from_millis(35));
    }
}
