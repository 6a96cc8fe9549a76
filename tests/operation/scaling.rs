//! More and fewer replicas on a real engine.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use stacktop::command::{
    clone::anonymous_volumes,
    execute::operation::{Direction, Verdict},
};

use crate::{
    course::{finish, to},
    site::{Site, engine},
    support::TestEngine,
};

async fn scaled(site: &Site, replicas: u64) -> Verdict {
    finish(&site.engine, site.scale(replicas).await.unwrap(), Direction::Forward).await
}

async fn volumes(bed: &TestEngine, site: &Site) -> Vec<String> {
    let mut volumes = Vec::new();
    for (name, ..) in site.rows(bed).await {
        let seen = bed.engine().get(&format!("/containers/{name}/json")).await.json();
        volumes.extend(anonymous_volumes(&seen));
    }
    volumes
}

#[tokio::test]
async fn a_service_is_scaled_up_down_to_zero_and_back() {
    let Some(bed) = engine("a_service_is_scaled_up_down_to_zero_and_back") else { return };
    let (site, _project) = Site::up(&bed, bed.server("1").restart("always"), 2).await;
    for (replicas, numbers) in [(4, &[1, 2, 3, 4][..]), (2, &[1, 2]), (3, &[1, 2, 3])] {
        assert_eq!(scaled(&site, replicas).await, Verdict::Done, "{replicas}");
        site.assert_well(&bed, &bed.image("1"), numbers, &replicas.to_string()).await;
    }
    assert_eq!(scaled(&site, 0).await, Verdict::Done);
    let left = site.rows(&bed).await;
    assert!(left.len() == 1 && left[0].2 == "exited", "one stays as the pattern: {left:?}");
    assert_eq!(scaled(&site, 2).await, Verdict::Done);
    site.assert_well(&bed, &bed.image("1"), &[1, 2], "back from zero").await;
}

#[tokio::test]
async fn anonymous_volumes_go_with_their_replica_and_are_not_shared() {
    let Some(bed) = engine("anonymous_volumes_go_with_their_replica") else { return };
    let web = bed.server("1").set("Volumes", json!({ "/data": {} }));
    let (site, _project) = Site::up(&bed, web, 2).await;
    let before = volumes(&bed, &site).await;
    let left = Left { bed: &bed, volumes: before.clone() };
    let prepared = site.rollout(&to(&bed.image("2"))).await.unwrap();
    assert_eq!(finish(&site.engine, prepared, Direction::Forward).await, Verdict::Done);
    assert_eq!(volumes(&bed, &site).await, before, "each replica keeps its own");
    assert_eq!(scaled(&site, 3).await, Verdict::Done);
    let after: BTreeSet<String> = volumes(&bed, &site).await.into_iter().collect();
    assert_eq!(after.len(), 3, "the third has one of its own");
    drop(site);
    left.remove().await;
}

/// Volumes that containers mount by name do not go with them.
struct Left<'a> {
    bed: &'a TestEngine,
    volumes: Vec<String>,
}

impl Left<'_> {
    async fn remove(self) {
        for container in self.bed.containers_with(&self.bed.label()).await {
            let id = container["Id"].as_str().unwrap_or_default();
            self.bed.engine().delete(&format!("/containers/{id}?force=1&v=1")).await;
        }
        for volume in self.volumes {
            self.bed.engine().call(hyper::Method::DELETE, &format!("/volumes/{volume}"), Value::Null).await;
        }
    }
}
