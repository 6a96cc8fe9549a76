//! What is on the engine before something is restored.

use std::collections::BTreeSet;

use serde_json::Value;
use tokio::time::sleep;

use crate::{
    backup::VolumeRecord,
    command::{
        backup::{Recipe, service_of, stack_of},
        clone::{
            Original,
            json::{label, list, object, text},
        },
        execute::{
            backup::described,
            look::originals,
            operation::doubt::{BETWEEN_LOOKS, LOOKS},
        },
    },
    engine::{Engine, EngineError},
};

/// The label of containers that Swarm makes, with the name of their service.
pub(super) const SWARM: &str = "com.docker.swarm.service.name";

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

    /// Looks until two looks find the same volumes and the same of those who have one that is concerned: the engine may
    /// still be at what a killed process has asked for.
    pub(super) async fn settled(
        engine: &Engine,
        concerned: impl Fn(&Self) -> Vec<String>,
    ) -> Result<Self, EngineError> {
        let mut seen = Self::look(engine).await?;
        for _ in 0..LOOKS {
            sleep(BETWEEN_LOOKS).await;
            let before = std::mem::replace(&mut seen, Self::look(engine).await?);
            let (was, is) = (concerned(&before), concerned(&seen));
            let standing = seen.standing(&is);
            if standing == before.standing(&was) && !standing.iter().any(|one| one.contains(&"removing")) {
                break;
            }
        }
        Ok(seen)
    }

    /// The volumes of these names, and how those stand who have one: what calls of a restore change.
    fn standing<'a>(&'a self, names: &'a [String]) -> BTreeSet<[&'a str; 4]> {
        let facts = ["/Id", "/Name", "/State/Status", "/HostConfig/RestartPolicy/Name"];
        let users = self.containers.iter().filter(|one| has_any(one, names));
        let users = users.map(|one| facts.map(|pointer| text(one, pointer)));
        users.chain(names.iter().map(|name| [name, "", "", ""])).collect()
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
            stack_of(one) == stack
                && service_of(one) == service
                && !label(one, "com.docker.compose.oneoff").eq_ignore_ascii_case("true")
        };
        let mut all: Vec<&Value> = self.containers.iter().collect();
        all.sort_by_key(|one| (text(one, "/State/Status") != "running", text(one, "/Name").to_owned()));
        all.iter().find(is_of).copied()
    }

    /// The containers that have one of these volumes, but for those that Swarm makes.
    pub(super) async fn users(
        &self,
        engine: &Engine,
        volumes: &[String],
    ) -> Result<Vec<Original>, EngineError> {
        let is_user = |one: &&Value| !is_task(one) && has_any(one, volumes);
        let users: Vec<Value> = self.containers.iter().filter(is_user).cloned().collect();
        originals(engine, &users, &self.containers).await
    }

    /// The containers of Swarm's tasks that have one of these volumes, ended ones too.
    pub(super) fn tasks(&self, volumes: &[String]) -> impl Iterator<Item = &Value> {
        self.containers.iter().filter(|one| is_task(one) && has_any(one, volumes))
    }
}

/// The names of a container's volumes.
pub(super) fn volumes(container: &Value) -> impl Iterator<Item = &str> {
    let mounts = list(container, "/Mounts").iter().filter(|mount| text(mount, "/Type") == "volume");
    mounts.map(|mount| text(mount, "/Name"))
}

fn has_any(container: &Value, names: &[String]) -> bool {
    volumes(container).any(|name| names.iter().any(|it| it == name))
}

fn is_task(container: &Value) -> bool {
    !label(container, SWARM).is_empty()
}

/// Where a container keeps what a recipe's dumps hold: the volume, and where it has it.
pub(super) fn kept<'a>(container: &'a Value, recipe: &Recipe) -> Option<(&'a str, &'a str)> {
    let mut mounts = list(container, "/Mounts").iter().filter(|mount| text(mount, "/Type") == "volume");
    let mount = mounts.find(|mount| recipe.keeps(text(mount, "/Destination")))?;
    Some((text(mount, "/Name"), text(mount, "/Destination")))
}
