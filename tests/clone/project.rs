//! A project that Compose itself made, and the exchange of its containers by raw calls.

use super::support::{TestEngine, blocking};
use hyper::Method;
use hyper::body::Bytes;
use serde_json::{Value, json};
use stacktop::command::clone::{
    AnonymousVolumes, Changes, Clone, Original, anonymous_volumes, body, names, rooted,
};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Mutex;

/// The id of the operation whose labels the clones carry.
const OP: &str = "01TEST";

/// Two services, `web` twice and `db`, on two networks. Dropping it removes everything.
pub(crate) struct Project {
    pub(crate) name: String,
    compose: PathBuf,
    folder: tempfile::TempDir,
    // Dropped in this order: volumes and tags are free once the containers are gone.
    pub(crate) bed: TestEngine,
    left: Left,
}

/// What carries no label of the test: anonymous volumes that clones mount by name, and the tag.
struct Left {
    socket: PathBuf,
    tag: String,
    volumes: Mutex<BTreeSet<String>>,
}

impl Drop for Left {
    fn drop(&mut self) {
        let volumes = self.volumes.lock().map(|volumes| volumes.clone()).unwrap_or_default();
        let paths = volumes.iter().map(|volume| format!("/volumes/{volume}"));
        for path in paths.chain([format!("/images/{}", self.tag)]) {
            let removed = blocking::call(&self.socket, "DELETE", &path);
            if !matches!(removed, Ok((200..300 | 404, _))) {
                eprintln!("left behind: {path}: {removed:?}");
            }
        }
    }
}

impl Project {
    /// Writes the file, with more settings of `web`, and has Compose bring it up.
    pub(crate) async fn up(bed: TestEngine, compose: PathBuf, more: &Value) -> Self {
        let name = bed.unique("clone");
        let socket = bed.engine().socket().to_owned();
        let left = Left { socket, tag: format!("stacktop-test/{name}:1"), volumes: Mutex::default() };
        let folder = tempfile::tempdir().unwrap();
        let project = Self { name, compose, folder, bed, left };
        project.point_to("1").await;
        std::fs::write(project.file(), project.text(more)).unwrap();
        project.compose(&["up", "--detach"]);
        project.note_volumes().await;
        project
    }

    /// Writes the file anew, with other settings of `web`.
    #[allow(dead_code, reason = "not every test program that shares this changes the file")]
    pub(crate) fn rewrite(&self, more: &Value) {
        std::fs::write(self.file(), self.text(more)).unwrap();
    }

    /// Writes all of it into another file, which the project's own one includes.
    #[allow(dead_code, reason = "not every test program that shares this changes the file")]
    pub(crate) fn include(&self, part: &str) {
        std::fs::write(self.folder.path().join(part), self.text(&json!({}))).unwrap();
        std::fs::write(self.file(), json!({ "include": [part] }).to_string()).unwrap();
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("compose.yaml")
    }

    /// JSON is YAML.
    fn text(&self, more: &Value) -> String {
        let mut labels = Value::Null;
        self.bed.mark(&mut labels);
        let mut web = json!({
            "image": self.left.tag, "labels": labels, "scale": 2, "environment": { "COLOR": "blue" },
            "networks": { "default": {}, "back": { "aliases": ["api"] } }, "depends_on": ["db"],
        });
        for (name, value) in more.as_object().unwrap() {
            web[name] = value.clone();
        }
        let db = json!({ "image": self.bed.image("1"), "labels": labels });
        let network = json!({ "labels": labels });
        let mut file = json!({
            "services": { "web": web, "db": db }, "networks": { "default": network, "back": network },
        });
        if more.get("secrets").is_some() {
            file["secrets"] = json!({ "token": { "environment": "CLONE_TOKEN" } });
        }
        file.to_string()
    }

    /// Runs Compose on the project; returns what it said.
    pub(crate) fn compose(&self, words: &[&str]) -> String {
        let mut command = Command::new(&self.compose);
        command.env("DOCKER_HOST", self.bed.engine().host()).env("CLONE_TOKEN", "hush");
        command.args(["--project-name", &self.name, "--file"]).arg(self.file()).args(words);
        let output = command.output().unwrap();
        let told = [output.stdout, output.stderr].concat();
        let told = String::from_utf8_lossy(&told).into_owned();
        assert!(output.status.success(), "compose {words:?}: {told}");
        told
    }

    /// Gives the services' reference to the image of a version.
    pub(crate) async fn point_to(&self, version: &str) {
        let (repository, tag) = self.left.tag.split_once(':').unwrap();
        let path = format!("/images/{}/tag?repo={repository}&tag={tag}", self.bed.image(version));
        let answer = self.bed.engine().post(&path, Value::Null).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
    }

    /// `web-1` as the engine calls it.
    pub(crate) fn full(&self, short: &str) -> String {
        format!("{}-{short}", self.name)
    }

    /// The full name of a network.
    pub(crate) fn network(&self, short: &str) -> String {
        format!("{}_{short}", self.name)
    }

    pub(crate) async fn inspect(&self, short: &str) -> Value {
        self.get(&format!("/containers/{}/json", self.full(short))).await
    }

    async fn get(&self, path: &str) -> Value {
        self.bed.engine().get(path).await.json()
    }

