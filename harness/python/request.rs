//! What a user asks for with `--python`.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::LazyLock;

use regex::Regex;

use super::tag::digits;
use super::{Implementation, Tag};

/// One item of `--python`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// `all`: one of each tag.
    All,
    /// `3.12`, `3.12.1`, `cp312`, `pypy`, `3.13t`: the best that fits.
    Version(Wanted),
    /// `3.8-3.13`: one of each tag from the first to the last, both included.
    Range {
        /// The first.
        from: Wanted,
        /// The last; of the same implementation and flavour.
        to: Wanted,
    },
    /// An executable, or the folder of a virtual environment or installation.
    Path(PathBuf),
    /// `python3.11`: the executable of this name in `PATH`, or else the version it speaks of.
    Executable(String),
}

/// What is wanted of an interpreter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Which implementation; `CPython` where none is named.
    pub implementation: Implementation,
    /// The beginning of the version's numbers: `[3, 12]` fits 3.12.1.
    pub release: Vec<u64>,
    /// Free-threaded builds, and only those.
    pub free_threaded: bool,
    /// Debug builds, and only those.
    pub debug: bool,
}

/// A text that asks for nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// It is none of the forms.
    #[error(
        "`{text}` is no Python to ask for{hint}; ask for a path, a version (3.12, 3.12.1, 2.7), a range (3.8-3.13), \
         a tag (cp312, pp310), a flavour (3.13t free-threaded, 3.13d debug), pypy, pypy3.10 or all"
    )]
    Unknown {
        /// The text.
        text: String,
        /// What may have been meant, with its punctuation, or nothing.
        hint: String,
    },
    /// The ends of a range do not fit together.
    #[error("`{text}` is no range: {why}")]
    Range {
        /// The text.
        text: String,
        /// What is wrong with it.
        why: &'static str,
    },
}

static VERSION: LazyLock<Regex> = LazyLock::new(|| {
    #[allow(clippy::expect_used, reason = "a constant, compiled by every test of this file")]
    Regex::new(r"^(?i)(cpython|pypy)?([0-9]+(?:\.[0-9]+){0,2})?(t?d?)$").expect("a regex")
});

impl FromStr for Request {
    type Err = RequestError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        if text.eq_ignore_ascii_case("all") {
            return Ok(Request::All);
        }
        if text.contains('/') {
            return Ok(Request::Path(PathBuf::from(text)));
        }
        if let Some(wanted) = wanted(text) {
            return Ok(Request::Version(wanted));
        }
        if let Some((from, to)) =
            text.split_once('-').and_then(|(from, to)| Some((wanted(from)?, wanted(to)?)))
        {
            return range(text, from, to);
        }
        if Path::new(text).exists() {
            return Ok(Request::Path(PathBuf::from(text)));
        }
        if text.starts_with("python") {
            return Ok(Request::Executable(text.to_owned()));
        }
        let words = ["all", "pypy", "cpython", "python"];
        let distance = |word: &&&str| strsim::osa_distance(text, word);
        let near = words.iter().min_by_key(distance).filter(|word| distance(word) <= 2);
        let hint = near.map(|word| format!("; did you mean `{word}`?")).unwrap_or_default();
        Err(RequestError::Unknown { text: text.to_owned(), hint })
    }
}

impl Request {
    /// What was asked for, to stand behind "no".
    pub(super) fn describe(&self) -> String {
        match self {
            Request::All => "Python".to_owned(),
            Request::Version(wanted) => wanted.describe(),
            Request::Range { from, to } => {
                format!("{} to {}", from.describe(), to.number())
            }
            Request::Path(path) => path.display().to_string(),
            Request::Executable(name) => name.clone(),
        }
    }
}

impl Wanted {
    /// Whether it is of the implementation and flavour that is wanted.
    pub(super) fn alike(&self, tag: Tag) -> bool {
        (self.implementation, self.free_threaded, self.debug)
            == (tag.implementation, tag.free_threaded, tag.debug)
    }

    fn number(&self) -> String {
        self.release.iter().map(u64::to_string).collect::<Vec<_>>().join(".")
    }

    fn describe(&self) -> String {
        let flavour = match (self.free_threaded, self.debug) {
            (true, true) => "free-threaded debug ",
            (true, false) => "free-threaded ",
            (false, true) => "debug ",
            (false, false) => "",
        };
        let name = if self.implementation == Implementation::PyPy { "PyPy" } else { "Python" };
        format!("{flavour}{name} {}", self.number()).trim_end().to_owned()
    }
}

/// The version that the name of an executable speaks of: `python3.11`.
pub(super) fn wanted_by_name(name: &str) -> Option<Wanted> {
    name.strip_prefix("python").and_then(wanted)
}

fn wanted(text: &str) -> Option<Wanted> {
    if let Ok(Tag { implementation, major, minor, free_threaded, debug }) = text.parse() {
        let release = vec![major.into(), minor.into()];
        return Some(Wanted { implementation, release, free_threaded, debug });
    }
    let parts = VERSION.captures(text).filter(|_| !text.is_empty())?;
    let (name, number, flavour) = (parts.get(1), parts.get(2), &parts[3]);
    if name.is_none() && number.is_none() {
        return None;
    }
    let pypy = name.is_some_and(|name| name.as_str().eq_ignore_ascii_case("pypy"));
    let implementation = if pypy { Implementation::PyPy } else { Implementation::CPython };
    let release = number.map_or(Some(Vec::new()), |number| release(number.as_str()))?;
    let has = |letter| flavour.to_ascii_lowercase().contains(letter);
    Some(Wanted { implementation, release, free_threaded: has('t'), debug: has('d') })
}

