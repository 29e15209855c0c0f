//! What an object is called: `foo.Bar#2`.

use std::fmt;

use crate::worker::{Kind, Token};

/// A name, and how many-th object to bear it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Label {
    /// `foo.Bar` for what a module defines, `foo` for a module, `b` for an object bound at the
    /// prompt.
    pub name: String,
    /// From 1, counted per run among objects of one [`Family`] in the order in which they were
    /// first seen.
    pub generation: u32,
}

impl Label {
    /// Whether the label says no more than `name` and a number: the object is called what it is
    /// labelled. Names of `__main__` are written without it at the prompt.
    pub fn is_of(&self, name: &str) -> bool {
        self.name == name || self.name.strip_prefix("__main__.") == Some(name)
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.name, self.generation)
    }
}

/// Which object this is, for one run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The label that people read.
    pub label: Label,
    /// What kind of object it is.
    pub kind: Kind,
    /// The probe's token: never given out twice.
    pub token: Token,
    /// `id()`: another object's, once this one is freed.
    pub id: u64,
}

/// Kinds whose generations are counted together. A module `foo` and an instance `foo` at the
/// prompt do not count each other; a class that replaces a function of its name does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// Modules.
    Module,
    /// Classes and functions.
    Definition,
    /// Anything else bound at the prompt.
    Instance,
}

impl Family {
    /// The family of a kind.
    pub fn of(kind: Kind) -> Self {
        match kind {
            Kind::Module => Self::Module,
            Kind::Class | Kind::Function => Self::Definition,
            Kind::Instance => Self::Instance,
        }
    }
}
