//! The end of the harness itself: what it started ends with it, and what it laid out is removed.
//!
//! The driver that is killed here is this test binary, started again.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read};
use std::os::fd::AsFd;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{Signal, kill};
use nix::sys::stat::Mode as Permissions;
use nix::unistd::{Pid, mkfifo, setsid};
use reload_harness::lab::{Item, Lab};
use reload_harness::worker::{Cancel, Workspaces};

use crate::ground::{Mode, limited, modes, processes_of, programs, prompt, two};

const PART: &str = "FIRE_DRIVER";
/// Far more than any wait here takes.
const PATIENCE: Duration = Duration::from_secs(30);

/// Plays `MODE PYTHON PIPE`: a run that tells the pipe where it is and goes on for ever, or, for the
/// pipe `-`, one short run after the other.
#[test]
#[ignore = "it is what the other tests here start, and kill"]
fn the_driver() {
    let Ok(part) = std::env::var(PART) else {
        return println!("skipped: it has no part to play");
    };
    let part: Vec<&str> = part.split(' ').collect();
    setsid().unwrap();
    let python = two()[part[1].parse::<usize>().unwrap()];
    let lab =
        Lab::new(programs(), Cancel::on_signals().unwrap()).unwrap().contain(part[0] == "Contained").jobs(2);
    let case = match part[2] {
        "-" => prompt("open('file', 'w').close()"),
        pipe => limited(
            60.0,
            &format!(
                "import os, time, subprocess\np = subprocess.Popen(['sleep', '60'])\nf = open('{pipe}', 'w')\nn = [f.write(os.getcwd() + '\\n'), f.flush()]\ntime.sleep(60)"
            ),
        ),
    };
    let items = vec![Item { scenario: &case, interpreter: python }; if part[2] == "-" { 2000 } else { 2 }];
    let mut interrupted = 0;
    lab.run(&items, |_, run| match run.outcome {
        Ok(play) => println!("ran in {}", play.workspace.display()),
        Err(error) => interrupted += usize::from(error.is_interruption()),
    });
    drop(lab);
    println!("interrupted: {interrupted}");
}

fn start(python: usize, mode: Mode, pipe: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["driver::the_driver", "--exact", "--ignored", "--nocapture", "--test-threads", "1"])
        .env(PART, format!("{mode:?} {python} {pipe}"))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

fn signal(driver: &Child, signal: Signal) {
    kill(Pid::from_raw(i32::try_from(driver.id()).unwrap()), signal).unwrap();
}

/// The pipe's reading end, which is at its end once the run that holds the other one is gone.
struct Pipe {
    file: File,
}

impl Pipe {
    fn at(path: &Path) -> Self {
        mkfifo(path, Permissions::S_IRWXU).unwrap();
        let file = fs::OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK).open(path).unwrap();
        Self { file }
    }

    /// What is written next; nothing at the end.
    fn read(&mut self) -> String {
        let mut fds = [PollFd::new(self.file.as_fd(), PollFlags::POLLIN)];
        let timeout = PollTimeout::try_from(PATIENCE.as_millis()).unwrap();
        assert!(poll(&mut fds, timeout).unwrap() > 0, "nothing came");
        let mut text = [0; 4096];
        let count = self.file.read(&mut text).unwrap();
        String::from_utf8(text[..count].to_vec()).unwrap()
    }
}

/// Waits until no process of a folder is left; the kernel tells nobody of it.
fn wait_for_nobody(folder: &Path) {
    let deadline = Instant::now() + PATIENCE;
    while !processes_of(folder).is_empty() {
        assert!(Instant::now() < deadline, "left: {:?}", processes_of(folder));
        std::thread::yield_now();
    }
}

/// Has a driver hang in a run, signals it, and hands it over with the folder of its lab.
fn killed_in_a_run(number: Signal, check: impl Fn(Child, &Path)) {
    for python in 0..two().len() {
        for mode in modes() {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("pipe");
            let mut pipe = Pipe::at(&path);
            let driver = start(python, *mode, path.to_str().unwrap());
            let workspace = PathBuf::from(pipe.read().lines().next().unwrap());
            let root = workspace.ancestors().nth(2).unwrap();
            assert!(!processes_of(root).is_empty());
            let start = Instant::now();
            signal(&driver, number);
            while !pipe.read().is_empty() {}
            println!("{number} {mode:?}: the run ended after {:?}", start.elapsed());
            check(driver, root);
        }
    }
}

fn ends_in_order(number: Signal) {
    killed_in_a_run(number, |driver, root| {
        let output = driver.wait_with_output().unwrap();
        assert!(output.status.success(), "{output:?}");
        assert!(String::from_utf8_lossy(&output.stdout).contains("interrupted: 2"), "{output:?}");
        assert_eq!(processes_of(root), Vec::<String>::new());
        assert!(!root.exists());
    });
}

#[test]
fn after_an_interrupt_nothing_is_left() {
    ends_in_order(Signal::SIGINT);
}

#[test]
fn after_a_termination_nothing_is_left() {
    ends_in_order(Signal::SIGTERM);
}

#[test]
fn after_a_hangup_nothing_is_left() {
    ends_in_order(Signal::SIGHUP);
}

#[test]
fn after_a_kill_no_process_is_left_and_the_next_start_sweeps() {
    killed_in_a_run(Signal::SIGKILL, |mut driver, root| {
        driver.wait().unwrap();
        wait_for_nobody(root);
        drop(Workspaces::create().unwrap());
        assert!(!root.exists());
    });
}

#[test]
fn a_driver_may_be_killed_between_any_two_runs() {
    for mode in modes() {
        for lines in 0..6 {
            let mut driver = start(0, *mode, "-");
            let output = BufReader::new(driver.stdout.take().unwrap());
            let mut workspaces = Vec::new();
            let mut told = output.lines().map_while(Result::ok);
            while workspaces.len() < lines {
                let line = told.next().unwrap();
                workspaces.extend(line.split_once("ran in ").map(|(_, path)| PathBuf::from(path)));
            }
            signal(&driver, if lines % 2 == 0 { Signal::SIGKILL } else { Signal::SIGTERM });
            driver.wait().unwrap();
            drop(told);
            for root in workspaces.iter().map(|workspace| workspace.ancestors().nth(2).unwrap()) {
                wait_for_nobody(root);
                drop(Workspaces::create().unwrap());
                assert!(!root.exists());
            }
        }
    }
}
