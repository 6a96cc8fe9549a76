//! Backups to which something happens: the engine, the disk, other people.

use std::{os::unix::fs::symlink, process::Command, time::Duration};

use serde_json::{Value, json};
use stacktop::{
    backup::{BackupError, Mode, Shelf, Validity},
    command::{
        Cause, Failure, Halt, Stage,
        execute::{
            lock::Kind,
            operation::{Direction, Refused, Verdict, prepare_backup, run_backup},
        },
    },
    sim::Cut,
};
use tempfile::TempDir;
use tokio::sync::mpsc;

use crate::{
    backup::Store,
    course::{abandon_after, follow, holder, to},
};

/// The calls of a backup that change something, as rules name them, and the archive.
const CALLS: [(&str, &str); 8] = [
    ("POST", "/containers/create"),
    ("POST", "/containers/*/stop"),
    ("POST", "/containers/*/start"),
    ("POST", "/containers/*/pause"),
    ("POST", "/containers/*/unpause"),
    ("GET", "/volumes/*"),
    ("GET", "/containers/stacktop-helper-*/archive"),
    ("POST", "/containers/*/exec"),
];

fn failure(verdict: Verdict) -> Failure {
    match verdict {
        Verdict::RolledBack(failure) => failure,
        other => panic!("it was not given up: {other:?}"),
    }
}

#[tokio::test]
async fn what_the_engine_refuses_ends_the_backup_with_its_words_and_everybody_serves() {
    // The first container that is made is the lock: it is refused before anything begins.
    for (method, path) in &CALLS[1..] {
        let store = Store::open().await;
        let prepared = store.prepare("01BACKUP").await.unwrap();
        store.shop.sim.faults().fail_next(method, path, 500, "the runtime is busy");
        let failed = failure(store.run(prepared).await.unwrap());
        assert!(failed.why.contains("the runtime is busy"), "{path}: {failed:?}");
        store.assert_well(path).await;
        assert_eq!(store.sets(), [], "{path}");
    }
}

#[tokio::test]
async fn an_answer_that_is_lost_is_no_failure_where_the_call_may_be_made_again() {
    for cut in [Cut::BeforeChange, Cut::AfterChange] {
        for (method, path) in &CALLS[..5] {
            let store = Store::open().await;
            let prepared = store.prepare("01BACKUP").await.unwrap();
            store.shop.sim.faults().cut_next(method, path, cut);
            assert_eq!(store.run(prepared).await.unwrap(), Verdict::Done, "{cut:?} {path}");
            store.assert_well(path).await;
        }
    }
}

#[tokio::test]
async fn a_daemon_that_goes_away_in_the_midst_of_an_archive_ends_the_backup_and_everybody_serves() {
    let store = Store::with("data: {size: 30K}", "data: {size: 40M}").await;
    let prepared = store.prepare("01BACKUP").await.unwrap();
    let (sender, mut receiver) = mpsc::channel(100);
    let running = run_backup(&store.shop.engine, prepared, sender, Halt::default());
    let outage = async {
        let is_volume = |it: &stacktop::command::Progress| it.target == "volume-shop_data.tar.zst";
        while !receiver.recv().await.as_ref().is_some_and(is_volume) {}
        tokio::time::sleep(Duration::from_millis(50)).await;
        store.shop.sim.faults().outage(Duration::from_secs(1));
        while receiver.recv().await.is_some() {}
    };
    let (verdict, ()) = tokio::join!(running, outage);
    let failed = failure(verdict.unwrap());
    assert_eq!(failed.attempt, "store the volume shop_data");
    store.assert_well("an outage").await;
    assert_eq!(store.sets(), []);
}

