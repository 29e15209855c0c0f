//! Picks scenarios by name and tag.

use globset::{GlobBuilder, GlobMatcher};

use super::Name;

/// Which scenarios are meant: those that match any of its patterns, or all where it has none.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    patterns: Vec<Pattern>,
}

/// A pattern that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FilterError {
    /// A glob with an open bracket and the like.
    #[error("the pattern `{pattern}` is no glob: {reason}")]
    Glob {
        /// As it was given.
        pattern: String,
        /// What the glob library says of it.
        reason: String,
    },
    /// No text, or `tag:` and no tag.
    #[error("the pattern `{pattern}` is empty")]
    Empty {
        /// As it was given.
        pattern: String,
    },
}

#[derive(Debug, Clone)]
struct Pattern {
    text: String,
    kind: Kind,
}

#[derive(Debug, Clone)]
enum Kind {
    /// Anywhere in `group/name`.
    Substring,
    /// All of `group/name`, or of `name` alone where the glob has no slash.
    Glob { matcher: GlobMatcher, whole: bool },
    /// A tag, all of it.
    Tag(String),
}

impl Filter {
    /// A filter out of patterns: `super` is in `group/name` somewhere, `founding/*` (with any of
    /// `*?[{`) is a glob over it in which `*` stops at a slash and `**` does not, `tag:slow` is a tag.
    pub fn new<S: AsRef<str>>(patterns: &[S]) -> Result<Self, FilterError> {
        let patterns =
            patterns.iter().map(|pattern| Pattern::new(pattern.as_ref())).collect::<Result<_, _>>()?;
        Ok(Self { patterns })
    }

    /// Whether it has patterns at all.
    pub fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    /// Whether a pattern asks for a tag: then a scenario must be read before it can be left out.
    pub fn needs_tags(&self) -> bool {
        self.patterns.iter().any(|pattern| matches!(pattern.kind, Kind::Tag(_)))
    }

    /// Whether a scenario of this name and with these tags is meant.
    pub fn matches(&self, name: &Name, tags: &[String]) -> bool {
        self.is_empty() || self.patterns.iter().any(|pattern| pattern.matches(name, tags))
    }

    /// The patterns that match none of the scenarios, in the order in which they were given.
    pub fn unmatched<'f>(&'f self, scenarios: &[(&Name, &[String])]) -> Vec<&'f str> {
        let idle = |pattern: &&Pattern| !scenarios.iter().any(|(name, tags)| pattern.matches(name, tags));
        self.patterns.iter().filter(idle).map(|pattern| pattern.text.as_str()).collect()
    }

    /// The names that are most like a pattern that matched none, best first, at most three.
    pub fn nearest<'n>(pattern: &str, names: impl IntoIterator<Item = &'n Name>) -> Vec<&'n Name> {
        let likeness = |text: &str| strsim::normalized_damerau_levenshtein(pattern, text);
        let mut near: Vec<_> = names
            .into_iter()
            .map(|name| (likeness(&name.to_string()).max(likeness(&name.name)), name))
            .filter(|(likeness, _)| *likeness >= 0.5)
            .collect();
        near.sort_by(|(a, first), (b, second)| b.total_cmp(a).then_with(|| first.cmp(second)));
        near.into_iter().take(3).map(|(_, name)| name).collect()
    }
}

impl Pattern {
    fn new(text: &str) -> Result<Self, FilterError> {
        let empty = || FilterError::Empty { pattern: text.to_owned() };
        let kind = if let Some(tag) = text.strip_prefix("tag:") {
            Kind::Tag(Some(tag).filter(|tag| !tag.is_empty()).ok_or_else(empty)?.to_owned())
        } else if text.contains(['*', '?', '[', '{']) {
            let glob = GlobBuilder::new(text).literal_separator(true).build();
            let glob = glob.map_err(|error| FilterError::Glob {
                pattern: text.to_owned(),
                reason: error.kind().to_string(),
            })?;
            Kind::Glob { matcher: glob.compile_matcher(), whole: text.contains('/') }
        } else if text.is_empty() {
            return Err(empty());
        } else {
            Kind::Substring
        };
        Ok(Self { text: text.to_owned(), kind })
    }

