//! Finds the probe's frames and marks in streams on which anything else may have been written too.
//!
//! A frame is `@NONCE:LENGTH`, a newline, that many bytes, a newline, `NONCE`, a newline. A mark is
//! `@NONCE:STEP` and a newline. A pipe cannot be overwritten, only written to in between, so a
//! header with the nonce and the nonce again where the length says are enough to know a frame that
//! is whole.

use std::mem;

/// Bytes that one frame may have; a length beyond it was not written by the probe.
const FRAME_LIMIT: usize = 64 << 20;
/// Digits that a length or a step may have.
const DIGITS: usize = 12;

/// Cuts frames out of the protocol's stream.
#[derive(Debug)]
pub(super) struct Decoder {
    start: Vec<u8>,
    end: Vec<u8>,
    buffer: Vec<u8>,
    garbage: usize,
}

impl Decoder {
    /// For the frames with this nonce.
    pub(super) fn new(nonce: &str) -> Self {
        Self {
            start: format!("@{nonce}:").into_bytes(),
            end: format!("\n{nonce}\n").into_bytes(),
            buffer: Vec::new(),
            garbage: 0,
        }
    }

    /// Takes in what was read.
    pub(super) fn feed(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// The next whole frame's payload.
    pub(super) fn next_frame(&mut self) -> Option<Vec<u8>> {
        loop {
            let Some(at) = find(&self.buffer, &self.start) else {
                // The last bytes may be the beginning of a header.
                let kept = partial(&self.buffer, &self.start);
                self.discard(self.buffer.len() - kept);
                return None;
            };
            self.discard(at);
            match read_number(&self.buffer[self.start.len()..]) {
                Number::Incomplete => return None,
                Number::Is(length, digits) if length <= FRAME_LIMIT => {
                    let from = self.start.len() + digits;
                    let to = from + length;
                    let end = self.buffer.get(to..to + self.end.len())?;
                    if end == self.end {
                        let payload = self.buffer[from..to].to_vec();
                        self.buffer.drain(..to + self.end.len());
                        return Some(payload);
                    }
                    self.discard(1);
                }
                _ => self.discard(1),
            }
        }
    }

    /// Bytes that were no part of a frame, since the last call; an unfinished frame counts only
    /// once `finished` says that nothing more will come.
    pub(super) fn take_garbage(&mut self, finished: bool) -> usize {
        if finished {
            self.discard(self.buffer.len());
        }
        mem::take(&mut self.garbage)
    }

    fn discard(&mut self, count: usize) {
        self.garbage += count;
        self.buffer.drain(..count);
    }
}

/// Cuts one of the two output streams into what each step wrote.
#[derive(Debug)]
pub(super) struct Splitter {
    start: Vec<u8>,
    cap: usize,
    pending: Vec<u8>,
    dropped: u64,
    done: Vec<(usize, Vec<u8>, u64)>,
}

impl Splitter {
    /// Keeps at most `cap` bytes a step.
    pub(super) fn new(nonce: &str, cap: usize) -> Self {
        let start = format!("@{nonce}:").into_bytes();
        Self { start, cap, pending: Vec::new(), dropped: 0, done: Vec::new() }
    }

    /// Takes in what was read.
    pub(super) fn feed(&mut self, bytes: &[u8]) {
        let mut searched = self.pending.len().saturating_sub(self.start.len() + DIGITS);
        self.pending.extend_from_slice(bytes);
        while let Some(at) = find(&self.pending[searched..], &self.start).map(|at| at + searched) {
            match read_number(&self.pending[at + self.start.len()..]) {
                Number::Incomplete => return,
                Number::Invalid => searched = at + 1,
                Number::Is(step, digits) => {
                    let rest = self.pending.split_off(at + self.start.len() + digits);
                    self.pending.truncate(at);
                    self.limit(0);
                    let written = mem::replace(&mut self.pending, rest);
                    self.done.push((step, written, mem::take(&mut self.dropped)));
                    searched = 0;
                }
            }
        }
        self.limit(self.start.len() + DIGITS);
    }

    /// What each step wrote, as (step, bytes, how many more were dropped), since the last call.
    pub(super) fn take(&mut self) -> Vec<(usize, Vec<u8>, u64)> {
        mem::take(&mut self.done)
    }

    /// What came after the last mark.
    pub(super) fn take_rest(&mut self) -> (Vec<u8>, u64) {
        self.limit(0);
        (mem::take(&mut self.pending), mem::take(&mut self.dropped))
    }

