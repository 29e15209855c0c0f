//! Which processes there are below another: for the supervisor, and for machines without PID
//! namespaces.

use std::fs;
use std::thread;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, getpid};

use super::supervisor::PROCESS_LIMIT;

/// Kills all descendants of a process but one, and those below that one, until there are none, for
/// one that is being killed may just have forked; whether there were any. Orphans are found where
/// the process is their subreaper.
pub(super) fn kill_descendants(root: Pid, spared: Option<Pid>) -> bool {
    let mut any = false;
    loop {
        let mut below = descendants(root);
        below.retain(|pid| Some(*pid) != spared);
        if below.is_empty() {
            return any;
        }
        any = true;
        for pid in below {
            // It may have ended by itself since it was listed.
            let _ = kill(pid, Signal::SIGKILL);
        }
        thread::sleep(Duration::from_millis(1));
    }
}

/// All living processes whose line of parents leads to `root`.
fn descendants(root: Pid) -> Vec<Pid> {
    let processes = list();
    let mut found = vec![root];
    let mut next = 0;
    while let Some(parent) = found.get(next).copied() {
        found.extend(processes.iter().filter(|process| process.parent == parent).map(|process| process.pid));
        next += 1;
    }
    found.split_off(1)
}

#[derive(Debug, PartialEq, Eq)]
struct Process {
    pid: Pid,
    parent: Pid,
}

/// The living processes of this machine; zombies are not.
#[cfg(target_os = "linux")]
fn list() -> Vec<Process> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    entries
        .flatten()
        .filter_map(|entry| {
            let pid = entry.file_name().to_str()?.parse().ok()?;
            read_stat(Pid::from_raw(pid), &fs::read_to_string(entry.path().join("stat")).ok()?)
        })
        .collect()
}

/// proc_pid_stat(5): `pid (comm) state ppid ...`, and the command may itself have parentheses.
fn read_stat(pid: Pid, stat: &str) -> Option<Process> {
    let mut fields = stat.get(stat.rfind(')')? + 1..)?.split_ascii_whitespace();
    let state = fields.next()?;
    let parent = Pid::from_raw(fields.next()?.parse().ok()?);
    (!matches!(state, "Z" | "X")).then_some(Process { pid, parent })
}

#[cfg(not(target_os = "linux"))]
fn list() -> Vec<Process> {
    let Ok(output) = std::process::Command::new("ps").args(["-A", "-o", "pid=,ppid=,stat="]).output() else {
        return Vec::new();
    };
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| {
            let mut fields = line.split_ascii_whitespace();
            let (pid, parent) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
            let state = fields.next()?;
            (!state.starts_with('Z'))
                .then_some(Process { pid: Pid::from_raw(pid), parent: Pid::from_raw(parent) })
        })
        .collect()
}

/// How many processes a worker has, looked at again and again, cheaply.
pub(super) struct Population {
    contained: bool,
    looks: u32,
    newest: i32,
}

impl Population {
    pub(super) fn new(contained: bool) -> Self {
        Self { contained, looks: 0, newest: 0 }
    }

    /// How many there are now, as far as it could matter: it is counted only where enough were
    /// started since the last look to be too many.
    pub(super) fn count(&mut self) -> usize {
        if self.contained { self.count_in_namespace() } else { self.count_descendants() }
    }

    /// A namespace numbers its processes from 1, and proc_loadavg(5) ends with the newest number in
    /// the reader's namespace: two numbers far apart mean many forks, of which the living are
    /// counted. No list of processes is needed, which only a /proc of the namespace's own would have.
    fn count_in_namespace(&mut self) -> usize {
        let newest = newest_pid().unwrap_or(0);
        let window = i32::try_from(8 * PROCESS_LIMIT).unwrap_or(i32::MAX);
        let started = newest.saturating_sub(self.newest);
        if usize::try_from(started).is_ok_and(|started| started < PROCESS_LIMIT / 4) && started >= 0 {
            return 0;
        }
        self.newest = newest;
        (newest.saturating_sub(window).max(1)..=newest)
            .filter(|pid| kill(Pid::from_raw(*pid), None).is_ok())
            .count()
    }

    fn count_descendants(&mut self) -> usize {
        self.looks += 1;
        if self.looks.is_multiple_of(5) { descendants(getpid()).len() } else { 0 }
    }
}

fn newest_pid() -> Option<i32> {
    fs::read_to_string("/proc/loadavg").ok()?.split_ascii_whitespace().last()?.parse().ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_command_with_parentheses_does_not_confuse_the_parent() {
        let parent = Pid::from_raw(7);
        let stat = "12 (a) b) S 7 12 12 0 -1 4194560";
        assert_eq!(read_stat(Pid::from_raw(12), stat), Some(Process { pid: Pid::from_raw(12), parent }));
    }

    #[test]
    fn a_zombie_is_no_living_process() {
        assert_eq!(read_stat(Pid::from_raw(12), "12 (python) Z 7 12 12 0 -1"), None);
    }

    #[test]
    fn this_process_finds_its_child_and_kills_it() {
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let pid = Pid::from_raw(i32::try_from(child.id()).unwrap());
        assert!(descendants(getpid()).contains(&pid));
        kill(pid, Signal::SIGKILL).unwrap();
        child.wait().unwrap();
        assert!(!descendants(getpid()).contains(&pid));
    }
}
