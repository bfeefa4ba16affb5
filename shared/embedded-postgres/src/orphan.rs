//! A server that outlived the process that ran it.

use std::{
    fs,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use rustix::{
    io::Errno,
    process::{Pid, Signal, kill_process, test_kill_process},
};

use crate::{Error, folder::Folder};

/// How long a fast shutdown may take, then an immediate one.
const FAST: Duration = Duration::from_secs(30);
const IMMEDIATE: Duration = Duration::from_secs(5);
const POLL: Duration = Duration::from_millis(50);

/// Stops a server that still runs in the folder, and clears a pid file that names a process of somebody else's. To be called under
/// the folder's lock: then no living process of ours runs that server.
pub(crate) fn stop(folder: &Folder) -> Result<(), Error> {
    let pid_file = folder.data().join("postmaster.pid");
    let Ok(content) = fs::read_to_string(&pid_file) else {
        return Ok(());
    };
    let number = content
        .lines()
        .next()
        .and_then(|line| line.trim().parse::<i32>().ok());
    let Some(pid) = number.and_then(Pid::from_raw) else {
        return Ok(());
    };
    if !is_alive(pid) {
        // The server clears it itself, after it has made sure that no child of the dead one uses the memory they shared.
        return Ok(());
    }
    if !works_in(pid, &folder.data()) {
        // The number was given to another process, after a restart of the machine or the container; PostgreSQL would take
        // that process for its own and refuse to start.
        return fs::remove_file(&pid_file).map_err(Error::file(&pid_file));
    }
    tracing::info!(
        pid = pid.as_raw_nonzero().get(),
        "stopping a PostgreSQL whose owner has ended"
    );
    for (signal, patience) in [(Signal::INT, FAST), (Signal::QUIT, IMMEDIATE)] {
        // It may end by itself between the question and the signal.
        let _ = kill_process(pid, signal);
        if ended_within(pid, patience) {
            return Ok(());
        }
    }
    Err(Error::Orphan {
        pid: pid.as_raw_nonzero().get(),
        folder: folder.path().to_owned(),
    })
}

fn ended_within(pid: Pid, patience: Duration) -> bool {
    let until = Instant::now() + patience;
    while is_alive(pid) {
        if Instant::now() > until {
            return false;
        }
        thread::sleep(POLL);
    }
    true
}

/// Whether the process exists and still runs. A dead one that nobody has waited for does not count.
fn is_alive(pid: Pid) -> bool {
    // Any other error means that it exists and is somebody else's.
    if test_kill_process(pid) == Err(Errno::SRCH) {
        return false;
    }
    let stat = fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero()));
    // The state follows the name, which is in parentheses and may itself contain any.
    let state = stat
        .ok()
        .and_then(|stat| stat.rsplit_once(") ").and_then(|(_, rest)| rest.chars().next()));
    state != Some('Z')
}

/// Whether the process is the server of this data directory: a server changes into its own.
fn works_in(pid: Pid, data: &Path) -> bool {
    let pid = pid.as_raw_nonzero();
    if Path::new("/proc/self").exists() {
        return fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|cwd| cwd == data);
    }
    let listed = std::process::Command::new("ps")
        .args(["-o", "command=", "-p", &pid.to_string()])
        .output();
    listed.is_ok_and(|listed| {
        let command = String::from_utf8_lossy(&listed.stdout).into_owned();
        command.contains("postgres") && command.contains(&*data.to_string_lossy())
    })
}
