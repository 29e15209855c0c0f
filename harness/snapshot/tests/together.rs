//! Several runs in one tree: threads, and processes.

use std::env;
use std::fs;
use std::path::Path;
use std::process::{Child, Command};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use super::super::file_name::State;
use super::super::store::Store;
use super::{Project, name, tag, tags};

const WRITERS: usize = 8;
const WRITES: usize = 20;
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

/// Proposes, takes back and accepts, as its number has it.
fn write_all(project: &Project, store: &Store, writer: usize) {
    let scenario = project.scenario("g/x");
    for write in 0..WRITES {
        let tag = tags(PRESENT)[(writer + write) % 4];
        let recorded = store.record(&scenario, tag, &report(writer, write), &tags(PRESENT)).unwrap();
        assert!(recorded.proposed.is_some());
        if write % 10 == writer {
            let done = store.accept(&|_| true).unwrap();
            assert!(done.problems.is_empty(), "{:?}", done.problems);
        }
    }
}

fn read_all(store: &Store) -> usize {
    let kept = store.load(&name("g/x")).unwrap();
    let texts: Vec<&str> = kept.accepted.iter().chain(&kept.pending).map(|epoch| epoch.text()).collect();
    texts.iter().for_each(|text| assert_whole(text));
    texts.len()
}

fn assert_in_order(project: &Project) {
    assert!(read_all(&project.store) > 0);
    assert_eq!(project.files().iter().filter(|file| file.ends_with(".tmp")).count(), 0);
    let done = project.store.accept(&|_| true).unwrap();
    assert!(done.problems.is_empty(), "{:?}", done.problems);
    assert!(read_all(&project.store) > 0);
}

#[test]
fn readers_see_whole_snapshots_while_threads_write() {
    let project = Project::new();
    let store = patient(project.store.root());
    let writing = AtomicBool::new(true);
    thread::scope(|scope| {
        let readers: Vec<_> = (0..2)
            .map(|_| {
                scope.spawn(|| {
                    let mut read = 0;
                    while writing.load(Ordering::Relaxed) {
                        read += read_all(&store);
                        thread::yield_now();
                    }
                    read
                })
            })
            .collect();
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                scope.spawn({
                    let (project, store) = (&project, &store);
                    move || write_all(project, store, writer)
                })
            })
            .collect();
        let written: Vec<_> = writers.into_iter().map(thread::ScopedJoinHandle::join).collect();
        writing.store(false, Ordering::Relaxed);
        assert!(written.iter().all(Result::is_ok));
        for reader in readers {
            assert!(reader.join().unwrap() > 0, "the reader read nothing");
        }
    });
    assert_in_order(&project);
}

const CHILD: &str = "RELOAD_HARNESS_TEST_SNAPSHOT_WRITER";

fn spawn_writer(project: &Project, writer: usize) -> Child {
    let this = concat!(module_path!(), "::readers_see_whole_snapshots_while_processes_write");
    let this = this.split_once("::").unwrap().1;
    Command::new(env::current_exe().unwrap())
        .args([this, "--exact", "--nocapture"])
        .env(CHILD, format!("{writer}:{}", project.folder.display()))
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap()
}

#[test]
fn readers_see_whole_snapshots_while_processes_write() {
    if let Ok(job) = env::var(CHILD) {
        let (writer, folder) = job.split_once(':').unwrap();
        let project = Project::at(Path::new(folder));
        return write_all(&project, &patient(project.store.root()), writer.parse().unwrap());
    }
    let project = Project::new();
    let mut writers: Vec<Child> = (0..WRITERS).map(|writer| spawn_writer(&project, writer)).collect();
    let mut read = 0;
    loop {
        read += read_all(&project.store);
        if writers.iter_mut().all(|writer| writer.try_wait().unwrap().is_some()) {
            break;
        }
    }
    for mut writer in writers {
        assert!(writer.wait().unwrap().success());
    }
    assert!(read > 0);
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
