//! One worker: started, fed, listened to, timed out and killed.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, killpg};
use nix::sys::wait::WaitStatus;
use nix::unistd::Pid;

use super::branch::{Branch, Swept, by_step, output};
use super::cancel::Cancel;
use super::error::{PlayError, StartError};
use super::event::{Ending, Observed, Play};
use super::folder::Folder;
use super::hearing::{Hearing, Turn};
use super::lifeline::{Lifeline, Sent};
use super::limits::PROCESS_LIMIT;
use super::listen::{Frame, Heard, Listener};
use super::processes;
use super::request::{self, Conduct};
use super::start::{self, Setup};
use super::supervisor::Farewell;
use super::verify::verify;
use crate::scenario::Scenario;

/// How long a worker may take until it is ready.
const START_LIMIT: Duration = Duration::from_secs(30);
/// How long a worker may take to reap a child that is done; and where the run may have stopped it.
const REAP_LIMIT: Duration = Duration::from_secs(20);
const REAP_LIMIT_IN_REACH: Duration = Duration::from_secs(2);
/// How long what a run left behind may take to end by itself, where no PID namespace is; in one it is
/// the probe that waits, as long.
const GRACE: Duration = Duration::from_millis(250);
/// How long a worker may take to read a request.
const SEND_LIMIT: Duration = Duration::from_secs(30);
/// How long a supervisor may take to end, once it is told to.
const END_LIMIT: Duration = Duration::from_secs(2);
/// The exit status of a child whose probe came to its end (`PLAYED_OUT` there): no scenario's.
const PLAYED_OUT: i32 = 113;

/// How long a run may take, and a branch of it.
#[derive(Debug, Clone, Copy)]
struct Limits {
    run: Duration,
    branch: Duration,
}

/// A process that hosts one interpreter and forks a child for each run.
#[derive(Debug)]
pub struct Worker {
    supervisor: Child,
    /// Nothing, once the worker is gone.
    lifeline: Option<Lifeline>,
    listener: Listener,
    folder: Folder,
    packages: Option<PathBuf>,
    contained: bool,
    /// The worker's own, in its namespace.
    pid: i32,
}

impl Worker {
    /// Starts a worker, waits until it is ready, and makes sure that it hosts what was asked for.
    /// `folder` is empty and the worker's own.
    pub fn start(setup: &Setup<'_>, folder: &Path, cancel: &Cancel) -> Result<Self, StartError> {
        let executable = &setup.interpreter.executable;
        let system = |source| StartError::System { executable: executable.clone(), source };
        let mut worker = Self::spawn(setup, folder, cancel).map_err(system)?;
        let deadline = Instant::now() + START_LIMIT;
        match worker.listener.hear(deadline, cancel).map_err(system)? {
            Heard::Frame(Frame::Hello(hello)) => {
                worker.contained = hello.contained;
                worker.pid = hello.pid;
                verify(setup.interpreter, &hello)?;
                Ok(worker)
            }
            Heard::Cancelled => Err(StartError::Interrupted),
            _ => {
                worker.end();
                worker.listener.take_marked(&mut Default::default()).map_err(system)?;
                let [_, stderr] = worker.listener.take_rest();
                let stderr = String::from_utf8_lossy(&stderr.bytes).into_owned();
                Err(StartError::NotReady { executable: executable.clone(), stderr })
            }
        }
    }

    fn spawn(setup: &Setup<'_>, folder: &Path, cancel: &Cancel) -> io::Result<Self> {
        let folder = Folder::lay_out(folder)?;
        let nonce = format!("{:016x}", RandomState::new().hash_one(folder.path()));
        let started = start::start(setup, &folder)?;
        let mut worker = Self {
            supervisor: started.supervisor,
            lifeline: Some(Lifeline::new(started.commands)?),
            listener: Listener::new(&nonce, [started.frames, started.stdout, started.stderr])?,
            folder,
            packages: setup.conditions.packages.clone(),
            contained: false,
            pid: 0,
        };
        let greeting = request::greeting(&nonce, &worker.folder.warm(), worker.packages.as_deref());
        worker.send(&greeting, cancel)?;
        Ok(worker)
    }

