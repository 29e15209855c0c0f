//! The harness's end of a worker's three streams: the probe's frames, and what is written to
//! descriptors 1 and 2.

use std::io::{self, PipeReader, Read};
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use serde::Deserialize;

use super::branch::{Piece, RawSurvey, Stream, Struck};
use super::cancel::Cancel;
use super::event::{Event, Held, Output};
use super::evidence::Use;
use super::frame::{Decoder, Splitter};
use super::packed::unpack;

/// Bytes that are read of one stream before the others, and the clock, have their turn: whoever
/// writes without end may keep up with whoever reads.
const ONE_TURN: usize = 1 << 20;
/// Bytes that are read of a stream to which nobody writes any more: beyond what any pipe holds.
const ALL: usize = 1 << 31;
/// How long the output streams may wait for the next frame, after which they are read.
const FRAMES_ONLY: Duration = Duration::from_millis(3);

/// What the probe sends.
#[derive(Debug, Deserialize)]
#[serde(tag = "frame", rename_all = "snake_case")]
pub(super) enum Frame {
    /// The worker is ready.
    Hello(Hello),
    /// A step was played.
    Step(Box<Event>),
    /// Something was seen at the last step that is watched, which may not come to its end.
    Use {
        /// What.
        seen: Box<Use>,
    },
    /// The places of the run.
    Survey(Box<RawSurvey>),
    /// The fault cannot strike in this Python.
    Refused {
        /// Why.
        reason: String,
    },
    /// A branch is about to begin; what follows is of it.
    Forked {
        /// The number of the place.
        place: usize,
        /// Which of several things that are tried there.
        variant: usize,
        /// The step in which it begins.
        step: usize,
        /// File, line and function of a place that the run came to by itself.
        #[serde(default)]
        at: Option<(String, usize, String)>,
    },
    /// What the fault came to.
    Struck(Box<Struck>),
    /// The branch has ended, and what follows is of the run.
    Joined {
        /// As wait(2) gives it.
        status: i32,
        /// Whether it was killed at its limit.
        killed: bool,
    },
    /// All steps were played: the end marker.
    Done {
        /// Threads that still run.
        threads: Vec<String>,
        /// What holds superseded objects.
        held: Vec<Held>,
        /// How many more there are.
        more_held: u64,
    },
    /// The child was reaped.
    Ended {
        /// As wait(2) gives it.
        status: i32,
        /// Whether it left processes behind.
        leaked: bool,
    },
}

/// Which interpreter a worker says it hosts.
#[derive(Debug, Deserialize)]
pub(super) struct Hello {
    /// `sys.version`
    pub(super) version: String,
    /// `sys.base_prefix`
    pub(super) prefix: String,
    /// The file that libpython was loaded from, as the dynamic linker says; none where it is spawned.
    pub(super) libpython: Option<String>,
    /// Its process id, in its own namespace.
    pub(super) pid: i32,
    /// Whether that is a namespace of its own.
    pub(super) contained: bool,
}

/// Why [`Listener::hear`] returned.
#[derive(Debug)]
pub(super) enum Heard {
    /// The next frame.
    Frame(Frame),
    /// The worker's end of the frames was closed: it is gone.
    Closed,
    /// The deadline passed.
    Late,
    /// The harness is to stop.
    Cancelled,
}

#[derive(Debug)]
pub(super) struct Listener {
    frames: PipeReader,
    stdout: PipeReader,
    stderr: PipeReader,
    decoder: Decoder,
    out: Splitter,
    err: Splitter,
    garbage: usize,
}

impl Listener {
    pub(super) fn new(nonce: &str, [frames, stdout, stderr]: [PipeReader; 3]) -> io::Result<Self> {
        for pipe in [&frames, &stdout, &stderr] {
            fcntl(pipe, FcntlArg::F_SETFL(OFlag::O_NONBLOCK))?;
        }
        Ok(Self {
            frames,
            stdout,
            stderr,
            decoder: Decoder::new(nonce),
            out: Splitter::new(nonce, Output::CAP),
            err: Splitter::new(nonce, Output::CAP),
            garbage: 0,
        })
    }

