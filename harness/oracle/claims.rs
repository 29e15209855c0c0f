//! Whether the output that an author wrote below a step is what the step answers, as doctest has it.
//!
//! Two things differ from doctest. A number that may be an `id()` or an address stands for an identity: it
//! holds if it stands for the same one everywhere in the scenario, and no other number does. And a
//! traceback is its last line, on every version.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use regex::Regex;

use crate::scenario::{Scenario, Step};
use crate::trace::{Observation, Raised, Trace};

/// What came of the claims below a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claimed {
    /// They hold.
    Holds,
    /// They do not.
    Differs {
        /// The lines as they were written.
        lines: Vec<String>,
        /// What is wrong, where that is not to be seen by comparing: a number that stands for two
        /// identities.
        why: Option<String>,
    },
}

/// Checks all claims of a scenario, by step.
pub(crate) fn claims(scenario: &Scenario, trace: &Trace) -> BTreeMap<usize, Claimed> {
    let mut numbers = Numbers::default();
    let claimed = |step: &Step| match step {
        Step::Statement(statement) => statement.claims.iter().map(|claim| claim.text.clone()).collect(),
        Step::Write(_) => Vec::new(),
    };
    let lines = scenario.steps.iter().map(claimed).enumerate();
    lines
        .filter(|(_, lines): &(usize, Vec<String>)| !lines.is_empty())
        .map(|(step, lines)| {
            let outcome = match trace.steps.get(step) {
                Some(observation) => check(&lines, observation, &mut numbers),
                None => Err(None),
            };
            let claimed = match outcome {
                Ok(()) => Claimed::Holds,
                Err(why) => Claimed::Differs { lines, why },
            };
            (step, claimed)
        })
        .collect()
}

/// Why a claim does not hold, where there is more to say than that it differs.
type Outcome = Result<(), Option<String>>;

fn check(lines: &[String], observation: &Observation, numbers: &mut Numbers) -> Outcome {
    let (before, error) = split(lines, observation.exception.as_ref());
    let error = match (&error, &observation.exception) {
        (Some(claimed), Some(raised)) => Some((claimed, told(raised, claimed))),
        (None, None) => None,
        _ => return Err(None),
    };
    // What a step writes to standard error is on the terminal too, and some would copy it.
    let both = shown(observation, true);
    let stdout = shown(observation, false);
    let mut attempt = numbers.clone();
    match attempt.take(&before, &stdout) {
        Ok(()) => {}
        Err(why) if both == stdout => return Err(why),
        Err(_) => attempt.take(&before, &both)?,
    }
    if let Some((claimed, raised)) = error {
        attempt.take(claimed, &raised)?;
    }
    *numbers = attempt;
    Ok(())
}

/// What the prompt shows before an exception.
fn shown(observation: &Observation, with_stderr: bool) -> String {
    let mut text = observation.output.stdout.clone();
    if with_stderr {
        text.push_str(&observation.output.stderr);
    }
    for value in &observation.values {
        text.push_str(&value.text);
        text.push('\n');
    }
    trimmed(text.lines())
}

/// What is claimed of output, and of an exception: the last part of a traceback, or of what is printed
/// of a `SyntaxError`, which has no heading; or just the line itself.
fn split(lines: &[String], raised: Option<&Raised>) -> (String, Option<String>) {
    let heading = lines.iter().position(|line| line.trim_end().starts_with("Traceback ("));
    let texts = |lines: &[String]| trimmed(lines.iter().map(String::as_str));
    if let Some(at) = heading {
        let indented = |line: &&String| line.starts_with(char::is_whitespace) || line.is_empty();
        let frames = lines[at + 1..].iter().take_while(indented).count();
        return (texts(&lines[..at]), Some(texts(&lines[at + 1 + frames..])));
    }
    let Some(raised) = raised else { return (texts(lines), None) };
    let named =
        |line: &String| line.split([':', ' ']).next().is_some_and(|name| same_name(name, &raised.name));
    match lines.iter().rposition(named) {
        Some(at) => {
            let printed = |line: &String| line.starts_with("  ");
            let end = lines[..at].iter().rposition(|line| !printed(line)).map_or(0, |last| last + 1);
            (texts(&lines[..end]), Some(texts(&lines[at..])))
        }
        None => (texts(lines), None),
    }
}

