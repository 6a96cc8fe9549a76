//! Compose v2 judges what a restore has made, and brings a project back up that was taken down with its volumes.

use std::{path::PathBuf, process::Command};

use serde_json::{Value, json};
use stacktop::command::{execute::operation::Verdict, restore::Way};
use tempfile::TempDir;

use crate::{
    site::Site,
    support::{self, TestEngine},
};

/// A project that Compose itself made.
struct Project {
    compose: PathBuf,
    folder: TempDir,
    host: String,
    name: String,
}

impl Project {
    fn up(bed: &TestEngine, compose: PathBuf) -> Self {
        let (name, folder) = (bed.unique("judge"), TempDir::new().unwrap());
        let mut labels = Value::Null;
        bed.mark(&mut labels);
        let file = json!({
            "services": { "web": { "image": bed.image("1"), "labels": labels, "volumes": ["data:/data"] } },
            "volumes": { "data": { "labels": labels } },
            "networks": { "default": { "labels": labels } },
        });
        std::fs::write(folder.path().join("compose.yaml"), file.to_string()).unwrap();
        let project = Self { compose, folder, host: bed.engine().host(), name };
        project.compose(&["up", "--detach"]);
        project
    }

    fn compose(&self, words: &[&str]) -> String {
        let mut command = Command::new(&self.compose);
        command.env("DOCKER_HOST", &self.host).args(["--project-name", &self.name, "--file"]);
        let output = command.arg(self.folder.path().join("compose.yaml")).args(words).output().unwrap();
        let told = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert!(output.status.success(), "compose {words:?}: {told}");
        told
    }
}

async fn id(site: &Site) -> Value {
    site.engine.inspect_container(&site.container("web")).await.unwrap()["Id"].clone()
}

async fn files(site: &Site) -> String {
    let mut pieces = site.engine.archive_get(&site.container("web"), "/data/.").await.unwrap();
    let mut scan = stacktop::backup::Scan::default();
    while let Some(piece) = pieces.next().await.unwrap() {
        scan.push(&piece).unwrap();
    }
    scan.finish().unwrap().fingerprint.to_string()
}

#[tokio::test]
async fn compose_lists_what_was_exchanged_leaves_it_alone_and_goes_back_when_it_makes_containers_anew() {
    let test = "compose_lists_what_was_exchanged";
    let (Some(bed), Some(compose)) = (support::engine(test), support::compose_v2(test)) else { return };
    let project = Project::up(&bed, compose);
    let site = Site::of(bed, project.name.clone()).await;
    let web = site.container("web");
    site.exec(&web, ["/fixture", "fill", "/data", "--files", "5"]).await;
    let wanted = files(&site).await;
    site.back_up().await;
    site.exec(&web, ["/fixture", "fill", "/data", "--files", "9"]).await;
    assert_eq!(site.restore(Way::Fresh).await, Verdict::Done);
    assert_eq!(files(&site).await, wanted);
    let exchanged = id(&site).await;
    assert!(project.compose(&["ps"]).contains(&web));
    project.compose(&["up", "--detach"]);
    assert_eq!(id(&site).await, exchanged, "an up without changes leaves it alone");
    project.compose(&["up", "--detach", "--force-recreate"]);
    assert_eq!(site.mounted(&web, "/data").await, site.volume("data"), "as the plan said");
}

#[tokio::test]
async fn a_project_that_was_taken_down_with_its_volumes_is_restored_and_comes_up_again() {
    let test = "a_project_that_was_taken_down_with_its_volumes";
    let (Some(bed), Some(compose)) = (support::engine(test), support::compose_v2(test)) else { return };
    let project = Project::up(&bed, compose);
    let site = Site::of(bed, project.name.clone()).await;
    site.exec(&site.container("web"), ["/fixture", "fill", "/data", "--files", "5"]).await;
    let wanted = files(&site).await;
    site.back_up().await;
    project.compose(&["down", "--volumes"]);
    assert!(site.volumes().await.is_empty());
    assert_eq!(site.restore(Way::Fresh).await, Verdict::Done);
    let told = project.compose(&["up", "--detach"]);
    assert!(!told.contains("was not created by Docker Compose"), "{told}");
    assert_eq!(files(&site).await, wanted);
    site.assert_clean().await;
}
