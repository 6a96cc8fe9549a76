use std::sync::Arc;

use serde_json::json;
use stacktop::engine::{Choice, ConnectError, Connector, Surroundings};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, UnixListener},
};

use crate::fake::{Answer, Fake, json, pong};

async fn failure(fake: &Fake) -> String {
    fake.connector().connect().await.unwrap_err().to_string()
}

fn at(host: &str) -> Connector {
    let choice = Choice { host: Some(host.to_owned()), context: None };
    Connector::choose(&choice, &Surroundings::default()).unwrap()
}

#[tokio::test]
async fn the_newest_version_that_both_speak_is_agreed_on() {
    for (theirs, agreed) in [("1.41", "1.41"), ("1.44", "1.44"), ("1.99", "1.53")] {
        let fake = Fake::new(theirs, |_| json(&json!({})));
        let engine = fake.engine().await;
        assert_eq!(engine.api_version(), agreed);
        engine.inspect_container("x").await.unwrap();
        let asked = fake.asked().pop().unwrap();
        let version = if agreed == "1.41" { String::new() } else { format!("/v{agreed}") };
        assert_eq!(asked, format!("{version}/containers/x/json"));
    }
}

#[tokio::test]
async fn typed_calls_take_the_same_way() {
    let fake = Fake::new("1.44", |_| json(&json!({"Version": "27.1"})));
    let engine = fake.engine().await;
    assert_eq!(engine.bollard().version().await.unwrap().version.as_deref(), Some("27.1"));
    assert_eq!(fake.asked().pop().unwrap(), "/v1.44/version");
    assert_eq!(engine.requests(), 1);
}

#[tokio::test]
async fn an_engine_that_is_too_old_is_named_with_its_version() {
    let failure = failure(&Fake::new("1.40", |_| Answer::Hang)).await;
    assert!(failure.contains("speaks API 1.40 at most") && failure.contains("1.41"), "{failure}");
}

#[tokio::test(start_paused = true)]
async fn an_engine_that_hangs_is_given_up() {
    let failure = failure(&Fake::bare(|_| Answer::Hang)).await;
    assert!(failure.starts_with("the fake engine does not answer within 10 s"), "{failure}");
}

#[tokio::test]
async fn a_server_that_is_no_engine_is_told() {
    let web = failure(&Fake::bare(|_| Answer::Text(404, "<h1>Not here</h1>".into()))).await;
    assert!(web.contains("is no Docker engine: it answers 404: <h1>Not here</h1>"), "{web}");
    let other = failure(&Fake::bare(|_| Answer::Text(200, "hello".into()))).await;
    assert!(other.contains("tells no API version"), "{other}");
    let mail = failure(&Fake::bare(|_| Answer::Raw(b"220 mail ESMTP\r\n\r\n".to_vec()))).await;
    assert!(mail.contains("does not speak HTTP"), "{mail}");
    let odd = failure(&Fake::bare(|_| pong("newest"))).await;
    assert!(odd.contains("its API version is `newest`"), "{odd}");
}

#[tokio::test]
async fn a_refused_connection_asks_for_dockerd() {
    let fake = Fake::bare(|_| Answer::Hang);
    fake.go_away(true);
    assert!(failure(&fake).await.contains("is dockerd running there?"));
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let failure = at(&format!("tcp://{free}")).connect().await.unwrap_err().to_string();
    assert_eq!(failure, format!("tcp://{free} refuses connections; is dockerd running there?"));
}

#[tokio::test]
async fn a_missing_socket_tells_how_to_start_docker() {
    let failure = at("unix:///nowhere/docker.sock").connect().await.unwrap_err();
    assert!(matches!(failure, ConnectError::NoSocket { .. }));
    assert!(failure.to_string().contains("systemctl start docker"), "{failure}");
}

#[tokio::test]
async fn a_socket_that_nobody_listens_on_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("docker.sock");
    drop(UnixListener::bind(&path).unwrap());
    let failure = at(path.to_str().unwrap()).connect().await.unwrap_err();
    assert!(matches!(failure, ConnectError::Refused { .. }), "{failure}");
}

#[tokio::test]
async fn a_name_without_address_is_told() {
    let failure = at("tcp://no-such-host.invalid:2375").connect().await.unwrap_err().to_string();
    assert!(failure.starts_with("the host name `no-such-host.invalid` cannot be resolved"), "{failure}");
}

#[tokio::test]
async fn plain_http_on_a_port_with_tls_is_explained() {
    const GO: &[u8] = b"HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n";
    const ALERT: &[u8] = &[21, 3, 1, 0, 2, 2, 22];
    for answer in [GO, ALERT] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 1024];
            assert!(stream.read(&mut request).await.unwrap() > 0);
            stream.write_all(answer).await.unwrap();
        });
        let failure = at(&format!("tcp://127.0.0.1:{port}")).connect().await.unwrap_err();
        assert!(matches!(failure, ConnectError::ExpectsTls { .. }), "{failure}");
    }
}

#[tokio::test]
async fn every_connection_may_fail_differently() {
    let broken = Connector::in_process("broken", Arc::new(|| Err(std::io::Error::other("no pipes left"))));
    let failure = broken.connect().await.unwrap_err().to_string();
    assert_eq!(failure, "cannot reach broken: no pipes left; check the address and that the engine runs");
}
