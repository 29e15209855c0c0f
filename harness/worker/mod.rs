//! The only place that starts, feeds, times out and kills processes, and the only one that speaks
//! the probe's protocol.

mod branch;
mod cancel;
mod changed;
mod error;
mod event;
mod evidence;
mod folder;
mod frame;
mod hearing;
mod lifeline;
mod limits;
mod listen;
mod namespace;
mod packed;
mod plan;
mod process;
mod processes;
mod removal;
mod request;
mod start;
pub mod supervisor;
mod sys;
mod verify;
mod workspaces;

pub use branch::{Branch, Called, NameAfter, Place, Reloaded, Struck, Survey, Swept};
pub use cancel::Cancel;
pub use changed::{Changed, Node};
pub use error::{PlayError, StartError};
pub use event::{
    Binding, Chained, Ending, Event, Exception, Frame, Held, Hold, Kind, Made, Member, Observed, Output,
    Play, Reference, Relation, Scope, StepKind, Token, Value,
};
pub use evidence::{Executed, Form, Found, Meaning, Nature, Operand, Past, Role, Unfinished, Use};
pub use plan::{Fault, Main, Plan, Program, Thrown};
pub use process::Worker;
pub use request::{Conduct, Reloading};
pub use start::{Conditions, Programs, Setup};
pub use workspaces::Workspaces;
