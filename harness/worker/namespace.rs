//! A PID namespace for a worker, and what there is instead.

#[cfg(target_os = "linux")]
pub(super) use linux::{adopt_orphans, die_with_parent, enter, limit_processes};
#[cfg(not(target_os = "linux"))]
pub(super) use nothing::{adopt_orphans, die_with_parent, enter, limit_processes};

#[cfg(target_os = "linux")]
mod linux {
    use std::fs;

    use nix::sched::{CloneFlags, unshare};
    use nix::sys::prctl;
    use nix::sys::signal::Signal;
    use nix::sys::utsname::uname;
    use nix::unistd::{getgid, getuid};

    /// Below it no number is given to a process once all have been given out (`RESERVED_PIDS` in
    /// `include/linux/pid.h`).
    const RESERVED: usize = 300;

    /// Puts the next child into a PID namespace of its own; false where the kernel does not allow it.
    pub(in crate::worker) fn enter() -> bool {
        if unshare(CloneFlags::CLONE_NEWPID).is_ok() {
            return true;
        }
        let (uid, gid) = (getuid(), getgid());
        if unshare(CloneFlags::CLONE_NEWUSER | CloneFlags::CLONE_NEWPID).is_err() {
            return false;
        }
        // user_namespaces(7): the user stays who they are, so files keep their owner.
        fs::write("/proc/self/setgroups", "deny").is_ok()
            && fs::write("/proc/self/uid_map", format!("{uid} {uid} 1")).is_ok()
            && fs::write("/proc/self/gid_map", format!("{gid} {gid} 1")).is_ok()
    }

    /// Has the kernel refuse more processes than this in the namespace: what forks without end would
    /// otherwise grow faster than anyone who shares the processor with it can count. Each namespace
    /// has had a `pid_max` of its own since Linux 6.14 (`proc_sys_kernel(5)`); before, it is everyone's.
    pub(in crate::worker) fn limit_processes(limit: usize) {
        let release = uname().ok().and_then(|names| names.release().to_str().map(str::to_owned));
        let mut numbers =
            release.iter().flat_map(|release| release.split('.')).map_while(|part| part.parse().ok());
        if (numbers.next(), numbers.next()) >= (Some(6_u32), Some(14_u32)) {
            // Where this fails, the processes are still counted.
            let _ = fs::write("/proc/sys/kernel/pid_max", (RESERVED + limit).to_string());
        }
    }

    /// Has the kernel kill this process when its parent ends.
    pub(in crate::worker) fn die_with_parent() {
        // Where this fails, the worker still ends once it reads the end of its requests.
        let _ = prctl::set_pdeathsig(Signal::SIGKILL);
    }

    /// Makes this process the parent of its descendants' orphans.
    pub(in crate::worker) fn adopt_orphans() {
        // Where this fails, an orphan is found by its environment only.
        let _ = prctl::set_child_subreaper(true);
    }
}

#[cfg(not(target_os = "linux"))]
mod nothing {
    pub(in crate::worker) fn enter() -> bool {
        false
    }

    pub(in crate::worker) fn limit_processes(_: usize) {}

    pub(in crate::worker) fn die_with_parent() {}

    pub(in crate::worker) fn adopt_orphans() {}
}
