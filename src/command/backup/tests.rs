use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::*;
use crate::{
    backup::Mode,
    command::{Downtime, Plan, Risk},
};

fn container(service: &str, image: &str, mounts: &[(&str, &str)]) -> Value {
    let mounts: Vec<Value> = mounts
        .iter()
        .map(|(name, target)| json!({ "Type": "volume", "Name": name, "Destination": target, "RW": true }))
        .collect();
    json!({
        "Id": format!("{service}-id"),
        "Name": format!("/shop-{service}-1"),
        "Image": "sha256:1",
        "Config": { "Image": image, "Labels": {
            "com.docker.compose.project": "shop",
            "com.docker.compose.service": service,
        }},
        "State": { "Status": "running" },
        "Mounts": mounts,
    })
}

fn labelled(mut container: Value, label: &str, value: &str) -> Value {
    container["Config"]["Labels"][label] = json!(value);
    container
}

fn volume(name: &str) -> Value {
    json!({ "Name": name, "Driver": "local", "Labels": null })
}

struct World {
    containers: Vec<Value>,
    volumes: Vec<Value>,
    forced: Option<Mode>,
    sizes: BTreeMap<String, u64>,
}

impl World {
    fn of(containers: impl Into<Vec<Value>>) -> Self {
        let containers = containers.into();
        let names: BTreeSet<&str> = containers
            .iter()
            .flat_map(|one| one["Mounts"].as_array().unwrap())
            .filter_map(|mount| mount["Name"].as_str())
            .collect();
        let volumes = names.into_iter().map(volume).collect();
        Self { containers, volumes, forced: None, sizes: BTreeMap::new() }
    }

    fn survey(&self) -> Survey {
        Survey::of("shop", None, &self.containers, &self.volumes)
    }

    fn plan(&self) -> Backup {
        let survey = self.survey();
        let dumped = survey.databases.iter().map(|one| one.service.clone()).collect();
        let course = Course::of(&survey, self.forced, &self.sizes, &dumped);
        let dumps: Vec<_> = survey
            .databases
            .iter()
            .map(|one| (one.clone(), one.recipe.dumps(&["shop".to_owned()])))
            .collect();
        plan(&survey, &course, &dumps, &self.sizes, &Target::default())
    }

    fn steps(&self) -> Vec<String> {
        steps(&self.plan().plan)
    }
}

fn steps(plan: &Plan) -> Vec<String> {
    plan.steps().map(|step| step.act.describe()).collect()
}

#[test]
fn who_writes_is_frozen_while_the_volume_is_read_and_goes_on_before_the_set_is_closed() {
    let world = World::of([container("web", "shop/web:1", &[("uploads", "/data")])]);
    let steps = world.steps();
    assert_eq!(
        steps[..3],
        ["pause shop-web-1", "store the volume uploads", "unpause shop-web-1"].map(str::to_owned)
    );
    assert!(steps[3].starts_with("write the manifest"), "{steps:?}");
}

#[test]
fn a_database_is_dumped_and_its_files_are_left_out() {
    let world = World::of([container("db", "postgres:15", &[("db-data", "/var/lib/postgresql/data")])]);
    let Backup { plan, held } = world.plan();
    assert_eq!(
        steps(&plan)[..2],
        ["store the postgres dump of shop in db", "store the postgres dump of db"].map(str::to_owned)
    );
    assert!(plan.notes[0].contains("the postgres dump of db holds it"), "{:?}", plan.notes);
    assert!(held.is_empty() && plan.risk == Risk::None && plan.down_for == Downtime::None);
}

#[test]
fn a_label_has_users_stopped_those_that_are_needed_last_and_started_first() {
    let db = labelled(container("db", "shop/db:1", &[("data", "/data")]), label::MODE, "stop");
    let web = labelled(
        container("web", "shop/web:1", &[("data", "/data")]),
        "com.docker.compose.depends_on",
        "db:service_healthy:true",
    );
    let steps = World::of([db, web]).steps();
    let order: Vec<&str> = steps.iter().map(String::as_str).take(7).collect();
    assert_eq!(
        order,
        [
            "stop shop-web-1",
            "stop shop-db-1",
            "store the volume data",
            "start shop-db-1",
            "shop-db-1 is ready, within 300 s",
            "start shop-web-1",
            "shop-web-1 is ready, within 300 s",
        ]
    );
}

