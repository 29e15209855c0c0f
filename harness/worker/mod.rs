//! The only place that starts, feeds, times out and kills processes, and the only one that speaks
//! the probe's protocol.

mod cancel;
mod event;
mod frame;
mod listen;
mod process;
mod processes;
mod request;
mod start;
pub mod supervisor;
mod sys;
mod workspaces;

pub use cancel::Cancel;
pub use event::{
    Binding, Chained, Ending, Event, Exception, Frame, Kind, Made, Observed, Output, Play, Reference,
    Relation, Scope, StepKind, Token, Value,
};
pub use process::{PlayError, StartError, Worker};
pub use start::{Conditions, Programs};
pub use workspaces::Workspaces;
