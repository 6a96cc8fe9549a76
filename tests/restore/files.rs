//! Plain files: modes, links, long names.

use proptest::{
    prelude::*,
    strategy::ValueTree as _,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use stacktop::command::{execute::operation::Verdict, restore::Way};
use tar::{Builder, EntryType, Header};

use crate::{
    site::Site,
    support::{self, Service},
};

/// One thing in a folder.
#[derive(Clone, Debug)]
enum Thing {
    File(Vec<u8>, u32, u64),
    Folder(u32),
    Link(String),
    HardLink,
}

fn header(kind: EntryType, mode: u32, owner: u64) -> Header {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_mode(mode);
    header.set_uid(owner);
    header.set_gid(owner + 1);
    header.set_mtime(1_700_000_000);
    header.set_size(0);
    header
}

/// An archive of these things, which are all within a folder of this mode.
fn archive(mode: u32, things: &[(String, Thing)]) -> Vec<u8> {
    let mut builder = Builder::new(Vec::new());
    builder.append_data(&mut header(EntryType::Directory, mode, 7), "data/", [].as_slice()).unwrap();
    let mut first = None;
    for (name, thing) in things {
        let path = format!("data/{name}");
        match thing {
            Thing::File(content, mode, owner) => {
                let mut header = header(EntryType::Regular, *mode, *owner);
                header.set_size(content.len() as u64);
                builder.append_data(&mut header, &path, content.as_slice()).unwrap();
                first.get_or_insert(path);
            }
            Thing::Folder(mode) => {
                let mut header = header(EntryType::Directory, *mode, 3);
                builder.append_data(&mut header, format!("{path}/"), [].as_slice()).unwrap();
            }
            Thing::Link(target) => {
                builder.append_link(&mut header(EntryType::Symlink, 0o777, 5), &path, target).unwrap();
            }
            Thing::HardLink => {
                if let Some(first) = &first {
                    builder.append_link(&mut header(EntryType::Link, 0o644, 0), &path, first).unwrap();
                }
            }
        }
    }
    builder.into_inner().unwrap()
}

/// A tree of every kind of thing.
fn tree() -> Vec<u8> {
    let long = "a-very-long-name/".repeat(12);
    let things = [
        ("plain".to_owned(), Thing::File(b"first".to_vec(), 0o640, 70)),
        ("empty".to_owned(), Thing::File(Vec::new(), 0o4755, 0)),
        ("folder".to_owned(), Thing::Folder(0o2770)),
        ("folder/inner".to_owned(), Thing::File(vec![7; 200_000], 0o600, 999)),
        ("link".to_owned(), Thing::Link("plain".to_owned())),
        ("dangling".to_owned(), Thing::Link("../nowhere/at all".to_owned())),
        ("hard".to_owned(), Thing::HardLink),
        (format!("{long}end"), Thing::File(b"deep".to_vec(), 0o644, 1000)),
        ("umlaut-äöü und Leerzeichen".to_owned(), Thing::File(b"x".to_vec(), 0o444, 1)),
    ];
    archive(0o1770, &things)
}

async fn site(test: &str) -> Option<Site> {
    let bed = support::engine(test)?;
    let web = bed.server("1").label("stacktop.backup.mode", "stop").restart("always");
    let services = [
        Service::new("web", web.clone()).volume("data", "/data").depends_on("feeder", "service_started"),
        Service::new("feeder", bed.server("1")).volume("data", "/in"),
    ];
    Some(Site::up(bed, &services).await)
}

/// All of a folder as an archive, without times.
async fn read(site: &Site, container: &str) -> stacktop::backup::Contents {
    let mut pieces = site.engine.archive_get(container, "/data/.").await.unwrap();
    let mut scan = stacktop::backup::Scan::default();
    while let Some(piece) = pieces.next().await.unwrap() {
        scan.push(&piece).unwrap();
    }
    scan.finish().unwrap()
}

#[tokio::test]
async fn files_come_back_into_a_fresh_volume_that_everybody_is_given() {
    let Some(site) = site("files_come_back_into_a_fresh_volume").await else { return };
    let (web, feeder) = (site.container("web"), site.container("feeder"));
    site.put(&web, "/", tree()).await;
    let before = read(&site, &web).await;
    site.back_up().await;
    site.exec(&web, ["/fixture", "fill", "/data", "--files", "3"]).await;
    assert_ne!(read(&site, &web).await.fingerprint, before.fingerprint);

    let prepared = site.prepare(Way::Fresh).await.unwrap();
    assert!(
        prepared.plan.notes.iter().any(|note| note.contains("docker compose up")),
        "{:?}",
        prepared.plan.notes
    );
    let steps: Vec<String> = prepared.plan.steps().map(|step| step.act.describe()).collect();
    let at = |wanted: &str| {
        steps.iter().position(|step| step == wanted).unwrap_or_else(|| panic!("{wanted}: {steps:?}"))
    };
    assert!(at(&format!("stop {web}")) < at(&format!("stop {feeder}")), "who needs the other stops first");
    assert!(at(&format!("start {feeder}")) < at(&format!("start {web}")), "and starts last");
    assert_eq!(site.run(prepared).await, Verdict::Done);

    assert_eq!(read(&site, &web).await.fingerprint, before.fingerprint);
    let fresh = site.mounted(&web, "/data").await;
    assert!(fresh.starts_with(&site.volume("data.restore-")), "{fresh}");
    assert_eq!(site.mounted(&feeder, "/in").await, fresh);
    assert_eq!(site.volumes().await, [site.volume("data"), fresh], "the old volume stays");
    let running = |name: &str| (name.to_owned(), "running".to_owned());
    assert_eq!(site.rows().await, [running(&feeder), running(&web)]);
    let seen = site.engine.inspect_container(&web).await.unwrap();
    assert_eq!(seen["HostConfig"]["RestartPolicy"]["Name"], "always");
    site.assert_clean().await;
}

#[tokio::test]
async fn in_place_the_volume_has_its_name_again_and_nothing_else_is_left() {
    let Some(site) = site("in_place_the_volume_has_its_name_again").await else { return };
    let web = site.container("web");
    site.put(&web, "/", tree()).await;
    let before = read(&site, &web).await;
    site.back_up().await;
    site.exec(&web, ["/fixture", "fill", "/data", "--files", "3"]).await;

    let prepared = site.prepare(Way::InPlace).await.unwrap();
    assert_eq!(prepared.plan.risk, stacktop::command::Risk::High);
    assert_eq!(site.run(prepared).await, Verdict::Done);

    assert_eq!(read(&site, &web).await.fingerprint, before.fingerprint);
    assert_eq!(site.mounted(&web, "/data").await, site.volume("data"));
    assert_eq!(site.volumes().await, [site.volume("data")]);
    let states: Vec<String> = site.rows().await.into_iter().map(|row| row.1).collect();
    assert_eq!(states, ["running", "running"]);
    site.assert_clean().await;
}

#[tokio::test]
async fn a_volume_that_is_gone_with_its_containers_is_made_anew_under_its_name() {
    let Some(site) = site("a_volume_that_is_gone_with_its_containers").await else { return };
    let web = site.container("web");
    site.put(&web, "/", tree()).await;
    let before = read(&site, &web).await;
    site.back_up().await;
    site.destroy().await;

    assert_eq!(site.restore(Way::Fresh).await, Verdict::Done);

    let labels = site.bed.engine().get(&format!("/volumes/{}", site.volume("data"))).await.json();
    assert_eq!(labels["Labels"]["com.docker.compose.volume"], "data", "compose must know it as its own");
    let look = support::Spec::new(site.bed.image("1")).name("look").volume(&site.volume("data"), "/data");
    let look = site.bed.create(look).await;
    assert_eq!(read(&site, &look.name).await.fingerprint, before.fingerprint);
    site.assert_clean().await;
}

fn name() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9 äß_.,+=@%-]{1,40}".prop_filter("no name", |name| !matches!(name.as_str(), "." | ".."))
}

