//! Finding the programs.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::command::run;

/// The oldest major version that will do.
pub(crate) const LEAST: u32 = 14;

/// A folder with PostgreSQL's programs.
#[derive(Debug, Clone)]
pub(crate) struct Programs {
    folder: PathBuf,
    /// The major version.
    pub(crate) version: u32,
}

impl Programs {
    /// Takes the folder if the programs needed are in it and new enough.
    pub(crate) fn open(folder: &Path) -> Option<Self> {
        // Through links, because that is how PostgreSQL finds its own files.
        let postgres = folder.join("postgres").canonicalize().ok()?;
        let folder = postgres.parent()?.to_owned();
        if !folder.join("initdb").exists() {
            return None;
        }
        let version = version_in(&run(Command::new(&postgres).arg("--version")).ok()?)?;
        (version >= LEAST).then_some(Self { folder, version })
    }

    pub(crate) fn postgres(&self) -> PathBuf {
        self.folder.join("postgres")
    }

    pub(crate) fn initdb(&self) -> PathBuf {
        self.folder.join("initdb")
    }
}

/// Every usable version on this machine, in the order in which they are preferred.
pub(crate) fn installed() -> Vec<Programs> {
    let path = env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = env::split_paths(&path).collect();
    folders.extend(pg_config());
    for parent in ["/usr/lib/postgresql", "/usr/local/lib/postgresql"] {
        folders.extend(newest_first(Path::new(parent), |name| name.parse().ok()));
    }
    // Red Hat's packages of postgresql.org, then Homebrew on Apple's and Intel's processors.
    folders.extend(newest_first(Path::new("/usr"), |name| {
        name.strip_prefix("pgsql-")?.parse().ok()
    }));
    for parent in ["/opt/homebrew/opt", "/usr/local/opt"] {
        folders.extend(newest_first(Path::new(parent), |name| {
            name.strip_prefix("postgresql@")?.parse().ok()
        }));
    }
    folders
        .iter()
        .filter_map(|folder| Programs::open(folder))
        .collect()
}

fn pg_config() -> Option<PathBuf> {
    let said = run(Command::new("pg_config").arg("--bindir")).ok()?;
    Some(said.trim().into())
}

/// The `bin` folders of the versions kept side by side under a folder.
fn newest_first(parent: &Path, version: impl Fn(&str) -> Option<u32>) -> Vec<PathBuf> {
    let entries = fs::read_dir(parent).into_iter().flatten().flatten();
    let mut versions: Vec<_> = entries
        .filter_map(|entry| Some((version(entry.file_name().to_str()?)?, entry.path().join("bin"))))
        .collect();
    versions.sort_unstable_by(|left, right| right.cmp(left));
    versions.into_iter().map(|(_, folder)| folder).collect()
}

/// Reads `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`, and `18beta1` as 18.
fn version_in(said: &str) -> Option<u32> {
    let version = said.split_once("(PostgreSQL) ")?.1;
    let end = version
        .find(|letter: char| !letter.is_ascii_digit())
        .unwrap_or(version.len());
    version[..end].parse().ok()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{newest_first, version_in};

    #[test]
    fn the_major_version_is_read_from_what_postgres_says() {
        assert_eq!(
            version_in("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n"),
            Some(15)
        );
        assert_eq!(version_in("postgres (PostgreSQL) 18beta1\n"), Some(18));
        assert_eq!(version_in("postgres (PostgreSQL) 9.6.24"), Some(9));
        assert_eq!(version_in("something else"), None);
    }

    #[test]
    fn of_versions_side_by_side_the_newest_comes_first() {
        let parent = tempfile::tempdir().expect("a folder");
        for name in ["9", "15", "17", "common"] {
            fs::create_dir(parent.path().join(name)).expect("made");
        }
        let found = newest_first(parent.path(), |name| name.parse().ok());
        let expected = ["17/bin", "15/bin", "9/bin"].map(|name| parent.path().join(name));
        assert_eq!(found, expected);
    }
}