/// An exception as its last line, with the name as it is claimed: versions differ in whether that has
/// the module.
fn told(raised: &Raised, claimed: &str) -> String {
    let name = claimed.split([':', '\n']).next().unwrap_or_default().trim();
    let name = if same_name(name, &raised.name) { name } else { &raised.name };
    let text = match raised.name.as_str() {
        // Where it is, the prompt says in lines of their own.
        "SyntaxError" | "IndentationError" | "TabError" => PLACE.replace(&raised.text, "").into_owned(),
        _ => raised.text.clone(),
    };
    let line = if text.is_empty() { name.to_owned() } else { format!("{name}: {text}") };
    trimmed(line.lines())
}

fn same_name(claimed: &str, name: &str) -> bool {
    let last = |name: &str| name.rsplit('.').next().unwrap_or_default().to_owned();
    claimed == name || (!claimed.contains('.') || !name.contains('.')) && last(claimed) == last(name)
}

/// Lines without the space at their ends, as reports and editors leave them.
fn trimmed<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    let lines: Vec<&str> =
        lines.map(|line| if line.trim() == "<BLANKLINE>" { "" } else { line.trim_end() }).collect();
    lines.join("\n").trim_end().to_owned()
}

/// `(foo.py, line 3)` at the end of the text of a `SyntaxError`.
static PLACE: LazyLock<Regex> = LazyLock::new(|| pattern(r" \([^()]*, line \d+\)$"));
/// What in a claim stands for something: an ellipsis, or a number long enough for an `id()`.
static SPECIAL: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\.\.\.|\b0x[0-9a-fA-F]{4,}L?\b|\b[0-9]{5,}L?\b"));
/// What may stand where a claim has such a number.
const IDENTITY: &str = r"(?:former )?(?:id of )?[\w.<>]+#\d+|id of an object without a name|0x\.\.\.";

#[allow(clippy::expect_used)]
fn pattern(source: &str) -> Regex {
    Regex::new(source).expect("the pattern is a constant")
}

/// Which identity each number of an author's stands for.
#[derive(Debug, Clone, Default)]
struct Numbers {
    identities: HashMap<u64, String>,
    numbers: HashMap<String, u64>,
}

impl Numbers {
    /// Takes in what a claim says, if it holds.
    fn take(&mut self, claimed: &str, observed: &str) -> Outcome {
        if claimed == observed {
            return Ok(());
        }
        let mut source = String::from(r"(?s)\A");
        let mut written = Vec::new();
        let mut end = 0;
        for special in SPECIAL.find_iter(claimed) {
            source.push_str(&regex::escape(&claimed[end..special.start()]));
            end = special.end();
            match special.as_str() {
                "..." => source.push_str(".*?"),
                number => {
                    source.extend(["(", &regex::escape(number), "|", IDENTITY, ")"]);
                    written.push(number);
                }
            }
        }
        source.push_str(&regex::escape(&claimed[end..]));
        source.push_str(r"\z");
        let matched = Regex::new(&source).ok().and_then(|pattern| pattern.captures(observed)).ok_or(None)?;
        for (number, found) in written.iter().zip(matched.iter().skip(1).flatten()) {
            self.stands_for(number, found.as_str()).map_err(Some)?;
        }
        Ok(())
    }

