//! Chooses among the interpreters that were found.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::str::FromStr;

use pep440_rs::Version;

use super::candidate::executable;
use super::request::{Request, Wanted, wanted_by_name};
use super::{Discovery, Found, Implementation, Interpreter, Source, Tag, Unusable};

/// What is on this machine.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Discovered {
    /// The usable ones, each installation once, in order of priority.
    pub found: Vec<Found>,
    /// The others.
    pub unusable: Vec<Unusable>,
    /// Which of `found` `python3` means to the user.
    default: Option<usize>,
}

/// No interpreter for a request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unavailable {
    /// There is none at all.
    #[error(
        "no usable Python found, neither in an active virtual environment nor in PATH, pyenv, uv or the \
         system's folders; name one with --python PATH"
    )]
    Nothing,
    /// There are others.
    #[error("no {wanted} found; found {found}{hint}")]
    NoMatch {
        /// What was asked for.
        wanted: String,
        /// The versions that were found.
        found: String,
        /// What to ask for instead, with its punctuation, or nothing.
        hint: String,
    },
    /// A path was asked for, but what is there is no usable Python.
    #[error("{} {why}", path.display())]
    Unusable {
        /// The path.
        path: PathBuf,
        /// Why not.
        why: String,
    },
}

impl From<Unusable> for Unavailable {
    fn from(unusable: Unusable) -> Self {
        Unavailable::Unusable { path: unusable.path, why: unusable.why }
    }
}

impl Discovery {
    /// The interpreters that are asked for, in that order, none twice; for no request the one that
    /// [`Discovery::default_interpreter`] tells.
    pub fn resolve(&self, requests: &[Request]) -> Result<Vec<Interpreter>, Unavailable> {
        let found = self.resolve_found(requests)?;
        Ok(found.into_iter().map(|found| found.interpreter).collect())
    }

    /// The same, with where they were found.
    pub fn resolve_found(&self, requests: &[Request]) -> Result<Vec<Found>, Unavailable> {
        if requests.is_empty() {
            return self.default_interpreter().map(|found| vec![found]).ok_or(Unavailable::Nothing);
        }
        let mut chosen: Vec<Found> = Vec::new();
        for request in requests {
            let found = match request {
                Request::Path(path) => vec![self.named(path)?],
                Request::Executable(name) => vec![self.executable(name)?],
                request => self.discovered().select(request)?.into_iter().cloned().collect(),
            };
            for found in found {
                let known =
                    chosen.iter().any(|old| old.interpreter.executable == found.interpreter.executable);
                if !known {
                    chosen.push(found);
                }
            }
        }
        Ok(chosen)
    }

    fn executable(&self, name: &str) -> Result<Found, Unavailable> {
        let mut folders = self.environment().path.iter();
        let path = folders.find_map(|folder| executable(folder, name)).ok_or_else(|| Unavailable::Unusable {
            path: PathBuf::from(name),
            why: "is neither a file nor in PATH".to_owned(),
        });
        let named = path.and_then(|path| Ok(self.named(&path)?));
        named.or_else(|unavailable| {
            let wanted = wanted_by_name(name).ok_or(unavailable)?;
            let chosen = self.discovered().select(&Request::Version(wanted))?;
            chosen.into_iter().next().cloned().ok_or(Unavailable::Nothing)
        })
    }
}

impl Discovered {
    pub(super) fn new(found: Vec<Found>, unusable: Vec<Unusable>, default: Option<usize>) -> Self {
        Discovered { found, unusable, default }
    }

    /// One interpreter for each tag, in the order of the tags.
    pub fn all(&self) -> Vec<&Found> {
        let mut of_tag: BTreeMap<Tag, Vec<&Found>> = BTreeMap::new();
        for found in &self.found {
            of_tag.entry(found.interpreter.tag).or_default().push(found);
        }
        of_tag.into_values().filter_map(best).collect()
    }

    /// What `python3`, or else `python`, means to the user; where it means nothing, the best there
    /// is.
    pub(super) fn default_found(&self) -> Option<&Found> {
        self.default.and_then(|index| self.found.get(index)).or_else(|| best(self.found.iter()))
    }

    /// What a request for versions stands for; paths and names are [`Discovery`]'s to resolve.
    pub(super) fn select(&self, request: &Request) -> Result<Vec<&Found>, Unavailable> {
        if self.found.is_empty() {
            return Err(Unavailable::Nothing);
        }
        let chosen = match request {
            Request::All => self.all(),
            Request::Version(wanted) => {
                best(self.found.iter().filter(|found| fits(found, wanted))).into_iter().collect()
            }
            Request::Range { from, to } => self
                .all()
                .into_iter()
                .filter(|found| from.alike(found.interpreter.tag) && within(found.interpreter.tag, from, to))
                .collect(),
            Request::Path(_) | Request::Executable(_) => Vec::new(),
        };
        if chosen.is_empty() { Err(self.no_match(request)) } else { Ok(chosen) }
    }

