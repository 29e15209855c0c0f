//! The process between the harness and a worker: it confines the worker, reaps what is orphaned in
//! it, and when either end goes, takes everything with it.
//!
//! It is this program's own binary, started again with [`COMMAND`] as its first argument. Where the
//! kernel allows a PID namespace, the worker is its process 1: nothing in there can kill or stop it,
//! every orphan becomes its child, and when it goes, the kernel kills all that is left, whatever that
//! did to escape (`pid_namespaces(7)`). Elsewhere the supervisor is the subreaper of its descendants
//! (prctl(2)) and kills those it finds.
//!
//! The pipe on which the worker gets its requests is also the lifeline: once the harness has closed
//! its end, by intent or because it was killed, the supervisor ends.

use std::ffi::{CString, OsStr, OsString};
use std::fs;
use std::os::fd::{AsFd, BorrowedFd, RawFd};
use std::os::unix::ffi::OsStrExt;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::resource::{Resource, getrlimit};
use nix::sys::signal::{SigSet, Signal, kill};
use nix::sys::stat::{Mode, umask};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::{ForkResult, Pid, close, dup2_stdin, execve, getpid};

use super::limits::{self, PROCESS_LIMIT};
use super::{namespace, processes, sys};

/// The hidden first argument that makes this program a supervisor.
pub const COMMAND: &str = "__supervise";

/// The descriptor on which the probe sends frames, as the supervisor is given it. Requests, the
/// lifeline, come on descriptor 0.
pub(super) const FRAMES: RawFd = 3;
/// Where the worker's own descriptors are moved to, so that a scenario that tries all low numbers
/// does not meet them; no higher, for a fork copies the table up to the highest.
const OUT_OF_REACH: RawFd = 1016;

/// How often the number of processes is looked at, in milliseconds.
const LOOK: u16 = 10;

/// Why a supervisor ended, as its exit status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Farewell {
    /// The harness closed the lifeline.
    Released,
    /// The worker ended before that.
    WorkerGone,
    /// The worker had too many processes.
    Swarmed,
    /// It could not start the worker; standard error says why.
    Failed,
}

impl Farewell {
    const ALL: [(Self, u8); 4] =
        [(Self::Released, 0), (Self::WorkerGone, 80), (Self::Swarmed, 81), (Self::Failed, 82)];

    fn code(self) -> u8 {
        Self::ALL.iter().find(|(farewell, _)| *farewell == self).map_or(82, |(_, code)| *code)
    }

    /// What an exit status means; none for one that is not a supervisor's.
    pub(super) fn from_code(code: i32) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| i32::from(*known) == code).map(|(farewell, _)| *farewell)
    }
}

/// What to start: `[--uncontained] [--roomy] [--preload LIBRARY] PROGRAM ARGV0 ARGUMENT...`. The worker gets
/// five arguments more: the descriptors for requests, frames, standard output and standard error,
/// and `1` in a PID namespace or `0` outside.
struct Plan {
    contain: bool,
    /// Whether it may have as much memory and write as large files as it likes.
    roomy: bool,
    preload: Option<OsString>,
    program: OsString,
    arguments: Vec<OsString>,
}

impl Plan {
    fn read(mut arguments: impl Iterator<Item = OsString>) -> Option<Self> {
        let (mut contain, mut roomy, mut preload) = (true, false, None);
        let program = loop {
            let next = arguments.next()?;
            match next.to_str() {
                Some("--uncontained") => contain = false,
                Some("--roomy") => roomy = true,
                Some("--preload") => preload = Some(arguments.next()?),
                _ => break next,
            }
        };
        Some(Self { contain, roomy, preload, program, arguments: arguments.collect() })
    }
}

/// Supervises what the arguments after [`COMMAND`] name, until either end goes.
pub fn main(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let farewell = match Plan::read(arguments) {
        Some(plan) => supervise(&plan).unwrap_or_else(|error| {
            eprintln!("failed to supervise a worker: {error}");
            Farewell::Failed
        }),
        None => Farewell::Failed,
    };
    ExitCode::from(farewell.code())
}

/// Starts the worker and stays until the lifeline is closed, the worker ends or swarms.
fn supervise(plan: &Plan) -> nix::Result<Farewell> {
    let_go_of_the_harness()?;
    // Nothing reads the flag: a handler has to be there for poll() to return when a child ends.
    signal_hook::flag::register(signal_hook::consts::SIGCHLD, Arc::new(AtomicBool::new(false)))
        .map_err(|error| Errno::from_raw(error.raw_os_error().unwrap_or(0)))?;
    let contained = plan.contain && namespace::enter();
    if !contained {
        namespace::adopt_orphans();
    }
    // Among thousands of processes, each with the share of a session of its own (autogroup, sched(7)),
    // it would not get to look for minutes.
    let outranks = sys::outrank();
    let worker = match sys::fork()? {
        ForkResult::Parent { child } => child,
        ForkResult::Child => become_worker(plan, contained, outranks),
    };
    close(FRAMES)?;
    let farewell = watch(worker);
    // In a namespace this is its process 1: with it goes everything in there, and it can be waited
    // for only after that (`pid_namespaces(7)`).
    let _ = kill(worker, Signal::SIGKILL);
    processes::kill_descendants(getpid(), None, Duration::ZERO);
    Ok(farewell)
}

