//! The files of a workspace as they come to be, held against each other.

use std::collections::BTreeMap;
use std::ops::Range;

use super::path::WorkspacePath;

/// Every file and folder there is so far, by its name in lower case.
#[derive(Debug, Default)]
pub(super) struct Tree {
    entries: BTreeMap<String, Entry>,
}

#[derive(Debug, Clone)]
struct Entry {
    name: String,
    folder: bool,
    named: Option<Range<usize>>,
}

/// Why two names cannot both be in one folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Clash {
    /// A fragment that says what the earlier one is.
    pub(super) message: String,
    /// Where the earlier one is named, unless it is from the sibling folder.
    pub(super) earlier: Option<Range<usize>>,
}

impl Tree {
    /// Adds a file that is named at a place, and tells whether it was there already.
    pub(super) fn add(&mut self, path: &WorkspacePath, named: Option<&Range<usize>>) -> Result<bool, Clash> {
        let path = path.as_str();
        let ends: Vec<_> = path.match_indices('/').map(|(at, _)| at).chain([path.len()]).collect();
        let parts = ends.iter().map(|&end| (&path[..end], end < path.len()));
        let known =
            parts.clone().map(|(part, folder)| self.check(part, folder)).collect::<Result<Vec<_>, _>>()?;
        for (part, folder) in parts {
            let entry = Entry { name: part.to_owned(), folder, named: named.cloned() };
            self.entries.entry(part.to_lowercase()).or_insert(entry);
        }
        Ok(known.last().copied().unwrap_or(false))
    }

    /// Whether a file or folder is there already.
    fn check(&self, part: &str, folder: bool) -> Result<bool, Clash> {
        let Some(earlier) = self.entries.get(&part.to_lowercase()) else { return Ok(false) };
        let message = if earlier.name != part {
            format!("`{part}` and `{}` are one file where case does not matter", earlier.name)
        } else if earlier.folder && !folder {
            format!("`{part}` is a folder already")
        } else if folder && !earlier.folder {
            format!("`{part}` is a file already, so nothing can be in it")
        } else {
            return Ok(true);
        };
        Err(Clash { message, earlier: earlier.named.clone() })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn add(tree: &mut Tree, path: &str) -> Result<bool, String> {
        tree.add(&WorkspacePath::new(path).unwrap(), None).map_err(|clash| clash.message)
    }

    #[test]
    fn a_file_is_new_once() {
        let mut tree = Tree::default();
        assert_eq!(add(&mut tree, "pkg/foo.py"), Ok(false));
        assert_eq!(add(&mut tree, "pkg/bar.py"), Ok(false));
        assert_eq!(add(&mut tree, "pkg/foo.py"), Ok(true));
        assert_eq!(add(&mut tree, "pkg.py"), Ok(false));
    }

    #[test]
    fn names_that_differ_in_case_alone_clash_folders_included() {
        let mut tree = Tree::default();
        add(&mut tree, "Pkg/ä.py").unwrap();
        assert_eq!(
            add(&mut tree, "Pkg/Ä.py").unwrap_err(),
            "`Pkg/Ä.py` and `Pkg/ä.py` are one file where case does not matter"
        );
        assert_eq!(
            add(&mut tree, "pkg/b.py").unwrap_err(),
            "`pkg` and `Pkg` are one file where case does not matter"
        );
    }

    #[test]
    fn a_file_is_no_folder() {
        let mut tree = Tree::default();
        add(&mut tree, "a").unwrap();
        add(&mut tree, "b/c").unwrap();
        assert_eq!(add(&mut tree, "a/x.py").unwrap_err(), "`a` is a file already, so nothing can be in it");
        assert_eq!(add(&mut tree, "b").unwrap_err(), "`b` is a folder already");
    }

    #[test]
    fn a_refused_file_leaves_no_trace() {
        let mut tree = Tree::default();
        add(&mut tree, "a").unwrap();
        assert!(add(&mut tree, "a/new/x").is_err());
        assert_eq!(add(&mut tree, "A2/new"), Ok(false));
        assert!(!tree.entries.contains_key("a/new"));
    }
}
