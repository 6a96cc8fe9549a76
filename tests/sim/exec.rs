//! Programs that are executed in containers.

use http_body_util::BodyExt;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use stacktop::sim::Sim;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::{
    ask::{ask, epoch_plus, events, get, pass, send, tell, world},
    create::{SHOP, body, run},
};

async fn prepare(sim: &Sim, container: &str, words: &[&str]) -> String {
    let wish = json!({"Cmd": words, "AttachStdout": true, "AttachStderr": true}).to_string();
    let (status, answer) = tell(sim, "POST", &format!("/containers/{container}/exec"), &wish).await;
    assert_eq!(status, 201, "{answer}");
    answer["Id"].as_str().unwrap().to_owned()
}

/// Runs a program to its end: exit code and output.
async fn exec(sim: &Sim, container: &str, words: &[&str]) -> (Value, String) {
    let id = prepare(sim, container, words).await;
    let answer = send(sim, "POST", &format!("/exec/{id}/start"), r#"{"Detach":false}"#).await;
    assert_eq!(answer.status(), 200);
    let bytes = answer.into_body().collect().await.unwrap().to_bytes();
    let code = get(sim, &format!("/exec/{id}/json")).await["ExitCode"].clone();
    (code, String::from_utf8_lossy(bytes.get(8..).unwrap_or_default()).into_owned())
}

#[tokio::test(start_paused = true)]
async fn a_health_check_run_by_hand_tells_the_truth_of_the_moment() {
    let sim = world(SHOP);
    run(&sim, "shop-web-3", &body("2")).await;
    let (code, output) = exec(&sim, "shop-web-3", &["probe"]).await;
    assert_eq!((code, output.as_str()), (json!(1), "connection refused\n"));
    pass(2).await;
    assert_eq!(exec(&sim, "shop-web-3", &["probe"]).await, (json!(0), "fine".to_owned()));
    let state = get(&sim, "/containers/shop-web-3/json").await["State"].clone();
    assert_eq!(state["Health"]["Status"], "starting", "the engine itself has not looked yet");
    run(&sim, "sick", &body("3")).await;
    assert_eq!(exec(&sim, "sick", &["probe"]).await, (json!(22), "503 from upstream".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn common_programs_end_as_they_do_everywhere() {
    let sim = world(SHOP);
    let begun = tokio::time::Instant::now();
    let exec = async |words: &[&str]| exec(&sim, "shop-web-1", words).await;
    assert_eq!(exec(&["true"]).await.0, 0);
    assert_eq!(exec(&["touch", "/tmp/x"]).await.0, 0);
    assert_eq!(exec(&["test", "-f", "/tmp/x"]).await.0, 0);
    assert_eq!(exec(&["sh", "-c", "sleep 4; exit 9"]).await.0, 9);
    assert_eq!(begun.elapsed().as_secs(), 4);
    assert_eq!(exec(&["echo", "a", "b"]).await.1, "a b\n");
    assert_eq!(exec(&["sh", "-c", "nowhere"]).await, (json!(127), "sh: 1: nowhere: not found\n".to_owned()));
    let (code, output) = exec(&["/nowhere"]).await;
    let text = "OCI runtime exec failed: exec failed: unable to start container process: exec: \"/nowhere\": \
                stat /nowhere: no such file or directory: unknown\r\n";
    assert_eq!((code, output.as_str()), (json!(126), text));
}

#[tokio::test(start_paused = true)]
async fn a_detached_program_runs_on_and_is_told_in_events() {
    let sim = world(SHOP);
    let id = prepare(&sim, "shop-web-1", &["sleep", "2"]).await;
    let path = format!("/exec/{id}/start");
    assert_eq!(tell(&sim, "POST", &path, r#"{"Detach":true}"#).await.0, 200);
    let state = get(&sim, &format!("/exec/{id}/json")).await;
    assert_eq!((&state["Running"], &state["ExitCode"]), (&json!(true), &Value::Null));
    pass(3).await;
    assert_eq!(get(&sim, &format!("/exec/{id}/json")).await["ExitCode"], 0);
    let (status, answer) = tell(&sim, "POST", &path, r#"{"Detach":true}"#).await;
    assert_eq!(
        (status, answer["message"].as_str().unwrap()),
        (409, format!("Error: Exec command {id} has already run").as_str())
    );
    let told = events(&sim, &format!("since={}&until={}", epoch_plus(0), epoch_plus(5))).await;
    let own = told.iter().filter(|event| event["Actor"]["Attributes"]["execID"] == id.as_str());
    let own: Vec<&str> = own.map(|event| event["Action"].as_str().unwrap()).collect();
    assert_eq!(own, ["exec_create: sleep 2", "exec_start: sleep 2", "exec_die"]);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_executed_in_a_container_that_is_paused_or_has_ended() {
    let sim = world(SHOP);
    ask(&sim, "POST", "/containers/shop-web-1/pause").await;
    let (status, answer) = tell(&sim, "POST", "/containers/shop-web-1/exec", r#"{"Cmd":["true"]}"#).await;
    let text = "Container shop-web-1 is paused, unpause the container before exec";
    assert_eq!((status, &answer["message"]), (409, &json!(text)));
    ask(&sim, "POST", "/containers/shop-web-2/stop").await;
    let (status, answer) = tell(&sim, "POST", "/containers/shop-web-2/exec", r#"{"Cmd":["true"]}"#).await;
    assert!(status == 409 && answer["message"].as_str().unwrap().ends_with(" is not running"));
    let (status, answer) = ask(&sim, "GET", "/exec/nope/json").await;
    assert_eq!((status, &answer["message"]), (404, &json!("No such exec instance: nope")));
}

#[tokio::test(start_paused = true)]
async fn a_shell_that_is_talked_to_runs_line_by_line_and_ends_with_its_container() {
    let sim = world(SHOP);
    let open = async |tty: bool| {
        let wish = json!({"Cmd": ["sh"], "AttachStdin": true, "AttachStdout": true, "AttachStderr": true, "Tty": tty});
        let (_, made) = tell(&sim, "POST", "/containers/shop-web-1/exec", &wish.to_string()).await;
        let id = made["Id"].as_str().unwrap().to_owned();
        let io = take_over(&sim, &id).await;
        (id, io)
    };
    let (id, mut io) = open(false).await;
    io.write_all(b"echo hello\nnowhere\n").await.unwrap();
    io.shutdown().await.unwrap();
    let mut bytes = Vec::new();
    io.read_to_end(&mut bytes).await.unwrap();
    let told = b"\x01\0\0\0\0\0\0\x06hello\n\x02\0\0\0\0\0\0\x1ash: 1: nowhere: not found\n";
    assert_eq!(bytes, told, "{}", bytes.escape_ascii());
    assert_eq!(get(&sim, &format!("/exec/{id}/json")).await["ExitCode"], 127);
    let (id, mut io) = open(true).await;
    io.write_all(b"echo hello\r").await.unwrap();
    ask(&sim, "POST", "/containers/shop-web-1/kill").await;
    let mut bytes = Vec::new();
    io.read_to_end(&mut bytes).await.unwrap();
    assert!(bytes.starts_with(b"a simulated shell"), "{}", bytes.escape_ascii());
    assert_eq!(get(&sim, &format!("/exec/{id}/json")).await["ExitCode"], 137);
}

#[tokio::test(start_paused = true)]
async fn a_client_may_take_the_connection_over() {
    let sim = world(SHOP);
    let id = prepare(&sim, "shop-web-1", &["echo", "hello"]).await;
    let mut io = take_over(&sim, &id).await;
    let mut bytes = Vec::new();
    io.read_to_end(&mut bytes).await.unwrap();
    assert_eq!(bytes, b"\x01\0\0\0\0\0\0\x06hello\n");
}

/// Starts a program and takes the connection over.
async fn take_over(sim: &Sim, id: &str) -> TokioIo<hyper::upgrade::Upgraded> {
    let io = TokioIo::new(sim.connect().unwrap());
    let (mut client, connection) = hyper::client::conn::http1::handshake(io).await.unwrap();
    tokio::spawn(connection.with_upgrades());
    let request = hyper::Request::post(format!("/exec/{id}/start"))
        .header("host", "d")
        .header("connection", "Upgrade")
        .header("upgrade", "tcp")
        .body(http_body_util::Full::<bytes::Bytes>::from(r#"{"Detach":false}"#))
        .unwrap();
    let answer = client.send_request(request).await.unwrap();
    assert_eq!(answer.status(), 101);
    TokioIo::new(hyper::upgrade::on(answer).await.unwrap())
}
