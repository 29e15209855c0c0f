//! Runs a module of an interpreter to its end.

use std::ffi::OsStr;
use std::fs::File;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use super::Lacking;
use crate::worker::Cancel;

/// How long it may take: a slow line and a large wheel.
const LIMIT: Duration = Duration::from_secs(600);

/// How often it is looked at.
const PAUSE: Duration = Duration::from_millis(20);

/// Runs `python -I -m MODULE ARGUMENT...` with its output in a file; whether it succeeded. Proxies, the index
/// and whatever else a user has set for pip hold, but for what would lead it elsewhere.
pub(super) fn call(
    python: &Path,
    arguments: &[&OsStr],
    log: &Path,
    cancel: &Cancel,
) -> Result<bool, Lacking> {
    let output = File::create(log)?;
    let child = Command::new(python)
        .args(["-I", "-m"])
        .args(arguments)
        .env_remove("__PYVENV_LAUNCHER__")
        .envs([("PIP_USER", "0"), ("PIP_REQUIRE_VIRTUALENV", "0"), ("LC_ALL", "C.UTF-8")])
        .stdin(Stdio::null())
        .stdout(Stdio::from(output.try_clone()?))
        .stderr(Stdio::from(output))
        .process_group(0)
        .spawn()?;
    wait(child, cancel)
}

fn wait(mut child: Child, cancel: &Cancel) -> Result<bool, Lacking> {
    let deadline = Instant::now() + LIMIT;
    let succeeded = loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status.success());
        }
        if cancel.is_cancelled() {
            break Err(Lacking::Interrupted);
        }
        if Instant::now() >= deadline {
            break Ok(false);
        }
        thread::sleep(PAUSE);
    };
    if let Ok(group) = i32::try_from(child.id()) {
        let _ = killpg(Pid::from_raw(group), Signal::SIGKILL);
    }
    child.wait()?;
    succeeded
}
