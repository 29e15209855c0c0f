//! An exception: what it is, where it came through, what it came from.

use crate::report::lines::of_text;
use crate::trace::{Link, Origin, Place, Raised, is_exhaustion};
use crate::worker::Relation;

/// The lines of an exception, the frames indented.
pub(super) fn lines(raised: &Raised) -> Vec<String> {
    let mut lines = headed(&raised.name, &raised.text);
    lines.extend(frames(raised).iter().map(|frame| format!("    {frame}")));
    lines.extend(raised.parts().iter().map(|part| format!("    {part}")));
    for link in collapse(&raised.chain.iter().map(chained).collect::<Vec<_>>()).lines {
        lines.extend(link.split('\n').map(|line| format!("    {line}")));
    }
    lines
}

fn headed(name: &str, text: &str) -> Vec<String> {
    if text.is_empty() { vec![name.to_owned()] } else { of_text(&format!("{name}: {text}"), 0) }
}

fn chained(link: &Link) -> String {
    let relation = match link.relation {
        Relation::Cause => "caused by",
        Relation::Context => "while handling",
    };
    headed(&format!("{relation} {}", link.name), &link.text).join("\n")
}

fn frames(raised: &Raised) -> Vec<String> {
    // `dropped` stands between the halves.
    let halves = match raised.dropped {
        0 => raised.frames.split_at(raised.frames.len()),
        _ => raised.frames.split_at(raised.frames.len().div_ceil(2)),
    };
    let shown = |half: &[Place]| half.iter().filter_map(frame).collect::<Vec<_>>();
    let (first, second) = (shown(halves.0), shown(halves.1));
    let mut collapsed = collapse(&first);
    // Where in its cycle an endless recursion ends depends on how deep the stack may be.
    if is_exhaustion(&raised.text)
        && let Some(end) = collapsed.cycle_ends
    {
        collapsed.lines.truncate(end);
        return collapsed.lines;
    }
    if raised.dropped > 0 {
        let cycle = collapsed.open.take();
        if cycle.is_none() {
            collapsed.lines.push("... more frames".to_owned());
        }
        let cycle = cycle.unwrap_or_default();
        let tail = second.iter().position(|line| !cycle.contains(line)).unwrap_or(second.len());
        collapsed.lines.extend(collapse(&second[tail..]).lines);
    }
    collapsed.lines
}

/// The step's own frame says nothing, and the import system's are only there where it is written
/// in Python. Line numbers of the library change with every patch release.
fn frame(place: &Place) -> Option<String> {
    match place.origin {
        Origin::Statement | Origin::Import => None,
        Origin::Library => Some(format!("{} in {}", place.file, place.function)),
        Origin::Scenario => {
            let source = place.source.as_ref().map(|source| format!(": {source}")).unwrap_or_default();
            Some(format!("{}:{} in {}{source}", place.file, place.line, place.function))
        }
    }
}

/// Lines of which repeating ones are shown once.
#[derive(Debug, Default)]
struct Collapsed {
    lines: Vec<String>,
    /// Where the first repetition ends among `lines`.
    cycle_ends: Option<usize>,
    /// The cycle that went on up to the end.
    open: Option<Vec<String>>,
}

/// How many times in a row lines must stand to be called repeated.
const TIMES: usize = 3;
/// The longest cycle looked for: comparing is quadratic in it.
const LONGEST: usize = 64;

fn collapse(lines: &[String]) -> Collapsed {
    let mut collapsed = Collapsed::default();
    let mut at = 0;
    while at < lines.len() {
        collapsed.open = None;
        let Some(period) = period(&lines[at..]) else {
            collapsed.lines.push(lines[at].clone());
            at += 1;
            continue;
        };
        let cycle = &lines[at..at + period];
        let length =
            lines[at..].iter().zip(cycle.iter().cycle()).take_while(|(one, other)| one == other).count();
        collapsed.lines.extend_from_slice(cycle);
        collapsed.lines.push(match period {
            1 => "the last line repeated".to_owned(),
            _ => format!("the last {period} lines repeated"),
        });
        collapsed.cycle_ends.get_or_insert(collapsed.lines.len());
        at += length;
        collapsed.open = Some(cycle.to_vec());
    }
    collapsed
}

/// After how many lines the lines repeat.
fn period(lines: &[String]) -> Option<usize> {
    (1..=LONGEST.min(lines.len() / TIMES))
        .find(|period| (*period..period * TIMES).all(|at| lines[at] == lines[at - period]))
}

