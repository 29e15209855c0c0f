//! What scenarios are called.

use std::fmt;
use std::path::{Component, Path, PathBuf};

/// What a scenario is called: the folder it is in and its file name without `.md`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name {
    /// The folder below the scenarios folder, with `/` between nested ones; empty for a file that
    /// stands at its top.
    pub group: String,
    /// The file name without `.md`.
    pub name: String,
}

impl Name {
    /// The name of a file below a scenarios folder; none where it is not below it.
    pub fn below(scenarios: &Path, file: &Path) -> Option<Self> {
        let relative = file.strip_prefix(scenarios).ok()?;
        let name = relative.file_stem()?.to_string_lossy().into_owned();
        let folders = relative.parent()?.components().map(|part| part.as_os_str().to_string_lossy());
        Some(Self { group: folders.collect::<Vec<_>>().join("/"), name })
    }

    /// The name of a file anywhere: below the nearest folder above it that is called `scenarios`, or
    /// else in no group.
    pub fn of_lone(file: &Path) -> Self {
        let absolute = resolve_dots(&std::path::absolute(file).unwrap_or_else(|_| file.to_owned()));
        let scenarios = absolute.ancestors().skip(1).find(|folder| folder.ends_with("scenarios"));
        scenarios
            .or(absolute.parent())
            .and_then(|folder| Self::below(folder, &absolute))
            .unwrap_or_else(|| Self { group: String::new(), name: file.to_string_lossy().into_owned() })
    }

    /// The first character that a snapshot's file name, a filter or a file system would stumble over.
    pub(super) fn flaw(&self) -> Option<char> {
        let awkward = |c: char| {
            c.is_whitespace()
                || c.is_control()
                || r#"@\:*?"<>|[]{}"#.contains(c)
                || c == char::REPLACEMENT_CHARACTER
        };
        self.group.chars().chain(self.name.chars()).find(|&c| awkward(c))
    }
}

/// Takes `..` away without asking the disk, so that a linked folder keeps the name it is reached by.
fn resolve_dots(path: &Path) -> PathBuf {
    path.components().fold(PathBuf::new(), |mut resolved, part| {
        if part == Component::ParentDir {
            resolved.pop();
        } else {
            resolved.push(part);
        }
        resolved
    })
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.group.is_empty() {
            f.write_str(&self.name)
        } else {
            write!(f, "{}/{}", self.group, self.name)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_path_below_the_scenarios_folder() {
        let name =
            |file: &str| Name::below(Path::new("my/cases"), Path::new(file)).map(|name| name.to_string());
        assert_eq!(name("my/cases/founding/super.md").as_deref(), Some("founding/super"));
        assert_eq!(name("my/cases/a/b/c.d.md").as_deref(), Some("a/b/c.d"));
        assert_eq!(name("my/cases/top.md").as_deref(), Some("top"));
        assert_eq!(name("elsewhere/top.md"), None);
    }

    #[test]
    fn a_lone_file_is_named_after_the_nearest_scenarios_folder() {
        for (file, name) in [
            ("/r/scenarios/founding/super.md", "founding/super"),
            ("/r/scenarios/old/scenarios/x.md", "x"),
            ("/r/notes/one.md", "one"),
            ("/r/scenarios/../notes/one.md", "one"),
            ("/one.md", "one"),
        ] {
            assert_eq!(Name::of_lone(Path::new(file)).to_string(), name, "{file}");
        }
    }

    #[test]
    fn a_relative_lone_file_is_named_in_the_current_folder() {
        assert_eq!(Name::of_lone(Path::new("scenarios/g/x.md")).to_string(), "g/x");
    }

    #[test]
    fn names_that_break_a_snapshot_name_are_told_by_the_character() {
        let flaw = |group: &str, name: &str| Name { group: group.into(), name: name.into() }.flaw();
        assert_eq!(flaw("founding", "super_call-2.x"), None);
        assert_eq!(flaw("founding", "a@b"), Some('@'));
        assert_eq!(flaw("foun ding", "a"), Some(' '));
        assert_eq!(flaw("", "a\u{7}"), Some('\u{7}'));
        assert_eq!(flaw("", "a*"), Some('*'));
    }
}
