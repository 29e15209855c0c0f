//! Accepted reports, by epoch.
//!
//! `snapshots/founding/x@cp27.snap` is the report of `scenarios/founding/x.md` from CPython 2.7 on, until
//! the next epoch; see [`Epochs::in_force`]. The files are insta's, so `cargo insta review` works on
//! them as well as [`Store::accept`] does.
//!
//! | question | answered by |
//! | --- | --- |
//! | Is this report the accepted one? | [`compare`], [`Store::record`] |
//! | What should a person look at? | [`Store::record`] writes `.snap.new` files, [`diff`] shows them |
//! | It is right. | [`Store::accept`] |
//! | Is anything amiss in the folder? | [`gate`] |

mod accept;
mod comparison;
pub mod diff;
mod disk;
mod epoch;
mod error;
mod file_name;
mod format;
pub mod gate;
mod lock;
mod pending;
mod proposal;
mod range;
mod store;
#[cfg(test)]
mod tests;

pub use accept::{Accepted, Change};
pub use comparison::{Comparison, compare};
pub use epoch::{Epoch, Epochs, Fold, normalize};
pub use error::StoreError;
pub use file_name::{FileName, NameError, State};
pub use lock::PATIENCE;
pub use pending::Recorded;
pub use proposal::propose;
pub use range::{Minor, admits, hosted};
pub use store::{SnapshotFile, Snapshots, Store};
