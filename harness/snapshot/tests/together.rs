//! Several runs in one tree: threads, and processes.

use std::env;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::super::epoch::Epoch;
use super::super::file_name::State;
use super::super::store::Store;
use super::{Project, name, tag, tags};

const WRITERS: usize = 8;
const WRITES: usize = 50;
/// More than a page of memory.
const LINES: usize = 250;
const PRESENT: &str = "cp27 cp36 cp311 cp312";

/// Long enough to be torn, were it not replaced as a whole.
fn report(writer: usize, write: usize) -> String {
    format!("writer {writer}, write {write}\n").repeat(LINES)
}

fn assert_whole(text: &str) {
    let mut lines = text.lines();
    let first = lines.next().unwrap();
    assert!(first.starts_with("writer ") && lines.all(|line| line == first), "torn: {text}");
    assert_eq!(text.lines().count(), LINES, "torn: {text}");
}

fn patient(root: &Path) -> Store {
    Store::new(root).with_patience(Duration::from_secs(300))
}

/// Proposes, takes back and accepts, as its number has it. `tell` is called before each write, so that
/// somebody reads meanwhile: readers that never rest would only keep the writers from the processor.
fn write_all(project: &Project, writer: usize, tell: impl Fn()) {
    let (scenario, store) = (project.scenario("g/x"), patient(project.store.root()));
    for write in 0..WRITES {
        tell();
        let tag = tags(PRESENT)[(writer + write) % 4];
        let recorded = store.record(&scenario, tag, &report(writer, write), &tags(PRESENT)).unwrap();
        assert!(recorded.proposed.is_some());
        read_all(&store);
        if write % 10 == writer {
            let done = store.accept(&|_| true).unwrap();
            assert!(done.problems.is_empty(), "{:?}", done.problems);
        }
    }
}

fn read_all(store: &Store) -> usize {
    let kept = store.load(&name("g/x")).unwrap();
    let texts: Vec<&str> = kept.accepted.iter().chain(&kept.pending).map(Epoch::text).collect();
    for text in &texts {
        assert_whole(text);
    }
    texts.len()
}

fn assert_in_order(project: &Project) {
    assert!(read_all(&project.store) > 0);
    assert!(!project.is_littered(), "{:?}", project.files());
    let done = project.store.accept(&|_| true).unwrap();
    assert!(done.problems.is_empty(), "{:?}", done.problems);
    assert!(read_all(&project.store) > 0);
}

#[test]
fn readers_see_whole_snapshots_while_threads_write() {
    let project = Project::new();
    let (tell, told) = mpsc::channel();
    thread::scope(|scope| {
        for writer in 0..WRITERS {
            let (project, tell) = (&project, tell.clone());
            scope.spawn(move || write_all(project, writer, || tell.send(()).unwrap()));
        }
        drop(tell);
        let read: usize = told.iter().map(|()| read_all(&project.store)).sum();
        assert!(read >= WRITES, "only {read} were read");
    });
    assert_in_order(&project);
}

const CHILD: &str = "RELOAD_HARNESS_TEST_SNAPSHOT_WRITER";

/// Reads what is there at each line that a writing process prints; gives how much that was, once the
/// process has ended well.
fn read_along(project: &Project, writer: usize) -> usize {
    let this = concat!(module_path!(), "::readers_see_whole_snapshots_while_processes_write");
    let mut child = Command::new(env::current_exe().unwrap())
        .args([this.split_once("::").unwrap().1, "--exact", "--nocapture"])
        .env(CHILD, format!("{writer}:{}", project.folder.display()))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut read, mut passed) = (0, false);
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        read += read_all(&project.store);
        passed |= line.unwrap().contains("1 passed");
    }
    assert!(child.wait().unwrap().success() && passed, "writer {writer} failed");
    read
}

#[test]
fn readers_see_whole_snapshots_while_processes_write() {
    if let Ok(job) = env::var(CHILD) {
        let (writer, folder) = job.split_once(':').unwrap();
        return write_all(&Project::at(Path::new(folder)), writer.parse().unwrap(), || println!("writing"));
    }
    let project = Project::new();
    thread::scope(|scope| {
        let readers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                scope.spawn({
                    let project = &project;
                    move || read_along(project, writer)
                })
            })
            .collect();
        for reader in readers {
            let read = reader.join().unwrap();
            assert!(read >= WRITES / 2, "only {read} were read");
        }
    });
    assert_in_order(&project);
}

#[test]
fn a_run_that_finds_the_folder_held_gives_up_with_words_and_changes_nothing() {
    let project = Project::new();
    project.accepted("g/x", "cp27=A");
    let impatient = project.store.clone().with_patience(Duration::ZERO);
    let other = fs::File::open(project.store.root()).unwrap();
    other.lock().unwrap();
    let scenario = project.scenario("g/x");
    let error = impatient.record(&scenario, tag("cp27"), "B", &tags(PRESENT)).unwrap_err();
    assert!(error.to_string().starts_with("another run holds "), "{error}");
    let error = impatient.accept(&|_| true).unwrap_err();
    assert!(error.to_string().starts_with("another run holds "), "{error}");
    assert_eq!(project.kept("g/x"), "cp27=A | ", "reading waits for nobody");
    impatient.record(&scenario, tag("cp27"), "A", &tags(PRESENT)).unwrap();
    drop(other);
    // A process that another test is starting may hold a copy of the descriptor until its exec.
    patient(project.store.root()).record(&scenario, tag("cp27"), "B", &tags(PRESENT)).unwrap();
    assert!(project.path("g/x", "cp27", State::Pending).exists());
}

#[test]
fn the_last_of_many_runs_at_once_leaves_what_runs_in_a_row_would() {
    const TAGS: &str = "cp27 cp36 cp37 cp38 cp39 cp310 cp311 cp312 cp313";
    for _ in 0..20 {
        let project = Project::new();
        let store = patient(project.store.root());
        let scenario = project.scenario("g/x");
        thread::scope(|scope| {
            for (at, tag) in tags(TAGS).into_iter().enumerate() {
                let (store, scenario) = (&store, &scenario);
                let report = if at == 0 { "A" } else { "B" };
                scope.spawn(move || store.record(scenario, tag, report, &tags(TAGS)).unwrap());
            }
        });
        assert_eq!(project.kept("g/x"), " | cp27=A cp36=B");
    }
}