    /// Whether it can play another run.
    pub fn is_alive(&self) -> bool {
        self.lifeline.is_some()
    }

    /// Plays a scenario in a fork of the worker. Where the run takes the worker with it, the worker
    /// is gone afterwards, and nothing that it started is left.
    pub fn play(
        &mut self,
        scenario: &Scenario,
        conduct: &Conduct,
        limit: Duration,
        cancel: &Cancel,
    ) -> Result<Play, PlayError> {
        self.sweep(scenario, conduct, limit, cancel, &mut |_| {}).map(|swept| swept.play)
    }

    /// The same for a run that is swept: hands over each branch once it has ended.
    pub fn sweep(
        &mut self,
        scenario: &Scenario,
        conduct: &Conduct,
        limit: Duration,
        cancel: &Cancel,
        heard: &mut dyn FnMut(Branch),
    ) -> Result<Swept, PlayError> {
        let workspace = self.folder.workspace()?;
        let message = request::run(scenario, conduct, &workspace);
        let limits = Limits { run: limit, branch: conduct.plan.as_ref().map_or(limit, |plan| plan.limit) };
        let swept = self.play_in(&workspace, &message, limits, cancel, heard);
        Folder::discard(&workspace);
        let mut swept = swept?;
        swept.play.laid.clone_from(&conduct.files);
        Ok(swept)
    }

    fn play_in(
        &mut self,
        workspace: &Path,
        request: &[u8],
        limits: Limits,
        cancel: &Cancel,
        heard: &mut dyn FnMut(Branch),
    ) -> Result<Swept, PlayError> {
        if self.send(request, cancel)? == Sent::Cancelled {
            return Err(PlayError::Interrupted);
        }
        let (hearing, lost) = self.listen(workspace, limits, cancel, heard)?;
        self.conclude(hearing, lost, workspace.to_owned())
    }

    /// Sends a message. A worker that did not take it whole cannot be sent another.
    fn send(&mut self, message: &[u8], cancel: &Cancel) -> io::Result<Sent> {
        let Some(lifeline) = &mut self.lifeline else { return Ok(Sent::Over) };
        let sent = lifeline.send(message, Instant::now() + SEND_LIMIT, cancel)?;
        if sent != Sent::Over {
            self.end();
        }
        if sent == Sent::Late {
            return Err(io::Error::new(ErrorKind::TimedOut, "it does not read its requests"));
        }
        Ok(sent)
    }

    /// Hears a run out. Says what became of the worker, where the run took it along.
    fn listen(
        &mut self,
        workspace: &Path,
        limits: Limits,
        cancel: &Cancel,
        heard: &mut dyn FnMut(Branch),
    ) -> Result<(Hearing, Option<Ending>), PlayError> {
        let mut hearing = Hearing::default();
        let reap_limit = if self.contained { REAP_LIMIT } else { REAP_LIMIT_IN_REACH };
        let mut deadline = Instant::now() + limits.run;
        loop {
            match self.listener.hear(deadline, cancel)? {
                Heard::Frame(frame) => match hearing.take(frame) {
                    Turn::On => {}
                    Turn::Done => deadline = Instant::now() + reap_limit,
                    // It is the probe that waits for a branch, and kills it.
                    Turn::Forked => deadline = Instant::now() + limits.branch + reap_limit,
                    Turn::Joined(status, killed) => {
                        deadline = Instant::now() + limits.run;
                        self.listener.take_marked(&mut hearing.streams)?;
                        let ended = hearing.close(workspace, |branch| {
                            if killed {
                                Ending::Hung { limit: limits.branch }
                            } else {
                                ending(status, branch.is_over())
                            }
                        });
                        ended.into_iter().for_each(&mut *heard);
                    }
                    Turn::Ended(status, leaked) => {
                        let strays = !self.contained && self.kill_strays();
                        hearing.ended = Some((status, leaked || strays));
                        return Ok((hearing, None));
                    }
                },
                Heard::Closed => {
                    let ending = match self.end() {
                        Some(Farewell::Swarmed) => Ending::Swarmed { limit: PROCESS_LIMIT },
                        _ => Ending::KilledWorker,
                    };
                    return Ok((hearing, Some(ending)));
                }
                Heard::Late => {
                    // Nobody else stops or kills a worker or its supervisor.
                    let taken_along = self.end().is_none() || hearing.threads.is_some();
                    let ending =
                        if taken_along { Ending::KilledWorker } else { Ending::Hung { limit: limits.run } };
                    return Ok((hearing, Some(ending)));
                }
                Heard::Cancelled => {
                    self.end();
                    return Err(PlayError::Interrupted);
                }
            }
        }
    }

