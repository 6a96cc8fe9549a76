//! Volumes and dumps on their way to the disk.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    process::Command,
};

use serde_json::json;
use stacktop::{
    backup::{Keys, Mode, Set, Shelf, Validity, verify},
    command::{
        Ending, Halt, Walker,
        backup::{Backup, Course, Target, plan},
        execute::backup::{Looked, survey},
    },
    engine::Engine,
};
use tempfile::TempDir;
use tokio::sync::mpsc;

use super::{reach, support};
use support::{ComposeProject, Service, Spec, TestEngine};

/// A project on an engine, and a shelf for its sets.
struct Site {
    engine: Engine,
    project: ComposeProject,
    shelf: Shelf,
    _folder: TempDir,
}

impl Site {
    async fn up(bed: &TestEngine, spec: Spec) -> Self {
        let services = [Service::new("web", spec).volume("data", "/data")];
        let project = bed.compose_project("shop", &services).await;
        let folder = TempDir::new().unwrap();
        let shelf = Shelf::at(folder.path().to_owned());
        Self { engine: reach(bed).await, project, shelf, _folder: folder }
    }

    async fn plan(&self, target: &Target) -> Backup {
        let Looked { survey, dumps, .. } = survey(&self.engine, &self.project.name, None).await.unwrap();
        let dumped: BTreeSet<String> = dumps.iter().map(|(one, _)| one.service.clone()).collect();
        let sizes = BTreeMap::new();
        let course = Course::of(&survey, None, &sizes, &dumped);
        plan(&survey, &course, &dumps, &sizes, target)
    }

    /// Backs the project up; the set it makes, or how it failed.
    async fn back_up(&self) -> Result<Set, String> {
        let open =
            self.shelf.begin(&self.project.name, "2026-03-01T12:00:00Z".parse().unwrap(), "x").unwrap();
        let (id, folder) = (open.id, open.folder);
        let operation = self.project.name.clone();
        let target = Target { id, folder, operation: operation.clone(), ..Target::default() };
        let Backup { plan, .. } = self.plan(&target).await;
        let (reports, _unheard) = mpsc::channel(1000);
        let walker = Walker::new(self.engine.clone(), operation, reports, Halt::default());
        match walker.walk(&plan.phases).await {
            Ending::Done => Ok(self.shelf.find(&self.project.name, None).unwrap()),
            Ending::Failed(failure) => Err(failure.why),
            Ending::Cancelled => Err("it was stopped".to_owned()),
        }
    }
}

fn run(folder: &Path, line: &str) -> String {
    let output = Command::new("sh").args(["-c", line]).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test]
async fn a_volume_is_stored_while_its_user_is_frozen_and_public_tools_read_it() {
    let Some(bed) = support::engine("a_volume_is_stored_while_its_user_is_frozen") else { return };
    let site = Site::up(&bed, bed.server("1")).await;
    let web = site.project.replica_of("web", 1);
    assert_eq!(web.exec(&["fill", "/data", "--files", "7"]).await.exit_code, 0);
    let set = site.back_up().await.unwrap();
    assert_eq!(set.validity(), Validity::Valid);
    let manifest = set.manifest.clone().unwrap();
    let [part] = manifest.parts.as_slice() else { panic!("{manifest:?}") };
    assert_eq!(part.mode, Mode::Pause);
    verify(&set.folder, part, &Keys::default()).unwrap();
    assert_eq!(web.state().await, "running");
    let helpers = bed.containers_with("stacktop.helper").await;
    let ours = json!(site.project.name);
    assert!(helpers.iter().all(|it| it["Labels"]["stacktop.helper"] != ours), "{helpers:?}");
    run(&set.folder, "sha256sum -c SHA256SUMS");
    let names = run(&set.folder, &format!("zstd -dc --long=27 {} | tar t", part.file));
    assert_eq!(names.lines().filter(|name| name.contains("/file-")).count(), 7, "{names}");
}

#[tokio::test]
async fn what_a_command_writes_is_stored_byte_by_byte_and_its_complaints_are_not() {
    let Some(bed) = support::engine("what_a_command_writes_is_stored_byte_by_byte") else { return };
    let hook = r#"["/fixture", "log", "--log-lines", "1000"]"#;
    let site = Site::up(&bed, bed.server("1").label("stacktop.backup.exec", hook)).await;
    let set = site.back_up().await.unwrap();
    let parts = set.manifest.unwrap().parts;
    let dump = parts.iter().find(|part| part.mode == Mode::Dump).unwrap();
    let text = run(&set.folder, &format!("zstd -dc {}", dump.file));
    assert_eq!(text.len() as u64, dump.raw_bytes);
    assert!(text.lines().count() >= 500, "{}", text.lines().count());
}

#[tokio::test]
async fn a_command_that_fails_fails_the_backup_with_its_words_and_leaves_no_valid_set() {
    let Some(bed) = support::engine("a_command_that_fails_fails_the_backup") else { return };
    let hook = r#"["/fixture", "no-such-word"]"#;
    let site = Site::up(&bed, bed.server("1").label("stacktop.backup.exec", hook)).await;
    let why = site.back_up().await.unwrap_err();
    assert!(why.contains("exit 2: fixture: no such subcommand: no-such-word"), "{why}");
    let sets = site.shelf.sets(&site.project.name).unwrap();
    assert!(sets.iter().all(|set| set.validity() == Validity::Invalid), "{sets:?}");
}
