//! The distribution's package, where this process may install it.

use std::path::Path;

use rustix::process::geteuid;
use tokio::process::Command;

/// Installs Debian's or Ubuntu's package. The error says in one line why not.
pub(super) async fn install() -> Result<(), String> {
    if !Path::new("/etc/debian_version").exists() {
        return Err("apt-get: not a Debian or Ubuntu system".to_owned());
    }
    if !geteuid().is_root() {
        return Err("apt-get: only root may install packages".to_owned());
    }
    tracing::info!("installing the package postgresql");
    let package = ["install", "--yes", "--no-install-recommends", "postgresql"];
    if apt_get(&package).await.is_ok() {
        return Ok(());
    }
    // A fresh container has no package lists.
    apt_get(&["update"]).await?;
    apt_get(&package).await
}

async fn apt_get(arguments: &[&str]) -> Result<(), String> {
    let mut command = Command::new("apt-get");
    command
        .args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .kill_on_drop(true);
    let output = command
        .output()
        .await
        .map_err(|error| format!("apt-get: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let last = said.lines().last().unwrap_or("failed");
    Err(format!("apt-get {}: {last}", arguments.join(" ")))
}
