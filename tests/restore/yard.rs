//! Stacks of Swarm on a private engine, with volumes.

use std::time::Duration;

use serde_json::{Value, json};
use stacktop::command::execute::lock::errands;

use crate::{
    site::Site,
    support::{
        image,
        private::{self, Release},
        swarm::service_spec,
    },
};

/// The stack.
pub(crate) const STACK: &str = "yard";

/// A swarm of one node.
pub(crate) async fn open(test: &str, release: Release) -> Option<Site> {
    let private = private::of_release(test, release)?;
    private.init_swarm().await;
    let (node, bed) = private.split();
    Some(Site::of(bed, STACK.to_owned()).await.keeping(node))
}

/// The same with an image of the host's engine.
pub(crate) async fn open_with(test: &str, release: Release, image: &str) -> Option<Site> {
    let private = private::of_release(test, release)?;
    private.copy_from_host(image);
    private.init_swarm().await;
    let (node, bed) = private.split();
    Some(Site::of(bed, STACK.to_owned()).await.keeping(node))
}

/// A swarm of two nodes, both with the images.
pub(crate) async fn pair(test: &str) -> Option<Site> {
    let private = private::pair(test).await?;
    image::ensure(private.second().socket(), "1");
    let (node, bed) = private.split();
    Some(Site::of(bed, STACK.to_owned()).await.keeping(node))
}

/// A service that has the volume at `/data`, looked at for a moment after each start.
pub(crate) fn spec(site: &Site, service: &str, replicas: u64, volume: &str) -> Value {
    let mut spec = service_spec(STACK, service, &site.bed.image("1"), replicas);
    spec["TaskTemplate"]["ContainerSpec"]["Mounts"] = json!([mount(&site.volume(volume), "/data")]);
    spec["UpdateConfig"] = json!({ "Parallelism": 1, "Monitor": 500_000_000_u64 });
    spec
}

/// A mount as `docker stack deploy` makes it.
pub(crate) fn mount(volume: &str, target: &str) -> Value {
    let labels = json!({ "com.docker.stack.namespace": STACK });
    json!({ "Type": "volume", "Source": volume, "Target": target, "VolumeOptions": { "Labels": labels } })
}

impl Site {
    /// Makes services of these and waits until they run.
    pub(crate) async fn deploy(&self, specs: impl IntoIterator<Item = Value>) {
        for spec in specs {
            let tasks = spec["Mode"]["Replicated"]["Replicas"].as_u64().unwrap_or(1);
            let id = self.bed.service(spec, None).await;
            self.bed.wait_running(&id, usize::try_from(tasks).unwrap()).await;
        }
    }

    /// What the manager knows of a service.
    pub(crate) async fn service(&self, name: &str) -> Value {
        self.bed.engine().get(&format!("/services/{STACK}_{name}")).await.json()
    }

    /// What somebody else does to a service: a change of its spec by the API.
    pub(crate) async fn meddle(&self, name: &str, change: impl Fn(&mut Value)) {
        loop {
            let now = self.service(name).await;
            let mut spec = now["Spec"].clone();
            change(&mut spec);
            let path = format!("/services/{STACK}_{name}/update?version={}", now["Version"]["Index"]);
            let answer = self.bed.engine().post(&path, spec).await;
            // Swarm itself writes down how far its update is.
            if !answer.text().contains("update out of sequence") {
                answer.json();
                return;
            }
        }
    }

    /// Another number of tasks, by somebody else, and waits until they run.
    pub(crate) async fn scale(&self, name: &str, replicas: usize) {
        self.meddle(name, |spec| spec["Mode"]["Replicated"]["Replicas"] = json!(replicas)).await;
        self.bed.wait_running(&format!("{STACK}_{name}"), replicas).await;
    }

    /// Waits until Swarm is done with what somebody has changed.
    pub(crate) async fn wait_updated(&self, name: &str) {
        self.bed
            .wait_until(Duration::from_secs(60), "the update to be completed", async || {
                let state = self.service(name).await["UpdateStatus"]["State"].clone();
                if state == "completed" { Ok(()) } else { Err(state.to_string()) }
            })
            .await;
    }

    /// The running containers of a service.
    pub(crate) async fn tasks(&self, name: &str) -> Vec<String> {
        let label = format!("com.docker.swarm.service.name={STACK}_{name}");
        let listed = self.bed.containers_with(&label).await;
        let running = listed.iter().filter(|one| one["State"] == "running");
        running.map(|one| one["Id"].as_str().unwrap().to_owned()).collect()
    }

    /// What the only task of a service has of a folder.
    pub(crate) async fn digest(&self, name: &str) -> String {
        let tasks = self.tasks(name).await;
        assert_eq!(tasks.len(), 1, "{name}");
        self.exec(&tasks[0], ["/fixture", "digest", "/data"]).await
    }

    /// The first volume of a service, as its spec says.
    pub(crate) async fn given(&self, name: &str) -> String {
        let spec = self.service(name).await["Spec"].clone();
        let source = &spec["TaskTemplate"]["ContainerSpec"]["Mounts"][0]["Source"];
        source.as_str().unwrap().to_owned()
    }

    /// The volumes of the stack.
    pub(crate) async fn stack_volumes(&self) -> Vec<String> {
        let listed = self.bed.engine().get("/volumes").await.json();
        let names = listed["Volumes"].as_array().into_iter().flatten().filter_map(|one| one["Name"].as_str());
        let mut names: Vec<String> =
            names.filter(|name| name.starts_with(&format!("{STACK}_"))).map(str::to_owned).collect();
        names.sort();
        names
    }

    /// The volume of the stack is replaced by an empty one: what happens to whoever needs what was in it.
    pub(crate) async fn lose(&self, name: &str, volume: &str) {
        self.scale(name, 0).await;
        let volume = self.volume(volume);
        self.bed
            .wait_until(Duration::from_secs(30), "the volume to go", async || {
                let label = format!("com.docker.swarm.service.name={STACK}_{name}");
                for one in self.bed.containers_with(&label).await {
                    let path = format!("/containers/{}", one["Id"].as_str().unwrap());
                    self.bed.engine().delete(&path).await;
                }
                let gone = self.bed.engine().delete(&format!("/volumes/{volume}")).await;
                if gone.status == 204 { Ok(()) } else { Err(gone.text()) }
            })
            .await;
    }

    /// Nothing of an operation is left, in the swarm neither.
    pub(crate) async fn assert_settled(&self, case: &str) {
        self.assert_clean().await;
        let left = errands(&self.engine).await.unwrap();
        assert!(left.is_empty(), "{case}: {left:?}");
    }
}
