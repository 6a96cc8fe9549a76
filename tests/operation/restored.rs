//! Restores of a project on the simulated engine: killed between any two steps, and what a stack is like afterwards.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use futures_util::stream;
use jiff::Timestamp;
use serde_json::Value;
use stacktop::{
    backup::{Fingerprint, Hold, Keys, Scan, Scope, Source},
    command::{
        Halt, Progress,
        execute::{
            lock::errands,
            operation::{
                Direction, Healed, Prepared, PreparedRestore, RestoreRequest, Verdict, heal, prepare_restore,
                prepare_resume, prepare_rollback, run_restore,
            },
        },
        restore::Way,
    },
    domain::EngineEvent,
    engine::{Call, Force, Volumes},
};
use tokio::sync::mpsc;

use crate::{
    backup::Store,
    course::{abandon, abandon_after, abandon_in, finish, holder},
};

const OPERATION: &str = "01RESTORE";

/// Where each container has a volume.
const MOUNTS: [(&str, &str, &str); 4] = [
    ("shop-db-1", "/data", "shop_data"),
    ("shop-web-1", "/uploads", "shop_uploads"),
    ("shop-web-2", "/uploads", "shop_uploads"),
    ("shop-worker-1", "/data", "shop_data"),
];

/// How a restore that was killed ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    /// Everything is as before.
    Back,
    /// Everything is as the set has it.
    Restored,
}

/// A project with a set, whose volumes have something else in them since.
struct Changed {
    store: Store,
    way: Way,
    scope: Scope,
    /// The ids of its containers.
    ids: BTreeSet<String>,
    /// What the set has of each volume, and what is in it now.
    stored: BTreeMap<String, Fingerprint>,
    now: BTreeMap<String, Fingerprint>,
}

impl Changed {
    async fn open(way: Way) -> Self {
        Self::of(Store::open().await, way).await
    }

    async fn of(store: Store, way: Way) -> Self {
        assert_eq!(store.back_up().await, Verdict::Done);
        let mut stored = BTreeMap::new();
        for part in store.only_set().manifest.unwrap().parts {
            if let (Source::Volume { volume, .. }, Some(contents)) = (&part.source, part.contents) {
                stored.insert(volume.clone(), contents.fingerprint);
            }
        }
        let (ids, now, scope) = (BTreeSet::new(), BTreeMap::new(), Scope::All);
        let mut changed = Self { store, way, scope, ids, stored, now };
        for (container, folder, volume) in MOUNTS {
            changed.write(container, folder).await;
            let (mounted, content) = changed.content(container, folder).await;
            assert_eq!(mounted, volume);
            assert_ne!(changed.stored[volume], content, "{volume} has changed");
            changed.now.insert(mounted, content);
        }
        changed.ids = changed.containers().await.into_keys().collect();
        changed
    }

    /// Writes a file into a volume.
    async fn write(&self, container: &str, folder: &str) {
        let mut archive = tar::Builder::new(Vec::new());
        let mut header = tar::Header::new_gnu();
        header.set_size(4);
        header.set_mode(0o644);
        archive.append_data(&mut header, "later", &b"more"[..]).unwrap();
        let content = Bytes::from(archive.into_inner().unwrap());
        let content = stream::once(async { Ok::<_, std::io::Error>(content) });
        self.store.shop.engine.archive_put(container, folder, content).await.unwrap();
    }

    /// The volume that a container has at a folder, and what is in it.
    async fn content(&self, container: &str, folder: &str) -> (String, Fingerprint) {
        let engine = &self.store.shop.engine;
        let seen = engine.inspect_container(container).await.unwrap();
        let mounts = seen["Mounts"].as_array().unwrap();
        let mount = mounts.iter().find(|mount| mount["Destination"] == folder).unwrap();
        let mut archive = engine.archive_get(container, &format!("{folder}/.")).await.unwrap();
        let mut scan = Scan::default();
        while let Some(piece) = archive.next().await.unwrap() {
            scan.push(&piece).unwrap();
        }
        (mount["Name"].as_str().unwrap().to_owned(), scan.finish().unwrap().fingerprint)
    }

