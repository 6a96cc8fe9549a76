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
}

/// What a Ctrl-C means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Work was asked to stop after its slot and is to be waited for.
    Pausing,
    /// Work was asked to stop after its step and is to be waited for.
    Stopping,
    /// The program ends now; a sentence if something is left half-way.
    End(Option<String>),
}

impl Interrupt {
    /// Begins work that a first Ctrl-C asks to pause, a second one to stop, and a third one tears off; then `way_on` is
    /// told.
    #[must_use]
    pub fn begin(&self, way_on: String) -> Halt {
        let halt = Halt::default();
        *self.lock() = Some(Work { halt: halt.clone(), way_on });
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
        let Some(Work { halt, way_on }) = &*work else { return Answer::End(None) };
        match halt.wish() {
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
        let halt = interrupt.begin("go on like this".to_owned());
        assert_eq!((interrupt.pressed(), halt.wish()), (Answer::Pausing, Wish::AfterSlot));
        assert_eq!((interrupt.pressed(), halt.wish()), (Answer::Stopping, Wish::AfterStep));
        assert_eq!(interrupt.pressed(), Answer::End(Some("go on like this".to_owned())));
        interrupt.end();
        assert_eq!(interrupt.pressed(), Answer::End(None));
    }
}
