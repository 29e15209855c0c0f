//! What the probe is asked.
//!
//! A message is its length in bytes, a newline, and fields; a field is a letter that says what it
//! is, its length in bytes, a colon, and its content as it is. So a worker reads a request of any
//! size with as little memory and time as there can be, and needs nothing that a scenario could
//! patch.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::changed::{Changed, Node};
use super::plan::{Plan, Program};
use crate::scenario::{Bytecode, Scenario, Step};

/// The first message to a worker: the nonce of its frames, an empty folder to warm up in, and a folder of
/// packages, if there is one.
pub(super) fn greeting(nonce: &str, folder: &Path, packages: Option<&Path>) -> Vec<u8> {
    let packages = packages.map(|packages| packages.as_os_str().as_bytes()).unwrap_or_default();
    message(&[('n', nonce.as_bytes()), ('f', folder.as_os_str().as_bytes()), ('p', packages)])
}

/// What `reload` does in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reloading {
    /// What it does in Python.
    Real,
    /// Nothing: it returns the module untouched. So a run is what it would be had the process been
    /// restarted with the files that it starts with.
    Untouched,
}

/// How a run is played.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conduct {
    /// What `reload` does.
    pub reloading: Reloading,
    /// Steps of which is to be told what their lines mean ([`Use`](super::Use)). Those run under a
    /// tracer, which the scenario could see.
    pub watched: BTreeSet<usize>,
    /// What it is swept for.
    pub plan: Option<Plan>,
    /// What is played in the place of the scenario's steps.
    pub program: Option<Program>,
    /// How far: runs in which it differs have their objects at other addresses, so that what goes by an
    /// address is seen to be another in each process.
    pub displaced: u8,
    /// What paths of the workspace are made, in this order, right before a step.
    pub files: BTreeMap<usize, Vec<Changed>>,
}

impl Conduct {
    /// Without anything watched.
    pub fn new(reloading: Reloading) -> Self {
        Self {
            reloading,
            watched: BTreeSet::new(),
            plan: None,
            program: None,
            displaced: 0,
            files: BTreeMap::new(),
        }
    }
}

/// One run in an empty folder: what happens to bytecode, what `reload` does, which steps are watched, what
/// it is swept for, where its objects are, and then the steps. A statement is one field, the writing of a file two, and what is
/// laid before a step three.
pub(super) fn run(scenario: &Scenario, conduct: &Conduct, workspace: &Path) -> Vec<u8> {
    let bytecode = match scenario.settings.bytecode {
        Bytecode::Off => "off",
        Bytecode::Timestamp => "timestamp",
        Bytecode::Hash => "hash",
    };
    let reloading = match conduct.reloading {
        Reloading::Real => "real",
        Reloading::Untouched => "untouched",
    };
    let watched = conduct.watched.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    let plan = conduct.plan.as_ref().map(|plan| body(&plan.fields())).unwrap_or_default();
    let mut fields: Vec<(char, Cow<'_, [u8]>)> = vec![
        ('f', workspace.as_os_str().as_bytes().into()),
        ('b', bytecode.as_bytes().into()),
        ('r', reloading.as_bytes().into()),
        ('d', watched.into_bytes().into()),
        ('p', plan.into()),
        ('m', conduct.displaced.to_string().into_bytes().into()),
    ];
    if let Some(program) = &conduct.program {
        fields.push(('x', body(&program.fields()).into()));
        return message(&fields);
    }
    for (at, step) in scenario.steps.iter().enumerate() {
        fields.extend(conduct.files.get(&at).into_iter().flatten().flat_map(laid));
        match step {
            Step::Write(write) => fields.extend([
                ('w', write.path.as_str().as_bytes().into()),
                ('c', write.content.as_slice().into()),
            ]),
            Step::Statement(statement) => fields.push(('s', statement.source.as_bytes().into())),
        }
    }
    message(&fields)
}

/// A path, what it is to be, and the content of a file or where a link leads.
fn laid(changed: &Changed) -> [(char, Cow<'_, [u8]>); 3] {
    let (kind, content) = match &changed.is {
        Node::Gone => ("gone".to_owned(), &[][..]),
        Node::Folder => ("folder".to_owned(), &[][..]),
        Node::Link { to } => ("link".to_owned(), to.as_bytes()),
        Node::File { content, mode: None } => ("file".to_owned(), content.as_slice()),
        Node::File { content, mode: Some(mode) } => (format!("file {mode:o}"), content.as_slice()),
    };
    [('p', changed.path.as_bytes().into()), ('k', kind.into_bytes().into()), ('c', content.into())]
}

fn message<C: AsRef<[u8]>>(fields: &[(char, C)]) -> Vec<u8> {
    let mut body = body(fields);
    let mut message = format!("{}\n", body.len()).into_bytes();
    message.append(&mut body);
    message
}

fn body<C: AsRef<[u8]>>(fields: &[(char, C)]) -> Vec<u8> {
    let mut body = Vec::new();
    for (letter, content) in fields {
        let content = content.as_ref();
        body.extend_from_slice(format!("{letter}{}:", content.len()).as_bytes());
        body.extend_from_slice(content);
    }
    body
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_message_tells_every_length_in_bytes() {
        assert_eq!(greeting("abc", Path::new("/é"), None), "15\nn3:abcf3:/ép0:".as_bytes());
        let packages = Some(Path::new("/p"));
        assert_eq!(greeting("abc", Path::new("/é"), packages), "17\nn3:abcf3:/ép2:/p".as_bytes());
    }

    #[test]
    fn what_is_laid_stands_before_its_step() {
        let changed = |path: &str, is| Changed { path: path.to_owned(), is };
        let (a, b) = (Node::File { content: b"A".to_vec(), mode: Some(0o600) }, Node::Gone);
        let told = |changed: &Changed| String::from_utf8(message(&laid(changed))).unwrap();
        assert_eq!(told(&changed("a.py", a)), "22\np4:a.pyk8:file 600c1:A");
        assert_eq!(told(&changed("b.py", b)), "17\np4:b.pyk4:gonec0:");
    }
}
