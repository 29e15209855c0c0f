//! What a path of the workspace is after a statement has changed it.

use serde::{Deserialize, Deserializer};

/// A path that is something else than before.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Changed {
    /// Below the workspace, with `/` between its components.
    pub path: String,
    /// What it is now.
    pub is: Node,
}

/// What a path is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Node {
    /// Nothing that the import system could read.
    Gone,
    /// A folder.
    Folder,
    /// A symbolic link.
    Link {
        /// Where it leads.
        #[serde(rename = "content")]
        to: String,
    },
    /// A file.
    File {
        /// Its exact bytes.
        #[serde(deserialize_with = "from_latin_1")]
        content: Vec<u8>,
        /// Its permissions; those that a new file gets, where none are given.
        mode: Option<u32>,
    },
}

/// JSON has no bytes: a character stands for each.
fn from_latin_1<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
    let byte = |character| u8::try_from(u32::from(character)).map_err(serde::de::Error::custom);
    String::deserialize(from)?.chars().map(byte).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{Changed, Node};

    #[test]
    fn the_bytes_of_a_file_are_what_the_probe_read() {
        let told = r#"{"path": "a.py", "is": {"kind": "file", "mode": 420, "content": "a\u0000\u00ff\n"}}"#;
        let is = Node::File { content: b"a\0\xff\n".to_vec(), mode: Some(0o644) };
        assert_eq!(serde_json::from_str::<Changed>(told).unwrap(), Changed { path: "a.py".to_owned(), is });
    }
}
