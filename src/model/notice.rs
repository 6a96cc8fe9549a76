//! Messages to the person: they last a while, errors until they are read.

use std::{collections::VecDeque, time::Duration};

/// How long a message that is no error stays.
const LASTS: Duration = Duration::from_secs(6);

/// How many are kept.
const KEPT: usize = 50;

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Since when, by the time since the program's start.
    pub at: Duration,
    /// How grave it is.
    pub level: NoticeLevel,
    /// The message.
    pub text: String,
}

/// How grave a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NoticeLevel {
    /// Good to know.
    Note,
    /// Something failed; it stays until it is read.
    Error,
}

/// The messages, newest last.
#[derive(Debug, Default)]
pub struct Notices {
    all: VecDeque<Notice>,
}

impl Notices {
    /// Adds one.
    pub fn push(&mut self, at: Duration, level: NoticeLevel, text: String) {
        self.all.push_back(Notice { at, level, text });
        if self.all.len() > KEPT {
            self.all.pop_front();
        }
    }

    /// The one to show at `now`: the newest error that was not read, else the newest that still lasts.
    #[must_use]
    pub fn current(&self, now: Duration) -> Option<&Notice> {
        let error = self.all.iter().rev().find(|notice| notice.level == NoticeLevel::Error);
        error.or_else(|| self.all.back().filter(|notice| now.saturating_sub(notice.at) < LASTS))
    }

    /// Marks all as read; returns whether there was one to show.
    pub fn read(&mut self, now: Duration) -> bool {
        let shown = self.current(now).is_some();
        self.all.clear();
        shown
    }
}
