//! What came of the output that the author wrote.

use crate::oracle::Claimed;
use crate::trace::visible::visible;

/// The lines that tell of it.
pub(super) fn lines(claimed: &Claimed) -> Vec<String> {
    match claimed {
        Claimed::Holds => vec!["claim holds".to_owned()],
        Claimed::Differs { lines, why } => {
            let why = why.as_ref().map(|why| format!(", for {why}")).unwrap_or_default();
            let mut told = vec![format!("claim does not hold{why}; the author wrote")];
            told.extend(lines.iter().map(|line| format!("    {}", visible(line.as_bytes()))));
            told
        }
    }
}

/// `9 hold, 1 does not`; nothing of none.
pub(crate) fn sum([holding, differing]: [usize; 2]) -> String {
    let hold = if holding == 1 { "holds" } else { "hold" };
    let not = if differing == 1 { "does not" } else { "do not" };
    match (holding, differing) {
        (0, 0) => String::new(),
        (_, 0) => format!("{holding} {hold}"),
        (0, _) => format!("{differing} {not} hold"),
        (_, _) => format!("{holding} {hold}, {differing} {not}"),
    }
}

#[cfg(test)]
mod tests {
    use super::sum;

    #[test]
    fn claims_are_summed_up_in_words() {
        assert_eq!(sum([0, 0]), "");
        assert_eq!(sum([1, 0]), "1 holds");
        assert_eq!(sum([9, 1]), "9 hold, 1 does not");
        assert_eq!(sum([0, 2]), "2 do not hold");
    }
}
