//! Ctrl-C and SIGTERM, told to everything that waits.

use std::io::{self, PipeReader, Write, pipe};
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

/// Whether to stop, as a flag and as a descriptor that becomes readable, and stays so.
#[derive(Debug, Clone)]
pub struct Cancel {
    wake: Arc<PipeReader>,
    writer: Arc<io::PipeWriter>,
}

impl Cancel {
    /// One that only [`Cancel::cancel`] sets off.
    pub fn new() -> io::Result<Self> {
        let (reader, writer) = pipe()?;
        Ok(Self { wake: Arc::new(reader), writer: Arc::new(writer) })
    }

    /// One that SIGINT, SIGTERM and SIGHUP set off. A second signal ends the process as if there
    /// were no handler; its workers end with it.
    pub fn on_signals() -> io::Result<Self> {
        let cancel = Self::new()?;
        let second = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            signal_hook::flag::register_conditional_default(signal, Arc::clone(&second))?;
            signal_hook::flag::register(signal, Arc::clone(&second))?;
            signal_hook::low_level::pipe::register(signal, cancel.writer.try_clone()?)?;
        }
        Ok(cancel)
    }

    /// Sets it off.
    pub fn cancel(&self) {
        // The pipe is only full where it was set off many times before.
        let _ = (&*self.writer).write(b"!");
    }

    /// Whether it was set off.
    pub fn is_cancelled(&self) -> bool {
        let mut fds = [PollFd::new(self.as_fd(), PollFlags::POLLIN)];
        poll(&mut fds, PollTimeout::ZERO).is_ok_and(|ready| ready > 0)
    }
}

impl AsFd for Cancel {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.wake.as_fd()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn once_cancelled_it_stays_so_for_every_clone() {
        let cancel = Cancel::new().unwrap();
        let clone = cancel.clone();
        assert!(!clone.is_cancelled());
        cancel.cancel();
        assert!(clone.is_cancelled());
        assert!(clone.is_cancelled());
    }
}