/// `3.12` and, as in tags, `312`.
fn release(number: &str) -> Option<Vec<u64>> {
    match digits(number).filter(|_| number.len() > 1) {
        Some((major, minor)) => Some(vec![major.into(), minor.into()]),
        None => number.split('.').map(|part| part.parse().ok()).collect(),
    }
}

fn range(text: &str, from: Wanted, mut to: Wanted) -> Result<Request, RequestError> {
    let wrong = |why| RequestError::Range { text: text.to_owned(), why };
    let plain = to.implementation == Implementation::CPython && !to.free_threaded && !to.debug;
    let named =
        text.rsplit('-').next().is_some_and(|end| end.starts_with(|char: char| !char.is_ascii_digit()));
    if plain && !named {
        to = Wanted { release: to.release, ..from.clone() };
    }
    if (to.implementation, to.free_threaded, to.debug)
        != (from.implementation, from.free_threaded, from.debug)
    {
        return Err(wrong("its ends are of different implementations or flavours"));
    }
    if [&from, &to].iter().any(|end| end.release.is_empty() || end.release.len() > 2) {
        return Err(wrong("its ends are versions such as 3.8 and 3.13"));
    }
    if from.release > to.release {
        return Err(wrong("it ends before it begins"));
    }
    Ok(Request::Range { from, to })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn read(text: &str) -> Request {
        text.parse().unwrap()
    }

    fn version(release: &[u64]) -> Wanted {
        let implementation = Implementation::CPython;
        Wanted { implementation, release: release.to_vec(), free_threaded: false, debug: false }
    }

    #[test]
    fn versions_are_asked_for_in_many_ways() {
        for (text, release) in [
            ("3", &[3][..]),
            ("3.12", &[3, 12]),
            ("3.12.1", &[3, 12, 1]),
            ("2.7", &[2, 7]),
            ("312", &[3, 12]),
        ] {
            assert_eq!(read(text), Request::Version(version(release)), "{text}");
        }
        for text in ["cp312", "cpython3.12", "CPython3.12", " 3.12 "] {
            assert_eq!(read(text), Request::Version(version(&[3, 12])), "{text}");
        }
    }

    #[test]
    fn flavours_and_implementations_are_asked_for_by_name() {
        let t = Wanted { free_threaded: true, ..version(&[3, 13]) };
        assert_eq!(read("3.13t"), Request::Version(t.clone()));
        assert_eq!(read("cp313t"), Request::Version(t.clone()));
        assert_eq!(read("3.13td"), Request::Version(Wanted { debug: true, ..t }));
        assert_eq!(read("3.13d"), Request::Version(Wanted { debug: true, ..version(&[3, 13]) }));
        let pypy = Wanted { implementation: Implementation::PyPy, ..version(&[]) };
        assert_eq!(read("pypy"), Request::Version(pypy.clone()));
        for text in ["pypy3.10", "pp310"] {
            assert_eq!(
                read(text),
                Request::Version(Wanted { release: vec![3, 10], ..pypy.clone() }),
                "{text}"
            );
        }
    }

    #[test]
    fn ranges_have_two_ends_of_one_kind() {
        let range = Request::Range { from: version(&[3, 8]), to: version(&[3, 13]) };
        for text in ["3.8-3.13", "cp38-cp313", "38-313"] {
            assert_eq!(read(text), range, "{text}");
        }
        let pypy = |minor| Wanted { implementation: Implementation::PyPy, ..version(&[3, minor]) };
        assert_eq!(read("pypy3.9-3.10"), Request::Range { from: pypy(9), to: pypy(10) });
        for (text, why) in [
            ("3.13-3.8", "it ends before it begins"),
            ("3.8.1-3.9", "its ends are versions such as 3.8 and 3.13"),
            ("3.8-pypy3.10", "its ends are of different implementations or flavours"),
            ("pypy3.8-cp310", "its ends are of different implementations or flavours"),
            ("3.8-3.13t", "its ends are of different implementations or flavours"),
        ] {
            let error = text.parse::<Request>().unwrap_err().to_string();
            assert_eq!(error, format!("`{text}` is no range: {why}"));
        }
    }

    #[test]
    fn what_has_a_slash_or_is_there_is_a_path() {
        assert_eq!(read("./3.12"), Request::Path(PathBuf::from("./3.12")));
        assert_eq!(read("/opt/py/bin/python"), Request::Path(PathBuf::from("/opt/py/bin/python")));
        assert_eq!(read("Cargo.toml"), Request::Path(PathBuf::from("Cargo.toml")));
    }

    #[test]
    fn names_of_executables_are_looked_up_later() {
        assert_eq!(read("python3.11"), Request::Executable("python3.11".to_owned()));
        assert_eq!(wanted_by_name("python3.11"), Some(version(&[3, 11])));
        assert_eq!(wanted_by_name("python"), None);
    }

    #[test]
    fn what_asks_for_nothing_is_refused_with_a_suggestion() {
        for (text, hint) in [
            ("al", "; did you mean `all`?"),
            ("pypi", "; did you mean `pypy`?"),
            ("pyhton", "; did you mean `python`?"),
            ("no-such-venv", ""),
            ("", ""),
            ("t", ""),
            ("3.", ""),
        ] {
            let error = text.parse::<Request>().unwrap_err().to_string();
            assert!(
                error.starts_with(&format!("`{text}` is no Python to ask for{hint}; ask for")),
                "{error}"
            );
        }
    }

    #[test]
    fn requests_describe_themselves() {
        for (text, description) in [
            ("3.14", "Python 3.14"),
            ("3.13t", "free-threaded Python 3.13"),
            ("pypy", "PyPy"),
            ("pypy3.9-3.10", "PyPy 3.9 to 3.10"),
            ("all", "Python"),
        ] {
            assert_eq!(read(text).describe(), description);
        }
    }
}
