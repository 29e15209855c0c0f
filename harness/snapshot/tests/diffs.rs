//! What people see of a difference.

use super::super::diff::{Difference, group, ranges};
use super::{name, tag, tags};

fn difference(scenario: &str, run: &str, epoch: Option<&str>, expected: &str, actual: &str) -> Difference {
    Difference {
        scenario: name(scenario),
        tag: tag(run),
        epoch: epoch.map(tag),
        expected: expected.into(),
        actual: actual.into(),
    }
}

#[test]
fn a_diff_names_the_snapshot_and_shows_three_lines_around() {
    let old = "1\n2\n3\n4\n5\n6\n7\n8\n9";
    let new = "1\n2\n3\n4\nfive\n6\n7\n8\n9";
    let groups = group(&[difference("founding/x", "cp311", Some("cp27"), old, new)]);
    let expected = "\
--- snapshots/founding/x@cp27.snap
+++ this run
@@ -2,7 +2,7 @@
 2
 3
 4
-5
+five
 6
 7
 8
";
    assert_eq!(groups[0].render("snapshots/", false), expected);
    let coloured = groups[0].render("snapshots", true);
    assert!(coloured.contains("\u{1b}[31m-5\u{1b}[0m\n\u{1b}[32m+five\u{1b}[0m\n"), "{coloured:?}");
    assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), expected);
}

#[test]
fn equal_diffs_of_one_scenario_are_shown_once() {
    let groups = group(&[
        difference("g/x", "cp311", Some("cp27"), "a\nb", "a\nc"),
        difference("g/x", "cp27", Some("cp27"), "a\nb", "a\nc"),
        difference("g/x", "cp312", Some("cp312"), "a\nb", "a\nd"),
        difference("g/y", "cp27", Some("cp27"), "a\nb", "a\nc"),
        difference("g/x", "pp310", Some("pp310"), "a\nb", "a\nc"),
    ]);
    let shown: Vec<_> =
        groups.iter().map(|group| (group.scenario.to_string(), ranges(&group.tags, &[]))).collect();
    let expected = [("g/x", "cp27 to pp310"), ("g/x", "cp312"), ("g/y", "cp27")]
        .map(|(name, tags)| (name.to_owned(), tags));
    assert_eq!(shown.len(), expected.len());
    assert_eq!(groups[0].tags, tags("cp27 cp311 pp310"));
    assert_eq!(groups[0].epochs, tags("cp27 pp310"));
    let both = "--- snapshots/g/x@cp27.snap\n--- snapshots/g/x@pp310.snap\n+++ this run\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n";
    assert_eq!(groups[0].render("snapshots", false), both);
}

#[test]
fn a_report_without_a_snapshot_is_all_new() {
    let groups = group(&[difference("g/x", "cp311", None, "", "a\n")]);
    assert_eq!(groups[0].render("snapshots", false), "--- no snapshot\n+++ this run\n@@ -0,0 +1 @@\n+a\n");
}

#[test]
fn interpreters_that_follow_each_other_become_a_range() {
    let all = tags("cp27 cp36 cp37 cp38 cp313 cp313t cp314 pp310");
    let shown = |some: &str| ranges(&tags(some), &all);
    assert_eq!(shown("cp27"), "cp27");
    assert_eq!(shown("cp36 cp27"), "cp27, cp36");
    assert_eq!(shown("cp27 cp37 cp38 cp313"), "cp27, cp37 to cp313");
    assert_eq!(shown("cp27 cp36 cp37 cp38 cp313 cp314"), "cp27 to cp314");
    assert_eq!(shown("cp27 cp36 cp38 cp313"), "cp27, cp36, cp38, cp313");
    assert_eq!(shown("cp37 cp38 cp313 cp313t cp314 pp310"), "cp37 to cp314, cp313t, pp310");
    assert_eq!(shown(""), "");
}
