//! The pipe on which a worker gets its requests. While it is open, the worker lives.

use std::io::{self, ErrorKind, PipeWriter, Write};
use std::os::fd::AsFd;
use std::time::Instant;

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use super::cancel::Cancel;

/// The harness's end of it.
#[derive(Debug)]
pub(super) struct Lifeline {
    pipe: PipeWriter,
}

/// What became of a message.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Sent {
    /// It was handed over, or there is nobody any more; that is heard of on the other pipes.
    Over,
    /// The deadline passed: the worker does not read.
    Late,
    /// The harness is to stop.
    Cancelled,
}

impl Lifeline {
    pub(super) fn new(pipe: PipeWriter) -> io::Result<Self> {
        fcntl(&pipe, FcntlArg::F_SETFL(OFlag::O_NONBLOCK))?;
        Ok(Self { pipe })
    }

    /// Sends a message of any length, for as long as the worker takes to read it.
    pub(super) fn send(
        &mut self,
        mut message: &[u8],
        deadline: Instant,
        cancel: &Cancel,
    ) -> io::Result<Sent> {
        while !message.is_empty() {
            match self.pipe.write(message) {
                Ok(count) => message = &message[count..],
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::BrokenPipe => break,
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    let Some(left) = deadline.checked_duration_since(Instant::now()) else {
                        return Ok(Sent::Late);
                    };
                    let timeout = PollTimeout::try_from(left.as_millis() + 1).unwrap_or(PollTimeout::MAX);
                    let mut fds = [
                        PollFd::new(self.pipe.as_fd(), PollFlags::POLLOUT),
                        PollFd::new(cancel.as_fd(), PollFlags::POLLIN),
                    ];
                    match poll(&mut fds, timeout) {
                        Ok(_) | Err(Errno::EINTR) => {}
                        Err(error) => return Err(error.into()),
                    }
                    if fds[1].any() == Some(true) {
                        return Ok(Sent::Cancelled);
                    }
                }
                Err(error) => return Err(error),
            }
        }
        Ok(Sent::Over)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::io::{Read, pipe};
    use std::time::Duration;

    use super::*;

    static LARGE: [u8; 1 << 20] = [b'x'; 1 << 20];

    fn soon() -> Instant {
        Instant::now() + Duration::from_millis(1)
    }

    #[test]
    fn a_message_larger_than_the_pipe_arrives_whole() {
        let (mut reader, writer) = pipe().unwrap();
        let mut lifeline = Lifeline::new(writer).unwrap();
        let thread = std::thread::spawn(move || {
            let mut read = Vec::new();
            reader.read_to_end(&mut read).unwrap();
            read.len()
        });
        let far = Instant::now() + Duration::from_secs(60);
        assert_eq!(lifeline.send(&LARGE, far, &Cancel::new().unwrap()).unwrap(), Sent::Over);
        drop(lifeline);
        assert_eq!(thread.join().unwrap(), LARGE.len());
    }

    #[test]
    fn a_reader_that_does_not_read_holds_nobody_up() {
        let (_reader, writer) = pipe().unwrap();
        let mut lifeline = Lifeline::new(writer).unwrap();
        let cancel = Cancel::new().unwrap();
        assert_eq!(lifeline.send(&LARGE, soon(), &cancel).unwrap(), Sent::Late);
        cancel.cancel();
        let far = Instant::now() + Duration::from_secs(60);
        assert_eq!(lifeline.send(&LARGE, far, &cancel).unwrap(), Sent::Cancelled);
    }

    #[test]
    fn a_reader_that_is_gone_is_no_error_here() {
        let (reader, writer) = pipe().unwrap();
        drop(reader);
        let mut lifeline = Lifeline::new(writer).unwrap();
        assert_eq!(lifeline.send(&LARGE, soon(), &Cancel::new().unwrap()).unwrap(), Sent::Over);
    }
}
