//! Step "library lines": in a printed traceback, lines of the standard library and of packages lose their
//! number, which changes with every patch release. Those of the workspace stay, and so does `<stdin>`.

use std::sync::LazyLock;

use regex::Regex;

use super::{Context, pattern};

static LINE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"(File "(?:<prefix>/|<packages>/|<frozen )[^"\n]*", line )[0-9]+"#));

pub(super) fn library_lines(text: &str, _context: &Context<'_>) -> String {
    LINE.replace_all(text, "${1}...").into_owned()
}

#[cfg(test)]
mod tests {
    use super::super::TextKind;
    use super::super::samples::with;
    use super::library_lines;

    fn shown(text: &str) -> String {
        with(TextKind::Printed, |context| library_lines(text, context))
    }

    #[test]
    fn a_line_of_the_library_loses_its_number() {
        assert_eq!(
            shown("  File \"<prefix>/lib/python/threading.py\", line 1045, in run"),
            "  File \"<prefix>/lib/python/threading.py\", line ..., in run"
        );
        assert_eq!(shown("File \"<packages>/six.py\", line 4"), "File \"<packages>/six.py\", line ...");
        assert_eq!(
            shown("File \"<frozen importlib._bootstrap>\", line 241, in _call"),
            "File \"<frozen importlib._bootstrap>\", line ..., in _call"
        );
    }

    #[test]
    fn a_line_of_the_workspace_and_of_the_prompt_stays() {
        let text = "File \"foo.py\", line 9, in foo\nFile \"<stdin>\", line 1, in <module>";
        assert_eq!(shown(text), text);
    }
}
