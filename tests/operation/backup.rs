//! Backups of a project on the simulated engine: killed between any two steps, and what a stack is like afterwards.

use std::collections::BTreeSet;

use serde_json::Value;
use stacktop::{
    backup::{Cipher, Keys, Mode, Scope, Set, Shelf, Validity, verify},
    command::{
        Halt, Progress,
        execute::{
            lock::errands,
            operation::{
                BackupRequest, Direction, PreparedBackup, Refused, Verdict, heal, prepare_backup,
                prepare_resume, prepare_rollback, run_backup,
            },
        },
    },
    engine::Call,
};
use tempfile::TempDir;
use tokio::sync::mpsc;

use crate::{
    course::{abandon, finish, holder},
    shop::Shop,
};

/// Two who write to a volume that wants them stopped, two who write to one that has them frozen, and a dump.
const WORLD: &str = r#"
stacks:
  shop:
    kind: compose
    dir: /srv/shop
    files: [compose.yaml]
    age: 3d
    networks: {default: {subnet: 172.30.0.0/24}}
    volumes: {data: {size: 30K}, uploads: {size: 20K}}
    services:
      web:
        image: shop/web:1
        command: serve
        replicas: 2
        volumes: ["uploads:/uploads"]
        depends_on: [db]
        health: {test: [CMD, probe], interval: 10s, timeout: 2s, retries: 2, output: fine}
      worker:
        image: shop/web:1
        command: serve
        volumes: ["data:/data"]
        depends_on: [db]
      db:
        image: shop/db:1
        volumes: ["data:/data"]
        labels:
          stacktop.backup.mode: stop
          stacktop.backup.exec: '["dump-db"]'
          stacktop.restore.exec: '["load-db"]'
        health: {test: [CMD, probe], interval: 10s, timeout: 2s, retries: 2, output: fine}
images:
  shop/web:1: {}
  shop/web:2: {}
  shop/db:1: {programs: {dump-db: {output: "every row\n"}, load-db: {output: "done\n"}}}
"#;

/// The project, and a shelf for its sets.
pub(crate) struct Store {
    pub(crate) shop: Shop,
    pub(crate) request: BackupRequest,
    pub(crate) folder: TempDir,
}

impl Store {
    pub(crate) async fn open() -> Self {
        Self::of(WORLD).await
    }

    /// With one text of the world replaced by another.
    pub(crate) async fn with(from: &str, to: &str) -> Self {
        assert!(WORLD.contains(from), "{from}");
        Self::of(&WORLD.replacen(from, to, 1)).await
    }

    /// The world, for those who change it.
    pub(crate) const fn world() -> &'static str {
        WORLD
    }

    pub(crate) async fn of(world: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let request = BackupRequest {
            stack: "shop".to_owned(),
            service: None,
            scope: Scope::All,
            mode: None,
            shelf: Shelf::at(folder.path().to_owned()),
            cipher: Cipher::None,
        };
        Self { shop: Shop::of(world, 7).await, request, folder }
    }

    pub(crate) async fn prepare(&self, operation: &str) -> Result<PreparedBackup, Refused> {
        prepare_backup(&self.shop.engine, &self.request, holder(operation)).await
    }

    /// Plans it and carries it out.
    pub(crate) async fn back_up(&self) -> Verdict {
        let prepared = self.prepare("01BACKUP").await.unwrap();
        self.run(prepared).await.unwrap()
    }

    pub(crate) async fn run(&self, prepared: PreparedBackup) -> Result<Verdict, Refused> {
        let (sender, mut receiver) = mpsc::channel(100);
        let running = run_backup(&self.shop.engine, prepared, sender, Halt::default());
        let listening = async { while receiver.recv().await.is_some() {} };
        tokio::join!(running, listening).0
    }

    pub(crate) fn sets(&self) -> Vec<Set> {
        self.request.shelf.sets(&self.request.stack).unwrap()
    }

    /// The only set, which is whole.
    pub(crate) fn only_set(&self) -> Set {
        let sets = self.sets();
        assert_eq!(sets.len(), 1, "{sets:?}");
        assert_eq!(sets[0].validity(), Validity::Valid, "{sets:?}");
        sets[0].clone()
    }

    /// Asserts that everybody serves, that nothing of an operation is left, and that no set is there but whole ones.
    pub(crate) async fn assert_well(&self, case: &str) {
        let engine = &self.shop.engine;
        let listed: Vec<Value> = engine.json(Call::get("list", "/containers/json?all=1")).await.unwrap();
        let mut rows: Vec<String> = listed
            .iter()
            .map(|one| format!("{} {}", one["Names"][0].as_str().unwrap(), one["State"]))
            .collect();
        rows.sort();
        let expected = ["db-1", "web-1", "web-2", "worker-1"].map(|it| format!("/shop-{it} \"running\""));
        assert_eq!(rows, expected, "{case}");
        assert_eq!(errands(engine).await.unwrap(), [], "{case}");
        for set in self.sets() {
            let manifest = set.manifest.clone().unwrap_or_else(|why| panic!("{case}: {why}"));
            assert_eq!(manifest.parts.len(), 3, "{case}");
            for part in &manifest.parts {
                verify(&set.folder, part, &Keys::default()).unwrap_or_else(|why| panic!("{case}: {why}"));
            }
        }
    }

    /// Carries it out until `heard` reports were heard and abandons it where it then waits to be heard: between two
    /// steps. `None` if it is over by then, else what it was about to say. Only in paused time.
    pub(crate) async fn abandon_after(&self, heard: usize) -> Option<Progress> {
        let prepared = self.prepare("01BACKUP").await.unwrap();
        abandon(heard, |reports| run_backup(&self.shop.engine, prepared, reports, Halt::default())).await
    }

    /// What another stacktop does that starts, and a third one at the same time.
    pub(crate) async fn heal(&self, case: &str) -> Vec<String> {
        let engine = &self.shop.engine;
        let (one, other) = tokio::join!(heal(engine), heal(engine));
        let healed = [one.unwrap(), other.unwrap()].concat();
        assert!(healed.iter().all(|healed| healed.failure.is_none()), "{case}: {healed:?}");
        assert_eq!(heal(engine).await.unwrap(), [], "{case}: it is healed once");
        healed.iter().map(stacktop::command::execute::operation::Healed::sentence).collect()
    }
}

