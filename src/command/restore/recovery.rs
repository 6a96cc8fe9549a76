//! What is left to do of a restore that failed or was killed: the way back until old containers are being removed, the
//! rest of the way from then on. Where it stands is read from what is there. Whether dumps were imported cannot be: they
//! are imported again.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    Deed, HOME, Import, RESTORE, SwarmUser, Way,
    exchange::{self, Then, call, is_up, making, policy, removing, rename, taking_over, was},
    order::needed_first,
    pairs,
    plan::{Wait, discard, imports, refilling},
    service::{clearing, giving, reverting, vacating},
};
use crate::{
    backup::VolumeRecord,
    command::{
        clone::{Original, Refusal, names},
        plan::{Call, Phase, Step},
        restore::Pair,
        swarm::SwarmService,
    },
};

/// What an operation has left on the engine.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// The operation's id.
    pub operation: String,
    /// Where the data goes.
    pub way: Way,
    /// What it was to do.
    pub task: Task,
    /// Volumes that it has made.
    pub volumes: Vec<Made>,
    /// Whether the volume of this name is there.
    pub there: Vec<String>,
    /// Containers that have one of these volumes, or of those whose place they take.
    pub users: Vec<Original>,
    /// Services of Swarm that have one of these volumes, as they were and as they are.
    pub services: Vec<(SwarmUser, SwarmService)>,
    /// Throw-away containers.
    pub throw_away: Vec<String>,
    /// Old containers that the engine is still stopping.
    pub stopping: Vec<String>,
}

/// What a restore was to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Task {
    /// To fill volumes, whatever else.
    #[default]
    Volumes,
    /// Only to import dumps into services as they run: nothing of that can be taken back.
    Imports,
}

/// A volume that a restore has made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// Its name.
    pub name: String,
    /// Which one it takes the place of; `None` for one that was made anew in place.
    pub home: Option<VolumeRecord>,
}

/// Which way is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    /// Everything becomes as before.
    Back,
    /// It is finished.
    Rest,
}

impl Made {
    /// A volume as the engine tells it, if `operation` has made it.
    #[must_use]
    pub fn of(volume: &Value, operation: &str) -> Option<Self> {
        let label = |name: &str| volume.pointer("/Labels")?.get(name)?.as_str();
        (label(RESTORE) == Some(operation)).then_some(())?;
        let home = label(HOME).and_then(|home| serde_json::from_str(home).ok());
        Some(Self { name: volume.get("Name")?.as_str()?.to_owned(), home })
    }

    /// Whether it takes the place of another one.
    fn moves(&self) -> bool {
        self.home.as_ref().is_some_and(|home| home.name != self.name)
    }
}

impl Found {
    fn fresh(&self) -> Vec<String> {
        self.volumes.iter().filter(|it| it.moves()).map(|made| made.name.clone()).collect()
    }

    /// Which fresh volume takes the place of which.
    #[must_use]
    pub fn moves(&self) -> BTreeMap<String, String> {
        let moving = self.volumes.iter().filter(|made| made.moves());
        moving.filter_map(|made| Some((made.home.as_ref()?.name.clone(), made.name.clone()))).collect()
    }

    /// Whether all services have their fresh volumes and their tasks back: whoever goes back now takes away what was
    /// written since.
    #[must_use]
    pub fn is_past_exchange(&self) -> bool {
        let moves = self.moves();
        self.way == Way::Fresh
            && !self.services.is_empty()
            && self.services.iter().all(|(user, now)| user.is_given(now, &moves))
    }

    fn pairs(&self) -> Vec<Pair> {
        pairs(&self.users, &self.operation, &self.fresh())
    }

    /// Old containers that run although they were set aside, or need not be: the engine may have been asked to stop them.
    #[must_use]
    pub fn doubtful(&self) -> Vec<String> {
        let name = |pair: Pair| {
            let old = pair.moved.and(pair.old)?;
            let policy = old.container.pointer("/HostConfig/RestartPolicy/Name").and_then(Value::as_str);
            let is_kept = policy.is_some_and(|name| !matches!(name, "" | "no"));
            (is_up(&old) && !is_kept).then(|| old.name().to_owned())
        };
        self.pairs().into_iter().filter_map(name).collect()
    }

    /// Which way is left: once an old container is gone, or an old volume, there is nothing to go back to; services that
    /// all have their fresh volumes stay on them; and what was imported stays.
    #[must_use]
    pub fn left(&self) -> Left {
        let is_gone = |pair: &Pair| pair.old.is_none() && (pair.moved.is_some() || pair.home.is_some());
        let was_remade = |made: &&Made| made.home.is_none();
        let is_missing = |made: &Made| {
            made.moves() && made.home.as_ref().is_some_and(|home| !self.there.contains(&home.name))
        };
        let past = self.task == Task::Imports
            || self.pairs().iter().any(is_gone)
            || self.volumes.iter().any(|made| was_remade(&made))
            || self.volumes.iter().any(is_missing)
            || self.is_past_exchange();
        if past { Left::Rest } else { Left::Back }
    }

