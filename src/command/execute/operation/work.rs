//! An operation at work: forward, and back after a failure.

use std::collections::HashMap;

use super::{
    Verdict,
    planning::{self, Part, plan_back},
};
use crate::{
    command::{
        Member, ObservedService, Phase, Plan,
        clone::names,
        execute::{
            Ending, Failure, Walker, Wish,
            lock::{Errand, Kind},
            look::{Present, observe, observe_without_files, present},
            watch::Watch,
        },
        rollout::{self, OnFailure, Slot},
    },
    engine::{Engine, EngineError},
};

/// Why phases were not gone through.
enum Stop {
    /// It ends so.
    Here(Verdict),
    /// A step failed.
    Failed(Failure),
}

/// The containers that were there, by their ids, with their names.
type Known = HashMap<String, String>;

/// An operation at work.
pub(super) struct Work<'a> {
    pub(super) engine: &'a Engine,
    pub(super) errand: Errand,
    pub(super) walker: Walker,
}

impl Work<'_> {
    pub(super) async fn forward(&self, plan: &Plan, service: &ObservedService) -> Verdict {
        let known: Known = service.members.iter().map(|it| (it.id.clone(), it.name.clone())).collect();
        let (mut phases, mut failures) = (plan.phases.clone(), Vec::new());
        loop {
            match self.through(&phases, &known).await {
                Ok(()) => return self.finish(failures).await,
                Err(Stop::Here(verdict)) => return verdict,
                Err(Stop::Failed(failure)) => failures.push(failure),
            }
            match self.bear(&failures).await {
                Ok(rest) => phases = rest,
                Err(verdict) => return verdict,
            }
        }
    }

    async fn through(&self, phases: &[Phase], known: &Known) -> Result<(), Stop> {
        for phase in phases {
            if self.walker.wish() != Wish::End {
                return Err(Stop::Here(self.halted()));
            }
            match self.walker.walk(std::slice::from_ref(phase)).await {
                Ending::Done => {}
                Ending::Cancelled => return Err(Stop::Here(self.halted())),
                // What fails because somebody else is at work is not mended by a second one at work.
                Ending::Failed(failure) => match self.stranger(known).await {
                    Ok(Some(why)) => return Err(Stop::Here(self.disturbed(&why, &failure))),
                    Ok(None) | Err(_) => return Err(Stop::Failed(failure)),
                },
            }
            match self.stranger(known).await {
                Ok(None) => {}
                Ok(Some(why)) => return Err(Stop::Here(Verdict::Paused(self.how_to_go_on(&why)))),
                Err(error) => return Err(Stop::Here(Verdict::Paused(self.how_to_go_on(&error.to_string())))),
            }
        }
        Ok(())
    }

    /// What is left to do after failures that the terms bear, the last one being new, or how it ends.
    async fn bear(&self, failures: &[Failure]) -> Result<Vec<Phase>, Verdict> {
        let Some(failure) = failures.last() else { return Ok(Vec::new()) };
        let (terms, slot) = match (&self.errand.kind, failure.slot) {
            (Kind::Rollout(terms), Some(slot)) => (terms, slot),
            (Kind::Rollout(_) | Kind::Scale { .. } | Kind::Backup(_) | Kind::Restore(_), _) => {
                return Err(self.give_up(failure.clone()).await);
            }
        };
        match terms.after(failures.len()) {
            OnFailure::RollBack => Err(self.give_up(failure.clone()).await),
            OnFailure::Pause => {
                self.put_back(failure, Part::HalfWay).await?;
                let why = format!("{}: {}; replica {slot} is as before", failure.attempt, failure.why);
                Err(Verdict::Paused(self.how_to_go_on(&why)))
            }
            OnFailure::Continue => {
                self.put_back(failure, Part::Slot(slot)).await?;
                let failed: Vec<u64> = failures.iter().filter_map(|failure| failure.slot).collect();
                self.rest(&failed).await.map_err(|why| Verdict::Paused(self.how_to_go_on(&why)))
            }
        }
    }

    /// That part serves as before; the others are left alone.
    async fn put_back(&self, failure: &Failure, part: Part) -> Result<(), Verdict> {
        let stuck = |why: String| Verdict::Stuck { failure: Some(failure.clone()), why };
        let service =
            observe(self.engine, &self.errand.key()).await.map_err(|error| stuck(error.to_string()))?;
        match self.walker.walk(&planning::part_back(&service, &self.errand, part)).await {
            Ending::Done => Ok(()),
            Ending::Cancelled => Err(self.halted()),
            Ending::Failed(second) => Err(stuck(format!("{}: {}", second.attempt, second.why))),
        }
    }

    /// What is left to do without the slots that failed.
    async fn rest(&self, failed: &[u64]) -> Result<Vec<Phase>, String> {
        let service = observe(self.engine, &self.errand.key()).await.map_err(|error| error.to_string())?;
        let plan = planning::plan(self.engine, &service, &self.errand, failed).await;
        plan.map(|plan| plan.phases).map_err(|refused| refused.to_string())
    }

    /// What somebody else has done to the service, `compose up` as a rule: by what was seen of it, else a container that
    /// neither was there nor is ours, or one that was there and is gone.
    async fn stranger(&self, known: &Known) -> Result<Option<String>, EngineError> {
        if let Some(seen) = self.walker.watch.stranger() {
            return Ok(Some(seen));
        }
        let now = present(self.engine, &self.errand.key()).await?;
        let foreign = |one: &&Present| {
            !known.contains_key(&one.id) && one.operation.as_deref() != Some(&self.errand.operation)
        };
        let made =
            now.iter().find(foreign).map(|one| format!("somebody else has made {} meanwhile", one.name));
        let is_gone = |(id, name): &(&String, &String)| {
            !now.iter().any(|one| one.id == **id) && !self.walker.watch.expects(name)
        };
        let gone = || known.iter().find(is_gone).map(|(_, name)| name);
        Ok(made.or_else(|| Some(format!("somebody else has removed {} meanwhile", gone()?))))
    }

    /// It was stopped from outside, after something had failed.
    fn disturbed(&self, why: &str, failure: &Failure) -> Verdict {
        Verdict::Paused(self.how_to_go_on(&format!("{why}, and {} failed: {}", failure.attempt, failure.why)))
    }

    /// The old containers go, and what was planned is compared with what is there.
    async fn finish(&self, failures: Vec<Failure>) -> Verdict {
        let paused = |why: String| Verdict::Paused(self.how_to_go_on(&why));
        let now = match observe_without_files(self.engine, &self.errand.key()).await {
            Ok(now) => now,
            Err(error) => return paused(error.to_string()),
        };
        if self.walker.wish() != Wish::End {
            return self.halted();
        }
        if let Kind::Rollout(_) = self.errand.kind {
            match self.walker.walk(&rollout::commit(&now, &self.errand.operation)).await {
                Ending::Done => {}
                Ending::Cancelled => return self.halted(),
                Ending::Failed(failure) => return paused(failure.why),
            }
        }
        match (self.amiss(&now, &failures), failures.last()) {
            (Some(why), _) => paused(why),
            (None, None) => Verdict::Done,
            (None, Some(last)) if self.is_untouched(&now) => Verdict::RolledBack(last.clone()),
            (None, Some(_)) => Verdict::Partial(failures),
        }
    }

    /// Whether nothing of the operation is there.
    fn is_untouched(&self, service: &ObservedService) -> bool {
        let is_ours = |member: &Member| member.operation.as_deref() == Some(&self.errand.operation);
        !service.members.iter().any(is_ours)
    }

    /// What is not as it was to be.
    fn amiss(&self, service: &ObservedService, failures: &[Failure]) -> Option<String> {
        match &self.errand.kind {
            Kind::Rollout(terms) => {
                let slots = Slot::of(&service.members, &self.errand.operation);
                let has_failed = |slot: &Slot| failures.iter().any(|it| it.slot == Some(slot.number));
                let is_open = |slot: &&Slot| !slot.is_done() && !terms.is_met_by(slot) && !has_failed(slot);
                let open = slots.iter().find(is_open)?;
                Some(format!("replica {} is not replaced", open.number))
            }
            Kind::Scale { to, .. } => miscounted(service, *to),
            Kind::Backup(_) | Kind::Restore(_) => None,
        }
    }

    /// After a failure everything is put back.
    async fn give_up(&self, failure: Failure) -> Verdict {
        let stuck = |why: String| Verdict::Stuck { failure: Some(failure.clone()), why };
        let service = match observe(self.engine, &self.errand.key()).await {
            Ok(service) => service,
            Err(error) => return stuck(error.to_string()),
        };
        match plan_back(&service, &self.errand) {
            Ok(plan) => self.unwatched(&plan).turn_back(Some(failure), &plan.phases).await,
            Err(refused) => stuck(refused.to_string()),
        }
    }

    /// The same at work on the way back: somebody else is no reason to leave that half-way.
    fn unwatched(&self, back: &Plan) -> Self {
        let walker = self.walker.clone().watching(Watch::default()).estimating(back);
        Self { walker, errand: self.errand.clone(), engine: self.engine }
    }

    pub(super) async fn turn_back(&self, failure: Option<Failure>, phases: &[Phase]) -> Verdict {
        let why = match self.walker.walk(phases).await {
            Ending::Done => match observe_without_files(self.engine, &self.errand.key()).await {
                Ok(service) => left_over(&service, &self.errand),
                Err(error) => Some(error.to_string()),
            },
            Ending::Cancelled => {
                let halted = self.walker.wish().sentence();
                return failure.map_or_else(|| self.halted(), |first| self.disturbed(halted, &first));
            }
            Ending::Failed(failure) => Some(format!("{}: {}", failure.attempt, failure.why)),
        };
        match (why, failure) {
            (Some(why), failure) => Verdict::Stuck { failure, why },
            (None, Some(failure)) => Verdict::RolledBack(failure),
            (None, None) => Verdict::Done,
        }
    }

    fn halted(&self) -> Verdict {
        let stranger = self.walker.watch.stranger();
        let why = stranger.as_deref().unwrap_or_else(|| self.walker.wish().sentence());
        Verdict::Paused(self.how_to_go_on(why))
    }

    fn how_to_go_on(&self, why: &str) -> String {
        let operation = &self.errand.operation;
        format!(
            "{why}; `stacktop ops resume {operation}` goes on, `stacktop ops rollback {operation}` goes back"
        )
    }
}

/// What a way back has not put back.
fn left_over(service: &ObservedService, errand: &Errand) -> Option<String> {
    match &errand.kind {
        Kind::Rollout(_) => {
            let is_left = |member: &&Member| {
                member.operation.as_deref() == Some(&errand.operation)
                    || names::lasting(&member.name) != member.name
            };
            let left = service.members.iter().find(is_left)?;
            Some(format!("{} is not as it was", left.name))
        }
        Kind::Scale { from, .. } => miscounted(service, *from),
        Kind::Backup(_) | Kind::Restore(_) => None,
    }
}

/// At zero, one replica stays, stopped.
fn miscounted(service: &ObservedService, wanted: u64) -> Option<String> {
    let (running, all) = (service.running().count() as u64, service.members.len() as u64);
    if running != wanted {
        return Some(format!("{running} replicas run where {wanted} were to"));
    }
    (all != wanted.max(1)).then(|| format!("{} containers are there that do not run", all - running))
}
