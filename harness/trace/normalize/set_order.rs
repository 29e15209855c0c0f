//! Step "set order": the elements of a set come in the order of their hashes, and the hash of an
//! object is its address. So they are sorted: by number where all are whole numbers, by their
//! normalized text otherwise. In printed text, only sets that show an object (`<...>`) are.

use super::{Context, TextKind};

pub(super) fn set_order(text: &str, context: &Context<'_>) -> String {
    match context.kind {
        TextKind::IdCall => text.to_owned(),
        TextKind::Value => sorted(text, false),
        TextKind::Printed => text.split('\n').map(|line| sorted(line, true)).collect::<Vec<_>>().join("\n"),
    }
}

/// Whether a repr shows something whose order says nothing: a set or a dict.
pub(crate) fn shows_unordered(text: &str) -> bool {
    text.contains('{') || text.contains("set([")
}

fn sorted(text: &str, objects_only: bool) -> String {
    if !shows_unordered(text) || text.contains('\n') {
        return text.to_owned();
    }
    let mut parser = Parser { text, at: 0, objects_only, depth: 0 };
    match parser.group(None, false) {
        Some(group) if parser.at == text.len() => group.text,
        _ => text.to_owned(),
    }
}

/// What stands between two brackets.
struct Group {
    /// With its own sets sorted.
    text: String,
    /// The parts between `, `.
    elements: Vec<String>,
    /// Whether there is a `:` outside inner brackets: a dict.
    colon: bool,
}

/// Reads brackets and quotes as a repr has them, and gives up on anything else.
struct Parser<'a> {
    text: &'a str,
    at: usize,
    objects_only: bool,
    depth: usize,
}

/// Deeper reprs than this stay as they are.
const DEPTH: usize = 100;

impl Parser<'_> {
    /// What stands up to `close`; `in_set` says whether that is what `set(` is given.
    fn group(&mut self, close: Option<char>, in_set: bool) -> Option<Group> {
        self.depth += 1;
        if self.depth > DEPTH {
            return None;
        }
        let mut elements = Vec::new();
        let mut element = String::new();
        let mut colon = false;
        loop {
            let Some(next) = self.text[self.at..].chars().next() else {
                if close.is_some() {
                    return None;
                }
                break;
            };
            if Some(next) == close {
                self.at += next.len_utf8();
                break;
            }
            match next {
                '\'' | '"' => {
                    element.push_str(self.string(next)?);
                    continue;
                }
                '(' | '[' | '{' | '<' => {
                    let bracketed = self.bracketed(next, &element, in_set)?;
                    element.push_str(&bracketed);
                    continue;
                }
                ')' | ']' | '}' | '>' => return None,
                ',' if self.text[self.at..].starts_with(", ") => {
                    elements.push(std::mem::take(&mut element));
                    self.at += 2;
                    continue;
                }
                ':' => colon = true,
                _ => {}
            }
            element.push(next);
            self.at += next.len_utf8();
        }
        self.depth -= 1;
        elements.push(element);
        Some(Group { text: elements.join(", "), elements, colon })
    }

    fn string(&mut self, quote: char) -> Option<&str> {
        let start = self.at;
        let mut escaped = false;
        for (offset, character) in self.text[start + 1..].char_indices() {
            if escaped {
                escaped = false;
            } else if character == '\\' {
                escaped = true;
            } else if character == quote {
                self.at = start + 1 + offset + 1;
                return Some(&self.text[start..self.at]);
            }
        }
        None
    }

    fn bracketed(&mut self, open: char, before: &str, in_set: bool) -> Option<String> {
        let close = match open {
            '(' => ')',
            '[' => ']',
            '{' => '}',
            _ => '>',
        };
        self.at += 1;
        let mut group = self.group(Some(close), open == '(' && before.ends_with("set"))?;
        let is_set = open == '{' && !group.colon || open == '[' && in_set && before.is_empty();
        if is_set && group.elements.len() > 1 && self.concerns(&group.elements) {
            sort(&mut group.elements);
            group.text = group.elements.join(", ");
        }
        Some(format!("{open}{}{close}", group.text))
    }

    fn concerns(&self, elements: &[String]) -> bool {
        let neat = elements.iter().all(|element| !element.is_empty() && element.trim() == element);
        neat && (!self.objects_only || elements.iter().any(|element| element.contains('<')))
    }
}

fn sort(elements: &mut [String]) {
    let numbers: Option<Vec<i128>> = elements.iter().map(|element| element.parse().ok()).collect();
    if numbers.is_some() {
        elements.sort_by_cached_key(|element| element.parse::<i128>().ok());
    } else {
        elements.sort();
    }
}

#[cfg(test)]
mod tests {
    use super::super::TextKind;
    use super::super::samples::with;
    use super::set_order;

    fn value(text: &str) -> String {
        with(TextKind::Value, |context| set_order(text, context))
    }

    #[test]
    fn the_elements_of_a_set_are_sorted() {
        assert_eq!(value("{<class 'foo.B'>, <class 'foo.A'>}"), "{<class 'foo.A'>, <class 'foo.B'>}");
        assert_eq!(value("set([<C at b#2>, <C at b#1>])"), "set([<C at b#1>, <C at b#2>])");
        assert_eq!(value("frozenset({'b', 'a, c'})"), "frozenset({'a, c', 'b'})");
        assert_eq!(value("{10, 9, -1}"), "{-1, 9, 10}");
    }

    #[test]
    fn a_set_inside_something_else_is_sorted_too() {
        assert_eq!(value("[{2, 1}, {'k': {'b', 'a'}}]"), "[{1, 2}, {'k': {'a', 'b'}}]");
    }

    #[test]
    fn a_dict_and_a_list_keep_their_order() {
        for text in ["{'b': 1, 'a': 2}", "[3, 1]", "Namespace(b={}, a=1)", "{}"] {
            assert_eq!(value(text), text);
        }
    }

    #[test]
    fn what_does_not_read_as_a_repr_stays() {
        for text in ["{b, a", "b} {a", "{'b, a}", "{b, -> a}", "{b,\na}"] {
            assert_eq!(value(text), text);
        }
    }

    #[test]
    fn printed_text_is_sorted_only_where_it_shows_objects() {
        let shown = |text| with(TextKind::Printed, |context| set_order(text, context));
        assert_eq!(shown("use {b, a}\nset: {<B>, <A>}"), "use {b, a}\nset: {<A>, <B>}");
    }
}
