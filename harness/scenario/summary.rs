//! Finds what a page says of itself first.

/// Words whose dot ends no sentence.
const SHORT: [&str; 6] = ["e.g.", "i.e.", "etc.", "vs.", "cf.", "No."];

/// The first sentence of a paragraph, in which code stands between backticks.
pub(super) fn first_sentence(paragraph: &str) -> String {
    let paragraph = paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut in_code = false;
    for (at, c) in paragraph.char_indices() {
        in_code ^= c == '`';
        let end = at + c.len_utf8();
        if !in_code && matches!(c, '.' | '!' | '?') && ends_sentence(&paragraph[..end], &paragraph[end..]) {
            return paragraph[..end].to_owned();
        }
    }
    paragraph
}

fn ends_sentence(before: &str, after: &str) -> bool {
    let goes_on = !after.is_empty() && !after.starts_with(' ');
    let next = after.trim_start().chars().next();
    let word = before.rsplit([' ', '(']).next().unwrap_or_default();
    !goes_on && !next.is_some_and(char::is_lowercase) && !SHORT.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::first_sentence;

    #[test]
    fn a_sentence_ends_where_the_next_begins() {
        for (paragraph, sentence) in [
            ("One. Two.", "One."),
            ("One\nline. `two` next.", "One line."),
            ("Is it? Yes.", "Is it?"),
            ("Since 3.12 `a. B` does, e.g. X. Then.", "Since 3.12 `a. B` does, e.g. X."),
            ("No end", "No end"),
            ("It ends etc. and so on. Next", "It ends etc. and so on."),
            ("", ""),
        ] {
            assert_eq!(first_sentence(paragraph), sentence);
        }
    }
}
