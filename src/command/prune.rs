//! What nobody uses any more is removed, piece by piece and by name: so the plan says exactly what goes, and the engine
//! itself refuses what somebody has begun to use since.

use std::{collections::BTreeSet, time::Duration};

use serde_json::Value;

use super::{
    execute::lock::Errand,
    plan::{Act, Call, Downtime, Phase, Plan, Risk, Step, Unused},
    rollout::PREVIOUS,
};
use crate::{
    domain::{Container, ContainerState, Membership, ServiceKey, Snapshot, StackName},
    text,
};

/// Labels that say which stack made a thing.
const STACK: [&str; 2] = ["com.docker.compose.project", "com.docker.stack.namespace"];

/// Networks that every engine has.
const OWN_NETWORKS: [&str; 5] = ["bridge", "host", "none", "ingress", "docker_gwbridge"];

/// Names in one line of the facts; the steps have them all.
const NAMED: usize = 4;

/// A kind of thing that piles up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Containers that have ended, or were never started.
    Containers,
    /// Networks without containers.
    Networks,
    /// Images without a name.
    Images,
    /// The cache of builds.
    BuildCache,
    /// Volumes that no container mounts.
    Volumes,
}

impl Kind {
    /// What is removed unless kinds are named: nothing that cannot be made again.
    pub const HARMLESS: [Self; 4] = [Self::Containers, Self::Networks, Self::Images, Self::BuildCache];

    const fn word(self) -> &'static str {
        match self {
            Self::Containers => "containers",
            Self::Networks => "networks",
            Self::Images => "images",
            Self::BuildCache => "cache",
            Self::Volumes => "volumes",
        }
    }
}

/// What is to be removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Only what this stack made.
    pub stack: Option<StackName>,
    /// Of these kinds.
    pub kinds: Vec<Kind>,
}

/// What an engine keeps, at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    /// What it runs.
    pub snapshot: Snapshot,
    /// What takes space, in the engine's words.
    pub usage: Value,
    /// Its networks, in the engine's words.
    pub networks: Vec<Value>,
    /// Operations that have not ended.
    pub unfinished: Vec<Errand>,
}

/// Something that nobody uses.
#[derive(Clone, Debug, PartialEq)]
struct Piece {
    call: Call,
    name: String,
    /// Bytes that it frees, where they are known.
    bytes: Option<u64>,
    why: String,
}

/// The plan that removes what is wanted and nobody uses.
#[must_use]
pub fn plan(kept: &Kept, wanted: &Wanted) -> Plan {
    let mut kinds = wanted.kinds.clone();
    kinds.sort_unstable();
    kinds.dedup();
    let survey = Survey { kept, wanted };
    let found: Vec<(Kind, Vec<Piece>)> = kinds.into_iter().map(|kind| (kind, survey.pieces(kind))).collect();
    let count: usize = found.iter().map(|(_, pieces)| pieces.len()).sum();
    let freed = found.iter().flat_map(|(_, pieces)| pieces).filter_map(|piece| piece.bytes).sum();
    let on = || format!("on {}", kept.snapshot.engine.name);
    let of = wanted.stack.as_ref().map_or_else(on, |stack| format!("of {stack}"));
    let phases = found.iter().filter(|(_, pieces)| !pieces.is_empty()).map(phase).collect();
    let loses = found.iter().any(|(kind, pieces)| *kind == Kind::Volumes && !pieces.is_empty());
    let mut facts = vec![("frees".to_owned(), text::bytes(freed))];
    facts.extend(found.iter().map(|(kind, pieces)| (kind.word().to_owned(), summary(pieces))));
    Plan {
        title: format!("remove what nobody uses {of}"),
        risk: risk(count, loses),
        facts,
        notes: survey.notes(),
        phases,
        takes: Duration::from_millis(200).saturating_mul(u32::try_from(count).unwrap_or(u32::MAX)),
        down_for: Downtime::None,
        undo: undo(loses).to_owned(),
    }
}

const fn risk(count: usize, loses: bool) -> Risk {
    match (count, loses) {
        (0, _) => Risk::None,
        (_, false) => Risk::Some,
        (_, true) => Risk::High,
    }
}

const fn undo(loses: bool) -> &'static str {
    if loses {
        "none: what is in the volumes is lost for good"
    } else {
        "none: what ended containers wrote is gone; images and the cache are fetched or built again"
    }
}

/// `3, 120M: a, b, c`
fn summary(pieces: &[Piece]) -> String {
    if pieces.is_empty() {
        return "none".to_owned();
    }
    let names: Vec<&str> = pieces.iter().take(NAMED).map(|piece| piece.name.as_str()).collect();
    let more = pieces.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let bytes: u64 = pieces.iter().filter_map(|piece| piece.bytes).sum();
    let bytes = if bytes > 0 { format!(", {}", text::bytes(bytes)) } else { String::new() };
    format!("{}{bytes}: {}{more}", pieces.len(), names.join(", "))
}

