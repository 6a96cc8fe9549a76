//! Sets and targets that nothing is restored from, or into.

use std::{fs, path::Path, process::Command};

use stacktop::{
    backup::{Cipher, Keys},
    command::{execute::operation::Verdict, restore::Way},
};

use crate::{
    site::Site,
    support::{self, Service, Spec},
};

async fn site(test: &str) -> Option<Site> {
    let bed = support::engine(test)?;
    let services = [Service::new("web", bed.server("1")).volume("data", "/data")];
    Some(Site::up(bed, &services).await)
}

/// Why nothing is restored.
async fn refused(site: &Site, way: Way) -> String {
    site.prepare(way).await.unwrap_err().to_string()
}

#[tokio::test]
async fn a_set_that_is_damaged_is_refused_and_the_part_is_named() {
    let Some(site) = site("a_set_that_is_damaged_is_refused").await else { return };
    let set = site.back_up().await;
    let file = set.manifest.unwrap().parts[0].file.clone();
    let path = set.folder.join(&file);
    let mut stored = fs::read(&path).unwrap();
    let middle = stored.len() / 2;
    stored[middle] ^= 1;
    fs::write(&path, &stored).unwrap();
    let why = refused(&site, Way::Fresh).await;
    assert!(why.contains(&file) && why.contains("is damaged: its SHA-256 is"), "{why}");
    let report = site.drill(None).await;
    assert!(!report.passed(), "{report:?}");
    let failure = report.parts[0].failure.clone().unwrap();
    assert!(failure.contains("is damaged"), "{failure}");
    assert!(set.folder.join("drill.json").exists());

    fs::remove_file(&path).unwrap();
    let why = refused(&site, Way::Fresh).await;
    assert!(why.contains("no valid backup set"), "{why}");
    let mut request = site.request(Way::Fresh);
    request.set = Some(set.id);
    let asked = stacktop::command::execute::operation::prepare_restore(&site.engine, &request, site.holder());
    let why = asked.await.unwrap_err().to_string();
    assert!(why.contains(&format!("{file} is missing")), "{why}");
    site.assert_clean().await;
}

fn age_key(folder: &Path, name: &str) -> String {
    let file = folder.join(name);
    let made = Command::new("age-keygen").arg("-o").arg(&file).output().unwrap();
    let said = String::from_utf8_lossy(&made.stderr).into_owned();
    said.trim().rsplit(' ').next().unwrap().to_owned()
}

#[tokio::test]
async fn an_encrypted_set_is_restored_with_its_key_and_refused_with_another() {
    let Some(mut site) = site("an_encrypted_set_is_restored_with_its_key").await else { return };
    if Command::new("age-keygen").arg("--version").output().is_err() {
        eprintln!("SKIPPED: there is no age");
        return;
    }
    let keys = tempfile::TempDir::new().unwrap();
    let recipient = age_key(keys.path(), "right");
    age_key(keys.path(), "wrong");
    site.cipher = Cipher::Age(vec![recipient]);
    site.back_up().await;
    site.keys = Keys { identity: Some(keys.path().join("wrong")) };
    let why = refused(&site, Way::Fresh).await;
    assert!(why.contains("age failed on") && why.contains("nothing was touched"), "{why}");
    site.keys = Keys { identity: Some(keys.path().join("right")) };
    assert_eq!(site.restore(Way::Fresh).await, Verdict::Done);
}

#[tokio::test]
async fn another_project_that_uses_the_volume_is_given_the_fresh_one_too() {
    let Some(site) = site("another_project_that_uses_the_volume").await else { return };
    site.back_up().await;
    let other = Spec::new(site.bed.image("1"))
        .name("report")
        .label("com.docker.compose.project", "office")
        .label("com.docker.compose.service", "report")
        .label("com.docker.compose.container-number", "1")
        .volume(&site.volume("data"), "/in");
    let other = site.bed.run(other).await;
    let prepared = site.prepare(Way::Fresh).await.unwrap();
    let fact = prepared.plan.facts.iter().find(|(name, _)| name == "containers").unwrap();
    assert!(fact.1.contains(&other.name), "{fact:?}");
    assert_eq!(site.run(prepared).await, Verdict::Done);
    let fresh = site.mounted(&site.container("web"), "/data").await;
    assert_eq!(site.mounted(&other.name, "/in").await, fresh);
}

#[tokio::test]
async fn a_volume_that_nobody_has_is_restored_in_place_only() {
    let Some(site) = site("a_volume_that_nobody_has_is_restored_in_place_only").await else { return };
    site.back_up().await;
    for row in site.rows().await {
        site.bed.engine().delete(&format!("/containers/{}?force=1", row.0)).await;
    }
    let why = refused(&site, Way::Fresh).await;
    assert!(why.contains("no container has it") && why.contains("--in-place"), "{why}");
    assert_eq!(site.restore(Way::InPlace).await, Verdict::Done);
    assert_eq!(site.volumes().await, [site.volume("data")]);
}

#[tokio::test]
async fn who_does_not_start_again_gets_the_old_volume_back() {
    let Some(bed) = support::engine("who_does_not_start_again_gets_the_old_volume_back") else { return };
    // It serves only where this file is not.
    let check = ["CMD", "/fixture", "check", "/health"];
    let web = bed.server("1").health_cmd(&check, 300, 2);
    let site = Site::up(bed, &[Service::new("web", web).volume("data", "/data")]).await;
    let web = site.container("web");
    let before = site.engine.inspect_container(&web).await.unwrap();
    site.back_up().await;
    let mut prepared = site.prepare(Way::Fresh).await.unwrap();
    // The last gate is one that nobody passes.
    let lane = prepared.plan.phases.iter_mut().find(|phase| phase.title == "exchange").unwrap();
    lane.lanes[0].push(impossible(&web));
    let verdict = site.run(prepared).await;
    assert!(matches!(&verdict, Verdict::RolledBack(failure) if failure.why.contains("no")), "{verdict:?}");
    let after = site.engine.inspect_container(&web).await.unwrap();
    assert_eq!(after["Id"], before["Id"], "it is the same container");
    assert_eq!(after["State"]["Status"], "running");
    assert_eq!(site.volumes().await, [site.volume("data")]);
    site.assert_clean().await;
}

/// A step that fails: a rename of nothing.
fn impossible(container: &str) -> stacktop::command::Step {
    let call = stacktop::command::Call::Start { container: format!("{container}-is-no-such") };
    stacktop::command::Step {
        slot: None,
        state: "starting",
        cause: "it cannot".to_owned(),
        act: stacktop::command::Act::Call(call),
    }
}
