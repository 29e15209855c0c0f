//! A reload at every point of a program of the user's.
//!
//! What a program does is what it writes and the status with which it exits. What two untouched runs
//! already do differently (a duration, an address) is left out of every comparison.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use regex::Regex;

use super::error::SweepError;
use super::findings::{Findings, Places};
use super::listing::{self, Spot};
use super::outcome::{Difference, Effect, Outcome};
use super::scenario::module_name;
use super::strike::{Ground, Progress, Wishes, strike};
use crate::lab::{Item, Lab};
use crate::python::Interpreter;
use crate::scenario::{Name, Scenario, Settings, Statement, Step};
use crate::trace::{self, Origin, Place, Surroundings};
use crate::worker::{
    Branch, Conduct, Ending, Fault, Frame, Output, Plan, Play, Program, Reloading, Struck, Survey,
};

/// A program, and what is to be reloaded in it.
#[derive(Debug, Clone)]
pub struct Task {
    /// What is run.
    pub program: Program,
    /// As the user wrote it.
    pub command: String,
    /// How long it may take.
    pub limit: std::time::Duration,
}

/// What a program did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Deed {
    out: Vec<String>,
    err: Vec<String>,
    ending: Ending,
}

/// Reloads modules before each line of the code in question.
pub fn sweep_program(
    lab: &Lab,
    interpreter: &Interpreter,
    task: &Task,
    wishes: &Wishes,
    told: &dyn Progress,
) -> Result<Findings, SweepError> {
    let scenario = task.scenario();
    let item = Item { scenario: &scenario, interpreter };
    let conduct = Conduct { program: Some(task.program.clone()), ..Conduct::new(Reloading::Real) };
    let play = |conduct: &Conduct| lab.sweep(&item, conduct, &mut |_| {}).map(|swept| swept.play);
    let first = play(&conduct)?;
    let untouched = Deed::of(&first, &Surroundings::of(&first, interpreter, false));
    if !matches!(first.ending, Ending::Exited { .. } | Ending::Finished) {
        return Err(SweepError::NoEnd(first.ending.to_string(), untouched.last_words()));
    }
    let deed = |play: &Play| Deed::of(play, &Surroundings::of(play, interpreter, false));
    let again = deed(&play(&conduct)?);
    let noise = Noise::between(&untouched, &again);
    let edited = if task.program.edits.is_empty() {
        None
    } else {
        let program = Program { edited: true, ..task.program.clone() };
        let conduct = Conduct { program: Some(program), ..conduct.clone() };
        Some(deed(&play(&conduct)?))
    };
    let mut survey = Plan::survey(Fault::Reload, wishes.modules.clone(), wishes.limit);
    survey.lines = if wishes.lines.is_empty() { packages(&wishes.modules) } else { wishes.lines.clone() };
    let mut struck = strike(Ground { lab, item: &item, conduct: &conduct, plan: &survey, wishes, told })?;
    if let Some(module) = struck.never_loaded(&wishes.modules) {
        return Err(SweepError::never_loaded(
            module,
            modules_of(&struck.survey),
            untouched.words_of_failure(),
        ));
    }
    let mut spots: Vec<Spot> = Vec::new();
    let mut spot_of = BTreeMap::new();
    let mut files = Files::new(&task.program.folder);
    for (number, frame) in struck.survey.locations.iter().enumerate() {
        let spot = Spot { place: files.place(frame), step: None };
        let at = spots.iter().position(|known| *known == spot).unwrap_or_else(|| {
            spots.push(spot);
            spots.len() - 1
        });
        spot_of.insert(number, at);
    }
    let judge = Judge { untouched: &untouched, edited: edited.as_ref(), noise: &noise, interpreter };
    let tried = struck.judged(
        |effect: &Effect| effect.outcome,
        |place| spot_of[&place.location],
        |struck, number| Ok(struck.branches.get(&(number, 0)).map(|branch| judge.effect(branch))),
    )?;
    let listings = listing::of_files(&spots, |path| files.lines(path).to_vec());
    Ok(Findings {
        modules: wishes.modules.clone(),
        places: Places::of(&struck, spots, listings, tried, |effect| effect.outcome),
    })
}

