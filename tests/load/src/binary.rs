//! The binary that is measured.

use std::{
    env,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use tokio::process::Command;

/// The path of `salient`, of the same build as this program. Where Cargo runs this program, it builds that one first: a measurement
/// of yesterday's code would be worse than none.
///
/// # Errors
/// Where it cannot be built, or is not there.
pub async fn salient() -> anyhow::Result<PathBuf> {
    let own = env::current_exe()?;
    let folder = own.parent().context("this program is in no folder")?;
    if let Some(cargo) = env::var_os("CARGO") {
        let mut build = Command::new(cargo);
        build.args(["build", "--quiet", "--package=salient"]);
        if is_release(folder) {
            build.arg("--release");
        }
        anyhow::ensure!(build.status().await?.success(), "salient cannot be built");
    }
    let binary = folder.join("salient");
    anyhow::ensure!(
        binary.exists(),
        "{} is missing: cargo build --release -p salient",
        binary.display()
    );
    Ok(binary)
}

/// Whether a folder is the one of release builds.
#[must_use]
pub fn is_release(folder: &Path) -> bool {
    folder.ends_with("release")
}