#[tokio::test]
async fn an_archive_that_ends_too_soon_is_read_once_more_and_twice_is_too_often() {
    const ARCHIVE: &str = "/containers/stacktop-helper-*/archive";
    let store = Store::with("uploads: {size: 20K}", "uploads: {size: 3000B}").await;
    // The volume whose users are stopped is read first; what is short there cannot be mended by a second reading.
    let shorten = |times: usize| {
        store.shop.sim.faults().delay_next("GET", ARCHIVE, Duration::ZERO);
        (0..times).for_each(|_| store.shop.sim.faults().shorten_next("GET", ARCHIVE, 2000));
    };
    shorten(1);
    let failed = failure(store.back_up().await);
    assert!(failed.why.contains("bytes short"), "{failed:?}");
    store.assert_well("stopped").await;

    let mut live = Store::with("stacktop.backup.mode: stop", "stacktop.backup.mode: skip").await;
    live.request.mode = Some(Mode::Live);
    live.shop.sim.faults().shorten_next("GET", ARCHIVE, 2000);
    assert_eq!(live.back_up().await, Verdict::Done);
    let manifest = live.only_set().manifest.unwrap();
    let modes: Vec<Mode> = manifest.parts.iter().map(|part| part.mode).collect();
    assert_eq!(modes, [Mode::Dump, Mode::Pause, Mode::Live], "who wrote was frozen for the second reading");
    live.assert_well("live").await;

    let again = Store::with("stacktop.backup.mode: stop", "stacktop.backup.mode: pause").await;
    for _ in 0..2 {
        again.shop.sim.faults().shorten_next("GET", ARCHIVE, 2000);
    }
    let failed = failure(again.back_up().await);
    assert!(failed.why.contains("bytes short"), "{failed:?}");
    again.assert_well("twice").await;
    assert_eq!(again.sets(), []);
}

#[tokio::test]
async fn a_backup_that_is_stopped_is_broken_off_and_everybody_serves() {
    let store = Store::with("data: {size: 30K}", "data: {size: 40M}").await;
    for pause in [true, false] {
        let prepared = store.prepare("01BACKUP").await.unwrap();
        let (halt, (sender, mut receiver)) = (Halt::default(), mpsc::channel(1));
        let running = run_backup(&store.shop.engine, prepared, sender, halt.clone());
        let stopping = async {
            while let Some(progress) = receiver.recv().await {
                if progress.target == "volume-shop_data.tar.zst" && progress.stage == Stage::Begins {
                    if pause { halt.pause() } else { halt.stop() }
                }
            }
        };
        let (verdict, ()) = tokio::join!(running, stopping);
        assert_eq!(failure(verdict.unwrap()).why, "it was stopped");
        store.assert_well("stopped").await;
        assert_eq!(store.sets(), []);
    }
}

#[tokio::test]
async fn a_lock_that_somebody_else_is_removing_is_given_back() {
    let store = Store::open().await;
    let prepared = store.prepare("01BACKUP").await.unwrap();
    let words = "removal of container stacktop-lock.shop is already in progress";
    store.shop.sim.faults().fail_next("DELETE", "/containers/stacktop-lock*", 409, words);
    assert_eq!(store.run(prepared).await.unwrap(), Verdict::Done);
    assert_eq!(store.sets().len(), 1);
}

#[tokio::test]
async fn only_one_of_two_backups_at_once_begins() {
    let store = Store::open().await;
    let one = store.prepare("01ONE").await.unwrap();
    let other = store.prepare("01OTHER").await.unwrap();
    let ended: (Result<_, _>, Result<_, _>) = tokio::join!(store.run(one), store.run(other));
    let refused: Vec<String> = [ended.0.as_ref().err(), ended.1.as_ref().err()]
        .into_iter()
        .flatten()
        .map(ToString::to_string)
        .collect();
    assert_eq!(refused.len(), 1, "{refused:?}");
    assert!(refused[0].contains("(a backup of shop) of ada@"), "{refused:?}");
    store.assert_well("two at once").await;
    store.only_set();
}

#[tokio::test(start_paused = true)]
async fn updates_and_backups_keep_each_other_out() {
    let store = Store::open().await;
    let late = store.shop.rollout("web", &to("shop/web:2")).await.unwrap();
    assert!(store.abandon_after(1).await.is_some());
    let refused = store.shop.rollout("web", &to("shop/web:2")).await.unwrap_err().to_string();
    assert!(refused.contains("shop/web: operation 01BACKUP (a backup of shop)"), "{refused}");
    assert!(refused.contains("`stacktop ops rollback 01BACKUP`") && !refused.contains("resume"), "{refused}");
    let (refused, _) = follow(&store.shop.engine, late, Direction::Forward).await;
    assert!(matches!(refused, Err(Refused::Busy { .. })), "{refused:?}");
    store.heal("killed").await;

    assert_eq!(store.sets(), []);
}

