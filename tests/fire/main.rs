//! The harness under fire: whatever a run does, it alone is reported, with the step at which it
//! happened, and nothing of it stays behind.
#![allow(clippy::unwrap_used, clippy::panic)]

mod descriptors;
mod determinism;
mod driver;
mod endings;
mod files;
mod ground;
mod hosting;
mod output;
mod processes;
mod state;
