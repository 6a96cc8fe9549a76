//! Containers that clients create, start, change and stop.

use serde_json::{Value, json};
use stacktop::sim::Sim;

use crate::ask::{ask, epoch_plus, events, get, pass, tell, world};

/// One project whose web server comes in several versions.
pub(crate) const SHOP: &str = r#"
stacks:
  shop:
    kind: compose
    dir: /srv/shop
    files: [compose.yaml]
    age: 3d
    networks: {default: {subnet: 172.30.0.0/24}}
    services:
      web:
        image: shop/web:1
        command: serve
        replicas: 2
        limits: {memory: 256M}
        health: {test: [CMD, probe], interval: 10s, timeout: 2s, retries: 2, output: fine}
        logs: {flavour: plain, rate: 1}
      stubborn:
        image: shop/stubborn:1
        stop: {ignores: true}
      plain:
        image: shop/plain:1
        stop: {takes: 200ms, code: 143}
images:
  shop/web:1: {config: {env: {VERSION: "1"}, expose: ["8080"], labels: {v: "1"}, entrypoint: /app, command: serve}}
  shop/web:2: {config: {env: {VERSION: "2"}, entrypoint: /app, command: serve}, ready_after: 1500ms}
  shop/web:3: {behaviour: unhealthy, exit_code: 22, output: "503 from upstream"}
  shop/web:4: {behaviour: crash, exit_code: 3, crash_after: 400ms, lines: ["fatal: no database"]}
  shop/web:5: {behaviour: slow, ready_after: 40s}
  shop/web:6: {behaviour: missing}
  shop/web:7: {registry: {absent: true, pull: 3s}}
  shop/web:8: {registry: {absent: true, pull: 1s, error: "unexpected EOF"}}
"#;

/// A body like Compose's, for replica 3 of the web server.
pub(crate) fn body(tag: &str) -> Value {
    json!({
        "Image": format!("shop/web:{tag}"), "Cmd": ["serve"], "Env": ["MODE=live"],
        "Labels": {"com.docker.compose.project": "shop", "com.docker.compose.service": "web",
                   "com.docker.compose.container-number": "3"},
        "Healthcheck": {"Test": ["CMD", "probe"], "Interval": 10_000_000_000_i64, "Retries": 2},
        "HostConfig": {"NetworkMode": "shop_default", "RestartPolicy": {"Name": "unless-stopped"}},
        "NetworkingConfig": {"EndpointsConfig": {"shop_default": {"Aliases": ["web", "shop-web-3"]}}},
    })
}

pub(crate) async fn create(sim: &Sim, name: &str, body: &Value) -> (u16, Value) {
    tell(sim, "POST", &format!("/containers/create?name={name}"), &body.to_string()).await
}

pub(crate) async fn run(sim: &Sim, name: &str, body: &Value) -> String {
    let (status, answer) = create(sim, name, body).await;
    assert_eq!(status, 201, "{answer}");
    assert_eq!(ask(sim, "POST", &format!("/containers/{name}/start")).await.0, 204);
    answer["Id"].as_str().unwrap().to_owned()
}

async fn state(sim: &Sim, name: &str) -> Value {
    get(sim, &format!("/containers/{name}/json")).await["State"].clone()
}

