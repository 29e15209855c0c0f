//! What a snapshot file is called: `group/name@cp27.snap`, and `.new` after it while it is pending.

use std::fmt;

use thiserror::Error;

use crate::python::Tag;
use crate::scenario::Name;

/// Whether a snapshot was accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// `.snap`: somebody accepted it.
    Accepted,
    /// `.snap.new`: it waits for somebody to accept it.
    Pending,
}

/// The name of a snapshot file, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileName {
    /// Whose report it is.
    pub scenario: Name,
    /// The interpreter with which the epoch begins.
    pub tag: Tag,
    /// Whether it was accepted.
    pub state: State,
}

/// Why a file's name says neither scenario nor interpreter.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NameError {
    /// There is no `@`.
    #[error("its name lacks an interpreter, as in {example}")]
    NoTag {
        /// The name with an interpreter.
        example: String,
    },
    /// What stands after the `@` is no interpreter.
    #[error("{tag} is no interpreter")]
    BadTag {
        /// What stands there.
        tag: String,
        /// The whole file name that was perhaps meant.
        suggestion: Option<String>,
    },
}

impl FileName {
    /// Takes a path below the snapshots folder apart, `/` between its components; none if it is no
    /// snapshot at all (a README, say).
    pub fn parse(path: &str) -> Option<Result<Self, NameError>> {
        let (stem, state) = match (path.strip_suffix(".snap"), path.strip_suffix(".snap.new")) {
            (Some(stem), _) => (stem, State::Accepted),
            (_, Some(stem)) => (stem, State::Pending),
            _ => return None,
        };
        let (group, file) = stem.rsplit_once('/').unwrap_or(("", stem));
        let ending = if state == State::Accepted { "snap" } else { "snap.new" };
        let Some((name, tag)) = file.rsplit_once('@') else {
            let example = format!("{file}@cp27.{ending}");
            return Some(Err(NameError::NoTag { example }));
        };
        let Ok(epoch) = tag.parse() else {
            let suggestion = likely_tag(tag).map(|tag| format!("{name}@{tag}.{ending}"));
            return Some(Err(NameError::BadTag { tag: tag.to_owned(), suggestion }));
        };
        let scenario = Name { group: group.to_owned(), name: name.to_owned() };
        Some(Ok(FileName { scenario, tag: epoch, state }))
    }
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ending = if self.state == State::Accepted { "snap" } else { "snap.new" };
        write!(f, "{}@{}.{ending}", self.scenario, self.tag)
    }
}

/// The tag that somebody who wrote `py3.9`, `3.9` or `CP39` had in mind.
fn likely_tag(text: &str) -> Option<Tag> {
    let plain: String = text.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
    let rest = plain.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let word = &plain[..plain.len() - rest.len()];
    let implementation = if word.starts_with("pp") || word.starts_with("pypy") { "pp" } else { "cp" };
    format!("{implementation}{rest}").parse().ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_is_taken_apart_and_put_together() {
        for path in ["founding/x@cp27.snap", "a/b/x@pp310.snap.new", "x@cp313t.snap", "g/odd@name@cp36.snap"]
        {
            assert_eq!(FileName::parse(path).unwrap().unwrap().to_string(), path);
        }
        assert_eq!(FileName::parse("founding/README.md"), None);
        let odd = FileName::parse("g/odd@name@cp36.snap").unwrap().unwrap();
        assert_eq!(odd.scenario.name, "odd@name");
    }

    #[test]
    fn a_name_without_an_interpreter_gets_an_example() {
        let error = FileName::parse("founding/x.snap").unwrap().unwrap_err();
        assert_eq!(error.to_string(), "its name lacks an interpreter, as in x@cp27.snap");
    }

    #[test]
    fn an_interpreter_that_is_nearly_right_gets_a_suggestion() {
        let suggested = |path: &str| match FileName::parse(path).unwrap().unwrap_err() {
            NameError::BadTag { suggestion, .. } => suggestion,
            error @ NameError::NoTag { .. } => panic!("{error}"),
        };
        assert_eq!(suggested("g/x@py39.snap").unwrap(), "x@cp39.snap");
        assert_eq!(suggested("g/x@3.11.snap.new").unwrap(), "x@cp311.snap.new");
        assert_eq!(suggested("g/x@PyPy3.10.snap").unwrap(), "x@pp310.snap");
        assert_eq!(suggested("g/x@CP313T.snap").unwrap(), "x@cp313t.snap");
        assert_eq!(suggested("g/x@latest.snap"), None);
    }
}
