use std::{
    fmt::Write as _,
    fs, io,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::PathBuf,
    process::ExitStatus,
    time::Duration,
};

use secrecy::{ExposeSecret as _, SecretString};

use crate::{
    Error,
    account::Account,
    folder::{Folder, Lock},
    initialize::{self, initialize},
    orphan,
    postmaster::{Postmaster, Run},
    programs::Programs,
    provision,
};

/// The role that owns everything; `template1` and `postgres` are its databases.
pub const OWNER: &str = "salient_owner";

/// A start fails where the port was taken meanwhile, or where children of a killed server have not ended yet.
const ATTEMPTS: usize = 10;
const PAUSE: Duration = Duration::from_millis(500);
/// How much of the log an error shows.
const LOG_LINES: usize = 10;

/// How a cluster is run.
#[derive(Debug, Clone)]
pub struct Options {
    /// The cluster's folder, made if it is missing.
    pub data_dir: PathBuf,
    /// Whether the data must survive crashes. One that is not durable is faster, and its folder is removed when it ends.
    pub durable: bool,
    /// The port on the loopback address; a free one if there is none.
    pub port: Option<u16>,
}

impl Options {
    /// A cluster that stays.
    #[must_use]
    pub fn durable(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            data_dir: data_dir.into(),
            durable: true,
            port: None,
        }
    }

    /// A cluster that is gone when this process is.
    #[must_use]
    pub fn throwaway(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            data_dir: data_dir.into(),
            durable: false,
            port: None,
        }
    }
}

/// A running PostgreSQL. Dropping it stops the server too, without waiting for that.
#[derive(Debug)]
pub struct Cluster {
    postmaster: Postmaster,
    password: SecretString,
    folder: Folder,
    socket: PathBuf,
    port: u16,
    durable: bool,
    /// Let go of last.
    _lock: Lock,
}

impl Cluster {
    /// Starts the cluster in the folder, from nothing or from what is there: after a clean stop, a crash, or a process that was
    /// killed and left its server running.
    ///
    /// # Errors
    /// No PostgreSQL can be had, another process runs this cluster, or the server does not start; the message says what to do.
    pub async fn start(options: Options) -> Result<Self, Error> {
        let account = Account::choose()?;
        let folder = Folder::open(&options.data_dir, &account)?;
        let lock = folder.lock()?;
        let programs = provision::programs(&folder.data()).await?;
        let socket = prepare(folder.clone(), programs.clone(), account.clone()).await?;
        let password = initialize::password(&folder)?;
        for _ in 0..ATTEMPTS {
            let port = match options.port {
                Some(port) => port,
                None => free_port().map_err(Error::file(&folder.log()))?,
            };
            let run = Run {
                folder: &folder,
                programs: &programs,
                account: &account,
                socket: &socket,
                port,
                durable: options.durable,
            };
            if let Some(postmaster) = run.start().await? {
                let durable = options.durable;
                return Ok(Self {
                    postmaster,
                    password,
                    folder,
                    socket,
                    port,
                    durable,
                    _lock: lock,
                });
            }
            tokio::time::sleep(PAUSE).await;
        }
        Err(Error::NotStarted {
            said: last_lines(&folder),
            log: folder.log(),
        })
    }

    /// The URL by which a role connects to a database, over the loopback address. It does not contain the password where that is
    /// empty.
    #[must_use]
    pub fn url(&self, role: &str, password: &SecretString, database: &str) -> SecretString {
        let at = format!("{}:{}", Ipv4Addr::LOCALHOST, self.port);
        url(role, password, &at, database)
    }

    /// The same over the Unix socket, which is faster and open to this user alone.
    #[must_use]
    pub fn socket_url(&self, role: &str, password: &SecretString, database: &str) -> SecretString {
        let at = format!("{}:{}", escaped(&self.socket.to_string_lossy()), self.port);
        url(role, password, &at, database)
    }

    /// The URL by which the owner connects to a database, over the Unix socket.
    #[must_use]
    pub fn owner_url(&self, database: &str) -> SecretString {
        self.socket_url(OWNER, &self.password, database)
    }

    /// Where the server listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.port).into()
    }

    /// The server's process.
    #[must_use]
    pub fn pid(&self) -> i32 {
        self.postmaster.pid()
    }

    /// Waits until the server ends, whoever ends it.
    pub async fn ended(&self) -> ExitStatus {
        self.postmaster.ended().await
    }

    /// Stops the server and waits until it has stopped.
    pub async fn stop(self) {
        self.postmaster.stop().await;
        if !self.durable {
            // What cannot be removed now stays in a folder for temporary files.
            let _ = fs::remove_dir_all(self.folder.path());
        }
        if !self.socket.starts_with(self.folder.path()) {
            let _ = fs::remove_dir_all(&self.socket);
        }
    }
}

/// Everything before the start, on a thread that may wait: `initdb` takes a second.
async fn prepare(folder: Folder, programs: Programs, account: Account) -> Result<PathBuf, Error> {
    let work = move || {
        orphan::stop(&folder)?;
        initialize(&folder, &programs, &account)?;
        folder.socket(&account)
    };
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|failed| {
        Err(Error::Program {
            program: "initdb".into(),
            output: failed.to_string(),
        })
    })
}

/// Another process may take it before the server does; the start is then tried again.
fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

fn last_lines(folder: &Folder) -> String {
    let log = fs::read_to_string(folder.log()).unwrap_or_default();
    let lines: Vec<_> = log.lines().collect();
    lines[lines.len().saturating_sub(LOG_LINES)..].join("\n")
}

fn url(role: &str, password: &SecretString, at: &str, database: &str) -> SecretString {
    let password = escaped(password.expose_secret());
    format!(
        "postgres://{}:{password}@{at}/{}",
        escaped(role),
        escaped(database)
    )
    .into()
}

/// Percent-encodes everything that may mean something in a URL.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.') {
            escaped.push(byte.into());
        } else {
            // Writing to a string cannot fail.
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn what_means_something_in_a_url_is_escaped() {
        assert_eq!(escaped("/tmp/pg-1_2.x"), "%2Ftmp%2Fpg-1_2.x");
        assert_eq!(escaped("a:b@c/ü"), "a%3Ab%40c%2F%C3%BC");
    }
}