#[cfg(test)]
mod tests {
    use super::lines;
    use crate::trace::{Link, Member, Origin, Place, Raised};
    use crate::worker::Relation;

    fn place(function: &str) -> Place {
        Place {
            file: "foo.py".to_owned(),
            line: 3,
            function: function.to_owned(),
            origin: Origin::Scenario,
            source: Some("again()".to_owned()),
            markdown: None,
        }
    }

    fn raised(text: &str, functions: &[&str], dropped: u64) -> Raised {
        Raised {
            name: "RuntimeError".to_owned(),
            text: text.to_owned(),
            frames: functions.iter().map(|function| place(function)).collect(),
            dropped,
            notes: Vec::new(),
            members: Vec::new(),
            chain: Vec::new(),
        }
    }

    fn functions(raised: &Raised) -> Vec<String> {
        lines(raised)[1..]
            .iter()
            .map(|line| line.trim().replace("foo.py:3 in ", "").replace(": again()", ""))
            .collect()
    }

    #[test]
    fn endless_recursion_is_one_cycle_wherever_it_ends() {
        let text = "maximum recursion depth exceeded";
        let expected = ["main", "a", "b", "the last 2 lines repeated"];
        let even = raised(text, &["main", "a", "b", "a", "b", "a", "b"], 0);
        let odd = raised(text, &["main", "a", "b", "a", "b", "a", "b", "a", "inner"], 0);
        let cut =
            raised(text, &["main", "a", "b", "a", "b", "a", "b", "b", "a", "b", "a", "x", "y", "z"], 900);
        for raised in [even, odd, cut] {
            assert_eq!(functions(&raised), expected);
        }
    }

    #[test]
    fn a_recursion_that_ends_shows_where() {
        let deep = raised("found", &["main", "a", "a", "a", "a", "inner"], 0);
        assert_eq!(functions(&deep), ["main", "a", "the last line repeated", "inner"]);
        let deeper = raised("found", &["main", "a", "a", "a", "a", "a", "a", "inner"], 500);
        assert_eq!(functions(&deeper), ["main", "a", "the last line repeated", "inner"]);
    }

    #[test]
    fn frames_left_out_of_no_cycle_are_told_of() {
        let raised = raised("found", &["a", "b", "c", "d"], 7);
        assert_eq!(functions(&raised), ["a", "b", "... more frames", "c", "d"]);
    }

    #[test]
    fn frames_of_the_library_have_no_line_and_those_of_the_import_system_are_left_out() {
        let mut raised = raised("x", &["a", "b", "c", "d"], 0);
        raised.frames[0].origin = Origin::Statement;
        raised.frames[1].origin = Origin::Import;
        raised.frames[2].origin = Origin::Library;
        raised.frames[2].file = "<prefix>/lib/python/abc.py".to_owned();
        assert_eq!(
            lines(&raised)[1..],
            ["    <prefix>/lib/python/abc.py in c", "    foo.py:3 in d: again()"]
        );
    }

    #[test]
    fn a_chain_is_told_below_the_frames() {
        let mut raised = raised("two\nlines", &["a"], 0);
        let link =
            |relation, text: &str| Link { relation, name: "KeyError".to_owned(), text: text.to_owned() };
        raised.chain = vec![link(Relation::Cause, "'a'"), link(Relation::Context, "")];
        assert_eq!(
            lines(&raised),
            [
                "RuntimeError: two",
                "lines",
                "    foo.py:3 in a: again()",
                "    caused by KeyError: 'a'",
                "    while handling KeyError"
            ]
        );
    }

    #[test]
    fn notes_and_sub_exceptions_are_told_below_the_frames() {
        let member = |text: &str, members| Member {
            name: "KeyError".to_owned(),
            text: text.to_owned(),
            notes: vec!["two\nlines".to_owned()],
            members,
        };
        let mut raised = raised("g", &["a"], 0);
        raised.notes = vec!["seen".to_owned()];
        raised.members = vec![member("'a'", vec![member("", Vec::new())])];
        assert_eq!(
            lines(&raised)[2..],
            [
                "    note: seen",
                "    sub-exception KeyError: 'a'",
                "        note: two",
                "        lines",
                "        sub-exception KeyError",
                "            note: two",
                "            lines"
            ]
        );
    }
}
