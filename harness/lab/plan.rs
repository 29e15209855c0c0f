//! Which scenario is played on which interpreter, and why not on the others.

use std::fmt;

use crate::packages::Lacking;
use crate::python::Interpreter;
use crate::scenario::{Bytecode, Scenario};

/// A scenario on an interpreter.
#[derive(Debug, Clone, Copy)]
pub struct Item<'a> {
    /// What is played.
    pub scenario: &'a Scenario,
    /// Where.
    pub interpreter: &'a Interpreter,
}

/// Why a scenario is not played on an interpreter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Skip {
    /// Its `python` setting does not admit the version.
    Version {
        /// The setting.
        python: String,
    },
    /// It asks for hash-based bytecode, which the version does not know.
    NoHashBytecode,
    /// It requires packages, which are not installed for Python 2.
    NoPackages,
    /// It requires packages that this interpreter cannot have here.
    Lacking(Lacking),
}

impl fmt::Display for Skip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version { python } => write!(f, "it is written for Python {python}"),
            Self::NoHashBytecode => f.write_str("hash-based bytecode came with CPython 3.7 (PEP 552)"),
            Self::NoPackages => f.write_str("it requires packages, which are installed for Python 3 alone"),
            Self::Lacking(why) => why.fmt(f),
        }
    }
}

/// Each scenario on each interpreter, in that order: what is to be played and what is not.
pub fn plan<'a>(
    scenarios: &'a [Scenario],
    interpreters: &'a [Interpreter],
) -> (Vec<Item<'a>>, Vec<(Item<'a>, Skip)>) {
    let (mut items, mut skipped) = (Vec::new(), Vec::new());
    for scenario in scenarios {
        for interpreter in interpreters {
            let item = Item { scenario, interpreter };
            match skip(scenario, interpreter) {
                Some(why) => skipped.push((item, why)),
                None => items.push(item),
            }
        }
    }
    (items, skipped)
}

/// Why this scenario cannot be played on this interpreter, if so; whether it can have the packages that it
/// requires is known once the lab has tried ([`Lab::equip`](super::Lab::equip)).
pub fn skip(scenario: &Scenario, interpreter: &Interpreter) -> Option<Skip> {
    let settings = &scenario.settings;
    let tag = interpreter.tag;
    if !settings.admits(u64::from(tag.major), u64::from(tag.minor), interpreter.micro()) {
        let python = settings.python.as_ref().map(ToString::to_string).unwrap_or_default();
        return Some(Skip::Version { python });
    }
    if !settings.requires.is_empty() && tag.major < 3 {
        return Some(Skip::NoPackages);
    }
    let knows_hashes = (tag.major, tag.minor) >= (3, 7);
    (settings.bytecode == Bytecode::Hash && !knows_hashes).then_some(Skip::NoHashBytecode)
}
