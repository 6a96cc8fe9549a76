//! stacktop's own messages, for the diagnostics pane.

use log::{LevelFilter, Log, Metadata, Record};
use tui_logger::Drain;

/// Feeds tui-logger without its own thread, which would wake a hundred times a second; the event loop moves the
/// messages on when it draws.
struct Diagnostics {
    drain: Drain,
}

impl Log for Diagnostics {
    /// bollard logs whole answers, with environments in them, below warnings: never.
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        let ours = metadata.target().starts_with("stacktop");
        metadata.level() <= if ours { LevelFilter::Debug } else { LevelFilter::Warn }
    }

    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) {
            self.drain.log(record);
        }
    }

    fn flush(&self) {}
}

/// Collects messages from here on. A second call does nothing.
pub fn start() {
    let logger = Box::new(Diagnostics { drain: Drain::new() });
    if log::set_boxed_logger(logger).is_ok() {
        log::set_max_level(LevelFilter::Debug);
        tui_logger::set_default_level(LevelFilter::Debug);
    }
}

/// Moves messages to where the pane reads them.
pub(super) fn collect() {
    tui_logger::move_events();
}
