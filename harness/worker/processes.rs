//! Which processes there are below another: for the supervisor, and for machines without PID
//! namespaces.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::{Pid, getpgrp, getpid, getuid};

/// The variable by which what a worker started is known where it has lost its line of parents: it
/// holds a folder that is the worker's own.
pub(super) const MARK: &str = "HOME";
/// The same for a program of the user's, whose home is the user's.
pub(super) const MARK_OF_USER: &str = "RELOAD_HARNESS_HOME";

/// Kills all descendants of a process but one, and those below that one, once they have had the time
/// to end by themselves; whether there were any. Orphans are found where the process is their
/// subreaper.
pub(super) fn kill_descendants(root: Pid, spared: Option<Pid>, grace: Duration) -> bool {
    kill_all(Some(root), grace, || {
        let mut below = descendants(&[root]);
        below.retain(|process| Some(process.pid) != spared);
        below
    })
}

/// Kills the processes that have this in their environment as a mark, and their descendants.
pub(super) fn kill_marked(home: &Path) -> bool {
    let variables = [MARK, MARK_OF_USER].map(|name| format!("{name}={}", home.display()));
    kill_all(None, Duration::ZERO, || {
        let mut marked = list();
        marked.retain(|process| variables.iter().any(|one| has_in_environment(process.pid, one)));
        let roots: Vec<Pid> = marked.iter().map(|process| process.pid).collect();
        marked.extend(descendants(&roots));
        marked
    })
}

/// Kills what is found until nothing is, for one that is being killed may just have forked.
fn kill_all(root: Option<Pid>, grace: Duration, find: impl Fn() -> Vec<Process>) -> bool {
    let own_group = getpgrp();
    let patience = Instant::now() + grace;
    let mut killed = false;
    loop {
        let found = find();
        if found.is_empty() {
            return killed;
        }
        if Instant::now() >= patience {
            killed = true;
            for process in found {
                // A whole group dies at once, however fast it forks. Any of them may be gone already.
                if process.group != own_group && Some(process.group) != root {
                    let _ = killpg(process.group, Signal::SIGKILL);
                }
                let _ = kill(process.pid, Signal::SIGKILL);
            }
        }
        thread::sleep(Duration::from_millis(1));
    }
}

/// How many threads the user has whom this process belongs to: `RLIMIT_NPROC` counts those
/// (getrlimit(2)), and a desktop has many more of them than processes.
pub(super) fn threads_of_user() -> u64 {
    let own = getuid().as_raw();
    list().iter().filter(|process| process.user == own).map(|process| process.threads).sum()
}

/// All living processes whose line of parents leads to one of `roots`.
fn descendants(roots: &[Pid]) -> Vec<Process> {
    let mut children: HashMap<Pid, Vec<Process>> = HashMap::new();
    for process in list() {
        children.entry(process.parent).or_default().push(process);
    }
    let mut found: Vec<Process> =
        roots.iter().flat_map(|root| children.remove(root).unwrap_or_default()).collect();
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
    group: Pid,
    /// Whose it is, as a number.
    user: u32,
    /// How many threads it has, where that can be told at no cost; else 1.
    threads: u64,
}

/// The living processes of this machine; zombies are not.
#[cfg(target_os = "linux")]
fn list() -> Vec<Process> {
    use std::os::unix::fs::MetadataExt;

    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    entries
        .flatten()
        .filter_map(|entry| {
            let pid = entry.file_name().to_str()?.parse().ok()?;
            let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
            read_stat(Pid::from_raw(pid), entry.metadata().ok()?.uid(), &stat)
        })
        .collect()
}

/// `proc_pid_stat(5)`: `pid (comm) state ppid pgrp ...`, the 20th is `num_threads`, and the command may
/// itself have parentheses.
#[cfg(target_os = "linux")]
fn read_stat(pid: Pid, user: u32, stat: &str) -> Option<Process> {
    let mut fields = stat.get(stat.rfind(')')? + 1..)?.split_ascii_whitespace();
    let state = fields.next()?;
    let mut number = || fields.next()?.parse().ok().map(Pid::from_raw);
    let (parent, group) = (number()?, number()?);
    let threads = fields.nth(14)?.parse().ok()?;
    (!matches!(state, "Z" | "X")).then_some(Process { pid, parent, group, user, threads })
}

