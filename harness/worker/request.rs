//! What the probe is asked.
//!
//! A message is its length in bytes, a newline, and fields; a field is a letter that says what it
//! is, its length in bytes, a colon, and its content as it is. So a worker reads a request of any
//! size with as little memory and time as there can be, and needs nothing that a scenario could
//! patch.

use std::collections::BTreeSet;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

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
}

impl Conduct {
    /// Without anything watched.
    pub fn new(reloading: Reloading) -> Self {
        Self { reloading, watched: BTreeSet::new(), plan: None, program: None }
    }
}

/// One run in an empty folder: what happens to bytecode, what `reload` does, which steps are watched, what
/// it is swept for, and then the steps. A statement is one field, the writing of a file two.
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
    let program = conduct.program.as_ref().map(|program| body(&program.fields()));
    let mut fields = vec![
        ('f', workspace.as_os_str().as_bytes()),
        ('b', bytecode.as_bytes()),
        ('r', reloading.as_bytes()),
        ('d', watched.as_bytes()),
        ('p', plan.as_slice()),
    ];
    if let Some(program) = &program {
        fields.push(('x', program));
        return message(&fields);
    }
    for step in &scenario.steps {
        match step {
            Step::Write(write) => {
                fields.extend([('w', write.path.as_str().as_bytes()), ('c', write.content.as_slice())]);
            }
            Step::Statement(statement) => fields.push(('s', statement.source.as_bytes())),
        }
    }
    message(&fields)
}

fn message(fields: &[(char, &[u8])]) -> Vec<u8> {
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
mod tests {
    use super::*;

    #[test]
    fn a_message_tells_every_length_in_bytes() {
        assert_eq!(greeting("abc", Path::new("/é"), None), "15\nn3:abcf3:/ép0:".as_bytes());
        let packages = Some(Path::new("/p"));
        assert_eq!(greeting("abc", Path::new("/é"), packages), "17\nn3:abcf3:/ép2:/p".as_bytes());
    }
}