    async fn act(&self, path: &str, body: Value) {
        let answer = self.bed.engine().post(path, body).await;
        assert!(answer.status < 300, "{path}: status {}: {}", answer.status, answer.text());
    }

    async fn containers(&self) -> Vec<Value> {
        self.bed.containers_with(&format!("com.docker.compose.project={}", self.name)).await
    }

    /// The ids of the project's containers.
    pub(crate) async fn ids(&self) -> BTreeSet<String> {
        let containers = self.containers().await;
        assert!(containers.iter().all(|one| one["State"] == "running"), "{containers:?}");
        containers.iter().filter_map(|one| one["Id"].as_str()).map(str::to_owned).collect()
    }

    /// The numbers of a service's replicas.
    pub(crate) async fn numbers(&self, service: &str) -> Vec<String> {
        let containers = self.containers().await;
        let labels = containers.iter().map(|one| &one["Labels"]);
        let of_service = labels.filter(|labels| labels["com.docker.compose.service"] == service);
        let number =
            |labels: &Value| labels["com.docker.compose.container-number"].as_str().map(str::to_owned);
        let mut numbers: Vec<String> = of_service.filter_map(number).collect();
        numbers.sort();
        numbers
    }

    async fn note_volumes(&self) {
        for container in self.containers().await {
            let path = format!("/containers/{}/json", container["Id"].as_str().unwrap_or_default());
            let volumes = anonymous_volumes(&self.get(&path).await);
            self.left.volumes.lock().unwrap().extend(volumes);
        }
    }

    /// The clone of a replica with the image its reference has now.
    pub(crate) async fn clone_of(&self, short: &str, number: u64, volumes: AnonymousVolumes) -> Clone {
        let container = self.inspect(short).await;
        let id = text(&container["Id"]);
        let reference = text(&container["Config"]["Image"]);
        let image = self.get(&format!("/images/{}/json", text(&container["Image"]))).await;
        let new_image = self.get(&format!("/images/{reference}/json")).await;
        let version = self.get("/version").await["ApiVersion"].as_str().and_then(|v| {
            let (major, minor) = v.split_once('.')?;
            Some((major.parse().ok()?, minor.parse().ok()?))
        });
        let mut original = Original::new(container, image, version.unwrap());
        original.layer = self.get(&format!("/containers/{id}/changes")).await;
        let changes = Changes {
            image_ref: reference,
            new_image_id: text(&new_image["Id"]),
            new_image,
            number,
            final_name: names::replica(&self.name, "web", number, '-'),
            labels: [("stacktop.op".to_owned(), OP.to_owned())].into(),
            volumes,
            ..Changes::default()
        };
        body(&original, &changes).unwrap()
    }

    /// Creates a clone under a name, connects it to the networks the create call did not take, and starts it.
    async fn start(&self, name: &str, original: &str, clone: &Clone) -> Value {
        let path = format!("/containers/create?name={name}");
        let id = text(&self.bed.engine().post(&path, clone.body.clone()).await.json()["Id"]);
        for (network, endpoint) in &clone.connect {
            let body = json!({ "Container": id, "EndpointConfig": endpoint });
            self.act(&format!("/networks/{network}/connect"), body).await;
        }
        for file in &clone.copy_in {
            self.copy(original, &id, file).await;
        }
        self.act(&format!("/containers/{id}/start"), Value::Null).await;
        self.note_volumes().await;
        self.get(&format!("/containers/{id}/json")).await
    }

    async fn copy(&self, from: &str, to: &str, file: &str) {
        let engine = self.bed.engine();
        let archive = engine.get(&format!("/containers/{from}/archive?path={file}")).await.body;
        let archive = Bytes::from(rooted(&archive, file).unwrap());
        let path = format!("/containers/{to}/archive?path=/");
        assert_eq!(engine.send(Method::PUT, &path, "application/x-tar", archive).await.status(), 200);
    }

    /// Exchanges a replica for its clone, start first.
    pub(crate) async fn replace(&self, short: &str) -> Value {
        let old = self.inspect(short).await;
        let (old, name) = (text(&old["Id"]), self.full(short));
        let number = short.rsplit('-').next().and_then(|number| number.parse().ok()).unwrap();
        let clone = self.clone_of(short, number, AnonymousVolumes::Keep).await;
        let new = self.start(&names::temporary(&old, &name), &old, &clone).await;
        let new = text(&new["Id"]);
        self.act(&format!("/containers/{old}/stop?t=1"), Value::Null).await;
        self.act(&format!("/containers/{old}/rename?name={}", names::retired(&name, OP)), Value::Null).await;
        self.act(&format!("/containers/{new}/rename?name={name}"), Value::Null).await;
        let removed = self.bed.engine().delete(&format!("/containers/{old}?v=0")).await;
        assert_eq!(removed.status, 204, "{}", removed.text());
        self.inspect(short).await
    }

    /// Adds one more replica like another one.
    pub(crate) async fn add(&self, like: &str, number: u64) -> Value {
        let clone = self.clone_of(like, number, AnonymousVolumes::Fresh).await;
        self.start(&names::replica(&self.name, "web", number, '-'), &self.full(like), &clone).await
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
