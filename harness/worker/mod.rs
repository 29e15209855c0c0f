//! The only place that starts, feeds, times out and kills processes, and the only one that speaks
//! the probe's protocol.

mod event;

pub use event::{
    Binding, Chained, Ending, Event, Exception, Frame, Kind, Made, Observed, Output, Play, Reference,
    Relation, Scope, StepKind, Token, Value,
};
