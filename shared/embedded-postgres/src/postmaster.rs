//! The running server: a child of a thread that waits for it, watched by a shell that stops it if this process dies.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};
use tokio::sync::watch;

use crate::{Error, account::Account, folder::Folder, programs::Programs};

const POLL: Duration = Duration::from_millis(20);
/// How long a start may take; recovery after a crash is part of it.
const START: Duration = Duration::from_secs(120);
/// How long a fast shutdown may take; it writes a checkpoint.
const FAST: Duration = Duration::from_secs(30);

/// The line of `postmaster.pid` that says how far the server is.
const STATUS_LINE: usize = 7;

/// Waits until its input ends, which it does when this process does, however that comes; then stops the server ($SERVER) by the
/// signal ($STOP), and removes what should not outlive it ($@). A word on its input means that the server ended by itself. A shell
/// rather than a parent-death signal: that one follows a thread, is lost when the user changes, and exists on Linux alone.
const WATCH: &str = r#"
if read -r _; then exit; fi
kill -"$STOP" "$SERVER"
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    kill -0 "$SERVER" || break
    sleep 0.1
done
if [ "$#" -gt 0 ]; then rm -rf -- "$@"; fi
"#;

/// The watcher's input. Whoever takes it decides: dropping it stops the server.
type Leash = Arc<Mutex<Option<ChildStdin>>>;

/// How a server is run.
#[derive(Debug)]
pub(crate) struct Run<'a> {
    pub(crate) folder: &'a Folder,
    pub(crate) programs: &'a Programs,
    pub(crate) account: &'a Account,
    pub(crate) socket: &'a Path,
    pub(crate) port: u16,
    pub(crate) durable: bool,
}

/// A server that was started.
#[derive(Debug)]
pub(crate) struct Postmaster {
    pid: Pid,
    ended: watch::Receiver<Option<ExitStatus>>,
    leash: Leash,
}