impl Task {
    /// A scenario whose only step is the program: what is played has a name and a place to be.
    pub(super) fn scenario(&self) -> Scenario {
        Scenario {
            name: Name { group: String::new(), name: self.command.clone() },
            path: PathBuf::new(),
            title: self.command.clone(),
            summary: String::new(),
            settings: Settings { timeout: Some(self.limit), ..Settings::default() },
            steps: vec![Step::Statement(Statement {
                source: self.command.clone(),
                line: 0,
                claims: Vec::new(),
            })],
        }
    }
}

/// The modules that a program has loaded out of its folder.
pub(super) fn modules_of(survey: &Survey) -> Vec<String> {
    survey.files.iter().filter_map(|file| module_name(file)).collect()
}

/// The packages of modules: `pkg.*` of `pkg.core`.
pub(super) fn packages(modules: &[String]) -> Vec<String> {
    let tops: BTreeSet<&str> = modules.iter().filter_map(|module| module.split('.').next()).collect();
    tops.into_iter().map(|top| format!("{top}.*")).collect()
}

/// `0.003s`, `in 1.2 seconds`, `62.50s (0:01:02)`: the run waits for its branches meanwhile.
#[allow(clippy::unwrap_used, reason = "the pattern is constant, and a test reads it")]
pub(super) static DURATION: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\b\d+(\.\d+)? ?(ms|s|seconds?)\b( \(\d+:\d\d:\d\d\))?").unwrap());

impl Deed {
    pub(super) fn of(play: &Play, surroundings: &Surroundings) -> Self {
        let mut whole = Output::default();
        for output in play.steps.iter().map(|step| &step.output).chain([&play.rest]) {
            whole.stdout.extend_from_slice(&output.stdout);
            whole.stderr.extend_from_slice(&output.stderr);
        }
        Self::new(&whole, play.ending.clone(), surroundings)
    }

    fn new(output: &Output, ending: Ending, surroundings: &Surroundings) -> Self {
        let lines = |bytes: &[u8]| {
            let text = trace::printed(bytes, surroundings);
            text.lines().map(|line| DURATION.replace_all(line, "<duration>").into_owned()).collect()
        };
        Self { out: lines(&output.stdout), err: lines(&output.stderr), ending }
    }

    /// What it says of why it fails: the tests that do, where it runs tests, else its last line. Where it got to by
    /// then is not what makes two branches different.
    fn failure(&self, untouched: &Self) -> Vec<String> {
        let said = |deed: &Self| -> BTreeSet<String> {
            deed.out.iter().chain(&deed.err).filter(|line| is_failed_test(line)).cloned().collect()
        };
        let failed: Vec<String> = said(self).difference(&said(untouched)).cloned().collect();
        if !failed.is_empty() {
            return failed;
        }
        let last = |lines: &[String]| lines.iter().rev().find(|line| !line.trim().is_empty()).cloned();
        last(&self.err).or_else(|| last(&self.out)).into_iter().collect()
    }

    /// How it ended and its last words, where that is a failure.
    pub(super) fn words_of_failure(&self) -> String {
        match self.ending {
            Ending::Exited { status } if status != 0 => {
                format!("; with no fault in it the program {}{}", self.ending, self.last_words())
            }
            _ => String::new(),
        }
    }

    pub(super) fn last_words(&self) -> String {
        let lines: Vec<&str> = self.out.iter().chain(&self.err).map(String::as_str).collect();
        let last = &lines[lines.len().saturating_sub(10)..];
        last.iter().flat_map(|line| ["\n    ", line]).collect()
    }
}

/// Whether a line names a test that fails, as unittest and pytest say it.
fn is_failed_test(line: &str) -> bool {
    ["FAIL: ", "ERROR: ", "ERROR ", "FAILED "].iter().any(|word| line.starts_with(word))
        && !line.starts_with("FAILED (")
}

/// Lines in which two untouched runs differ.
#[derive(Debug, Default)]
pub(super) struct Noise {
    out: BTreeSet<usize>,
    err: BTreeSet<usize>,
}

