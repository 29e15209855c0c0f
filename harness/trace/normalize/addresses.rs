//! Step "addresses": `<foo.Bar object at 0x7f...>` reads `at b#1` where `b#1` is known to live
//! there, else `at 0x...`.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::{Context, LOWEST_ID, Owner, pattern};

/// `object.__repr__` and its like print `%p`; `PyPy` pads to sixteen digits, Windows has capitals.
static ADDRESS: LazyLock<Regex> = LazyLock::new(|| pattern(r"\bat 0[xX]([0-9a-fA-F]{5,16})\b"));

pub(super) fn addresses(text: &str, context: &Context<'_>) -> String {
    if context.surroundings.raw_ids {
        return text.to_owned();
    }
    ADDRESS
        .replace_all(text, |found: &Captures<'_>| match u64::from_str_radix(&found[1], 16) {
            Ok(id) if id >= LOWEST_ID => match context.owners.get(&id) {
                Some(Owner::Living(label)) => format!("at {label}"),
                Some(Owner::Former(_)) | None => "at 0x...".to_owned(),
            },
            _ => found[0].to_owned(),
        })
        .into_owned()
}

#[cfg(test)]
mod tests {
    use super::super::TextKind;
    use super::super::samples::with;
    use super::addresses;

    fn shown(text: &str) -> String {
        with(TextKind::Value, |context| addresses(text, context))
    }

    #[test]
    fn a_known_address_reads_as_the_identity() {
        assert_eq!(
            shown("<bound method Bar.foo of <foo.Bar object at 0x7f1234567890>>"),
            "<bound method Bar.foo of <foo.Bar object at foo.Bar#2>>"
        );
        assert_eq!(shown("<Bar at 0x00007F1234567890>"), "<Bar at foo.Bar#2>");
    }

    #[test]
    fn an_unknown_address_is_left_out() {
        assert_eq!(shown("<foo.Bar instance at 0x55aa12345678>"), "<foo.Bar instance at 0x...>");
    }

    #[test]
    fn the_address_of_a_freed_object_names_nobody() {
        assert_eq!(shown("<foo.Bar object at 0x7f1234560000>"), "<foo.Bar object at 0x...>");
    }

    #[test]
    fn a_small_offset_stays() {
        assert_eq!(shown("error at 0x1f, at 0x0000f"), "error at 0x1f, at 0x0000f");
    }
}
