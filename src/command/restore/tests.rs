use std::path::PathBuf;

use serde_json::{Value, json};

use super::{
    exchange::{policy, was},
    recovery::{Found, Left, Made, Task},
    *,
};
use crate::{
    backup::{Keys, Mode, Part, Source, VolumeRecord},
    command::{backup::Recipe, clone::Original, plan::Phase},
};

const OPERATION: &str = "01B";

fn user(name: &str, id: &str, volume: &str, state: &str, labels: &Value) -> Original {
    let mut all = json!({
        "com.docker.compose.project": "shop",
        "com.docker.compose.service": "db",
        "com.docker.compose.container-number": "1",
    });
    for (label, value) in labels.as_object().unwrap() {
        all[label] = value.clone();
    }
    let container = json!({
        "Id": id, "Name": format!("/{name}"), "Image": "sha256:1",
        "Config": { "Image": "shop/db:1", "Labels": all },
        "HostConfig": {
            "RestartPolicy": { "Name": "always" },
            "Mounts": [{ "Type": "volume", "Source": volume, "Target": "/data" }],
        },
        "State": { "Status": state },
        "Mounts": [{ "Type": "volume", "Name": volume, "Destination": "/data", "RW": true }],
    });
    let image = json!({ "Id": "sha256:1", "Config": {} });
    Original::new(container, image, (1, 41))
}

fn record(name: &str) -> VolumeRecord {
    VolumeRecord { name: name.to_owned(), driver: "local".to_owned(), ..VolumeRecord::default() }
}

fn reading(source: Source) -> Reading {
    let at = "2026-03-01T12:00:00Z".parse().unwrap();
    let part = Part {
        file: "part".to_owned(),
        source,
        mode: Mode::Stop,
        raw_bytes: 1,
        stored_bytes: 1,
        sha256: String::new(),
        raw_sha256: String::new(),
        codecs: Vec::new(),
        recipients: Vec::new(),
        contents: None,
        began: at,
        finished: at,
    };
    Reading { folder: PathBuf::from("/sets/1"), part, keys: Keys::default() }
}

fn dump(database: Option<&str>) -> Reading {
    reading(Source::Dump {
        service: "db".to_owned(),
        recipe: "postgres".to_owned(),
        database: database.map(str::to_owned),
        version: None,
    })
}

fn restoring(way: Way, users: Vec<Original>) -> Restoring {
    let container = users.first().map(|user| user.container.clone()).unwrap_or_default();
    let load = Load {
        service: "db".to_owned(),
        recipe: Recipe::Postgres,
        origin: Origin::Container(container),
        image: "sha256:1".to_owned(),
        folder: "/data".to_owned(),
        dumps: vec![dump(None), dump(Some("shop"))],
    };
    let aim =
        Aim { home: record("data"), fresh: record("data.new"), content: Content::Dumps(Box::new(load)) };
    Restoring { operation: OPERATION.to_owned(), way, aims: vec![aim], users, ..Restoring::default() }
}

fn acts(phases: &[Phase]) -> Vec<String> {
    let steps = phases.iter().flat_map(|phase| phase.lanes.iter().flatten());
    steps.map(|step| step.act.describe()).collect()
}

const OLD: &str = "0123456789abcdef";

fn old() -> Original {
    user("shop-db-1", OLD, "data", "running", &json!({}))
}

#[test]
fn a_database_is_whole_before_anybody_stops() {
    let plan = plan(&restoring(Way::Fresh, vec![old()])).unwrap();
    let acts = acts(&plan.phases);
    let at = |wanted: &str| {
        acts.iter().position(|act| act.starts_with(wanted)).unwrap_or_else(|| panic!("{wanted}: {acts:?}"))
    };
    let order = [
        "make volume data.new",
        "create stacktop-restore-01B-1",
        "start stacktop-restore-01B-1",
        "the server in stacktop-restore-01B-1 answers",
        "load the postgres dump of db",
        "load the postgres dump of shop in db",
        "check the postgres dump of shop",
        "stop stacktop-restore-01B-1",
        "remove stacktop-restore-01B-1",
        "create 0123456789ab_shop-db-1",
        "stop shop-db-1",
        "rename shop-db-1 to shop-db-1.old-01B",
        "rename 0123456789ab_shop-db-1 to shop-db-1",
        "start shop-db-1",
        "remove shop-db-1.old-01B",
    ];
    let places: Vec<usize> = order.iter().map(|wanted| at(wanted)).collect();
    assert!(places.is_sorted(), "{acts:?}");
}

