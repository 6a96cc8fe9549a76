//! Ctrl-C: it ends what only reads, and asks what changes things to stop at the next safe place.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio_util::sync::CancellationToken;

/// What Ctrl-C does at the moment. Clones are the same.
#[derive(Clone, Debug, Default)]
pub struct Interrupt {
    work: Arc<Mutex<Option<Work>>>,
}

/// Work that must not be torn off.
#[derive(Debug)]
struct Work {
    token: CancellationToken,
    way_on: String,
}

/// What a Ctrl-C means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Work was asked to stop and is to be waited for.
    Stopping,
    /// The program ends now; a sentence if something is left half-way.
    End(Option<String>),
}

impl Interrupt {
    /// Begins work that a first Ctrl-C asks to stop, by the token, and a second one tears off; then `way_on` is told.
    #[must_use]
    pub fn begin(&self, way_on: String) -> CancellationToken {
        let token = CancellationToken::new();
        *self.lock() = Some(Work { token: token.clone(), way_on });
        token
    }

    /// The work is over: a Ctrl-C ends the program again.
    pub fn end(&self) {
        *self.lock() = None;
    }

    /// A Ctrl-C was pressed.
    #[must_use]
    pub fn pressed(&self) -> Answer {
        match &*self.lock() {
            None => Answer::End(None),
            Some(work) if work.token.is_cancelled() => Answer::End(Some(work.way_on.clone())),
            Some(work) => {
                work.token.cancel();
                Answer::Stopping
            }
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
    fn work_is_asked_to_stop_once_and_torn_off_the_second_time() {
        let interrupt = Interrupt::default();
        assert_eq!(interrupt.pressed(), Answer::End(None));
        let token = interrupt.begin("go on like this".to_owned());
        assert_eq!((interrupt.pressed(), token.is_cancelled()), (Answer::Stopping, true));
        assert_eq!(interrupt.pressed(), Answer::End(Some("go on like this".to_owned())));
        interrupt.end();
        assert_eq!(interrupt.pressed(), Answer::End(None));
    }
}
