//! Drives real Python interpreters through scripted import, instantiate, reload and call sequences,
//! and tells what every step did to the identity of every class, function, module and instance, and
//! whether it did what a restart would have done.
//!
//! The rooms stand in the order in which data flows, and none reaches back up the list:
//!
//! | room | from | to |
//! | --- | --- | --- |
//! | [`scenario`] | a Markdown file | a [`Scenario`](scenario::Scenario), or every error in it |
//! | [`python`] | this machine | the [`Interpreter`](python::Interpreter)s on it |
//! | [`worker`] | one run | the raw [`Event`](worker::Event)s of it, and how it ended |
//! | [`packages`] | requirements | a folder that an interpreter can import from |
//! | [`lab`] | scenarios × interpreters | one stream of finished runs |
//! | [`trace`] | raw ids | identities: `foo.Bar#2` |
//! | [`oracle`] | a run and restarts | a verdict for each step, and why |
//! | [`sweep`] | a run, and a fault at every place | what each of them does, and where a reload is safe |
//! | [`report`] | observations and verdicts | the text a person reads, and JSON lines |
//! | [`snapshot`] | reports | accepted reports by epoch, and what differs from them |
//! | [`catalogue`] | scenarios and accepted reports | a table of contents |
//! | [`cli`] | arguments | an exit code |

pub mod catalogue;
pub mod cli;
pub mod lab;
pub mod oracle;
pub mod packages;
pub mod python;
pub mod report;
pub mod scenario;
pub mod snapshot;
pub mod sweep;
pub mod trace;
pub mod worker;
