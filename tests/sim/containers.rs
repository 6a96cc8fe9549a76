//! Containers: what is told of them and what can be done with them.

use serde_json::Value;

use crate::ask::{SMALL, ask, builtin, epoch_plus, events, get, pass, world};

#[tokio::test(start_paused = true)]
async fn a_compose_replica_has_the_names_and_labels_that_compose_gives() {
    let sim = world(SMALL);
    let row = get(&sim, "/containers/shop-web-2/json").await;
    assert_eq!(row["Name"], "/shop-web-2");
    let labels = &row["Config"]["Labels"];
    assert_eq!(labels["com.docker.compose.project"], "shop");
    assert_eq!(labels["com.docker.compose.service"], "web");
    assert_eq!(labels["com.docker.compose.container-number"], "2");
    assert_eq!(labels["com.docker.compose.oneoff"], "False");
    assert_eq!(labels["com.docker.compose.project.config_files"], "/srv/shop/compose.yaml");
    assert_eq!(row["HostConfig"]["Memory"], 256 << 20);
    assert_eq!(row["State"]["Health"]["Status"], "healthy");
    assert_eq!(row["State"]["Health"]["Log"].as_array().unwrap().len(), 5);
}

#[tokio::test(start_paused = true)]
async fn a_container_is_found_by_name_by_id_and_by_the_front_of_its_id() {
    let sim = world(SMALL);
    let id = get(&sim, "/containers/shop-db-1/json").await["Id"].as_str().unwrap().to_owned();
    let front: String = id.chars().take(12).collect();
    for name in [id.as_str(), &front, "/shop-db-1"] {
        let path = format!("/containers/{}/json", name.replace('/', "%2F"));
        assert_eq!(get(&sim, &path).await["Id"], id.as_str(), "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn lists_are_filtered_by_status_label_health_and_name() {
    let sim = builtin();
    let count = async |filters: &str| {
        let path = format!("/containers/json?all=1&filters={}", filters.replace('"', "%22"));
        get(&sim, &path).await.as_array().unwrap().len()
    };
    assert_eq!(count(r#"{"status":["exited"]}"#).await, 1);
    assert_eq!(count(r#"{"label":["com.docker.compose.project=codecave"]}"#).await, 5);
    assert_eq!(count(r#"{"health":["unhealthy"]}"#).await, 1);
    assert_eq!(count(r#"{"name":["nsip-api"]}"#).await, 1);
    assert_eq!(count(r#"{"network":["codecave-prod-network"]}"#).await, 5);
    assert_eq!(count(r#"{"volume":["xorb_redis_data"]}"#).await, 1);
}

#[tokio::test(start_paused = true)]
async fn an_unknown_filter_is_refused() {
    let (status, body) =
        ask(&world(SMALL), "GET", "/containers/json?filters=%7B%22foo%22:[%22a%22]%7D").await;
    assert_eq!((status, body["message"].as_str()), (400, Some("invalid filter 'foo'")));
}

#[tokio::test(start_paused = true)]
async fn a_stopped_container_answers_304_to_a_second_stop() {
    let sim = world(SMALL);
    assert_eq!(ask(&sim, "POST", "/containers/shop-web-1/stop").await.0, 204);
    assert_eq!(ask(&sim, "POST", "/containers/shop-web-1/stop").await.0, 304);
    let state = get(&sim, "/containers/shop-web-1/json").await["State"].clone();
    assert_eq!((state["Status"].as_str(), state["ExitCode"].as_i64()), (Some("exited"), Some(0)));
    assert_eq!(ask(&sim, "POST", "/containers/shop-web-1/start").await.0, 204);
    assert_eq!(ask(&sim, "POST", "/containers/shop-web-1/start").await.0, 304);
}

#[tokio::test(start_paused = true)]
async fn a_restart_is_told_as_kill_die_stop_start_restart() {
    let sim = world(SMALL);
    assert_eq!(ask(&sim, "POST", "/containers/shop-db-1/restart").await.0, 204);
    let query =
        format!("since={}&until={}&filters={{\"container\":[\"shop-db-1\"]}}", epoch_plus(0), epoch_plus(5));
    let told = events(&sim, &query.replace('"', "%22")).await;
    let actions: Vec<&str> = told.iter().map(|event| event["Action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["kill", "die", "stop", "start", "restart"]);
    assert_eq!(told[0]["Actor"]["Attributes"]["signal"], "15");
    assert_eq!(told[1]["Actor"]["Attributes"]["exitCode"], "0");
    assert_eq!(told[1]["Actor"]["Attributes"]["image"], "postgres:16");
}

#[tokio::test(start_paused = true)]
async fn a_killed_container_is_not_started_again_and_can_be_removed() {
    let sim = world(SMALL);
    assert_eq!(ask(&sim, "DELETE", "/containers/shop-db-1").await.0, 409);
    assert_eq!(ask(&sim, "POST", "/containers/shop-db-1/kill").await.0, 204);
    let (_, code) = ask(&sim, "POST", "/containers/shop-db-1/wait").await;
    assert_eq!(code["StatusCode"], 137);
    pass(90).await;
    assert_eq!(ask(&sim, "POST", "/containers/shop-db-1/kill").await.0, 409);
    assert_eq!(ask(&sim, "DELETE", "/containers/shop-db-1").await.0, 204);
    assert_eq!(ask(&sim, "GET", "/containers/shop-db-1/json").await.0, 404);
}

#[tokio::test(start_paused = true)]
async fn a_paused_container_uses_no_cpu() {
    let sim = world(SMALL);
    assert_eq!(ask(&sim, "POST", "/containers/shop-web-1/pause").await.0, 204);
    assert_eq!(ask(&sim, "POST", "/containers/shop-web-1/pause").await.0, 409);
    assert!(cpu_percent(&get(&sim, "/containers/shop-web-1/stats?stream=false").await) < 0.001);
    assert_eq!(ask(&sim, "POST", "/containers/shop-web-1/unpause").await.0, 204);
    assert!(cpu_percent(&get(&sim, "/containers/shop-web-1/stats?stream=false").await) > 5.0);
}

#[tokio::test(start_paused = true)]
async fn a_name_in_use_is_refused() {
    let sim = world(SMALL);
    assert_eq!(ask(&sim, "POST", "/containers/shop-web-1/rename?name=shop-db-1").await.0, 409);
    assert_eq!(ask(&sim, "POST", "/containers/shop-web-1/rename?name=shop-old").await.0, 204);
    assert_eq!(get(&sim, "/containers/shop-old/json").await["Name"], "/shop-old");
}

/// The CLI's formula.
pub(crate) fn cpu_percent(stats: &Value) -> f64 {
    let number = |pointer: &str| stats.pointer(pointer).and_then(Value::as_f64).unwrap_or_default();
    let used = number("/cpu_stats/cpu_usage/total_usage") - number("/precpu_stats/cpu_usage/total_usage");
    let host = number("/cpu_stats/system_cpu_usage") - number("/precpu_stats/system_cpu_usage");
    used / host * number("/cpu_stats/online_cpus") * 100.0
}

#[tokio::test(start_paused = true)]
async fn the_formulas_of_the_cli_yield_what_the_world_says() {
    let sim = world(SMALL);
    let mut sum = 0.0;
    for _ in 0..60 {
        sum += cpu_percent(&get(&sim, "/containers/shop-web-1/stats?stream=false").await);
    }
    assert!((sum / 60.0 - 20.0).abs() < 5.0, "{}", sum / 60.0);
    let stats = get(&sim, "/containers/shop-web-1/stats?stream=false").await;
    let memory = &stats["memory_stats"];
    let used = memory["usage"].as_f64().unwrap() - memory["stats"]["inactive_file"].as_f64().unwrap();
    assert!((used / f64::from(64 << 20) - 1.0).abs() < 0.05);
    assert_eq!(memory["limit"], 256 << 20);
    assert!(stats["networks"]["eth0"]["rx_bytes"].as_u64().unwrap() > 0);
}
