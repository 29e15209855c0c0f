//! The short name of an interpreter: `cp311`.

use std::fmt;
use std::str::FromStr;

/// Which Python this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Implementation {
    /// `cp`
    CPython,
    /// `pp`
    PyPy,
}

impl fmt::Display for Implementation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Implementation::CPython => "CPython",
            Implementation::PyPy => "PyPy",
        })
    }
}

/// Implementation, version and build flavour: `cp27`, `cp313`, `cp313t` (free-threaded), `cp312d`
/// (debug), `pp310`. What PEP 425 calls the python tag, and the ABI flags after it.
///
/// Tags sort by implementation, then by version as numbers (`cp39` before `cp310`), then flavour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag {
    /// `cp` or `pp`.
    pub implementation: Implementation,
    /// 2 or 3.
    pub major: u8,
    /// 7 in 2.7.
    pub minor: u8,
    /// Built without the GIL (PEP 703): `t`.
    pub free_threaded: bool,
    /// Built with `Py_DEBUG`: `d`.
    pub debug: bool,
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let implementation = match self.implementation {
            Implementation::CPython => "cp",
            Implementation::PyPy => "pp",
        };
        write!(f, "{implementation}{}{}", self.major, self.minor)?;
        f.write_str(if self.free_threaded { "t" } else { "" })?;
        f.write_str(if self.debug { "d" } else { "" })
    }
}

/// A text that is no tag.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no interpreter tag; tags look like cp311, cp313t or pp310")]
pub struct TagError(String);

impl FromStr for Tag {
    type Err = TagError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse(text).ok_or_else(|| TagError(text.to_owned()))
    }
}

fn parse(text: &str) -> Option<Tag> {
    let (implementation, rest) = match text.split_at_checked(2)? {
        ("cp", rest) => (Implementation::CPython, rest),
        ("pp", rest) => (Implementation::PyPy, rest),
        _ => return None,
    };
    let (rest, debug) = rest.strip_suffix('d').map_or((rest, false), |rest| (rest, true));
    let (rest, free_threaded) = rest.strip_suffix('t').map_or((rest, false), |rest| (rest, true));
    let (major, minor) = digits(rest)?;
    Some(Tag { implementation, major, minor, free_threaded, debug })
}

/// `311` as 3 and 11. What cannot be printed back the same (`301`, `3011`) is not taken.
pub(super) fn digits(text: &str) -> Option<(u8, u8)> {
    let (major, minor) = text.split_at_checked(1)?;
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && (minor == "0" || !minor.starts_with('0'));
    if !plain {
        return None;
    }
    Some((major.parse().ok()?, minor.parse().ok()?))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn tags_read_as_they_print() {
        for text in ["cp27", "cp39", "cp311", "cp313t", "cp312d", "cp313td", "pp310", "cp30"] {
            assert_eq!(text.parse::<Tag>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_no_tag_is_refused() {
        for text in ["", "cp", "cp3", "3.11", "jy27", "cp3x", "cp311x", "cp3011", "cp3999", "cp+3", "cpé1"] {
            let error = text.parse::<Tag>().unwrap_err();
            assert!(error.to_string().starts_with(&format!("`{text}` is no interpreter tag")), "{text}");
        }
    }

    #[test]
    fn tags_sort_by_number_not_by_letter() {
        let mut tags: Vec<Tag> = ["pp310", "cp313t", "cp310", "cp39", "cp313", "cp27"]
            .iter()
            .map(|text| text.parse().unwrap())
            .collect();
        tags.sort();
        let sorted: Vec<String> = tags.iter().map(Tag::to_string).collect();
        assert_eq!(sorted, ["cp27", "cp39", "cp310", "cp313", "cp313t", "pp310"]);
    }

    proptest! {
        #[test]
        fn a_tag_survives_being_printed(
            pypy: bool, major in 2..=9u8, minor: u8, free_threaded: bool, debug: bool
        ) {
            let implementation = if pypy { Implementation::PyPy } else { Implementation::CPython };
            let tag = Tag { implementation, major, minor, free_threaded, debug };
            prop_assert_eq!(tag.to_string().parse::<Tag>(), Ok(tag));
        }
    }
}
