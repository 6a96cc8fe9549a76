//! Whose turn it is: of all processes that find an operation whose process is gone, one at a time has it.
//!
//! Journals keep two processes of one user apart, but any stacktop that starts looks after what killed ones have left on
//! the engine, whoever's they were. So whoever goes on with an operation, or back from it, first puts a second lock
//! beside the one of the operation: a container that is never started, or a config where that one is a config. It says
//! which process it is, so that the next one takes it over from a process that died meanwhile.

use std::{
    collections::BTreeSet,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::{Claim, Refused};
use crate::{
    command::{
        clone::json::{list, text},
        execute::{
            backup::empty_image,
            lock::{self, Errand},
            patience::patiently,
        },
    },
    engine::{Call, Engine, EngineError, Force, Volumes},
    journal::{Holder, Life},
};

/// The label that marks such a lock, with the operation.
const TURN: &str = "stacktop.turn";

/// The label that tells, as JSON, whose it is.
const HOLDER: &str = "stacktop.turn.holder";

/// The label with the number of the turn among those of its process.
const NUMBER: &str = "stacktop.turn.number";

/// What is taken for an operation where there is none: what drills have left.
const DRILLS: &str = "drills";

/// How long another process is waited for, and how often it is looked whether it is done.
const PATIENCE: Duration = Duration::from_secs(60);
const LOOK: Duration = Duration::from_millis(250);

/// A lock that died with its process is removed so often before that is given up.
const TRIES: usize = 10;

/// The turns that this process has: of the rest with its name on them, it knows no more.
static OURS: Mutex<BTreeSet<u64>> = Mutex::new(BTreeSet::new());
static NEXT: AtomicU64 = AtomicU64::new(1);

/// How asking for a turn ended.
pub(super) enum Answer {
    /// It is ours, until its work is [done](Turn::during).
    Ours(Turn),
    /// It is somebody else's, who is at work, or may be.
    Others(Holder, Life),
    /// The operation is over.
    Over,
}

/// A turn that this process has.
pub(super) struct Turn {
    engine: Engine,
    lock: Lock,
    _number: Number,
}

/// The number of a turn, as long as this process has it.
struct Number(u64);

/// Where a lock is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Container,
    Config,
}

/// A lock that is there.
#[derive(Clone, Debug)]
struct Lock {
    id: String,
    operation: String,
    place: Place,
    holder: Holder,
    number: u64,
}

impl Number {
    fn next() -> Self {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        OURS.lock().unwrap_or_else(PoisonError::into_inner).insert(number);
        Self(number)
    }
}

impl Drop for Number {
    fn drop(&mut self) {
        OURS.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.0);
    }
}

impl Lock {
    fn of(id: &str, labels: Option<&Value>, place: Place) -> Option<Self> {
        let label = |name: &str| labels?.get(name)?.as_str();
        Some(Self {
            id: id.to_owned(),
            operation: label(TURN)?.to_owned(),
            place,
            holder: serde_json::from_str(label(HOLDER)?).ok()?,
            number: label(NUMBER)?.parse().ok()?,
        })
    }

    /// Whether its process is at work on the operation.
    fn life(&self) -> Life {
        let ours = Holder::of_this_process(&self.holder.user);
        if self.holder != ours {
            return self.holder.life_here();
        }
        // This process itself may have left it, when what it was at was dropped.
        let is_kept = OURS.lock().unwrap_or_else(PoisonError::into_inner).contains(&self.number);
        if is_kept { Life::Alive } else { Life::Gone }
    }

    /// Removes it, by its id: one of the same name may be another one's by now.
    async fn remove(&self, engine: &Engine) -> Result<(), EngineError> {
        let removed = match self.place {
            Place::Container => patiently(|| engine.remove(&self.id, Force::Kill, Volumes::Keep)).await,
            Place::Config => patiently(|| engine.remove_config(&self.id)).await,
        };
        match removed {
            Err(error) if error.is_not_found() || error.is_being_removed() => Ok(()),
            other => other,
        }
    }
}

impl Turn {
    /// Carries `work` out, then lets the next one have the turn.
    pub(super) async fn during<T>(self, work: impl Future<Output = T>) -> T {
        let done = work.await;
        if let Err(error) = self.lock.remove(&self.engine).await {
            log::warn!("nobody else goes on with {} yet: {error}", self.lock.operation);
        }
        done
    }
}

/// Asks for the turn at an operation, and waits for a while for another process that has it.
///
/// # Errors
/// An [`EngineError`] if the engine does not tell who has it.
pub(super) async fn wait(engine: &Engine, errand: &Errand) -> Result<Answer, EngineError> {
    let began = Instant::now();
    loop {
        match ask(engine, errand).await? {
            Answer::Others(_, Life::Alive) if began.elapsed() < PATIENCE => sleep(LOOK).await,
            answer => return Ok(answer),
        }
    }
}

/// Asks for the turn at an operation.
///
/// # Errors
/// An [`EngineError`] if the engine does not tell who has it.
pub(super) async fn ask(engine: &Engine, errand: &Errand) -> Result<Answer, EngineError> {
    if is_over(engine, errand).await? {
        return Ok(Answer::Over);
    }
    let place = if errand.swarm.is_some() { Place::Config } else { Place::Container };
    match take(engine, (&errand.operation, place), &errand.user).await? {
        // Whoever had it before may have ended the operation.
        Answer::Ours(turn) if is_over(engine, errand).await? => Ok(turn.during(async { Answer::Over }).await),
        answer => Ok(answer),
    }
}

async fn is_over(engine: &Engine, errand: &Errand) -> Result<bool, EngineError> {
    let errands = lock::errands(engine).await?;
    Ok(!errands.iter().any(|other| other.operation == errand.operation))
}

