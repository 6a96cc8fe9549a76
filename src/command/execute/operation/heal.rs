//! Services that a killed update has left without a replica, or a killed backup has left stopped or frozen: they are
//! brought back before anybody is asked anything. An update stays as unfinished as it was, and goes on, or back, from
//! there; a backup is over.

use tokio::sync::mpsc;

use super::{Life, backup, hands, restore as of_restore};
use crate::{
    command::{
        Downtime, Ending, Halt, Phase, Plan, Risk, Walker,
        execute::{
            diary::{Diary, Title},
            lock::{Errand, Kind},
            look::observe,
        },
        order::Order,
        restore::Returning,
        rollout,
    },
    engine::{Engine, EngineError},
    journal::JournalError,
};

/// What was found half-way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Healed {
    /// The operation that was killed.
    pub errand: Errand,
    /// The services that were brought back, where it is about several.
    pub back: Vec<String>,
    /// Why it is not back, in a sentence.
    pub failure: Option<String>,
}

impl Healed {
    /// What a person should know, in a sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
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
        let imports: Vec<String> = returning.imports.iter().map(|it| format!("{stack}/{it}")).collect();
        let again = if imports.is_empty() {
            String::new()
        } else {
            let (set, imports) = (&returning.set, imports.join(", "));
            format!(
                "; the dump of {imports} may not have been imported: `stacktop restore {stack} --only dumps --set {set}` \
                 does that again"
            )
        };
        match &self.failure {
            None => format!(
                "a restore of {stack} (operation {operation}) was killed; nothing of it is left half-way: \
                 `stacktop journal {operation}` tells whether it was turned back or finished{again}"
            ),
            Some(why) => format!(
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
    for operation in hands::unfinished(engine).await? {
        if operation.life != Life::Gone {
            continue;
        }
        match &operation.errand.kind {
            Kind::Backup(_) => healed.extend(backup::heal(engine, operation.errand).await?),
            Kind::Restore(_) => healed.extend(of_restore::heal(engine, operation.errand).await?),
            Kind::Rollout(_) | Kind::Scale { .. } => {
                if let Some(failure) = restore(engine, &operation.errand).await? {
                    let failure = failure.err();
                    healed.push(Healed { errand: operation.errand, back: Vec::new(), failure });
                }
            }
        }
    }
    if let Err(error) = of_restore::sweep(engine).await {
        log::warn!("what killed drills have left is not taken away: {error}");
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
