//! Services that a killed update has left without a replica, or a killed backup has left stopped or frozen: they are
//! brought back before anybody is asked anything. An update stays as unfinished as it was, and goes on, or back, from
//! there; a backup is over.

use tokio::sync::mpsc;

use super::{
    Life, backup, hands, restore as of_restore,
    turn::{self, Answer},
};
use crate::{
    command::{
        Downtime, Ending, Halt, Phase, Plan, Risk, Walker,
        execute::{
            diary::{Diary, Title},
            lock::{Errand, Kind},
            look::observe,
        },
        order::Order,
        restore::{Returning, Way, recovery::Left},
        rollout,
    },
    engine::{Engine, EngineError},
    journal::{Holder, JournalError},
};

/// What was found half-way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Healed {
    /// The operation that was killed.
    pub errand: Errand,
    /// The services that were brought back, where it is about several.
    pub back: Vec<String>,
    /// Which way a restore was ended.
    pub left: Option<Left>,
    /// The process that is at it, so that it was left alone.
    pub others: Option<Holder>,
    /// Why it is not back, in a sentence.
    pub failure: Option<String>,
}

impl Healed {
    /// One of which there is nothing to tell but that it was ended.
    pub(super) const fn of(errand: Errand) -> Self {
        Self { errand, back: Vec::new(), left: None, others: None, failure: None }
    }

    /// What a person should know, in a sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        if let Some(holder) = &self.others {
            return self.of_others(holder);
        }
        if let Kind::Backup(_) = self.errand.kind {
            return self.of_backup();
        }
        if let Kind::Restore(returning) = &self.errand.kind {
            return self.of_restore(returning);
        }
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

impl Healed {
    fn of_others(&self, holder: &Holder) -> String {
        let (called, operation, what) =
            (self.errand.called(), &self.errand.operation, self.errand.kind.noun());
        let Holder { user, host, pid, .. } = holder;
        let way = if holder.life_here() == Life::Elsewhere {
            format!(
                "`stacktop ops rollback {operation} --break-lock` takes it over if that one is gone for certain"
            )
        } else {
            "`stacktop ops` tells when it is done".to_owned()
        };
        format!(
            "{what} of {called} (operation {operation}) was killed, and process {pid} of {user}@{host} is at what it left; \
             it is left to that one: {way}"
        )
    }

    fn of_backup(&self) -> String {
        let (stack, operation) = (self.errand.called(), &self.errand.operation);
        match &self.failure {
            None if self.back.is_empty() => {
                format!(
                    "a backup of {stack} (operation {operation}) was killed; nobody was left waiting for it"
                )
            }
            None => {
                let back = self.back.join(", ");
                format!(
                    "a backup of {stack} (operation {operation}) was killed; {back} could be brought back"
                )
            }
            Some(why) => format!(
                "a backup of {stack} (operation {operation}) was killed, and not all is as before: {why}; \
                 `stacktop ops rollback {operation}` tries again"
            ),
        }
    }

    fn of_restore(&self, returning: &Returning) -> String {
        let (stack, operation) = (self.errand.called(), &self.errand.operation);
        let (set, imports) = (&returning.set, returning.called(&self.errand.stack));
        match (&self.failure, self.left) {
            (None, Some(Left::Rest)) => {
                let imported = if imports.is_empty() {
                    imports
                } else {
                    format!(", and the dump of {imports} is imported")
                };
                format!(
                    "a restore of {stack} (operation {operation}) was killed when there was no way back any more; it is \
                     finished{imported}"
                )
            }
            (None, Some(Left::Back) | None) => {
                // In place nothing is imported before there is no way back.
                let stays = if imports.is_empty() || returning.way == Way::InPlace {
                    String::new()
                } else {
                    format!(
                        ", but for what it may have imported into {imports}: `stacktop restore {stack} --only dumps \
                         --set {set}` imports all of it"
                    )
                };
                format!(
                    "a restore of {stack} (operation {operation}) was killed; all volumes and containers are as \
                     before{stays}"
                )
            }
            (Some(why), _) => format!(
                "a restore of {stack} (operation {operation}) was killed and is half-way: {why}; \
                 `stacktop ops rollback {operation}` tries again"
            ),
        }
    }
}

/// Brings back what updates, backups and restores of this machine whose process is gone have left down.
///
/// # Errors
/// An [`EngineError`] if the engine does not tell what there is.
pub async fn heal(engine: &Engine) -> Result<Vec<Healed>, EngineError> {
    let mut healed = Vec::new();
    for errand in hands::left(engine).await? {
        if is_left_down(engine, &errand).await? {
            healed.extend(in_turn(engine, errand).await?);
        }
    }
    if let Err(error) = turn::tidy(engine).await {
        log::warn!("what killed processes have left is not taken away: {error}");
    }
    if let Err(error) = of_restore::sweep(engine).await {
        log::warn!("what killed drills have left is not taken away: {error}");
    }
    Ok(healed)
}

/// Whether a killed process may have left something down. An update that has left a replica is for a person to go on with.
async fn is_left_down(engine: &Engine, errand: &Errand) -> Result<bool, EngineError> {
    match &errand.kind {
        Kind::Backup(_) | Kind::Restore(_) => Ok(true),
        Kind::Rollout(_) | Kind::Scale { .. } => Ok(!gap(engine, errand).await?.is_empty()),
    }
}

/// Brings back what one operation has left, unless another process is at that: every stacktop that starts at this moment
/// finds the same.
async fn in_turn(engine: &Engine, errand: Errand) -> Result<Option<Healed>, EngineError> {
    let turn = match turn::wait(engine, &errand).await? {
        Answer::Ours(turn) => turn,
        Answer::Others(holder, _) => {
            return Ok(Some(Healed { others: Some(holder), ..Healed::of(errand) }));
        }
        Answer::Over => return Ok(None),
    };
    turn.during(async {
        Ok(match &errand.kind {
            Kind::Backup(_) => backup::heal(engine, errand).await?,
            Kind::Restore(_) => of_restore::heal(engine, errand).await?,
            Kind::Rollout(_) | Kind::Scale { .. } => {
                let restored = restore(engine, &errand).await?;
                restored.map(|done| Healed { failure: done.err(), ..Healed::of(errand) })
            }
        })
    })
    .await
}

/// `None` where nothing is to be done, or another process is about to do it.
async fn restore(engine: &Engine, errand: &Errand) -> Result<Option<Result<(), String>>, EngineError> {
    // Somebody may have been at it until it was our turn.
    let phases = gap(engine, errand).await?;
    if phases.is_empty() {
        return Ok(None);
    }
    let plan = plan(errand, Vec::new());
    let diary = match Diary::open(engine, title(errand), &plan).await {
        Ok(diary) => diary,
        Err(JournalError::Held { .. }) => return Ok(None),
        Err(error) => return Ok(Some(Err(error.to_string()))),
    };
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
        target: errand.called(),
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
