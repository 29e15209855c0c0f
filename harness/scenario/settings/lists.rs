//! The settings that are lists.

use std::ops::Range;

use super::read::{Reader, Value};
use super::requirement::{self, Required};

impl Reader<'_, '_> {
    pub(super) fn tags(&mut self, value: &Value<'_>) {
        let Some(tags) = value.get_ref().as_array() else {
            let problem = self.mistyped(value, "`tags` is an array of words, such as [\"super\"]");
            return self.problems.push(problem);
        };
        let mut seen: Vec<(String, Range<usize>)> = Vec::new();
        for value in tags {
            let Some(tag) = self.typed::<String>(value, "a tag is a string") else { continue };
            if !is_word(&tag) {
                let problem = self.problem(value.span(), format!("`{tag}` is no tag"));
                let help = "a tag begins with a lowercase letter; digits, `-` and `_` may follow".to_owned();
                self.problems.push(problem.help(help));
            } else if let Some((_, first)) = seen.iter().find(|(earlier, _)| *earlier == tag) {
                let problem = self.problem(value.span(), format!("the tag `{tag}` is there twice"));
                let first = self.place(first);
                self.problems.push(problem.label("again").context(first, "first here"));
            } else {
                seen.push((tag, value.span()));
            }
        }
        self.settings.tags = seen.into_iter().map(|(tag, _)| tag).collect();
    }

    pub(super) fn requires(&mut self, value: &Value<'_>) {
        let Some(requires) = value.get_ref().as_array() else {
            let expected = "`requires` is an array of packages, such as [\"pydantic==2.9.2\"]";
            let problem = self.mistyped(value, expected);
            return self.problems.push(problem);
        };
        let mut seen: Vec<(Required, Range<usize>)> = Vec::new();
        for value in requires {
            let Some(text) = self.typed::<String>(value, "a requirement is a string") else { continue };
            match requirement::read(&text) {
                Err(flaw) => self.flaw(value, &text, flaw),
                Ok(package) => {
                    if let Some((_, first)) = seen.iter().find(|(earlier, _)| *earlier == package) {
                        let message = format!("`{}` is required twice", package.name);
                        let first = self.place(first);
                        let problem = self.problem(value.span(), message).label("again");
                        self.problems.push(problem.context(first, "first here"));
                    } else {
                        seen.push((package, value.span()));
                        self.settings.requires.push(text.trim().to_owned());
                    }
                }
            }
        }
    }
}

fn is_word(tag: &str) -> bool {
    tag.starts_with(|c: char| c.is_ascii_lowercase())
        && tag.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_'))
}