    /// State and name of all containers, by id.
    async fn containers(&self) -> BTreeMap<String, String> {
        let engine = &self.store.shop.engine;
        let listed: Vec<Value> = engine.json(Call::get("list", "/containers/json?all=1")).await.unwrap();
        let text = |value: &Value| value.as_str().unwrap().trim_start_matches('/').to_owned();
        let row =
            |one: &Value| (text(&one["Id"]), format!("{} {}", text(&one["Names"][0]), text(&one["State"])));
        listed.iter().map(row).collect()
    }

    async fn volumes(&self) -> BTreeSet<String> {
        let listed: Value = self.store.shop.engine.json(Call::get("list", "/volumes")).await.unwrap();
        let volumes = listed["Volumes"].as_array().unwrap().iter();
        volumes.map(|volume| volume["Name"].as_str().unwrap().to_owned()).collect()
    }

    fn request(&self) -> RestoreRequest {
        RestoreRequest {
            stack: "shop".to_owned(),
            service: None,
            scope: self.scope,
            set: None,
            shelf: self.store.request.shelf.clone(),
            keys: Keys::default(),
            way: self.way,
        }
    }

    async fn prepare(&self) -> PreparedRestore {
        prepare_restore(&self.store.shop.engine, &self.request(), holder(OPERATION)).await.unwrap()
    }

    /// Carries it out.
    async fn run(&self) -> Verdict {
        let prepared = self.prepare().await;
        let (sender, mut receiver) = mpsc::channel(1);
        let running = run_restore(&self.store.shop.engine, prepared, sender, Halt::default());
        let listening = async { while receiver.recv().await.is_some() {} };
        tokio::join!(running, listening).0.unwrap()
    }

    /// Carries it out and abandons it after so many reports.
    async fn abandon_after(&self, heard: usize) -> Option<Progress> {
        let prepared = self.prepare().await;
        let engine = self.store.shop.engine.clone();
        abandon(
            heard,
            |reports| async move { run_restore(&engine, prepared, reports, Halt::default()).await },
        )
        .await
    }

    /// Asserts that all is as before, or all as the set has it, and that nothing of an operation is left.
    async fn end(&self, case: &str) -> End {
        let containers = self.containers().await;
        let mut rows: Vec<&str> = containers.values().map(String::as_str).collect();
        rows.sort_unstable();
        let expected = MOUNTS.map(|(container, ..)| format!("{container} running"));
        assert_eq!(rows, expected, "{case}");
        assert_eq!(errands(&self.store.shop.engine).await.unwrap(), [], "{case}");
        let ids: BTreeSet<String> = containers.keys().cloned().collect();
        let end = if ids == self.ids { End::Back } else { End::Restored };
        let content = if end == End::Back { &self.now } else { &self.stored };
        let mut used = BTreeSet::new();
        for (container, folder, volume) in MOUNTS {
            let (mounted, found) = self.content(container, folder).await;
            assert_eq!(found, content[volume], "{case}: {end:?}: what {container} has");
            let is_home = end == End::Back || self.way == Way::InPlace;
            assert_eq!(mounted == volume, is_home, "{case}: {end:?}: {container} has {mounted}");
            used.insert(mounted);
        }
        if end == End::Restored && self.way == Way::Fresh {
            // The old ones are kept.
            used.extend(self.now.keys().cloned());
        }
        assert_eq!(self.volumes().await, used, "{case}: {end:?}");
        end
    }

    /// The engine's clock.
    async fn clock(&self) -> Timestamp {
        let facts: Value = self.store.shop.engine.json(Call::get("ask", "/info")).await.unwrap();
        facts["SystemTime"].as_str().unwrap().parse().unwrap()
    }

    /// The containers that the dump was imported into since a moment, by id.
    async fn imports(&self, since: Timestamp) -> Vec<String> {
        let events = self.store.shop.engine.events_between(since, self.clock().await).await.unwrap();
        let is_import = |event: &EngineEvent| event.kind.describe().trim_end() == "exec_start: load-db";
        events.into_iter().filter(is_import).map(|event| event.id).collect()
    }

