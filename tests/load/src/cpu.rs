//! CPU time of processes, from `/proc`.

use std::{fs, time::Duration};

/// Clock ticks a second, as Linux reports process times on every architecture it runs on.
const TICKS_PER_SECOND: u64 = 100;

/// CPU time spent so far by a process and its direct children that still live.
///
/// PostgreSQL serves each connection from a child of its postmaster, so this is what the database spent. A child that has
/// ended is counted in its parent's own figures.
#[must_use]
pub fn spent_by_family(pid: u32) -> Duration {
    let children = processes()
        .filter(|process| process.parent == pid)
        .map(|process| process.spent);
    let own = processes()
        .filter(|process| process.pid == pid)
        .map(|process| process.spent);
    children.chain(own).sum()
}

struct Process {
    pid: u32,
    parent: u32,
    spent: Duration,
}

fn processes() -> impl Iterator<Item = Process> {
    fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter_map(process)
}

fn process(pid: u32) -> Option<Process> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The command's name is in parentheses and may hold spaces; the fields after it do not.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let field = |index: usize| fields.get(index)?.parse::<u64>().ok();
    // utime, stime, and those of children that ended and were waited for.
    let ticks: u64 = (11..=14).filter_map(field).sum();
    Some(Process {
        pid,
        parent: u32::try_from(field(1)?).ok()?,
        spent: Duration::from_millis(ticks * 1000 / TICKS_PER_SECOND),
    })
}
