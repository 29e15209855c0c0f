//! What the probe packs: Python's `marshal`, the oldest of its formats and of that what the probe
//! sends: nothing, booleans, integers, text, bytes, lists and dictionaries by text.
//!
//! A scenario can send what it likes, if it reads the nonce. So whatever the bytes claim, no more is
//! taken up than they are, and no deeper than the probe nests.

use serde_json::{Map, Value};

/// How deep values may be nested in each other.
const DEPTH: usize = 32;
/// Bits in each digit of a long integer.
const DIGIT: u32 = 15;

/// One value, which takes up all bytes.
pub(super) fn unpack(bytes: &[u8]) -> Option<Value> {
    let mut rest = bytes;
    let value = value(&mut rest, DEPTH)?;
    rest.is_empty().then_some(value)
}

fn value(rest: &mut &[u8], depth: usize) -> Option<Value> {
    let depth = depth.checked_sub(1)?;
    Some(match byte(rest)? {
        b'N' => Value::Null,
        b'T' => Value::Bool(true),
        b'F' => Value::Bool(false),
        b'i' => i32::from_le_bytes(array(rest)?).into(),
        b'I' => i64::from_le_bytes(array(rest)?).into(),
        b'l' => long(rest)?,
        b's' => Value::String(of_bytes(sized(rest)?)),
        b'u' => Value::String(text(sized(rest)?)?),
        b'[' | b'(' => {
            let count = length(rest)?;
            // Each item has a byte at the least; what is claimed is not made room for.
            let mut items = Vec::new();
            for _ in 0..count {
                items.push(value(rest, depth)?);
            }
            Value::Array(items)
        }
        b'{' => {
            let mut map = Map::new();
            while *rest.first()? != b'0' {
                let Value::String(key) = value(rest, 1)? else { return None };
                map.insert(key, value(rest, depth)?);
            }
            byte(rest)?;
            Value::Object(map)
        }
        _ => return None,
    })
}

fn take<'a>(rest: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (taken, after) = rest.split_at_checked(count)?;
    *rest = after;
    Some(taken)
}

fn byte(rest: &mut &[u8]) -> Option<u8> {
    take(rest, 1).map(|taken| taken[0])
}

fn array<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    take(rest, N)?.try_into().ok()
}

fn length(rest: &mut &[u8]) -> Option<usize> {
    usize::try_from(i32::from_le_bytes(array(rest)?)).ok()
}

fn sized<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let count = length(rest)?;
    take(rest, count)
}

/// An integer in digits of 15 bits, the least first; their number has its sign.
fn long(rest: &mut &[u8]) -> Option<Value> {
    let count = i32::from_le_bytes(array(rest)?);
    let mut magnitude: u64 = 0;
    for place in 0..count.unsigned_abs() {
        let digit = u64::from(u16::from_le_bytes(array(rest)?));
        let shift = place.checked_mul(DIGIT)?;
        if digit >> DIGIT != 0 || digit.checked_shl(shift)? >> shift != digit {
            return None;
        }
        magnitude |= digit << shift;
    }
    if count >= 0 { Some(magnitude.into()) } else { 0_i64.checked_sub_unsigned(magnitude).map(Value::from) }
}

/// Text is UTF-8, but that a surrogate may stand in it alone: it is shown as `backslashreplace` does.
fn text(bytes: &[u8]) -> Option<String> {
    let mut text = String::with_capacity(bytes.len());
    let mut rest = bytes;
    loop {
        match std::str::from_utf8(rest) {
            Ok(valid) => {
                text.push_str(valid);
                return Some(text);
            }
            Err(error) => {
                let (valid, after) = rest.split_at(error.valid_up_to());
                text.push_str(std::str::from_utf8(valid).unwrap_or_default());
                let [0xED, second @ 0xA0..=0xBF, third @ 0x80..=0xBF, ..] = *after else { return None };
                let unit = 0xD000 | u32::from(second & 0x3F) << 6 | u32::from(third & 0x3F);
                text.extend(["\\u", &format!("{unit:04x}")]);
                rest = &after[3..];
            }
        }
    }
}

