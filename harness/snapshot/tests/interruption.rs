//! Each operation on the disk fails once, or is the last before the run is killed.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::super::disk::{Disk, RealDisk};
use super::super::error::StoreError;
use super::super::store::Store;
use super::{Project, epochs, name, shown, tags};

/// The `left`-th operation fails with `errno`, and with `killed` every later one as well.
#[derive(Debug)]
struct Failing {
    done: AtomicUsize,
    left: usize,
    errno: i32,
    killed: bool,
}

impl Failing {
    fn turn(&self) -> io::Result<()> {
        let turn = self.done.fetch_add(1, Ordering::Relaxed);
        if turn == self.left || (self.killed && turn > self.left) {
            return Err(io::Error::from_raw_os_error(self.errno));
        }
        Ok(())
    }
}

impl Disk for Failing {
    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let turn = self.turn();
        let half = if turn.is_ok() { bytes } else { &bytes[..bytes.len() / 2] };
        fs::write(path, half).and(turn)
    }

    fn sync(&self, path: &Path) -> io::Result<()> {
        self.turn().and_then(|()| RealDisk.sync(path))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.turn().and_then(|()| RealDisk.rename(from, to))
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.turn().and_then(|()| RealDisk.remove(path))
    }
}

/// Calls `run` once for each operation that it makes, with a store on which that one fails.
fn at_each_operation(
    errno: i32,
    killed: bool,
    least: usize,
    mut run: impl FnMut(&Project, &Store) -> Option<StoreError>,
) {
    for left in 0.. {
        let project = Project::new();
        project.accepted("g/x", "cp27=A cp311=B cp312=C");
        let disk = Arc::new(Failing { done: AtomicUsize::new(0), left, errno, killed });
        let mut failing = project.store.clone();
        failing.disk = disk.clone();
        let error = run(&project, &failing);
        if disk.done.load(Ordering::Relaxed) <= left {
            assert!(error.is_none(), "{error:?}");
            assert!(left >= least, "there were only {left} operations");
            return;
        }
        let error = error.unwrap_or_else(|| panic!("operation {left} failed, and nobody said so"));
        let StoreError::Io { source, path, .. } = &error else { panic!("{error:?}") };
        assert_eq!(source.raw_os_error(), Some(errno));
        assert!(path.display().to_string().contains("x@cp"), "the file is not named: {error}");
    }
}

#[test]
fn a_failing_write_leaves_every_snapshot_whole_and_the_next_run_does_the_rest() {
    for errno in [libc::ENOSPC, libc::EIO] {
        for killed in [false, true] {
            at_each_operation(errno, killed, 2, |project, failing| {
                let present = tags("cp27 cp311 cp312");
                let record = |store: &Store, text: &str| {
                    store.record(&project.scenario("g/x"), super::tag("cp27"), text, &present)
                };
                record(&project.store, "D").unwrap();
                let error = record(failing, "E").err();
                let kept = project.store.load(&name("g/x")).unwrap();
                assert_eq!(shown(&kept.accepted), "cp27=A cp311=B cp312=C");
                assert!(["cp27=D", "cp27=E"].contains(&shown(&kept.pending).as_str()), "{kept:?}");
                record(&project.store, "E").unwrap();
                assert_eq!(project.kept("g/x"), "cp27=A cp311=B cp312=C | cp27=E");
                record(&project.store, "F").unwrap();
                assert!(!project.is_littered(), "{:?}", project.files());
                error
            });
        }
    }
}

#[test]
fn accepting_can_stop_after_any_operation_and_is_finished_by_the_next_one() {
    for killed in [false, true] {
        at_each_operation(libc::EIO, killed, 4, |project, failing| {
            project.record("g/x", "cp311=A cp312=A", "cp27 cp311 cp312");
            let expected = |store: &Store| {
                let kept = store.load(&name("g/x")).unwrap();
                let all = kept.accepted.overlaid(&kept.pending);
                tags("cp27 cp36 cp311 cp312 cp313")
                    .into_iter()
                    .map(|tag| all.in_force(tag).cloned().unwrap().text().to_owned())
                    .collect::<Vec<_>>()
            };
            let before = expected(&project.store);
            let error = failing.accept(&|_| true).unwrap().problems.pop();
            assert_eq!(expected(&project.store), before);
            let done = project.store.accept(&|_| true).unwrap();
            assert!(done.problems.is_empty(), "{:?}", done.problems);
            assert_eq!(project.store.load(&name("g/x")).unwrap().accepted, epochs("cp27=A"));
            error
        });
    }
}
