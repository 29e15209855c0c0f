//! All of this crate's unsafe code: what the operating system and libpython offer without a safe
//! way in.

use std::os::fd::{BorrowedFd, RawFd};

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
