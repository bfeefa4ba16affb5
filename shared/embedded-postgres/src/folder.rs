//! What is where in a cluster's folder, and who may use it.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io::{Read as _, Seek as _, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    process,
};

use crate::{Error, account::Account};

/// The longest path of a socket that every system takes, in bytes (macOS: 104 with the closing zero).
const SOCKET_PATH: usize = 100;

/// A cluster's folder, made if it was missing, belonging to the server's user alone.
#[derive(Debug, Clone)]
pub(crate) struct Folder(PathBuf);

/// Held for as long as this process runs the cluster; the system lets go of it however the process ends.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

impl Folder {
    pub(crate) fn open(path: &Path, account: &Account) -> Result<Self, Error> {
        let fails = |error| Error::file(path)(error);
        DirBuilder::new()
            .recursive(true)
            .mode(0o755)
            .create(path)
            .map_err(fails)?;
        // PostgreSQL works in `/`, so it needs the whole path.
        let path = path.canonicalize().map_err(fails)?;
        account.can_reach(&path)?;
        private(&path, account)?;
        Ok(Self(path))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// The data directory proper.
    pub(crate) fn data(&self) -> PathBuf {
        self.0.join("data")
    }

    /// Where the data directory comes to be; it is renamed once it is whole.
    pub(crate) fn unfinished_data(&self) -> PathBuf {
        self.0.join("data.new")
    }

    /// What the server says.
    pub(crate) fn log(&self) -> PathBuf {
        self.0.join("server.log")
    }

    /// The owner's password.
    pub(crate) fn password(&self) -> PathBuf {
        self.0.join("owner-password")
    }

    /// Makes the folder of the Unix socket: in here, or where the path would be too long for a socket, in a new private folder.
    pub(crate) fn socket(&self, account: &Account) -> Result<PathBuf, Error> {
        let inside = self.0.join("run");
        let folder = if inside.as_os_str().len() + "/.s.PGSQL.65535.lock".len() <= SOCKET_PATH {
            inside
        } else {
            PathBuf::from(format!("/tmp/pg-{:016x}", rand::random::<u64>()))
        };
        if !folder.exists() {
            DirBuilder::new()
                .mode(0o700)
                .create(&folder)
                .map_err(Error::file(&folder))?;
        }
        private(&folder, account)?;
        Ok(folder)
    }

    /// Takes the folder for this process.
    pub(crate) fn lock(&self) -> Result<Lock, Error> {
        let path = self.0.join("lock");
        let fails = |error| Error::file(&path)(error);
        let mut options = OpenOptions::new();
        let options = options
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600);
        let mut file = options.open(&path).map_err(fails)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut pid = String::new();
                file.read_to_string(&mut pid).map_err(fails)?;
                return Err(Error::InUse {
                    folder: self.0.clone(),
                    pid: pid.trim().to_owned(),
                });
            }
            Err(TryLockError::Error(error)) => return Err(fails(error)),
        }
        let write = file
            .set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| writeln!(file, "{}", process::id()));
        write.map_err(fails)?;
        Ok(Lock { _file: file })
    }
}

/// Makes a folder the account's alone.
fn private(path: &Path, account: &Account) -> Result<(), Error> {
    fs::set_permissions(path, fs::Permissions::from_mode(0o700)).map_err(Error::file(path))?;
    account.own(path)
}
