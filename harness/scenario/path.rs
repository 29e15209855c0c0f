//! File names that cannot leave the workspace.

use std::fmt;
use std::path::Path;

/// A relative path of plain components, joined by `/`: no `..`, no root, no NUL, no backslash.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WorkspacePath(String);

/// Why a name is no path within a workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// Nothing at all.
    #[error("the name is empty")]
    Empty,
    /// `/etc/passwd`
    #[error("the path is absolute")]
    Absolute,
    /// `C:foo.py`: on Windows it leaves the folder it is joined to.
    #[error("the path begins with a drive letter")]
    Drive,
    /// `pkg\foo.py`
    #[error("folders are separated by `/`, not by a backslash")]
    Backslash,
    /// `../foo.py`
    #[error("`..` leads out of the folder")]
    Parent,
    /// `./foo.py`
    #[error("`.` is no name")]
    Current,
    /// `pkg//foo.py`
    #[error("there is nothing between two slashes")]
    EmptyComponent,
    /// `pkg/`
    #[error("the path ends in a slash")]
    TrailingSlash,
    /// NUL, a newline, an escape.
    #[error("the path holds a control character")]
    Control,
    /// `foo. `: Windows drops the end of it.
    #[error("a name ends in a dot or a space")]
    TrailingDotOrSpace,
    /// More than [`WorkspacePath::MAX_COMPONENT`] bytes.
    #[error("a name is longer than {} bytes", WorkspacePath::MAX_COMPONENT)]
    LongComponent,
    /// More than [`WorkspacePath::MAX`] bytes.
    #[error("the path is longer than {} bytes", WorkspacePath::MAX)]
    Long,
}

impl WorkspacePath {
    /// The longest path, in bytes: it must fit behind that of a temporary folder (`PATH_MAX` is 1024
    /// on macOS).
    pub const MAX: usize = 768;
    /// The longest name of a file or folder, in bytes (`NAME_MAX` of the usual file systems).
    pub const MAX_COMPONENT: usize = 255;

    /// Checks a path as an author writes it.
    pub fn new(path: &str) -> Result<Self, PathError> {
        let bytes = path.as_bytes();
        match bytes {
            [] => return Err(PathError::Empty),
            [b'/', ..] => return Err(PathError::Absolute),
            [letter, b':', ..] if letter.is_ascii_alphabetic() => return Err(PathError::Drive),
            _ => {}
        }
        if path.contains('\\') {
            return Err(PathError::Backslash);
        }
        if path.contains(char::is_control) {
            return Err(PathError::Control);
        }
        if path.ends_with('/') {
            return Err(PathError::TrailingSlash);
        }
        path.split('/').try_for_each(check_component)?;
        if path.len() > Self::MAX {
            return Err(PathError::Long);
        }
        Ok(Self(path.to_owned()))
    }

    /// The path, with `/` between its components.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is a Python source file.
    pub fn is_python(&self) -> bool {
        Path::new(&self.0).extension().is_some_and(|extension| extension == "py")
    }
}

fn check_component(component: &str) -> Result<(), PathError> {
    match component {
        "" => Err(PathError::EmptyComponent),
        "." => Err(PathError::Current),
        ".." => Err(PathError::Parent),
        _ if component.ends_with(['.', ' ']) => Err(PathError::TrailingDotOrSpace),
        _ if component.len() > WorkspacePath::MAX_COMPONENT => Err(PathError::LongComponent),
        _ => Ok(()),
    }
}

impl fmt::Display for WorkspacePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::path::Component;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn plain_relative_paths_are_taken() {
        let longest = "x".repeat(255);
        for path in
            ["foo.py", "pkg/__init__.py", "a/b/c.txt", ".hidden", "ü/日本.py", "a b.py", "...x", &longest]
        {
            assert_eq!(WorkspacePath::new(path).unwrap().as_str(), path);
        }
    }

    #[test]
    fn every_way_out_is_refused_by_name() {
        let long_component = format!("a/{}", "x".repeat(256));
        let long = "abcdefg/".repeat(100) + "x";
        for (path, error) in [
            ("", PathError::Empty),
            ("/etc/passwd", PathError::Absolute),
            ("//x", PathError::Absolute),
            ("C:/x", PathError::Drive),
            ("c:x", PathError::Drive),
            ("a\\b", PathError::Backslash),
            ("..", PathError::Parent),
            ("../x", PathError::Parent),
            ("a/../b", PathError::Parent),
            ("a/..", PathError::Parent),
            (".", PathError::Current),
            ("./x", PathError::Current),
            ("a/./b", PathError::Current),
            ("a//b", PathError::EmptyComponent),
            ("a/", PathError::TrailingSlash),
            ("a\0b", PathError::Control),
            ("a\nb", PathError::Control),
            ("a\u{1b}[2J", PathError::Control),
            ("a\u{85}", PathError::Control),
            ("...", PathError::TrailingDotOrSpace),
            ("a./b", PathError::TrailingDotOrSpace),
            ("a /b", PathError::TrailingDotOrSpace),
            ("a ", PathError::TrailingDotOrSpace),
            (&long_component, PathError::LongComponent),
            (&long, PathError::Long),
        ] {
            assert_eq!(WorkspacePath::new(path), Err(error), "{path:?}");
        }
    }

    fn piece() -> impl Strategy<Value = String> {
        let awkward =
            ["..", ".", "/", "//", "\\", "C:", "~", "\0", " ", "a", "foo.py", "…", "\u{2024}\u{2024}"];
        prop_oneof![4 => proptest::sample::select(awkward.to_vec()).prop_map(str::to_owned), 1 => any::<String>()]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]

        #[test]
        fn no_name_escapes_the_folder_it_is_joined_to(pieces in proptest::collection::vec(piece(), 0..6), slashes in any::<bool>()) {
            let name = pieces.join(if slashes { "/" } else { "" });
            if let Ok(path) = WorkspacePath::new(&name) {
                let root = Path::new("/workspace");
                let joined = root.join(path.as_str());
                let below = joined.strip_prefix(root).unwrap();
                prop_assert!(below.components().count() > 0);
                prop_assert!(below.components().all(|part| matches!(part, Component::Normal(_))));
                prop_assert_eq!(below.to_str(), Some(name.as_str()));
            }
        }
    }
}
