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

/// Why a text names no scenario that there could be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing before, between or behind the slashes.
    #[error("a name has the form GROUP/NAME")]
    Empty,
    /// `../x`
    #[error("`{part}` leads out of the scenarios folder")]
    Outside {
        /// The part.
        part: String,
    },
    /// Scenarios are not looked for there.
    #[error("`{part}` is not looked into for scenarios")]
    PassedOver {
        /// The part.
        part: String,
    },
    /// No file system takes what its snapshots are called.
    #[error("its snapshots are called by it, and it is longer than {} bytes", Name::MAX)]
    TooLong,
    /// A character that the names of snapshots cannot have.
    #[error("its snapshots are called by it, and {flaw:?} breaks their names; did you mean `{meant}`?")]
    Character {
        /// The first such character.
        flaw: char,
        /// The name with something else in its place.
        meant: String,
    },
}

impl Name {
    /// The longest name of a file, in bytes, `.md` aside: a snapshot that is being written has more around it
    /// (`NAME_MAX` of the usual file systems is 255).
    pub const MAX: usize = 255 - ".@cp3130td.snap.new.tmp".len();

    /// Reads `group/name`, with a group or without, as the name of a file that could be there.
    pub fn new(text: &str) -> Result<Self, NameError> {
        let parts: Vec<&str> = text.split('/').collect();
        for part in &parts {
            let part = (*part).to_owned();
            match part.as_str() {
                "" => return Err(NameError::Empty),
                "." | ".." => return Err(NameError::Outside { part }),
                _ if part.starts_with('.')
                    || is_folder_of_files(&part)
                    || part.eq_ignore_ascii_case("readme") =>
                {
                    return Err(NameError::PassedOver { part });
                }
                _ => {}
            }
        }
        let (group, name) = text.rsplit_once('/').unwrap_or(("", text));
        let name = Self { group: group.to_owned(), name: name.to_owned() };
        if name.is_too_long() {
            return Err(NameError::TooLong);
        }
        match name.flaw() {
            None => Ok(name),
            Some(flaw) => {
                let meant = text.replace(is_awkward, "_");
                Err(NameError::Character { flaw, meant })
            }
        }
    }

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

    /// Whether a snapshot could not be called so, and written beside its place.
    pub(super) fn is_too_long(&self) -> bool {
        self.name.len() > Self::MAX
    }

    /// The first character that a snapshot's file name, a filter or a file system would stumble over.
    pub(super) fn flaw(&self) -> Option<char> {
        self.group.chars().chain(self.name.chars()).find(|&c| is_awkward(c))
    }
}

fn is_awkward(c: char) -> bool {
    c.is_whitespace() || c.is_control() || r#"@\:*?"<>|[]{}"#.contains(c) || c == char::REPLACEMENT_CHARACTER
}

/// Whether a folder of this name has the files of a scenario rather than scenarios.
fn is_folder_of_files(part: &str) -> bool {
    Path::new(part).extension().is_some_and(|extension| extension == "files")
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
    fn a_name_is_read_as_it_prints() {
        for text in ["g/x", "x", "a/b/c.d", "founding/super-call_2"] {
            assert_eq!(Name::new(text).map(|name| name.to_string()).as_deref(), Ok(text));
        }
    }

    #[test]
    fn a_name_that_no_scenario_could_have_is_refused_with_the_reason() {
        let told = |text: &str| Name::new(text).err().map(|error| error.to_string()).unwrap_or_default();
        for text in ["", "/x", "g/", "a//b"] {
            assert_eq!(told(text), "a name has the form GROUP/NAME", "{text}");
        }
        assert_eq!(told("../x"), "`..` leads out of the scenarios folder");
        for text in [".git/x", "g/.x", "g/README", "a.files/x"] {
            assert!(told(text).ends_with("is not looked into for scenarios"), "{text}");
        }
        assert!(told("my group/a@b").ends_with("did you mean `my_group/a_b`?"));
        assert_eq!(told(&format!("g/{}", "x".repeat(Name::MAX))), "");
        assert!(told(&format!("g/{}", "x".repeat(Name::MAX + 1))).ends_with("is longer than 232 bytes"));
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
