//! Operations on a real engine.

use std::{
    path::PathBuf,
    sync::atomic::{AtomicU32, Ordering},
};

use serde_json::Value;
use stacktop::{
    command::execute::operation::{
        Holder, Prepared, Refused, RolloutOptions, prepare_rollout, prepare_scale,
    },
    engine::{Choice, Connector, Engine, Surroundings},
};

use crate::{
    course::{holder, key},
    support::{self, ComposeProject, Service, Spec, TestEngine, blocking},
};

/// A service `web` of a project on the engine of this host. Dropping it removes the lock; the bed removes the rest.
pub(crate) struct Site {
    pub(crate) engine: Engine,
    pub(crate) stack: String,
    prepared: AtomicU32,
    lock: Lock,
}

struct Lock {
    socket: PathBuf,
    name: String,
}

impl Drop for Lock {
    fn drop(&mut self) {
        let path = format!("/containers/{}?force=1", self.name);
        if !matches!(blocking::call(&self.socket, "DELETE", &path), Ok((204 | 404, _))) {
            eprintln!("left behind: {}", self.name);
        }
    }
}

impl Site {
    pub(crate) async fn of(bed: &TestEngine, stack: &str) -> Self {
        let choice = Choice { host: Some(bed.engine().host()), context: None };
        let connector = Connector::choose(&choice, &Surroundings::default()).unwrap();
        let engine = connector.connect().await.unwrap();
        let name = format!("stacktop-lock.{stack}.web");
        let lock = Lock { socket: bed.engine().socket().to_owned(), name };
        Self { engine, stack: stack.to_owned(), prepared: AtomicU32::new(0), lock }
    }

    /// A project with so many replicas of `web`, all healthy.
    pub(crate) async fn up(bed: &TestEngine, web: Spec, replicas: usize) -> (Self, ComposeProject) {
        let service = Service::new("web", web).replicas(replicas);
        let project = bed.compose_project("op", &[service]).await;
        project.wait_healthy().await;
        (Self::of(bed, &project.name).await, project)
    }

    pub(crate) async fn rollout(&self, options: &RolloutOptions) -> Result<Prepared, Refused> {
        prepare_rollout(&self.engine, &key(&self.stack, "web"), options, self.next()).await
    }

    pub(crate) async fn scale(&self, replicas: u64) -> Result<Prepared, Refused> {
        prepare_scale(&self.engine, &key(&self.stack, "web"), replicas, self.next()).await
    }

    /// The id of the operation that was prepared last.
    pub(crate) fn operation(&self) -> String {
        let stack = self.stack.to_uppercase().replace('-', "");
        format!("01{stack}X{}", self.prepared.load(Ordering::Relaxed))
    }

    fn next(&self) -> Holder {
        self.prepared.fetch_add(1, Ordering::Relaxed);
        holder(&self.operation())
    }

    /// Name, image and state of all containers of the service, by name.
    pub(crate) async fn rows(&self, bed: &TestEngine) -> Vec<(String, String, String)> {
        let label = format!("com.docker.compose.project={}", self.stack);
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let listed = bed.containers_with(&label).await;
        let web = listed.iter().filter(|one| one["Labels"]["com.docker.compose.service"] == "web");
        let row = |one: &Value| {
            (
                text(&one["Names"][0]).trim_start_matches('/').to_owned(),
                text(&one["Image"]),
                text(&one["State"]),
            )
        };
        let mut rows: Vec<_> = web.map(row).collect();
        rows.sort();
        rows
    }

    /// Asserts that the replicas of these numbers run this image, and that nothing else is there.
    pub(crate) async fn assert_well(&self, bed: &TestEngine, image: &str, numbers: &[u64], case: &str) {
        let expected: Vec<_> = numbers
            .iter()
            .map(|number| (format!("{}-web-{number}", self.stack), image.to_owned(), "running".to_owned()))
            .collect();
        assert_eq!(self.rows(bed).await, expected, "{case}");
        let lock = bed.engine().get(&format!("/containers/{}/json", self.lock.name)).await;
        assert_eq!(lock.status, 404, "{case}: the lock is still there");
        for (name, ..) in expected {
            let seen = bed.engine().get(&format!("/containers/{name}/json")).await.json();
            let health = &seen["State"]["Health"]["Status"];
            assert_ne!(health, "unhealthy", "{case}: {name}");
        }
    }
}

/// An image of the fixture with more settings, removed when dropped.
pub(crate) struct Image {
    socket: PathBuf,
    pub(crate) name: String,
}

impl Drop for Image {
    fn drop(&mut self) {
        let path = format!("/images/{}?force=1", self.name);
        if !matches!(blocking::call(&self.socket, "DELETE", &path), Ok((200 | 404, _))) {
            eprintln!("left behind: image {}", self.name);
        }
    }
}

/// Makes it with a Dockerfile's words: `ENV EXIT_AFTER_MS=300`.
pub(crate) async fn image_with(bed: &TestEngine, change: &str) -> Image {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let base = bed.create(Spec::new(bed.image("2")).name("base")).await;
    let tag = bed.unique(&format!("broken{}", NUMBER.fetch_add(1, Ordering::Relaxed)));
    let change = blocking::encode(change);
    let path = format!("/commit?container={}&repo=stacktop-test/op&tag={tag}&changes={change}", base.id);
    let made = bed.engine().post(&path, Value::Null).await;
    assert_eq!(made.status, 201, "{}", made.text());
    bed.engine().delete(&format!("/containers/{}", base.id)).await;
    Image { socket: bed.engine().socket().to_owned(), name: format!("stacktop-test/op:{tag}") }
}

pub(crate) fn engine(test: &str) -> Option<TestEngine> {
    support::engine(test)
}