impl Noise {
    pub(super) fn between(one: &Deed, other: &Deed) -> Self {
        let differing = |one: &[String], other: &[String]| {
            (0..one.len().max(other.len())).filter(|line| one.get(*line) != other.get(*line)).collect()
        };
        Self { out: differing(&one.out, &other.out), err: differing(&one.err, &other.err) }
    }
}

pub(super) struct Judge<'a> {
    pub(super) untouched: &'a Deed,
    pub(super) edited: Option<&'a Deed>,
    pub(super) noise: &'a Noise,
    pub(super) interpreter: &'a Interpreter,
}

impl Judge<'_> {
    fn effect(&self, branch: &Branch) -> Effect {
        let mut differences = Vec::new();
        if let Some(Struck { exception: Some(raised), .. }) = &branch.struck {
            let given = vec![trace::raised(raised, &self.surroundings(branch))];
            differences.push(Difference {
                step: None,
                outcome: Outcome::Broken,
                given,
                expected: Vec::new(),
            });
        }
        differences.extend(self.difference(branch));
        Effect::of(differences)
    }

    pub(super) fn surroundings(&self, branch: &Branch) -> Surroundings {
        Surroundings::within(&branch.workspace, None, self.interpreter, false)
    }

    /// In what it differs from the untouched run, the exception of a reload in it aside.
    pub(super) fn difference(&self, branch: &Branch) -> Option<Difference> {
        let output = branch.steps.iter().map(|step| &step.output).chain([&branch.rest]);
        let mut whole = Output::default();
        for output in output {
            whole.stdout.extend_from_slice(&output.stdout);
            whole.stderr.extend_from_slice(&output.stderr);
        }
        self.compare(&Deed::new(&whole, branch.ending.clone(), &self.surroundings(branch)))
    }

    fn compare(&self, deed: &Deed) -> Option<Difference> {
        let (untouched, edited) = (self.untouched, self.edited);
        let status = |ending: &Ending| match ending {
            Ending::Exited { status } => *status,
            _ => 0,
        };
        let out = compared(&deed.out, &untouched.out, edited.map(|edited| &edited.out[..]), &self.noise.out);
        let err = compared(&deed.err, &untouched.err, edited.map(|edited| &edited.err[..]), &self.noise.err);
        let is_known =
            deed.ending == untouched.ending || edited.is_some_and(|edited| deed.ending == edited.ending);
        let outcome = match &deed.ending {
            Ending::Hung { .. } => Outcome::Hung,
            Ending::Exited { .. } | Ending::Finished if is_known => out.outcome.max(err.outcome),
            Ending::Exited { .. } if status(&untouched.ending) == 0 => Outcome::Broken,
            Ending::Exited { .. } | Ending::Finished => Outcome::Mixed,
            _ => Outcome::Crashed,
        };
        if outcome == Outcome::Safe {
            return None;
        }
        let (given, expected) = if is_known {
            let strange = if out.outcome >= err.outcome { out } else { err };
            (strange.given, strange.expected)
        } else {
            (deed.failure(untouched).into_iter().chain([deed.ending.to_string()]).collect(), Vec::new())
        };
        Some(Difference { step: Some(0), outcome, given, expected })
    }
}

/// Compares a stream line by line with that of the untouched run and, where there is an edit, of a run
/// with the new source.
fn compared(given: &[String], old: &[String], new: Option<&[String]>, noise: &BTreeSet<usize>) -> Compared {
    let differs =
        |line: usize, other: &[String]| !noise.contains(&line) && given.get(line) != other.get(line);
    let all = 0..given.len().max(old.len()).max(new.map_or(0, <[String]>::len));
    let strange: Vec<usize> =
        all.filter(|line| differs(*line, old) && new.is_none_or(|new| differs(*line, new))).collect();
    let pick =
        |lines: &[String]| strange.first().and_then(|line| lines.get(*line).cloned()).into_iter().collect();
    let outcome = match (strange.is_empty(), new) {
        (false, _) => Outcome::Mixed,
        (true, Some(new)) if is_stale(given, old, new) => Outcome::Stale,
        (true, _) => Outcome::Safe,
    };
    Compared { outcome, given: pick(given), expected: pick(old) }
}

