use serde_json::json;

use super::*;
use crate::domain::testing::{exited, replica, swarm_service};

/// A shop: one replica runs on a named image, one has ended; beside it everything that piles up.
fn kept() -> Kept {
    let mut snapshot = Snapshot::default();
    "prod-1".clone_into(&mut snapshot.engine.name);
    snapshot.containers = vec![container("web"), exited(container("job"), 3, false)];
    let usage = json!({
        "Containers": [{ "Id": "shop-job-1", "SizeRw": 1024 }],
        "Images": [
            { "Id": "sha256:used", "RepoTags": null, "Size": 10, "SharedSize": 0, "Containers": 0 },
            { "Id": "sha256:named", "RepoTags": ["app:1"], "Size": 10, "SharedSize": 0, "Containers": 0 },
            { "Id": "sha256:loose", "RepoTags": ["<none>:<none>"], "Size": 4096, "SharedSize": 1024, "Containers": 0 },
            { "Id": "sha256:counted", "RepoTags": [], "Size": 10, "SharedSize": -1, "Containers": 1 },
        ],
        "Volumes": [
            volume("shop_data", "shop", 0), volume("old_data", "old", 0), volume("old_used", "old", 1),
            { "Name": "unknown", "Labels": null, "UsageData": { "Size": -1, "RefCount": -1 } },
            { "Name": "plain", "Labels": null, "UsageData": { "Size": 512, "RefCount": 0 } },
        ],
        "BuildCache": [
            { "ID": "a", "Size": 2048, "InUse": false, "Shared": false },
            { "ID": "b", "Size": 9, "InUse": true, "Shared": false },
            { "ID": "c", "Size": 9, "InUse": false, "Shared": true },
        ],
    });
    let network = |name: &str, scope: &str, stack: &str| json!({ "Name": name, "Id": name, "Scope": scope, "Labels": { "com.docker.compose.project": stack } });
    let networks = vec![
        network("bridge", "local", ""),
        network("shop_default", "local", "shop"),
        network("shop_jobs", "local", "shop"),
        network("old_default", "local", "old"),
        network("mesh", "swarm", ""),
    ];
    Kept { snapshot, usage, networks, unfinished: Vec::new() }
}

fn container(service: &str) -> Container {
    let stack = ("com.docker.compose.project".to_owned(), "shop".to_owned());
    let network = if service == "job" { "shop_jobs" } else { "shop_default" };
    let container = replica("shop", service, 1);
    Container {
        id: container.name.as_str().into(),
        image_id: "sha256:used".into(),
        labels: [stack].into(),
        networks: vec![network.to_owned()],
        ..container
    }
}

fn volume(name: &str, stack: &str, uses: i64) -> Value {
    let labels = json!({ "com.docker.compose.project": stack });
    json!({ "Name": name, "Labels": labels, "UsageData": { "Size": 256, "RefCount": uses } })
}

fn everything() -> Wanted {
    let kinds = Kind::HARMLESS.into_iter().chain([Kind::Volumes]).collect();
    Wanted { stack: None, kinds }
}

fn of(kinds: &[Kind]) -> Wanted {
    Wanted { stack: None, kinds: kinds.to_vec() }
}

fn told(kept: &Kept, wanted: &Wanted) -> Vec<String> {
    plan(kept, wanted).steps().map(|step| step.act.describe()).collect()
}

#[test]
fn all_that_nobody_uses_goes_and_nothing_else() {
    assert_eq!(
        told(&kept(), &everything()),
        [
            "remove shop-job-1",
            "remove network old_default",
            "remove network shop_jobs",
            "remove image loose",
            "empty the build cache",
            "remove volume old_data",
            "remove volume plain",
        ]
    );
}

#[test]
fn the_plan_says_how_much_of_each_kind_it_frees() {
    let plan = plan(&kept(), &everything());
    let fact = |name: &str| plan.facts.iter().find(|(it, _)| it == name).map(|(_, fact)| fact.as_str());
    assert_eq!(fact("frees"), Some("6.8K"));
    assert_eq!(fact("images"), Some("1, 3.0K: loose"));
    assert_eq!(fact("networks"), Some("2: old_default, shop_jobs"));
    assert_eq!(fact("volumes"), Some("2, 768B: old_data, plain"));
}

#[test]
fn losing_volumes_asks_for_more_than_the_rest() {
    assert_eq!(plan(&kept(), &of(&Kind::HARMLESS)).risk, Risk::Some);
    assert_eq!(plan(&kept(), &of(&[Kind::Volumes])).risk, Risk::High);
}

#[test]
fn what_an_unfinished_operation_has_put_aside_stays_and_so_does_its_lock() {
    let mut kept = kept();
    let job = kept.snapshot.containers.remove(1);
    let mut lock = Container { id: "lock".into(), name: "stacktop-lock.shop.job".to_owned(), ..job.clone() };
    lock.labels.insert("stacktop.lock".to_owned(), "shop/job".to_owned());
    let aside = Container { name: "shop-job-1.old-0p".to_owned(), ..job };
    kept.snapshot.containers.extend([lock, aside]);
    let errand = |service: &str, kind: Value| {
        let said = json!({
            "operation": "0p", "kind": kind, "stack": "shop", "service": service, "user": "ada", "host": "h", "pid": 1,
            "began": "",
        });
        serde_json::from_value::<Errand>(said).unwrap()
    };
    kept.unfinished = vec![errand("", json!({ "kind": "backup", "folder": "/b", "held": [] }))];
    assert_eq!(
        told(&kept, &of(&[Kind::Containers])),
        Vec::<String>::new(),
        "all of a stack that is backed up"
    );
    kept.unfinished = vec![errand("job", json!({ "kind": "scale", "from": 1, "to": 2 }))];
    assert_eq!(told(&kept, &of(&[Kind::Containers])), Vec::<String>::new());
    let notes = plan(&kept, &everything()).notes;
    assert_eq!(notes, ["what belongs to shop/job stays: an operation on it has not ended"]);
    kept.unfinished.clear();
    assert_eq!(told(&kept, &of(&[Kind::Containers])), ["remove shop-job-1.old-0p"], "the lock stays");
}

#[test]
fn an_image_that_an_update_can_go_back_to_stays() {
    let mut kept = kept();
    let previous = (PREVIOUS.to_owned(), "shop/web:1 sha256:loose".to_owned());
    kept.snapshot.containers[0].labels.extend([previous]);
    assert_eq!(told(&kept, &of(&[Kind::Images])), Vec::<String>::new());
}

#[test]
fn a_network_that_a_stopped_container_wants_stays_with_it() {
    assert_eq!(told(&kept(), &of(&[Kind::Networks])), ["remove network old_default"]);
}

#[test]
fn volumes_of_a_swarm_stack_stay_while_it_has_services() {
    let mut kept = kept();
    kept.snapshot.services = vec![swarm_service("old", "db", 0)];
    assert_eq!(told(&kept, &of(&[Kind::Volumes])), ["remove volume plain"]);
}

#[test]
fn of_a_stack_only_what_it_made_goes_and_the_build_cache_stays() {
    let wanted = Wanted { stack: Some("old".into()), ..everything() };
    assert_eq!(told(&kept(), &wanted), ["remove network old_default", "remove volume old_data"]);
}

#[test]
fn an_engine_that_keeps_its_lists_in_objects_is_read_as_well() {
    let mut kept = kept();
    let images = kept.usage["Images"].take();
    kept.usage = json!({ "ImageUsage": { "TotalCount": 4, "Items": images } });
    assert_eq!(told(&kept, &of(&[Kind::Images])), ["remove image loose"]);
}
