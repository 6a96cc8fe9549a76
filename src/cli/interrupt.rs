//! Ctrl-C: it ends what only reads, and asks what changes things to stop: after its slot, after its
//! step, at once.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::command::{Halt, Wish};

/// What Ctrl-C does at the moment. Clones are the same.
#[derive(Clone, Debug, Default)]
pub struct Interrupt {
    work: Arc<Mutex<Option<Work>>>,
}

/// Work that must not be torn off.
#[derive(Debug)]
struct Work {
    halt: Halt,
    way_on: String,
    parts: Parts,
}

/// Whether half of the work is of any use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parts {
    /// Each slot is: it is finished first.
    Slots,
    /// It is whole or nothing: it is broken off at once, and what it changed is put back.
    Whole,
}

/// What a Ctrl-C means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Work was broken off and is to be waited for, as it puts back what it changed.
    BreakingOff,
    /// Work was asked to stop after its slot and is to be waited for.
    Pausing,
    /// Work was asked to stop after its step and is to be waited for.
    Stopping,
    /// The program ends now; a sentence if something is left half-way.
    End(Option<String>),
}

impl Interrupt {
    /// Begins work that a first Ctrl-C asks to pause, a second one to stop, and a third one tears off; then `way_on` is
    /// told. What has no parts is stopped by the first one.
    #[must_use]
    pub fn begin(&self, way_on: String, parts: Parts) -> Halt {
        let halt = Halt::default();
        *self.lock() = Some(Work { halt: halt.clone(), way_on, parts });
        halt
    }

    /// The work is over: a Ctrl-C ends the program again.
    pub fn end(&self) {
        *self.lock() = None;
    }

    /// A Ctrl-C was pressed.
    #[must_use]
    pub fn pressed(&self) -> Answer {
        let work = self.lock();
        let Some(Work { halt, way_on, parts }) = &*work else { return Answer::End(None) };
        match halt.wish() {
            Wish::End if *parts == Parts::Whole => {
                halt.stop();
                Answer::BreakingOff
            }
            Wish::End => {
                halt.pause();
                Answer::Pausing
            }
            Wish::AfterSlot => {
                halt.stop();
                Answer::Stopping
            }
            Wish::AfterStep => Answer::End(Some(way_on.clone())),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Work>> {
        self.work.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_asked_to_pause_then_to_stop_and_is_torn_off_the_third_time() {
        let interrupt = Interrupt::default();
        assert_eq!(interrupt.pressed(), Answer::End(None));
        let halt = interrupt.begin("go on like this".to_owned(), Parts::Slots);
        assert_eq!((interrupt.pressed(), halt.wish()), (Answer::Pausing, Wish::AfterSlot));
        assert_eq!((interrupt.pressed(), halt.wish()), (Answer::Stopping, Wish::AfterStep));
        assert_eq!(interrupt.pressed(), Answer::End(Some("go on like this".to_owned())));
        interrupt.end();
        assert_eq!(interrupt.pressed(), Answer::End(None));
    }

    #[test]
    fn what_is_whole_or_nothing_is_broken_off_by_the_first() {
        let interrupt = Interrupt::default();
        let halt = interrupt.begin("go back like this".to_owned(), Parts::Whole);
        assert_eq!((interrupt.pressed(), halt.wish()), (Answer::BreakingOff, Wish::AfterStep));
        assert_eq!(interrupt.pressed(), Answer::End(Some("go back like this".to_owned())));
    }
}
