//! Step "recursion": what `CPython` adds to `maximum recursion depth exceeded` (`while calling a
//! Python object`, `in comparison`) depends on how deep the stack was at the start, and so on how
//! the interpreter is hosted.

use std::sync::LazyLock;

use regex::Regex;

use super::{Context, pattern};

static EXCEEDED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(maximum recursion depth exceeded)(?: while calling a Python object| in comparison| in cmp| in __\w+__| while getting the (?:str|repr) of an? \w+)+",
    )
});

pub(super) fn recursion(text: &str, _context: &Context<'_>) -> String {
    EXCEEDED.replace_all(text, "$1").into_owned()
}

/// Whether an exception's text says that the stack was used up.
pub(crate) fn is_exhaustion(text: &str) -> bool {
    text.starts_with("maximum recursion depth exceeded")
}

#[cfg(test)]
mod tests {
    use super::super::TextKind;
    use super::super::samples::with;
    use super::recursion;

    #[test]
    fn where_the_stack_ran_out_is_left_out() {
        for end in ["", " while calling a Python object", " in comparison", " in __instancecheck__"] {
            let text = format!("maximum recursion depth exceeded{end}");
            let shown = with(TextKind::Printed, |context| recursion(&text, context));
            assert_eq!(shown, "maximum recursion depth exceeded");
        }
    }
}
