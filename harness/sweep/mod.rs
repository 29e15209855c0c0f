//! Sweeps a fault over every place of a run at which it can strike, and tells what each does.
//!
//! A scenario shows one reload at one moment; a service is reloaded at any moment. The run is played
//! once untouched and once as a *survey*, which takes down its *places*. Those that cannot be told
//! apart make a [`Class`], of which the first and the last are tried, and more where these two differ: the run is
//! played again, and at such a place a *branch* is forked that takes the fault and plays the rest. What a branch does is compared with the untouched
//! run, and with restarts on the sources that there are.

mod bisection;
mod choice;
mod classes;
mod error;
mod findings;
mod listing;
mod outcome;
mod program;
mod program_faults;
mod reload_faults;
pub mod saved;
mod scenario;
mod strike;

pub use classes::{Class, classes};
pub use error::SweepError;
pub use findings::{Findings, Places, Tried, Unfinished};
pub use listing::{Line, Listing, Spot};
pub use outcome::{Difference, Effect, Outcome};
pub use program::{Task, sweep_program};
pub use program_faults::sweep_program_reload;
pub use reload_faults::{FaultEffect, FaultFindings, Given, Names, ThreadAnswer, sweep_reload};
pub use scenario::sweep_scenario;
pub use strike::{Progress, Wishes};