fn thing() -> impl Strategy<Value = Thing> {
    let content = proptest::collection::vec(any::<u8>(), 0..3000);
    prop_oneof![
        4 => (content, 0_u32..0o1000, 0_u64..70_000).prop_map(|(content, mode, owner)| Thing::File(content, mode, owner)),
        1 => (0o700_u32..0o1000).prop_map(Thing::Folder),
        1 => "[a-z/. ]{1,150}".prop_map(Thing::Link),
        1 => Just(Thing::HardLink),
    ]
}

/// Names that go through several folders, some of them longer than a header of an archive holds.
fn path() -> impl Strategy<Value = String> {
    proptest::collection::vec(name(), 1..6).prop_map(|parts| parts.join("/"))
}

#[tokio::test]
async fn any_tree_survives_backup_and_restore() {
    let Some(site) = site("any_tree_survives_backup_and_restore").await else { return };
    let web = site.container("web");
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let trees = (0o700_u32..0o1000, proptest::collection::btree_map(path(), thing(), 0..25));
    for number in 0..8 {
        let tree = trees.new_tree(&mut runner).unwrap();
        let (mode, things) = tree.current();
        let mut things: Vec<(String, Thing)> = things.into_iter().collect();
        // What is a file or a link here is no folder there.
        let folders: Vec<String> = things.iter().map(|(path, _)| format!("{path}/")).collect();
        things.retain(|(path, _)| !folders.iter().any(|folder| path.starts_with(folder)));
        site.exec(&web, ["/fixture", "fill", "/data", "--files", "1"]).await;
        site.put(&web, "/", archive(mode, &things)).await;
        let before = read(&site, &web).await;
        let set = site.back_up().await;
        let look = site.filled(&set, &format!("{}-copy-{number}", site.stack)).await;
        assert_eq!(read(&site, &look).await.fingerprint, before.fingerprint, "{things:?}");
    }
}
