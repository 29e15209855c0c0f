//! What the probe is asked, as JSON.

use serde::Serialize;

use crate::scenario::{Bytecode, Scenario, Step};

/// The first message to a worker.
#[derive(Debug, Serialize)]
pub(super) struct Greeting<'a> {
    pub(super) nonce: &'a str,
    /// An empty folder in which the worker may warm up.
    pub(super) workspace: &'a str,
}

/// One run.
#[derive(Debug, Serialize)]
pub(super) struct Request<'a> {
    /// An empty folder.
    pub(super) workspace: &'a str,
    bytecode: &'static str,
    steps: Vec<Order<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Order<'a> {
    Write {
        write: &'a str,
        /// Bytes as the code points of the same numbers (Latin-1), for JSON knows text only.
        content: String,
    },
    Run {
        run: &'a str,
    },
}

impl<'a> Request<'a> {
    pub(super) fn new(scenario: &'a Scenario, workspace: &'a str) -> Self {
        let bytecode = match scenario.settings.bytecode {
            Bytecode::Off => "off",
            Bytecode::Timestamp => "timestamp",
            Bytecode::Hash => "hash",
        };
        let steps = scenario
            .steps
            .iter()
            .map(|step| match step {
                Step::Write(write) => Order::Write {
                    write: write.path.as_str(),
                    content: write.content.iter().copied().map(char::from).collect(),
                },
                Step::Statement(statement) => Order::Run { run: &statement.source },
            })
            .collect();
        Self { workspace, bytecode, steps }
    }
}

/// A message as the probe reads it: its length in bytes, a newline, and JSON.
pub(super) fn message(value: &impl Serialize) -> serde_json::Result<Vec<u8>> {
    let json = serde_json::to_vec(value)?;
    let mut message = format!("{}\n", json.len()).into_bytes();
    message.extend(json);
    Ok(message)
}
