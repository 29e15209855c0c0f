//! The only place that starts, feeds, times out and kills processes, and the only one that speaks
//! the probe's protocol.

mod cancel;
mod error;
mod event;
mod evidence;
mod folder;
mod frame;
mod lifeline;
mod limits;
mod listen;
mod namespace;
mod packed;
mod process;
mod processes;
mod removal;
mod request;
mod start;
pub mod supervisor;
mod sys;
mod verify;
mod workspaces;

pub use cancel::Cancel;
pub use error::{PlayError, StartError};
pub use event::{
    Binding, Chained, Ending, Event, Exception, Frame, Held, Hold, Kind, Made, Observed, Output, Play,
    Reference, Relation, Scope, StepKind, Token, Value,
};
pub use evidence::{Found, Meaning, Nature, Operand, Role, Use};
pub use process::Worker;
pub use request::{Conduct, Reloading};
pub use start::{Conditions, Programs, Setup};
pub use workspaces::Workspaces;
