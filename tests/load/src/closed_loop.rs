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