    /// What another stacktop does that starts, and a third one at the same moment. Tells how it ended, the dump imported
    /// where it was finished in place.
    async fn heal(&self, case: &str) -> End {
        let (engine, began) = (&self.store.shop.engine, self.clock().await);
        let (one, other) = tokio::join!(heal(engine), heal(engine));
        let healed = [one.unwrap(), other.unwrap()].concat();
        assert!(healed.iter().all(|healed| healed.failure.is_none()), "{case}: {healed:?}");
        let told: Vec<String> = healed.iter().map(Healed::sentence).collect();
        assert_eq!(told.len(), 1, "{case}: it is healed once: {told:?}");
        assert_eq!(heal(engine).await.unwrap(), [], "{case}: nothing is left to be healed");
        let (imported, end) = (self.imports(began).await, self.end(case).await);
        let words = match (end, self.way) {
            (End::Back, Way::Fresh) => "as before, but for what it may have imported into shop/db",
            (End::Back, Way::InPlace) => "as before",
            (End::Restored, _) => "it is finished, and the dump of shop/db is imported",
        };
        assert!(told[0].starts_with("a restore of shop (operation 01RESTORE)"), "{case}: {told:?}");
        assert!(told[0].contains(words), "{case}: {told:?}");
        let db = engine.inspect_container("shop-db-1").await.unwrap()["Id"].as_str().unwrap().to_owned();
        let expected = if (end, self.way) == (End::Restored, Way::InPlace) { vec![db] } else { Vec::new() };
        assert_eq!(imported, expected, "{case}: {end:?}: what the dump was imported into");
        end
    }
}

#[tokio::test(start_paused = true)]
async fn a_restore_gives_everybody_a_fresh_volume_or_the_old_one_with_what_was_stored() {
    for way in [Way::Fresh, Way::InPlace] {
        let changed = Changed::open(way).await;
        assert_eq!(changed.run().await, Verdict::Done);
        assert_eq!(changed.end("done").await, End::Restored);
    }
}

/// Kills one after every fourth report, the first one being `from`, and starts another stacktop; tells the states in
/// which it was killed, and how often it ended how. Every second report tells of the same moment as the one before it.
async fn kill_everywhere(way: Way, from: usize) -> (BTreeSet<String>, BTreeMap<End, usize>) {
    let (mut states, mut ends) = (BTreeSet::new(), BTreeMap::new());
    for heard in (from..).step_by(4) {
        let changed = Changed::open(way).await;
        let Some(last) = changed.abandon_after(heard).await else { break };
        let case = format!("{way:?} after {heard} ({} {} {:?})", last.state, last.target, last.stage);
        *ends.entry(changed.heal(&case).await).or_default() += 1;
        states.insert(last.state);
    }
    eprintln!("{way:?}: killed while {states:?}: {ends:?}");
    (states, ends)
}

/// So many tests share the endings.
async fn killed_fresh(from: usize) {
    let (states, ends) = kill_everywhere(Way::Fresh, from).await;
    for state in ["gate", "making", "stopping", "swapping", "committing"] {
        assert!(states.contains(state), "{state}: {states:?}");
    }
    assert!(ends[&End::Back] > 10 && ends[&End::Restored] >= 1, "{ends:?}");
}

#[tokio::test(start_paused = true)]
async fn a_restore_killed_anywhere_is_turned_back_or_finished_by_the_next_start() {
    killed_fresh(1).await;
    let changed = Changed::open(Way::Fresh).await;
    assert!(changed.abandon_after(0).await.is_some());
    assert_eq!(changed.heal("locked").await, End::Back);
}

#[tokio::test(start_paused = true)]
async fn a_restore_killed_anywhere_else_is_turned_back_or_finished_by_the_next_start() {
    killed_fresh(3).await;
}

#[tokio::test(start_paused = true)]
async fn a_restore_in_place_killed_anywhere_is_turned_back_or_finished_by_the_next_start() {
    let (_, ends) = kill_everywhere(Way::InPlace, 1).await;
    assert!(ends[&End::Back] > 8 && ends[&End::Restored] > 12, "{ends:?}");
}