    fn no_match(&self, request: &Request) -> Unavailable {
        let mut versions: Vec<&Found> = self.found.iter().collect();
        versions.sort_by_key(|found| (found.interpreter.tag, version(found)));
        let mut named: Vec<String> = versions.into_iter().map(name).collect();
        named.dedup();
        let instead = match request {
            Request::Version(wanted) | Request::Range { from: wanted, .. } => self.nearest(wanted),
            _ => None,
        };
        let mut hint = String::new();
        if !self.unusable.is_empty() {
            let _ = write!(hint, ", and {} that cannot be used", self.unusable.len());
        }
        if let Some(tag) = instead {
            let _ = write!(hint, "; try --python {tag}");
        }
        Unavailable::NoMatch { wanted: request.describe(), found: named.join(", "), hint }
    }

    /// The same version of another flavour or implementation, or else the nearest version; the newest where
    /// no minor version was asked for.
    fn nearest(&self, wanted: &Wanted) -> Option<Tag> {
        let major = wanted.release.first().copied().unwrap_or(3);
        let minor = wanted.release.get(1).copied().unwrap_or(u64::MAX);
        let distance = |tag: Tag| {
            let steps = (u64::from(tag.major).abs_diff(major), u64::from(tag.minor).abs_diff(minor));
            (steps, tag.implementation != wanted.implementation, tag)
        };
        self.found.iter().map(|found| found.interpreter.tag).min_by_key(|&tag| distance(tag))
    }
}

fn fits(found: &Found, wanted: &Wanted) -> bool {
    wanted.alike(found.interpreter.tag)
        && version(found).is_some_and(|version| version.release().starts_with(&wanted.release))
}

fn within(tag: Tag, from: &Wanted, to: &Wanted) -> bool {
    let minor = [u64::from(tag.major), u64::from(tag.minor)];
    let shown = &minor[..to.release.len().min(minor.len())];
    from.release.as_slice() <= minor.as_slice() && shown <= to.release.as_slice()
}

/// The active virtual environment's, or else the highest version; of equals the one that was found
/// first. `CPython` as it usually is comes before other implementations and flavours.
fn best<'a>(found: impl IntoIterator<Item = &'a Found>) -> Option<&'a Found> {
    found
        .into_iter()
        .enumerate()
        .max_by_key(|(index, found)| {
            let Tag { implementation, free_threaded, debug, .. } = found.interpreter.tag;
            let plain = implementation == Implementation::CPython && !free_threaded && !debug;
            (found.source == Source::Active, plain, version(found), release(found), Reverse(*index))
        })
        .map(|(_, found)| found)
}

fn version(found: &Found) -> Option<Version> {
    Version::from_str(&found.interpreter.version).ok()
}

fn release(found: &Found) -> Option<Version> {
    Version::from_str(found.release.as_deref()?).ok()
}

