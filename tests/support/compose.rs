//! Compose projects as Compose v2 makes them, without Compose: the labels are what makes a project.

use super::sandbox::text;
use super::{Container, Spec, TestEngine, blocking};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// The release whose labels these are.
const VERSION: &str = "2.26.1";

/// A service to be: how many replicas of which container.
#[derive(Clone, Debug)]
pub struct Service {
    name: String,
    spec: Spec,
    replicas: usize,
    depends_on: Vec<String>,
    volumes: Vec<(String, String)>,
}

/// A project that runs.
pub struct ComposeProject {
    /// The unique name: the value of `com.docker.compose.project`.
    pub name: String,
    /// The full name of the project's default network.
    pub network: String,
    /// The containers of each service, in the order of their numbers.
    pub services: BTreeMap<String, Vec<Container>>,
    socket: PathBuf,
}

impl Service {
    pub fn new(name: &str, spec: Spec) -> Self {
        Self { name: name.to_owned(), spec, replicas: 1, depends_on: Vec::new(), volumes: Vec::new() }
    }

    pub fn replicas(mut self, replicas: usize) -> Self {
        self.replicas = replicas;
        self
    }

    /// A service of the same project, with the condition `service_started` or `service_healthy`.
    pub fn depends_on(mut self, service: &str, condition: &str) -> Self {
        self.depends_on.push(format!("{service}:{condition}:false"));
        self
    }

    /// A service of the same project after whose replacement this one is restarted.
    pub fn restarts_with(mut self, service: &str) -> Self {
        self.depends_on.push(format!("{service}:service_started:true"));
        self
    }

    /// A named volume of the project.
    pub fn volume(mut self, volume: &str, path: &str) -> Self {
        self.volumes.push((volume.to_owned(), path.to_owned()));
        self
    }

    /// What Compose compares to tell whether a container is out of date; here only that it depends on the service.
    fn config_hash(&self) -> String {
        let text = format!("{}{}", self.name, self.spec.clone().into_body());
        Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl TestEngine {
    /// Makes and starts a project, service by service, replica by replica.
    pub async fn compose_project(&self, name: &str, services: &[Service]) -> ComposeProject {
        let name = self.unique(name);
        let labels = project_labels(&name, "network", "default");
        let network = self.exact_network(&format!("{name}_default"), labels).await;
        let socket = self.engine().socket().to_owned();
        let mut project = ComposeProject { name, network, services: BTreeMap::new(), socket };
        for service in services {
            self.make_volumes(&project.name, service).await;
            let mut replicas = Vec::new();
            for number in 1..=service.replicas {
                replicas.push(self.run(project.replica(service, number)).await);
            }
            project.services.insert(service.name.clone(), replicas);
        }
        project
    }

    async fn make_volumes(&self, project: &str, service: &Service) {
        for (volume, _) in &service.volumes {
            // Creating a volume that exists changes nothing, so services may share one.
            self.exact_volume(&format!("{project}_{volume}"), project_labels(project, "volume", volume))
                .await;
        }
    }
}

impl ComposeProject {
    /// The container of a service with a number, counted from one.
    pub fn replica_of(&self, service: &str, number: usize) -> &Container {
        &self.services[service][number - 1]
    }

    pub async fn wait_healthy(&self) {
        for container in self.services.values().flatten() {
            container.wait_healthy().await;
        }
    }

    /// The container Compose would make; public so that tests can add a replica, an orphan or an outdated one.
    pub fn replica(&self, service: &Service, number: usize) -> Spec {
        let name = &self.name;
        let container = format!("{name}-{}-{number}", service.name);
        let image = service.spec.body["Image"].as_str().unwrap_or_default();
        let mut spec = service
            .spec
            .clone()
            .exact_name(&container)
            .network(&self.network, &[&container, &service.name])
            .label("com.docker.compose.project", name)
            .label("com.docker.compose.service", &service.name)
            .label("com.docker.compose.container-number", number.to_string())
            .label("com.docker.compose.oneoff", "False")
            .label("com.docker.compose.config-hash", service.config_hash())
            .label("com.docker.compose.version", VERSION)
            .label("com.docker.compose.project.working_dir", format!("/srv/{name}"))
            .label("com.docker.compose.project.config_files", format!("/srv/{name}/compose.yaml"))
            .label("com.docker.compose.image", self.engine_image(image))
            .label("com.docker.compose.depends_on", service.depends_on.join(","));
        for (volume, path) in &service.volumes {
            spec = spec.volume(&format!("{name}_{volume}"), path);
        }
        spec
    }

    /// The id of an image, which Compose notes to tell later that the tag has moved on.
    fn engine_image(&self, image: &str) -> String {
        let answer = blocking::call(&self.socket, "GET", &format!("/images/{image}/json"));
        let body = answer.map(|(_, body)| body).unwrap_or_default();
        text(&serde_json::from_str::<Value>(&body).unwrap_or_default()["Id"])
    }
}

fn project_labels(project: &str, kind: &str, name: &str) -> Value {
    json!({
        "com.docker.compose.project": project,
        "com.docker.compose.version": VERSION,
        format!("com.docker.compose.{kind}"): name,
    })
}
