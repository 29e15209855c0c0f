//! Step "ids": a whole number that is the `id()` of a known object reads as its identity. Of one in hexadecimal that
//! nobody is known for, and that lies where a process has its memory, no more is told than that.

use std::ops::RangeInclusive;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::{Context, LOWEST_ID, Owner, TextKind, pattern};

/// Words that may be numbers, with what would make them part of something else: a digit after a
/// point, the `#` of a label, a sign.
static WORD: LazyLock<Regex> = LazyLock::new(|| pattern(r"[\w.#-]+"));

/// Where programs and their heaps, mappings and stacks are, on Linux with addresses of 48 bits.
const MEMORY: RangeInclusive<u64> = 0x5500_0000_0000..=0x7fff_ffff_ffff;

pub(super) fn ids(text: &str, context: &Context<'_>) -> String {
    if context.surroundings.raw_ids {
        return text.to_owned();
    }
    if context.kind == TextKind::IdCall {
        return match number(text.trim()) {
            Some(id) if id >= LOWEST_ID => match context.owners.get(&id) {
                Some(Owner::Living(label)) => format!("id of {label}"),
                Some(Owner::Former(_)) | None => "id of an object without a name".to_owned(),
            },
            _ => text.to_owned(),
        };
    }
    WORD.replace_all(text, |found: &Captures<'_>| {
        let word = &found[0];
        let core = word.trim_end_matches(['.', '-']);
        let owner = number(core).filter(|id| *id >= LOWEST_ID).and_then(|id| context.owners.get(&id));
        match owner {
            Some(Owner::Living(label)) => format!("id of {label}{}", &word[core.len()..]),
            Some(Owner::Former(label)) => format!("former id of {label}{}", &word[core.len()..]),
            None if core.starts_with("0x") && number(core).is_some_and(|id| MEMORY.contains(&id)) => {
                format!("0x...{}", &word[core.len()..])
            }
            None => word.to_owned(),
        }
    })
    .into_owned()
}

/// A whole number as Python writes it, in decimal or in hexadecimal; 2.7 adds an `L` to long ones.
fn number(word: &str) -> Option<u64> {
    let digits = word.strip_suffix('L').unwrap_or(word);
    if let Some(hex) = digits.strip_prefix("0x") {
        return u64::from_str_radix(hex, 16).ok();
    }
    digits.bytes().all(|digit| digit.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::super::samples::{FORMER, LIVING, with};
    use super::super::{Owner, TextKind};
    use super::ids;

    fn shown(origin: TextKind, text: &str) -> String {
        with(origin, |context| ids(text, context))
    }

    #[test]
    fn a_known_id_reads_as_its_identity() {
        assert_eq!(shown(TextKind::IdCall, &LIVING.to_string()), "id of foo.Bar#2");
        assert_eq!(shown(TextKind::Value, &format!("[{LIVING}, 3]")), "[id of foo.Bar#2, 3]");
        assert_eq!(shown(TextKind::Value, &format!("'{LIVING:#x}'")), "'id of foo.Bar#2'");
        assert_eq!(shown(TextKind::Printed, &format!("it is {LIVING}L.")), "it is id of foo.Bar#2.");
    }

    #[test]
    fn an_id_kept_after_its_object_is_gone_reads_as_such() {
        assert_eq!(shown(TextKind::Value, &FORMER.to_string()), "former id of foo.Bar#1");
    }

    #[test]
    fn a_call_of_id_on_an_unknown_object_is_no_number_and_no_former_owner() {
        assert_eq!(shown(TextKind::IdCall, "94200000000000"), "id of an object without a name");
        assert_eq!(shown(TextKind::IdCall, &FORMER.to_string()), "id of an object without a name");
        assert_eq!(shown(TextKind::IdCall, "42"), "42");
    }

    #[test]
    fn an_address_in_hexadecimal_is_left_out_whatever_is_before_it() {
        assert_eq!(shown(TextKind::Value, "[<A 0x7f40348ca990>]"), "[<A 0x...>]");
        assert_eq!(shown(TextKind::Printed, "it is 0x55aa12345678."), "it is 0x....");
        for text in ["0xdeadbeef", "0x7f40348ca990ff", "0x001122334455"] {
            assert_eq!(shown(TextKind::Printed, text), text);
        }
    }

    #[test]
    fn other_numbers_stay() {
        for text in ["94200000000000", &format!("x{LIVING}"), &format!("1.{LIVING}"), &format!("a#{LIVING}")]
        {
            assert_eq!(shown(TextKind::Printed, text), text);
        }
    }

    #[test]
    fn a_small_number_is_never_an_id() {
        use std::collections::HashMap;
        let owners = HashMap::from([(9, Owner::Living("b#1".to_owned()))]);
        let surroundings = super::super::samples::surroundings();
        let context =
            super::Context { surroundings: &surroundings, owners: &owners, kind: TextKind::Printed };
        assert_eq!(ids("9", &context), "9");
    }
}