fn phase((kind, pieces): &(Kind, Vec<Piece>)) -> Phase {
    let step = |piece: &Piece| {
        let size = piece.bytes.filter(|bytes| *bytes > 0);
        let size = size.map(|bytes| format!(", {}", text::bytes(bytes))).unwrap_or_default();
        let cause = format!("{}{size}", piece.why);
        Step { slot: None, state: "removing", cause, act: Act::Call(piece.call.clone()) }
    };
    Phase::single(kind.word(), pieces.iter().map(step).collect())
}

/// Looks for what nobody uses.
struct Survey<'a> {
    kept: &'a Kept,
    wanted: &'a Wanted,
}

impl Survey<'_> {
    fn pieces(&self, kind: Kind) -> Vec<Piece> {
        let mut pieces = match kind {
            Kind::Containers => self.ended().map(|container| self.container(container)).collect(),
            Kind::Networks => self.networks(),
            Kind::Images => self.images(),
            Kind::BuildCache => self.build_cache().into_iter().collect(),
            Kind::Volumes => self.volumes(),
        };
        pieces.sort_by(|a: &Piece, b: &Piece| a.name.cmp(&b.name));
        pieces
    }

    fn containers(&self) -> impl Iterator<Item = &Container> {
        self.kept.snapshot.containers.iter()
    }

    /// Containers that have ended and that nobody needs. A lock says who is at work, what an unfinished operation has
    /// put aside is its way back, and Swarm clears up after itself.
    fn ended(&self) -> impl Iterator<Item = &Container> {
        use ContainerState::{Created, Dead, Exited};
        self.containers().filter(|container| {
            matches!(container.state, Created | Exited | Dead)
                && !container.is_tool()
                && !matches!(container.membership, Membership::Swarm { .. })
                && !self.is_unfinished(container)
                && self.is_wanted(|label| container.labels.get(label).map(String::as_str))
        })
    }

    fn is_unfinished(&self, container: &Container) -> bool {
        let Membership::Compose { project, service, .. } = &container.membership else { return false };
        let key = ServiceKey { stack: Some(project.clone()), name: service.clone() };
        self.kept.unfinished.iter().any(|errand| errand.covers(&key))
    }

    fn is_wanted<'b>(&self, label: impl Fn(&str) -> Option<&'b str>) -> bool {
        let Some(stack) = &self.wanted.stack else { return true };
        STACK.iter().any(|name| label(name) == Some(stack.as_str()))
    }

    /// Whether a thing in the engine's words is wanted.
    fn wants(&self, thing: &Value) -> bool {
        self.is_wanted(|name| label(thing, name))
    }

    fn container(&self, container: &Container) -> Piece {
        let listed = items(&self.kept.usage, "Containers", "ContainerUsage");
        let own = listed.iter().find(|it| word(it, "Id") == container.id.as_str());
        let ended = container.exit.as_ref().map(|exit| exit.describe());
        Piece {
            call: Call::Remove { container: container.name.clone() },
            name: container.name.clone(),
            bytes: own.and_then(|it| number(it, "SizeRw")),
            why: ended.unwrap_or_else(|| container.state.word().to_owned()),
        }
    }

    /// Networks that no container would miss: one that has ended wants its networks when it is started.
    fn networks(&self) -> Vec<Piece> {
        let goes: BTreeSet<&str> = match self.wanted.kinds.contains(&Kind::Containers) {
            true => self.ended().map(|container| container.id.as_str()).collect(),
            false => BTreeSet::new(),
        };
        let stays = self.containers().filter(|container| !goes.contains(container.id.as_str()));
        let used: BTreeSet<&str> =
            stays.flat_map(|container| container.networks.iter().map(String::as_str)).collect();
        let unused = self.kept.networks.iter().filter(|network| {
            let name = word(network, "Name");
            !OWN_NETWORKS.contains(&name)
                && word(network, "Scope") != "swarm"
                && !used.contains(name)
                && self.wants(network)
        });
        unused
            .map(|it| piece(Unused::Network, word(it, "Id"), word(it, "Name"), None, "no container is in it"))
            .collect()
    }

    /// Images without a name that no container was made from, stopped ones included, and to which no update goes back.
    fn images(&self) -> Vec<Piece> {
        let used = |id: &str| {
            self.containers().any(|container| {
                container.image_id.as_str() == id
                    || container.labels.get(PREVIOUS).is_some_and(|previous| previous.ends_with(id))
            })
        };
        let unused = items(&self.kept.usage, "Images", "ImageUsage").iter().filter(|image| {
            let id = word(image, "Id");
            is_nameless(image)
                && !used(id)
                && number(image, "Containers").unwrap_or(0) == 0
                && self.wants(image)
        });
        let own = |image: &Value| {
            let shared = number(image, "SharedSize").unwrap_or(0);
            number(image, "Size").map(|size| size.saturating_sub(shared))
        };
        let why = "no name, and no container is made from it";
        unused.map(|it| piece(Unused::Image, word(it, "Id"), short(word(it, "Id")), own(it), why)).collect()
    }

    /// The cache as a whole; it belongs to no stack.
    fn build_cache(&self) -> Option<Piece> {
        let records = items(&self.kept.usage, "BuildCache", "BuildCacheUsage");
        let is = |record: &Value, name: &str| record.get(name).and_then(Value::as_bool) == Some(true);
        let unused: Vec<&Value> =
            records.iter().filter(|record| !is(record, "InUse") && !is(record, "Shared")).collect();
        let bytes = unused.iter().filter_map(|record| number(record, "Size")).sum();
        let why = format!("{} records that no build uses", unused.len());
        let goes = self.wanted.stack.is_none() && !unused.is_empty();
        goes.then(|| piece(Unused::BuildCache, "", "build cache", Some(bytes), &why))
    }

    /// Volumes that no container mounts, not even one that has ended, of no stack that is still there.
    fn volumes(&self) -> Vec<Piece> {
        let mounted = |name: &str| {
            self.containers().any(|container| container.mounts.iter().any(|mount| mount.source == name))
        };
        let unused = items(&self.kept.usage, "Volumes", "VolumeUsage").iter().filter(|volume| {
            let is_free = volume.pointer("/UsageData/RefCount").and_then(Value::as_i64) == Some(0);
            is_free
                && !mounted(word(volume, "Name"))
                && !self.is_of_a_live_stack(volume)
                && self.wants(volume)
        });
        let size = |volume: &Value| volume.get("UsageData").and_then(|usage| number(usage, "Size"));
        unused
            .map(|it| {
                piece(Unused::Volume, word(it, "Name"), word(it, "Name"), size(it), "no container mounts it")
            })
            .collect()
    }

    fn is_of_a_live_stack(&self, volume: &Value) -> bool {
        let of = |stack: &str| {
            let is_of = |container: &Container| {
                STACK.iter().any(|name| container.labels.get(*name).is_some_and(|value| value == stack))
            };
            let mut services = self.kept.snapshot.services.iter();
            self.containers().any(is_of)
                || services.any(|service| service.stack.as_ref().is_some_and(|name| name.as_str() == stack))
        };
        STACK.iter().filter_map(|name| label(volume, name)).any(of)
    }

    fn notes(&self) -> Vec<String> {
        let unfinished = self.kept.unfinished.iter();
        let mut notes: Vec<String> = unfinished
            .map(|errand| {
                format!("what belongs to {} stays: an operation on it has not ended", errand.called())
            })
            .collect();
        if !self.wanted.kinds.contains(&Kind::Volumes) {
            notes.push("volumes stay; `stacktop prune --volumes` shows those that nobody uses".to_owned());
        }
        notes
    }
}

