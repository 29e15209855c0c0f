//! One worker: started, fed, listened to, timed out and killed.

use std::collections::BTreeMap;
use std::fs;
use std::hash::{BuildHasher, RandomState};
use std::io::{self, PipeWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use super::cancel::Cancel;
use super::event::{Ending, Event, Observed, Output, Play};
use super::listen::{Frame, Heard, Hello, Listener};
use super::processes;
use super::request::{Greeting, Request, message};
use super::start::{self, Conditions, Programs};
use super::supervisor::{Farewell, PROCESS_LIMIT};
use super::workspaces;
use crate::python::Interpreter;
use crate::scenario::Scenario;

/// How long a worker may take until it is ready.
const START_LIMIT: Duration = Duration::from_secs(30);
/// How long a worker may take to reap a child that is done.
const REAP_LIMIT: Duration = Duration::from_secs(1);
/// How long a supervisor may take to end, once it is told to.
const END_LIMIT: Duration = Duration::from_secs(2);
/// The exit status of a child whose probe came to its end (`PLAYED_OUT` there): no scenario's.
const PLAYED_OUT: i32 = 113;

/// Why there is no worker.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The operating system refused something.
    #[error("failed to start a worker for {executable}: {source}")]
    System {
        /// Which Python.
        executable: PathBuf,
        /// What it said.
        source: io::Error,
    },
    /// It ended, or took too long, before it was ready.
    #[error("the worker for {executable} did not get ready{}", said(stderr))]
    NotReady {
        /// Which Python.
        executable: PathBuf,
        /// What it wrote to standard error.
        stderr: String,
    },
    /// It hosts another Python than the one that was asked for.
    #[error("the worker for {executable} hosts {actual} instead of {expected}")]
    WrongInterpreter {
        /// Which Python.
        executable: PathBuf,
        /// Version and prefix that were asked for.
        expected: String,
        /// Version and prefix that it reports, and its libpython.
        actual: String,
    },
    /// The harness is to stop.
    #[error("interrupted")]
    Interrupted,
}

fn said(stderr: &str) -> String {
    if stderr.trim().is_empty() { String::new() } else { format!("; it wrote:\n{}", stderr.trim_end()) }
}

/// Why a run yielded no play. None of these is the scenario's doing.
#[derive(Debug, thiserror::Error)]
pub enum PlayError {
    /// The operating system refused something.
    #[error("failed to talk to the worker: {0}")]
    System(#[from] io::Error),
    /// The harness is to stop.
    #[error("interrupted")]
    Interrupted,
}

/// A process that hosts one interpreter and forks a child for each run.
#[derive(Debug)]
pub struct Worker {
    supervisor: Child,
    /// Nothing, once the worker is gone.
    commands: Option<PipeWriter>,
    listener: Listener,
    folder: PathBuf,
    contained: bool,
    pid: i32,
    runs: u64,
}

/// What has been heard of a run so far.
#[derive(Debug, Default)]
struct Hearing {
    events: Vec<Event>,
    threads: Option<Vec<String>>,
    ended: Option<(i32, bool)>,
}

impl Worker {
    /// Starts a worker, waits until it is ready, and makes sure that it hosts what was asked for.
    /// `folder` is empty and the worker's own; without `contain` it gets no PID namespace even where
    /// there could be one.
    pub fn start(
        programs: &Programs,
        interpreter: &Interpreter,
        conditions: Conditions,
        folder: &Path,
        contain: bool,
        cancel: &Cancel,
    ) -> Result<Self, StartError> {
        let system = |source| StartError::System { executable: interpreter.executable.clone(), source };
        let mut worker = Self::spawn(programs, interpreter, conditions, folder, contain).map_err(system)?;
        let deadline = Instant::now() + START_LIMIT;
        match worker.listener.hear(deadline, cancel).map_err(system)? {
            Heard::Frame(Frame::Hello(hello)) => {
                worker.contained = hello.contained;
                worker.pid = hello.pid;
                verify(interpreter, &hello)?;
                Ok(worker)
            }
            Heard::Cancelled => Err(StartError::Interrupted),
            _ => {
                worker.end();
                let stderr = worker.listener.take_written().map_err(system)?.rest.stderr;
                Err(StartError::NotReady {
                    executable: interpreter.executable.clone(),
                    stderr: String::from_utf8_lossy(&stderr).into_owned(),
                })
            }
        }
    }

