//! The database's own ceiling: `pgbench` with the statements an RPC needs, on the same PostgreSQL.

use std::{path::Path, process::Stdio, time::Duration};

use anyhow::Context as _;
use tokio::process::Command;

/// Transactions a second that `pgbench` reaches with a script, prepared statements and so many clients.
///
/// # Errors
/// Where `pgbench` is missing, fails, or reports failed transactions.
pub async fn rate(database: &str, script: &Path, clients: usize, duration: Duration) -> anyhow::Result<f64> {
    let output = Command::new("pgbench")
        .args(["--no-vacuum", "--protocol=prepared", "--jobs=1"])
        .arg(format!("--client={clients}"))
        .arg(format!("--time={}", duration.as_secs().max(1)))
        .arg(format!("--file={}", script.display()))
        .arg(database)
        .stdin(Stdio::null())
        .output()
        .await
        .context("pgbench: is it installed? It comes with PostgreSQL")?;
    let report = String::from_utf8_lossy(&output.stdout);
    anyhow::ensure!(output.status.success(), "pgbench: {}", String::from_utf8_lossy(&output.stderr));
    let line = report.lines().find(|line| line.starts_with("tps = ")).context("pgbench printed no rate")?;
    let rate = line.trim_start_matches("tps = ").split(' ').next().context("pgbench printed no rate")?;
    Ok(rate.parse()?)
}