#[tokio::test]
async fn a_backup_stores_dumps_and_volumes_and_everybody_serves_again() {
    let store = Store::open().await;
    assert_eq!(store.back_up().await, Verdict::Done);
    store.assert_well("done").await;
    let manifest = store.only_set().manifest.unwrap();
    let parts: Vec<(&str, Mode)> =
        manifest.parts.iter().map(|part| (part.file.as_str(), part.mode)).collect();
    assert_eq!(
        parts,
        [
            ("dump-db-custom.dump.zst", Mode::Dump),
            ("volume-shop_data.tar.zst", Mode::Stop),
            ("volume-shop_uploads.tar.zst", Mode::Pause),
        ]
    );
    assert!(
        manifest.warnings.iter().any(|it| it.contains("access control lists")),
        "{:?}",
        manifest.warnings
    );
}

#[tokio::test(start_paused = true)]
async fn a_backup_killed_anywhere_leaves_everybody_serving_after_the_next_start() {
    let (mut endings, mut states, mut whole) = (0, BTreeSet::new(), 0);
    while let Some((state, sets)) = kill(endings).await {
        whole += sets;
        states.insert(state);
        endings += 1;
    }
    eprintln!("{endings} endings, killed while {states:?}; {whole} had written their set");
    assert!(endings > 25 && whole >= 1, "{endings} {whole}");
    let expected = ["closing", "freezing", "gate", "locked", "starting", "stopping", "storing", "thawing"];
    assert_eq!(states.into_iter().collect::<Vec<_>>(), expected);
}

#[tokio::test(start_paused = true)]
async fn a_backup_killed_anywhere_is_turned_back_by_hand_and_not_gone_on_with() {
    let mut heard = 1;
    while turn_back(heard).await.is_some() {
        heard += 2;
    }
    assert!(heard > 25, "{heard}");
}

/// Kills one after so many reports, and has another stacktop start; the state it was in, and how many sets there are.
async fn kill(heard: usize) -> Option<(String, usize)> {
    let store = Store::open().await;
    let last = store.abandon_after(heard).await?;
    let case = format!("after {heard} ({} {} {:?})", last.state, last.target, last.stage);
    let told = store.heal(&case).await;
    assert!(told.iter().any(|told| told.contains("a backup of shop (operation 01BACKUP)")), "{told:?}");
    store.assert_well(&case).await;
    Some((last.state, store.sets().len()))
}

async fn turn_back(heard: usize) -> Option<()> {
    let store = Store::open().await;
    let last = store.abandon_after(heard).await?;
    let case = format!("after {heard} ({} {})", last.state, last.target);
    let engine = &store.shop.engine;
    let refused = prepare_resume(engine, "01BACKUP").await.unwrap_err().to_string();
    assert!(refused.contains("run it again"), "{refused}");
    let back = prepare_rollback(engine, "01BACKUP").await.unwrap();
    assert_eq!(finish(engine, back, Direction::Back).await, Verdict::Done, "{case}");
    store.assert_well(&case).await;
    Some(())
}
