//! An operation at work: forward, and back after a failure.

use std::collections::HashMap;

use super::{Verdict, planning::plan_back};
use crate::{
    command::{
        Member, ObservedService, Phase, Plan,
        clone::names,
        execute::{
            Ending, Failure, Walker, Wish,
            lock::{Errand, Kind},
            look::{Present, observe, present},
            watch::Watch,
        },
        rollout::{self, Slot},
    },
    engine::{Engine, EngineError},
};

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
        for phase in &plan.phases {
            if self.walker.wish() != Wish::End {
                return self.halted();
            }
            match self.walker.walk(std::slice::from_ref(phase)).await {
                Ending::Done => {}
                Ending::Cancelled => return self.halted(),
                // What fails because somebody else is at work is not mended by a second one at work.
                Ending::Failed(failure) => match self.stranger(&known).await {
                    Ok(Some(why)) => return self.disturbed(&why, &failure),
                    Ok(None) | Err(_) => return self.give_up(failure).await,
                },
            }
            match self.stranger(&known).await {
                Ok(None) => {}
                Ok(Some(why)) => return Verdict::Paused(self.how_to_go_on(&why)),
                Err(error) => return Verdict::Paused(self.how_to_go_on(&error.to_string())),
            }
        }
        self.finish().await
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
    async fn finish(&self) -> Verdict {
        let paused = |why: String| Verdict::Paused(self.how_to_go_on(&why));
        let now = match observe(self.engine, &self.errand.key()).await {
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
        match self.amiss(&now) {
            None => Verdict::Done,
            Some(why) => paused(why),
        }
    }

    /// What is not as it was to be.
    fn amiss(&self, service: &ObservedService) -> Option<String> {
        match &self.errand.kind {
            Kind::Rollout(_) => {
                let slots = Slot::of(&service.members, &self.errand.operation);
                let open = slots.iter().find(|slot| !slot.is_done())?;
                Some(format!("replica {} is not replaced", open.number))
            }
            Kind::Scale { to, .. } => miscounted(service, *to),
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
            Ending::Done => match observe(self.engine, &self.errand.key()).await {
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
