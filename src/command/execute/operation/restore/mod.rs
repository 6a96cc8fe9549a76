//! Restores and drills, from the set to the verdict.
//!
//! [`prepare_restore`] verifies the parts, looks at the engine, plans, and touches nothing. [`run_restore`] takes the lock
//! of the stack and walks the plan. What failed, was stopped or was killed is turned back, or finished where there is
//! nothing to go back to any more; which of the two is read from what is there ([`back`]). [`run_drill`] needs no lock: it
//! touches nothing that anybody uses. Services of Swarm (`service`) have their lock in the swarm, with their specs.

mod back;
mod drill;
mod parts;
mod run;
mod scene;
mod service;
mod target;

use std::{
    path::{self, Path, PathBuf},
    sync::Arc,
};

use jiff::{Timestamp, tz::TimeZone};

pub(super) use back::{heal, prepare_back, run_back};
pub use drill::{DrillRequest, PreparedDrill, prepare_drill, run_drill, sweep};
pub use run::run_restore;

use self::{parts::Parts, scene::Scene, target::Targets};
use super::{Holder, Refused, lock, prepare::errand};
use crate::{
    backup::{self, Keys, Scope, Shelf},
    command::{
        Plan,
        backup::{Held, Hold},
        clone::Original,
        execute::lock::{Errand, Kind},
        restore::{self, Import, Restoring, Returning, Way},
    },
    domain::ServiceKey,
    engine::Engine,
};

/// What is to be restored, and where from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RestoreRequest {
    /// The stack.
    pub stack: String,
    /// The only service of it, if it is not all.
    pub service: Option<String>,
    /// What of the set.
    pub scope: Scope,
    /// The beginning, or the end, of the set's id; without one, the newest valid set.
    pub set: Option<String>,
    /// Where sets are.
    pub shelf: Shelf,
    /// What it takes to decrypt them.
    pub keys: Keys,
    /// Where the data goes.
    pub way: Way,
}

/// A restore that is planned and can be begun.
#[derive(Clone, Debug)]
pub struct PreparedRestore {
    /// What would be done.
    pub plan: Plan,
    /// What the lock would say.
    pub errand: Errand,
    restoring: Restoring,
    /// Nobody removes the set as long as somebody may begin.
    _hold: Arc<backup::Hold>,
}

impl RestoreRequest {
    /// As a person calls it: `shop`, `shop/db`.
    #[must_use]
    pub fn called(&self) -> String {
        let service = self.service.as_ref().map(|service| format!("/{service}")).unwrap_or_default();
        format!("{}{service}", self.stack)
    }
}

impl PreparedRestore {
    /// As a person calls what is restored.
    #[must_use]
    pub fn called(&self) -> String {
        self.restoring.called.clone()
    }

    /// The set.
    #[must_use]
    pub fn set(&self) -> &str {
        &self.restoring.set
    }
}

/// Plans a restore; touches nothing. All parts that are to be restored are read and compared with their checksums.
///
/// # Errors
/// [`Refused`], with the way out.
pub async fn prepare_restore(
    engine: &Engine,
    request: &RestoreRequest,
    holder: Holder,
) -> Result<PreparedRestore, Refused> {
    let parts = Parts::choose(request)?;
    parts.verify().await?;
    let scene = Scene::look(engine).await?;
    let now: Timestamp = holder.began.parse().unwrap_or_else(|_| Timestamp::now());
    let suffix = now.to_zoned(TimeZone::UTC).strftime("%Y%m%dT%H%M%S").to_string();
    let targets = Targets { request, parts: &parts, scene: &scene, operation: &holder.operation, suffix };
    let mut restoring = targets.restoring(engine).await?;
    service::find(engine, &scene, &mut restoring).await?;
    let moved: Vec<String> = restoring.moves().into_keys().collect();
    restoring.users = scene.users(engine, &moved).await?;
    target::check_users(&mut restoring)?;
    let plan = restore::plan(&restoring)?;
    let key = ServiceKey { stack: Some(request.stack.as_str().into()), name: String::new() };
    let of_swarm = restoring.services.iter().map(|user| Held {
        container: user.service.name().to_owned(),
        service: user.service.key.to_string(),
        by: Hold::Stop,
    });
    let held = restoring.users.iter().map(held).chain(of_swarm).collect();
    let returning = Returning {
        set: restoring.set.clone(),
        way: request.way,
        held,
        volumes: restoring.aims.iter().map(|aim| aim.fresh.name.clone()).collect(),
        imports: restoring.imports.iter().map(Import::named).collect(),
        shelf: absolute(request.shelf.folder()),
        keys: Keys { identity: request.keys.identity.as_deref().map(absolute) },
    };
    // Other managers see it, too, and the saved specs with it.
    let swarm = restoring.services.first().map(|user| user.service.id().to_owned());
    let errand = Errand { swarm, ..errand(&key, Kind::Restore(Box::new(returning)), holder) };
    if let Some(holder) = lock::overlapping(engine, &errand).await? {
        return Err(Refused::busy(request.called(), &holder));
    }
    Ok(PreparedRestore { plan, errand, restoring, _hold: parts.hold })
}

/// Whoever finishes it may be started in another folder.
fn absolute(path: &Path) -> PathBuf {
    path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

fn held(user: &Original) -> Held {
    let stack = user.project();
    let service =
        if stack.is_empty() { user.name().to_owned() } else { format!("{stack}/{}", user.service()) };
    Held { container: user.name().to_owned(), service, by: Hold::Stop }
}