/// Asks for the turn at what killed drills have left.
///
/// # Errors
/// An [`EngineError`] if the engine does not tell who has it.
pub(super) async fn ask_for_drills(engine: &Engine) -> Result<Answer, EngineError> {
    take(engine, (DRILLS, Place::Container), "").await
}

/// Takes the turn at an operation, or says whose it is.
///
/// # Errors
/// [`Refused`] if somebody else is at it.
pub(super) async fn seize(engine: &Engine, errand: &Errand, claim: Claim) -> Result<Turn, Refused> {
    let (service, operation) = (errand.called(), errand.operation.clone());
    for _ in 0..TRIES {
        match ask(engine, errand).await? {
            Answer::Ours(turn) => return Ok(turn),
            Answer::Over => return Err(Refused::NoOperation(operation)),
            Answer::Others(_, Life::Elsewhere) if claim == Claim::Break => {
                if let Some(lock) = lock_of(engine, &operation).await? {
                    lock.remove(engine).await?;
                }
            }
            Answer::Others(holder, life) => return Err(refused(errand, holder, life)),
        }
    }
    Err(Refused::Changed(service))
}

pub(super) fn refused(errand: &Errand, holder: Holder, life: Life) -> Refused {
    let (service, operation) = (errand.called(), errand.operation.clone());
    let Holder { user, host, pid, .. } = holder;
    match life {
        Life::Alive | Life::Gone => Refused::AtWork { service, operation, user, pid },
        Life::Elsewhere => Refused::Elsewhere { service, operation, user, host, pid },
    }
}

/// Who goes on with an operation, if a process that may live does.
///
/// # Errors
/// An [`EngineError`] if the engine does not tell.
pub(super) async fn holder(engine: &Engine, operation: &str) -> Result<Option<(Holder, Life)>, EngineError> {
    let found = lock_of(engine, operation).await?;
    Ok(found.map(|lock| (lock.holder.clone(), lock.life())).filter(|(_, life)| *life != Life::Gone))
}

/// Removes what processes have left that died when the operation was over.
///
/// # Errors
/// An [`EngineError`] if the engine does not list it.
pub(super) async fn tidy(engine: &Engine) -> Result<(), EngineError> {
    let mut left = locks(engine).await?;
    left.retain(|lock| lock.life() == Life::Gone);
    if left.is_empty() {
        return Ok(());
    }
    let errands = lock::errands(engine).await?;
    left.retain(|lock| !errands.iter().any(|errand| errand.operation == lock.operation));
    for lock in left {
        lock.remove(engine).await?;
    }
    Ok(())
}

async fn take(engine: &Engine, (operation, place): (&str, Place), user: &str) -> Result<Answer, EngineError> {
    let number = Number::next();
    let holder = Holder::of_this_process(user);
    let labels = json!({
        TURN: operation,
        HOLDER: serde_json::to_string(&holder).unwrap_or_default(),
        NUMBER: number.0.to_string(),
    });
    let name = format!("stacktop-turn.{operation}");
    for _ in 0..TRIES {
        match make(engine, &name, place, &labels).await {
            Ok(id) => {
                let lock = Lock { id, operation: operation.to_owned(), place, holder, number: number.0 };
                return Ok(Answer::Ours(Turn { engine: engine.clone(), lock, _number: number }));
            }
            Err(error) if error.is_conflict() || error.is_name_taken() => {}
            Err(error) => return Err(error),
        }
        match lock_of(engine, operation).await?.map(|lock| (lock.life(), lock)) {
            // It was given back since.
            None => {}
            // No answer came, but it was heard.
            Some((_, lock)) if lock.number == number.0 && lock.holder == holder => {
                return Ok(Answer::Ours(Turn { engine: engine.clone(), lock, _number: number }));
            }
            Some((Life::Gone, lock)) => lock.remove(engine).await?,
            Some((life, lock)) => return Ok(Answer::Others(lock.holder, life)),
        }
        sleep(LOOK).await;
    }
    Ok(Answer::Others(holder, Life::Alive))
}

async fn make(engine: &Engine, name: &str, place: Place, labels: &Value) -> Result<String, EngineError> {
    match place {
        Place::Config => patiently(|| engine.create_config(name, labels, b"-")).await,
        Place::Container => {
            let body = json!({
                "Image": empty_image(engine).await?,
                "Cmd": ["never-started"],
                "Labels": labels,
                "HostConfig": { "NetworkMode": "none" },
            });
            Ok(patiently(|| engine.create(name, &body)).await?.to_string())
        }
    }
}

async fn lock_of(engine: &Engine, operation: &str) -> Result<Option<Lock>, EngineError> {
    Ok(locks(engine).await?.into_iter().find(|lock| lock.operation == operation))
}

async fn locks(engine: &Engine) -> Result<Vec<Lock>, EngineError> {
    let filters = json!({ "label": [TURN] }).to_string();
    let call = Call::get("list who goes on with operations", "/containers/json").query("all", "1");
    let containers: Value = engine.json(call.query("filters", &filters)).await?;
    let of_container = |one: &Value| Lock::of(text(one, "/Id"), one.get("Labels"), Place::Container);
    let mut locks: Vec<Lock> = list(&containers, "").iter().filter_map(of_container).collect();
    let call = Call::get("list who goes on with operations on Swarm services", "/configs");
    let configs: Value = match engine.json(call.query("filters", &filters)).await {
        Err(error) if error.is_not_a_manager() => return Ok(locks),
        other => other?,
    };
    let of_config = |one: &Value| Lock::of(text(one, "/ID"), one.pointer("/Spec/Labels"), Place::Config);
    locks.extend(list(&configs, "").iter().filter_map(of_config));
    Ok(locks)
}
