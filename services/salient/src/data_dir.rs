//! The folder of an installation on one machine: its cluster, issuer, files and secrets.

use std::{
    collections::BTreeMap,
    env,
    fs::{self, DirBuilder},
    io::ErrorKind,
    os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{private, suite::Member};

/// Root's own.
const ROOT: u32 = 0;

/// The folder, made if it was missing.
#[derive(Debug, Clone)]
pub(crate) struct DataDir(PathBuf);

/// What is made up once and kept.
#[derive(Deserialize, Serialize)]
pub(crate) struct Secrets {
    /// Authenticates page tokens.
    pub(crate) paging_key: String,
    /// Signs anchors of approvals' histories; made up for installations that are older than anchors.
    #[serde(default = "random")]
    pub(crate) anchor_key: String,
    /// The password of each schema's role.
    pub(crate) roles: BTreeMap<String, String>,
}

impl DataDir {
    /// Opens the folder, or the user's default one.
    pub(crate) fn open(path: Option<&Path>) -> anyhow::Result<Self> {
        let path = path
            .map(Path::to_owned)
            .or_else(default)
            .context("--data-dir is not given, and HOME is not set")?;
        let cannot = || format!("cannot use the data directory {}", path.display());
        DirBuilder::new()
            .recursive(true)
            .mode(0o755)
            .create(&path)
            .with_context(cannot)?;
        let path = path.canonicalize().with_context(cannot)?;
        // The user that runs root's PostgreSQL has to pass through to its own folder; the secrets have modes of their own.
        let owner = fs::metadata(&path).with_context(cannot)?.uid();
        let mode = if owner == ROOT { 0o711 } else { 0o700 };
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).with_context(cannot)?;
        Ok(Self(path))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn cluster(&self) -> PathBuf {
        self.0.join("postgres")
    }

    pub(crate) fn issuer(&self) -> PathBuf {
        self.0.join("issuer")
    }

    pub(crate) fn files(&self) -> PathBuf {
        self.0.join("files")
    }

    /// Where `anchors/` is made in.
    pub(crate) fn anchors(&self) -> &Path {
        &self.0
    }

    /// The secrets, made up where there are none yet, also for services that came later.
    pub(crate) fn secrets(&self) -> anyhow::Result<Secrets> {
        let path = self.0.join("secrets.json");
        let mut secrets: Secrets = match fs::read(&path) {
            Ok(content) => parse(&path, &content)?,
            Err(error) if error.kind() == ErrorKind::NotFound => Secrets {
                paging_key: random(),
                anchor_key: random(),
                roles: BTreeMap::new(),
            },
            Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
        };
        for member in Member::ALL {
            secrets
                .roles
                .entry(member.schema().to_owned())
                .or_insert_with(random);
        }
        private::write(&path, &serde_json::to_vec_pretty(&secrets)?)?;
        Ok(secrets)
    }

    /// Keeps a document for commands that run beside this one.
    pub(crate) fn keep<T: Serialize>(&self, name: &str, document: &T) -> anyhow::Result<()> {
        private::write(&self.0.join(name), &serde_json::to_vec_pretty(document)?)
    }

    /// Reads a document that was kept; `None` where there is none.
    pub(crate) fn kept<T: DeserializeOwned>(&self, name: &str) -> anyhow::Result<Option<T>> {
        let path = self.0.join(name);
        match fs::read(&path) {
            Ok(content) => parse(&path, &content).map(Some),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
        }
    }
}

fn parse<T: DeserializeOwned>(path: &Path, content: &[u8]) -> anyhow::Result<T> {
    serde_json::from_slice(content).with_context(|| format!("{} is damaged", path.display()))
}

fn random() -> String {
    format!("{:032x}{:032x}", rand::random::<u128>(), rand::random::<u128>())
}

/// `/var/lib/salient` for root, whose home is closed to the user that runs PostgreSQL.
fn default() -> Option<PathBuf> {
    let home = PathBuf::from(env::var_os("HOME")?);
    if fs::metadata("/proc/self").is_ok_and(|process| process.uid() == ROOT) {
        return Some("/var/lib/salient".into());
    }
    let data = env::var_os("XDG_DATA_HOME").map_or_else(|| home.join(".local/share"), PathBuf::from);
    Some(data.join("salient"))
}
