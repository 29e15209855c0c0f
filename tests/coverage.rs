//! Whatever a report can say, some accepted report says.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs;
use std::path::{Path, PathBuf};

use reload_harness::oracle::{Cause, Verdict};

/// All accepted reports of this repository, one after the other.
fn snapshots() -> String {
    let mut text = String::new();
    let mut todo = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots")];
    while let Some(folder) = todo.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                todo.push(path);
            } else if path.extension().is_some_and(|extension| extension == "snap") {
                text.push_str(&fs::read_to_string(path).unwrap());
            }
        }
    }
    text
}

#[test]
fn every_verdict_is_given() {
    let text = snapshots();
    let missing: Vec<Verdict> = Verdict::ALL
        .into_iter()
        .filter(|verdict| *verdict != Verdict::Same && !text.contains(&format!("    verdict: {verdict}")))
        .collect();
    assert_eq!(missing, []);
    assert!(text.contains("\nverdicts: ") && text.contains(" same\n"));
}

#[test]
fn every_cause_is_told() {
    let text = snapshots();
    let missing: Vec<Cause> =
        Cause::ALL.into_iter().filter(|cause| !text.contains(&format!("    diagnosis: {cause}: "))).collect();
    assert_eq!(missing, []);
}

/// What a scenario says, and each of its accepted reports.
fn reports(scenario: &str) -> (String, Vec<String>) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (group, name) = scenario.split_once('/').unwrap();
    let text = fs::read_to_string(root.join(format!("scenarios/{scenario}.md"))).unwrap();
    let all = fs::read_dir(root.join("snapshots").join(group)).unwrap();
    let paths = all.map(|entry| entry.unwrap().path());
    let is_its = |path: &PathBuf| {
        let stem = path.file_stem().unwrap().to_string_lossy();
        let is_of_it = stem.strip_prefix(name).is_some_and(|rest| rest.starts_with('@'));
        is_of_it && path.extension().is_some_and(|extension| extension == "snap")
    };
    (text, paths.filter(is_its).map(|path| fs::read_to_string(path).unwrap()).collect())
}

/// The scenarios of this repository, as `group/name`.
fn scenarios() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let groups = fs::read_dir(&root).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir());
    let mut names: Vec<String> = groups
        .flat_map(|group| fs::read_dir(group).unwrap().map(|entry| entry.unwrap().path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .map(|path| path.strip_prefix(&root).unwrap().with_extension("").to_string_lossy().replace('\\', "/"))
        .collect();
    names.sort();
    assert!(names.len() > 300, "{names:?}");
    names
}

#[test]
fn what_is_told_no_cause_at_all_is_tagged_undiagnosed_and_nothing_else_is() {
    let differs = ["broken", "stale", "mixed", "masked"].map(|verdict| format!("    verdict: {verdict}"));
    for scenario in scenarios() {
        let (text, reports) = reports(&scenario);
        let is_untold = |report: &String| {
            differs.iter().any(|verdict| report.contains(verdict)) && !report.contains("    diagnosis: ")
        };
        assert_eq!(text.contains("\"undiagnosed\""), reports.iter().any(is_untold), "{scenario}");
    }
}

#[test]
fn what_a_page_of_a_cause_calls_seen_at_work_is_told_that_cause() {
    for cause in Cause::ALL {
        let page = cause.explanation();
        let (_, seen) = page.split_once("Seen at work:").unwrap_or_else(|| panic!("{cause} is seen nowhere"));
        let seen = ["\n\n", "What "].iter().fold(seen, |seen, end| seen.split(end).next().unwrap());
        let cited: Vec<&str> =
            seen.split("/scenarios/").skip(1).map(|rest| rest.split_once(".md)").unwrap().0).collect();
        assert!(!cited.is_empty(), "{cause}");
        for scenario in cited {
            let line = format!(": {cause}: ");
            assert!(reports(scenario).1.iter().any(|report| report.contains(&line)), "{cause}: {scenario}");
        }
    }
}

/// As `still held at the end` has them.
const HOLDERS: [&str; 14] = [
    "annotation",
    "attribute",
    "bound method",
    "closure",
    "container",
    "default argument",
    "instance",
    "local variable",
    "module attribute",
    "name",
    "object",
    "registry",
    "running",
    "subclass",
];

#[test]
fn every_kind_of_holder_is_told() {
    let mut told = std::collections::BTreeSet::new();
    for report in snapshots().split("---\nsource: ") {
        let held = report.split_once("\nstill held at the end:\n").map(|(_, held)| held).unwrap_or_default();
        for line in held.lines().take_while(|line| line.starts_with("    ")) {
            let how = line.trim().split("  ").map(str::trim).filter(|cell| !cell.is_empty()).nth(1);
            told.extend(how.map(str::to_owned));
        }
    }
    assert_eq!(told.into_iter().collect::<Vec<_>>(), HOLDERS);
}