#[cfg(target_os = "linux")]
fn has_in_environment(pid: Pid, variable: &str) -> bool {
    let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
    environment.split(|byte| *byte == 0).any(|entry| entry == variable.as_bytes())
}

#[cfg(not(target_os = "linux"))]
fn list() -> Vec<Process> {
    ps(&["-A", "-o", "pid=,ppid=,pgid=,uid=,stat="]).lines().filter_map(read_line).collect()
}

/// A line of ps(1): `pid ppid pgid uid stat`.
#[cfg(any(test, not(target_os = "linux")))]
fn read_line(line: &str) -> Option<Process> {
    let mut fields = line.split_ascii_whitespace();
    let mut number = || fields.next()?.parse().ok().map(Pid::from_raw);
    let (pid, parent, group) = (number()?, number()?, number()?);
    let user = fields.next()?.parse().ok()?;
    (!fields.next()?.starts_with('Z')).then_some(Process { pid, parent, group, user, threads: 1 })
}

#[cfg(not(target_os = "linux"))]
fn has_in_environment(pid: Pid, variable: &str) -> bool {
    let pid = pid.to_string();
    ps(&["-E", "-ww", "-o", "command=", "-p", &pid]).split_ascii_whitespace().any(|word| word == variable)
}

#[cfg(not(target_os = "linux"))]
fn ps(arguments: &[&str]) -> String {
    let output = std::process::Command::new("ps").args(arguments).output();
    output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default()
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
        descendants(&[getpid()]).len() > limit
    }
}

/// The number that was last given to a process: the end of `proc_loadavg(5)`.
fn newest_pid() -> Option<i32> {
    fs::read_to_string("/proc/loadavg").ok()?.split_ascii_whitespace().last()?.parse().ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const PROCESS: Process = Process {
        pid: Pid::from_raw(12),
        parent: Pid::from_raw(7),
        group: Pid::from_raw(9),
        user: 1000,
        threads: 1,
    };

    #[test]
    #[cfg(target_os = "linux")]
    fn a_command_with_parentheses_does_not_confuse_the_parent() {
        let stat = "12 (a) b) S 7 9 12 0 -1 4194560 120 0 0 0 1 2 0 0 20 0 5 0 4711";
        let process = Process { threads: 5, ..PROCESS };
        assert_eq!(read_stat(PROCESS.pid, PROCESS.user, stat), Some(process));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_zombie_is_no_living_process() {
        assert_eq!(
            read_stat(
                PROCESS.pid,
                PROCESS.user,
                "12 (python) Z 7 9 12 0 -1 4194560 120 0 0 0 1 2 0 0 20 0 1 0 4711"
            ),
            None
        );
    }

    #[test]
    fn the_lines_of_ps_are_read() {
        assert_eq!(read_line("   12     7     9  1000 Ss+"), Some(PROCESS));
        assert_eq!(read_line("   12     7     9  1000 Z"), None);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn the_threads_of_a_process_are_counted() {
        let (done, wait) = std::sync::mpsc::channel::<()>();
        let (ready, started) = std::sync::mpsc::channel();
        let thread = thread::spawn(move || {
            let _ = ready.send(());
            let _ = wait.recv();
        });
        started.recv().unwrap();
        let own = list().into_iter().find(|process| process.pid == getpid()).unwrap();
        assert!(own.threads >= 2, "{own:?}");
        assert!(threads_of_user() >= own.threads);
        drop(done);
        thread.join().unwrap();
    }

    #[test]
    fn a_process_is_found_by_its_mark_and_killed() {
        let home = tempfile::tempdir().unwrap();
        let mut marked =
            std::process::Command::new("sleep").arg("60").env(MARK, home.path()).spawn().unwrap();
        assert!(kill_marked(home.path()));
        assert!(!marked.wait().unwrap().success());
        assert!(!kill_marked(home.path()));
    }

    #[test]
    fn this_process_finds_its_child_and_kills_it() {
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let pid = Pid::from_raw(i32::try_from(child.id()).unwrap());
        assert!(descendants(&[getpid()]).iter().any(|process| process.pid == pid));
        kill(pid, Signal::SIGKILL).unwrap();
        child.wait().unwrap();
        assert!(!descendants(&[getpid()]).iter().any(|process| process.pid == pid));
    }
}