    fn spawn(
        programs: &Programs,
        interpreter: &Interpreter,
        conditions: Conditions,
        folder: &Path,
        contain: bool,
    ) -> io::Result<Self> {
        fs::create_dir_all(folder.join("tmp"))?;
        for (name, source) in start::FILES {
            fs::write(folder.join(name), source)?;
        }
        let warm = folder.join("warm");
        fs::create_dir_all(&warm)?;
        let nonce = format!("{:016x}", RandomState::new().hash_one(folder));
        let started = start::start(programs, interpreter, conditions, folder, contain)?;
        let listener = Listener::new(&nonce, [started.frames, started.stdout, started.stderr])?;
        let mut worker = Self {
            supervisor: started.supervisor,
            commands: Some(started.commands),
            listener,
            folder: folder.to_owned(),
            contained: false,
            pid: 0,
            runs: 0,
        };
        // Where the worker failed to start, the pipe is closed: it is heard of then.
        let _ = worker.send(&message(&Greeting { nonce: &nonce, workspace: &warm.to_string_lossy() })?);
        Ok(worker)
    }

    /// Whether it can play another run.
    pub fn is_alive(&self) -> bool {
        self.commands.is_some()
    }

    /// Plays a scenario in a fork of the worker. Where the run takes the worker with it, the worker
    /// is gone afterwards, and nothing that it started is left.
    pub fn play(&mut self, scenario: &Scenario, limit: Duration, cancel: &Cancel) -> Result<Play, PlayError> {
        self.runs += 1;
        let workspace = self.folder.join(format!("run{}", self.runs));
        fs::create_dir(&workspace)?;
        let request =
            message(&Request::new(scenario, &workspace.to_string_lossy())).map_err(io::Error::from)?;
        // A worker that was killed between two runs closes the pipe; that is heard of below.
        let _ = self.send(&request);
        let (hearing, lost) = self.listen(limit, cancel)?;
        let play = self.conclude(hearing, lost, workspace.clone());
        let _ = workspaces::remove(&workspace);
        play
    }

    fn send(&mut self, message: &[u8]) -> io::Result<()> {
        self.commands.as_mut().map_or(Ok(()), |commands| commands.write_all(message))
    }

