//! Which minor versions a PEP 440 range admits.

use std::fmt;
use std::iter;

use pep440_rs::{Version, VersionSpecifiers};

use crate::python::Tag;

/// A version without its patch level: 3.11.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Minor {
    /// 3 in 3.11.
    pub major: u8,
    /// 11 in 3.11.
    pub minor: u8,
}

impl Minor {
    /// The version of an interpreter.
    pub fn of(tag: Tag) -> Self {
        Minor { major: tag.major, minor: tag.minor }
    }
}

impl fmt::Display for Minor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// The versions that the harness can host, oldest first: 2.7, and 3.6 and later. That a scenario for
/// `>=3` has no snapshot for 3.0 is no gap.
pub fn hosted() -> impl Iterator<Item = Minor> {
    iter::once(Minor { major: 2, minor: 7 }).chain((6..=u8::MAX).map(|minor| Minor { major: 3, minor }))
}

/// Whether any release of this minor version is in the range: `>=3.11.4` admits 3.11.
///
/// A range changes its mind only at the versions it names, so it is enough to ask about these, their
/// neighbours, and both ends.
pub fn admits(range: &VersionSpecifiers, version: Minor) -> bool {
    let release = |patch: u64| Version::new([u64::from(version.major), u64::from(version.minor), patch]);
    let named = range.iter().map(pep440_rs::VersionSpecifier::version).filter(|named| {
        let number = |at: usize| named.release().get(at).copied().unwrap_or(0);
        number(0) == u64::from(version.major) && number(1) == u64::from(version.minor)
    });
    let near = named.flat_map(|named| {
        let patch = named.release().get(2).copied().unwrap_or(0);
        let around = [patch.saturating_sub(1), patch, patch.saturating_add(1)];
        around.map(release).into_iter().chain([named.clone()])
    });
    near.chain([release(0), release(u64::MAX)]).any(|candidate| range.contains(&candidate))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::str::FromStr;

    use super::*;

    fn admitted(range: &str) -> Vec<String> {
        let range = VersionSpecifiers::from_str(range).unwrap();
        hosted()
            .take(10)
            .filter(|version| admits(&range, *version))
            .map(|version| version.to_string())
            .collect()
    }

    #[test]
    fn a_range_admits_a_minor_version_if_any_release_of_it_is_inside() {
        assert_eq!(admitted(">=3.11.4, <3.13"), ["3.11", "3.12"]);
        assert_eq!(admitted("<3.6.2"), ["2.7", "3.6"]);
        assert_eq!(admitted(">3.12"), ["3.12", "3.13", "3.14"]);
        assert_eq!(admitted("<=3.6, >=3"), ["3.6"]);
        assert_eq!(admitted("~=3.12"), ["3.12", "3.13", "3.14"]);
        assert_eq!(admitted("==3.11.7"), ["3.11"]);
        assert_eq!(admitted("==2.7.*"), ["2.7"]);
        assert_eq!(admitted(">=3.12, !=3.13.*"), ["3.12", "3.14"]);
        assert_eq!(admitted("==3.14.0rc1"), ["3.14"]);
        assert_eq!(admitted("<2.7"), Vec::<String>::new());
    }
}