#[tokio::test(start_paused = true)]
async fn a_backup_is_refused_while_an_update_of_the_stack_runs_or_was_killed() {
    let store = Store::open().await;
    let late = store.prepare("01BACKUP").await.unwrap();
    let update = store.shop.rollout("web", &to("shop/web:2")).await.unwrap();
    assert!(abandon_after(&store.shop.engine, update, Direction::Forward, 5).await.is_some());
    let refused = store.prepare("01OTHER").await.unwrap_err().to_string();
    assert!(refused.starts_with("shop: operation 01ROLLOUT of ada@"), "{refused}");
    assert!(refused.contains("`stacktop ops resume 01ROLLOUT`"), "{refused}");
    let refused = store.run(late).await.unwrap_err();
    assert!(matches!(refused, Refused::Busy { .. }), "one that was planned before is not begun: {refused}");
    assert_eq!(store.sets(), []);
}

/// A file system of so many bytes; `None`, with the reason told, where none may be mounted.
struct Small(TempDir);

impl Small {
    fn mount(bytes: u64) -> Option<Self> {
        let folder = TempDir::new().unwrap();
        let options = format!("size={bytes}");
        let mut mount = Command::new("mount");
        let mounted = mount.args(["-t", "tmpfs", "-o", &options, "small"]).arg(folder.path()).output();
        match mounted {
            Ok(output) if output.status.success() => Some(Self(folder)),
            other => {
                eprintln!("SKIPPED: nothing can be mounted here: {other:?}");
                None
            }
        }
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(self.0.path()).status();
    }
}

/// Bytes that no compression makes fewer.
fn noise(length: usize) -> Vec<u8> {
    let mut seed = 88_172_645_463_325_252_u64;
    let next = || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed.to_le_bytes()[0]
    };
    std::iter::repeat_with(next).take(length).collect()
}

#[tokio::test]
async fn a_small_disk_that_fills_up_keeps_its_older_sets_and_everybody_serves() {
    let Some(small) = Small::mount(2 << 20) else { return };
    let mut store = Store::open().await;
    store.request.shelf = Shelf::at(small.0.path().to_owned());
    assert_eq!(store.back_up().await, Verdict::Done);
    let older = store.only_set();
    // The last set was small, so that only the disk itself says that this one is not.
    let mut archive = tar::Builder::new(Vec::new());
    let (content, mut header) = (noise(5 << 20), tar::Header::new_gnu());
    header.set_size(content.len() as u64);
    header.set_mode(0o644);
    archive.append_data(&mut header, "noise", content.as_slice()).unwrap();
    let archive = bytes::Bytes::from(archive.into_inner().unwrap());
    let archive = futures_util::stream::once(async { Ok::<_, std::io::Error>(archive) });
    store.shop.engine.archive_put("shop-db-1", "/data", archive).await.unwrap();
    let prepared = store.prepare("01SECOND").await.unwrap();
    let failed = failure(store.run(prepared).await.unwrap());
    assert_eq!(failed.cause, Cause::Disk, "{failed:?}");
    assert!(failed.why.contains("volume-shop_data.tar.zst.partial: No space left on device"), "{failed:?}");
    assert!(failed.why.contains("nothing was removed to make room: `stacktop backup prune`"), "{failed:?}");
    store.assert_well("a full disk").await;
    assert_eq!(store.only_set(), older, "it stays, and nothing is beside it");
    assert_eq!(std::fs::read_dir(older.folder.parent().unwrap()).unwrap().count(), 1);
}

#[tokio::test]
async fn a_disk_that_fills_up_ends_the_backup_and_everybody_serves() {
    let store = Store::open().await;
    let prepared = store.prepare("01BACKUP").await.unwrap();
    let Kind::Backup(holding) = &prepared.errand.kind else { panic!("{:?}", prepared.errand) };
    // What is written to this device finds it full.
    std::fs::create_dir_all(&holding.folder).unwrap();
    symlink("/dev/full", holding.folder.join("volume-shop_data.tar.zst.partial")).unwrap();
    let failed = failure(store.run(prepared).await.unwrap());
    assert_eq!(failed.cause, Cause::Disk, "{failed:?}");
    assert!(failed.why.contains("No space left on device"), "{failed:?}");
    assert!(failed.why.contains("`stacktop backup prune`"), "{failed:?}");
    store.assert_well("a full disk").await;
    assert_eq!(store.sets(), []);
}

/// How many requests have changed something.
fn changes(store: &Store) -> usize {
    let is_read = |method: &str, path: &str| method == "GET" || path.contains("exec");
    store.shop.sim.requests().iter().filter(|it| !is_read(&it.method, &it.path)).count()
}

