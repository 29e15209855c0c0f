//! What is left of an answer that differs from run to run.

use crate::trace::{Displayed, Observation, Raised, Text};

/// What stands for a line that differs.
pub(crate) const VARIES: &str = "(differs from run to run)";

/// The observation with every line that is another in any of the other runs taken out.
pub(crate) fn steady(seen: &Observation, others: &[&Observation]) -> Observation {
    let all =
        |text: fn(&Observation) -> &str| -> Vec<&str> { others.iter().map(|other| text(other)).collect() };
    let output = Text {
        stdout: common(&seen.output.stdout, &all(|other| &other.output.stdout)),
        stderr: common(&seen.output.stderr, &all(|other| &other.output.stderr)),
        dropped: seen.output.dropped,
    };
    let value = |(at, value): (usize, &Displayed)| {
        let texts: Vec<&str> =
            others.iter().map(|other| other.values.get(at).map_or("", |value| &value.text)).collect();
        Displayed { text: common(&value.text, &texts), ..value.clone() }
    };
    let raised = |raised: &Raised| {
        let texts: Vec<&str> =
            others.iter().map(|other| other.exception.as_ref().map_or("", |other| &other.text)).collect();
        let raised = Raised { text: common(&raised.text, &texts), ..raised.clone() };
        let others = others.iter().filter_map(|other| other.exception.as_ref());
        if others.clone().all(|other| other.parts() == raised.parts()) {
            return raised;
        }
        Raised { notes: vec![VARIES.to_owned()], members: Vec::new(), ..raised }
    };
    Observation {
        output,
        values: seen.values.iter().enumerate().map(value).collect(),
        exception: seen.exception.as_ref().map(raised),
        ..seen.clone()
    }
}

/// The lines that all texts have at the same place; where they have not even as many, none.
fn common(text: &str, others: &[&str]) -> String {
    let lines: Vec<&str> = text.split('\n').collect();
    let others: Vec<Vec<&str>> = others.iter().map(|other| other.split('\n').collect()).collect();
    if others.iter().any(|other| other.len() != lines.len()) {
        let end = if text.ends_with('\n') { "\n" } else { "" };
        return format!("{VARIES}{end}");
    }
    let line = |(at, line): (usize, &&str)| {
        if others.iter().all(|other| other[at] == *line) { (*line).to_owned() } else { VARIES.to_owned() }
    };
    lines.iter().enumerate().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::common;

    #[test]
    fn lines_that_differ_are_taken_out_one_by_one() {
        assert_eq!(
            common("begin\nat 12:00\nend\n", &["begin\nat 12:01\nend\n"]),
            "begin\n(differs from run to run)\nend\n"
        );
        assert_eq!(common("a", &["a", "b"]), "(differs from run to run)");
    }

    #[test]
    fn nothing_is_left_of_texts_of_another_length() {
        assert_eq!(common("a\nb\n", &["a\n"]), "(differs from run to run)\n");
    }
}
