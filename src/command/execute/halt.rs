//! How a walk is asked to stop, by somebody outside of it.

use tokio_util::sync::CancellationToken;

/// Asks a walk to stop, at one of two places; the sharper wish counts. Clones are the same.
#[derive(Clone, Debug, Default)]
pub struct Halt {
    after_slot: CancellationToken,
    after_step: CancellationToken,
}

/// Where a walk is to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Nobody asked: at its end.
    End,
    /// Once the slots at work are done.
    AfterSlot,
    /// Once the running steps are done.
    AfterStep,
}

impl Halt {
    /// Asks it to stop once the slots at work are done: no replica is left half-way.
    pub fn pause(&self) {
        self.after_slot.cancel();
    }

    /// Asks it to stop once the running steps are done.
    pub fn stop(&self) {
        self.after_slot.cancel();
        self.after_step.cancel();
    }

    /// Where it is to stop, as things are.
    #[must_use]
    pub fn wish(&self) -> Wish {
        match (self.after_step.is_cancelled(), self.after_slot.is_cancelled()) {
            (true, _) => Wish::AfterStep,
            (false, true) => Wish::AfterSlot,
            (false, false) => Wish::End,
        }
    }

    /// Resolves once it is asked to stop, wherever.
    pub(super) async fn asked(&self) {
        self.after_slot.cancelled().await;
    }

    /// Cancelled when the next step is not to begin; a child, so that lanes of one phase can stop each other.
    pub(super) fn lanes(&self) -> CancellationToken {
        self.after_step.child_token()
    }
}

impl Wish {
    /// What became of the walk by it, in a few words.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::End => "nobody asked it to stop",
            Self::AfterSlot => "it was paused after its slot",
            Self::AfterStep => "it was stopped after its step",
        }
    }
}
