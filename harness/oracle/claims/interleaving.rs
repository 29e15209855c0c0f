//! What a terminal shows in one stream and a step's event has in three: what is written to standard output and
//! to standard error, and the values that are displayed.

use std::collections::HashSet;

use super::numbers::Numbers;
use super::shown_line;
use crate::trace::Observation;

/// How many places a search comes to. A claim that takes more does not hold.
const PLACES: usize = 10_000;

/// Lines of three streams, of which only those within one stream have an order.
#[derive(Debug)]
pub(super) struct Streams<'o>([Vec<&'o str>; 3]);

/// How far a claim is found in the streams.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Place {
    /// How many lines of the claim are behind it.
    line: usize,
    /// How many pieces of the next line, which ellipses part, are behind it.
    piece: usize,
    /// How many lines of each stream are.
    read: [usize; 3],
    /// What the numbers up to here stand for.
    numbers: Numbers,
}

impl<'o> Streams<'o> {
    /// Those of a step.
    pub(super) fn of(observation: &'o Observation, with_stderr: bool) -> Self {
        let lines = |text: &'o str| text.lines().map(shown_line).collect();
        let stderr = if with_stderr { observation.output.stderr.as_str() } else { "" };
        let values = observation.values.iter().flat_map(|value| value.text.split('\n'));
        Self([lines(&observation.output.stdout), lines(stderr), values.map(shown_line).collect()])
    }

    /// What the numbers stand for where the streams are a claim in some order; none where in no order they are.
    pub(super) fn take(&self, claimed: &str, numbers: &Numbers) -> Option<Numbers> {
        let claimed: Vec<Vec<&str>> = claimed.lines().map(|line| line.split("...").collect()).collect();
        let start = Place { line: 0, piece: 0, read: [0; 3], numbers: numbers.clone() };
        let mut known = HashSet::from([start.clone()]);
        let mut open = vec![start];
        while let Some(place) = open.pop() {
            let Some(pieces) = claimed.get(place.line) else {
                if self.is_read(&place) {
                    return Some(place.numbers);
                }
                continue;
            };
            for next in self.after(&place, pieces) {
                if known.len() < PLACES && known.insert(next.clone()) {
                    open.push(next);
                }
            }
        }
        None
    }

    /// Whether nothing follows but the empty lines at the end, which count nowhere.
    fn is_read(&self, place: &Place) -> bool {
        let mut rest = self.0.iter().zip(place.read).flat_map(|(lines, read)| &lines[read..]);
        rest.all(|line| line.is_empty())
    }

    /// The places to which one more line of a stream leads: behind the claim's line, or to within an ellipsis of
    /// it, which goes on in the next line.
    fn after(&self, place: &Place, pieces: &[&str]) -> Vec<Place> {
        let opening = if place.piece > 0 { "..." } else { "" };
        let upto = |end: usize| pieces[place.piece..end].join("...");
        let whole = (place.line + 1, 0, format!("{opening}{}", upto(pieces.len())));
        let within = (place.piece.max(1)..pieces.len())
            .map(|end| (place.line, end, format!("{opening}{}...", upto(end))));
        let ways: Vec<_> = within.chain([whole]).collect();
        let mut places = Vec::new();
        for (stream, lines) in self.0.iter().enumerate() {
            let Some(observed) = lines.get(place.read[stream]) else { continue };
            for (line, piece, text) in &ways {
                let mut next = Place { line: *line, piece: *piece, ..place.clone() };
                next.read[stream] += 1;
                if next.numbers.take(text, observed).is_ok() {
                    places.push(next);
                }
            }
        }
        places
    }
}
