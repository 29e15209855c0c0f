//! Judges each step after the first reload: did it do what it would have done, had the process been
//! restarted with today's source?
//!
//! The oracle is a run of the same script that starts with the files as they are at that step, and in
//! which `reload` leaves every module as it is. One such run serves a *source*, the stretch between two
//! changes of it, by an edit or a statement. Apart from [`Trial`] and `restarts`, which have runs
//! played, all is pure.

mod answer;
mod claims;
mod closer;
mod course;
pub mod diagnosis;
mod imported;
mod judge;
mod judgement;
mod restarts;
mod sources;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests;
mod trial;
mod unsteady;
mod verdict;

pub(crate) use answer::Answer;
pub use claims::Claimed;
pub(crate) use course::Course;
pub use diagnosis::{Cause, Diagnosis};
pub use judgement::{Judged, Judgement, Restarted};
pub(crate) use restarts::Restarts;
pub(crate) use sources::{Script, Sources};
pub use trial::Trial;
pub use verdict::{Tally, Verdict};
