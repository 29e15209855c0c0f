//! The numbers in what an author claims, each of which may stand for an identity.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use super::Outcome;

/// What in a claim stands for something: an ellipsis, or a number long enough for an `id()`.
static SPECIAL: LazyLock<Regex> =
    LazyLock::new(|| constant(r"\.\.\.|\b0x[0-9a-fA-F]{4,}L?\b|\b[0-9]{5,}L?\b"));
/// What may stand where a claim has such a number.
const IDENTITY: &str = r"(?:former )?(?:id of )?[\w.<>]+#\d+|id of an object without a name|0x\.\.\.";

#[allow(clippy::expect_used)]
pub(super) fn constant(source: &str) -> Regex {
    Regex::new(source).expect("the pattern is a constant")
}

/// Which identity each number of an author's stands for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct Numbers {
    identities: BTreeMap<u64, String>,
    /// And which number stands for an identity, as it was first written.
    numbers: BTreeMap<String, (u64, String)>,
}

impl Numbers {
    /// Takes in what a claim says, if it holds.
    pub(super) fn take(&mut self, claimed: &str, observed: &str) -> Outcome {
        if claimed == observed {
            return Ok(());
        }
        if !SPECIAL.is_match(claimed) {
            return Err(None);
        }
        let mut source = String::from(r"(?s)\A");
        let mut written = Vec::new();
        let mut end = 0;
        for special in SPECIAL.find_iter(claimed) {
            source.push_str(&regex::escape(&claimed[end..special.start()]));
            end = special.end();
            match special.as_str() {
                "..." => source.push_str(".*?"),
                number => {
                    source.extend(["(", &regex::escape(number), "|", IDENTITY, ")"]);
                    written.push(number);
                }
            }
        }
        source.push_str(&regex::escape(&claimed[end..]));
        source.push_str(r"\z");
        let matched = Regex::new(&source).ok().and_then(|pattern| pattern.captures(observed)).ok_or(None)?;
        for (number, found) in written.iter().zip(matched.iter().skip(1).flatten()) {
            self.stands_for(number, found.as_str()).map_err(Some)?;
        }
        Ok(())
    }

    fn stands_for(&mut self, written: &str, found: &str) -> Result<(), String> {
        let Some(label) = found.rsplit(' ').next().filter(|label| label.contains('#')) else { return Ok(()) };
        let digits = written.trim_end_matches('L');
        let number = match digits.strip_prefix("0x") {
            Some(hex) => u64::from_str_radix(hex, 16),
            None => digits.parse(),
        };
        let Ok(number) = number else { return Ok(()) };
        let known = self.identities.entry(number).or_insert_with(|| label.to_owned());
        if known != label {
            return Err(format!("{written} stands for {label} here and for {known} above"));
        }
        let (other, first) =
            self.numbers.entry(label.to_owned()).or_insert_with(|| (number, written.to_owned()));
        if *other != number {
            return Err(format!("{written} stands for {label} here, which is {first} above"));
        }
        Ok(())
    }
}