/// Drops what a process has from those before it and a run must not see: descriptors that were left
/// open, a build's job server say, and signals that were blocked.
fn let_go_of_the_harness() -> nix::Result<()> {
    SigSet::empty().thread_set_mask()?;
    umask(Mode::S_IWGRP | Mode::S_IWOTH);
    let open = fs::read_dir("/dev/fd").into_iter().flatten().flatten();
    let numbers: Vec<RawFd> = open.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    for number in numbers.into_iter().filter(|number| *number > FRAMES) {
        // The one by which they were listed is closed already.
        let _ = close(number);
    }
    Ok(())
}

fn watch(worker: Pid) -> Farewell {
    let lifeline = std::io::stdin();
    let mut population = processes::Population::default();
    loop {
        if reap(worker) {
            return Farewell::WorkerGone;
        }
        if closed(lifeline.as_fd()) {
            return Farewell::Released;
        }
        if population.exceeds(PROCESS_LIMIT) {
            return Farewell::Swarmed;
        }
    }
}

/// Waits a little for the harness to close its end of the lifeline.
fn closed(lifeline: BorrowedFd<'_>) -> bool {
    let mut fds = [PollFd::new(lifeline, PollFlags::empty())];
    match poll(&mut fds, PollTimeout::from(LOOK)) {
        Ok(_) => {
            fds[0].revents().is_some_and(|events| events.intersects(PollFlags::POLLHUP | PollFlags::POLLERR))
        }
        Err(_) => false,
    }
}

/// Reaps whatever has ended; whether the worker was among it.
fn reap(worker: Pid) -> bool {
    loop {
        match waitpid(None::<Pid>, Some(WaitPidFlag::WNOHANG)) {
            Ok(WaitStatus::Exited(pid, _) | WaitStatus::Signaled(pid, _, _)) if pid == worker => return true,
            Ok(WaitStatus::StillAlive) | Err(_) => return false,
            Ok(_) => {}
        }
    }
}

/// Limits this process and becomes the worker.
fn become_worker(plan: &Plan, contained: bool, outranks: bool) -> ! {
    namespace::die_with_parent();
    sys::default_signals();
    limits::impose(contained, outranks, plan.roomy);
    let error = match move_out_of_reach() {
        Ok(descriptors) => exec(plan, contained, descriptors),
        Err(error) => error,
    };
    eprintln!("failed to start {}: {error}", plan.program.display());
    std::process::exit(i32::from(Farewell::Failed.code()))
}

/// Moves the descriptors for requests and frames up, adds copies of standard output and standard
/// error that a scenario cannot redirect, and leaves the worker a standard input at its end.
fn move_out_of_reach() -> nix::Result<[RawFd; 4]> {
    let (soft, _) = getrlimit(Resource::RLIMIT_NOFILE)?;
    let lowest = i32::try_from(soft).map_or(OUT_OF_REACH, |soft| OUT_OF_REACH.min(soft - 8));
    let up = |fd: BorrowedFd<'_>| fcntl(fd, FcntlArg::F_DUPFD(lowest));
    let commands = up(std::io::stdin().as_fd())?;
    let frames = up(sys::inherited(FRAMES))?;
    let (stdout, stderr) = (up(std::io::stdout().as_fd())?, up(std::io::stderr().as_fd())?);
    close(FRAMES)?;
    let nothing = fs::File::open("/dev/null").map_err(|_| Errno::ENOENT)?;
    dup2_stdin(nothing)?;
    Ok([commands, frames, stdout, stderr])
}

fn exec(plan: &Plan, contained: bool, descriptors: [RawFd; 4]) -> Errno {
    let mut arguments: Vec<CString> = Vec::new();
    for argument in &plan.arguments {
        arguments.extend(c_string(argument));
    }
    arguments.extend(descriptors.map(|fd| fd.to_string()).iter().filter_map(|fd| c_string(OsStr::new(fd))));
    arguments.extend(c_string(OsStr::new(if contained { "1" } else { "0" })));
    let mut environment: Vec<CString> = std::env::vars_os()
        .filter_map(|(mut variable, value)| {
            variable.push("=");
            variable.push(value);
            c_string(&variable)
        })
        .collect();
    if let Some(library) = &plan.preload {
        let mut variable = OsString::from("LD_PRELOAD=");
        variable.push(library);
        environment.extend(c_string(&variable));
    }
    match c_string(&plan.program) {
        Some(program) => match execve(&program, &arguments, &environment) {
            Ok(never) => match never {},
            Err(error) => error,
        },
        None => Errno::EINVAL,
    }
}

/// None for what a C string cannot hold; neither arguments nor environment can have got here with a
/// NUL in them.
fn c_string(text: &OsStr) -> Option<CString> {
    CString::new(text.as_bytes()).ok()
}
