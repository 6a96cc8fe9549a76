//! Changes of Swarm services and nodes. Swarm itself replaces the tasks; what is planned is the change of the spec,
//! the look at the tasks, and the spec of before for the way back.
//!
//! Going on is never a matter of sending the same spec again: on a service whose update Swarm has paused, any update
//! of the spec, another number of replicas included, lets Swarm shut down old tasks that still serve. Such a service is
//! refused everything but another image and its way back.

mod change;
mod node;
mod pin;
mod plan;
mod settings;

use std::time::Duration;

use serde_json::Value;
use thiserror::Error;

pub use node::{Load, node_plan};
pub use pin::{Pin, Source};
pub use plan::{back_plan, idle_plan, restore_plan, rollout_plan, scale_plan, watch_plan};
pub use settings::{Settings, monitor};

use super::{
    clone::json::{list, text},
    plan::ServiceChange,
};
use crate::{domain::ServiceKey, text::sanitize};

/// How long tasks may make no progress if nobody says: pulling on every node is part of it.
pub const DEADLINE: Duration = Duration::from_secs(600);

/// A Swarm service as its manager describes it.
#[derive(Clone, Debug, PartialEq)]
pub struct SwarmService {
    /// Which service.
    pub key: ServiceKey,
    /// Its inspection.
    pub inspect: Value,
}

/// Why a Swarm service cannot be changed so. Nothing was touched.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum SwarmRefusal {
    /// There is no number to set.
    #[error("{service} is {mode}: Swarm decides how many tasks it has, so there is no number to set")]
    NoReplicas {
        /// The service.
        service: String,
        /// `Global`, `ReplicatedJob`.
        mode: String,
    },
    /// Its tasks end by themselves.
    #[error(
        "{service} is a job: its tasks run to their end and are not replaced; \
         `docker service update --force {name}` runs it once more"
    )]
    Job {
        /// The service.
        service: String,
        /// Its name in Swarm.
        name: String,
    },
    /// Swarm has paused its update.
    #[error(
        "{service}: swarm has paused the update to {image} ({message}); any other change would let it go on and end \
         old tasks that still serve. Roll out another image first: `stacktop rollout {service} --image {before}`"
    )]
    Paused {
        /// The service.
        service: String,
        /// The image that did not work.
        image: String,
        /// Swarm's words.
        message: String,
        /// The image before.
        before: String,
    },
    /// Swarm itself has stopped what is to be gone on with.
    #[error(
        "{service}: swarm has stopped this update ({state}: {message}); to go on would end old tasks that still serve. \
         `stacktop ops rollback {operation}` goes back"
    )]
    Halted {
        /// The service.
        service: String,
        /// Swarm's word: `paused`, `rollback_completed`.
        state: String,
        /// Swarm's sentence.
        message: String,
        /// The operation.
        operation: String,
    },
    /// It is somebody else's by now.
    #[error(
        "{service}: somebody else has changed its spec since this operation began; \
         `stacktop ops abort {operation}` forgets the operation and leaves the service as it is"
    )]
    Meanwhile {
        /// The service.
        service: String,
        /// The operation.
        operation: String,
    },
    /// Nothing was kept to go back to.
    #[error(
        "{service}: no spec of before is kept, stacktop has not updated it; \
         `stacktop rollout {service} --image` with the old image goes back"
    )]
    NothingKept {
        /// The service.
        service: String,
    },
}

impl SwarmService {
    /// Its id.
    #[must_use]
    pub fn id(&self) -> &str {
        self.text("/ID")
    }

    /// The name that Swarm knows it by.
    #[must_use]
    pub fn name(&self) -> &str {
        self.text("/Spec/Name")
    }

    /// The image of its spec.
    #[must_use]
    pub fn image(&self) -> &str {
        self.text("/Spec/TaskTemplate/ContainerSpec/Image")
    }

    /// What it should be.
    #[must_use]
    pub fn spec(&self) -> &Value {
        self.inspect.get("Spec").unwrap_or(&Value::Null)
    }

    /// The volumes that it mounts; one without a name is empty.
    pub fn volumes(&self) -> impl Iterator<Item = &str> {
        let mounts = list(self.spec(), "/TaskTemplate/ContainerSpec/Mounts").iter();
        mounts.filter(|mount| text(mount, "/Type") == "volume").map(|mount| text(mount, "/Source"))
    }

    /// The same service with another spec.
    #[must_use]
    pub fn with_spec(&self, spec: &Value) -> Self {
        Self { key: self.key.clone(), inspect: serde_json::json!({ "ID": self.id(), "Spec": spec }) }
    }

