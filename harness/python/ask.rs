//! Asks one executable for its facts: a process, a time limit, an answer or the reason for none.

use std::io::{self, Read};
use std::os::fd::AsFd;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use super::facts::{Facts, SCRIPT};

/// How much of each stream is read; facts take one kilobyte.
const CAP: usize = 64 * 1024;

/// Why an executable did not say what it is. The text finishes the sentence "unusable: it ...".
#[derive(Debug, thiserror::Error)]
pub(super) enum Silence {
    #[error("could not be started: {0}")]
    NotStarted(io::Error),
    #[error("gave no answer within {} s", .0.as_secs_f64())]
    Hung(Duration),
    #[error("{}, and said: {said}", describe(*.status))]
    Failed { status: ExitStatus, said: String },
    #[error("answered, but not with facts of a Python: {0}")]
    Nonsense(String),
}

/// Runs `executable` with the facts script, for at most `limit` of wall time.
pub(super) fn ask(executable: &Path, limit: Duration) -> Result<Facts, Silence> {
    let facts = ask_with(executable, &["-E", "-s", "-S"], limit)?;
    if !facts.rootless {
        return Ok(facts);
    }
    ask_with(executable, &["-E", "-s"], limit).map(|facts| Facts { rootless: true, ..facts })
}

fn ask_with(executable: &Path, flags: &[&str], limit: Duration) -> Result<Facts, Silence> {
    let deadline = Instant::now() + limit;
    let mut command = Command::new(executable);
    command
        .args(flags)
        .args(["-c", SCRIPT])
        .env_remove("__PYVENV_LAUNCHER__")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0);
    let mut child = spawn(&mut command, deadline).map_err(Silence::NotStarted)?;
    let heard = listen(&mut child, deadline);
    // The whole group: a wrapper may have left a child that hangs. Whoever has ended is past being
    // killed, so the status below is its own.
    if let Ok(group) = i32::try_from(child.id()) {
        let _ = killpg(Pid::from_raw(group), Signal::SIGKILL);
    }
    let status = child.wait().map_err(Silence::NotStarted)?;
    let heard = heard.map_err(Silence::NotStarted)?;
    if let Some(facts) = Facts::read(&heard.stdout) {
        return Ok(facts);
    }
    Err(match heard.end {
        End::TimeIsUp => Silence::Hung(limit),
        End::Flood => Silence::Nonsense(excerpt(&heard.stdout)),
        End::Closed if status.success() && heard.stdout.is_empty() => Silence::Nonsense("nothing".to_owned()),
        End::Closed if status.success() => Silence::Nonsense(excerpt(&heard.stdout)),
        End::Closed => Silence::Failed { status, said: excerpt(&heard.stderr) },
    })
}

/// An executable is busy for as long as anyone has it open for writing, and for a moment that is
/// every process that was forked by one that wrote it.
fn spawn(command: &mut Command, deadline: Instant) -> io::Result<Child> {
    loop {
        match command.spawn() {
            Err(error) if error.kind() == io::ErrorKind::ExecutableFileBusy && Instant::now() < deadline => {
                thread::sleep(Duration::from_millis(1));
            }
            done => return done,
        }
    }
}

struct Heard {
    stdout: Vec<u8>,
    stderr: Vec<u8>,
    end: End,
}

enum End {
    Closed,
    TimeIsUp,
    Flood,
}

fn listen(child: &mut Child, deadline: Instant) -> io::Result<Heard> {
    let (mut out, mut err) = (child.stdout.take(), child.stderr.take());
    let mut heard = Heard { stdout: Vec::new(), stderr: Vec::new(), end: End::Closed };
    while out.is_some() || err.is_some() {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            heard.end = End::TimeIsUp;
            break;
        }
        let (out_ready, err_ready) = ready(out.as_ref(), err.as_ref(), left)?;
        if out_ready {
            read_some(&mut out, &mut heard.stdout)?;
        }
        if err_ready {
            read_some(&mut err, &mut heard.stderr)?;
        }
        if heard.stdout.len() > CAP || heard.stderr.len() > CAP {
            heard.end = End::Flood;
            break;
        }
    }
    Ok(heard)
}

fn ready(out: Option<&impl AsFd>, err: Option<&impl AsFd>, left: Duration) -> io::Result<(bool, bool)> {
    let mut polled: Vec<PollFd<'_>> = Vec::with_capacity(2);
    polled.extend(out.map(|out| PollFd::new(out.as_fd(), PollFlags::POLLIN)));
    polled.extend(err.map(|err| PollFd::new(err.as_fd(), PollFlags::POLLIN)));
    let timeout = PollTimeout::try_from(left + Duration::from_millis(1)).unwrap_or(PollTimeout::MAX);
    match poll(&mut polled, timeout) {
        Ok(_) | Err(Errno::EINTR) => {}
        Err(errno) => return Err(errno.into()),
    }
    let mut ready = polled.iter().map(|fd| fd.any().unwrap_or(false));
    let out_ready = out.is_some() && ready.next().unwrap_or(false);
    Ok((out_ready, ready.next().unwrap_or(false)))
}

