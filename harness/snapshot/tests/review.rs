//! The bytes, as insta writes them.

use std::fs;

use super::super::file_name::State;
use super::super::format;
use super::{Project, name};

#[test]
fn a_proposal_is_a_pending_file_of_insta_and_accepting_it_renames_it() {
    let project = Project::new();
    project.record("founding/x", "cp27=A", "cp27");
    let pending = project.path("founding/x", "cp27", State::Pending);
    let bytes = fs::read_to_string(&pending).unwrap();
    let expected = "---\nsource: scenarios/founding/x.md\ninput_file: scenarios/founding/x.md\n---\nA\n";
    assert_eq!(bytes, expected);
    let snapshot = insta::Snapshot::from_file(&pending).unwrap();
    assert_eq!(snapshot.metadata().source(), Some("scenarios/founding/x.md"));
    assert_eq!(snapshot.metadata().input_file(), Some("scenarios/founding/x.md"));
    assert_eq!(snapshot.snapshot_name(), Some("x@cp27.snap"));

    project.store.accept(&|_| true).unwrap();
    assert!(!pending.exists());
    assert_eq!(fs::read_to_string(project.path("founding/x", "cp27", State::Accepted)).unwrap(), expected);
}

/// What `cargo insta accept` does: it reads the pending file, and lets insta save it.
#[test]
fn insta_saves_what_we_write_byte_for_byte() {
    let folder = tempfile::tempdir().unwrap();
    let sources = [
        "scenarios/founding/x.md",
        "x.md",
        "with space/ü.md",
        "odd: name.md",
        "it's \"quoted\", #1.md",
        "@at.md",
        ".hidden/x.md",
        "-dash.md",
        "0x10",
        "17",
        "1e5",
        "null",
        "yes",
        "tab\there.md",
        "back\\slash.md",
    ];
    let texts =
        ["", "A", "A\n\n", "  indented\n---\nsource: nothing\n", "a\r\nb\r\r\nc\td\u{1b}[0m\n", "\n\nA"];
    for (source, text) in sources.iter().flat_map(|source| texts.map(|text| (source, text))) {
        let (ours, theirs) = (folder.path().join("ours@cp27.snap"), folder.path().join("theirs@cp27.snap"));
        fs::write(&ours, format::render(source, text)).unwrap();
        let snapshot = insta::Snapshot::from_file(&ours).unwrap();
        assert_eq!(snapshot.metadata().source(), Some(*source));
        snapshot.save(&theirs).unwrap();
        assert_eq!(
            fs::read_to_string(&ours).unwrap(),
            fs::read_to_string(&theirs).unwrap(),
            "{source:?} {text:?}"
        );
        let read = format::read(&theirs).unwrap().unwrap();
        assert_eq!(read, super::super::epoch::normalize(text), "{source:?} {text:?}");
    }
}

#[test]
fn a_scenario_elsewhere_is_named_and_no_path_of_this_machine_is_written() {
    let project = Project::new();
    let elsewhere = tempfile::tempdir().unwrap();
    let path = elsewhere.path().join("x.md");
    fs::write(&path, "# A page\n").unwrap();
    assert_eq!(format::source(project.store.root(), &path, &name("g/x")), "g/x.md");
    let beside = project.folder.join("pages/x.md");
    assert_eq!(format::source(project.store.root(), &beside, &name("g/x")), "pages/x.md");
}
