//! Whatever a report can say, some accepted report says.
#![allow(clippy::unwrap_used)]

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
