//! Ctrl-C.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::world::{GOOD, World};

const HANGS: &str = "# It hangs\n\n```toml\ntimeout = 3600\n```\n\n```pycon\n>>> while True: pass\n```\n";

/// A process, told from a later one that got its number.
#[derive(Debug, PartialEq, Eq)]
struct Process {
    number: u32,
    parent: u32,
    start: String,
}

fn processes() -> Vec<Process> {
    let numbers =
        fs::read_dir("/proc").unwrap().filter_map(|entry| entry.unwrap().file_name().to_str()?.parse().ok());
    numbers.filter_map(process).collect()
}

fn process(number: u32) -> Option<Process> {
    let stat = fs::read_to_string(format!("/proc/{number}/stat")).ok()?;
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    (fields[0] != "Z").then(|| Process {
        number,
        parent: fields[1].parse().unwrap(),
        start: fields[19].to_owned(),
    })
}

fn descendants(of: u32) -> Vec<Process> {
    let (mut found, mut others) = (Vec::<Process>::new(), processes());
    loop {
        let parents: Vec<u32> = found.iter().map(|process| process.number).chain([of]).collect();
        let (children, rest): (Vec<_>, Vec<_>) =
            others.into_iter().partition(|process| parents.contains(&process.parent));
        if children.is_empty() {
            return found;
        }
        found.extend(children);
        others = rest;
    }
}

/// The folder of its workspaces, which it holds by a lock.
fn workspaces(program: &Child) -> PathBuf {
    let open = fs::read_dir(format!("/proc/{}/fd", program.id())).unwrap();
    let files = open.filter_map(|entry| fs::read_link(entry.unwrap().path()).ok());
    let lock = files.into_iter().find(|path| path.ends_with("lock") && is_ours(path.parent().unwrap()));
    lock.expect("a lock").parent().unwrap().to_owned()
}

fn is_ours(folder: &Path) -> bool {
    folder.file_name().is_some_and(|name| name.to_string_lossy().starts_with("reload-harness-"))
}

fn interrupted(signal: Signal, arguments: &[&str]) -> (World, String, String) {
    let world = World::new().scenario("g/a_good", GOOD).scenario("g/b_hangs", HANGS);
    let mut command = world.command(&[&["run", "--jobs", "1"], arguments].concat());
    let mut program = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut out = BufReader::new(program.stdout.take().unwrap());
    let mut printed = String::new();
    while !printed.contains("It reloads") {
        assert!(out.read_line(&mut printed).unwrap() > 0, "{printed}");
    }
    let folder = workspaces(&program);
    let below = descendants(program.id());
    assert!(folder.exists() && !below.is_empty());
    kill(Pid::from_raw(program.id().try_into().unwrap()), signal).unwrap();
    out.read_to_string(&mut printed).unwrap();
    let mut said = String::new();
    program.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(program.wait().unwrap().code(), Some(130), "{said}");
    let left: Vec<_> =
        below.iter().filter(|gone| process(gone.number).is_some_and(|now| now.start == gone.start)).collect();
    assert!(left.is_empty(), "{left:?}");
    assert!(!folder.exists(), "{}", folder.display());
    (world, printed, said)
}

#[test]
fn ctrl_c_ends_a_run_and_leaves_nothing_behind() {
    let (world, printed, said) = interrupted(Signal::SIGINT, &[]);
    assert!(said.ends_with("interrupted: 1 run was played\n"), "{said}");
    assert!(!printed.contains("b_hangs"), "{printed}");
    assert!(world.has(&format!("snapshots/g/a_good@{}.snap.new", crate::world::python())));
}

#[test]
fn termination_is_told_in_json_as_well() {
    let (_, printed, _) = interrupted(Signal::SIGTERM, &["--json"]);
    let last: serde_json::Value = serde_json::from_str(printed.lines().last().unwrap()).unwrap();
    assert_eq!(last["event"], "finished");
    assert_eq!((&last["runs"], &last["exit_code"]), (&1.into(), &130.into()));
}
