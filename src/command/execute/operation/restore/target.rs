//! Where each part of a set goes, or why it cannot.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    RestoreRequest,
    parts::Parts,
    scene::{Scene, kept},
};
use crate::{
    backup::{Scope, ServiceRecord, Source, VolumeRecord},
    command::{
        backup::{Recipe, WayBack},
        clone::{
            Original,
            json::{list, text, texts},
        },
        execute::operation::Refused,
        restore::{Aim, Content, HOME, Import, Load, Origin, RESTORE, Reading, Restoring, Way},
    },
    engine::Engine,
};

/// Finds out where parts go.
pub(super) struct Targets<'a> {
    pub(super) request: &'a RestoreRequest,
    pub(super) parts: &'a Parts,
    pub(super) scene: &'a Scene,
    pub(super) operation: &'a str,
    /// What names of fresh volumes end with.
    pub(super) suffix: String,
}

/// The dumps of a service.
pub(super) type Dumps<'a> = BTreeMap<(&'a str, &'a str), Vec<&'a Reading>>;

impl Targets<'_> {
    /// Everything but those who use the volumes.
    pub(super) async fn restoring(&self, engine: &Engine) -> Result<Restoring, Refused> {
        let (mut aims, mut imports, mut notes) = (Vec::new(), Vec::new(), Vec::new());
        for ((service, word), dumps) in dumps(&self.parts.readings) {
            let recipe = recipe(word)?;
            match recipe.way_back() {
                WayBack::Server => {
                    let (home, load) =
                        load(engine, self.scene, self.parts, (service, recipe), &dumps).await?;
                    let home = self.scene.volume(&home.name).unwrap_or(home);
                    aims.push(self.aim(home, Content::Dumps(Box::new(load)), &mut notes)?);
                }
                WayBack::Import => imports.push(self.import(service, &recipe, &dumps)?),
            }
        }
        let covered: BTreeSet<String> = aims.iter().map(|aim| aim.home.name.clone()).collect();
        for reading in &self.parts.readings {
            let Source::Volume { volume, driver, options, labels, .. } = &reading.part.source else {
                continue;
            };
            if covered.contains(volume) && self.request.scope != Scope::Volumes {
                notes.push(format!("the files of volume {volume} are left alone: its dump is loaded instead; --only volumes restores the files"));
                continue;
            }
            let told = VolumeRecord {
                name: volume.clone(),
                driver: driver.clone(),
                options: options.clone(),
                labels: labels.clone(),
            };
            let home = self.scene.volume(volume).unwrap_or(told);
            aims.push(self.aim(home, Content::Files(Box::new(reading.clone())), &mut notes)?);
        }
        Ok(Restoring {
            operation: self.operation.to_owned(),
            called: self.request.called(),
            set: self.parts.set.clone(),
            way: self.request.way,
            aims,
            imports,
            users: Vec::new(),
            services: Vec::new(),
            ended: BTreeSet::new(),
            notes,
        })
    }

    /// The volume that is filled: one of the same name if there is none, else one beside it.
    fn aim(&self, mut home: VolumeRecord, content: Content, notes: &mut Vec<String>) -> Result<Aim, Refused> {
        home.labels.retain(|name, _| name != RESTORE && name != HOME);
        let is_there = self.scene.volume(&home.name).is_some();
        let mut fresh = home.clone();
        if is_there {
            fresh.name = format!("{}.restore-{}", home.name, self.suffix);
        }
        // Another volume on the same device would be the same files.
        let device = home.options.get("device").filter(|_| is_there);
        if let Some(device) = device {
            let name = &home.name;
            if self.request.way == Way::InPlace {
                return Err(Refused::NothingToRestore(format!(
                    "volume {name} is on {device}: its files do not go with it, so nothing is restored in place; without \
                     --in-place they are restored into a fresh volume"
                )));
            }
            notes.push(format!(
                "volume {name} is on {device}; what is restored goes into a plain local volume"
            ));
            "local".clone_into(&mut fresh.driver);
            fresh.options.clear();
        }
        fresh.labels.insert(RESTORE.to_owned(), self.operation.to_owned());
        fresh.labels.insert(HOME.to_owned(), serde_json::to_string(&home).unwrap_or_default());
        Ok(Aim { home, fresh, content })
    }

    fn import(&self, service: &str, recipe: &Recipe, dumps: &[&Reading]) -> Result<Import, Refused> {
        let called = format!("{}/{service}", self.request.stack);
        let refused =
            |why: &str| Refused::NothingToRestore(format!("{called}: its {} dump {why}", recipe.word()));
        let running = self.scene.service(&self.request.stack, service);
        let running = running.filter(|container| text(container, "/State/Status") == "running");
        let container = running.ok_or_else(|| {
            refused("is imported into the service as it runs, and it does not; start it, or leave it out with --only volumes")
        })?;
        let import = import(service, container.clone(), recipe.clone(), dumps);
        let is_told =
            import.dumps.iter().all(|dump| recipe.load(super::drill::database(dump), container).is_some());
        if is_told {
            return Ok(import);
        }
        Err(refused(
            "comes back by a command of yours: name it in the label stacktop.restore.exec of the service",
        ))
    }
}

