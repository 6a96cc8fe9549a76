//! What a stack has to be backed up, read off the engine's descriptions.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{label::MODE, recipe::Recipe};
use crate::{
    backup::{Mode, ServiceRecord, VolumeRecord},
    command::{
        clone::json::{label, list, text},
        restore::HOME,
    },
};

const PROJECT: &str = "com.docker.compose.project";
const SERVICE: &str = "com.docker.compose.service";
const NAMESPACE: &str = "com.docker.stack.namespace";
const SWARM_SERVICE: &str = "com.docker.swarm.service.name";
const DEPENDS: &str = "com.docker.compose.depends_on";

/// A stack, or one service of it, as far as backups care.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Survey {
    /// The stack.
    pub stack: String,
    /// Volumes, by name.
    pub volumes: Vec<Volume>,
    /// Containers whose database can be dumped: the first running one of each service.
    pub databases: Vec<Database>,
    /// The services, by name.
    pub services: Vec<ServiceRecord>,
    /// Folders of the host that containers write to; a backup through the engine does not reach them.
    pub binds: BTreeSet<String>,
    /// Volumes that nobody has since a restore, and the one that containers have instead.
    pub aside: BTreeMap<String, String>,
}

/// A volume and who uses it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Volume {
    /// Its name.
    pub name: String,
    /// Its driver.
    pub driver: String,
    /// The driver's options.
    pub options: BTreeMap<String, String>,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// Containers that have it mounted, whatever their stack.
    pub users: Vec<User>,
}

/// A container that has a volume mounted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Its name.
    pub container: String,
    /// The service it belongs to, as a person calls it: `shop/db`.
    pub called: String,
    /// Where it has the volume.
    pub target: String,
    /// Whether it may write there.
    pub access: Access,
    /// What it is doing.
    pub activity: Activity,
    /// Services that it needs, by Compose's label.
    pub needs: BTreeSet<String>,
    /// What a label says about how its volumes are kept consistent.
    pub wish: Option<Wish>,
    /// Whether Swarm would start another if it stopped.
    pub supervision: Supervision,
}

/// What a container may do with a volume.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// It may write.
    ReadWrite,
    /// It only reads.
    ReadOnly,
}

/// What a container is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activity {
    /// Its processes run.
    Running,
    /// They are frozen.
    Paused,
    /// It has none.
    Ended,
}

/// Who looks after a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Supervision {
    /// Nobody starts another in its place.
    Engine,
    /// Swarm does.
    Swarm,
}

/// What a label asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// This mode.
    Mode(Mode),
    /// No backup at all.
    Skip,
}

/// A database that is dumped by a program in its own container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Database {
    /// The container in which the program runs.
    pub container: String,
    /// The service.
    pub service: String,
    /// How it is dumped.
    pub recipe: Recipe,
    /// What the recipe's commands are told in secret.
    pub env: Vec<(String, String)>,
    /// Volumes that the dump stands for.
    pub covers: BTreeSet<String>,
    /// The version of its program, where the image tells.
    pub version: Option<String>,
    /// What labels have run before the dumps, and after them.
    pub hooks: (Option<Vec<String>>, Option<Vec<String>>),
}

impl Survey {
    /// Reads `containers` and `volumes`, as the engine describes them, for `stack` or one `service` of it.
    #[must_use]
    pub fn of(stack: &str, service: Option<&str>, containers: &[Value], volumes: &[Value]) -> Self {
        let ours: Vec<&Value> = containers
            .iter()
            .filter(|one| stack_of(one) == stack && service.is_none_or(|name| service_of(one) == name))
            .filter(|one| !label(one, "com.docker.compose.oneoff").eq_ignore_ascii_case("true"))
            .collect();
        let mounted: BTreeSet<&str> =
            ours.iter().flat_map(|one| volumes_of(one)).map(|(name, _)| name).collect();
        let belongs = |volume: &&Value| {
            mounted.contains(text(volume, "/Name")) || (service.is_none() && is_listed_of(volume, stack))
        };
        let services = records(&ours, volumes);
        let mut volumes: Vec<Volume> =
            volumes.iter().filter(belongs).map(|volume| Volume::of(volume, containers)).collect();
        let aside = aside(&volumes);
        volumes.retain(|volume| !aside.contains_key(&volume.name));
        Self {
            stack: stack.to_owned(),
            volumes,
            aside,
            databases: databases(&ours),
            services,
            binds: ours.iter().flat_map(|one| binds(one)).collect(),
        }
    }
}