    fn matches(&self, name: &Name, tags: &[String]) -> bool {
        match &self.kind {
            Kind::Substring => name.to_string().contains(&self.text),
            Kind::Glob { matcher, whole } => {
                matcher.is_match(name.to_string()) || (!whole && matcher.is_match(&name.name))
            }
            Kind::Tag(tag) => tags.contains(tag),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn name(group: &str, name: &str) -> Name {
        Name { group: group.into(), name: name.into() }
    }

    fn meant(patterns: &[&str], group: &str, stem: &str) -> bool {
        Filter::new(patterns).unwrap().matches(&name(group, stem), &["slow".to_owned()])
    }

    #[test]
    fn no_pattern_means_every_scenario() {
        assert!(meant(&[], "g", "x"));
        assert!(Filter::new::<&str>(&[]).unwrap().is_empty());
    }

    #[test]
    fn a_plain_word_is_looked_for_in_group_and_name() {
        assert!(meant(&["ding/su"], "founding", "super_call"));
        assert!(meant(&["call"], "founding", "super_call"));
        assert!(!meant(&["Call"], "founding", "super_call"));
        assert!(meant(&["nothing", "call"], "founding", "super_call"));
    }

    #[test]
    fn a_glob_is_held_against_all_of_the_name() {
        assert!(meant(&["founding/*"], "founding", "super_call"));
        assert!(!meant(&["found*/*"], "founding/old", "super_call"));
        assert!(meant(&["found*/**"], "founding/old", "super_call"));
        assert!(meant(&["**/super_*"], "founding/old", "super_call"));
        assert!(!meant(&["ounding/*"], "founding", "super_call"));
        assert!(meant(&["{founding,other}/super?call"], "founding", "super_call"));
    }

    #[test]
    fn a_glob_without_a_slash_is_held_against_the_last_part_as_well() {
        assert!(meant(&["super*"], "founding", "super_call"));
        assert!(meant(&["super*"], "", "super_call"));
        assert!(!meant(&["call*"], "founding", "super_call"));
    }

    #[test]
    fn a_tag_is_matched_whole() {
        assert!(meant(&["tag:slow"], "g", "x"));
        assert!(!meant(&["tag:slo"], "g", "x"));
        assert!(Filter::new(&["x", "tag:slow"]).unwrap().needs_tags());
        assert!(!Filter::new(&["slow"]).unwrap().needs_tags());
    }

    #[test]
    fn a_pattern_that_cannot_be_read_is_an_error() {
        let error = Filter::new(&["x", "a[b"]).unwrap_err();
        assert!(error.to_string().starts_with("the pattern `a[b` is no glob: "), "{error}");
        for empty in ["", "tag:"] {
            assert_eq!(Filter::new(&[empty]).unwrap_err(), FilterError::Empty { pattern: empty.to_owned() });
        }
    }

    #[test]
    fn patterns_that_match_nothing_are_told_and_near_names_offered() {
        let names = [name("founding", "super_call"), name("founding", "base_call"), name("old", "unrelated")];
        let scenarios: Vec<_> = names.iter().map(|name| (name, &[][..])).collect();
        let filter = Filter::new(&["supre_call", "base"]).unwrap();
        assert_eq!(filter.unmatched(&scenarios), ["supre_call"]);
        let near: Vec<_> =
            Filter::nearest("supre_call", &names).into_iter().map(ToString::to_string).collect();
        assert_eq!(near, ["founding/super_call", "founding/base_call"]);
        assert_eq!(Filter::nearest("zzz", &names), Vec::<&Name>::new());
    }
}