    /// Puts together what was heard and what was written.
    fn conclude(
        &mut self,
        mut hearing: Hearing,
        lost: Option<Ending>,
        workspace: PathBuf,
    ) -> Result<Swept, PlayError> {
        self.listener.take_marked(&mut hearing.streams)?;
        let garbage = self.listener.take_garbage()?;
        let leaves = hearing.events.last().is_some_and(|event| event.leaves.is_some());
        let (status, leaked) = hearing.ended.unwrap_or_default();
        let ending = match lost.unwrap_or_else(|| ending(status, hearing.threads.is_some() || leaves)) {
            Ending::Finished | Ending::Exited { .. } | Ending::Silent if garbage > 0 => Ending::Garbled,
            other => other,
        };
        let [out, err] = &mut hearing.streams;
        let mut outputs = by_step(out.take_run(), err.take_run());
        let [rest_out, rest_err] = self.listener.take_rest();
        let rest = output(out.unfinished(&rest_out), err.unfinished(&rest_err));
        let steps = hearing
            .events
            .into_iter()
            .map(|event| Observed { output: outputs.remove(&event.step).unwrap_or_default(), event })
            .collect();
        let threads = hearing.threads.unwrap_or_default();
        let (held, more_held) = hearing.held;
        let (uses, packages) = (hearing.uses, self.packages.clone());
        let laid = BTreeMap::new();
        let play =
            Play { steps, uses, rest, ending, leaked, threads, held, more_held, workspace, packages, laid };
        Ok(Swept { play, survey: hearing.survey, refused: hearing.refused })
    }

    /// Kills what a run left behind, where no PID namespace does; whether there was anything.
    fn kill_strays(&self) -> bool {
        processes::kill_descendants(self.group(), Some(Pid::from_raw(self.pid)), GRACE)
    }

    fn group(&self) -> Pid {
        Pid::from_raw(i32::try_from(self.supervisor.id()).unwrap_or(0))
    }

    /// Closes the lifeline and waits until the supervisor has ended, and with it all it started.
    fn end(&mut self) -> Option<Farewell> {
        self.lifeline = None;
        let deadline = Instant::now() + END_LIMIT;
        let farewell = loop {
            match self.supervisor.try_wait() {
                Ok(Some(status)) => break status.code().and_then(Farewell::from_code),
                Ok(None) if Instant::now() < deadline => std::thread::sleep(Duration::from_millis(1)),
                _ => break None,
            }
        };
        if farewell.is_none() {
            // A run stopped or killed its supervisor, which it cannot reach from a namespace.
            processes::kill_descendants(self.group(), None, Duration::ZERO);
            let _ = killpg(self.group(), Signal::SIGKILL);
            let _ = self.supervisor.wait();
            processes::kill_marked(&self.folder.home());
        }
        farewell
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        if self.is_alive() {
            self.end();
        }
    }
}

/// What a child's wait status says, together with whether its end marker was seen.
fn ending(status: i32, marked: bool) -> Ending {
    match WaitStatus::from_raw(Pid::from_raw(1), status) {
        Ok(WaitStatus::Signaled(_, signal, _)) => Ending::Crashed { signal: signal.as_str().to_owned() },
        Ok(WaitStatus::Exited(_, PLAYED_OUT)) if marked => Ending::Finished,
        Ok(WaitStatus::Exited(_, PLAYED_OUT)) => Ending::Silent,
        Ok(WaitStatus::Exited(_, status)) => Ending::Exited { status },
        _ => Ending::Silent,
    }
}