#[tokio::test(start_paused = true)]
async fn a_restore_in_place_killed_anywhere_else_is_turned_back_or_finished_by_the_next_start() {
    let (_, ends) = kill_everywhere(Way::InPlace, 3).await;
    assert!(ends[&End::Back] > 8 && ends[&End::Restored] > 12, "{ends:?}");
}

#[tokio::test(start_paused = true)]
async fn a_restore_in_place_killed_while_it_imports_is_finished_by_the_next_start() {
    let changed = Changed::open(Way::InPlace).await;
    let (prepared, engine) = (changed.prepare().await, changed.store.shop.engine.clone());
    let restoring = |reports| async move { run_restore(&engine, prepared, reports, Halt::default()).await };
    assert!(abandon_in("importing", 1, restoring).await);
    assert_eq!(changed.heal("importing").await, End::Restored);
}

/// Turns one back by hand that was killed after so many reports.
async fn by_hand(changed: &Changed, way: Direction) -> Prepared {
    let engine = &changed.store.shop.engine;
    match way {
        Direction::Forward => prepare_resume(engine, OPERATION).await.unwrap(),
        Direction::Back => prepare_rollback(engine, OPERATION).await.unwrap(),
    }
}

/// Kills one after `after` reports, then what is left of it after every report, and starts another stacktop; tells how
/// many endings there were.
async fn kill_the_rest(way: Way, after: usize) -> usize {
    for heard in std::iter::once(0).chain((1..).step_by(2)) {
        let changed = Changed::open(way).await;
        assert!(changed.abandon_after(after).await.is_some(), "{way:?}: it is over after {after}");
        let rest = by_hand(&changed, Direction::Back).await;
        let engine = &changed.store.shop.engine;
        let Some(last) = abandon_after(engine, rest, Direction::Back, heard).await else {
            return heard.div_ceil(2);
        };
        let case = format!("{way:?} after {after} and {heard} ({} {})", last.state, last.target);
        changed.heal(&case).await;
    }
    unreachable!("a way back ends");
}

#[tokio::test(start_paused = true)]
async fn the_way_back_of_a_restore_can_be_killed_anywhere_too() {
    // All have the other volume by then, and the last ones are about to be started.
    let endings = kill_the_rest(Way::Fresh, 57).await;
    assert!(endings > 15, "{endings}");
}

#[tokio::test(start_paused = true)]
async fn the_rest_of_a_restore_in_place_can_be_killed_anywhere_too() {
    // The old containers are gone by then, and the first volume is being filled.
    let endings = kill_the_rest(Way::InPlace, 61).await;
    assert!(endings > 15, "{endings}");
}

#[tokio::test(start_paused = true)]
async fn a_restore_that_was_killed_is_ended_by_hand_whichever_way_is_asked_for() {
    for way in [Direction::Forward, Direction::Back] {
        let changed = Changed::open(Way::Fresh).await;
        assert!(changed.abandon_after(21).await.is_some());
        let rest = by_hand(&changed, way).await;
        assert_eq!(finish(&changed.store.shop.engine, rest, way).await, Verdict::Done);
        assert_eq!(changed.end("by hand").await, End::Back);
        assert_eq!(heal(&changed.store.shop.engine).await.unwrap(), []);
    }
}

#[tokio::test(start_paused = true)]
async fn a_dump_that_cannot_be_imported_in_place_undoes_nothing_and_says_how_to_try_again() {
    let changed =
        Changed::of(Store::with("load-db: {output: \"done\\n\"}", "load-db: {code: 3}").await, Way::InPlace)
            .await;
    let verdict = changed.run().await;
    let Verdict::Partial(failures) = &verdict else { panic!("{verdict:?}") };
    let told = Verdict::partly(failures);
    assert!(told.contains("exit 3") && told.contains("`stacktop restore shop --only dumps --set "), "{told}");
    assert_eq!(changed.end("not imported").await, End::Restored);
}

