//! The container to be cloned.

use serde_json::{Value, json};

use super::json::{label, text, texts};
use super::{Refusal, names};

/// A container as the engine tells it, with what else is needed to clone it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Original {
    /// `GET /containers/{id}/json`, before anything was done to it: a changed restart policy would be copied.
    pub container: Value,
    /// `GET /images/{its image's id}/json`; `null` when the image is gone.
    pub image: Value,
    /// `GET /containers/{id}/changes`; `null` when nobody asked.
    pub layer: Value,
    /// The names of containers that live in this one's namespaces, from [`dependents`].
    pub dependents: Vec<String>,
    /// The version the engine is spoken to in.
    pub api_version: (u32, u32),
}

impl Original {
    /// An original of which neither layer nor dependents are known.
    #[must_use]
    pub fn new(container: Value, image: Value, api_version: (u32, u32)) -> Self {
        Self { container, image, api_version, ..Self::default() }
    }

    /// The restart policy as the engine has it: `{"Name": "always", ...}`. Engines take an empty name for `no` and older
    /// ones keep it so.
    #[must_use]
    pub fn restart_policy(&self) -> Value {
        let policy = self.container.pointer("/HostConfig/RestartPolicy");
        let named = policy.filter(|policy| !text(policy, "/Name").is_empty());
        named.cloned().unwrap_or_else(|| json!({ "Name": "no" }))
    }

    /// The id, whole.
    #[must_use]
    pub fn id(&self) -> &str {
        text(&self.container, "/Id")
    }

    /// The name, without the engine's leading slash.
    #[must_use]
    pub fn name(&self) -> &str {
        text(&self.container, "/Name").trim_start_matches('/')
    }

    /// A label; empty when there is none.
    #[must_use]
    pub fn label(&self, name: &str) -> &str {
        label(&self.container, name)
    }

    /// Compose's project; empty when Compose did not make it.
    #[must_use]
    pub fn project(&self) -> &str {
        self.label("com.docker.compose.project")
    }

    /// What a person calls it: the service, else the container's name.
    #[must_use]
    pub fn service(&self) -> String {
        match self.label("com.docker.compose.service") {
            "" => self.name().to_owned(),
            service => service.to_owned(),
        }
    }

    /// Compose's number, from 1.
    #[must_use]
    pub fn number(&self) -> Option<u64> {
        names::number(&self.container)
    }

    /// Whether Compose made it, or somebody who wanted it to look so.
    #[must_use]
    pub fn is_compose(&self) -> bool {
        !self.project().is_empty()
    }

    /// Refuses what nobody may replace container by container.
    ///
    /// # Errors
    /// [`Refusal`] for tasks of Swarm and for containers that vanish when they stop.
    pub fn replaceable(&self) -> Result<(), Refusal> {
        let container = self.name().to_owned();
        match self.label("com.docker.swarm.service.name") {
            "" => {}
            service => return Err(Refusal::SwarmTask { container, service: service.to_owned() }),
        }
        if self.container.pointer("/HostConfig/AutoRemove") == Some(&Value::Bool(true)) {
            return Err(Refusal::AutoRemove { container });
        }
        Ok(())
    }
}

/// The names of containers that live in the namespaces of a container or mount its volumes: they must be re-created
/// when it is replaced.
#[must_use]
pub fn dependents(provider: &Value, all: &[Value]) -> Vec<String> {
    let (id, name) = (text(provider, "/Id"), text(provider, "/Name").trim_start_matches('/'));
    let is_provider = |word: &str| !word.is_empty() && (word == id || word == name);
    let of_mode = |word: &str| word.strip_prefix("container:").is_some_and(is_provider);
    let depends = |other: &&Value| {
        let modes = ["NetworkMode", "IpcMode", "PidMode"];
        modes.iter().any(|mode| of_mode(text(other, &format!("/HostConfig/{mode}"))))
            || texts(other, "/HostConfig/VolumesFrom").any(|from| is_provider(before_colon(from)))
    };
    let found = all.iter().filter(depends);
    found.map(|other| text(other, "/Name").trim_start_matches('/').to_owned()).collect()
}

fn before_colon(word: &str) -> &str {
    word.split(':').next().unwrap_or_default()
}
