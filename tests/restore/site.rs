//! A project on an engine, a shelf for its sets, and what is done with both.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use bytes::Bytes;
use futures_util::stream;
use serde_json::{Value, json};
use stacktop::{
    backup::{Cipher, Keys, Scope, Set, Shelf, VolumeRecord},
    command::{
        Act, Ending, Halt, Phase, Progress, Step, Walker,
        execute::operation::{
            BackupRequest, DrillRequest, Holder, PreparedRestore, Refused, RestoreRequest, Verdict,
            prepare_backup, prepare_drill, prepare_restore, run_backup, run_drill, run_restore,
        },
        restore::{Deed, Filling, From, Reading, Way, drill::Report},
    },
    engine::{Choice, Connector, Engine, ExecCommand, Surroundings},
    journal,
};
use tempfile::TempDir;
use tokio::sync::mpsc;

use crate::support::{Service, Spec, TestEngine, private::Node};

/// A project of a test.
pub(crate) struct Site {
    pub(crate) engine: Engine,
    pub(crate) stack: String,
    pub(crate) shelf: Shelf,
    pub(crate) cipher: Cipher,
    pub(crate) keys: Keys,
    operations: AtomicU32,
    _folder: TempDir,
    // Before what is on it: what is on an engine that is gone need not be removed piece by piece.
    _private: Option<Node>,
    // Dropped last: it removes what is left of the project.
    pub(crate) bed: TestEngine,
}

impl Site {
    /// The project with these services.
    pub(crate) async fn up(bed: TestEngine, services: &[Service]) -> Self {
        let stack = bed.compose_project("back", services).await.name;
        Self::of(bed, stack).await
    }

    pub(crate) async fn of(bed: TestEngine, stack: String) -> Self {
        let choice = Choice { host: Some(bed.engine().host()), context: None };
        let connector = Connector::choose(&choice, &Surroundings::default()).unwrap();
        let engine = connector.connect().await.unwrap();
        let folder = TempDir::new().unwrap();
        Self {
            engine,
            stack,
            shelf: Shelf::at(folder.path().to_owned()),
            cipher: Cipher::None,
            keys: Keys::default(),
            operations: AtomicU32::new(0),
            _folder: folder,
            _private: None,
            bed,
        }
    }

    /// The same, with the engine that it is on.
    pub(crate) fn keeping(self, node: Node) -> Self {
        Self { _private: Some(node), ..self }
    }

    /// The name of the first container of a service, or of a volume.
    pub(crate) fn container(&self, service: &str) -> String {
        format!("{}-{service}-1", self.stack)
    }

    pub(crate) fn volume(&self, name: &str) -> String {
        format!("{}_{name}", self.stack)
    }

    /// Backs the project up.
    pub(crate) async fn back_up(&self) -> Set {
        let request = BackupRequest {
            stack: self.stack.clone(),
            service: None,
            scope: Scope::All,
            mode: None,
            shelf: self.shelf.clone(),
            cipher: self.cipher.clone(),
        };
        let prepared = prepare_backup(&self.engine, &request, self.holder()).await.unwrap();
        let id = prepared.set().to_owned();
        let (reports, _unheard) = mpsc::channel(1000);
        let verdict = run_backup(&self.engine, prepared, reports, Halt::default()).await.unwrap();
        assert_eq!(verdict, Verdict::Done);
        self.shelf.find(&self.stack, Some(&id)).unwrap()
    }

    pub(crate) fn request(&self, way: Way) -> RestoreRequest {
        RestoreRequest {
            stack: self.stack.clone(),
            service: None,
            scope: Scope::All,
            set: None,
            shelf: self.shelf.clone(),
            keys: self.keys.clone(),
            way,
        }
    }

    /// An operation of a process that is gone: what it leaves may be taken up by anybody, also while it is at work, by
    /// any dashboard on the same engine.
    pub(crate) fn gone(&self) -> Holder {
        Holder { pid: 4711, started: 1, ..self.holder() }
    }

    /// An operation of this process.
    pub(crate) fn holder(&self) -> Holder {
        let journal::Holder { host, pid, started, namespace, .. } = journal::Holder::of_this_process("");
        let number = self.operations.fetch_add(1, Ordering::Relaxed);
        Holder {
            user: "ada".to_owned(),
            host,
            pid,
            started,
            namespace,
            began: jiff::Timestamp::now().to_string(),
            operation: format!("{}-r{number}", self.stack),
        }
    }

    pub(crate) async fn prepare(&self, way: Way) -> Result<PreparedRestore, Refused> {
        prepare_restore(&self.engine, &self.request(way), self.holder()).await
    }

    /// The same for a process that is gone.
    pub(crate) async fn prepare_gone(&self, way: Way) -> PreparedRestore {
        prepare_restore(&self.engine, &self.request(way), self.gone()).await.unwrap()
    }

    /// Restores the newest set; what happened on the way is told if it fails.
    pub(crate) async fn restore(&self, way: Way) -> Verdict {
        let prepared = self.prepare(way).await.unwrap();
        self.run(prepared).await
    }

    pub(crate) async fn run(&self, prepared: PreparedRestore) -> Verdict {
        let (reports, mut heard) = mpsc::channel::<Progress>(1000);
        let verdict = run_restore(&self.engine, prepared, reports, Halt::default()).await.unwrap();
        while let Ok(progress) = heard.try_recv() {
            let Progress { phase, target, stage, detail, elapsed, .. } = progress;
            if stage != stacktop::command::Stage::Begins {
                eprintln!(
                    "{:6.2} s {phase} {} {target} {} {detail}",
                    elapsed.as_secs_f64(),
                    stage.word(),
                    progress.state
                );
            }
        }
        verdict
    }