fn read_some(stream: &mut Option<impl Read>, into: &mut Vec<u8>) -> io::Result<()> {
    let Some(open) = stream else { return Ok(()) };
    let mut buffer = [0; 4096];
    match open.read(&mut buffer) {
        Ok(0) => *stream = None,
        Ok(count) => into.extend_from_slice(&buffer[..count]),
        Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
        Err(error) => return Err(error),
    }
    Ok(())
}

fn describe(status: ExitStatus) -> String {
    match (status.code(), status.signal().and_then(|signal| Signal::try_from(signal).ok())) {
        (Some(code), _) => format!("ended with status {code}"),
        (None, Some(signal)) => format!("was killed by {signal}"),
        (None, None) => status.to_string(),
    }
}

/// One line that says most: of a traceback the last, of anything else the first.
fn excerpt(said: &[u8]) -> String {
    const WIDTH: usize = 120;
    let text = String::from_utf8_lossy(said);
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let line = if text.starts_with("Traceback ") { lines.next_back() } else { lines.next() };
    let line = line.unwrap_or("nothing");
    let mut kept: String = line.chars().filter(|char| !char.is_control()).take(WIDTH).collect();
    if line.chars().count() > WIDTH {
        kept.push('…');
    }
    kept
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::fs::{self, OpenOptions};
    use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};

    use nix::sys::stat::Mode;
    use nix::unistd::mkfifo;
    use tempfile::TempDir;

    const LONG: Duration = Duration::from_secs(60);

    fn script(body: &str) -> (TempDir, std::path::PathBuf) {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("python");
        fs::write(&path, format!("#!/bin/sh\n{body}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        (folder, path)
    }

    fn silence(body: &str, limit: Duration) -> String {
        let (_folder, path) = script(body);
        ask(&path, limit).unwrap_err().to_string()
    }

    #[test]
    fn what_is_not_there_could_not_be_started() {
        let silence = ask(Path::new("/no/such/python"), LONG).unwrap_err().to_string();
        assert!(silence.starts_with("could not be started: No such file"), "{silence}");
    }

    #[test]
    fn one_that_hangs_is_given_up_and_its_children_with_it() {
        let (folder, path) = script("sleep 600 3> \"${0%/*}/fifo\" &\nwait");
        let fifo = folder.path().join("fifo");
        mkfifo(&fifo, Mode::S_IRUSR | Mode::S_IWUSR).unwrap();
        let held = OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK).open(&fifo).unwrap();
        let silence = ask(&path, Duration::from_secs(2)).unwrap_err().to_string();
        assert_eq!(silence, "gave no answer within 2 s");
        let mut polled = [PollFd::new(held.as_fd(), PollFlags::POLLIN)];
        poll(&mut polled, PollTimeout::try_from(LONG).unwrap()).unwrap();
        assert_eq!(polled[0].revents(), Some(PollFlags::POLLHUP), "the child still holds its end");
    }

    #[test]
    fn a_child_that_keeps_the_pipe_does_not_keep_us() {
        let silence = silence("sleep 600 &\nexit 3", Duration::from_millis(300));
        assert_eq!(silence, "gave no answer within 0.3 s");
    }

    #[test]
    fn a_failure_is_told_in_its_own_words() {
        assert_eq!(
            silence("echo 'pyenv: python2: command not found' >&2; echo more >&2; exit 127", LONG),
            "ended with status 127, and said: pyenv: python2: command not found"
        );
        assert_eq!(
            silence(
                "printf 'Traceback (most recent call last):\\n  File x\\nImportError: No module named os\\n' >&2; exit 1",
                LONG
            ),
            "ended with status 1, and said: ImportError: No module named os"
        );
        assert_eq!(silence("kill -SEGV $$", LONG), "was killed by SIGSEGV, and said: nothing");
    }

    #[test]
    fn nonsense_is_quoted() {
        assert_eq!(silence("echo hello", LONG), "answered, but not with facts of a Python: hello");
        assert_eq!(silence("exit 0", LONG), "answered, but not with facts of a Python: nothing");
    }

    #[test]
    fn a_flood_is_cut_off() {
        assert_eq!(silence("exec yes", LONG), "answered, but not with facts of a Python: y");
    }

    #[test]
    fn one_that_needs_site_is_asked_again_with_it() {
        let (_folder, path) = script(concat!(
            "printf '\\0reload-harness facts\\0'\n",
            "case \"$3\" in -S) printf 'rootless=1\\0';; *) printf 'version=2.7.18\\0';; esac\n",
            "printf 'end of facts\\0'",
        ));
        let facts = ask(&path, LONG).unwrap();
        assert_eq!((facts.version.as_str(), facts.rootless), ("2.7.18", true));
    }
}
