//! Step "paths": the workspace's path disappears, that of packages reads `<packages>`, the interpreter's
//! `<prefix>`, and the version in `<prefix>/lib/python3.11` goes.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

use super::{Context, pattern};

static LIBRARY: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"<prefix>/lib(?:64)?/(?:python|pypy)[0-9][0-9.]*[td]*/"));

pub(super) fn paths(text: &str, context: &Context<'_>) -> String {
    let mut places = Vec::new();
    for path in longest_first(&context.surroundings.workspace) {
        places.extend(spellings(path).into_iter().map(|spelling| (spelling, Place::Workspace)));
    }
    for path in longest_first(&context.surroundings.packages) {
        places.extend(spellings(path).into_iter().map(|spelling| (spelling, Place::Packages)));
    }
    for path in longest_first(&context.surroundings.prefixes) {
        places.extend(spellings(path).into_iter().map(|spelling| (spelling, Place::Prefix)));
    }
    // Taking a path out of a text can leave another one behind (`/w//w/foo.py`). There is an end to
    // it, for each time at least one `/` goes.
    let mut text = Cow::Borrowed(text);
    loop {
        let next = replace(&text, &places);
        if next == text {
            return LIBRARY.replace_all(&next, "<prefix>/lib/python/").into_owned();
        }
        text = Cow::Owned(next);
    }
}

/// What a path stands for.
#[derive(Clone, Copy)]
enum Place {
    Workspace,
    Packages,
    Prefix,
}

fn longest_first(paths: &[String]) -> Vec<&str> {
    let mut paths: Vec<_> =
        paths.iter().map(|path| path.trim_end_matches('/')).filter(|path| path.len() > 1).collect();
    paths.sort_by_key(|path| std::cmp::Reverse(path.len()));
    paths
}

/// A path as itself, as a `file://` URL, and as Python 3 and 2 write it in the `repr()` of a
/// string.
fn spellings(path: &str) -> Vec<String> {
    let repr = path.replace('\\', "\\\\").replace('\'', "\\'");
    let ascii: String = repr
        .bytes()
        .map(|byte| if byte.is_ascii() { char::from(byte).to_string() } else { format!("\\x{byte:02x}") })
        .collect();
    let percent: String = path
        .bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect();
    let mut spellings =
        vec![format!("file://{percent}"), format!("file://{path}"), path.to_owned(), repr, ascii];
    spellings.dedup();
    spellings
}

fn replace(text: &str, places: &[(String, Place)]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    'text: while let Some(next) = rest.chars().next() {
        if !out.ends_with(is_part_of_path) {
            for (spelling, place) in places {
                let Some(after) = rest.strip_prefix(spelling.as_str()) else { continue };
                let below = after.strip_prefix('/');
                if below.is_none() && after.starts_with(is_part_of_path) {
                    continue;
                }
                match (place, below) {
                    (Place::Workspace, Some(below)) if below.starts_with(is_part_of_path) => rest = below,
                    (Place::Workspace, below) => {
                        out.push('.');
                        rest = below.unwrap_or(after);
                    }
                    (Place::Packages, _) => {
                        out.push_str("<packages>");
                        rest = after;
                    }
                    (Place::Prefix, _) => {
                        out.push_str("<prefix>");
                        rest = after;
                    }
                }
                continue 'text;
            }
        }
        out.push(next);
        rest = &rest[next.len_utf8()..];
    }
    out
}

fn is_part_of_path(character: char) -> bool {
    character.is_alphanumeric() || "/._-~%\\<>".contains(character)
}

#[cfg(test)]
mod tests {
    use super::super::samples::with;
    use super::super::{Context, Surroundings, TextKind};
    use super::paths;

    fn shown(text: &str) -> String {
        with(TextKind::Printed, |context| paths(text, context))
    }

    #[test]
    fn a_file_of_the_workspace_reads_as_its_relative_path() {
        assert_eq!(shown("<module 'foo' from '/tmp/w1/pkg/foo.py'>"), "<module 'foo' from 'pkg/foo.py'>");
        assert_eq!(shown("/private/tmp/w1/foo.py"), "foo.py");
        assert_eq!(shown("see file:///tmp/w1/foo.py"), "see foo.py");
    }

    #[test]
    fn the_workspace_itself_is_a_dot() {
        assert_eq!(shown("'/tmp/w1' /tmp/w1/"), "'.' .");
    }

    #[test]
    fn a_neighbour_of_the_workspace_stays() {
        for text in ["/tmp/w10/foo.py", "/x/tmp/w1/foo.py", "/tmp/w1-old/foo.py"] {
            assert_eq!(shown(text), text);
        }
    }

    #[test]
    fn the_interpreters_own_paths_lose_prefix_and_version() {
        assert_eq!(shown("/usr/lib/python3.11/abc.py"), "<prefix>/lib/python/abc.py");
        assert_eq!(shown("/opt/python/lib64/python3.13t/abc.py"), "<prefix>/lib/python/abc.py");
        assert_eq!(shown("/usr/lib/pypy3.10/abc.py"), "<prefix>/lib/python/abc.py");
        assert_eq!(shown("/opt/python/bin/python"), "<prefix>/bin/python");
    }

    #[test]
    fn what_a_scenario_requires_is_in_one_place() {
        let shown = shown("<module 'six' from '/cache/p1/six.py'>");
        assert_eq!(shown, "<module 'six' from '<packages>/six.py'>");
    }

    #[test]
    fn a_path_is_known_by_its_repr_and_its_url_too() {
        let surroundings =
            Surroundings { workspace: vec!["/tmp/o'b é".to_owned()], ..Surroundings::default() };
        let owners = std::collections::HashMap::new();
        let context = Context { surroundings: &surroundings, owners: &owners, kind: TextKind::Value };
        assert_eq!(paths(r"'/tmp/o\'b é/a.py'", &context), "'a.py'");
        assert_eq!(paths(r"'/tmp/o\'b \xc3\xa9/a.py'", &context), "'a.py'");
        assert_eq!(paths("file:///tmp/o%27b%20%C3%A9/a.py", &context), "a.py");
    }
}