    /// A container with a volume of this name that the first part of a set was put into.
    pub(crate) async fn filled(&self, set: &Set, volume: &str) -> String {
        let part = set.manifest.clone().unwrap().parts.remove(0);
        let reading = Reading { folder: set.folder.clone(), part, keys: self.keys.clone() };
        let mut labels = Value::Null;
        self.bed.mark(&mut labels);
        let labels = serde_json::from_value(labels).unwrap();
        let made =
            VolumeRecord { name: volume.to_owned(), driver: "local".to_owned(), options: [].into(), labels };
        let filling = Filling {
            volume: volume.to_owned(),
            from: From::Part(Box::new(reading)),
            operation: volume.to_owned(),
        };
        let step = |deed: Deed| Step {
            slot: None,
            state: "test",
            cause: String::new(),
            act: Act::Call(deed.call()),
        };
        let steps = vec![step(Deed::MakeVolume(made)), step(Deed::Fill(filling))];
        let (reports, _unheard) = mpsc::channel(100);
        let walker = Walker::new(self.engine.clone(), volume.to_owned(), reports, Halt::default());
        assert_eq!(walker.walk(&[Phase::single("fill", steps)]).await, Ending::Done);
        let look =
            Spec::new(self.bed.image("1")).exact_name(&format!("{volume}-look")).volume(volume, "/data");
        self.bed.create(look).await.name
    }

    pub(crate) async fn drill(&self, rto: Option<Duration>) -> Report {
        let request = DrillRequest {
            stack: self.stack.clone(),
            set: None,
            shelf: self.shelf.clone(),
            keys: self.keys.clone(),
            rto,
        };
        let prepared = prepare_drill(&self.engine, &request, self.holder()).await.unwrap();
        let (reports, _unheard) = mpsc::channel(1000);
        run_drill(&self.engine, prepared, reports, Halt::default()).await.unwrap()
    }

    /// Runs a command in a container and returns what it wrote.
    pub(crate) async fn exec<const N: usize>(&self, container: &str, words: [&str; N]) -> String {
        let outcome = self.engine.exec(container, &ExecCommand::new(words), Duration::from_secs(60)).await;
        let outcome = outcome.unwrap();
        assert!(outcome.succeeded(), "{words:?}: {outcome:?}");
        outcome.output.join("\n")
    }

    /// Waits until a command in a container ends with 0.
    pub(crate) async fn ready<const N: usize>(&self, container: &str, words: [&str; N]) {
        for _ in 0..600 {
            let outcome =
                self.engine.exec(container, &ExecCommand::new(words), Duration::from_secs(10)).await;
            if outcome.is_ok_and(|outcome| outcome.succeeded()) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("{container} never answered {words:?}");
    }

    /// Removes the containers of the project and, like `compose down -v`, its volumes.
    pub(crate) async fn destroy(&self) {
        for row in self.rows().await {
            let gone = self.bed.engine().delete(&format!("/containers/{}?force=1", row.0)).await;
            assert_eq!(gone.status, 204);
        }
        for name in self.volumes().await {
            let gone = self.bed.engine().delete(&format!("/volumes/{name}")).await;
            assert_eq!(gone.status, 204, "{}", gone.text());
        }
    }

    /// Name and state of the project's containers.
    pub(crate) async fn rows(&self) -> Vec<(String, String)> {
        let listed = self.bed.containers_with(&format!("com.docker.compose.project={}", self.stack)).await;
        let text = |value: &Value| value.as_str().unwrap_or_default().trim_start_matches('/').to_owned();
        let mut rows: Vec<_> =
            listed.iter().map(|one| (text(&one["Names"][0]), text(&one["State"]))).collect();
        rows.sort();
        rows
    }

    /// The volumes of the project.
    pub(crate) async fn volumes(&self) -> Vec<String> {
        let filter = json!({ "label": [format!("com.docker.compose.project={}", self.stack)] }).to_string();
        let path = format!("/volumes?filters={}", crate::support::blocking::encode(&filter));
        let listed = self.bed.engine().get(&path).await.json();
        let mut names: Vec<String> = listed["Volumes"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|volume| volume["Name"].as_str().unwrap_or_default().to_owned())
            .collect();
        names.sort();
        names
    }

    /// Where a container has its volume at this folder from.
    pub(crate) async fn mounted(&self, container: &str, folder: &str) -> String {
        let seen = self.engine.inspect_container(container).await.unwrap();
        let mounts = seen["Mounts"].as_array().cloned().unwrap_or_default();
        let mount = mounts.iter().find(|mount| mount["Destination"] == folder).unwrap();
        mount["Name"].as_str().unwrap().to_owned()
    }

    /// Writes an archive into a folder of a container.
    pub(crate) async fn put(&self, container: &str, folder: &str, archive: Vec<u8>) {
        let content = stream::once(async { Ok::<_, std::io::Error>(Bytes::from(archive)) });
        self.engine.archive_put(container, folder, content).await.unwrap();
    }

    /// Nothing that operations need for a while is left: locks, helpers, servers, volumes of drills.
    pub(crate) async fn assert_clean(&self) {
        for label in ["stacktop.lock", "stacktop.helper", "stacktop.restore", "stacktop.drill"] {
            let listed = self.bed.containers_with(label).await;
            let ours = |one: &&Value| one["Labels"].to_string().contains(&self.stack);
            let left: Vec<&Value> = listed.iter().filter(ours).collect();
            assert!(left.is_empty(), "{label}: {left:?}");
        }
        let drilled = self.bed.engine().get("/volumes").await.json();
        let left = drilled["Volumes"].as_array().into_iter().flatten().filter(|volume| {
            let name = volume["Name"].as_str().unwrap_or_default();
            name.starts_with("stacktop-drill-") && name.contains(&self.stack)
        });
        assert_eq!(left.count(), 0);
    }
}
