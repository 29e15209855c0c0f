//! What an interpreter says of itself.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;
use std::str::FromStr;

use pep440_rs::Version;
use serde::{Deserialize, Serialize};

use super::{Implementation, Tag};

/// The script that makes a Python say it (2.7 to newest).
pub(super) const SCRIPT: &str = include_str!("facts.py");

const BEGIN: &[u8] = b"\0reload-harness facts\0";
const END: &[u8] = b"end of facts";

/// What one interpreter said when it was asked. As said: nothing is looked up on the disk yet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[allow(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(super) struct Facts {
    /// `sys.implementation.name`: `cpython`, `pypy`, `graalpy`.
    pub(super) implementation: String,
    /// The version of the language, `3.11.7` or `3.14.0rc1`.
    pub(super) version: String,
    /// `PyPy`'s own version, `7.3.17`.
    pub(super) release: Option<String>,
    /// `sys.executable`: for a wrapper script or shim, the real one behind it.
    pub(super) executable: PathBuf,
    /// `sys.base_prefix`, or `sys.prefix` before 3.3.
    pub(super) base_prefix: PathBuf,
    /// The installation it belongs to, symbolic links resolved: the same for all of its virtual
    /// environments.
    pub(super) home: PathBuf,
    /// `sys.abiflags`: `m`, `t`, `d`.
    pub(super) abiflags: String,
    /// Built with `Py_DEBUG`.
    pub(super) debug: bool,
    /// Built with `Py_TRACE_REFS`, which changes the layout of every object.
    pub(super) traced: bool,
    /// Built without the GIL.
    pub(super) free_threaded: bool,
    /// Needs `site` to find its own standard library (a virtual environment of 2.7).
    pub(super) rootless: bool,
    /// `LIBDIR`: where libpython was meant to be installed.
    pub(super) library_folder: Option<PathBuf>,
    /// `MULTIARCH`: `x86_64-linux-gnu`.
    pub(super) multiarch: Option<String>,
    /// `INSTSONAME` and `LDLIBRARY`: what libpython is called, or a static library's name.
    pub(super) library_names: Vec<String>,
}

impl Facts {
    /// Reads what [`SCRIPT`] wrote, wherever it stands among what a wrapper may have printed; none
    /// if it is not complete.
    pub(super) fn read(answer: &[u8]) -> Option<Self> {
        let start = answer.windows(BEGIN.len()).position(|window| window == BEGIN)? + BEGIN.len();
        let mut facts = Facts::default();
        for field in answer[start..].split(|&byte| byte == 0) {
            if field == END {
                return (facts.rootless || facts.version().is_some()).then_some(facts);
            }
            let equals = field.iter().position(|&byte| byte == b'=')?;
            facts.set(&field[..equals], &field[equals + 1..]);
        }
        None
    }

    fn set(&mut self, key: &[u8], value: &[u8]) {
        let text = || String::from_utf8_lossy(value).into_owned();
        let path = || PathBuf::from(OsString::from_vec(value.to_vec()));
        match key {
            b"implementation" => self.implementation = text(),
            b"version" => self.version = text(),
            b"release" => self.release = Some(text()),
            b"executable" => self.executable = path(),
            b"base_prefix" => self.base_prefix = path(),
            b"home" => self.home = path(),
            b"abiflags" => {
                self.abiflags = text();
                self.free_threaded |= value.contains(&b't');
            }
            b"Py_GIL_DISABLED" => self.free_threaded |= value != b"0",
            b"debug" => self.debug = true,
            b"traced" => self.traced = true,
            b"rootless" => self.rootless = true,
            b"LIBDIR" => self.library_folder = Some(path()),
            b"MULTIARCH" => self.multiarch = Some(text()),
            b"INSTSONAME" | b"LDLIBRARY" => self.library_names.push(text()),
            _ => {}
        }
    }

    /// The version, to compare; none if it is not one.
    pub(super) fn version(&self) -> Option<Version> {
        Version::from_str(&self.version).ok()
    }

