//! The database's own ceiling: `pgbench` with the statements an RPC needs, on the same PostgreSQL.

use std::{
    path::Path,
    process::Stdio,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use anyhow::Context as _;
use tokio::process::Command;

/// The first of January 2026, in seconds since 1970: numbers that start there leave room to be multiplied.
const EPOCH: Duration = Duration::from_secs(1_767_225_600);

/// A number greater than every one that was counted to from an earlier start number, as long as counting one takes a
/// microsecond.
#[must_use]
pub fn start_number() -> u128 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    now.saturating_sub(EPOCH).as_micros()
}

/// What is not counted at the start, in seconds: while each client prepares the script's statements.
const WARM: u64 = 2;

/// Transactions a second that `pgbench` reaches with prepared statements and so many clients, each transaction one run of the script.
///
/// # Errors
/// Where `pgbench` is missing, fails, or reports failed transactions.
pub async fn rate(
    database: &str,
    script: &Path,
    variables: &[(&str, String)],
    clients: usize,
    duration: Duration,
) -> anyhow::Result<f64> {
    let output = Command::new("pgbench")
        .args(["--no-vacuum", "--protocol=prepared", "--jobs=1"])
        .arg(format!("--client={clients}"))
        .arg(format!("--time={}", WARM + duration.as_secs().max(1)))
        .arg("--progress=1")
        .arg(format!("--file={}", script.display()))
        .args(
            variables
                .iter()
                .map(|(name, value)| format!("--define={name}={value}")),
        )
        .arg(database)
        .stdin(Stdio::null())
        .output()
        .await
        .context("pgbench: is it installed? It comes with PostgreSQL")?;
    let said = String::from_utf8_lossy(&output.stderr);
    // A client that failed leaves the others to go on.
    anyhow::ensure!(
        output.status.success() && !said.contains("aborted"),
        "pgbench: {said}"
    );
    rate_of(&said)
}

/// The mean of what `pgbench` reported second by second, without the first ones.
fn rate_of(progress: &str) -> anyhow::Result<f64> {
    let seconds = progress.lines().filter_map(|line| {
        let (_, rate) = line.strip_prefix("progress: ")?.split_once(" s, ")?;
        rate.split_once(" tps")?.0.parse::<f64>().ok()
    });
    let counted: Vec<f64> = seconds.skip(usize::try_from(WARM)?).collect();
    anyhow::ensure!(!counted.is_empty(), "pgbench reported no progress: {progress}");
    Ok(counted.iter().sum::<f64>() / counted.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::rate_of;

    #[test]
    fn the_start_does_not_count() {
        let progress = "pgbench (15.18)\n\
            progress: 1.0 s, 10.0 tps, lat 15.949 ms stddev 4.3, 0 failed\n\
            progress: 2.0 s, 500.5 tps, lat 15.949 ms stddev 4.3, 0 failed\n\
            progress: 3.0 s, 1000.0 tps, lat 15.949 ms stddev 4.3, 0 failed\n\
            progress: 4.0 s, 2000.0 tps, lat 15.949 ms stddev 4.3, 0 failed\n";
        assert!((rate_of(progress).expect("a rate") - 1_500.0).abs() < 1e-9);
        assert!(rate_of("nothing of the kind").is_err());
    }
}