fn piece(kind: Unused, id: &str, name: &str, bytes: Option<u64>, why: &str) -> Piece {
    let call = Call::Discard { kind, id: id.to_owned(), name: name.to_owned() };
    Piece { call, name: name.to_owned(), bytes, why: why.to_owned() }
}

/// The list of that name; newer engines have it in an object of its own.
fn items<'a>(usage: &'a Value, name: &str, object: &str) -> &'a [Value] {
    let newer = || usage.get(object).and_then(|object| object.get("Items"));
    let list = usage.get(name).filter(|list| list.is_array()).or_else(newer);
    list.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

fn word<'a>(thing: &'a Value, name: &str) -> &'a str {
    thing.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// A number of bytes or of uses; a negative one means that the engine does not know.
fn number(thing: &Value, name: &str) -> Option<u64> {
    thing.get(name).and_then(Value::as_u64)
}

fn label<'a>(thing: &'a Value, name: &str) -> Option<&'a str> {
    thing.get("Labels").and_then(|labels| labels.get(name)).and_then(Value::as_str)
}

fn is_nameless(image: &Value) -> bool {
    let tags = image.get("RepoTags").and_then(Value::as_array);
    tags.is_none_or(|tags| tags.iter().all(|tag| tag == "<none>:<none>"))
}

fn short(id: &str) -> &str {
    let id = id.strip_prefix("sha256:").unwrap_or(id);
    id.get(..12).unwrap_or(id)
}

#[cfg(test)]
mod tests;