/// Bytes that a person reads are UTF-8, or else Latin-1 of which only ASCII is shown as it is.
fn of_bytes(bytes: &[u8]) -> String {
    text(bytes).unwrap_or_else(|| {
        let shown = |byte: &u8| match byte {
            b'\\' => "\\\\".to_owned(),
            b'\t' => "\\t".to_owned(),
            b'\n' => "\\n".to_owned(),
            b'\r' => "\\r".to_owned(),
            b' '..=b'~' => char::from(*byte).to_string(),
            _ => format!("\\x{byte:02x}"),
        };
        bytes.iter().map(shown).collect()
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    /// As every Python packs it, in format 0.
    fn pack(value: &Value, into: &mut Vec<u8>) {
        let sized = |code: u8, bytes: &[u8], into: &mut Vec<u8>| {
            into.push(code);
            into.extend(u32::try_from(bytes.len()).unwrap().to_le_bytes());
            into.extend(bytes);
        };
        match value {
            Value::Null => into.push(b'N'),
            Value::Bool(value) => into.push(if *value { b'T' } else { b'F' }),
            Value::Number(number) => {
                let number = number.as_i64().unwrap();
                if let Ok(small) = i32::try_from(number) {
                    into.push(b'i');
                    into.extend(small.to_le_bytes());
                    return;
                }
                let mut left = number.unsigned_abs();
                let mut digits = Vec::new();
                while left != 0 {
                    digits.extend(u16::try_from(left & 0x7FFF).unwrap().to_le_bytes());
                    left >>= 15;
                }
                let count = i32::try_from(digits.len() / 2).unwrap();
                into.push(b'l');
                into.extend(if number < 0 { -count } else { count }.to_le_bytes());
                into.extend(digits);
            }
            Value::String(text) => sized(b'u', text.as_bytes(), into),
            Value::Array(items) => {
                into.push(b'[');
                into.extend(u32::try_from(items.len()).unwrap().to_le_bytes());
                for item in items {
                    pack(item, into);
                }
            }
            Value::Object(map) => {
                into.push(b'{');
                for (key, value) in map {
                    sized(b's', key.as_bytes(), into);
                    pack(value, into);
                }
                into.push(b'0');
            }
        }
    }

    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i32>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            ".*".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 64, 6, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                proptest::collection::btree_map(".*", inner, 0..6)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    #[test]
    fn what_pythons_pack_is_read() {
        // `marshal.dumps({'a': [1 << 40, -(1 << 40), None, True]}, 0)` on 3.13 and on 2.7.
        let new = b"{u\x01\0\0\0a[\x04\0\0\0l\x03\0\0\0\0\0\0\0\0\x04l\xfd\xff\xff\xff\0\0\0\0\0\x04NT0";
        let old = b"{s\x01\0\0\0a[\x04\0\0\0I\0\0\0\0\0\x01\0\0I\0\0\0\0\0\xff\xff\xffNT0";
        let value = json!({"a": [1_i64 << 40, -(1_i64 << 40), null, true]});
        assert_eq!(unpack(new).unwrap(), value);
        assert_eq!(unpack(old).unwrap(), value);
    }

    #[test]
    fn lone_surrogates_and_bytes_that_are_no_text_are_shown() {
        assert_eq!(unpack(b"u\x05\0\0\0a\xed\xa0\xbdb").unwrap(), "a\\ud83db");
        assert_eq!(unpack(b"u\x04\0\0\0\xf0\x9f\x98\x80").unwrap(), "\u{1F600}");
        assert_eq!(unpack(b"s\x05\0\0\0a\\\n\xffb").unwrap(), "a\\\\\\n\\xffb");
        assert_eq!(unpack(b"u\x01\0\0\0\xff"), None);
    }

    #[test]
    fn neither_depth_nor_length_is_believed() {
        assert_eq!(unpack(&b"[\x01\0\0\0".repeat(100_000)), None);
        assert_eq!(unpack(b"[\xff\xff\xff\x7fN"), None);
        assert_eq!(unpack(b"u\xff\xff\xff\x7fa"), None);
        assert_eq!(unpack(b"[\xff\xff\xff\xff"), None);
        assert_eq!(unpack(&[b"l\x06\0\0\0".as_slice(), &[0xff, 0x7f].repeat(6)].concat()), None);
        assert_eq!(unpack(b"NN"), None);
        assert_eq!(unpack(b""), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]

        #[test]
        fn what_is_packed_comes_out_again(value in values()) {
            let mut bytes = Vec::new();
            pack(&value, &mut bytes);
            prop_assert_eq!(unpack(&bytes), Some(value));
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(
            prop_oneof![proptest::sample::select(b"[{0uslIiNT\0\x01\x02".as_slice()), any::<u8>()],
            0..200,
        )) {
            let _ = unpack(&bytes);
        }
    }
}
