//! The built-in world's timeline.

use serde_json::Value;
use stacktop::sim::Sim;

use crate::ask::{builtin, get, pass};

async fn state(sim: &Sim, name: &str) -> Value {
    get(sim, &format!("/containers/{name}/json")).await["State"].clone()
}

#[tokio::test(start_paused = true)]
async fn something_is_red_from_the_start() {
    let sim = builtin();
    let health = state(&sim, "xorb-api-prod-1").await["Health"].clone();
    assert_eq!(health["Status"], "unhealthy");
    assert!(health["FailingStreak"].as_u64().unwrap() >= 3);
    let last = health["Log"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(last["ExitCode"], 28);
    assert!(last["Output"].as_str().unwrap().starts_with("curl: (28)"));
}

#[tokio::test(start_paused = true)]
async fn a_replica_becomes_unhealthy_within_half_a_minute_and_heals() {
    let sim = builtin();
    assert_eq!(state(&sim, "codecave-mq-prod").await["Health"]["Status"], "healthy");
    pass(30).await;
    assert_eq!(state(&sim, "codecave-mq-prod").await["Health"]["Status"], "unhealthy");
    pass(100).await;
    assert_eq!(state(&sim, "codecave-mq-prod").await["Health"]["Status"], "healthy");
}

#[tokio::test(start_paused = true)]
async fn a_service_is_killed_for_its_memory_again_and_again_and_then_settles() {
    let sim = builtin();
    pass(45).await;
    let search = get(&sim, "/containers/codecave-search-prod/json").await;
    assert_eq!(search["RestartCount"], 1);
    assert_eq!(search["State"]["OOMKilled"], true);
    pass(75).await;
    let restarts = get(&sim, "/containers/codecave-search-prod/json").await["RestartCount"].as_u64().unwrap();
    assert!(restarts >= 3);
    pass(60).await;
    let search = get(&sim, "/containers/codecave-search-prod/json").await;
    assert!(search["RestartCount"].as_u64().unwrap() <= restarts + 1);
    assert_eq!(search["State"]["Health"]["Status"], "healthy");
}

#[tokio::test(start_paused = true)]
async fn an_update_pauses_and_names_the_task_that_failed() {
    let sim = builtin();
    pass(70).await;
    let service = get(&sim, "/services/medianest_medianest-app").await;
    let update = &service["UpdateStatus"];
    assert_eq!(update["State"], "paused");
    let message = update["Message"].as_str().unwrap();
    let id = message.strip_prefix("update paused due to failure or early termination of task ").unwrap();
    let task = get(&sim, &format!("/tasks/{id}")).await;
    assert_eq!(task["Status"]["State"], "failed");
    assert_eq!(task["Status"]["Err"], "task: non-zero exit (1)");
    assert_eq!(task["Spec"]["ContainerSpec"]["Image"], "medianest:v1.2.3");
    pass(120).await;
    let service = get(&sim, "/services/medianest_medianest-app").await;
    assert_eq!(service["UpdateStatus"]["State"], "rollback_completed");
    assert_eq!(service["Spec"]["TaskTemplate"]["ContainerSpec"]["Image"], "medianest:v1.2.2");
}

#[tokio::test(start_paused = true)]
async fn a_full_volume_makes_its_user_unhealthy_and_say_so() {
    let sim = builtin();
    pass(145).await;
    assert_eq!(state(&sim, "nsip-postgres").await["Health"]["Status"], "unhealthy");
    let log = crate::ask::bytes(&sim, "/containers/nsip-postgres/logs?stderr=1&tail=30").await;
    assert!(String::from_utf8_lossy(&log).contains("No space left on device"));
    pass(90).await;
    assert_eq!(state(&sim, "nsip-postgres").await["Health"]["Status"], "healthy");
}

#[tokio::test(start_paused = true)]
async fn the_tasks_of_a_lost_node_go_elsewhere_and_come_back() {
    let sim = builtin();
    pass(135).await;
    let node = get(&sim, "/nodes/node-c").await;
    assert_eq!(node["Status"]["State"], "down");
    let id = node["ID"].as_str().unwrap().to_owned();
    let elsewhere = async |there: bool| {
        let path = "/tasks?filters=%7B%22service%22:[%22medianest_medianest-app%22],%22desired-state%22:[%22running%22]%7D";
        let tasks = get(&sim, path).await;
        let tasks = tasks.as_array().unwrap().clone();
        // The third is made from the spec of the stuck update, and fails.
        assert!(tasks.len() >= 2, "{}", tasks.len());
        tasks.iter().filter(|task| (task["NodeID"] == id.as_str()) == there).count()
    };
    assert_eq!(elsewhere(true).await, 0);
    pass(90).await;
    assert_eq!(get(&sim, "/nodes/node-c").await["Status"]["State"], "ready");
    assert!(elsewhere(true).await >= 1);
}

#[tokio::test(start_paused = true)]
async fn the_daemon_goes_away_cuts_its_connections_and_comes_back() {
    let sim = builtin();
    let events = tokio::spawn({
        let sim = sim.clone();
        async move {
            use http_body_util::BodyExt;
            crate::ask::send(&sim, "GET", "/events", "").await.into_body().collect().await.is_err()
        }
    });
    pass(151).await;
    assert_eq!(sim.connect().unwrap_err().kind(), std::io::ErrorKind::ConnectionRefused);
    assert!(events.await.unwrap(), "the stream was cut, not ended");
    pass(10).await;
    assert!(sim.connect().is_ok());
}

#[tokio::test(start_paused = true)]
async fn all_heals_and_repeats() {
    let sim = builtin();
    pass(340).await;
    let running = get(&sim, "/containers/json").await;
    let unhealthy = running
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["Status"].as_str().unwrap().contains("(unhealthy)"));
    let names: Vec<String> = unhealthy.map(|row| row["Names"][0].to_string()).collect();
    assert_eq!(
        names,
        ["\"/xorb-api-prod-1\"", "\"/codecave-mq-prod\""].into_iter().take(names.len()).collect::<Vec<_>>()
    );
    pass(360 + 151 - 340).await;
    assert!(sim.connect().is_err());
    for _ in 0..10 {
        pass(360).await;
    }
    pass(60).await;
    let services = get(&sim, "/services?status=true").await;
    for service in services.as_array().unwrap() {
        let status = &service["ServiceStatus"];
        assert_eq!(status["RunningTasks"], status["DesiredTasks"], "{}", service["Spec"]["Name"]);
    }
}
