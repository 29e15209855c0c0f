//! Finds the word that was probably meant.

/// The option that is nearest to a word, if one is near enough for a slip of the hand.
pub(super) fn nearest<'o>(word: &str, options: impl IntoIterator<Item = &'o str>) -> Option<&'o str> {
    let word = word.to_lowercase();
    let allowed = (word.chars().count() / 3).clamp(1, 4);
    options
        .into_iter()
        .map(|option| (strsim::damerau_levenshtein(&word, &option.to_lowercase()), option))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, option)| option)
}

/// The sentence that offers it.
pub(crate) fn did_you_mean<'o>(word: &str, options: impl IntoIterator<Item = &'o str>) -> Option<String> {
    nearest(word, options).map(|option| format!("did you mean `{option}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_recognised_and_another_word_is_not() {
        let options = ["python", "pycon", "toml", "text"];
        for (word, meant) in [
            ("pyhton", Some("python")),
            ("pyconn", Some("pycon")),
            ("tmol", Some("toml")),
            ("Python", Some("python")),
            ("rust", None),
            ("", None),
        ] {
            assert_eq!(nearest(word, options), meant, "{word}");
        }
    }
}