    /// Hears a run out. Says what became of the worker, where the run took it along.
    fn listen(&mut self, limit: Duration, cancel: &Cancel) -> Result<(Hearing, Option<Ending>), PlayError> {
        let mut hearing = Hearing::default();
        let mut deadline = Instant::now() + limit;
        loop {
            match self.listener.hear(deadline, cancel)? {
                Heard::Frame(Frame::Step(event)) => hearing.events.push(*event),
                Heard::Frame(Frame::Done { threads }) => {
                    hearing.threads = Some(threads);
                    deadline = Instant::now() + REAP_LIMIT;
                }
                Heard::Frame(Frame::Ended { status, leaked }) => {
                    let strays = !self.contained && self.kill_strays();
                    hearing.ended = Some((status, leaked || strays));
                    return Ok((hearing, None));
                }
                Heard::Frame(Frame::Hello(_)) => {}
                Heard::Closed => {
                    let swarmed = self.end() == Some(Farewell::Swarmed);
                    let limit = PROCESS_LIMIT;
                    return Ok((
                        hearing,
                        Some(if swarmed { Ending::Swarmed { limit } } else { Ending::KilledWorker }),
                    ));
                }
                Heard::Late => {
                    self.end();
                    let stopped = hearing.threads.is_some();
                    return Ok((
                        hearing,
                        Some(if stopped { Ending::KilledWorker } else { Ending::Hung { limit } }),
                    ));
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
        hearing: Hearing,
        lost: Option<Ending>,
        workspace: PathBuf,
    ) -> Result<Play, PlayError> {
        let written = self.listener.take_written()?;
        let garbage = self.listener.take_garbage()?;
        let leaves = hearing.events.last().is_some_and(|event| event.leaves.is_some());
        let (status, leaked) = hearing.ended.unwrap_or_default();
        let ending = match lost.unwrap_or_else(|| ending(status, hearing.threads.is_some() || leaves)) {
            Ending::Finished | Ending::Exited { .. } | Ending::Silent if garbage > 0 => Ending::Garbled,
            other => other,
        };
        let mut outputs: BTreeMap<usize, Output> = written.steps.into_iter().collect();
        let steps = hearing
            .events
            .into_iter()
            .map(|event| Observed { output: outputs.remove(&event.step).unwrap_or_default(), event })
            .collect();
        let threads = hearing.threads.unwrap_or_default();
        Ok(Play { steps, rest: written.rest, ending, leaked, threads, workspace })
    }

    /// Kills what a run left behind, where no PID namespace does; whether there was anything.
    fn kill_strays(&self) -> bool {
        processes::kill_descendants(self.group(), Some(Pid::from_raw(self.pid)))
    }

    fn group(&self) -> Pid {
        Pid::from_raw(i32::try_from(self.supervisor.id()).unwrap_or(0))
    }

    /// Closes the lifeline and waits until the supervisor has ended, and with it all it started.
    fn end(&mut self) -> Option<Farewell> {
        self.commands = None;
        let deadline = Instant::now() + END_LIMIT;
        loop {
            match self.supervisor.try_wait() {
                Ok(Some(status)) => return status.code().and_then(Farewell::from_code),
                Ok(None) if Instant::now() < deadline => std::thread::sleep(Duration::from_millis(1)),
                _ => break,
            }
        }
        // Only where a run stopped its supervisor, which it cannot reach from a namespace.
        processes::kill_descendants(self.group(), None);
        let _ = killpg(self.group(), Signal::SIGKILL);
        let _ = self.supervisor.wait();
        None
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
    use nix::sys::wait::WaitStatus;
    match WaitStatus::from_raw(Pid::from_raw(1), status) {
        Ok(WaitStatus::Signaled(_, signal, _)) => Ending::Crashed { signal: signal.as_str().to_owned() },
        Ok(WaitStatus::Exited(_, PLAYED_OUT)) if marked => Ending::Finished,
        Ok(WaitStatus::Exited(_, PLAYED_OUT)) => Ending::Silent,
        Ok(WaitStatus::Exited(_, status)) => Ending::Exited { status },
        _ => Ending::Silent,
    }
}

/// Whether the worker hosts the interpreter that was asked for. "3.11.7" once ran the system's
/// 3.11.2, which has the same soname.
fn verify(interpreter: &Interpreter, hello: &Hello) -> Result<(), StartError> {
    let version = hello.version.split_whitespace().next().unwrap_or_default();
    let same_prefix = same_file(&interpreter.base_prefix, Path::new(&hello.prefix));
    let same_library = match (&interpreter.host, &hello.libpython) {
        (crate::python::Host::Embedded { libpython }, Some(loaded)) => {
            same_file(libpython, Path::new(loaded))
        }
        (crate::python::Host::Embedded { .. }, None) => false,
        (crate::python::Host::Spawned { .. }, _) => true,
    };
    if version.trim_end_matches('+') == interpreter.version.trim_end_matches('+')
        && same_prefix
        && same_library
    {
        return Ok(());
    }
    let library = hello.libpython.as_ref().map(|path| format!(", libpython {path}")).unwrap_or_default();
    Err(StartError::WrongInterpreter {
        executable: interpreter.executable.clone(),
        expected: format!("{} in {}", interpreter.version, interpreter.base_prefix.display()),
        actual: format!("{version} in {}{library}", hello.prefix),
    })
}

fn same_file(one: &Path, other: &Path) -> bool {
    match (fs::canonicalize(one), fs::canonicalize(other)) {
        (Ok(one), Ok(other)) => one == other,
        _ => one == other,
    }
}
