//! `accept`, on machines with other interpreters.

use super::{Project, tag, tags};

fn accept(project: &Project, wanted: &str) -> String {
    let done = project.store.accept(&|name| name.to_string().contains(wanted)).unwrap();
    assert!(done.problems.is_empty(), "{:?}", done.problems);
    done.to_string()
}

#[test]
fn what_is_pending_becomes_an_epoch_and_equal_neighbours_become_one() {
    let project = Project::new();
    project.accepted("founding/x", "cp27=A cp311=B");
    project.record("founding/x", "cp311=A", "cp27 cp311");
    assert_eq!(accept(&project, ""), "accepted founding/x@cp311\nfolded founding/x@cp311 into cp27\n");
    assert_eq!(project.files(), ["founding/x@cp27.snap"]);
}

#[test]
fn with_nothing_to_do_it_says_so() {
    let project = Project::new();
    assert_eq!(accept(&project, ""), "nothing is pending\n");
    assert!(!project.store.root().exists());
    project.record("founding/x", "cp27=A", "cp27");
    project.record("founding/y", "cp27=A pp310=B", "cp27 pp310");
    let passed_over = "nothing that is pending matches; 3 pending files were passed over\n";
    assert_eq!(accept(&project, "founding/z"), passed_over);
    assert_eq!(accept(&project, "founding/x"), "accepted founding/x@cp27\n");
    assert_eq!(project.kept("founding/y"), " | cp27=A pp310=B");
}

#[test]
fn redundant_epochs_are_folded_with_nothing_pending() {
    let project = Project::new();
    project.accepted("founding/x", "cp27=A cp36=A cp39=A");
    let folded = "folded founding/x@cp36 into cp27\nfolded founding/x@cp39 into cp27\n";
    assert_eq!(accept(&project, ""), folded);
    assert_eq!(accept(&project, ""), "nothing is pending\n");
}

/// The example of the module's documentation.
#[test]
fn an_epoch_of_an_absent_interpreter_stays_until_someone_who_has_it_says_otherwise() {
    let some_say_so = Project::new();
    some_say_so.accepted("g/x", "cp27=A cp39=B cp312=C");
    some_say_so.record("g/x", "cp310=B cp312=D cp38=D", "cp38 cp310 cp312");
    accept(&some_say_so, "");
    assert_eq!(some_say_so.kept("g/x"), "cp27=A cp38=D cp39=B cp312=D | ");

    let all_say_so = Project::new();
    all_say_so.accepted("g/x", "cp27=A cp39=B cp312=C");
    all_say_so.record("g/x", "cp310=D cp312=D cp38=D", "cp38 cp310 cp312");
    accept(&all_say_so, "");
    assert_eq!(all_say_so.kept("g/x"), "cp27=A cp38=D cp39=B cp310=D | ");

    all_say_so.record("g/x", "cp39=D", "cp39");
    accept(&all_say_so, "");
    assert_eq!(all_say_so.kept("g/x"), "cp27=A cp38=D | ");
}

#[test]
fn a_broken_snapshot_stops_no_other_scenario() {
    let project = Project::new();
    project.record("g/broken", "cp27=A", "cp27");
    project.record("g/whole", "cp27=A", "cp27");
    std::fs::write(project.store.root().join("g/broken@cp27.snap.new"), "A").unwrap();
    let done = project.store.accept(&|_| true).unwrap();
    assert_eq!(done.to_string(), "accepted g/whole@cp27\n");
    let [problem] = &done.problems[..] else { panic!("{:?}", done.problems) };
    assert!(problem.to_string().contains("broken@cp27.snap.new is no snapshot"), "{problem}");
}

/// It used to get what had been in force before, as if that had to be kept for it.
#[test]
fn a_python_that_the_scenario_is_not_written_for_gets_no_epoch() {
    let project = Project::new();
    project.accepted("g/x", "cp27=A");
    let mut scenario = project.scenario("g/x");
    scenario.settings.python = Some("<3".parse().unwrap());
    project.store.record(&scenario, tag("cp27"), "B", &tags("cp27 cp36 cp313")).unwrap();
    assert_eq!(project.kept("g/x"), "cp27=A | cp27=B");
}
