//! The source in the order in which a person reads it, with the lines that have places.

use std::path::Path;

use crate::scenario::{Scenario, Step};
use crate::trace::Place;

/// A line of the source, in one of the code objects that are on it: a lambda or a method of one line, a generator
/// expression and the code about it have a spot each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// Where it is, and what stands there.
    pub place: Place,
    /// The step whose statement it is, for a line of the transcript.
    pub step: Option<usize>,
}

/// A piece of source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// `foo.py`, `edit foo.py`, or nothing for a part of the transcript.
    pub title: String,
    /// Its lines.
    pub lines: Vec<Line>,
}

/// A line of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// 1-based, in the file; nothing in a transcript.
    pub number: Option<usize>,
    /// As it stands there, with its prompt.
    pub text: String,
    /// Which of the spots are on it; none if it has no places.
    pub spots: Vec<usize>,
}

impl Spot {
    /// By which its line is known, whichever code object it is of.
    pub fn line(&self) -> impl Ord + '_ {
        let Place { file, line, markdown, .. } = &self.place;
        // A function of one line at the prompt and the statement that defines it are in no file, but on one line.
        (*markdown, markdown.is_none().then_some((file, line, self.step)))
    }
}

impl Listing {
    fn has_spots(&self) -> bool {
        self.lines.iter().any(|line| !line.spots.is_empty())
    }
}

/// The files and the transcript of a scenario, in the order in which they stand, less those without
/// places.
pub(super) fn of_scenario(scenario: &Scenario, spots: &[Spot]) -> Vec<Listing> {
    let mut listings: Vec<Listing> = Vec::new();
    let mut in_transcript = false;
    for (number, step) in scenario.steps.iter().enumerate() {
        match step {
            Step::Write(write) => {
                in_transcript = false;
                let title = if write.edit { format!("edit {}", write.path) } else { write.path.to_string() };
                let text = String::from_utf8_lossy(&write.content);
                let lines = text.lines().enumerate().map(|(at, text)| Line {
                    number: Some(at + 1),
                    text: text.to_owned(),
                    spots: write.line.map_or_else(Vec::new, |first| {
                        those(spots, |spot| spot.place.markdown == Some(first + at))
                    }),
                });
                listings.push(Listing { title, lines: lines.collect() });
            }
            Step::Statement(statement) => {
                if !in_transcript {
                    listings.push(Listing { title: String::new(), lines: Vec::new() });
                    in_transcript = true;
                }
                let lines = statement.source.lines().enumerate().map(|(at, text)| {
                    let is_here = |spot: &Spot| {
                        spot.place.markdown == Some(statement.line + at)
                            && spot.step.is_none_or(|step| step == number)
                    };
                    let prompt = if at == 0 { ">>> " } else { "... " };
                    Line { number: None, text: format!("{prompt}{text}"), spots: those(spots, is_here) }
                });
                listings.last_mut().map(|listing| listing.lines.extend(lines)).unwrap_or_default();
            }
        }
    }
    listings.retain(Listing::has_spots);
    listings
}

fn those(spots: &[Spot], is_one: impl Fn(&Spot) -> bool) -> Vec<usize> {
    (0..spots.len()).filter(|number| is_one(&spots[*number])).collect()
}

/// The files of a program that have places. `read` gives the lines of one.
pub(super) fn of_files(spots: &[Spot], mut read: impl FnMut(&Path) -> Vec<String>) -> Vec<Listing> {
    let mut files: Vec<&str> = Vec::new();
    for spot in spots {
        if !files.contains(&spot.place.file.as_str()) {
            files.push(&spot.place.file);
        }
    }
    files.sort_unstable();
    let listing = |file: &str| Listing {
        title: file.to_owned(),
        lines: read(Path::new(file))
            .into_iter()
            .enumerate()
            .map(|(at, text)| Line {
                number: Some(at + 1),
                text,
                spots: those(spots, |spot| spot.place.file == file && spot.place.line == at + 1),
            })
            .collect(),
    };
    files.into_iter().map(listing).filter(Listing::has_spots).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::Origin;

    fn spot(line: usize, function: &str) -> Spot {
        let place = Place {
            file: "foo.py".to_owned(),
            line,
            function: function.to_owned(),
            origin: Origin::Scenario,
            source: None,
            markdown: None,
        };
        Spot { place, step: None }
    }

    #[test]
    fn a_line_has_the_spots_of_all_code_objects_on_it() {
        let spots = [spot(1, "<module>"), spot(2, "<module>"), spot(1, "<lambda>")];
        let listings = of_files(&spots, |_| vec![String::new(); 3]);
        let lines: Vec<&[usize]> = listings[0].lines.iter().map(|line| &line.spots[..]).collect();
        assert_eq!(lines, [&[0, 2][..], &[1], &[]]);
        assert!(spots[0].line() == spots[2].line() && spots[0].line() != spots[1].line());
    }

    #[test]
    fn a_function_of_the_prompt_is_on_the_line_of_the_statement_that_defines_it() {
        let at =
            |markdown, step| Spot { place: Place { markdown: Some(markdown), ..spot(1, "f").place }, step };
        let (statement, function, next) = (at(9, Some(3)), at(9, None), at(12, Some(4)));
        assert!(statement.line() == function.line() && statement.line() != next.line());
    }
}
