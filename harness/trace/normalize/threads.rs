//! Step "threads": the ident in `<Thread(Thread-1, started 1400...)>` is an address as well.

use std::sync::LazyLock;

use regex::Regex;

use super::{Context, pattern};

static STARTED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r", (started|stopped)( daemon)? -?[0-9]{5,20}\)>"));

pub(super) fn threads(text: &str, context: &Context<'_>) -> String {
    if context.surroundings.raw_ids {
        return text.to_owned();
    }
    STARTED.replace_all(text, ", $1$2 ...)>").into_owned()
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
}
