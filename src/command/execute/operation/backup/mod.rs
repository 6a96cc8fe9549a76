//! Backups from lock to verdict.
//!
//! [`prepare_backup`] looks, plans, and touches nothing; [`run_backup`] takes the lock of the stack, walks the plan and
//! closes the set. Whatever becomes of the steps, `back` brings everybody back who was kept still, takes the half of a
//! set away and gives the lock back; the same is done, once its process is gone, for a backup that was killed, by whoever
//! comes next. So there is nothing to go on with: it is run again.

mod back;
mod room;
mod run;

use std::collections::BTreeSet;

use jiff::Timestamp;

pub(super) use back::{heal, prepare_back, run_back};
pub use run::run_backup;

use self::room::Room;
use super::{Holder, Refused, lock, placed::Swarm, prepare::errand};
use crate::{
    backup::{Cipher, Mode, OpenSet, Scope, Shelf},
    command::{
        Plan,
        backup::{Backup, Course, Holding, Supervision, Survey, Target, User, Volume, plan},
        execute::{
            backup::{Looked, survey},
            lock::{Errand, Kind},
        },
    },
    domain::ServiceKey,
    engine::Engine,
};

/// What is to be backed up, and where to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackupRequest {
    /// The stack.
    pub stack: String,
    /// The only service of it, if it is not all.
    pub service: Option<String>,
    /// What of it.
    pub scope: Scope,
    /// How volumes are kept consistent, if not as labels and rules say.
    pub mode: Option<Mode>,
    /// Where the set goes.
    pub shelf: Shelf,
    /// How its parts are encrypted.
    pub cipher: Cipher,
}

/// A backup that is planned and can be begun.
#[derive(Clone, Debug)]
pub struct PreparedBackup {
    /// What would be done.
    pub plan: Plan,
    /// What the lock would say.
    pub errand: Errand,
    request: BackupRequest,
    survey: Survey,
    room: Room,
    id: String,
}

impl BackupRequest {
    /// As a person calls it: `shop`, `shop/db`.
    #[must_use]
    pub fn called(&self) -> String {
        let service = self.service.as_ref().map(|service| format!("/{service}")).unwrap_or_default();
        format!("{}{service}", self.stack)
    }
}

impl PreparedBackup {
    /// As a person calls what is backed up.
    #[must_use]
    pub fn called(&self) -> String {
        self.request.called()
    }

    /// The set that is to be made.
    #[must_use]
    pub fn set(&self) -> &str {
        &self.id
    }

    /// The same, not begun yet.
    fn open(&self) -> OpenSet {
        OpenSet { id: self.id.clone(), folder: self.request.shelf.stack(&self.request.stack).join(&self.id) }
    }
}

/// Plans a backup; touches nothing. Programs that encrypt are tried, databases are asked what they have.
///
/// # Errors
/// [`Refused`], with the way out.
pub async fn prepare_backup(
    engine: &Engine,
    request: &BackupRequest,
    holder: Holder,
) -> Result<PreparedBackup, Refused> {
    let request = absolute(request);
    check(&request.cipher).await?;
    let Looked { survey, mut dumps, undumped } =
        survey(engine, &request.stack, request.service.as_deref()).await?;
    let sets = request.shelf.sets(&request.stack)?;
    let mut room = Room::of(&sets);
    room.estimate(engine, &survey).await;
    let dumped: BTreeSet<String> = dumps.iter().map(|(one, _)| one.service.clone()).collect();
    let mut course = Course::of(&survey, request.mode, &room.volumes, &dumped);
    course.undumped = undumped;
    match Swarm::look(engine).await? {
        Some(swarm) => {
            let told = swarm.out_of_reach(engine, &request.stack, request.service.as_deref()).await?;
            course.undumped.extend(told);
        }
        None => course.undumped.extend(unmanaged(&survey)),
    }
    stoppable(&request, &survey)?;
    match request.scope {
        Scope::All => {}
        Scope::Dumps => course = Course { undumped: course.undumped, ..Course::default() },
        Scope::Volumes => dumps.clear(),
    }
    if dumps.is_empty() && course.files.is_empty() {
        return Err(nothing(&request, &survey));
    }
    let now = holder.began.parse().unwrap_or_else(|_| Timestamp::now());
    let open = request.shelf.place(&request.stack, now, &holder.operation);
    let target = Target {
        id: open.id.clone(),
        folder: open.folder.clone(),
        cipher: request.cipher.clone(),
        operation: holder.operation.clone(),
        scope: request.scope,
        service: request.service.clone(),
    };
    let Backup { plan, held } = plan(&survey, &course, &dumps, &room.volumes, &target);
    room.need(&plan, &request.shelf)?;
    let key = ServiceKey { stack: Some(request.stack.as_str().into()), name: String::new() };
    let errand = errand(&key, Kind::Backup(Box::new(Holding { folder: open.folder, held })), holder);
    if let Some(holder) = lock::overlapping(engine, &errand).await? {
        return Err(Refused::busy(request.called(), &holder));
    }
    Ok(PreparedBackup { plan, errand, request, survey, room, id: open.id })
}

fn of_swarm(survey: &Survey) -> impl Iterator<Item = &User> {
    let writers = survey.volumes.iter().flat_map(Volume::writers);
    writers.filter(|user| user.supervision == Supervision::Swarm)
}

/// A worker does not know what else the stack has.
fn unmanaged(survey: &Survey) -> Option<String> {
    let user = of_swarm(survey).next()?;
    Some(format!(
        "{} is a service of Swarm, and this engine is no manager: what the stack keeps on other nodes it does not know, and \
         it is not in this set",
        user.called
    ))
}

/// What Swarm would start again is not stopped.
fn stoppable(request: &BackupRequest, survey: &Survey) -> Result<(), Refused> {
    let is_asked = request.mode == Some(Mode::Stop) && request.scope != Scope::Dumps;
    match of_swarm(survey).next().filter(|_| is_asked) {
        Some(user) => Err(Refused::NotStopped(user.called.clone())),
        None => Ok(()),
    }
}

/// The lock names the folder to whoever comes next, from another folder perhaps.
fn absolute(request: &BackupRequest) -> BackupRequest {
    let folder = request.shelf.folder();
    let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    BackupRequest { shelf: Shelf::at(folder), ..request.clone() }
}

/// What would fail later fails now.
async fn check(cipher: &Cipher) -> Result<(), Refused> {
    let cipher = cipher.clone();
    let checked = tokio::task::spawn_blocking(move || cipher.check()).await;
    checked.unwrap_or_else(|died| Err(died.to_string())).map_err(Refused::Unwritten)
}

fn nothing(request: &BackupRequest, survey: &Survey) -> Refused {
    let called = request.called();
    let why = match request.scope {
        _ if survey.services.is_empty() && survey.volumes.is_empty() => {
            "there is nothing of that name: no container and no volume; `stacktop ls` lists stacks"
        }
        Scope::Dumps => "it has no database that can be dumped",
        Scope::Volumes | Scope::All => {
            "it has no volume whose files are to be stored, and no database to be dumped"
        }
    };
    Refused::NothingToStore { called, why }
}