    /// Drops what is beyond the cap, but for a tail that may hold the beginning of a mark.
    fn limit(&mut self, tail: usize) {
        if self.pending.len() > self.cap + tail {
            let surplus = self.pending.len() - self.cap - tail;
            self.pending.drain(self.cap..self.cap + surplus);
            self.dropped += surplus as u64;
        }
    }
}

enum Number {
    Is(usize, usize),
    Incomplete,
    Invalid,
}

/// A decimal number and the newline after it, and how many bytes both take.
fn read_number(bytes: &[u8]) -> Number {
    let digits = bytes.iter().take(DIGITS).take_while(|byte| byte.is_ascii_digit()).count();
    let text = std::str::from_utf8(&bytes[..digits]).unwrap_or_default();
    match (bytes.get(digits), text.parse()) {
        (None, _) if digits < DIGITS => Number::Incomplete,
        (Some(b'\n'), Ok(number)) => Number::Is(number, digits + 1),
        _ => Number::Invalid,
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    let first = *needle.first()?;
    let mut from = 0;
    while let Some(at) = haystack.get(from..)?.iter().position(|byte| *byte == first).map(|at| at + from) {
        if haystack[at..].starts_with(needle) {
            return Some(at);
        }
        from = at + 1;
    }
    None
}

/// How many bytes at the end may be the beginning of `needle`.
fn partial(haystack: &[u8], needle: &[u8]) -> usize {
    let most = needle.len().saturating_sub(1).min(haystack.len());
    (1..=most).rev().find(|length| haystack.ends_with(&needle[..*length])).unwrap_or(0)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn frame(payload: &[u8]) -> Vec<u8> {
        [format!("@abc:{}\n", payload.len()).as_bytes(), payload, b"\nabc\n"].concat()
    }

    #[test]
    fn frames_come_out_however_they_were_cut() {
        let stream = [frame(b"one"), frame(b""), frame(b"@abc:3\n")].concat();
        for cut in 0..stream.len() {
            let mut decoder = Decoder::new("abc");
            let mut frames = Vec::new();
            for part in [&stream[..cut], &stream[cut..]] {
                decoder.feed(part);
                frames.extend(std::iter::from_fn(|| decoder.next_frame()));
            }
            assert_eq!(frames, [b"one".to_vec(), b"".to_vec(), b"@abc:3\n".to_vec()]);
            assert_eq!(decoder.take_garbage(true), 0);
        }
    }

    #[test]
    fn what_is_written_between_two_frames_is_garbage() {
        let mut decoder = Decoder::new("abc");
        decoder.feed(&[frame(b"one"), b"@abc:hello@a".to_vec(), frame(b"two")].concat());
        assert_eq!(decoder.next_frame().unwrap(), b"one");
        assert_eq!(decoder.next_frame().unwrap(), b"two");
        assert_eq!(decoder.take_garbage(true), 12);
    }

    #[test]
    fn a_frame_that_was_written_into_is_garbage_and_the_next_one_is_found() {
        let mut decoder = Decoder::new("abc");
        let mut torn = frame(b"{\"step\":1}");
        torn.splice(9..9, *b"xyz");
        decoder.feed(&[torn, frame(b"two")].concat());
        assert_eq!(decoder.next_frame().unwrap(), b"two");
        assert!(decoder.take_garbage(true) > 0);
    }

    #[test]
    fn a_length_beyond_reason_is_garbage() {
        let mut decoder = Decoder::new("abc");
        decoder.feed(&[b"@abc:99999999999\n".to_vec(), frame(b"one")].concat());
        assert_eq!(decoder.next_frame().unwrap(), b"one");
    }

    #[test]
    fn marks_cut_a_stream_by_step() {
        let mut splitter = Splitter::new("abc", 100);
        for byte in b"one\n@abc:0\n@abc:1\ntwo@abc:2\nrest" {
            splitter.feed(&[*byte]);
        }
        let expected = [(0, b"one\n".to_vec(), 0), (1, Vec::new(), 0), (2, b"two".to_vec(), 0)];
        assert_eq!(splitter.take(), expected);
        assert_eq!(splitter.take_rest(), (b"rest".to_vec(), 0));
    }

    #[test]
    fn a_flood_is_cut_and_counted() {
        let mut splitter = Splitter::new("abc", 10);
        for _ in 0..100 {
            splitter.feed(&[b'x'; 1000]);
        }
        splitter.feed(b"@abc:0\nok@abc:1\n");
        assert_eq!(splitter.take(), [(0, vec![b'x'; 10], 99_990), (1, b"ok".to_vec(), 0)]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]

        #[test]
        fn no_bytes_make_a_decoder_panic_or_invent_a_frame(bytes in proptest::collection::vec(
            prop_oneof![Just(b'@'), Just(b'a'), Just(b'b'), Just(b'c'), Just(b':'), Just(b'\n'), Just(b'3'), any::<u8>()],
            0..300,
        )) {
            let mut decoder = Decoder::new("abc");
            decoder.feed(&bytes);
            let mut framed = 0;
            while let Some(payload) = decoder.next_frame() {
                framed += frame(&payload).len();
            }
            prop_assert_eq!(framed + decoder.take_garbage(true), bytes.len());
        }

        #[test]
        fn frames_survive_any_garbage_between_them(noise in proptest::collection::vec(any::<u8>(), 0..80)) {
            let mut decoder = Decoder::new("0123456789abcdef");
            let whole = b"@0123456789abcdef:5\nhello\n0123456789abcdef\n";
            decoder.feed(&[&noise[..], &whole[..], &noise[..], &whole[..]].concat());
            prop_assert_eq!(decoder.next_frame(), Some(b"hello".to_vec()));
            prop_assert_eq!(decoder.next_frame(), Some(b"hello".to_vec()));
        }
    }
}
