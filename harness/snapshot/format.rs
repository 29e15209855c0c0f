//! insta's file format: a YAML header between two lines of `---`, then the text.
//!
//! Reading goes through insta itself. insta offers no way to write, so the header is written here, byte
//! for byte as insta would, so that accepting with `cargo insta` and with us gives the same file.

use std::fs;
use std::io;
use std::path::{self, Path};

use insta::Snapshot;

use super::epoch::normalize;
use super::error::StoreError;
use crate::scenario::Name;

/// The content of a snapshot file; `source` is what [`source`] gives.
pub(super) fn render(source: &str, text: &str) -> String {
    let source = scalar(source);
    format!("---\nsource: {source}\ninput_file: {source}\n---\n{}\n", normalize(text))
}

/// The text of a snapshot file; none if there is no such file (any more).
pub(super) fn read(path: &Path) -> Result<Option<String>, StoreError> {
    let unreadable = |reason: String| StoreError::Unreadable { path: path.to_owned(), reason };
    let raw = match fs::read(path) {
        Ok(raw) => raw,
        Err(error) if error.kind() == io::ErrorKind::NotFound && !path.is_symlink() => return Ok(None),
        Err(source) => return Err(StoreError::io("read", path, source)),
    };
    let raw = String::from_utf8(raw).map_err(|_| unreadable("it is not UTF-8".into()))?;
    // insta takes a file without a header for one of its first version, and one that ends within its
    // header for an empty text.
    let mut lines = raw.lines().map(str::trim_end);
    if lines.next() != Some("---") {
        return Err(unreadable("it does not begin with ---".into()));
    }
    if !lines.any(|line| line == "---") {
        return Err(unreadable("its header does not end".into()));
    }
    let snapshot = match Snapshot::from_file(path) {
        Ok(snapshot) => snapshot,
        Err(_) if !path.exists() => return Ok(None),
        Err(error) => return Err(unreadable(error.to_string())),
    };
    let text = snapshot.as_text().ok_or_else(|| unreadable("it is not a text".into()))?;
    Ok(Some(normalize(&text.to_string())))
}

/// How a snapshot names its scenario: relative to the folder that holds the snapshots folder, or by the
/// scenario's name where it lies elsewhere. Never a path of this machine.
pub(super) fn source(snapshots: &Path, scenario: &Path, name: &Name) -> String {
    let whole = |path: &Path| path.canonicalize().or_else(|_| path::absolute(path)).unwrap_or_default();
    let scenario = whole(scenario);
    let relative = whole(snapshots).parent().and_then(|home| {
        let relative = scenario.strip_prefix(home).ok()?;
        relative.to_str().map(str::to_owned)
    });
    relative.unwrap_or_else(|| format!("{name}.md"))
}

/// A YAML string, quoted where insta 1.49 quotes it (`yaml/vendored/emitter.rs`).
fn scalar(text: &str) -> String {
    let words = [
        "yes", "Yes", "YES", "no", "No", "NO", "True", "TRUE", "true", "False", "FALSE", "false", "on", "On",
        "ON", "off", "Off", "OFF", "null", "Null", "NULL", "~",
    ];
    let special = |c: char| ":{}[],#`\"'\\".contains(c) || (c.is_ascii_control() && !"\x1b\x7f".contains(c));
    let plain = !text.is_empty()
        && !text.starts_with([' ', '.', '&', '*', '?', '|', '-', '<', '>', '=', '!', '%', '@'])
        && !text.ends_with(' ')
        && !text.contains(special)
        && !words.contains(&text)
        && !text.starts_with("0x")
        && text.parse::<f64>().is_err();
    if plain { text.to_owned() } else { serde_json::Value::from(text).to_string() }
}
