//! Starting a worker: its command line, its environment, its descriptors.

use std::ffi::OsString;
use std::io::{PipeReader, PipeWriter, pipe};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use command_fds::{CommandFdExt, FdMapping};

use super::supervisor;
use crate::python::{Host, Interpreter};

/// The probe's file name.
const PROBE: &str = "probe.py";
/// What is written into a worker's folder: the probe, and what it loads from beside it.
pub(super) const FILES: [(&str, &str); 2] =
    [(PROBE, include_str!("probe.py")), ("census.py", include_str!("census.py"))];

/// Runs the probe outside `__main__`, which belongs to the scenario, and outside `sys.modules`.
const BOOTSTRAP: &str = "import sys; a = sys.argv; exec(compile(open(a[1]).read(), a[1], 'exec'), \
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
}

/// What sets one worker apart from another of the same interpreter: it cannot change after start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Conditions {
    /// `PYTHONHASHSEED`.
    pub hashseed: u32,
    /// Whether `site` is imported.
    pub site: bool,
}

/// A worker's processes and the harness's ends of its pipes.
pub(super) struct Started {
    pub(super) supervisor: Child,
    pub(super) commands: PipeWriter,
    pub(super) frames: PipeReader,
    pub(super) stdout: PipeReader,
    pub(super) stderr: PipeReader,
}

pub(super) fn start(
    programs: &Programs,
    interpreter: &Interpreter,
    conditions: Conditions,
    folder: &Path,
    contain: bool,
) -> std::io::Result<Started> {
    let (requests, commands) = pipe()?;
    let (frames, frames_end) = pipe()?;
    let (stdout, stdout_end) = pipe()?;
    let (stderr, stderr_end) = pipe()?;
    let mut command = Command::new(&programs.supervisor);
    command
        .args(arguments(programs, interpreter, conditions, folder, contain))
        .env_clear()
        .envs(environment(interpreter, conditions, folder))
        .current_dir(folder)
        .stdin(Stdio::from(requests))
        .stdout(Stdio::from(stdout_end))
        .stderr(Stdio::from(stderr_end))
        .process_group(0)
        .fd_mappings(vec![FdMapping { parent_fd: frames_end.into(), child_fd: supervisor::FRAMES }])
        .map_err(std::io::Error::other)?;
    Ok(Started { supervisor: command.spawn()?, commands, frames, stdout, stderr })
}

fn arguments(
    programs: &Programs,
    interpreter: &Interpreter,
    conditions: Conditions,
    folder: &Path,
    contain: bool,
) -> Vec<OsString> {
    let executable = interpreter.executable.as_os_str();
    let mut arguments: Vec<OsString> = vec![supervisor::COMMAND.into()];
    if !contain {
        arguments.push("--uncontained".into());
    }
    match &interpreter.host {
        Host::Embedded { libpython } => {
            arguments.extend(["--preload".into(), libpython.into(), programs.worker.clone().into()]);
        }
        Host::Spawned { .. } => arguments.push(executable.into()),
    }
    // `-u`: what a run printed before it crashed is not lost in a buffer. `-s`: no user site.
    arguments.extend([executable.into(), "-u".into(), "-s".into()]);
    if !conditions.site {
        arguments.push("-S".into());
    }
    arguments.extend(["-c".into(), BOOTSTRAP.into(), folder.join(PROBE).into()]);
    arguments
}

/// The environment decides nothing: it is the same everywhere, with the interpreter's own folder
/// first on PATH, as in its virtual environment.
fn environment(
    interpreter: &Interpreter,
    conditions: Conditions,
    folder: &Path,
) -> Vec<(&'static str, OsString)> {
    let mut path = OsString::new();
    if let Some(own) = interpreter.executable.parent() {
        path.push(own);
        path.push(":");
    }
    path.push("/usr/local/bin:/usr/bin:/bin");
    vec![
        ("PATH", path),
        ("HOME", folder.into()),
        ("TMPDIR", folder.join("tmp").into()),
        ("LANG", "C.UTF-8".into()),
        ("LC_ALL", "C.UTF-8".into()),
        ("TZ", "UTC".into()),
        ("PYTHONHASHSEED", conditions.hashseed.to_string().into()),
        ("PYTHONIOENCODING", "utf-8".into()),
    ]
}
