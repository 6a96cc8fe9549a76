//! Operations that were left half-way: a service without a replica is brought back once, at the start, and whose hands
//! operations are in is looked after when it matters.

use tokio::sync::mpsc;

use crate::{
    command::execute::operation::{Healed, heal, unfinished},
    engine::Engine,
    update::Msg,
};

/// Whether services that a killed update has left without a replica are brought back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Healing {
    /// They are, once.
    Once,
    /// They are left as they are.
    Never,
}

/// Looks after what others have left.
#[derive(Debug)]
pub(super) struct Recovery {
    answers: mpsc::Sender<Msg>,
    healing: Healing,
}

impl Recovery {
    pub(super) const fn new(answers: mpsc::Sender<Msg>) -> Self {
        Self { answers, healing: Healing::Never }
    }

    pub(super) const fn set(&mut self, healing: Healing) {
        self.healing = healing;
    }

    /// Brings back what is down, the first time that there is an engine.
    pub(super) fn begin(&mut self, engine: Option<Engine>) {
        if self.healing == Healing::Never {
            return;
        }
        let Some(engine) = engine else { return };
        self.healing = Healing::Never;
        let answers = self.answers.clone();
        tokio::spawn(async move {
            // What the engine does not tell now, its snapshot will.
            let healed = Box::pin(heal(&engine)).await.unwrap_or_default();
            let sentences: Vec<String> = healed.iter().map(Healed::sentence).collect();
            if !sentences.is_empty() {
                // A receiver that is gone means that the program ends.
                let _ended = answers.send(Msg::Healed(sentences)).await;
            }
        });
    }

    /// Looks whose hands unfinished operations are in.
    pub(super) fn ask(&self, engine: Option<Engine>) {
        let Some(engine) = engine else { return };
        let answers = self.answers.clone();
        tokio::spawn(async move {
            let Ok(found) = unfinished(&engine).await else { return };
            let lives = found.into_iter().map(|it| (it.errand.operation, it.life)).collect();
            // A receiver that is gone means that the program ends.
            let _ended = answers.send(Msg::Holders(lives)).await;
        });
    }
}