    /// Waits for the next frame, and keeps both output streams flowing meanwhile.
    pub(super) fn hear(&mut self, deadline: Instant, cancel: &Cancel) -> io::Result<Heard> {
        // Most frames come at once, and what is written stays in its pipe until the run is over:
        // each reading costs a change from the child to this thread.
        let mut frames_only = true;
        let mut closed = false;
        loop {
            while let Some(payload) = self.decoder.next_frame() {
                // A frame that is whole but not ours can only be somebody's who read the nonce.
                match unpack(&payload).map(serde_json::from_value) {
                    Some(Ok(frame)) => return Ok(Heard::Frame(frame)),
                    _ => self.garbage += payload.len(),
                }
            }
            if closed {
                return Ok(Heard::Closed);
            }
            let Some(left) = deadline.checked_duration_since(Instant::now()) else { return Ok(Heard::Late) };
            let left = if frames_only { left.min(FRAMES_ONLY) } else { left };
            // Rounded up, or the last millisecond would be spent turning round.
            let timeout = PollTimeout::try_from(left.as_millis() + 1).unwrap_or(PollTimeout::MAX);
            let mut fds = [cancel.as_fd(), self.frames.as_fd(), self.stdout.as_fd(), self.stderr.as_fd()]
                .map(|fd| PollFd::new(fd, PollFlags::POLLIN));
            let asked = if frames_only { 2 } else { fds.len() };
            match poll(&mut fds[..asked], timeout) {
                Err(nix::errno::Errno::EINTR) => continue,
                Ok(0) => {
                    frames_only = false;
                    continue;
                }
                other => other?,
            };
            let [cancelled, frames, stdout, stderr] = fds.map(|fd| fd.any().unwrap_or(false));
            if cancelled {
                return Ok(Heard::Cancelled);
            }
            let out_open = !stdout || drain(&self.stdout, ONE_TURN, |bytes| self.out.feed(bytes))?;
            let err_open = !stderr || drain(&self.stderr, ONE_TURN, |bytes| self.err.feed(bytes))?;
            let frames_open = !frames || drain(&self.frames, ONE_TURN, |bytes| self.decoder.feed(bytes))?;
            closed = !frames_open || !out_open && !err_open;
        }
    }

    /// Hands over what has come in up to the last marks.
    pub(super) fn take_marked(&mut self, [stdout, stderr]: &mut [Stream; 2]) -> io::Result<()> {
        drain(&self.stdout, ALL, |bytes| self.out.feed(bytes))?;
        drain(&self.stderr, ALL, |bytes| self.err.feed(bytes))?;
        for (splitter, stream) in [(&mut self.out, stdout), (&mut self.err, stderr)] {
            for (mark, bytes, dropped) in splitter.take() {
                stream.take(mark, Piece { bytes, dropped });
            }
        }
        Ok(())
    }

    /// Takes what was written after the last marks, once nobody writes any more.
    pub(super) fn take_rest(&mut self) -> [Piece; 2] {
        [&mut self.out, &mut self.err].map(|splitter| {
            let (bytes, dropped) = splitter.take_rest();
            Piece { bytes, dropped }
        })
    }

    /// Bytes on the protocol's descriptor that the probe did not write, since the last call; only
    /// once the run is over.
    pub(super) fn take_garbage(&mut self) -> io::Result<usize> {
        drain(&self.frames, ALL, |bytes| self.decoder.feed(bytes))?;
        Ok(std::mem::take(&mut self.garbage) + self.decoder.take_garbage(true))
    }
}

/// Reads what there is, up to a measure; whether there may be more later.
fn drain(mut pipe: &PipeReader, measure: usize, mut feed: impl FnMut(&[u8])) -> io::Result<bool> {
    let mut buffer = [0; 1 << 14];
    let mut taken = 0;
    while taken < measure {
        match pipe.read(&mut buffer) {
            Ok(0) => return Ok(false),
            Ok(count) => {
                taken += count;
                feed(&buffer[..count]);
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(true),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(true)
}
