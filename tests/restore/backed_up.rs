//! Backups by the real program on a real engine, killed in every state: the next one brings everybody back first.

use std::{
    io::{BufRead as _, BufReader},
    path::PathBuf,
    process::{Command, Stdio},
};

use serde_json::Value;
use stacktop::backup::{Keys, Mode, Validity, verify};
use tempfile::TempDir;

use crate::{
    site::Site,
    support::{self, Service},
};

/// A project of which one part is dumped, one is stored while its user is stopped, and one while its user is frozen.
async fn site(test: &str, slowly: bool) -> Option<Site> {
    let bed = support::engine(test)?;
    let db = bed
        .server("1")
        .restart("always")
        .label("stacktop.backup.mode", "stop")
        .label("stacktop.backup.exec", r#"["/fixture", "digest", "/data"]"#);
    // It takes a while to end, so that the one who asks for that can be killed meanwhile.
    let db = if slowly { db.env("ON_TERM", "drain").env("DRAIN_MS", 3000) } else { db };
    let web = bed.server("1").label("stacktop.backup.mode", "pause");
    let db = Service::new("db", db).volume("data", "/data");
    let web = Service::new("web", web).volume("uploads", "/uploads").depends_on("db", "service_started");
    let site = Site::up(bed, &[db, web]).await;
    for (service, folder) in [("db", "/data"), ("web", "/uploads")] {
        site.exec(&site.container(service), ["/fixture", "fill", folder, "--files", "3"]).await;
    }
    Some(site)
}

/// The program, with the journals of one user.
struct User<'a> {
    site: &'a Site,
    journals: TempDir,
}

impl<'a> User<'a> {
    fn new(site: &'a Site) -> Self {
        Self { site, journals: TempDir::new().unwrap() }
    }

    fn shelf(&self) -> PathBuf {
        self.site.shelf.folder().to_owned()
    }

    fn back_up(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_stacktop"));
        command.args(["backup", "run", &self.site.stack, "--yes", "--json", "--to"]).arg(self.shelf());
        command.env("DOCKER_HOST", self.site.bed.engine().host());
        command.env("XDG_STATE_HOME", self.journals.path()).env("USER", "ada");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Begins a backup and kills it when the step of this number in `state` has begun.
    fn kill(&self, (state, number): (&str, usize)) {
        let mut child = self.back_up().spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let told = lines.map(|line| serde_json::from_str::<Value>(&line.unwrap()).unwrap());
        let begun = told.filter(|told| told["state"] == state && told["stage"] == "begins").nth(number - 1);
        assert!(begun.is_some(), "it never came to {state}");
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// Backs up to the end. Whoever else starts on this machine may have brought everybody back before.
    fn run(&self) {
        let ended = self.back_up().output().unwrap();
        let said = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(ended.status.code(), Some(0), "{said} {}", String::from_utf8_lossy(&ended.stdout));
    }

    /// Asserts that everybody runs, that nothing of an operation is left, and that all sets that are listed are whole.
    async fn assert_well(&self, case: &str, sets: usize) {
        let site = self.site;
        let rows = ["db", "web"].map(|service| (site.container(service), "running".to_owned()));
        assert_eq!(site.rows().await, rows, "{case}");
        site.assert_clean().await;
        let listed = site.shelf.sets(&site.stack).unwrap();
        assert_eq!(listed.len(), sets, "{case}: {listed:?}");
        for set in listed {
            assert_eq!(set.validity(), Validity::Valid, "{case}: {set:?}");
            let manifest = set.manifest.clone().unwrap();
            let modes: Vec<Mode> = manifest.parts.iter().map(|part| part.mode).collect();
            assert_eq!(modes, [Mode::Dump, Mode::Stop, Mode::Pause], "{case}");
            for part in &manifest.parts {
                verify(&set.folder, part, &Keys::default()).unwrap_or_else(|why| panic!("{case}: {why}"));
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_killed_in_any_state_is_undone_by_the_next_one() {
    let Some(site) = site("a_backup_killed_in_any_state_is_undone", false).await else { return };
    let user = User::new(&site);
    let states = [
        ("storing", 1),
        ("stopping", 1),
        ("storing", 2),
        ("starting", 1),
        ("gate", 1),
        ("freezing", 1),
        ("storing", 3),
        ("thawing", 1),
        ("closing", 1),
    ];
    let mut sets = 0;
    for state in states {
        user.kill(state);
        // The last step may be faster than the one who kills.
        let valid =
            site.shelf.sets(&site.stack).unwrap().into_iter().filter(|set| set.validity() == Validity::Valid);
        sets = valid.count() + 1;
        user.run();
        user.assert_well(&format!("{state:?}"), sets).await;
    }
    assert!(sets >= states.len(), "{sets}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_container_that_was_being_stopped_runs_again_whoever_comes_next() {
    let Some(site) = site("a_container_that_was_being_stopped_runs_again", true).await else { return };
    let (one, other) = (User::new(&site), User::new(&site));
    for (sets, user) in [&one, &other].into_iter().enumerate() {
        one.kill(("stopping", 1));
        user.run();
        user.assert_well("being stopped", sets + 1).await;
    }
}