    /// The number of replicas that its spec asks for; `None` where Swarm decides.
    #[must_use]
    pub fn replicas(&self) -> Option<u64> {
        self.inspect.pointer("/Spec/Mode/Replicated/Replicas").and_then(Value::as_u64)
    }

    /// Swarm's word and sentence on an update that it has stopped; it goes on only by a person's decision.
    #[must_use]
    pub fn halted(&self) -> Option<(String, String)> {
        let state = self.text("/UpdateStatus/State");
        let is_halted = state == "paused" || state.starts_with("rollback_");
        is_halted.then(|| (sanitize(state), sanitize(self.text("/UpdateStatus/Message"))))
    }

    /// The reference that an update is to go to: `reference`, or the one of now, whose meaning may have changed.
    ///
    /// # Errors
    /// [`SwarmRefusal`] for a job, and for the image that Swarm has just stopped an update to.
    pub fn wanted<'a>(&'a self, reference: Option<&'a str>) -> Result<&'a str, SwarmRefusal> {
        self.refuse_job()?;
        let now = self.image();
        let wanted = reference.unwrap_or_else(|| now.split('@').next().unwrap_or(now));
        if wanted == now {
            self.refuse_paused()?;
        }
        Ok(wanted)
    }

    /// The change that replaces all tasks, by `reference` or by what the reference of now has come to mean.
    ///
    /// # Errors
    /// Those of [`Self::wanted`].
    pub fn rollout(&self, reference: Option<&str>) -> Result<ServiceChange, SwarmRefusal> {
        self.wanted(reference).map(|wanted| self.change_to(wanted))
    }

    /// The same change, of a spec that was kept.
    #[must_use]
    pub fn change_to(&self, reference: &str) -> ServiceChange {
        // The same spec once more would replace nothing.
        let change = if reference == self.image() {
            let forced = self.inspect.pointer("/Spec/TaskTemplate/ForceUpdate").and_then(Value::as_u64);
            ServiceChange::Force(forced.unwrap_or_default() + 1)
        } else {
            ServiceChange::Image(reference.to_owned())
        };
        self.with_settings(change)
    }

    /// The change that puts a template back which was kept, over the spec as it is now: replicas stay.
    #[must_use]
    pub fn restore(&self, template: &Value) -> ServiceChange {
        self.with_settings(ServiceChange::Template(template.clone()))
    }

    fn with_settings(&self, change: ServiceChange) -> ServiceChange {
        match Settings::of(self).given {
            Some(config) => ServiceChange::All(vec![change, ServiceChange::UpdateConfig(config)]),
            None => change,
        }
    }

    /// The change that undoes an update of its tasks: this is the service of before.
    #[must_use]
    pub fn undo(&self) -> ServiceChange {
        let part = |name: &str| self.spec().get(name).cloned().unwrap_or_default();
        ServiceChange::All(vec![
            ServiceChange::Template(part("TaskTemplate")),
            ServiceChange::UpdateConfig(part("UpdateConfig")),
        ])
    }

    /// The number of replicas of now, for a service that can have another one.
    ///
    /// # Errors
    /// [`SwarmRefusal`] for a service that has none, and for one whose update Swarm has paused.
    pub fn scalable(&self) -> Result<u64, SwarmRefusal> {
        self.refuse_job()?;
        self.refuse_paused()?;
        self.replicas().ok_or_else(|| SwarmRefusal::NoReplicas {
            service: self.key.to_string(),
            mode: self.mode().to_owned(),
        })
    }

    fn refuse_job(&self) -> Result<(), SwarmRefusal> {
        if self.mode().ends_with("Job") {
            let (service, name) = (self.key.to_string(), sanitize(self.name()));
            return Err(SwarmRefusal::Job { service, name });
        }
        Ok(())
    }

    fn refuse_paused(&self) -> Result<(), SwarmRefusal> {
        match self.halted() {
            Some((state, message)) if state.ends_with("paused") => Err(SwarmRefusal::Paused {
                service: self.key.to_string(),
                image: sanitize(self.image()),
                message,
                before: sanitize(self.text("/PreviousSpec/TaskTemplate/ContainerSpec/Image")),
            }),
            _ => Ok(()),
        }
    }

    fn mode(&self) -> &str {
        let mode = self.inspect.pointer("/Spec/Mode").and_then(Value::as_object);
        mode.and_then(|mode| mode.keys().next()).map(String::as_str).unwrap_or_default()
    }

    fn text(&self, pointer: &str) -> &str {
        self.inspect.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
