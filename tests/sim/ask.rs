//! A small HTTP client and small worlds.

use http_body_util::{BodyExt, Full};
use hyper::{Request, Response, body::Incoming, client::conn::http1};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use stacktop::sim::{Options, Sim, World};

pub(crate) const EPOCH: &str = "2026-05-04T12:00:00Z";

pub(crate) fn options() -> Options {
    Options { seed: 7, speed: 1.0, epoch: EPOCH.parse().unwrap() }
}

pub(crate) fn builtin() -> Sim {
    Sim::start(World::builtin(), options())
}

pub(crate) fn world(yaml: &str) -> Sim {
    Sim::start(World::from_yaml(yaml, "test.yaml").unwrap(), options())
}

/// One project with a checked web server and a database.
pub(crate) const SMALL: &str = r#"
stacks:
  shop:
    kind: compose
    dir: /srv/shop
    files: [compose.yaml]
    age: 3d
    volumes: {data: {size: 1G}}
    services:
      web:
        image: nginx:alpine
        command: nginx -g daemon
        replicas: 2
        limits: {memory: 256M}
        health: {test: [CMD, nginx, "-t"], interval: 10s, timeout: 2s, retries: 2, output: fine}
        load: {cpu: 20, noise: 0.4, memory: 64M, cache: 8M, rx: 10K, tx: 20K}
        logs: {flavour: nginx, rate: 2}
      db:
        image: postgres:16
        env: {POSTGRES_PASSWORD: hidden}
        volumes: ["data:/var/lib/postgresql/data"]
        load: {cpu: 3, memory: 100M}
        logs: {flavour: postgres, rate: 0.5}
"#;

pub(crate) async fn send(sim: &Sim, method: &str, path: &str, body: &str) -> Response<Incoming> {
    let (mut client, connection) = http1::handshake(TokioIo::new(sim.connect().unwrap())).await.unwrap();
    tokio::spawn(connection);
    let request = Request::builder().method(method).uri(path).header("host", "d");
    client.send_request(request.body(Full::<bytes::Bytes>::from(body.to_owned())).unwrap()).await.unwrap()
}

pub(crate) async fn bytes(sim: &Sim, path: &str) -> Vec<u8> {
    send(sim, "GET", path, "").await.into_body().collect().await.unwrap().to_bytes().to_vec()
}

pub(crate) async fn get(sim: &Sim, path: &str) -> Value {
    serde_json::from_slice(&bytes(sim, path).await).unwrap()
}

/// Status and JSON body; null for no body.
pub(crate) async fn ask(sim: &Sim, method: &str, path: &str) -> (u16, Value) {
    tell(sim, method, path, "").await
}

pub(crate) async fn tell(sim: &Sim, method: &str, path: &str, body: &str) -> (u16, Value) {
    let answer = send(sim, method, path, body).await;
    let status = answer.status().as_u16();
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&body).unwrap_or_default())
}

pub(crate) async fn pass(seconds: u64) {
    tokio::time::sleep(std::time::Duration::from_secs(seconds)).await;
}

/// Messages of events between now and `seconds` later, as `type action`.
pub(crate) async fn events(sim: &Sim, query: &str) -> Vec<Value> {
    let text = String::from_utf8(bytes(sim, &format!("/events?{query}")).await).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

pub(crate) fn epoch_plus(seconds: i64) -> i64 {
    EPOCH.parse::<jiff::Timestamp>().unwrap().as_second() + seconds
}
