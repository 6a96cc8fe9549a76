//! Backups by the real program on a real engine, killed in every state: the next one brings everybody back first.

use std::{
    io::{BufRead as _, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use futures_util::StreamExt as _;
use serde_json::Value;
use stacktop::{
    backup::{Keys, Mode, Validity, verify},
    domain::EventKind,
    engine::EventStream,
};
use tempfile::TempDir;

use crate::{
    site::Site,
    support::{Service, Spec, TestEngine, private},
};

/// On an engine of its own: the program looks after all that was left on one, that of other tests, too.
async fn site(test: &str, slowly: bool) -> Option<Site> {
    let (node, bed) = private::engine(test)?.split();
    Some(up(bed, slowly).await.keeping(node))
}

/// A project of which one part is dumped, one is stored while its user is stopped, and one while its user is frozen.
async fn up(bed: TestEngine, slowly: bool) -> Site {
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
    site
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
        let mut command = self.program();
        command.args(["backup", "run", &self.site.stack, "--yes", "--json", "--to"]).arg(self.shelf());
        command
    }

    /// What looks after what others have left, and does nothing else.
    fn look_after(&self) -> Child {
        self.program().args(["ops", "ls"]).spawn().unwrap()
    }

    fn program(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_stacktop"));
        command.env("DOCKER_HOST", self.site.bed.engine().host());
        command.env("XDG_STATE_HOME", self.journals.path()).env("USER", "ada");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Begins a backup and kills it when the step of this number in `state` has begun.
    fn kill(&self, (state, number): (&str, usize)) {
        self.kill_at((state, "begins"), number);
    }

    /// Begins a backup and kills it when a step in `state` has come to this stage, the first, the second time.
    fn kill_at(&self, (state, stage): (&str, &str), number: usize) {
        let mut child = self.back_up().spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let told = lines.map(|line| serde_json::from_str::<Value>(&line.unwrap()).unwrap());
        let begun = told.filter(|told| told["state"] == state && told["stage"] == stage).nth(number - 1);
        assert!(begun.is_some(), "it never came to {state}");
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// Backs up to the end.
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

/// How often a container was stopped and started, by what happened up to now. An engine keeps the last 256 events only,
/// fewer than health checks of a few seconds make, so they are listened to while they happen.
async fn stops_and_starts(site: &Site, round: usize, events: &mut EventStream) -> (usize, usize) {
    let last = Spec::new(site.bed.image("1")).name(&format!("last{round}")).cmd(["sleep", "1"]);
    let last = site.bed.create(last).await;
    let (name, mut stops, mut starts) = (site.container("db"), 0, 0);
    loop {
        let event = events.next().await.unwrap().unwrap();
        match event.kind {
            _ if event.id == last.id => return (stops, starts),
            EventKind::Stop if event.name == name => stops += 1,
            EventKind::Start if event.name == name => starts += 1,
            _ => {}
        }
    }
}

fn succeeded(healer: Child) {
    let ended = healer.wait_with_output().unwrap();
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
}

#[tokio::test(flavor = "multi_thread")]
async fn several_that_start_at_the_same_moment_undo_a_killed_backup_once() {
    let Some(site) = site("several_that_start_at_the_same_moment", false).await else { return };
    let users = [User::new(&site), User::new(&site), User::new(&site)];
    for round in 0..3 {
        let mut events = site.engine.events(None).await.unwrap();
        // Whichever part comes first, the database is stopped by then. The backup itself may just have started it again.
        users[0].kill_at(("stopping", "done"), 1);
        let healers: Vec<Child> = users.iter().map(User::look_after).collect();
        healers.into_iter().for_each(succeeded);
        users[0].assert_well("all at once", 0).await;
        let stopped_and_started = stops_and_starts(&site, round, &mut events).await;
        assert_eq!(
            stopped_and_started,
            (1, 1),
            "round {round}: how often the database was stopped and started"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_healer_was_at_that_is_killed_too_is_taken_over_by_the_next_one() {
    let Some(site) = site("what_a_healer_was_at_that_is_killed_too", true).await else { return };
    let (one, other) = (User::new(&site), User::new(&site));
    one.kill(("stopping", 1));
    let mut healer = other.look_after();
    let taken = || async { site.bed.containers_with("stacktop.turn").await };
    let process = format!("\\\"pid\\\":{},", healer.id());
    let ours = |turn: &Value| turn["Labels"].to_string().contains(&process);
    let events = site.engine.events(None).await.unwrap();
    let mut events = std::pin::pin!(events);
    while !taken().await.iter().any(ours) {
        events.next().await.unwrap().unwrap();
    }
    healer.kill().unwrap();
    healer.wait().unwrap();
    succeeded(one.look_after());
    one.assert_well("taken over", 0).await;
    assert!(!taken().await.iter().any(ours), "its lock is gone, too");
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
