//! Step "own frames": where a text tells of code of the probe's, it is made to tell what it would at a prompt,
//! which has no code of that kind. What is displayed is let go of by the statement, and what is behind the
//! statement goes by the name of `sys`, as the `warnings` module has it.

use std::sync::LazyLock;

use regex::Regex;

use super::{Context, pattern};

/// A line of a printed stack, of `faulthandler` as well.
static FRAME: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"^\s*File "<reload-harness>/[a-z_]+\.py", line [0-9]+,? in "#));
/// The one that displays stands for the statement whose value it is.
static DISPLAYING: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"^(\s*)File "<reload-harness>/display\.py", line [0-9]+(,?) in \w+"#));
/// What the probe was started by, which stands next to its first frame.
static START: LazyLock<Regex> = LazyLock::new(|| pattern(r#"^\s*File "<string>", line 1,? in <module>\s*$"#));
/// The source of a line in a printed stack, and what points at a part of it.
static SOURCE: LazyLock<Regex> = LazyLock::new(|| pattern(r"^    "));
static DISPLAYED: LazyLock<Regex> = LazyLock::new(|| pattern(r"<reload-harness>/display\.py:[0-9]+"));
static BEHIND: LazyLock<Regex> = LazyLock::new(|| pattern(r"<reload-harness>/[a-z_]+\.py:[0-9]+"));
static LINE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"(<reload-harness>/[a-z_]+\.py\\?["'], line )[0-9]+"#));

pub(super) fn own_frames(text: &str, _context: &Context<'_>) -> String {
    if !text.contains("<reload-harness>/") {
        return text.to_owned();
    }
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let is_own = |at: usize| lines.get(at).is_some_and(|line| FRAME.is_match(line));
    let mut kept = String::new();
    let mut at = 0;
    while at < lines.len() {
        let sources = lines[at + 1..].iter().take_while(|line| SOURCE.is_match(line)).count();
        let next = at + 1 + sources;
        let is_start = START.is_match(lines[at]) && (is_own(next) || at.checked_sub(1).is_some_and(is_own));
        if is_own(at) || is_start {
            let statement = DISPLAYING.replace(lines[at], "${1}File \"<stdin>\", line 1${2} in <module>");
            if statement != lines[at] && !kept.ends_with(&*statement) && lines.get(next) != Some(&&*statement)
            {
                kept.push_str(&statement);
            }
            at = next;
        } else {
            kept.push_str(lines[at]);
            at += 1;
        }
    }
    let kept = DISPLAYED.replace_all(&kept, "<stdin>:1");
    let kept = BEHIND.replace_all(&kept, "sys:1");
    LINE.replace_all(&kept, "${1}...").into_owned()
}

#[cfg(test)]
mod tests {
    use super::super::TextKind;
    use super::super::samples::with;
    use super::own_frames;

    fn shown(text: &str) -> String {
        with(TextKind::Printed, |context| own_frames(text, context))
    }

    #[test]
    fn a_printed_stack_begins_at_the_prompt() {
        let probe = "  File \"<string>\", line 1, in <module>\n    import sys; a = sys.argv\n    ^^^^\n  \
                     File \"<reload-harness>/probe.py\", line 373, in <module>\n  \
                     File \"<reload-harness>/run.py\", line 310, in execute\n";
        let rest =
            "  File \"<stdin>\", line 1, in <module>\n  File \"m.py\", line 13, in f\n    print_stack()\n";
        assert_eq!(shown(&format!("{probe}{rest}")), rest);
    }

    #[test]
    fn what_displays_stands_for_the_statement_once() {
        let probe = "  File \"<reload-harness>/run.py\", line 236, in run\n";
        let display = "  File \"<reload-harness>/display.py\", line 42, in show\n";
        let (statement, rest) =
            ("  File \"<stdin>\", line 1, in <module>\n", "  File \"m.py\", line 3, in f\n");
        assert_eq!(shown(&format!("{probe}{display}{rest}")), format!("{statement}{rest}"));
        assert_eq!(shown(&format!("{probe}{statement}{display}{rest}")), format!("{statement}{rest}"));
    }

    #[test]
    fn so_does_one_of_the_fault_handler_which_ends_there() {
        let rest = "  File \"m.py\", line 13 in f\n  File \"<stdin>\", line 1 in <module>\n";
        let probe = "  File \"<reload-harness>/run.py\", line 310 in execute\n  \
                     File \"<reload-harness>/probe.py\", line 373 in <module>\n  \
                     File \"<string>\", line 1 in <module>\n";
        assert_eq!(shown(&format!("{rest}{probe}")), rest);
    }

    #[test]
    fn code_that_the_scenario_has_made_of_a_string_stays() {
        let text = "  File \"<stdin>\", line 1, in <module>\n  File \"<string>\", line 1, in <module>\n";
        assert_eq!(shown(text), text);
    }

    #[test]
    fn a_warning_is_of_the_statement_or_of_what_is_behind_it() {
        assert_eq!(
            shown("<reload-harness>/display.py:42: RuntimeWarning: coroutine 'co' was never awaited\n"),
            "<stdin>:1: RuntimeWarning: coroutine 'co' was never awaited\n"
        );
        assert_eq!(shown("<reload-harness>/run.py:310: UserWarning: deep\n"), "sys:1: UserWarning: deep\n");
    }

    #[test]
    fn a_frame_that_is_displayed_has_no_line() {
        assert_eq!(
            shown("<frame at 0x..., file '<reload-harness>/run.py', line 310, code execute>"),
            "<frame at 0x..., file '<reload-harness>/run.py', line ..., code execute>"
        );
    }
}
