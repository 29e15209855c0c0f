//! Progress on a terminal.

use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::lab::Item;

/// What is over by then needs no bar, which would only flicker.
const DELAY: Duration = Duration::from_millis(400);

/// A line on standard error that says how far something is; nothing where that is no terminal.
pub(crate) struct Bar {
    bar: ProgressBar,
    /// Shows the bar, unless it is over before.
    late: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Bar {
    pub(crate) fn new(quiet: bool) -> Self {
        let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {wide_msg}") {
            bar.set_style(style);
        }
        let late = (!quiet).then(|| {
            let (over, wait) = mpsc::channel();
            let bar = bar.clone();
            let show = move || {
                if wait.recv_timeout(DELAY) == Err(RecvTimeoutError::Timeout) {
                    bar.set_draw_target(ProgressDrawTarget::stderr());
                    bar.enable_steady_tick(Duration::from_millis(200));
                }
            };
            (over, thread::spawn(show))
        });
        Self { bar, late }
    }

    pub(crate) fn set_length(&self, length: usize) {
        self.bar.set_length(length as u64);
    }

    pub(crate) fn inc(&self) {
        self.bar.inc(1);
    }

    pub(crate) fn finish(self) {
        if let Some((over, late)) = self.late {
            drop(over);
            // A bar that could not be shown is no reason to fail.
            let _ = late.join();
        }
        self.bar.finish_and_clear();
    }
}

/// How far the runs are.
pub(crate) struct Progress {
    bar: Bar,
}

impl Progress {
    pub(crate) fn new(runs: usize, quiet: bool) -> Self {
        let bar = Bar::new(quiet);
        bar.set_length(runs);
        Self { bar }
    }

    /// Another run is over.
    pub(crate) fn advance(&self, item: &Item<'_>) {
        self.bar.bar.set_message(format!("{}@{}", item.scenario.name, item.interpreter.tag));
        self.bar.inc();
    }

    /// Writes to the terminal without the line in between.
    pub(crate) fn suspend<T>(&self, write: impl FnOnce() -> T) -> T {
        self.bar.bar.suspend(write)
    }

    pub(crate) fn finish(self) {
        self.bar.finish();
    }
}
