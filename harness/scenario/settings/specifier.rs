//! Reads a range of Python versions: PEP 440, minus what cannot be meant.

use std::str::FromStr;

use pep440_rs::{Operator, Version, VersionSpecifier, VersionSpecifiers};

use super::flaw::Flaw;

/// Reads a range such as `>=2.7, <3.12`; all its flaws, where it has any.
pub(super) fn read(text: &str) -> Result<VersionSpecifiers, Vec<Flaw>> {
    let mut start = 0;
    let (mut specifiers, mut flaws) = (Vec::new(), Vec::new());
    for part in text.split(',') {
        let trimmed = part.trim();
        let begin = start + part.find(trimmed).unwrap_or(0);
        start += part.len() + 1;
        match read_one(trimmed) {
            Ok(specifier) => specifiers.push(specifier),
            Err((message, label, help)) => {
                flaws.push(Flaw { span: begin..begin + trimmed.len(), message, label, help });
            }
        }
    }
    let specifiers: VersionSpecifiers = specifiers.into_iter().collect();
    if flaws.is_empty() && !releases().any(|version| specifiers.contains(&version)) {
        let message = format!("no Python is `{text}`");
        flaws.push(Flaw { span: 0..text.len(), message, label: "allows nothing".to_owned(), help: None });
    }
    if flaws.is_empty() { Ok(specifiers) } else { Err(flaws) }
}

type Told = (String, String, Option<String>);

fn read_one(text: &str) -> Result<VersionSpecifier, Told> {
    let specifier = VersionSpecifier::from_str(text).map_err(|error| {
        let help = Version::from_str(text).ok().map(|_| format!("did you mean `>={text}`?"));
        (format!("`{text}` is no range of versions"), error.to_string().to_lowercase(), help)
    })?;
    meant(&specifier).map(|()| specifier)
}

/// Refuses what reads as a whole 3.12 but means 3.12.0 alone.
fn meant(specifier: &VersionSpecifier) -> Result<(), Told> {
    let &[major, minor] = specifier.version().release() else { return Ok(()) };
    let rewritten = match specifier.operator() {
        Operator::Equal | Operator::ExactEqual => format!("=={major}.{minor}.*"),
        Operator::NotEqual => format!("!={major}.{minor}.*"),
        Operator::LessThanEqual => format!("<{major}.{}", minor + 1),
        Operator::GreaterThan => format!(">={major}.{}", minor + 1),
        _ => return Ok(()),
    };
    let message = format!("`{specifier}` is about {major}.{minor}.0 and not all of {major}.{minor}");
    Err((message, "without a patch version".to_owned(), Some(format!("did you mean `{rewritten}`?"))))
}

/// Releases that were and may be. Those with patch version 0 come first: most ranges hold one.
fn releases() -> impl Iterator<Item = Version> {
    let minors = || (0..=7).map(|minor| (2, minor)).chain((0..=99).map(|minor| (3, minor)));
    (0..=40).flat_map(move |micro| minors().map(move |(major, minor)| Version::new([major, minor, micro])))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::ops::Range;

    use super::*;

    fn flaws(text: &str) -> Vec<(Range<usize>, String)> {
        let flaws = read(text).err().unwrap_or_default();
        flaws.into_iter().map(|flaw| (flaw.span, flaw.help.unwrap_or(flaw.message))).collect()
    }

    #[test]
    fn ranges_are_read() {
        for text in
            [">=2.7", ">=2.7,<3", " >=3.6 , != 3.9.* ", "~=3.8", "==3.12.*", "==3.12.1", "<3.0", ">3.12.0"]
        {
            assert_eq!(flaws(text), [], "{text}");
        }
    }

    #[test]
    fn each_part_has_its_own_flaw_at_its_own_place() {
        let found = flaws(">=2.7, 3.8, =<4");
        assert_eq!(found.len(), 2);
        assert_eq!(found[0], (7..10, "did you mean `>=3.8`?".to_owned()));
        assert_eq!(found[1].0, 12..15);
    }

    #[test]
    fn a_range_that_ends_at_a_patch_version_of_zero_is_questioned() {
        for (text, meant) in
            [("==3.12", "==3.12.*"), ("<=2.7", "<2.8"), (">3.8", ">=3.9"), ("!=3.9", "!=3.9.*")]
        {
            assert_eq!(flaws(text), [(0..text.len(), format!("did you mean `{meant}`?"))]);
        }
    }

    #[test]
    fn a_range_that_allows_nothing_is_refused() {
        for text in [">=4", "<2", ">=3.8,<3", "1!3.8.0"] {
            assert_eq!(flaws(text).len(), 1, "{text}");
        }
        assert_eq!(flaws(">=4")[0].1, "no Python is `>=4`");
    }

    #[test]
    fn an_empty_range_is_refused() {
        assert_eq!(flaws("").len(), 1);
        assert_eq!(flaws(">=2.7,").len(), 1);
    }
}