    /// The tag, or why this Python cannot be used.
    pub(super) fn tag(&self) -> Result<Tag, String> {
        let implementation = match self.implementation.as_str() {
            "cpython" => Implementation::CPython,
            "pypy" => Implementation::PyPy,
            other => return Err(format!("{other} is neither CPython nor PyPy")),
        };
        let version = self.version().ok_or_else(|| format!("`{}` is not a version", self.version))?;
        let part = |index: usize| version.release().get(index).and_then(|&part| u8::try_from(part).ok());
        let (Some(major), Some(minor)) = (part(0), part(1)) else {
            return Err(format!("`{}` is not a version of Python", self.version));
        };
        let tested = (major, minor) == (2, 7) || (major, minor) >= (3, 6);
        if !tested {
            return Err(format!("Python {} is too old: the oldest that work are 2.7 and 3.6", self.version));
        }
        Ok(Tag { implementation, major, minor, free_threaded: self.free_threaded, debug: self.debug })
    }

    /// Where the executable behind a virtual environment should be, that needs no `site`.
    pub(super) fn executable_at_home(&self) -> Option<PathBuf> {
        let version = self.version()?;
        let [major, minor, ..] = version.release() else { return None };
        Some(self.home.join("bin").join(format!("python{major}.{minor}")))
    }

    /// Whether it can be kept as JSON: paths that are not text cannot.
    pub(super) fn is_text(&self) -> bool {
        let text = |path: &PathBuf| path.to_str().is_some();
        text(&self.executable)
            && text(&self.base_prefix)
            && text(&self.home)
            && self.library_folder.as_ref().is_none_or(text)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::os::unix::ffi::OsStrExt;

    fn answer(fields: &[&str]) -> Vec<u8> {
        let mut bytes = b"welcome to the wrapper\n\0reload-harness facts\0".to_vec();
        for field in fields {
            bytes.extend_from_slice(field.as_bytes());
            bytes.push(0);
        }
        bytes
    }

    fn facts(fields: &[&str]) -> Facts {
        Facts::read(&answer(&[fields, &["end of facts"]].concat())).unwrap()
    }

    fn tag(implementation: &str, version: &str, more: &[&str]) -> Result<String, String> {
        let named = [&format!("implementation={implementation}"), &format!("version={version}")];
        facts(&[&named.map(String::as_str), more].concat()).tag().map(|tag| tag.to_string())
    }

    #[test]
    fn an_answer_is_found_behind_what_a_wrapper_prints() {
        let facts = facts(&["implementation=cpython", "version=3.11.7", "home=/opt/a=b", "abiflags="]);
        assert_eq!(facts.version, "3.11.7");
        assert_eq!(facts.home, PathBuf::from("/opt/a=b"));
        assert!(!facts.free_threaded && !facts.debug && !facts.rootless);
    }

    #[test]
    fn half_an_answer_is_none() {
        assert_eq!(Facts::read(&answer(&["implementation=cpython", "version=3.11.7"])), None);
        assert_eq!(Facts::read(&answer(&["implementation=cpython", "end of facts"])), None);
        assert_eq!(Facts::read(b"Python 3.11.7\n"), None);
        assert_eq!(Facts::read(b""), None);
    }

    #[test]
    fn a_path_need_not_be_text() {
        let mut bytes = answer(&["version=3.11.7"]);
        bytes.extend_from_slice(b"executable=/opt/\xff/python\0end of facts\0");
        let facts = Facts::read(&bytes).unwrap();
        assert_eq!(facts.executable.as_os_str().as_bytes(), b"/opt/\xff/python");
        assert!(!facts.is_text());
    }

    #[test]
    fn flavours_are_part_of_the_tag() {
        assert_eq!(tag("cpython", "3.13.0", &["abiflags=", "Py_GIL_DISABLED=0"]).unwrap(), "cp313");
        assert_eq!(tag("cpython", "3.13.0", &["abiflags=t"]).unwrap(), "cp313t");
        assert_eq!(tag("cpython", "3.13.0", &["Py_GIL_DISABLED=1", "debug=1"]).unwrap(), "cp313td");
        assert_eq!(tag("cpython", "3.7.16", &["abiflags=m"]).unwrap(), "cp37");
        assert_eq!(tag("cpython", "3.14.0rc1", &[]).unwrap(), "cp314");
        assert_eq!(tag("pypy", "3.10.14", &["release=7.3.17"]).unwrap(), "pp310");
    }

    #[test]
    fn what_cannot_be_used_says_why() {
        assert_eq!(
            tag("cpython", "3.5.2", &[]).unwrap_err(),
            "Python 3.5.2 is too old: the oldest that work are 2.7 and 3.6"
        );
        assert!(tag("cpython", "2.6.9", &[]).unwrap_err().contains("too old"));
        assert_eq!(tag("graalpy", "3.11.7", &[]).unwrap_err(), "graalpy is neither CPython nor PyPy");
    }
}