#[test]
fn the_way_back_starts_everybody_who_was_stopped() {
    let world =
        World { forced: Some(Mode::Stop), ..World::of([container("web", "shop/web:1", &[("a", "/a")])]) };
    let held = world.plan().held;
    let back: Vec<String> = held.iter().flat_map(Held::release).map(|it| it.act.describe()).collect();
    assert_eq!(back, ["start shop-web-1", "shop-web-1 is ready, within 300 s"]);
}

#[test]
fn users_of_other_stacks_are_held_too() {
    let mut other = container("report", "shop/report:1", &[("data", "/in")]);
    other["Config"]["Labels"]["com.docker.compose.project"] = json!("office");
    other["Name"] = json!("/office-report-1");
    let world = World::of([container("web", "shop/web:1", &[("data", "/data")]), other]);
    let steps = world.steps();
    assert!(steps.contains(&"pause office-report-1".to_owned()), "{steps:?}");
}

#[test]
fn volumes_with_a_common_user_are_stored_while_it_is_held_once() {
    let world = World::of([
        container("web", "shop/web:1", &[("a", "/a"), ("b", "/b")]),
        container("job", "shop/job:1", &[("b", "/b"), ("c", "/c")]),
    ]);
    let steps = world.steps();
    assert_eq!(steps.iter().filter(|step| *step == "pause shop-web-1").count(), 1, "{steps:?}");
    assert!(steps[2..5].iter().all(|step| step.starts_with("store the volume")), "{steps:?}");
}

#[test]
fn who_only_reads_is_left_alone() {
    let mut reader = container("web", "shop/web:1", &[("data", "/data")]);
    reader["Mounts"][0]["RW"] = json!(false);
    let steps = World::of([reader]).steps();
    assert_eq!(steps[0], "store the volume data");
}

#[test]
fn a_large_volume_is_read_as_it_is_and_the_set_says_so() {
    let world = World {
        sizes: [("data".to_owned(), 40_000_000_000)].into(),
        ..World::of([container("web", "shop/web:1", &[("data", "/data")])])
    };
    let Backup { plan, held } = world.plan();
    assert_eq!(plan.risk, Risk::None);
    assert_eq!(
        held.iter().map(|it| it.by).collect::<Vec<_>>(),
        [Hold::Pause],
        "a second reading may freeze it"
    );
    assert!(plan.notes[0].contains("may not fit together"), "{:?}", plan.notes);
}

#[test]
fn tasks_of_swarm_are_frozen_where_others_would_be_stopped() {
    let task = labelled(
        labelled(container("web", "shop/web:1", &[("data", "/data")]), label::MODE, "stop"),
        "com.docker.swarm.service.name",
        "shop_web",
    );
    assert_eq!(World::of([task]).steps()[0], "pause shop-web-1");
}

#[test]
fn a_label_leaves_a_volume_out() {
    let cache = labelled(container("web", "shop/web:1", &[("cache", "/cache")]), label::MODE, "skip");
    let Backup { plan, .. } = World::of([cache]).plan();
    assert_eq!(plan.steps().count(), 1, "only the manifest is left: {:?}", steps(&plan));
    assert!(plan.notes[0].contains("no files of volume cache"), "{:?}", plan.notes);
}

#[test]
fn a_volume_of_the_stack_that_nobody_mounts_is_stored() {
    let mut world = World::of([]);
    let mut orphan = volume("shop_old");
    orphan["Labels"] = json!({ "com.docker.compose.project": "shop" });
    world.volumes.push(orphan);
    assert_eq!(world.steps()[0], "store the volume shop_old");
}

#[test]
fn secrets_of_a_recipe_are_not_in_the_plan() {
    let mut redis = container("redis", "redis:7", &[("data", "/data")]);
    redis["Args"] = json!(["redis-server", "--requirepass", "geheim"]);
    let Backup { plan, .. } = World::of([redis]).plan();
    assert!(!format!("{plan:?}").contains("geheim"));
}

#[test]
fn a_database_that_cannot_be_dumped_is_stopped_however_large_it_is() {
    let world = World {
        sizes: [("data".to_owned(), 40_000_000_000)].into(),
        ..World::of([container("db", "postgres:15", &[("data", "/var/lib/postgresql/data")])])
    };
    let course = Course::of(&world.survey(), None, &world.sizes, &BTreeSet::new());
    assert_eq!(course.files[0].mode, Mode::Stop, "{course:?}");
    assert!(course.files[0].reason.contains("db is a database that cannot be dumped"), "{course:?}");
}
