//! What is on the engine before something is restored.

use serde_json::Value;

use crate::{
    backup::VolumeRecord,
    command::{
        backup::Recipe,
        clone::{
            Original,
            json::{label, list, object, text},
        },
        execute::{backup::described, look::originals},
    },
    engine::{Engine, EngineError},
};

/// All containers and volumes of an engine.
#[derive(Clone, Debug, Default)]
pub(super) struct Scene {
    /// The containers, inspected.
    pub(super) containers: Vec<Value>,
    /// The volumes.
    pub(super) volumes: Vec<Value>,
}

impl Scene {
    /// Looks.
    pub(super) async fn look(engine: &Engine) -> Result<Self, EngineError> {
        let (containers, volumes) = described(engine).await?;
        Ok(Self { containers, volumes })
    }

    /// A volume as it was made; `None` if there is none of that name.
    pub(super) fn volume(&self, name: &str) -> Option<VolumeRecord> {
        let volume = self.volumes.iter().find(|volume| text(volume, "/Name") == name)?;
        let strings = |pointer: &str| {
            let members = object(volume, pointer).into_iter();
            members.filter_map(|(name, value)| Some((name, value.as_str()?.to_owned()))).collect()
        };
        Some(VolumeRecord {
            name: name.to_owned(),
            driver: text(volume, "/Driver").to_owned(),
            options: strings("/Options"),
            labels: strings("/Labels"),
        })
    }

    /// The container that stands for a service: one that runs, if any does.
    pub(super) fn service(&self, stack: &str, service: &str) -> Option<&Value> {
        let is_of = |one: &&&Value| {
            label(one, "com.docker.compose.project") == stack
                && label(one, "com.docker.compose.service") == service
                && !label(one, "com.docker.compose.oneoff").eq_ignore_ascii_case("true")
        };
        let mut all: Vec<&Value> = self.containers.iter().collect();
        all.sort_by_key(|one| (text(one, "/State/Status") != "running", text(one, "/Name").to_owned()));
        all.iter().find(is_of).copied()
    }

    /// The containers that have one of these volumes.
    pub(super) async fn users(
        &self,
        engine: &Engine,
        volumes: &[String],
    ) -> Result<Vec<Original>, EngineError> {
        let has = |one: &&Value| {
            let mounts = list(one, "/Mounts").iter().filter(|mount| text(mount, "/Type") == "volume");
            mounts.map(|mount| text(mount, "/Name")).any(|name| volumes.iter().any(|it| it == name))
        };
        let users: Vec<Value> = self.containers.iter().filter(has).cloned().collect();
        originals(engine, &users, &self.containers).await
    }
}

/// Where a container keeps what a recipe's dumps hold: the volume, and where it has it.
pub(super) fn kept<'a>(container: &'a Value, recipe: &Recipe) -> Option<(&'a str, &'a str)> {
    let mut mounts = list(container, "/Mounts").iter().filter(|mount| text(mount, "/Type") == "volume");
    let mount = mounts.find(|mount| recipe.keeps(text(mount, "/Destination")))?;
    Some((text(mount, "/Name"), text(mount, "/Destination")))
}
