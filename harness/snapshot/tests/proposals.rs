//! Pending files, as runs leave them.

use std::fs;

use super::super::comparison::Comparison;
use super::super::file_name::State;
use super::{Project, tag, tags};

const PRESENT: &str = "cp27 cp310 cp311 cp312 cp313";

#[test]
fn a_report_that_was_accepted_writes_nothing() {
    let project = Project::new();
    project.accepted("founding/x", "cp27=A");
    let before = project.files();
    let recorded =
        project.store.record(&project.scenario("founding/x"), tag("cp312"), "A\n", &tags(PRESENT)).unwrap();
    assert_eq!(recorded.comparison, Comparison::Equal);
    assert_eq!(recorded.proposed, None);
    assert_eq!(project.files(), before);
}

#[test]
fn a_first_report_is_proposed_and_the_folders_come_to_be() {
    let project = Project::new();
    let recorded =
        project.store.record(&project.scenario("a/b/x"), tag("cp312"), "A", &tags(PRESENT)).unwrap();
    assert_eq!(recorded.comparison, Comparison::Missing);
    assert_eq!(recorded.proposed, Some(tag("cp312")));
    assert_eq!(project.files(), ["a/b/x@cp312.snap.new"]);
}

#[test]
fn a_difference_is_proposed_without_changing_what_holds_for_the_others() {
    let project = Project::new();
    project.accepted("founding/x", "cp27=A");
    project.record("founding/x", "cp312=A cp311=B cp310=A", PRESENT);
    assert_eq!(project.kept("founding/x"), "cp27=A | cp311=B cp312=A");
    project.record("founding/x", "cp312=B", PRESENT);
    assert_eq!(project.kept("founding/x"), "cp27=A | cp311=B cp313=A");
    project.record("founding/x", "cp313=B", PRESENT);
    assert_eq!(project.kept("founding/x"), "cp27=A | cp311=B");
}

#[test]
fn a_lower_proposal_with_the_same_text_speaks_for_the_interpreter() {
    let project = Project::new();
    project.accepted("founding/x", "cp27=A");
    project.record("founding/x", "cp27=B", PRESENT);
    let recorded =
        project.store.record(&project.scenario("founding/x"), tag("cp310"), "B", &tags(PRESENT)).unwrap();
    assert_eq!(recorded.comparison, Comparison::Differs { expected: "A".into(), epoch: tag("cp27") });
    assert_eq!(recorded.proposed, Some(tag("cp27")));
}

#[test]
fn a_run_that_matches_again_takes_its_proposal_away() {
    let project = Project::new();
    project.accepted("founding/x", "cp27=A");
    project.record("founding/x", "cp311=B", PRESENT);
    assert_eq!(project.files().len(), 3);
    project.record("founding/x", "cp311=A", PRESENT);
    assert_eq!(project.files(), ["founding/x@cp27.snap"]);
}

#[test]
fn scenarios_whose_names_begin_alike_do_not_mix() {
    let project = Project::new();
    project.accepted("founding/x", "cp27=A");
    project.accepted("founding/x_y", "cp27=B");
    project.accepted("founding/x@z", "cp27=C");
    project.accepted("x", "cp27=D");
    for (scenario, text) in [("founding/x", "A"), ("founding/x_y", "B"), ("founding/x@z", "C"), ("x", "D")] {
        assert_eq!(project.kept(scenario), format!("cp27={text} | "));
    }
}

#[test]
fn what_a_killed_run_left_half_written_is_swept_by_the_next_writer() {
    let project = Project::new();
    project.accepted("founding/x", "cp27=A");
    fs::write(project.store.root().join("founding/.x@cp36.snap.new.tmp"), "---\nsour").unwrap();
    fs::write(project.store.root().join("founding/.mine.tmp"), "mine").unwrap();
    project.record("founding/x", "cp313=B", PRESENT);
    let left = ["founding/.mine.tmp", "founding/x@cp27.snap", "founding/x@cp313.snap.new"];
    assert_eq!(project.files(), left);
}

#[test]
fn a_file_that_is_no_snapshot_is_named_and_not_taken_for_an_empty_report() {
    let project = Project::new();
    project.accepted("founding/x", "cp27=A");
    let path = project.path("founding/x", "cp27", State::Accepted);
    let refused: [(&[u8], &str); 5] = [
        (b"", "it does not begin with ---"),
        (b"<<<<<<< HEAD\n---\n---\nA\n", "it does not begin with ---"),
        (b"---\nsource: x\n", "its header does not end"),
        (b"---\nsource: [\n---\nA\n", "Failed parsing the YAML"),
        (b"---\nsource: x\n---\n\xff\n", "it is not UTF-8"),
    ];
    for (content, reason) in refused {
        fs::write(&path, content).unwrap();
        let error = project
            .store
            .record(&project.scenario("founding/x"), tag("cp27"), "A", &tags(PRESENT))
            .unwrap_err()
            .to_string();
        assert!(error.contains("x@cp27.snap is no snapshot") && error.contains(reason), "{error}");
        assert_eq!(fs::read(&path).unwrap(), content);
    }
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_nowhere_is_an_error_and_not_an_endless_wait() {
    let project = Project::new();
    project.accepted("founding/x", "cp27=A");
    std::os::unix::fs::symlink("nowhere", project.path("founding/x", "cp36", State::Accepted)).unwrap();
    let error = project.store.load(&super::name("founding/x")).unwrap_err();
    assert!(error.to_string().contains("cannot read"), "{error}");
}