#[tokio::test]
async fn too_little_room_is_seen_before_anybody_is_stopped() {
    let store = Store::with("data: {size: 30K}", "data: {size: 900T}").await;
    let refused = store.prepare("01BACKUP").await.unwrap_err();
    assert!(matches!(refused, Refused::Backup(BackupError::NoRoom { .. })), "{refused}");
    assert!(refused.to_string().contains("nothing was stopped"), "{refused}");
    assert_eq!(changes(&store), 0);
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_to_is_told_before_anybody_is_stopped() {
    let mut store = Store::open().await;
    let file = store.folder.path().join("a-file");
    std::fs::write(&file, "").unwrap();
    store.request.shelf = Shelf::at(file);
    let refused = store.prepare("01BACKUP").await.unwrap_err();
    assert!(matches!(refused, Refused::Backup(BackupError::Disk { .. })), "{refused}");
    assert_eq!(changes(&store), 0);
}

#[tokio::test]
async fn what_changes_between_the_plan_and_the_backup_is_refused() {
    let store = Store::open().await;
    let prepared = store.prepare("01BACKUP").await.unwrap();
    // Somebody begins to write whom the plan does not hold.
    let body = json!({ "Image": "shop/web:1", "HostConfig": { "Binds": ["shop_data:/in"] } });
    store.shop.engine.create("late", &body).await.unwrap();
    store.shop.engine.start("late").await.unwrap();
    let refused = store.run(prepared).await.unwrap_err();
    assert!(matches!(refused, Refused::Changed(_)), "{refused}");
    store.shop.engine.stop("late", None).await.unwrap();
    store
        .shop
        .engine
        .remove("late", stacktop::engine::Force::Kill, stacktop::engine::Volumes::Keep)
        .await
        .unwrap();
    store.assert_well("refused").await;
    assert_eq!(store.sets(), []);
}

#[tokio::test]
async fn a_container_that_is_none_of_its_business_need_not_answer() {
    let store = Store::open().await;
    store.shop.engine.create("stranger", &json!({ "Image": "shop/web:1" })).await.unwrap();
    let stranger = store.shop.engine.inspect_container("stranger").await.unwrap();
    let path = format!("/containers/{}/json", stranger["Id"].as_str().unwrap());
    store.shop.sim.faults().fail_next("GET", &path, 500, "the runtime does not answer");
    assert_eq!(store.back_up().await, Verdict::Done);
}

#[tokio::test]
async fn a_volume_that_vanishes_before_it_is_read_ends_the_backup_and_is_not_made_anew() {
    let store = Store::open().await;
    let words = "get shop_uploads: no such volume";
    let prepared = store.prepare("01BACKUP").await.unwrap();
    store.shop.sim.faults().fail_next("GET", "/volumes/shop_uploads", 404, words);
    let failed = failure(store.run(prepared).await.unwrap());
    assert!(failed.why.contains(words), "{failed:?}");
    store.assert_well("vanished").await;
}

#[tokio::test]
async fn names_with_odd_characters_are_backed_up_and_stay_within_their_folder() {
    let mut store = Store::open().await;
    let labels = json!({
        "com.docker.compose.project": "../my shöp/1", "com.docker.compose.service": "we b/ü",
    });
    let body: Value = json!({
        "Image": "shop/web:1", "Labels": labels, "HostConfig": { "Binds": ["a%2f ..b:/in"] },
    });
    store.shop.engine.create("odd", &body).await.unwrap();
    store.shop.engine.start("odd").await.unwrap();
    "../my shöp/1".clone_into(&mut store.request.stack);
    assert_eq!(store.back_up().await, Verdict::Done);
    let set = store.only_set();
    assert!(set.folder.starts_with(store.folder.path()) && set.validity() == Validity::Valid);
    assert_eq!(std::fs::read_dir(store.folder.path()).unwrap().count(), 1, "one folder for one stack");
    assert_eq!(store.shop.engine.inspect_container("odd").await.unwrap()["State"]["Status"], "running");
}

#[tokio::test]
async fn a_stack_of_which_there_is_nothing_is_told_so() {
    let mut store = Store::open().await;
    "nowhere".clone_into(&mut store.request.stack);
    let refused = prepare_backup(&store.shop.engine, &store.request, holder("01BACKUP")).await.unwrap_err();
    assert!(refused.to_string().contains("there is nothing of that name"), "{refused}");
    assert_eq!(changes(&store), 0);
}