/// Whether after the first line that is as the new source has it, one is as only the old has it.
fn is_stale(given: &[String], old: &[String], new: &[String]) -> bool {
    let distinct = (0..given.len()).filter(|line| old.get(*line) != new.get(*line));
    let mut is_new = distinct.map(|line| given.get(line) == new.get(line));
    is_new.by_ref().any(|new| new) && is_new.any(|new| !new)
}

/// A stream, compared: the first line that is strange, and what the untouched run has there.
struct Compared {
    outcome: Outcome,
    given: Vec<String>,
    expected: Vec<String>,
}

/// The sources of a program, read once.
pub(super) struct Files {
    folder: PathBuf,
    read: BTreeMap<PathBuf, Vec<String>>,
}

impl Files {
    pub(super) fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), read: BTreeMap::new() }
    }

    pub(super) fn lines(&mut self, file: &Path) -> &[String] {
        let path = self.folder.join(file);
        self.read.entry(path).or_insert_with_key(|path| {
            let content = std::fs::read(path).unwrap_or_default();
            String::from_utf8_lossy(&content).lines().map(str::to_owned).collect()
        })
    }

    pub(super) fn place(&mut self, frame: &Frame) -> Place {
        let path = self.folder.join(&frame.file);
        let line = frame.line.checked_sub(1);
        let source = line.and_then(|line| self.lines(&path).get(line)).map(|line| line.trim().to_owned());
        let file = path.strip_prefix(&self.folder).unwrap_or(&path).display().to_string();
        let (function, origin) = (frame.function.clone(), Origin::Scenario);
        Place { file, line: frame.line, function, origin, source, markdown: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn what_is_old_after_something_new_is_stale() {
        let (old, new) = (lines("a o1 b o2 o3"), lines("a n1 b n2 n3"));
        assert!(!is_stale(&lines("a o1 b n2 n3"), &old, &new), "the reload came between the two");
        assert!(!is_stale(&lines("a o1 b o2 o3"), &old, &new), "it came after the last");
        assert!(is_stale(&lines("a n1 b o2 n3"), &old, &new));
    }

    #[test]
    fn the_tests_that_fail_are_what_a_failure_is_known_by() {
        let deed = |out: &str, err: &str| Deed {
            out: out.lines().map(str::to_owned).collect(),
            err: err.lines().map(str::to_owned).collect(),
            ending: Ending::Exited { status: 1 },
        };
        let untouched = deed("", "FAIL: test_old (tests.Old)\nFAILED (failures=1)");
        let unittest =
            deed("", "..F\nFAIL: test_old (tests.Old)\nERROR: test_new (tests.New)\nFAILED (failures=2)");
        assert_eq!(unittest.failure(&untouched), ["ERROR: test_new (tests.New)"]);
        let pytest = deed("FAILED test_x.py::test_y - assert 1 == 2\n1 failed in <duration>", "");
        assert_eq!(pytest.failure(&untouched), ["FAILED test_x.py::test_y - assert 1 == 2"]);
        assert_eq!(deed("one\ntwo\n", "").failure(&untouched), ["two"]);
        assert_eq!(deed("one\n", "Traceback\nKeyError: 1\n\n").failure(&untouched), ["KeyError: 1"]);
    }

    #[test]
    fn durations_are_left_out() {
        assert_eq!(DURATION.replace_all("Ran 3 tests in 0.002s", "<duration>"), "Ran 3 tests in <duration>");
        assert_eq!(DURATION.replace_all("5 passed in 1.20 seconds", "<duration>"), "5 passed in <duration>");
        assert_eq!(
            DURATION.replace_all("9 passed in 62.51s (0:01:02)", "<duration>"),
            "9 passed in <duration>"
        );
        assert_eq!(DURATION.replace_all("3 tests", "<duration>"), "3 tests");
    }

    #[test]
    fn the_lines_of_a_modules_package_are_in_question() {
        assert_eq!(
            packages(&["pkg.core".to_owned(), "pkg.util".to_owned(), "one".to_owned()]),
            ["one.*", "pkg.*"]
        );
    }
}