    /// Whether its dumps may not have been imported. Where containers get fresh volumes, the old ones go only after that.
    #[must_use]
    pub fn is_unimported(&self) -> bool {
        let may_lack = self.task == Task::Imports || self.way == Way::InPlace || !self.services.is_empty();
        may_lack && self.left() == Left::Rest
    }

    /// What is left to do, but for imports.
    ///
    /// # Errors
    /// [`Refusal`] where a container cannot be replaced.
    pub fn phases(&self) -> Result<Vec<Phase>, Refusal> {
        let mut phases = match (self.left(), self.way) {
            (Left::Back, _) => self.back(),
            (Left::Rest, Way::Fresh) if !self.services.is_empty() => {
                vec![Phase::single("exchange", giving(&self.users_of_swarm(), &self.moves()))]
            }
            (Left::Rest, Way::InPlace) if !self.services.is_empty() => self.home_of_services(),
            (Left::Rest, Way::Fresh) => vec![Phase::single("commit", self.started(&self.pairs()))],
            (Left::Rest, Way::InPlace) => self.home()?,
        };
        let dispose = |container: &String| {
            call("reverting", "it has no use", Deed::Dispose { container: container.clone() }.call())
        };
        phases
            .insert(0, Phase::single("throw-away containers", self.throw_away.iter().map(dispose).collect()));
        phases.retain(|phase| phase.lanes.iter().any(|lane| !lane.is_empty()));
        Ok(phases)
    }

    fn users_of_swarm(&self) -> Vec<&SwarmUser> {
        self.services.iter().map(|(user, _)| user).collect()
    }

    /// The services get the volumes and the tasks that they had, and nothing of the operation is left.
    fn back_of_services(&self) -> Vec<Phase> {
        let moves = self.moves();
        let revert = self.services.iter().flat_map(|(user, now)| reverting(user, now, &moves));
        let gone = self.volumes.iter().flat_map(|made| {
            let cause = "nothing of it is left";
            [clearing(&made.name), discard(&made.name, cause)]
        });
        vec![Phase::single("services", revert.collect()), Phase::single("fresh volumes", gone.collect())]
    }

    /// The volumes of the old names are made and filled, unless a service has its tasks on them already, and all get
    /// their tasks back.
    fn home_of_services(&self) -> Vec<Phase> {
        let none = BTreeMap::new();
        let is_filled =
            self.services.iter().any(|(user, now)| user.vacate().is_some() && user.is_given(now, &none));
        let users = self.users_of_swarm();
        let mut phases = Vec::new();
        if !is_filled {
            let moving = self.volumes.iter().filter(|made| made.moves());
            let refill = moving.filter_map(|made| Some((made.home.as_ref()?, &made.name))).flat_map(
                |(home, fresh)| {
                    [vec![clearing(&home.name)], refilling(home, fresh, &self.operation)].concat()
                },
            );
            phases.push(Phase::single("services", vacating(&users)));
            phases.push(Phase::single("in place", refill.collect()));
        }
        phases.push(Phase::single("exchange", giving(&users, &none)));
        let fresh = self.fresh();
        let gone = fresh.iter().map(|name| discard(name, "its data is in place"));
        phases.push(Phase::single("fresh volumes", gone.collect()));
        phases
    }

    /// The old containers get their names, run if they ran, and nothing of the operation is left.
    #[must_use]
    pub fn back(&self) -> Vec<Phase> {
        if !self.services.is_empty() {
            return self.back_of_services();
        }
        let pairs = self.pairs();
        let moved: Vec<&Original> = pairs.iter().filter_map(|pair| pair.moved.as_ref()).collect();
        let mut steps = Vec::new();
        for name in needed_first(&moved).iter().rev() {
            let up = moved.iter().find(|user| user.name() == name && is_up(user));
            let stop = |user: &&Original| Call::Stop { container: user.name().to_owned(), grace: None };
            steps.extend(up.map(|user| call("reverting", "the old one takes its place", stop(user))));
        }
        let mut last = Vec::new();
        for pair in &pairs {
            last.extend(renaming(pair, &mut steps));
        }
        let old: Vec<&Original> = pairs.iter().filter_map(|pair| pair.old.as_ref()).collect();
        for name in needed_first(&old) {
            let pair = pairs.iter().find(|pair| pair.old.as_ref().is_some_and(|old| old.name() == name));
            steps.extend(pair.map(|pair| self.reviving(pair)).unwrap_or_default());
        }
        let remove =
            |container| call("reverting", "nothing of it is left", Call::RemoveRunning { container });
        steps.extend(last.into_iter().map(remove));
        let made = self.volumes.iter().map(|made| discard(&made.name, "nothing of it is left"));
        vec![Phase::single("old containers", steps), Phase::single("fresh volumes", made.collect())]
    }

