//! The names that a scenario imports somewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::Regex;

use crate::scenario::{Scenario, Step};

/// What follows `import`, in parentheses or up to the end of the line.
#[allow(clippy::unwrap_used, reason = "the pattern is constant, and a test reads it")]
static IMPORT: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\bimport\s*(\([^)]*\)|[^\n;#]*)").unwrap());

/// Which names an `import` binds, by the file that it stands in; those of statements under no file. A name that
/// none binds was assigned.
#[derive(Debug, Clone, Default)]
pub(crate) struct Imported {
    names: BTreeMap<Option<String>, BTreeSet<String>>,
}

impl Imported {
    pub(crate) fn of(scenario: &Scenario) -> Self {
        let mut imported = Self::default();
        for step in &scenario.steps {
            match step {
                Step::Write(write) => {
                    imported.read(Some(write.path.as_str()), &String::from_utf8_lossy(&write.content));
                }
                Step::Statement(statement) => imported.read(None, &statement.source),
            }
        }
        imported
    }

    pub(crate) fn read(&mut self, file: Option<&str>, source: &str) {
        let names = self.names.entry(file.map(str::to_owned)).or_default();
        for found in IMPORT.captures_iter(source) {
            let words = found[1].split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '*'));
            names.extend(words.map(str::to_owned));
        }
    }

    /// Whether some `import` may bind the name that a line of a file reads; that of a star may bind any.
    pub(crate) fn has(&self, file: &str, text: &str) -> bool {
        let name = text.rsplit('.').next().unwrap_or_default();
        let binds = |names: &BTreeSet<String>| names.contains(name) || names.contains("*");
        // An attribute may be one of any module.
        if name != text {
            return self.names.values().any(binds);
        }
        let names = self.names.get(&Some(file.to_owned())).or_else(|| self.names.get(&None));
        names.is_some_and(binds)
    }
}

#[cfg(test)]
mod tests {
    use super::Imported;

    #[test]
    fn imports_bind_names_and_assignments_do_not() {
        let mut imported = Imported::default();
        let source =
            "from a import (\n    one,\n    two as deux,\n)\nimport b.c as d; x = y\nold = type(glass)\n";
        imported.read(Some("m.py"), source);
        imported.read(Some("star.py"), "from a import *");
        for name in ["one", "deux", "d"] {
            assert!(imported.has("m.py", name), "{name}");
        }
        for name in ["old", "x", "y"] {
            assert!(!imported.has("m.py", name), "{name}");
        }
        assert!(imported.has("star.py", "anything"));
    }

    /// A name at the prompt was taken for imported because a module imported one of that name.
    #[test]
    fn what_one_file_imports_another_may_have_assigned() {
        let mut imported = Imported::default();
        imported.read(Some("till.py"), "from money import Money\n");
        imported.read(None, "Money = money.Money");
        assert!(imported.has("till.py", "Money"));
        assert!(!imported.has("<stdin>", "Money"));
        assert!(imported.has("<stdin>", "till.Money"), "an attribute may be one of any module");
    }
}
