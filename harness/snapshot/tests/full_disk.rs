//! A disk that is really full: a small tmpfs in a mount namespace of our own.

use std::env;
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::Command;

use super::super::error::StoreError;
use super::super::file_name::State;
use super::{Project, name, shown, tag, tags};

const CHILD: &str = "RELOAD_HARNESS_TEST_FULL_DISK";

#[test]
fn a_full_disk_leaves_the_old_snapshot_and_names_the_file() {
    if let Ok(folder) = env::var(CHILD) {
        return on_a_full_disk(&Project::at(Path::new(&folder)));
    }
    let unshare = |script: &str| {
        let mut command = Command::new("unshare");
        command.args(["-Urm", "sh", "-c", script]);
        command
    };
    let folder = tempfile::tempdir().unwrap();
    let mount = "mount -t tmpfs -o size=16k none \"$FOLDER\"";
    let refusal = match unshare(mount).env("FOLDER", folder.path()).output() {
        Err(error) => Some(error.to_string()),
        Ok(tried) if !tried.status.success() => Some(String::from_utf8_lossy(&tried.stderr).into_owned()),
        Ok(_) => None,
    };
    if let Some(reason) = refusal {
        // Past the capture of a passing test's output.
        writeln!(io::stderr(), "skipped: no tmpfs in a namespace of our own: {}", reason.trim()).unwrap();
        return;
    }
    let this = concat!(module_path!(), "::a_full_disk_leaves_the_old_snapshot_and_names_the_file");
    let child = unshare(&format!("{mount} && exec \"$TEST\" \"$THIS\" --exact --nocapture"))
        .env("FOLDER", folder.path())
        .env("TEST", env::current_exe().unwrap())
        .env("THIS", this.split_once("::").unwrap().1)
        .env(CHILD, folder.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&child.stdout);
    assert!(
        child.status.success() && said.contains("1 passed"),
        "{said}{}",
        String::from_utf8_lossy(&child.stderr)
    );
}

fn on_a_full_disk(project: &Project) {
    let scenario = project.scenario("g/x");
    let present = tags("cp27 cp311");
    project.record("g/x", "cp27=A", "cp27 cp311");
    project.store.accept(&|_| true).unwrap();
    let accepted = project.path("g/x", "cp27", State::Accepted);
    let before = fs::read(&accepted).unwrap();

    let error = project.store.record(&scenario, tag("cp311"), &"B\n".repeat(20_000), &present).unwrap_err();
    let StoreError::Io { source, path, .. } = &error else { panic!("{error:?}") };
    assert_eq!(source.kind(), io::ErrorKind::StorageFull);
    assert_eq!(*path, project.path("g/x", "cp311", State::Pending));
    assert_eq!(fs::read(&accepted).unwrap(), before);
    assert_eq!(project.files(), ["g/x@cp27.snap"], "nothing half-written is left to fill the disk");

    let filler = project.folder.join("filler");
    let full = fs::write(&filler, vec![0; 20_000]).unwrap_err();
    assert_eq!(full.kind(), io::ErrorKind::StorageFull);
    let error = project.store.record(&scenario, tag("cp27"), "B", &present).unwrap_err();
    assert!(error.to_string().contains("x@cp27.snap.new"), "{error}");
    assert_eq!(shown(&project.store.load(&name("g/x")).unwrap().accepted), "cp27=A");

    fs::remove_file(filler).unwrap();
    project.store.record(&scenario, tag("cp27"), "B", &present).unwrap();
    project.store.accept(&|_| true).unwrap();
    assert_eq!(project.kept("g/x"), "cp27=B cp311=A | ");
}