fn name(found: &Found) -> String {
    let tag = found.interpreter.tag;
    let implementation = if tag.implementation == Implementation::PyPy { "pypy" } else { "" };
    let flavour = [(tag.free_threaded, "t"), (tag.debug, "d")];
    let flavour: String = flavour.iter().filter(|(is, _)| *is).map(|(_, letter)| *letter).collect();
    format!("{implementation}{}{flavour}", found.interpreter.version)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::Host;
    use super::*;

    fn found(tag: &str, version: &str, place: &str, source: Source) -> Found {
        let interpreter = Interpreter {
            tag: tag.parse().unwrap(),
            version: version.to_owned(),
            executable: PathBuf::from(format!("/{place}/python")),
            base_prefix: PathBuf::from(format!("/{place}")),
            host: Host::Spawned { reason: "made up".to_owned() },
        };
        Found::made_up(interpreter, source)
    }

    fn discovered() -> Discovered {
        let found = vec![
            found("cp311", "3.11.2", "usr", Source::Path),
            found("cp311", "3.11.7", "pyenv-311", Source::Pyenv),
            found("cp27", "2.7.18", "pyenv-27", Source::Pyenv),
            found("cp39", "3.9.18", "pyenv-39", Source::Pyenv),
            found("cp311", "3.11.7", "uv-311", Source::Uv),
            found("cp314", "3.14.0rc1", "uv-314rc", Source::Uv),
            found("cp314", "3.14.0", "uv-314", Source::Uv),
            found("cp313t", "3.13.0", "uv-313t", Source::Uv),
            found("pp310", "3.10.14", "pypy", Source::Uv),
        ];
        Discovered::new(found, Vec::new(), Some(0))
    }

    fn select(discovered: &Discovered, request: &str) -> Result<Vec<String>, String> {
        let found = discovered.select(&request.parse().unwrap()).map_err(|error| error.to_string())?;
        let place = |found: &&Found| found.interpreter.base_prefix.display().to_string();
        Ok(found.iter().map(place).collect())
    }

    #[test]
    fn a_version_means_the_highest_that_fits_and_of_equals_the_first() {
        let discovered = discovered();
        for (request, place) in [
            ("3.11", "/pyenv-311"),
            ("3.11.2", "/usr"),
            ("cp27", "/pyenv-27"),
            ("2", "/pyenv-27"),
            ("3", "/uv-314"),
            ("3.14", "/uv-314"),
            ("3.13t", "/uv-313t"),
            ("pypy", "/pypy"),
            ("pypy3.10", "/pypy"),
        ] {
            assert_eq!(select(&discovered, request).unwrap(), [place], "{request}");
        }
    }

    #[test]
    fn the_active_environment_is_meant_where_it_fits() {
        let mut discovered = discovered();
        discovered.found.push(found("cp311", "3.11.4", "venv", Source::Active));
        assert_eq!(select(&discovered, "3.11").unwrap(), ["/venv"]);
        assert_eq!(select(&discovered, "3.11.7").unwrap(), ["/pyenv-311"]);
    }

    #[test]
    fn all_and_ranges_mean_one_of_each_tag() {
        let discovered = discovered();
        let all = ["/pyenv-27", "/pyenv-39", "/pyenv-311", "/uv-313t", "/uv-314", "/pypy"];
        assert_eq!(select(&discovered, "all").unwrap(), all);
        assert_eq!(select(&discovered, "3.9-3.13").unwrap(), ["/pyenv-39", "/pyenv-311"]);
        assert_eq!(select(&discovered, "2-3").unwrap(), ["/pyenv-27", "/pyenv-39", "/pyenv-311", "/uv-314"]);
        assert_eq!(select(&discovered, "pypy3.9-3.10").unwrap(), ["/pypy"]);
    }

    #[test]
    fn what_is_not_there_is_told_with_what_is_and_what_to_try() {
        let discovered = discovered();
        let list = "found 2.7.18, 3.9.18, 3.11.2, 3.11.7, 3.13.0t, 3.14.0rc1, 3.14.0, pypy3.10.14";
        for (request, wanted, hint) in [
            ("3.12", "Python 3.12", "cp311"),
            ("3.13", "Python 3.13", "cp313t"),
            ("3.10", "Python 3.10", "pp310"),
            ("pypy3.9", "PyPy 3.9", "cp39"),
            ("2.6-2.6", "Python 2.6 to 2.6", "cp27"),
            ("4", "Python 4", "cp314"),
            ("pypy2", "PyPy 2", "cp27"),
        ] {
            let error = select(&discovered, request).unwrap_err();
            assert_eq!(error, format!("no {wanted} found; {list}; try --python {hint}"));
        }
    }

    #[test]
    fn where_no_version_was_asked_for_the_newest_is_to_be_tried() {
        let mut discovered = discovered();
        discovered.found.retain(|found| found.interpreter.tag.implementation != Implementation::PyPy);
        let error = select(&discovered, "pypy").unwrap_err();
        assert!(error.ends_with("; try --python cp314"), "{error}");
    }

    #[test]
    fn unusable_ones_are_counted_and_none_at_all_is_told_apart() {
        let mut discovered = discovered();
        discovered.found.truncate(1);
        discovered.unusable.push(Unusable { path: PathBuf::from("/x"), why: "is too old".to_owned() });
        let error = select(&discovered, "3.12").unwrap_err();
        assert_eq!(
            error,
            "no Python 3.12 found; found 3.11.2, and 1 that cannot be used; try --python cp311"
        );
        let error = select(&Discovered::default(), "3.12").unwrap_err();
        assert!(error.starts_with("no usable Python found"), "{error}");
    }

    #[test]
    fn the_default_is_the_users_and_without_one_the_best() {
        let mut discovered = discovered();
        let place = |discovered: &Discovered| {
            discovered.default_found().map(|found| found.interpreter.base_prefix.clone()).unwrap()
        };
        assert_eq!(place(&discovered), PathBuf::from("/usr"));
        discovered.default = None;
        assert_eq!(place(&discovered), PathBuf::from("/uv-314"));
        assert_eq!(Discovered::default().default_found(), None);
    }
}