#[test]
fn in_place_the_old_volume_goes_only_when_everybody_has_the_fresh_one() {
    let plan = plan(&restoring(Way::InPlace, vec![old()])).unwrap();
    let acts = acts(&plan.phases);
    let last = |wanted: &str| {
        acts.iter().rposition(|act| act == wanted).unwrap_or_else(|| panic!("{wanted}: {acts:?}"))
    };
    let first = |wanted: &str| {
        acts.iter().position(|act| act == wanted).unwrap_or_else(|| panic!("{wanted}: {acts:?}"))
    };
    assert!(first("rename 0123456789ab_shop-db-1 to shop-db-1") < first("remove volume data"));
    assert!(first("remove volume data") < first("fill volume data from volume data.new and read it back"));
    assert_eq!(acts.iter().filter(|act| *act == "start shop-db-1").count(), 1, "{acts:?}");
    assert!(last("start shop-db-1") < last("remove volume data.new"));
}

#[test]
fn what_an_earlier_operation_has_noted_is_long_past() {
    let stale = json!({ "stacktop.op": "01A", "stacktop.was": "serving", "stacktop.restart-policy": r#"{"Name":"no"}"# });
    let stopped = user("shop-db-1", OLD, "data", "exited", &stale);
    assert_eq!(was(&stopped, OPERATION), "stopped");
    assert_eq!(policy(&stopped, OPERATION)["Name"], "always");
    assert_eq!(was(&stopped, "01A"), "serving");
}

fn moved(name: &str, state: &str) -> Original {
    let labels = json!({
        "stacktop.op": OPERATION, "stacktop.replaces": OLD, "stacktop.was": "serving",
        "stacktop.restart-policy": r#"{"Name":"always"}"#,
    });
    user(name, "fedcba9876543210", "data.new", state, &labels)
}

fn found(way: Way, users: Vec<Original>, there: &[&str]) -> Found {
    Found {
        services: Vec::new(),
        operation: OPERATION.to_owned(),
        way,
        task: Task::Volumes,
        volumes: vec![Made { name: "data.new".to_owned(), home: Some(record("data")) }],
        there: there.iter().map(|name| (*name).to_owned()).collect(),
        users,
        throw_away: Vec::new(),
        stopping: Vec::new(),
    }
}

#[test]
fn an_old_container_that_is_just_being_stopped_runs_again_once_it_has_ended() {
    let mut old = user("shop-db-1", OLD, "data", "running", &json!({}));
    old.container["HostConfig"]["RestartPolicy"]["Name"] = json!("no");
    let made = moved("0123456789ab_shop-db-1", "created");
    let found = found(Way::Fresh, vec![old, made], &["data", "data.new"]);
    assert_eq!(found.doubtful(), ["shop-db-1"]);
    let found = Found { stopping: found.doubtful(), ..found };
    assert_eq!(
        acts(&found.phases().unwrap())[..4],
        [
            "stop shop-db-1",
            "set the restart policy of shop-db-1 to always",
            "start shop-db-1",
            "shop-db-1 is ready, within 120 s",
        ]
    );
}

#[test]
fn an_old_container_that_was_not_set_aside_is_not_being_stopped() {
    let old = user("shop-db-1", OLD, "data", "running", &json!({}));
    let made = moved("0123456789ab_shop-db-1", "created");
    let found = found(Way::Fresh, vec![old, made], &["data", "data.new"]);
    assert_eq!(found.doubtful(), Vec::<String>::new());
}

#[test]
fn the_new_container_takes_the_name_that_an_old_one_has_no_more() {
    let made = moved("0123456789ab_shop-db-1", "running");
    let found = found(Way::Fresh, vec![made], &["data", "data.new"]);
    assert_eq!(acts(&found.phases().unwrap()), ["rename 0123456789ab_shop-db-1 to shop-db-1"]);
}

#[test]
fn where_containers_get_fresh_volumes_dumps_are_imported_before_the_old_ones_go() {
    let restored = vec![moved("shop-db-1", "running")];
    let fresh = found(Way::Fresh, restored.clone(), &["data", "data.new"]);
    assert_eq!((fresh.left(), fresh.is_unimported()), (Left::Rest, false));
    let in_place = found(Way::InPlace, restored, &["data", "data.new"]);
    assert_eq!((in_place.left(), in_place.is_unimported()), (Left::Rest, true));
}

#[test]
fn one_that_only_imports_is_finished() {
    let found = Found { operation: OPERATION.to_owned(), task: Task::Imports, ..Found::default() };
    assert_eq!(
        (found.left(), found.is_unimported(), found.phases().unwrap()),
        (Left::Rest, true, Vec::new())
    );
}

#[test]
fn whoever_finishes_one_waits_for_the_service_before_a_dump_is_imported() {
    let container = moved("0123456789ab_shop-db-1", "exited").container;
    let recipe = Recipe::RabbitMq;
    let dumps = vec![reading(Source::Dump {
        service: "db".to_owned(),
        recipe: "rabbitmq".to_owned(),
        database: None,
        version: None,
    })];
    let phases = recovery::importing(&[Import { service: "db".to_owned(), container, recipe, dumps }]);
    assert_eq!(acts(&phases)[0], "shop-db-1 is ready, within 120 s");
    assert!(acts(&phases)[1].starts_with("the server in shop-db-1 answers"), "{:?}", acts(&phases));
    assert!(acts(&phases)[3].ends_with("in shop-db-1"), "{:?}", acts(&phases));
}

#[test]
fn one_that_was_killed_after_the_names_were_exchanged_is_turned_back() {
    let old = user("shop-db-1.old-01B", OLD, "data", "exited", &json!({}));
    let found = found(Way::Fresh, vec![old, moved("shop-db-1", "running")], &["data", "data.new"]);
    assert_eq!(found.left(), Left::Back);
    assert_eq!(
        acts(&found.phases().unwrap()),
        [
            "stop shop-db-1",
            "rename shop-db-1 to 0123456789ab_shop-db-1",
            "rename shop-db-1.old-01B to shop-db-1",
            "start shop-db-1",
            "shop-db-1 is ready, within 120 s",
            "kill and remove 0123456789ab_shop-db-1",
            "remove volume data.new",
        ]
    );
}

#[test]
fn one_whose_old_container_is_gone_is_finished() {
    let found = found(Way::Fresh, vec![moved("shop-db-1", "running")], &["data", "data.new"]);
    assert_eq!((found.left(), acts(&found.phases().unwrap()).len()), (Left::Rest, 0));
}

#[test]
fn in_place_a_volume_that_may_be_half_filled_is_filled_once_more() {
    let found = found(Way::InPlace, vec![moved("shop-db-1", "created")], &["data.new"]);
    assert_eq!(found.left(), Left::Rest);
    let acts = acts(&found.phases().unwrap());
    assert_eq!(
        acts[..3],
        ["remove volume data", "make volume data", "fill volume data from volume data.new and read it back"]
            .map(str::to_owned)
    );
    assert_eq!(acts.last().unwrap(), "remove volume data.new");
    assert!(acts.contains(&"start shop-db-1".to_owned()), "{acts:?}");
}

#[test]
fn in_place_one_that_was_killed_between_two_names_gives_the_second_only() {
    let found = found(Way::InPlace, vec![moved("shop-db-1.old-01B", "created")], &["data", "data.new"]);
    let acts = acts(&found.phases().unwrap());
    let renames: Vec<&String> = acts.iter().filter(|act| act.starts_with("rename")).collect();
    assert_eq!(renames, ["rename fedcba987654_shop-db-1 to shop-db-1"]);
}

#[test]
fn a_drill_takes_away_what_it_made_whatever_came_of_it() {
    let load = match restoring(Way::Fresh, vec![old()]).aims.remove(0).content {
        Content::Dumps(load) => *load,
        Content::Files(_) => unreachable!(),
    };
    let drilling =
        drill::Drilling { operation: OPERATION.to_owned(), loads: vec![load], ..Default::default() };
    let trials = drilling.trials();
    let after = acts(std::slice::from_ref(&trials[0].after));
    assert_eq!(after, ["remove stacktop-drill-01B-1", "remove volume stacktop-drill-01B-v1"]);
    let body = trials[0].phase.lanes[0].iter().find_map(|step| match &step.act {
        crate::command::Act::Call(crate::command::Call::Create { body, .. }) => Some(body.clone()),
        _ => None,
    });
    let body = body.unwrap();
    assert_eq!(
        (&body["HostConfig"]["NetworkMode"], &body["Labels"]["stacktop.drill"]),
        (&json!("none"), &json!("01B"))
    );
}