/// Dumps that are imported.
pub(super) fn import(service: &str, container: Value, recipe: Recipe, dumps: &[&Reading]) -> Import {
    let dumps = dumps.iter().map(|dump| (*dump).clone()).collect();
    Import { service: service.to_owned(), container, recipe, dumps }
}

/// Dumps by their service and recipe.
pub(super) fn dumps(readings: &[Reading]) -> Dumps<'_> {
    let mut found: Dumps<'_> = BTreeMap::new();
    for reading in readings {
        if let Source::Dump { service, recipe, .. } = &reading.part.source {
            found.entry((service, recipe)).or_default().push(reading);
        }
    }
    found
}

pub(super) fn recipe(word: &str) -> Result<Recipe, Refused> {
    Recipe::of_word(word).ok_or_else(|| {
        Refused::NothingToRestore(format!(
            "nobody here knows how a {word} dump comes back; a newer stacktop may"
        ))
    })
}

/// How the dumps of a service are loaded, and the volume that the service keeps them in.
pub(super) async fn load(
    engine: &Engine,
    scene: &Scene,
    parts: &Parts,
    (service, recipe): (&str, Recipe),
    dumps: &[&Reading],
) -> Result<(VolumeRecord, Load), Refused> {
    let stack = &parts.manifest.stack;
    let called = format!("{stack}/{service}");
    let refused = |why: String| Refused::NothingToRestore(format!("{called}: {why}"));
    let record = parts.manifest.services.iter().find(|record| record.name == service);
    let (origin, home, folder) = match scene.service(stack, service) {
        Some(container) => {
            let (volume, folder) = kept(container, &recipe).ok_or_else(|| {
                refused(format!(
                    "it keeps its data in no volume, so there is none to give it a restored {} in",
                    recipe.word()
                ))
            })?;
            let home = VolumeRecord { name: volume.to_owned(), ..VolumeRecord::default() };
            (Origin::Container(container.clone()), home, folder.to_owned())
        }
        None => {
            let record = record.ok_or_else(|| {
                refused("it has no container, and the set does not tell what it was; `docker compose create` makes it".to_owned())
            })?;
            let kept = record.mounts.iter().find(|(folder, _)| recipe.keeps(folder));
            let (folder, home) = kept.ok_or_else(|| {
                refused("it has no container, and the set does not tell its volume; `docker compose create` makes both".to_owned())
            })?;
            (Origin::Record(record.clone()), home.clone(), folder.clone())
        }
    };
    let (image, env) = image(engine, &origin).await?.ok_or_else(|| {
        let name = reference(&origin);
        refused(format!("its image {name} is not on the engine; `stacktop pull {name}` fetches it"))
    })?;
    fits(&called, &recipe, dumps, &env)?;
    let mut dumps: Vec<Reading> = dumps.iter().map(|dump| (*dump).clone()).collect();
    dumps.sort_by_key(|dump| recipe.rank(super::drill::database(dump)));
    let load = Load { service: service.to_owned(), recipe, origin, image, folder, dumps };
    Ok((home, load))
}

