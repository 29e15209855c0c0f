//! Reads a requirement: PEP 508, minus what no package index is asked for.

use std::str::FromStr;

use pep440_rs::Version;
use pep508_rs::{MarkerTree, PackageName, Pep508Error, Requirement, VerbatimUrl, VersionOrUrl};

use super::flaw::Flaw;

/// Which package is meant, and when.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Required {
    /// The package, in the one spelling that all of its spellings mean.
    pub(super) name: PackageName,
    /// On which Pythons: what stands behind the `;`.
    pub(super) marker: MarkerTree,
}

/// Reads a requirement such as `numpy==2.1.3; python_version >= "3.10"`.
pub(super) fn read(text: &str) -> Result<Required, Flaw> {
    let requirement = Requirement::<VerbatimUrl>::from_str(text).map_err(|error| unreadable(text, &error))?;
    if let Some(VersionOrUrl::Url(_)) = requirement.version_or_url {
        let at = text.find('@').unwrap_or(0);
        let help = format!("write `{}==` and a version", requirement.name);
        return Err(Flaw {
            span: at..text.len(),
            message: format!("`{text}` is not taken from a package index"),
            label: "an address".to_owned(),
            help: Some(help),
        });
    }
    Ok(Required { name: requirement.name, marker: requirement.marker })
}

fn unreadable(text: &str, error: &Pep508Error) -> Flaw {
    let span = error.start.min(text.len())..(error.start + error.len).min(text.len());
    let help = meant(text).map_or_else(
        || "it is a name and versions, such as `pydantic==2.9.2`".to_owned(),
        |meant| format!("did you mean `{meant}`?"),
    );
    // Where it goes into detail, it does so in lines of their own.
    let label = error.message.to_string().lines().next().unwrap_or_default().to_lowercase();
    Flaw {
        span: if span.is_empty() { 0..text.len() } else { span },
        message: format!("`{text}` is no requirement"),
        label,
        help: Some(help),
    }
}

/// A name and a version, with something else between them than `==`.
fn meant(text: &str) -> Option<String> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let (name, rest) = text.trim().split_at(text.trim().find(|c| !is_name(c))?);
    let version = Version::from_str(rest.trim_matches([' ', '=', '@', ':'])).ok()?;
    let meant = format!("{name}=={version}");
    Requirement::<VerbatimUrl>::from_str(&meant).is_ok().then_some(meant)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn requirements_are_read() {
        for text in [
            "numpy",
            "pydantic==2.9.2",
            "pydantic >= 2, < 3",
            "requests[socks]~=2.31",
            "numpy==1.19.5; python_version < '3.10'",
            "zope.interface (==5.4.0)",
        ] {
            assert!(read(text).is_ok(), "{text}: {:?}", read(text));
        }
    }

    #[test]
    fn all_spellings_of_a_name_are_one() {
        assert_eq!(read("Zope.Interface").unwrap(), read("zope_interface==1").unwrap());
        assert_ne!(read("a; python_version < '3'").unwrap(), read("a").unwrap());
    }

    #[test]
    fn a_slip_between_name_and_version_gets_a_suggestion() {
        for text in ["numpy 1.19.5", "numpy=1.19.5", "numpy@1.19.5", "numpy===>1"] {
            let flaw = read(text).unwrap_err();
            assert_eq!(flaw.message, format!("`{text}` is no requirement"));
            if text != "numpy===>1" {
                assert_eq!(flaw.help.as_deref(), Some("did you mean `numpy==1.19.5`?"), "{text}");
            }
        }
        assert!(read("").unwrap_err().help.unwrap().contains("such as `pydantic==2.9.2`"));
    }

    #[test]
    fn the_flaw_is_placed_where_it_is() {
        let flaw = read("numpy==1.x").unwrap_err();
        assert_eq!(&"numpy==1.x"[flaw.span], "==1.x");
        let flaw = read("numpy; python_versio < '3'").unwrap_err();
        assert_eq!(&"numpy; python_versio < '3'"[flaw.span], "python_versio");
        assert!(!flaw.label.contains('\n'));
    }

    #[test]
    fn what_no_index_has_is_refused() {
        let flaw = read("numpy @ https://example.org/numpy.whl").unwrap_err();
        assert_eq!(flaw.span, 6..37);
        assert_eq!(flaw.help.as_deref(), Some("write `numpy==` and a version"));
        for text in ["./numpy", "https://example.org/numpy.whl", "-r requirements.txt", "--index-url x"] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
