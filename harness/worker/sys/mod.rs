//! All of this crate's unsafe code: what the operating system and libpython offer without a safe
//! way in.

use std::os::fd::{BorrowedFd, RawFd};

use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction};
use nix::unistd::{ForkResult, fork as unsafe_fork};

/// Forks this process, which must have one thread.
#[allow(unsafe_code)]
pub(super) fn fork() -> nix::Result<ForkResult> {
    // SAFETY: only the supervisor forks, and it never starts a thread, so no lock can be held by
    // another thread at this moment.
    unsafe { unsafe_fork() }
}

/// A descriptor that this process was started with.
#[allow(unsafe_code)]
pub(super) fn inherited(fd: RawFd) -> BorrowedFd<'static> {
    // SAFETY: the harness maps this descriptor when it starts a supervisor, and the supervisor uses
    // it only before it closes it.
    unsafe { BorrowedFd::borrow_raw(fd) }
}

/// Gives every signal its default effect. What is ignored stays so through exec(2): Rust's runtime
/// ignores SIGPIPE, nohup(1) SIGHUP, and a shell SIGINT for what runs in the background.
#[allow(unsafe_code)]
pub(super) fn default_signals() {
    let default = SigAction::new(SigHandler::SigDfl, SaFlags::empty(), SigSet::empty());
    for signal in Signal::iterator() {
        // SAFETY: the default is no handler, so there is no code to be run by a signal.
        // SIGKILL and SIGSTOP have no other effect anyway, and refuse.
        let _ = unsafe { sigaction(signal, &default) };
    }
}

/// Puts this process before all that are not scheduled in real time (sched(7)); whether that is allowed.
#[cfg(target_os = "linux")]
#[allow(unsafe_code)]
pub(super) fn outrank() -> bool {
    // SAFETY: a `sched_param` of zeros is a valid one, on every C library.
    let mut parameters: libc::sched_param = unsafe { std::mem::zeroed() };
    parameters.sched_priority = 1;
    // SAFETY: the call reads `parameters` and changes nothing but how this process is scheduled.
    unsafe {
        libc::sched_setscheduler(0, libc::SCHED_RR | libc::SCHED_RESET_ON_FORK, &raw const parameters) == 0
    }
}

/// Nothing: what ranks how is not told alike elsewhere.
#[cfg(not(target_os = "linux"))]
pub(super) fn outrank() -> bool {
    false
}