impl Volume {
    fn of(volume: &Value, containers: &[Value]) -> Self {
        let name = text(volume, "/Name");
        let users = containers.iter().flat_map(|one| {
            volumes_of(one).filter(|(mounted, _)| *mounted == name).map(|(_, mount)| User::of(one, mount))
        });
        Self {
            name: name.to_owned(),
            driver: text(volume, "/Driver").to_owned(),
            options: strings(volume, "/Options"),
            labels: strings(volume, "/Labels"),
            users: users.collect(),
        }
    }

    /// The volume whose place it takes, if a restore has made it.
    fn home(&self) -> Option<String> {
        let home: VolumeRecord = serde_json::from_str(self.labels.get(HOME)?).ok()?;
        Some(home.name)
    }

    /// What labels, its own or those of its users, ask for.
    #[must_use]
    pub fn wish(&self) -> Option<Wish> {
        let own = self.labels.get(MODE).and_then(|word| Wish::parse(word));
        own.or_else(|| self.users.iter().find_map(|user| user.wish))
    }

    /// Running containers that may write to it.
    pub fn writers(&self) -> impl Iterator<Item = &User> {
        self.users
            .iter()
            .filter(|user| user.access == Access::ReadWrite && user.activity == Activity::Running)
    }
}

impl User {
    fn of(container: &Value, mount: &Value) -> Self {
        let (stack, service) = (stack_of(container), service_of(container));
        let name = text(container, "/Name").trim_start_matches('/');
        let called = if stack.is_empty() { name.to_owned() } else { format!("{stack}/{service}") };
        let needs = label(container, DEPENDS).split(',').filter_map(|need| need.split(':').next());
        let by_swarm = !label(container, SWARM_SERVICE).is_empty();
        Self {
            container: name.to_owned(),
            called,
            target: text(mount, "/Destination").to_owned(),
            access: if mount.get("RW") == Some(&Value::Bool(false)) {
                Access::ReadOnly
            } else {
                Access::ReadWrite
            },
            activity: match text(container, "/State/Status") {
                "running" | "restarting" => Activity::Running,
                "paused" => Activity::Paused,
                _ => Activity::Ended,
            },
            needs: needs.filter(|need| !need.is_empty()).map(|need| format!("{stack}/{need}")).collect(),
            wish: Wish::parse(label(container, MODE)),
            supervision: if by_swarm { Supervision::Swarm } else { Supervision::Engine },
        }
    }
}

impl Wish {
    /// Reads `dump`, `stop`, `pause`, `live` or `skip`.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        if word == "skip" { Some(Self::Skip) } else { Mode::parse(word).map(Self::Mode) }
    }
}

/// A restore fills a volume beside the one that was there. Of those that stand for the same one, whoever has no user
/// where another one has is not what the stack works with.
fn aside(volumes: &[Volume]) -> BTreeMap<String, String> {
    let root = |volume: &Volume| {
        let mut root = volume.name.clone();
        // No restore is of itself, but labels may say anything.
        for _ in 0..volumes.len() {
            let home = volumes.iter().find(|other| other.name == root).and_then(Volume::home);
            match home {
                Some(home) if home != root => root = home,
                Some(_) | None => break,
            }
        }
        root
    };
    let used: BTreeMap<String, &str> = volumes
        .iter()
        .filter(|volume| !volume.users.is_empty())
        .map(|volume| (root(volume), volume.name.as_str()))
        .collect();
    let unused = volumes.iter().filter(|volume| volume.users.is_empty());
    unused.filter_map(|it| Some((it.name.clone(), (*used.get(&root(it))?).to_owned()))).collect()
}

/// Of the containers and volumes that an engine lists, the containers that a survey of the stack has to do with: its own,
/// and whoever shares a volume with it.
pub(crate) fn concerned<'a>(
    stack: &str,
    containers: &'a [Value],
    volumes: &[Value],
) -> impl Iterator<Item = &'a Value> {
    let is_own = |one: &&Value| is_listed_of(one, stack);
    let mounted = containers.iter().filter(is_own).flat_map(volumes_of).map(|(name, _)| name.to_owned());
    let own = volumes.iter().filter(is_own).map(|volume| text(volume, "/Name").to_owned());
    let shared: BTreeSet<String> = mounted.chain(own).collect();
    let stack = stack.to_owned();
    containers.iter().filter(move |one| {
        is_listed_of(one, &stack) || volumes_of(one).any(|(name, _)| shared.contains(name))
    })
}

