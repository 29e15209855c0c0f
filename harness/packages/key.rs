//! What sets one folder of packages apart from another.

use std::fmt;

use crate::python::Interpreter;

/// The interpreter and what is required of it, as a file name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key(String);

impl Key {
    /// The order of the requirements does not matter. Of the interpreter, an executable that got another
    /// version is another one.
    pub(super) fn of(interpreter: &Interpreter, requirements: &[String]) -> Self {
        let mut sorted: Vec<&str> = requirements.iter().map(String::as_str).collect();
        sorted.sort_unstable();
        let base = interpreter.base_prefix.to_string_lossy();
        let whole = [&[&*base], &sorted[..]].concat().join("\n");
        let sum = crc32fast::hash(whole.as_bytes());
        Self(format!("{}-{}-{sum:08x}", interpreter.tag, interpreter.version))
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
