//! Drills take everything away again, also what others have left.

use std::time::Duration;

use serde_json::{Value, json};
use stacktop::command::{execute::operation::sweep, restore::drill::Report};

use crate::{
    site::Site,
    support::{self, Service, Spec},
};

#[tokio::test]
async fn a_drill_restores_every_part_beside_what_runs_and_keeps_its_report() {
    let Some(bed) = support::engine("a_drill_restores_every_part_beside_what_runs") else { return };
    let hook = r#"["/fixture", "log", "--log-lines", "100"]"#;
    let verify = r#"["/fixture", "log", "--log-lines", "1"]"#;
    let job =
        bed.server("1").label("stacktop.backup.exec", hook).label("stacktop.backup.verify.exec", verify);
    let services = [Service::new("web", bed.server("1")).volume("data", "/data"), Service::new("job", job)];
    let site = Site::up(bed, &services).await;
    let before = site.rows().await;
    let set = site.back_up().await;

    let report = site.drill(Some(Duration::from_secs(3600))).await;

    assert!(report.passed(), "{report:?}");
    let parts: Vec<&str> = report.parts.iter().map(|part| part.part.as_str()).collect();
    assert_eq!(parts, [format!("volume {}", site.volume("data")).as_str(), "custom dump of job"]);
    let kept: Report =
        serde_json::from_slice(&std::fs::read(set.folder.join("drill.json")).unwrap()).unwrap();
    assert_eq!(kept, report);
    let told = site.shelf.find(&site.stack, Some(&set.id)).unwrap().drill.unwrap();
    assert_eq!(
        (told.failed, told.took_ms),
        (None, (report.seconds * 1000.0) as u64),
        "it is found with its set"
    );
    assert_eq!(site.rows().await, before);
    assert_eq!(site.volumes().await, [site.volume("data")]);
    site.assert_clean().await;
    let late = site.drill(Some(Duration::ZERO)).await;
    assert!(late.is_late() && !late.passed());
}

#[tokio::test]
async fn what_a_killed_drill_has_left_is_taken_away_and_that_of_one_at_work_is_not() {
    let Some(bed) = support::engine("what_a_killed_drill_has_left_is_taken_away") else { return };
    let site = Site::of(bed, "none".to_owned()).await;
    let make = async |name: &str, holder: &Value| {
        let labels = json!({ "stacktop.drill": name, "stacktop.drill.holder": holder.to_string() });
        let volume = site.bed.volume(name, labels.clone()).await;
        let container =
            Spec::new(site.bed.image("1")).name(name).volume(&volume, "/data").set("Labels", labels);
        (site.bed.create(container).await.name, volume)
    };
    let alive = serde_json::to_value(stacktop::journal::Holder::of_this_process("ada")).unwrap();
    let mut gone = alive.clone();
    (gone["pid"], gone["started"]) = (json!(4711), json!(1));
    let left = make("left", &gone).await;
    let at_work = make("at-work", &alive).await;
    assert!(sweep(&site.engine).await.unwrap() >= 2);
    for ((container, volume), status) in [(left, 404), (at_work, 200)] {
        let seen = site.bed.engine().get(&format!("/containers/{container}/json")).await.status;
        assert_eq!(
            (seen, site.bed.engine().get(&format!("/volumes/{volume}")).await.status),
            (status, status)
        );
    }
}