async fn health(sim: &Sim, name: &str) -> String {
    state(sim, name).await["Health"]["Status"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test(start_paused = true)]
async fn what_is_asked_for_is_what_inspect_gives_back() {
    let sim = world(SHOP);
    let mut asked = body("2");
    asked["HostConfig"]["Binds"] = json!(["data:/data:rw", "/etc/x:/etc/x:ro"]);
    asked["HostConfig"]["PortBindings"] = json!({"8080/tcp": [{"HostIp": "", "HostPort": "18777"}]});
    asked["HostConfig"]["Memory"] = json!(64 << 20);
    let ends = &mut asked["NetworkingConfig"]["EndpointsConfig"]["shop_default"];
    ends["IPAMConfig"] = json!({"IPv4Address": "172.30.0.99"});
    let id = run(&sim, "shop-web-3", &asked).await;
    let seen = get(&sim, "/containers/shop-web-3/json").await;
    for field in ["Image", "Cmd", "Labels", "Healthcheck"] {
        assert_eq!(seen["Config"][field], asked[field], "{field}");
    }
    for field in ["Binds", "PortBindings", "Memory", "NetworkMode"] {
        assert_eq!(seen["HostConfig"][field], asked["HostConfig"][field], "{field}");
    }
    let short: String = id.chars().take(12).collect();
    assert_eq!(seen["Config"]["Hostname"], short);
    let end = &seen["NetworkSettings"]["Networks"]["shop_default"];
    assert_eq!(end["Aliases"], json!(["web", "shop-web-3", short]));
    assert_eq!(end["IPAddress"], "172.30.0.99");
    assert_eq!((&end["IPPrefixLen"], &end["IPAMConfig"]["IPv4Address"]), (&json!(24), &json!("172.30.0.99")));
    assert_eq!(seen["NetworkSettings"]["Ports"]["8080/tcp"][0]["HostPort"], "18777");
    assert_eq!(seen["Mounts"][0]["Name"], "data");
    assert_eq!(get(&sim, "/volumes/data").await["Driver"], "local");
}

#[tokio::test(start_paused = true)]
async fn a_container_inherits_from_its_image_what_it_does_not_set() {
    let sim = world(SHOP);
    let image = get(&sim, "/images/shop/web:2/json").await["Config"].clone();
    assert_eq!(image["Env"][1], "VERSION=2");
    run(&sim, "shop-web-3", &body("2")).await;
    let seen = get(&sim, "/containers/shop-web-3/json").await;
    assert_eq!(seen["Config"]["Env"][0], "MODE=live");
    assert_eq!(seen["Config"]["Env"][2], "VERSION=2");
    assert_eq!(seen["Config"]["Entrypoint"], json!(["/app"]));
    assert_eq!((&seen["Path"], &seen["Args"]), (&json!("/app"), &json!(["serve"])));
    let old = get(&sim, "/containers/shop-web-1/json").await;
    assert_eq!(old["Config"]["Labels"]["v"], "1");
    assert!(old["Config"]["ExposedPorts"]["8080/tcp"].is_object());
}

#[tokio::test(start_paused = true)]
async fn a_creation_is_refused_in_the_words_of_the_engine() {
    let sim = world(SHOP);
    let (status, answer) = create(&sim, "shop-web-1", &body("2")).await;
    let text = answer["message"].as_str().unwrap().to_owned();
    assert_eq!(status, 409);
    assert!(
        text.starts_with("Conflict. The container name \"/shop-web-1\" is already in use by container \"")
    );
    assert!(
        text.ends_with("\". You have to remove (or rename) that container to be able to reuse that name.")
    );
    let (status, answer) = create(&sim, "x", &body("2")).await;
    assert_eq!(
        (status, &answer["message"]),
        (400, &json!("Invalid container name (x), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed"))
    );
    let (status, answer) = create(&sim, "xx", &json!({"Image": "nope"})).await;
    assert_eq!((status, &answer["message"]), (404, &json!("No such image: nope:latest")));
    let (status, answer) = create(&sim, "xx", &json!({})).await;
    assert_eq!(
        (status, &answer["message"]),
        (400, &json!("Config cannot be empty in order to create a container"))
    );
    let mut two = body("2");
    two["NetworkingConfig"]["EndpointsConfig"]["bridge"] = json!({});
    let path = "/v1.41/containers/create?name=xx";
    let (status, answer) = tell(&sim, "POST", path, &two.to_string()).await;
    let text = "Container cannot be connected to network endpoints: bridge, shop_default";
    assert_eq!((status, &answer["message"]), (400, &json!(text)));
    assert_eq!(create(&sim, "xx", &two).await.0, 201);
}

#[tokio::test(start_paused = true)]
async fn health_follows_the_image() {
    let sim = world(SHOP);
    for (tag, name) in [("2", "good"), ("3", "sick"), ("5", "late")] {
        let mut asked = body(tag);
        asked["Labels"]["com.docker.compose.container-number"] = json!(tag);
        run(&sim, name, &asked).await;
    }
    assert_eq!(health(&sim, "good").await, "starting");
    pass(11).await;
    assert_eq!(health(&sim, "good").await, "healthy");
    pass(11).await;
    assert_eq!(health(&sim, "sick").await, "unhealthy");
    let last = state(&sim, "sick").await["Health"]["Log"][0].clone();
    assert_eq!((&last["ExitCode"], &last["Output"]), (&json!(22), &json!("503 from upstream")));
    pass(30).await;
    assert_eq!(health(&sim, "late").await, "healthy");
}

#[tokio::test(start_paused = true)]
async fn a_program_that_crashes_is_restarted_as_its_policy_says() {
    let sim = world(SHOP);
    for (name, policy, most) in [("never", "no", 0), ("thrice", "on-failure", 3), ("ever", "always", 0)] {
        let mut asked = body("4");
        asked["HostConfig"]["RestartPolicy"] = json!({"Name": policy, "MaximumRetryCount": most});
        run(&sim, name, &asked).await;
    }
    pass(120).await;
    let count =
        async |name: &str| get(&sim, &format!("/containers/{name}/json")).await["RestartCount"].clone();
    assert_eq!((count("never").await, count("thrice").await), (json!(0), json!(3)));
    assert!(count("ever").await.as_u64().unwrap() > 3);
    let ended = state(&sim, "thrice").await;
    assert_eq!((&ended["Status"], &ended["ExitCode"]), (&json!("exited"), &json!(3)));
    assert_eq!(ask(&sim, "POST", "/containers/ever/update").await.0, 500);
    let (status, _) =
        tell(&sim, "POST", "/containers/ever/update", r#"{"RestartPolicy":{"Name":"no"}}"#).await;
    assert_eq!(status, 200);
    pass(120).await;
    assert_eq!(state(&sim, "ever").await["Status"], "exited");
    let log = crate::ask::bytes(&sim, "/containers/never/logs?stderr=1").await;
    assert!(String::from_utf8_lossy(&log).contains("fatal: no database"));
}

#[tokio::test(start_paused = true)]
async fn a_port_and_an_address_are_given_once() {
    let sim = world(SHOP);
    let mut asked = body("2");
    asked["HostConfig"]["PortBindings"] = json!({"8080/tcp": [{"HostPort": "18777"}]});
    run(&sim, "one", &asked).await;
    let (_, two) = create(&sim, "two", &asked).await;
    let (status, answer) = ask(&sim, "POST", "/containers/two/start").await;
    let text = answer["message"].as_str().unwrap();
    assert_eq!(status, 500);
    assert!(text.starts_with("driver failed programming external connectivity on endpoint two ("), "{text}");
    assert!(text.ends_with("): Bind for 0.0.0.0:18777 failed: port is already allocated"), "{text}");
    let failed = state(&sim, two["Id"].as_str().unwrap()).await;
    assert_eq!(
        (&failed["Status"], &failed["Error"], &failed["ExitCode"]),
        (&json!("created"), &json!(text), &json!(128))
    );
    ask(&sim, "POST", "/containers/one/stop").await;
    assert_eq!(ask(&sim, "POST", "/containers/two/start").await.0, 204);
    assert_eq!(state(&sim, "two").await["Error"], "");

    let mut asked = body("2");
    asked["NetworkingConfig"]["EndpointsConfig"]["shop_default"]["IPAMConfig"] =
        json!({"IPv4Address": "172.30.0.77"});
    run(&sim, "three", &asked).await;
    create(&sim, "four", &asked).await;
    let (status, answer) = ask(&sim, "POST", "/containers/four/start").await;
    assert_eq!((status, &answer["message"]), (403, &json!("Address already in use")));
}

#[tokio::test(start_paused = true)]
async fn a_range_of_ports_gives_the_next_free_one() {
    let sim = world(SHOP);
    let mut asked = body("2");
    asked["HostConfig"]["PortBindings"] = json!({"8080/tcp": [{"HostPort": "18800-18801"}]});
    run(&sim, "one", &asked).await;
    run(&sim, "two", &asked).await;
    let seen = get(&sim, "/containers/two/json").await;
    assert_eq!(seen["NetworkSettings"]["Ports"]["8080/tcp"][0]["HostPort"], "18801");
    assert_eq!(seen["HostConfig"]["PortBindings"]["8080/tcp"][0]["HostPort"], "18800-18801");
    create(&sim, "three", &asked).await;
    let (status, answer) = ask(&sim, "POST", "/containers/three/start").await;
    assert!(status == 500 && answer["message"].as_str().unwrap().ends_with("all ports are allocated"));
}

#[tokio::test(start_paused = true)]
async fn a_stop_waits_as_long_as_it_is_told_and_then_kills() {
    let sim = world(SHOP);
    let begun = tokio::time::Instant::now();
    assert_eq!(ask(&sim, "POST", "/containers/shop-stubborn-1/stop?t=3").await.0, 204);
    assert_eq!(begun.elapsed().as_secs(), 3);
    assert_eq!(state(&sim, "shop-stubborn-1").await["ExitCode"], 137);
    assert_eq!(ask(&sim, "POST", "/containers/shop-plain-1/stop").await.0, 204);
    assert_eq!(state(&sim, "shop-plain-1").await["ExitCode"], 143);
    assert_eq!(begun.elapsed().as_millis() / 10, 320);
    assert_eq!(ask(&sim, "POST", "/containers/shop-web-1/stop").await.0, 204);
    assert_eq!(state(&sim, "shop-web-1").await["ExitCode"], 0);
}

#[tokio::test(start_paused = true)]
async fn the_life_of_a_container_is_told_in_order() {
    let sim = world(SHOP);
    run(&sim, "shop-web-3", &body("2")).await;
    tell(&sim, "POST", "/containers/shop-web-3/update", r#"{"RestartPolicy":{"Name":"no"}}"#).await;
    ask(&sim, "POST", "/containers/shop-web-3/rename?name=shop-web-9").await;
    ask(&sim, "POST", "/containers/shop-web-9/stop").await;
    ask(&sim, "DELETE", "/containers/shop-web-9").await;
    let told = events(&sim, &format!("since={}&until={}", epoch_plus(0), epoch_plus(3))).await;
    let of_it = told.iter().filter(|event| {
        let facts = &event["Actor"]["Attributes"];
        facts["com.docker.compose.container-number"] == "3" || event["Type"] == "network"
    });
    let actions: Vec<&str> = of_it.map(|event| event["Action"].as_str().unwrap()).collect();
    let expected =
        ["create", "connect", "start", "update", "rename", "kill", "die", "disconnect", "stop", "destroy"];
    assert_eq!(actions, expected);
}

#[tokio::test(start_paused = true)]
async fn the_network_that_is_meant_when_none_is_named_is_the_bridge() {
    let sim = world(SHOP);
    let mut asked = body("2");
    asked["HostConfig"]["NetworkMode"] = json!("default");
    asked["NetworkingConfig"]["EndpointsConfig"] = json!({"default": {}});
    run(&sim, "plain", &asked).await;
    let networks = get(&sim, "/containers/plain/json").await["NetworkSettings"]["Networks"].clone();
    assert_eq!(networks.as_object().unwrap().keys().collect::<Vec<_>>(), ["bridge"]);
    assert_eq!(networks["bridge"]["Aliases"], Value::Null);
}
