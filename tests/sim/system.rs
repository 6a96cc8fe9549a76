//! The engine itself: versions, refusals, totals.

use crate::ask::{SMALL, ask, builtin, get, send, world};

#[tokio::test(start_paused = true)]
async fn versions_that_are_too_new_or_too_old_are_refused_in_the_words_of_the_engine() {
    let sim = world(SMALL);
    let (status, body) = ask(&sim, "GET", "/v1.99/info").await;
    assert_eq!(status, 400);
    assert_eq!(body["message"], "client version 1.99 is too new. Maximum supported API version is 1.45");
    let (status, body) = ask(&sim, "GET", "/v1.01/info").await;
    assert_eq!(status, 400);
    assert!(
        body["message"].as_str().unwrap().contains("Minimum supported API version is 1.24, please upgrade")
    );
    assert_eq!(ask(&sim, "GET", "/v1.41/info").await.0, 200);
}

#[tokio::test(start_paused = true)]
async fn a_ping_names_the_version_and_has_no_body_for_head() {
    let sim = world(SMALL);
    let answer = send(&sim, "HEAD", "/_ping", "").await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["api-version"], "1.45");
    assert_eq!(answer.headers()["ostype"], "linux");
    assert!(answer.headers()["server"].to_str().unwrap().starts_with("Docker/26.1.0-sim"));
}

#[tokio::test(start_paused = true)]
async fn what_does_not_exist_is_told_in_the_words_of_the_engine() {
    let sim = builtin();
    for (path, message) in [
        ("/v1.41/nothing/here", "page not found"),
        ("/containers/foo/json", "No such container: foo"),
        ("/containers/foo/stats", "No such container: foo"),
        ("/images/foo/json", "No such image: foo:latest"),
        ("/networks/foo", "network foo not found"),
        ("/volumes/foo", "get foo: no such volume"),
        ("/services/foo", "service foo not found"),
        ("/tasks/foo", "task foo not found"),
        ("/nodes/foo", "node foo not found"),
    ] {
        let (status, body) = ask(&sim, "GET", path).await;
        assert_eq!((status, body["message"].as_str()), (404, Some(message)), "{path}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_engine_without_swarm_refuses_swarm_questions() {
    let sim = world(SMALL);
    for path in ["/swarm", "/nodes", "/services", "/tasks", "/secrets", "/configs", "/services/a"] {
        let (status, body) = ask(&sim, "GET", path).await;
        assert_eq!(status, 503, "{path}");
        assert!(
            body["message"].as_str().unwrap().starts_with("This node is not a swarm manager. Use \"docker")
        );
    }
    assert_eq!(get(&sim, "/info").await["Swarm"]["LocalNodeState"], "inactive");
}

#[tokio::test(start_paused = true)]
async fn the_same_seed_gives_the_same_world() {
    for path in ["/containers/json?all=1", "/tasks", "/containers/nsip-api/logs?stdout=1&stderr=1&tail=50"] {
        let (one, two) = (builtin(), builtin());
        let (one, two) = (crate::ask::bytes(&one, path).await, crate::ask::bytes(&two, path).await);
        assert!(!one.is_empty() && one == two, "{path}");
    }
}

#[tokio::test(start_paused = true)]
async fn disk_usage_counts_volumes_with_their_users() {
    let usage = get(&world(SMALL), "/system/df").await;
    let volume = &usage["Volumes"][0];
    assert_eq!(volume["Name"], "shop_data");
    assert_eq!(volume["UsageData"]["RefCount"], 1);
    assert_eq!(volume["UsageData"]["Size"], 1 << 30);
}
