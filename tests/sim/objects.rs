//! Networks, volumes, images, configs and services that clients make and remove.

use http_body_util::BodyExt;
use serde_json::{Value, json};
use stacktop::sim::Sim;

use crate::{
    ask::{ask, builtin, get, pass, send, tell, world},
    create::{SHOP, body, create, run},
};

async fn said(sim: &Sim, method: &str, path: &str, body: &Value) -> (u16, String) {
    let text = if body.is_null() { String::new() } else { body.to_string() };
    let (status, answer) = tell(sim, method, path, &text).await;
    (status, answer["message"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test(start_paused = true)]
async fn a_network_is_made_joined_left_and_removed() {
    let sim = world(SHOP);
    let wish =
        json!({"Name": "front", "IPAM": {"Config": [{"Subnet": "172.31.77.0/24"}]}, "Labels": {"a": "b"}});
    assert_eq!(tell(&sim, "POST", "/networks/create", &wish.to_string()).await.0, 201);
    assert_eq!(
        said(&sim, "POST", "/networks/create", &wish).await,
        (409, "network with name front already exists".into())
    );
    let join = json!({"Container": "shop-web-1", "EndpointConfig": {"Aliases": ["x"], "IPAMConfig": {"IPv4Address": "172.31.77.9"}}});
    assert_eq!(tell(&sim, "POST", "/networks/front/connect", &join.to_string()).await.0, 200);
    let text = "endpoint with name shop-web-1 already exists in network front";
    assert_eq!(said(&sim, "POST", "/networks/front/connect", &join).await, (403, text.into()));
    let end = get(&sim, "/containers/shop-web-1/json").await["NetworkSettings"]["Networks"]["front"].clone();
    assert_eq!((&end["IPAddress"], &end["Gateway"]), (&json!("172.31.77.9"), &json!("172.31.77.1")));
    let mut other = join.clone();
    other["Container"] = json!("shop-web-2");
    assert_eq!(
        said(&sim, "POST", "/networks/front/connect", &other).await,
        (403, "Address already in use".into())
    );
    let (status, text) = said(&sim, "DELETE", "/networks/front", &Value::Null).await;
    assert!(status == 403 && text.ends_with("has active endpoints"), "{text}");
    let leave = json!({"Container": "shop-web-1"});
    assert_eq!(tell(&sim, "POST", "/networks/front/disconnect", &leave.to_string()).await.0, 200);
    let (status, text) = said(&sim, "POST", "/networks/front/disconnect", &leave).await;
    assert!(status == 500 && text.ends_with("is not connected to network front"), "{text}");
    assert_eq!(ask(&sim, "DELETE", "/networks/front").await.0, 204);
    assert_eq!(
        said(&sim, "DELETE", "/networks/front", &Value::Null).await,
        (404, "network front not found".into())
    );
    let text = "bridge is a pre-defined network and cannot be removed";
    assert_eq!(said(&sim, "DELETE", "/networks/bridge", &Value::Null).await, (403, text.into()));
}

#[tokio::test(start_paused = true)]
async fn a_container_without_its_network_cannot_start() {
    let sim = world(SHOP);
    let mut asked = body("2");
    asked["HostConfig"]["NetworkMode"] = json!("nowhere");
    asked["NetworkingConfig"] = Value::Null;
    assert_eq!(create(&sim, "lost", &asked).await.0, 201);
    assert_eq!(
        said(&sim, "POST", "/containers/lost/start", &Value::Null).await,
        (404, "network nowhere not found".into())
    );
}

#[tokio::test(start_paused = true)]
async fn a_volume_in_use_stays() {
    let sim = world(SHOP);
    let (status, made) = tell(&sim, "POST", "/volumes/create", r#"{"Name":"data","Labels":{"x":"y"}}"#).await;
    assert_eq!((status, &made["Labels"]["x"]), (201, &json!("y")));
    let mut asked = body("2");
    asked["HostConfig"]["Mounts"] =
        json!([{"Type": "volume", "Source": "data", "Target": "/d"}, {"Type": "volume", "Target": "/e"}]);
    let id = run(&sim, "shop-web-3", &asked).await;
    let text = format!("remove data: volume is in use - [{id}]");
    assert_eq!(said(&sim, "DELETE", "/volumes/data", &Value::Null).await, (409, text));
    assert_eq!(ask(&sim, "DELETE", "/containers/shop-web-3?force=1&v=1").await.0, 204);
    let left = get(&sim, "/volumes").await["Volumes"].clone();
    assert_eq!(left.as_array().unwrap().len(), 1, "the volume without a name goes with its container");
    assert_eq!(ask(&sim, "DELETE", "/volumes/data").await.0, 204);
    assert_eq!(
        said(&sim, "DELETE", "/volumes/data", &Value::Null).await,
        (404, "get data: no such volume".into())
    );
}

/// Status and lines of a pull.
async fn pull(sim: &Sim, image: &str, tag: &str) -> (u16, Vec<Value>) {
    let answer = send(sim, "POST", &format!("/images/create?fromImage={image}&tag={tag}"), "").await;
    let status = answer.status().as_u16();
    let bytes = answer.into_body().collect().await.unwrap().to_bytes();
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    (status, text.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

#[tokio::test(start_paused = true)]
async fn a_pull_takes_its_time_shows_its_progress_and_may_fail() {
    let sim = world(SHOP);
    assert_eq!(create(&sim, "seven", &body("7")).await.0, 404);
    let begun = tokio::time::Instant::now();
    let (status, lines) = pull(&sim, "shop/web", "7").await;
    assert_eq!((status, begun.elapsed().as_secs()), (200, 3));
    assert_eq!(lines[0], json!({"status": "Pulling from shop/web", "id": "7"}));
    assert!(lines.iter().any(|line| line["progressDetail"]["total"].is_u64()));
    assert_eq!(lines.last().unwrap()["status"], "Status: Downloaded newer image for shop/web:7");
    assert_eq!(create(&sim, "seven", &body("7")).await.0, 201);
    let (_, lines) = pull(&sim, "shop/web", "7").await;
    assert_eq!(lines.last().unwrap()["status"], "Status: Image is up to date for shop/web:7");
    let (status, lines) = pull(&sim, "shop/web", "6").await;
    let text = "manifest for shop/web:6 not found: manifest unknown: manifest unknown";
    assert_eq!((status, &lines[0]["message"]), (404, &json!(text)));
    let (status, lines) = pull(&sim, "shop/web", "8").await;
    assert_eq!((status, &lines.last().unwrap()["error"]), (200, &json!("unexpected EOF")));
    assert_eq!(create(&sim, "eight", &body("8")).await.0, 404);
}

#[tokio::test(start_paused = true)]
async fn new_content_under_an_old_tag_comes_with_the_next_pull() {
    let sim = world(SHOP);
    let old = get(&sim, "/images/shop/web:1/json").await["Id"].clone();
    sim.faults().publish("shop/web:1", "shop/web:3");
    assert_eq!(get(&sim, "/images/shop/web:1/json").await["Id"], old);
    pull(&sim, "shop/web", "1").await;
    let new = get(&sim, "/images/shop/web:1/json").await["Id"].clone();
    assert_ne!(new, old);
    assert_eq!(get(&sim, "/containers/shop-web-1/json").await["Image"], old);
    let path = format!("/images/{}/json", old.as_str().unwrap());
    let kept = get(&sim, &path).await;
    assert_eq!((&kept["RepoTags"], &kept["Config"]["Env"][1]), (&json!([]), &json!("VERSION=1")));
    run(&sim, "shop-web-3", &body("1")).await;
    pass(25).await;
    assert_eq!(get(&sim, "/containers/shop-web-3/json").await["State"]["Health"]["Status"], "unhealthy");
    assert_eq!(get(&sim, "/containers/shop-web-1/json").await["State"]["Health"]["Status"], "healthy");
}

#[tokio::test(start_paused = true)]
async fn an_image_has_several_names_and_goes_with_the_last() {
    let sim = world(SHOP);
    assert_eq!(ask(&sim, "POST", "/images/shop/web:2/tag?repo=kept/web&tag=old").await.0, 201);
    let image = get(&sim, "/images/kept/web:old/json").await;
    assert_eq!(image["RepoTags"], json!(["kept/web:old", "shop/web:2"]));
    assert_eq!(ask(&sim, "DELETE", "/images/shop/web:2").await.1, json!([{"Untagged": "shop/web:2"}]));
    let told = ask(&sim, "DELETE", "/images/kept/web:old").await.1;
    assert_eq!(told, json!([{"Untagged": "kept/web:old"}, {"Deleted": image["Id"]}]));
    let (status, text) = said(&sim, "DELETE", "/images/shop/web:1", &Value::Null).await;
    let front = "conflict: unable to remove repository reference \"shop/web:1\" (must force) - container ";
    assert!(status == 409 && text.starts_with(front), "{text}");
    assert_eq!(ask(&sim, "DELETE", "/images/nope").await.0, 404);
}

#[tokio::test(start_paused = true)]
async fn pruning_removes_what_nobody_uses() {
    let sim = world(SHOP);
    create(&sim, "idle", &body("2")).await;
    tell(&sim, "POST", "/networks/create", r#"{"Name":"idle"}"#).await;
    tell(&sim, "POST", "/volumes/create", r#"{"Name":"idle"}"#).await;
    let told = ask(&sim, "POST", "/containers/prune").await.1;
    assert_eq!(told["ContainersDeleted"].as_array().unwrap().len(), 1);
    assert_eq!(ask(&sim, "POST", "/containers/prune").await.1["ContainersDeleted"], Value::Null);
    assert_eq!(ask(&sim, "POST", "/networks/prune").await.1["NetworksDeleted"], json!(["idle"]));
    assert_eq!(ask(&sim, "POST", "/volumes/prune").await.1["VolumesDeleted"], json!([]));
    assert_eq!(ask(&sim, "POST", "/v1.41/volumes/prune").await.1["VolumesDeleted"], json!(["idle"]));
    assert_eq!(ask(&sim, "POST", "/images/prune").await.1["ImagesDeleted"], Value::Null);
}

#[tokio::test(start_paused = true)]
async fn the_name_of_a_config_is_given_once() {
    let sim = builtin();
    let wish = json!({"Name": "stacktop-lock.a", "Labels": {"pid": "1"}, "Data": ""});
    let (status, made) = tell(&sim, "POST", "/configs/create", &wish.to_string()).await;
    assert_eq!(status, 201);
    let text = "rpc error: code = AlreadyExists desc = config stacktop-lock.a already exists";
    assert_eq!(said(&sim, "POST", "/configs/create", &wish).await, (409, text.into()));
    let id = made["ID"].as_str().unwrap();
    assert_eq!(get(&sim, &format!("/configs/{id}")).await["Spec"]["Labels"]["pid"], "1");
    assert_eq!(ask(&sim, "DELETE", &format!("/configs/{id}")).await.0, 204);
    assert_eq!(
        said(&sim, "DELETE", "/configs/stacktop-lock.a", &Value::Null).await,
        (404, "config stacktop-lock.a not found".into())
    );
}

#[tokio::test(start_paused = true)]
async fn a_service_is_made_runs_and_goes_with_its_tasks() {
    let sim = builtin();
    let wish = json!({"Name": "medianest_canary", "Labels": {"com.docker.stack.namespace": "medianest"},
        "TaskTemplate": {"ContainerSpec": {"Image": "medianest:v9"}}, "Mode": {"Replicated": {"Replicas": 2}}});
    let (status, made) = tell(&sim, "POST", "/services/create", &wish.to_string()).await;
    assert_eq!(status, 201, "{made}");
    let (status, text) = said(&sim, "POST", "/services/create", &wish).await;
    assert!(status == 409 && text.ends_with("service medianest_canary already exists"), "{text}");
    pass(5).await;
    let filter = "/tasks?filters=%7B%22service%22:[%22medianest_canary%22]%7D";
    let tasks = get(&sim, filter).await;
    assert_eq!(tasks.as_array().unwrap().len(), 2);
    assert!(tasks.as_array().unwrap().iter().all(|task| task["Status"]["State"] == "running"), "{tasks}");
    assert_eq!(ask(&sim, "DELETE", "/services/medianest_canary").await.0, 200);
    pass(5).await;
    let id = made["ID"].as_str().unwrap();
    let left = get(&sim, "/tasks").await;
    assert!(left.as_array().unwrap().iter().all(|task| task["ServiceID"] != id));
    assert_eq!(ask(&sim, "DELETE", "/services/medianest_canary").await.0, 404);
}

#[tokio::test(start_paused = true)]
async fn a_container_without_changes_has_none_and_no_such_files() {
    let sim = world(SHOP);
    assert_eq!(get(&sim, "/containers/shop-web-1/changes").await, json!([]));
    let (status, text) =
        said(&sim, "GET", "/containers/shop-web-1/archive?path=/nowhere", &Value::Null).await;
    assert_eq!((status, text.as_str()), (404, "Could not find the file /nowhere in container shop-web-1"));
}
