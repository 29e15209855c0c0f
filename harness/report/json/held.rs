//! What still held superseded objects at the end of a run.

use serde::Serialize;

use crate::report::held::word;
use crate::report::json::step::Identity;
use crate::trace;

/// Something that still held a superseded object.
#[derive(Debug, Clone, Serialize)]
pub struct Held {
    what: Identity,
    how: String,
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    holder: Option<Identity>,
    more: u64,
}

impl From<&trace::Held> for Held {
    fn from(held: &trace::Held) -> Self {
        Self {
            what: Identity::from(&held.what),
            how: word(held.how).replace(' ', "-"),
            path: held.path.clone(),
            holder: held.holder.as_ref().map(Identity::from),
            more: held.more,
        }
    }
}
