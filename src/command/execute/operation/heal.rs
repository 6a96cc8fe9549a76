//! Services that a killed update has left without a replica: the old one is brought back before anybody is asked
//! anything. The operation stays as unfinished as it was, and goes on, or back, from there.

use tokio::sync::mpsc;

use super::{Life, hands};
use crate::{
    command::{
        Downtime, Ending, Halt, Phase, Plan, Risk, Walker,
        execute::{
            diary::{Diary, Title},
            lock::{Errand, Kind},
            look::observe,
        },
        order::Order,
        rollout,
    },
    engine::{Engine, EngineError},
    journal::JournalError,
};

/// A service that was found without a replica.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Healed {
    /// The operation that was killed.
    pub errand: Errand,
    /// Why it is not back, in a sentence.
    pub failure: Option<String>,
}

impl Healed {
    /// What a person should know, in a sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        let (service, operation) = (self.errand.key(), &self.errand.operation);
        match &self.failure {
            None => format!(
                "{service} had no replica since operation {operation} was killed; its old one runs again"
            ),
            Some(why) => format!(
                "{service} has no replica since operation {operation} was killed, and its old one does not start: {why}; \
                 `stacktop ops rollback {operation}` tries again"
            ),
        }
    }
}

/// Brings back what updates of this machine whose process is gone have left without a replica.
///
/// # Errors
/// An [`EngineError`] if the engine does not tell what there is.
pub async fn heal(engine: &Engine) -> Result<Vec<Healed>, EngineError> {
    let mut healed = Vec::new();
    for operation in hands::unfinished(engine).await? {
        if operation.life == Life::Gone
            && let Some(failure) = restore(engine, &operation.errand).await?
        {
            healed.push(Healed { errand: operation.errand, failure: failure.err() });
        }
    }
    Ok(healed)
}

/// `None` where nothing is to be done, or another process is about to do it.
async fn restore(engine: &Engine, errand: &Errand) -> Result<Option<Result<(), String>>, EngineError> {
    if gap(engine, errand).await?.is_empty() {
        return Ok(None);
    }
    let plan = plan(errand, Vec::new());
    let diary = match Diary::open(engine, title(errand), &plan).await {
        Ok(diary) => diary,
        Err(JournalError::Held { .. }) => return Ok(None),
        Err(error) => return Ok(Some(Err(error.to_string()))),
    };
    // Somebody may have been at it until the journal was ours.
    let phases = gap(engine, errand).await?;
    let (unheard, _) = mpsc::channel(1);
    let walker = Walker::new(engine.clone(), errand.operation.clone(), unheard, Halt::default());
    let ending = walker.with(diary.clone()).walk(&phases).await;
    let done = match ending {
        Ending::Done => Ok(()),
        Ending::Cancelled => Err("it was stopped".to_owned()),
        Ending::Failed(failure) => Err(format!("{}: {}", failure.attempt, failure.why)),
    };
    diary.put_down(&match &done {
        Ok(()) => "the old replica runs again; the operation is as unfinished as before".to_owned(),
        Err(why) => format!("the old replica was not brought back: {why}"),
    });
    Ok(Some(done))
}

async fn gap(engine: &Engine, errand: &Errand) -> Result<Vec<Phase>, EngineError> {
    let is_ours = matches!(&errand.kind, Kind::Rollout(terms) if terms.order == Order::StopFirst);
    if !is_ours || errand.swarm.is_some() {
        return Ok(Vec::new());
    }
    Ok(rollout::gap(&observe(engine, &errand.key()).await?, &errand.operation))
}

fn title(errand: &Errand) -> Title<'_> {
    Title {
        operation: &errand.operation,
        user: &errand.user,
        target: errand.key().to_string(),
        details: serde_json::to_value(errand).unwrap_or_default(),
    }
}

fn plan(errand: &Errand, phases: Vec<Phase>) -> Plan {
    Plan {
        title: format!("bring back the old replica of {}", errand.key()),
        risk: Risk::None,
        facts: Vec::new(),
        notes: Vec::new(),
        phases,
        takes: std::time::Duration::ZERO,
        down_for: Downtime::None,
        undo: "none".to_owned(),
    }
}