impl Run<'_> {
    /// Starts the server and waits until it takes connections. `None` where it ended instead.
    pub(crate) async fn start(&self) -> Result<Option<Postmaster>, Error> {
        let mut postmaster = self.spawn()?;
        let until = Instant::now() + START;
        while Instant::now() < until {
            if postmaster.has_ended() {
                return Ok(None);
            }
            if self.is_ready(postmaster.pid) {
                return Ok(Some(postmaster));
            }
            tokio::time::sleep(POLL).await;
        }
        postmaster.stop().await;
        Ok(None)
    }

    fn spawn(&self) -> Result<Postmaster, Error> {
        let failed = |program: &str| {
            let program = program.to_owned();
            move |error: io::Error| Error::Program {
                program,
                output: error.to_string(),
            }
        };
        let log = self.folder.log();
        let output = File::create(&log).map_err(Error::file(&log))?;
        let mut command = self.command();
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(output);
        let (tell_pid, pid) = std::sync::mpsc::channel();
        let (tell_end, ended) = watch::channel(None);
        let mut watcher = self.watcher();
        // A thread of its own, because it waits for as long as the server runs.
        thread::spawn(move || match spawn_watched(&mut command, &mut watcher) {
            Err(error) => drop(tell_pid.send(Err(error))),
            Ok((mut server, mut watcher)) => {
                let leash: Leash = Arc::new(Mutex::new(watcher.stdin.take()));
                drop(tell_pid.send(Ok((server.id(), Arc::clone(&leash)))));
                let status = server.wait().unwrap_or_default();
                // Before anybody learns of the end: the number of the process may now be given to another one.
                if let Some(mut input) = take(&leash) {
                    drop(input.write_all(b"ended\n"));
                }
                drop(watcher.wait());
                tell_end.send_replace(Some(status));
            }
        });
        let spawned = pid.recv().unwrap_or_else(|gone| Err(io::Error::other(gone)));
        let (pid, leash) = spawned.map_err(failed("postgres"))?;
        let pid = i32::try_from(pid)
            .ok()
            .and_then(Pid::from_raw)
            .ok_or(io::ErrorKind::InvalidData);
        let pid = pid.map_err(io::Error::from).map_err(failed("postgres"))?;
        Ok(Postmaster { pid, ended, leash })
    }

    fn command(&self) -> Command {
        let mut command = self.account.command(&self.programs.postgres());
        let mut socket = String::from("unix_socket_directories=");
        socket.push_str(&self.socket.to_string_lossy());
        let port = format!("port={}", self.port);
        command.arg("-D").arg(self.folder.data());
        let common = [
            "listen_addresses=127.0.0.1",
            &port,
            &socket,
            "unix_socket_permissions=0700",
            "max_connections=200",
            "logging_collector=off",
            "log_checkpoints=off",
        ];
        let fast: &[&str] = if self.durable {
            &[]
        } else {
            &[
                "fsync=off",
                "synchronous_commit=off",
                "full_page_writes=off",
                "autovacuum=off",
            ]
        };
        for setting in common.iter().chain(fast) {
            command.args(["-c", setting]);
        }
        command
    }

    fn watcher(&self) -> Command {
        let mut command = Command::new("/bin/sh");
        // What lasts is shut down in order; what is thrown away is dropped at once.
        let signal = if self.durable { "INT" } else { "QUIT" };
        let mut leftovers: Vec<PathBuf> = Vec::new();
        if !self.durable {
            leftovers.push(self.folder.path().to_owned());
        }
        if !self.socket.starts_with(self.folder.path()) {
            leftovers.push(self.socket.to_owned());
        }
        command
            .args(["-c", WATCH, "sh"])
            .args(leftovers)
            .env("STOP", signal);
        // A group of its own: Ctrl-C in the terminal is for this process, which then stops the server when it wants to.
        command.current_dir("/").process_group(0);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }

    /// Whether the server that this process started says that it takes connections.
    fn is_ready(&self, pid: Pid) -> bool {
        let Ok(content) = fs::read_to_string(self.folder.data().join("postmaster.pid")) else {
            return false;
        };
        let mut lines = content.lines();
        let own = lines.next().and_then(|line| line.trim().parse().ok()) == Some(pid.as_raw_nonzero().get());
        own && lines
            .nth(STATUS_LINE - 1)
            .is_some_and(|status| status.trim() == "ready")
    }
}

/// Starts the server, and the shell that watches over it; both or neither.
fn spawn_watched(server: &mut Command, watcher: &mut Command) -> io::Result<(Child, Child)> {
    let mut server = server.spawn()?;
    match watcher.env("SERVER", server.id().to_string()).spawn() {
        Ok(watcher) => Ok((server, watcher)),
        Err(error) => {
            drop(server.kill());
            drop(server.wait());
            Err(error)
        }
    }
}

fn take(leash: &Leash) -> Option<ChildStdin> {
    leash.lock().unwrap_or_else(PoisonError::into_inner).take()
}

impl Drop for Postmaster {
    fn drop(&mut self) {
        drop(take(&self.leash));
    }
}

impl Postmaster {
    pub(crate) fn pid(&self) -> i32 {
        self.pid.as_raw_nonzero().get()
    }

    fn has_ended(&mut self) -> bool {
        self.ended.borrow_and_update().is_some()
    }

    /// Waits until the server ends, whoever ends it.
    pub(crate) async fn ended(&self) -> ExitStatus {
        let mut ended = self.ended.clone();
        let status = ended.wait_for(Option::is_some).await;
        status.ok().and_then(|status| *status).unwrap_or_default()
    }

    /// Ends the server: its connections are closed, its data written. One that takes too long is ended without the latter; its
    /// next start recovers.
    pub(crate) async fn stop(&self) {
        self.signal(Signal::INT);
        if tokio::time::timeout(FAST, self.ended()).await.is_err() {
            self.signal(Signal::QUIT);
            self.ended().await;
        }
    }

    fn signal(&self, signal: Signal) {
        // Only while it runs: afterwards its number may be another process's.
        if self.ended.borrow().is_none() {
            let _ = kill_process(self.pid, signal);
        }
    }
}
