use std::{io, path::PathBuf};

/// Why there is no running cluster.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No usable PostgreSQL was found, installed or downloaded.
    #[error(
        "no PostgreSQL {least} or later was found, and none could be provisioned: {tried}\n\
         Install one (Debian, Ubuntu: `apt-get install postgresql`; Fedora: `dnf install postgresql-server`; \
         macOS: `brew install postgresql@16`), or set database.url and database.owner_url to a server that runs already"
    )]
    Missing {
        /// The oldest version that will do.
        least: u32,
        /// What was tried, and why each failed.
        tried: String,
    },
    /// The folder's data were made by a version that is not here.
    #[error("{} was made by PostgreSQL {made_by}, which is not installed here (found: {found})", .folder.display())]
    OtherVersion {
        /// The cluster's folder.
        folder: PathBuf,
        /// The major version that made it.
        made_by: u32,
        /// The major versions found.
        found: String,
    },
    /// Another process runs the cluster in this folder.
    #[error("{} is in use by process {pid}: stop it first, or use another folder", .folder.display())]
    InUse {
        /// The cluster's folder.
        folder: PathBuf,
        /// The process that holds it.
        pid: String,
    },
    /// The user that the server runs as cannot get at the folder.
    #[error(
        "user {user}, which PostgreSQL runs as, cannot enter {}: make it enterable (`chmod o+x`) or use another folder",
        .folder.display()
    )]
    Unreachable {
        /// The folder that is closed to it.
        folder: PathBuf,
        /// The user.
        user: String,
    },
    /// A file or folder cannot be read or written.
    #[error("{}: {source}", .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A program could not be run or failed.
    #[error("{program} failed: {output}")]
    Program {
        /// Which.
        program: String,
        /// What it said.
        output: String,
    },
    /// The server did not start.
    #[error("PostgreSQL did not start; the end of {} says:\n{said}", .log.display())]
    NotStarted {
        /// The server's log.
        log: PathBuf,
        /// Its last lines.
        said: String,
    },
    /// A server of a process that has ended holds the folder and cannot be stopped.
    #[error("process {pid} is a PostgreSQL left over in {} that does not stop: end it with `kill -QUIT {pid}`", .folder.display())]
    Orphan {
        /// The server's process.
        pid: i32,
        /// The cluster's folder.
        folder: PathBuf,
    },
}

impl Error {
    /// Wraps an error about this path.
    pub(crate) fn file(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { path, source }
    }
}
