//! Backups by keys, on the engine of this host, up to what is on the screen at the end.
#![allow(clippy::unwrap_used, reason = "helpers of tests, not only tests")]

use crate::support::{self, ComposeProject, Pty, PtyBuilder, Service, TestEngine};

/// A project whose only service has a volume with files, and its dashboard.
struct Desk {
    shop: ComposeProject,
    tui: Pty,
    _home: tempfile::TempDir,
    // Dropped last: it removes what is left of the project.
    bed: TestEngine,
}

/// The dashboard, with a backup made by its key.
async fn backed_up(test: &str) -> Option<Desk> {
    let bed = support::engine(test)?;
    let services = [Service::new("web", bed.server("1")).volume("data", "/data")];
    let shop = bed.compose_project("shop", &services).await;
    shop.replica_of("web", 1).exec(&["fill", "/data", "--files", "4"]).await;
    let home = tempfile::TempDir::new().unwrap();
    let dashboard = PtyBuilder::new().args(["--host", &bed.engine().host()]).env("NO_COLOR", "1");
    let tui = dashboard.home(home.path()).start();
    tui.wait_for("● live");
    tui.keys(&format!("/{}<enter>", shop.name));
    tui.wait_for("1/1");
    tui.keys("Bb");
    tui.wait_for(&format!("Back up {}", shop.name));
    tui.keys("y");
    tui.wait_for("done in");
    tui.wait_for("● good");
    Some(Desk { shop, tui, _home: home, bed })
}

impl Desk {
    /// The only container of the service, inspected.
    async fn web(&self) -> serde_json::Value {
        let path = format!("/containers/{}-web-1/json", self.shop.name);
        self.bed.engine().get(&path).await.json()
    }

    /// What the service has in its volume.
    async fn digest(&self) -> String {
        let path = format!("/containers/{}-web-1/exec", self.shop.name);
        let wish = serde_json::json!({ "Cmd": ["/fixture", "digest", "/data"], "AttachStdout": true });
        let exec = self.bed.engine().post(&path, wish).await.json()["Id"].as_str().unwrap().to_owned();
        let start = serde_json::json!({ "Detach": false });
        self.bed.engine().post(&format!("/exec/{exec}/start"), start).await.text()
    }

    /// Waits until the screen says that what is called so is done.
    fn wait_done(&self, what: &str) {
        let is_it = |line: &str| line.contains(what) && line.contains("done in");
        self.tui.wait_until(what, |screen| screen.lines().any(is_it));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_set_is_restored_by_keys_and_the_service_has_what_it_had() {
    let Some(desk) = backed_up("a_set_is_restored_by_keys").await else { return };
    let (wanted, before) = (desk.digest().await, desk.web().await);
    desk.shop.replica_of("web", 1).exec(&["fill", "/data/later", "--files", "4"]).await;
    assert_ne!(desk.digest().await, wanted);
    desk.tui.keys("T");
    desk.tui.wait_for("into new volumes, those of now are kept");
    desk.tui.keys("<enter>");
    desk.tui.wait_for(&format!("{}_data.restore-", desk.shop.name));
    desk.tui.keys("y");
    desk.wait_done("restore");
    assert_eq!(desk.digest().await, wanted);
    let after = desk.web().await;
    assert_ne!(after["Id"], before["Id"]);
    desk.tui.wait_for("1/1");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_set_is_drilled_by_keys_and_the_screen_says_how_long_it_took() {
    let Some(desk) = backed_up("a_set_is_drilled_by_keys").await else { return };
    let before = desk.web().await["Id"].clone();
    desk.tui.keys("D");
    // Nobody is touched by it, so nobody is asked.
    desk.wait_done("drill");
    desk.tui.wait_for("a restore was tried");
    assert_eq!(desk.web().await["Id"], before, "nobody was touched");
    let listed = desk.bed.engine().get("/volumes").await.json();
    let left = listed["Volumes"].as_array().into_iter().flatten().filter(|one| {
        one["Name"].as_str().unwrap_or_default().starts_with("stacktop-drill-")
            && one["Labels"].to_string().contains(&desk.shop.name)
    });
    assert_eq!(left.count(), 0);
}
