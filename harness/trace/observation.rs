//! What one step did, in identities.

use crate::trace::{Identity, Sighting};
use crate::worker::{Relation, Scope, StepKind};

/// One step, played and understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observation {
    /// What kind of step it was.
    pub kind: StepKind,
    /// What it wrote.
    pub output: Text,
    /// What it displayed, each value in turn.
    pub values: Vec<Displayed>,
    /// What it raised.
    pub exception: Option<Raised>,
    /// What it changed.
    pub changes: Changes,
    /// What its lines meant while they ran, where the run was watched.
    pub sightings: Vec<Sighting>,
}

/// What was written, made visible and normalized: bytes that are not UTF-8 and control characters
/// are escaped (see [`visible`](mod@crate::trace::visible)).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text {
    /// Descriptor 1.
    pub stdout: String,
    /// Descriptor 2.
    pub stderr: String,
    /// Bytes of either that the worker dropped.
    pub dropped: u64,
}

/// A displayed value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Displayed {
    /// Its `repr()`, visible and normalized.
    pub text: String,
    /// Characters of the repr that the probe dropped.
    pub dropped: u64,
    /// Which object it is, where it has an identity; none for plain constants.
    pub is: Option<Identity>,
    /// The identities it holds, each once, in the order of the repr (of labels, where the repr
    /// shows a set or a dict).
    pub holds: Vec<Identity>,
}

/// An exception that a step let through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raised {
    /// `TypeError`
    pub name: String,
    /// Its text, visible and normalized.
    pub text: String,
    /// From the statement inwards.
    pub frames: Vec<Place>,
    /// Frames left out by the probe after the first half of `frames`.
    pub dropped: u64,
    /// What was noted on it, visible and normalized.
    pub notes: Vec<String>,
    /// Of a group, its sub-exceptions.
    pub members: Vec<Member>,
    /// What it came from, nearest first.
    pub chain: Vec<Link>,
}

impl Raised {
    /// Its notes and sub-exceptions, in lines; those of a sub-exception are indented below it.
    pub(crate) fn parts(&self) -> Vec<String> {
        parts(&self.notes, &self.members)
    }
}

/// A sub-exception of an exception group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// `KeyError`
    pub name: String,
    /// Its text, visible and normalized.
    pub text: String,
    /// What was noted on it, visible and normalized.
    pub notes: Vec<String>,
    /// Of a group in the group, its sub-exceptions.
    pub members: Vec<Member>,
}

fn parts(notes: &[String], members: &[Member]) -> Vec<String> {
    let mut lines: Vec<String> = notes
        .iter()
        .flat_map(|note| format!("note: {note}").lines().map(str::to_owned).collect::<Vec<_>>())
        .collect();
    for member in members {
        let head = format!(
            "sub-exception {}{}{}",
            member.name,
            if member.text.is_empty() { "" } else { ": " },
            member.text
        );
        lines.extend(head.lines().map(str::to_owned));
        lines.extend(parts(&member.notes, &member.members).into_iter().map(|line| format!("    {line}")));
    }
    lines
}

/// An exception's cause or context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Which of the two.
    pub relation: Relation,
    /// `KeyError`
    pub name: String,
    /// Its text, visible and normalized.
    pub text: String,
}

/// A line of a traceback.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Relative to the workspace, or as the code object has it, normalized.
    pub file: String,
    /// 1-based.
    pub line: usize,
    /// `co_name`
    pub function: String,
    /// Whose code it is.
    pub origin: Origin,
    /// The source line as it was when the code was made, without the space around it; none where
    /// the scenario does not know the file.
    pub source: Option<String>,
    /// The line of the scenario's Markdown file on which that source stands.
    pub markdown: Option<usize>,
}

/// Whose code a frame runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The step's own statement.
    Statement,
    /// A file of the workspace, or a function defined at the prompt.
    Scenario,
    /// The import system, which is Python in some versions and C in others.
    Import,
    /// Any other code outside the workspace: the standard library, site-packages.
    Library,
}

/// What one step changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// Objects first seen, in that order.
    pub made: Vec<New>,
    /// Names that mean something else than before the step, apart from those inside a class that
    /// is itself new or gone: modules first, then attributes, then the prompt.
    pub moved: Vec<Moved>,
    /// Classes of which known instances became, in the order of the instances.
    pub reclassed: Vec<Reclassed>,
    /// Known classes whose MRO is another.
    pub relinearized: Vec<Relinearized>,
    /// What became superseded and is still at hand at the prompt.
    pub superseded: Vec<Superseded>,
    /// What is no more. When this happens differs between interpreters.
    pub freed: Vec<Identity>,
}

/// An object first seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct New {
    /// Which one.
    pub identity: Identity,
    /// An instance's class; a class's metaclass, where it is a special one.
    pub class: Option<Referent>,
    /// A class's MRO, itself first.
    pub mro: Vec<Referent>,
    /// A plain constant: labelled, but not worth a line.
    pub plain: bool,
    /// Whether nothing else tells of it: no name moved to it, and it is no part of a new class.
    pub alone: bool,
    /// Whether its name means a later one already, at the end of the step in which it came to be.
    pub superseded: bool,
}

/// An identity, or the name of an object outside the scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Referent {
    /// One of the scenario's.
    Known {
        /// Which one.
        identity: Identity,
        /// Whether its name means a later generation by the end of the step.
        superseded: bool,
    },
    /// Anyone else's.
    Outside(String),
}

/// A name that means something else than before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// Where it stands.
    pub scope: Scope,
    /// The name.
    pub name: String,
    /// What it meant.
    pub from: Option<Identity>,
    /// What it means.
    pub to: Option<Identity>,
    /// Whether it means something that has no identity, and so is not gone.
    pub other: bool,
    /// Whether `sys.modules` holds another module by this name than the prompt.
    pub split: bool,
    /// Whether what it means is superseded.
    pub held_superseded: bool,
}

/// An instance whose class is another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reclassed {
    /// The first name the prompt has for it.
    pub name: Option<String>,
    /// The instance.
    pub instance: Identity,
    /// Its class before.
    pub from: Option<Referent>,
    /// Its class now.
    pub to: Referent,
}

/// A class whose MRO is another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relinearized {
    /// The class.
    pub class: Identity,
    /// Its MRO now, itself first.
    pub mro: Vec<Referent>,
}

/// A name of the prompt behind which something was superseded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Superseded {
    /// The name.
    pub name: String,
    /// What it means.
    pub holder: Identity,
    /// What was superseded: the same, or the class of which `holder` is an instance.
    pub what: Identity,
}
