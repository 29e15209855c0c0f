//! Which processes there are below another: for the supervisor, and for machines without PID
//! namespaces.

use std::collections::HashMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::thread;
use std::time::Duration;

use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::{Pid, getpgrp, getpid, getuid};

/// Kills all descendants of a process but one, and those below that one, until there are none, for
/// one that is being killed may just have forked; whether there were any. Orphans are found where
/// the process is their subreaper.
pub(super) fn kill_descendants(root: Pid, spared: Option<Pid>) -> bool {
    let own_group = Some(getpgrp());
    let mut any = false;
    loop {
        let mut below = descendants(root);
        below.retain(|process| Some(process.pid) != spared);
        if below.is_empty() {
            return any;
        }
        any = true;
        for process in below {
            // A whole group dies at once, however fast it forks. Any of them may be gone already.
            if process.group != own_group && process.group != Some(root) {
                let _ = process.group.map(|group| killpg(group, Signal::SIGKILL));
            }
            let _ = kill(process.pid, Signal::SIGKILL);
        }
        thread::sleep(Duration::from_millis(1));
    }
}

/// How many processes the user has whom this process belongs to.
pub(super) fn count_of_user() -> u64 {
    list().iter().filter(|process| process.user == Some(getuid().as_raw())).count() as u64
}

/// All living processes whose line of parents leads to `root`.
fn descendants(root: Pid) -> Vec<Process> {
    let mut children: HashMap<Pid, Vec<Process>> = HashMap::new();
    for process in list() {
        children.entry(process.parent).or_default().push(process);
    }
    let mut found = children.remove(&root).unwrap_or_default();
    let mut next = 0;
    while let Some(parent) = found.get(next).map(|process| process.pid) {
        found.extend(children.remove(&parent).unwrap_or_default());
        next += 1;
    }
    found
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Process {
    pid: Pid,
    parent: Pid,
    group: Option<Pid>,
    user: Option<u32>,
}

/// The living processes of this machine; zombies are not.
#[cfg(target_os = "linux")]
fn list() -> Vec<Process> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    entries
        .flatten()
        .filter_map(|entry| {
            let pid = entry.file_name().to_str()?.parse().ok()?;
            let process =
                read_stat(Pid::from_raw(pid), &fs::read_to_string(entry.path().join("stat")).ok()?)?;
            Some(Process { user: entry.metadata().ok().map(|metadata| metadata.uid()), ..process })
        })
        .collect()
}

/// proc_pid_stat(5): `pid (comm) state ppid ...`, and the command may itself have parentheses.
fn read_stat(pid: Pid, stat: &str) -> Option<Process> {
    let mut fields = stat.get(stat.rfind(')')? + 1..)?.split_ascii_whitespace();
    let state = fields.next()?;
    let parent = Pid::from_raw(fields.next()?.parse().ok()?);
    let group = fields.next()?.parse().ok().map(Pid::from_raw);
    (!matches!(state, "Z" | "X")).then_some(Process { pid, parent, group, user: None })
}

#[cfg(not(target_os = "linux"))]
fn list() -> Vec<Process> {
    let Ok(output) =
        std::process::Command::new("ps").args(["-A", "-o", "pid=,ppid=,pgid=,uid=,stat="]).output()
    else {
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

/// How many processes this one has below it, looked at again and again. They are only counted after
/// so many were started anywhere that the limit could have been passed, for that takes a list of all.
#[derive(Debug, Default)]
pub(super) struct Population {
    counted_at: i32,
}

impl Population {
    /// Whether there are more than `limit` now.
    pub(super) fn exceeds(&mut self, limit: usize) -> bool {
        let newest = newest_pid().unwrap_or_else(|| self.counted_at.saturating_add(1));
        let started = usize::try_from(newest.abs_diff(self.counted_at)).unwrap_or(usize::MAX);
        if started <= limit {
            return false;
        }
        self.counted_at = newest;
        descendants(getpid()).len() > limit
    }
}

/// The number that was last given to a process: the end of proc_loadavg(5).
fn newest_pid() -> Option<i32> {
    fs::read_to_string("/proc/loadavg").ok()?.split_ascii_whitespace().last()?.parse().ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_command_with_parentheses_does_not_confuse_the_parent() {
        let (pid, parent, group) = (Pid::from_raw(12), Pid::from_raw(7), Some(Pid::from_raw(9)));
        assert_eq!(
            read_stat(pid, "12 (a) b) S 7 9 12 0 -1 4194560"),
            Some(Process { pid, parent, group, user: None })
        );
    }

    #[test]
    fn a_zombie_is_no_living_process() {
        assert_eq!(read_stat(Pid::from_raw(12), "12 (python) Z 7 12 12 0 -1"), None);
    }

    #[test]
    fn this_process_finds_its_child_and_kills_it() {
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let pid = Pid::from_raw(i32::try_from(child.id()).unwrap());
        assert!(descendants(getpid()).iter().any(|process| process.pid == pid));
        kill(pid, Signal::SIGKILL).unwrap();
        child.wait().unwrap();
        assert!(!descendants(getpid()).iter().any(|process| process.pid == pid));
    }
}