    fn stands_for(&mut self, written: &str, found: &str) -> Result<(), String> {
        let Some(label) = found.rsplit(' ').next().filter(|label| label.contains('#')) else { return Ok(()) };
        let digits = written.trim_end_matches('L');
        let number = match digits.strip_prefix("0x") {
            Some(hex) => u64::from_str_radix(hex, 16),
            None => digits.parse(),
        };
        let Ok(number) = number else { return Ok(()) };
        let known = self.identities.entry(number).or_insert_with(|| label.to_owned());
        if known != label {
            return Err(format!("{written} stands for {label} here and for {known} above"));
        }
        let other = *self.numbers.entry(label.to_owned()).or_insert(number);
        if other != number {
            return Err(format!("{written} stands for {label} here, which is {other} above"));
        }
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::trace::made_up::{Run, id, id_call, surroundings, value};
    use crate::worker::Event;

    /// Each claimed text, against a step that shows an `id`, a value or raises.
    fn checked(run: Run, claimed: &[&str]) -> Vec<Option<String>> {
        let mut run = run;
        let mut texts = claimed.iter();
        for step in &mut run.scenario.steps {
            if let Step::Statement(statement) = step
                && !statement.source.starts_with("import")
            {
                let lines = texts.next().unwrap().lines();
                statement.claims =
                    lines.map(|text| crate::scenario::Claim { text: text.to_owned(), line: 1 }).collect();
            }
        }
        let trace = crate::trace::observe(&run.scenario, &run.play, &surroundings());
        claims(&run.scenario, &trace)
            .into_values()
            .map(|claimed| match claimed {
                Claimed::Holds => None,
                Claimed::Differs { why, .. } => Some(why.unwrap_or_else(|| "differs".to_owned())),
            })
            .collect()
    }

    fn ids(tokens: &[u64]) -> Run {
        let run = Run::new().import_foo();
        tokens.iter().fold(run, |run, token| run.step("id(x)", Event::default().show(id_call(id(*token)))))
    }

    fn shows(text: &str) -> Run {
        Run::new().step("f()", Event::default().show(value(text)))
    }

    fn raises(name: &str, text: &str) -> Run {
        Run::new().step("f()", Event::default().raise(name, text, Vec::new()))
    }

    #[test]
    fn a_number_stands_for_one_identity_everywhere() {
        assert_eq!(checked(ids(&[2, 4, 2]), &["3217664", "3218592", "3217664"]), [None, None, None]);
        assert_eq!(
            checked(ids(&[2, 4]), &["3217664", "3217664"]),
            [None, Some("3217664 stands for foo.Bar#1 here and for foo.Foo#1 above".to_owned())]
        );
        assert_eq!(
            checked(ids(&[2, 2]), &["3217664", "3218592"]),
            [None, Some("3218592 stands for foo.Foo#1 here, which is 3217664 above".to_owned())]
        );
    }

    #[test]
    fn an_address_is_a_number_like_an_id() {
        let run =
            |token| ids(&[4]).step("b", Event::default().show(value(format!("<class at {:#x}>", id(token)))));
        assert_eq!(checked(run(4), &["4096000", "<class at 0x3e8000>"]), [None, None]);
        assert!(checked(run(2), &["4096000", "<class at 0x3e8000>"])[1].is_some());
    }

    #[test]
    fn a_number_that_is_just_a_number_must_be_the_same() {
        assert_eq!(checked(shows("100000"), &["100000"]), [None]);
        assert_eq!(checked(shows("100001"), &["100000"]), [Some("differs".to_owned())]);
    }

    #[test]
    fn an_ellipsis_stands_for_anything() {
        assert_eq!(checked(shows("<module 'foo' from 'foo.py'>"), &["<module 'foo' from '...'>"]), [None]);
        assert_eq!(checked(shows("[1, 2]"), &["[1...3]"]), [Some("differs".to_owned())]);
    }

    #[test]
    fn a_traceback_is_its_last_line() {
        let claimed =
            "Traceback (most recent call last):\n  File \"<stdin>\", line 1, in ?\n    x\nTypeError: no";
        assert_eq!(checked(raises("TypeError", "no"), &[claimed]), [None]);
        assert_eq!(checked(raises("TypeError", "no"), &["TypeError: no"]), [None]);
        assert_eq!(checked(raises("TypeError", "yes"), &[claimed]), [Some("differs".to_owned())]);
        assert_eq!(checked(shows("1"), &[claimed]), [Some("differs".to_owned())]);
        assert_eq!(checked(raises("foo.Error", ""), &["Error"]), [None]);
    }

    #[test]
    fn what_the_prompt_prints_of_a_syntax_error_is_its_last_line_too() {
        let claimed = "  File \"foo.py\", line 3\n    return (\n          ^\nSyntaxError: invalid syntax";
        assert_eq!(checked(raises("SyntaxError", "invalid syntax (foo.py, line 3)"), &[claimed]), [None]);
    }

    #[test]
    fn space_at_the_end_of_a_line_does_not_count() {
        assert_eq!(checked(shows("a \n\nb"), &["a\n<BLANKLINE>\nb"]), [None]);
    }
}