#[tokio::test(start_paused = true)]
async fn a_killed_restore_whose_set_is_gone_is_finished_but_for_its_dump_and_stays_unfinished() {
    let changed = Changed::open(Way::InPlace).await;
    // The old containers are gone by then.
    assert!(changed.abandon_after(61).await.is_some());
    std::fs::remove_dir_all(changed.store.only_set().folder).unwrap();
    let engine = &changed.store.shop.engine;
    let told: Vec<String> = heal(engine).await.unwrap().iter().map(Healed::sentence).collect();
    for words in ["the dump of shop/db is not imported", "`docker rm stacktop-lock.shop` forgets it"] {
        assert!(told.len() == 1 && told[0].contains(words), "{told:?}");
    }
    engine.remove("stacktop-lock.shop", Force::Kill, Volumes::Keep).await.unwrap();
    assert_eq!(changed.end("the set is gone").await, End::Restored);
}

#[tokio::test(start_paused = true)]
async fn a_killed_restore_that_only_imports_is_finished_by_the_next_start() {
    for heard in [0, 1] {
        let mut changed = Changed::open(Way::Fresh).await;
        changed.scope = Scope::Dumps;
        assert!(changed.abandon_after(heard).await.is_some(), "{heard}");
        let (engine, began) = (&changed.store.shop.engine, changed.clock().await);
        let told: Vec<String> = heal(engine).await.unwrap().iter().map(Healed::sentence).collect();
        assert!(told.len() == 1 && told[0].ends_with("the dump of shop/db is imported"), "{told:?}");
        assert_eq!(changed.imports(began).await.len(), 1, "{heard}");
        assert_eq!(changed.end("only imports").await, End::Back, "no container was exchanged");
    }
}

#[tokio::test(start_paused = true)]
async fn a_set_that_a_restore_is_about_to_read_is_not_removed() {
    let changed = Changed::open(Way::Fresh).await;
    let set = changed.store.only_set();
    let prepared = changed.prepare().await;
    assert!(Hold::alone(&set.folder).unwrap().is_none(), "it is held");
    drop(prepared);
    assert!(Hold::alone(&set.folder).unwrap().is_some());
}

#[tokio::test(start_paused = true)]
async fn a_set_that_is_being_removed_is_not_restored() {
    let changed = Changed::open(Way::Fresh).await;
    let _removing = Hold::alone(&changed.store.only_set().folder).unwrap().unwrap();
    let request = changed.request();
    let refused = prepare_restore(&changed.store.shop.engine, &request, holder(OPERATION)).await.unwrap_err();
    assert!(refused.to_string().contains("is being written or removed at this moment"), "{refused}");
}

#[tokio::test(start_paused = true)]
async fn what_becomes_of_the_old_volumes_is_told_once_with_their_names() {
    let changed = Changed::open(Way::Fresh).await;
    let notes = changed.prepare().await.plan.notes;
    let told: Vec<&String> = notes.iter().filter(|note| note.contains("`docker compose up`")).collect();
    assert_eq!(told.len(), 1, "{notes:?}");
    assert!(told[0].starts_with("volumes shop_data, shop_uploads stay as they are"), "{told:?}");
}

#[tokio::test(start_paused = true)]
async fn the_next_backup_stores_the_volumes_in_use_and_says_which_are_left_aside() {
    let mut changed = Changed::open(Way::Fresh).await;
    assert_eq!(changed.run().await, Verdict::Done);
    changed.store.request.scope = Scope::Volumes;
    let plan = changed.store.prepare("01NEXT").await.unwrap().plan;
    let stored: Vec<String> =
        plan.steps().filter(|step| step.state == "storing").map(|step| step.act.describe()).collect();
    assert_eq!(stored.len(), 2, "{stored:?}");
    assert!(stored.iter().all(|it| it.contains(".restore-")), "{stored:?}");
    for volume in ["shop_data", "shop_uploads"] {
        let words = format!("no files of volume {volume}: containers have {volume}.restore-");
        assert!(plan.notes.iter().any(|note| note.starts_with(&words)), "{:?}", plan.notes);
    }
}
