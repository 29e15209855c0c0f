//! Step "threads": the ident in `<Thread(Thread-1, started 1400...)>` is an address as well, and so is that in
//! `Current thread 0x00007f... (most recent call first)`, which `faulthandler` prints.

use std::sync::LazyLock;

use regex::Regex;

use super::{Context, pattern};

static STARTED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r", (started|stopped)( daemon)? -?[0-9]{5,20}\)>"));
static DUMPED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\b(Current thread|Thread) 0x[0-9a-f]{4,16}( \[[^\]\n]*\])? \("));

pub(super) fn threads(text: &str, context: &Context<'_>) -> String {
    if context.surroundings.raw_ids {
        return text.to_owned();
    }
    let text = STARTED.replace_all(text, ", $1$2 ...)>");
    DUMPED.replace_all(&text, "$1 0x...$2 (").into_owned()
}

#[cfg(test)]
mod tests {
    use super::super::TextKind;
    use super::super::samples::with;
    use super::threads;

    #[test]
    fn the_ident_of_a_thread_is_left_out() {
        let shown = with(TextKind::Value, |context| {
            threads(
                "[<_MainThread(MainThread, started 139716050680976)>, <Thread(T, started daemon 13971605)>]",
                context,
            )
        });
        assert_eq!(shown, "[<_MainThread(MainThread, started ...)>, <Thread(T, started daemon ...)>]");
    }

    #[test]
    fn the_ident_of_a_thread_whose_stack_is_dumped_is_left_out() {
        let shown = with(TextKind::Printed, |context| {
            threads(
                "Thread 0x00007f77 [worker] (most recent call first):\n\nCurrent thread 0x00007f77f0a1 (most recent",
                context,
            )
        });
        assert_eq!(
            shown,
            "Thread 0x... [worker] (most recent call first):\n\nCurrent thread 0x... (most recent"
        );
    }
}