/// The image of a service, by id, with its environment; `None` if the engine does not have it.
async fn image(engine: &Engine, origin: &Origin) -> Result<Option<(String, Value)>, Refused> {
    let names: Vec<&str> = match origin {
        Origin::Container(container) => vec![text(container, "/Image")],
        Origin::Record(ServiceRecord { image, image_id, .. }) => vec![image_id, image],
    };
    for name in names.into_iter().filter(|name| !name.is_empty()) {
        if let Some(image) = engine.image(name).await? {
            return Ok(Some((text(&image, "/Id").to_owned(), image)));
        }
    }
    Ok(None)
}

fn reference(origin: &Origin) -> String {
    match origin {
        Origin::Container(container) => text(container, "/Config/Image").to_owned(),
        Origin::Record(record) => record.image.clone(),
    }
}

/// A dump of one major version is not loaded into an older one.
fn fits(called: &str, recipe: &Recipe, dumps: &[&Reading], image: &Value) -> Result<(), Refused> {
    let told = dumps.iter().find_map(|dump| match &dump.part.source {
        Source::Dump { version, .. } => version.as_deref(),
        Source::Volume { .. } => None,
    });
    let now = Recipe::version(image);
    let majors = told.and_then(Recipe::major).zip(now.as_deref().and_then(Recipe::major));
    match (recipe, majors) {
        (Recipe::Postgres | Recipe::Redis, Some((dumped, runs))) if dumped > runs => {
            Err(Refused::NothingToRestore(format!(
                "{called}: the dump is of {} {dumped}, its image has {runs}, which does not read it; run an image of \
                 {dumped} or newer first",
                recipe.word()
            )))
        }
        _ => Ok(()),
    }
}

/// Leaves volumes alone that nobody could be given, and refuses users that cannot be exchanged.
pub(super) fn check_users(restoring: &mut Restoring) -> Result<(), Refused> {
    let Restoring { users, services, aims, imports, notes, way, .. } = restoring;
    let has = |user: &Original, name: &str| {
        list(&user.container, "/Mounts").iter().any(|mount| text(mount, "/Name") == name)
    };
    let is_served = |name: &str| services.iter().any(|user| user.service.volumes().any(|it| it == name));
    let is_used = |name: &str| is_served(name) || users.iter().any(|user| has(user, name));
    let is_idle = |aim: &Aim| aim.moves() && *way == Way::Fresh && !is_used(&aim.home.name);
    for aim in aims.iter().filter(|aim| is_idle(aim)) {
        notes.push(format!(
            "volume {} is left alone: it is there and no container has it, so nobody could be given a restored one; \
             --in-place puts the data in it, `docker compose create` makes its containers",
            aim.home.name
        ));
    }
    aims.retain(|aim| !is_idle(aim));
    if aims.is_empty() && imports.is_empty() {
        return Err(Refused::NothingToRestore(notes.join("; ")));
    }
    if let (Some(user), Some(service)) = (users.first(), services.first()) {
        let (name, service) = (user.name(), &service.service.key);
        return Err(Refused::NothingToRestore(format!(
            "container {name} has a volume that is restored, and so has {service}, whose containers Swarm makes: both cannot \
             be exchanged at once; remove {name} first, it is made again with what makes it"
        )));
    }
    let borrower =
        users.iter().find(|user| texts(&user.container, "/HostConfig/VolumesFrom").next().is_some());
    borrower.map_or(Ok(()), |user| {
        let name = user.name();
        Err(Refused::NothingToRestore(format!(
            "{name} has its volumes from another container (volumes_from): name them in the compose file first"
        )))
    })
}