/// Whether a container or volume is of a stack, in the form of a list.
fn is_listed_of(listed: &Value, stack: &str) -> bool {
    let label = |name: &&str| listed.pointer("/Labels").and_then(|all| all.get(name)?.as_str());
    [PROJECT, NAMESPACE].iter().filter_map(label).any(|of| of == stack)
}

/// The stack of a container, Compose's or Swarm's.
pub(crate) fn stack_of(container: &Value) -> &str {
    match label(container, PROJECT) {
        "" => label(container, NAMESPACE),
        project => project,
    }
}

/// Its service within the stack.
pub(crate) fn service_of(container: &Value) -> &str {
    match label(container, SERVICE) {
        "" => {
            let (stack, whole) = (stack_of(container), label(container, SWARM_SERVICE));
            whole.strip_prefix(stack).and_then(|rest| rest.strip_prefix('_')).unwrap_or(whole)
        }
        service => service,
    }
}

fn volumes_of(container: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let mounts = list(container, "/Mounts").iter().filter(|mount| text(mount, "/Type") == "volume");
    mounts.map(|mount| (text(mount, "/Name"), mount))
}

fn binds(container: &Value) -> Vec<String> {
    let mounts = list(container, "/Mounts").iter();
    let written = mounts.filter(|it| text(it, "/Type") == "bind" && it.get("RW") == Some(&Value::Bool(true)));
    written.map(|mount| format!("{} of {}", text(mount, "/Source"), service_of(container))).collect()
}

fn databases(ours: &[&Value]) -> Vec<Database> {
    let mut found: BTreeMap<&str, Database> = BTreeMap::new();
    for container in ours.iter().filter(|one| text(one, "/State/Status") == "running") {
        let Some(recipe) = Recipe::of(container) else { continue };
        let service = service_of(container);
        let covers = volumes_of(container).filter(|(_, mount)| recipe.keeps(text(mount, "/Destination")));
        let covers: BTreeSet<String> = covers.map(|(name, _)| name.to_owned()).collect();
        let name = text(container, "/Name").trim_start_matches('/').to_owned();
        let env = recipe.env(container);
        let (version, hooks) = (Recipe::version(container), Recipe::hooks(container));
        let service_name = service.to_owned();
        let database =
            Database { container: name, service: service_name, recipe, env, covers, version, hooks };
        // The first replica stands for the service; what others keep is theirs alone and is read as files.
        found.entry(service).or_insert(database);
    }
    found.into_values().collect()
}

fn records(ours: &[&Value], volumes: &[Value]) -> Vec<ServiceRecord> {
    let mut records: BTreeMap<&str, ServiceRecord> = BTreeMap::new();
    for container in ours {
        let labels = strings(container, "/Config/Labels");
        let of_compose = |(name, _): &(String, String)| name.starts_with("com.docker.compose.");
        let recipe = Recipe::of(container);
        let record = ServiceRecord {
            name: service_of(container).to_owned(),
            image: text(container, "/Config/Image").to_owned(),
            image_id: text(container, "/Image").to_owned(),
            labels: labels.into_iter().filter(of_compose).collect(),
            mounts: mounts(container, volumes),
            env: recipe.as_ref().map(|recipe| recipe.kept_env(container)).unwrap_or_default(),
            words: recipe.as_ref().map(|recipe| recipe.kept_words(container)).unwrap_or_default(),
        };
        records.entry(service_of(container)).or_insert(record);
    }
    records.into_values().collect()
}

/// The volumes of a container, by where it has them.
fn mounts(container: &Value, volumes: &[Value]) -> BTreeMap<String, VolumeRecord> {
    let record = |name: &str| {
        let volume = volumes.iter().find(|volume| text(volume, "/Name") == name)?;
        Some(VolumeRecord {
            name: name.to_owned(),
            driver: text(volume, "/Driver").to_owned(),
            options: strings(volume, "/Options"),
            labels: strings(volume, "/Labels"),
        })
    };
    let mounted = volumes_of(container).filter_map(|(name, mount)| Some((mount, record(name)?)));
    mounted.map(|(mount, volume)| (text(mount, "/Destination").to_owned(), volume)).collect()
}

fn strings(value: &Value, pointer: &str) -> BTreeMap<String, String> {
    let members = value.pointer(pointer).and_then(Value::as_object).into_iter().flatten();
    members.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect()
}
