//! The harness under fire: whatever a run does, it alone is reported, with the step at which it
//! happened, and nothing of it stays behind.
#![allow(clippy::unwrap_used, clippy::panic)]

mod descriptors;
mod determinism;
mod endings;
mod files;
mod ground;
mod output;
mod processes;
mod state;
