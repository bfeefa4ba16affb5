//! The database's own ceiling: `pgbench` with the statements an RPC needs, on the same PostgreSQL.

use std::{
    path::PathBuf,
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

/// Transactions a second that `pgbench` reaches with prepared statements and so many clients, each transaction one of the scripts.
///
/// # Errors
/// Where `pgbench` is missing, fails, or reports failed transactions.
pub async fn rate(
    database: &str,
    scripts: &[PathBuf],
    variables: &[(&str, String)],
    clients: usize,
    duration: Duration,
) -> anyhow::Result<f64> {
    let output = Command::new("pgbench")
        .args(["--no-vacuum", "--protocol=prepared", "--jobs=1"])
        .arg(format!("--client={clients}"))
        .arg(format!("--time={}", duration.as_secs().max(1)))
        .args(
            scripts
                .iter()
                .map(|script| format!("--file={}", script.display())),
        )
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
    read(&String::from_utf8_lossy(&output.stdout))
}

fn read(report: &str) -> anyhow::Result<f64> {
    let line = report.lines().find_map(|line| line.strip_prefix("tps = "));
    let rate = line.and_then(|line| line.split(' ').next());
    Ok(rate.context("pgbench printed no rate")?.parse()?)
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn the_rate_is_found_in_the_report() {
        let report = "number of clients: 16\nlatency average = 1.2 ms\ntps = 13270.5 (without initial connection time)\n";
        assert!((read(report).expect("a rate") - 13_270.5).abs() < 1e-9);
        assert!(read("nothing of the kind").is_err());
    }
}