    /// The old container does what it did.
    fn reviving(&self, pair: &Pair) -> Vec<Step> {
        let Some(old) = &pair.old else { return Vec::new() };
        let Some(moved) = &pair.moved else { return Vec::new() };
        let mut steps = Vec::new();
        let is_ending = is_up(old) && self.stopping.iter().any(|name| name == old.name());
        if is_ending {
            let stop = Call::Stop { container: pair.name.clone(), grace: None };
            steps.push(call("reverting", "it is being stopped; this comes back when it has ended", stop));
        }
        let wanted = policy(moved, &self.operation);
        if old.container.pointer("/HostConfig/RestartPolicy/Name") != wanted.get("Name") {
            let set = Call::RestartPolicy { container: pair.name.clone(), policy: wanted };
            steps.push(call("reverting", "it is kept running again", set));
        }
        if is_ending || !is_up(old) {
            steps.extend(exchange::start(&pair.name, was(moved, &self.operation), "reverting"));
        }
        steps
    }

    /// All that have been exchanged run as the old ones did, under their names, and the old ones go.
    fn started(&self, pairs: &[Pair]) -> Vec<Step> {
        let mut steps = Vec::new();
        let current: Vec<&Original> =
            pairs.iter().filter_map(|pair| pair.home.as_ref().or(pair.moved.as_ref())).collect();
        for name in needed_first(&current) {
            let Some(user) = current.iter().find(|user| user.name() == name) else { continue };
            let pair = pairs.iter().find(|pair| pair.name != name && pair.name == names::lasting(&name));
            let free = pair.filter(|pair| pair.old.is_none()).map(|pair| &pair.name);
            let cause = "nobody else has the name any more";
            steps.extend(free.map(|free| rename("swapping", cause, &name, free)));
            if !is_up(user) {
                let name = free.unwrap_or(&name);
                steps.extend(exchange::start(name, was(user, &self.operation), "starting"));
            }
        }
        let gone = pairs.iter().filter_map(|pair| pair.old.as_ref());
        steps.extend(removing(gone.map(|old| old.name().to_owned())));
        steps
    }

    /// The volumes of the old names are made and filled, unless they are, and everybody gets them.
    fn home(&self) -> Result<Vec<Phase>, Refusal> {
        let operation = &self.operation;
        let pairs = self.pairs();
        let is_filled = pairs.iter().any(|pair| pair.home.is_some());
        let gone = pairs.iter().filter_map(|pair| pair.old.as_ref()).map(|old| old.name().to_owned());
        let mut phases = vec![Phase::single("commit", removing(gone))];
        let (mut refill, mut back) = (Vec::new(), BTreeMap::new());
        for made in self.volumes.iter().filter(|made| made.moves()) {
            let Some(home) = &made.home else { continue };
            back.insert(made.name.clone(), home.name.clone());
            if !is_filled {
                refill.extend(refilling(home, &made.name, operation));
            }
        }
        phases.push(Phase::single("in place", refill));
        let (mut steps, mut moving, mut last) = (Vec::new(), Vec::new(), Vec::new());
        for pair in &pairs {
            let Some(moved) = &pair.moved else { continue };
            match &pair.home {
                Some(home) if home.name() == pair.name => last.push(moved.name().to_owned()),
                half => {
                    let half =
                        half.iter().map(|half| Call::RemoveRunning { container: half.name().to_owned() });
                    steps.extend(half.map(|it| call("making", "it may lack something", it)));
                    steps.extend(making(moved, &back, operation, moved.name())?.0);
                    moving.push(moved);
                    last.push(names::retired(&pair.name, operation));
                }
            }
        }
        phases.push(Phase::single("containers", steps));
        let mut steps = taking_over(&moving, operation, Then::Start);
        let done: Vec<Pair> = pairs
            .iter()
            .filter(|pair| pair.home.as_ref().is_some_and(|home| home.name() == pair.name))
            .cloned()
            .collect();
        let done = done.into_iter().map(|pair| Pair { old: None, ..pair }).collect::<Vec<_>>();
        steps.extend(self.started(&done));
        phases.push(Phase::single("exchange", steps));
        phases.push(Phase::single("commit", removing(last)));
        let fresh = self.fresh();
        let fresh = fresh.iter().map(|name| discard(name, "its data is in place"));
        phases.push(Phase::single("fresh volumes", fresh.collect()));
        Ok(phases)
    }
}

/// What imports dumps once all else is finished; `found` are services as they are, perhaps under names of a while.
#[must_use]
pub fn importing(found: &[Import]) -> Vec<Phase> {
    imports(found, Wait::Ready)
}

/// The old container takes its name back; returns the name of the new one, which is to go.
fn renaming(pair: &Pair, steps: &mut Vec<Step>) -> Option<String> {
    let old = pair.old.as_ref()?;
    let mut new = pair.moved.as_ref().map(|moved| moved.name().to_owned());
    if let Some(name) = new.as_mut().filter(|name| **name == pair.name && old.name() != pair.name) {
        let temporary = names::temporary(old.id(), &pair.name);
        steps.push(rename("reverting", "the new container gives the name away", name, &temporary));
        *name = temporary;
    }
    if old.name() != pair.name {
        steps.push(rename("reverting", "the old container takes its name back", old.name(), &pair.name));
    }
    new
}
