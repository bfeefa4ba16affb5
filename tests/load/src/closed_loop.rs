//! A closed loop: so many clients, each sending its next call when the last was answered.

use std::{
    future::Future,
    time::{Duration, Instant},
};

use tokio::task::JoinSet;

/// What a loop measured.
#[derive(Debug, Clone)]
pub struct Measured {
    /// Calls finished in a second.
    pub rate: f64,
    /// Calls finished.
    pub calls: u64,
    /// Half of the calls took no longer.
    pub p50: Duration,
    /// Ninety-five of a hundred took no longer.
    pub p95: Duration,
    /// Ninety-nine of a hundred took no longer.
    pub p99: Duration,
}

/// Runs `call` from so many clients for a while. A failed call fails the measurement: a rate of errors is no throughput.
///
/// # Errors
/// The first error of any call.
pub async fn run<F, Fut>(clients: usize, duration: Duration, call: F) -> anyhow::Result<Measured>
where
    F: Fn(usize, u64) -> Fut + Clone + Send + 'static,
    Fut: Future<Output = anyhow::Result<()>> + Send,
{
    let started = Instant::now();
    let mut loops = JoinSet::new();
    for client in 0..clients {
        let call = call.clone();
        loops.spawn(async move {
            let mut latencies = Vec::new();
            while started.elapsed() < duration {
                let sent = Instant::now();
                call(client, latencies.len() as u64).await?;
                latencies.push(sent.elapsed());
            }
            anyhow::Ok(latencies)
        });
    }
    let mut latencies = Vec::new();
    while let Some(finished) = loops.join_next().await {
        latencies.extend(finished??);
    }
    Ok(summarise(latencies, started.elapsed()))
}

fn summarise(mut latencies: Vec<Duration>, elapsed: Duration) -> Measured {
    latencies.sort_unstable();
    let percentile = |percent: usize| {
        let index = (latencies.len() * percent / 100).min(latencies.len().saturating_sub(1));
        latencies.get(index).copied().unwrap_or_default()
    };
    Measured {
        rate: latencies.len() as f64 / elapsed.as_secs_f64(),
        calls: latencies.len() as u64,
        p50: percentile(50),
        p95: percentile(95),
        p99: percentile(99),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{run, summarise};

    #[test]
    fn percentiles_are_of_the_sorted_latencies() {
        let latencies = (1..=200).rev().map(Duration::from_millis).collect();
        let measured = summarise(latencies, Duration::from_secs(4));
        assert_eq!(measured.p50, Duration::from_millis(101));
        assert_eq!(measured.p95, Duration::from_millis(191));
        assert_eq!(measured.p99, Duration::from_millis(199));
        assert!((measured.rate - 50.0).abs() < 1e-9);
    }

    #[test]
    fn nothing_measured_is_nothing() {
        let measured = summarise(Vec::new(), Duration::from_secs(1));
        assert_eq!((measured.calls, measured.p99), (0, Duration::ZERO));
    }

    #[tokio::test]
    async fn one_failed_call_fails_the_measurement() {
        let call = |client, turn| async move {
            anyhow::ensure!((client, turn) != (1, 0), "failed");
            tokio::time::sleep(Duration::from_millis(1)).await;
            Ok(())
        };
        assert!(run(2, Duration::from_millis(20), call).await.is_err());
    }
}
