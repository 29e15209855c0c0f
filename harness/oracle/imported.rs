//! The names that a scenario imports somewhere.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use crate::scenario::{Scenario, Step};

/// What follows `import`, in parentheses or up to the end of the line.
#[allow(clippy::unwrap_used, reason = "the pattern is constant, and a test reads it")]
static IMPORT: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\bimport\s*(\([^)]*\)|[^\n;#]*)").unwrap());

/// Which names an `import` binds, wherever it stands. A name that none binds was assigned.
#[derive(Debug, Clone, Default)]
pub(crate) struct Imported {
    names: BTreeSet<String>,
}

impl Imported {
    pub(crate) fn of(scenario: &Scenario) -> Self {
        let mut imported = Self::default();
        for step in &scenario.steps {
            match step {
                Step::Write(write) => imported.read(&String::from_utf8_lossy(&write.content)),
                Step::Statement(statement) => imported.read(&statement.source),
            }
        }
        imported
    }

    fn read(&mut self, source: &str) {
        for found in IMPORT.captures_iter(source) {
            let words = found[1].split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '*'));
            self.names.extend(words.map(str::to_owned));
        }
    }

    /// Whether some `import` may bind a name; that of a star may bind any.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.names.contains(name) || self.names.contains("*")
    }
}

#[cfg(test)]
impl Imported {
    pub(crate) fn from_source(source: &str) -> Self {
        let mut imported = Self::default();
        imported.read(source);
        imported
    }
}

#[cfg(test)]
mod tests {
    use super::Imported;

    #[test]
    fn imports_bind_names_and_assignments_do_not() {
        let imported = Imported::from_source(
            "from a import (\n    one,\n    two as deux,\n)\nimport b.c as d; x = y\nold = type(glass)\n",
        );
        for name in ["one", "deux", "d"] {
            assert!(imported.has(name), "{name}");
        }
        assert!(!imported.has("old") && !imported.has("x") && !imported.has("y"));
        assert!(Imported::from_source("from a import *").has("anything"));
    }
}
