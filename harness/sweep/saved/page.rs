//! A finding as Markdown.

use std::path::Path;

use super::case::Case;
use super::{Page, settings};
use crate::scenario::{Scenario, Step};

/// The page that has these steps.
pub(super) fn page(scenario: &Scenario, case: &Case, steps: &[Step]) -> Page {
    let mut parts = vec![
        format!("# {}: {}", scenario.title, case.outcome),
        format!("A sweep of `{}` has found this: {}.", scenario.name, case.words()),
    ];
    parts.extend(settings(&scenario.settings).map(|settings| fenced("toml", &settings)));
    let (mut files, mut transcript) = (Vec::new(), Vec::new());
    for step in steps {
        match step {
            Step::Write(write) if write.line.is_none() => {
                files.push((write.path.clone(), write.content.clone()));
            }
            Step::Write(write) => {
                close(&mut transcript, &mut parts);
                let content = String::from_utf8_lossy(&write.content);
                let is_source = Path::new(write.path.as_str()).extension().is_some_and(|kind| kind == "py");
                let language = if is_source { "python" } else { "text" };
                let content = content.strip_suffix('\n').unwrap_or(&content);
                parts.push(format!("`{}`:", write.path));
                parts.push(fenced(language, content));
            }
            Step::Statement(statement) => {
                let prompts = [">>> "].into_iter().chain(std::iter::repeat("... "));
                transcript.extend(
                    statement.source.lines().zip(prompts).map(|(line, prompt)| format!("{prompt}{line}")),
                );
            }
        }
    }
    close(&mut transcript, &mut parts);
    Page { text: parts.join("\n\n") + "\n", files }
}

fn close(transcript: &mut Vec<String>, parts: &mut Vec<String>) {
    if !transcript.is_empty() {
        parts.push(fenced("pycon", &transcript.join("\n")));
        transcript.clear();
    }
}

/// A block whose fence is longer than any that is in it.
fn fenced(language: &str, content: &str) -> String {
    let mut longest = 2;
    let mut run = 0;
    for character in content.chars() {
        run = if character == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    let fence = "`".repeat(longest + 1);
    match content {
        "" => format!("{fence}{language}\n{fence}"),
        content => format!("{fence}{language}\n{content}\n{fence}"),
    }
}

#[cfg(test)]
mod tests {
    use super::fenced;

    #[test]
    fn a_fence_is_longer_than_any_that_it_holds() {
        assert_eq!(fenced("python", "x = 1"), "```python\nx = 1\n```");
        assert_eq!(fenced("text", "````"), "`````text\n````\n`````");
        assert_eq!(fenced("python", ""), "```python\n```");
    }
}
