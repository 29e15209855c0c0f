//! Starting a worker: its command line, its environment, its descriptors.

use std::ffi::OsString;
use std::io::{PipeReader, PipeWriter, pipe};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use command_fds::{CommandFdExt, FdMapping};

use super::folder::Folder;
use super::{processes, supervisor};
use crate::python::{Host, Interpreter};

/// Runs the probe outside `__main__`, which belongs to the scenario, and outside `sys.modules`.
const BOOTSTRAP: &str = "import sys; a = sys.argv; exec(compile(open(a[1]).read(), '<reload-harness>/probe.py', 'exec'), \
    {'__name__': 'probe', '__file__': a[1], 'COMMANDS': int(a[2]), 'FRAMES': int(a[3]), \
    'STDOUT': int(a[4]), 'STDERR': int(a[5]), 'CONTAINED': a[6] == '1'})";

/// The two programs that this crate is made of, besides the caller's.
#[derive(Debug, Clone)]
pub struct Programs {
    /// `reload-harness`, which is its own supervisor.
    pub supervisor: PathBuf,
    /// `reload-worker`, which embeds.
    pub worker: PathBuf,
}

impl Programs {
    /// Those that stand beside the running one, as cargo puts them.
    pub fn beside_this_one() -> std::io::Result<Self> {
        let this = std::env::current_exe()?;
        Ok(Self { worker: this.with_file_name("reload-worker"), supervisor: this })
    }

    /// The same interpreter, spawned where it would be embedded and `reload-worker` is not there:
    /// `cargo run` builds one program only.
    pub fn host(&self, interpreter: Interpreter) -> Interpreter {
        match interpreter.host {
            Host::Embedded { .. } if !self.worker.is_file() => {
                let reason = format!("{} is not there", self.worker.display());
                Interpreter { host: Host::Spawned { reason }, ..interpreter }
            }
            _ => interpreter,
        }
    }
}

/// What sets one worker apart from another of the same interpreter: it cannot change after start.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Conditions {
    /// `PYTHONHASHSEED`.
    pub hashseed: u32,
    /// Whether `site` is imported.
    pub site: bool,
    /// A folder of packages that can be imported besides, as those of site-packages can.
    pub packages: Option<PathBuf>,
    /// Whether it is for a program of the user's, in the user's environment and with room enough.
    pub of_user: bool,
}

/// What is started, and how.
#[derive(Debug, Clone)]
pub struct Setup<'a> {
    /// By what.
    pub programs: &'a Programs,
    /// What the worker is to host.
    pub interpreter: &'a Interpreter,
    /// Under which conditions.
    pub conditions: Conditions,
    /// Whether it gets a PID namespace where there can be one.
    pub contain: bool,
}

/// A worker's processes and the harness's ends of its pipes.
pub(super) struct Started {
    pub(super) supervisor: Child,
    pub(super) commands: PipeWriter,
    pub(super) frames: PipeReader,
    pub(super) stdout: PipeReader,
    pub(super) stderr: PipeReader,
}

pub(super) fn start(setup: &Setup<'_>, folder: &Folder) -> std::io::Result<Started> {
    let (requests, commands) = pipe()?;
    let (frames, frames_end) = pipe()?;
    let (stdout, stdout_end) = pipe()?;
    let (stderr, stderr_end) = pipe()?;
    let mut command = Command::new(&setup.programs.supervisor);
    command
        .args(arguments(setup, folder))
        .env_clear()
        .envs(environment(setup, folder))
        .current_dir(folder.path())
        .stdin(Stdio::from(requests))
        .stdout(Stdio::from(stdout_end))
        .stderr(Stdio::from(stderr_end))
        .process_group(0)
        .fd_mappings(vec![FdMapping { parent_fd: frames_end.into(), child_fd: supervisor::FRAMES }])
        .map_err(std::io::Error::other)?;
    Ok(Started { supervisor: command.spawn()?, commands, frames, stdout, stderr })
}

fn arguments(setup: &Setup<'_>, folder: &Folder) -> Vec<OsString> {
    let interpreter = setup.interpreter;
    let executable = interpreter.executable.as_os_str();
    let mut arguments: Vec<OsString> = vec![supervisor::COMMAND.into()];
    if !setup.contain {
        arguments.push("--uncontained".into());
    }
    if setup.conditions.of_user {
        arguments.push("--roomy".into());
    }
    match &interpreter.host {
        Host::Embedded { libpython } => {
            arguments.extend(["--preload".into(), libpython.into(), setup.programs.worker.clone().into()]);
        }
        Host::Spawned { .. } => arguments.push(executable.into()),
    }
    // `-u`: what a run printed before it crashed is not lost in a buffer. `-s`: no user site.
    arguments.extend([executable.into(), "-u".into()]);
    if !setup.conditions.of_user {
        arguments.push("-s".into());
        if !setup.conditions.site {
            arguments.push("-S".into());
        }
    }
    arguments.extend(["-c".into(), BOOTSTRAP.into(), folder.probe().into()]);
    arguments
}

/// The environment decides nothing: it is the same everywhere, with the interpreter's own folder
/// first on PATH, as in its virtual environment. A program of the user's has the user's.
fn environment(setup: &Setup<'_>, folder: &Folder) -> Vec<(OsString, OsString)> {
    if setup.conditions.of_user {
        return environment_of_user(setup, folder);
    }
    let mut path = OsString::new();
    if let Some(own) = setup.interpreter.executable.parent() {
        path.push(own);
        path.push(":");
    }
    path.push("/usr/local/bin:/usr/bin:/bin");
    let mut variables = vec![
        ("PATH", path),
        (processes::MARK, folder.home().into()),
        ("TMPDIR", folder.temporary().into()),
        ("LANG", "C.UTF-8".into()),
        ("LC_ALL", "C.UTF-8".into()),
        ("TZ", "UTC".into()),
        ("PYTHONHASHSEED", setup.conditions.hashseed.to_string().into()),
        ("PYTHONIOENCODING", "utf-8".into()),
    ];
    if setup.conditions.packages.is_some() {
        // A library for linear algebra would start a thread with a stack and buffers for each processor.
        variables.push(("OMP_NUM_THREADS", "1".into()));
    }
    variables.into_iter().map(|(name, value)| (name.into(), value)).collect()
}

fn environment_of_user(setup: &Setup<'_>, folder: &Folder) -> Vec<(OsString, OsString)> {
    // A seed that is not fixed would make any two runs differ.
    let seed = std::env::var_os("PYTHONHASHSEED").filter(|seed| seed != "random");
    let decided: [(OsString, OsString); 3] = [
        (processes::MARK_OF_USER.into(), folder.home().into()),
        ("TMPDIR".into(), folder.temporary().into()),
        ("PYTHONHASHSEED".into(), seed.unwrap_or_else(|| setup.conditions.hashseed.to_string().into())),
    ];
    std::env::vars_os()
        .filter(|(name, _)| name != "LD_PRELOAD" && !name.to_string_lossy().starts_with("RELOAD_HARNESS"))
        .chain(decided)
        .collect()
}
