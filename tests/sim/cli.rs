//! The real docker CLI against the simulated engine on a unix socket.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use stacktop::sim::{Options, Sim, World};
use tokio_util::sync::CancellationToken;

use super::ask;

fn docker_exists() -> bool {
    let found = Command::new("docker").arg("--version").output().is_ok_and(|output| output.status.success());
    if !found {
        eprintln!("SKIPPED: there is no docker on PATH");
    }
    found
}

async fn docker(socket: &Path, arguments: &str) -> Result<String, String> {
    let child = tokio::process::Command::new("docker")
        .arg("-H")
        .arg(format!("unix://{}", socket.display()))
        .args(arguments.split_whitespace())
        .env_remove("DOCKER_CONTEXT")
        .kill_on_drop(true)
        .output();
    let output = tokio::time::timeout(std::time::Duration::from_secs(20), child).await;
    let output = output.map_err(|_| format!("docker {arguments} does not end"))?.unwrap();
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    let text = String::from_utf8(output.stdout).unwrap();
    if output.status.success() { Ok(text) } else { Err(format!("docker {arguments}: {error}")) }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_docker_cli_reads_the_whole_world() {
    if !docker_exists() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let socket: PathBuf = folder.path().join("engine.sock");
    // The CLI computes relative times with the host's clock.
    let sim = Sim::start(World::builtin(), Options { epoch: jiff::Timestamp::now(), ..ask::options() });
    let until = CancellationToken::new();
    let serving = tokio::spawn({
        let (sim, socket, until) = (sim.clone(), socket.clone(), until.clone());
        async move { sim.serve_unix(&socket, until).await }
    });
    while !socket.exists() {
        tokio::task::yield_now().await;
    }
    let checks = [
        ("ps", "mundo-tango-app-2"),
        ("ps -a --filter health=unhealthy --format {{.Names}}", "xorb-api-prod-1"),
        ("ps -a", "Exited (0)"),
        ("inspect nsip-api", "JWT_SECRET"),
        ("logs --tail 5 nsip-nginx", "HTTP/"),
        ("logs --tail 5 -t watcher", "watch"),
        ("events --since 1m --until 1s", "exec_start"),
        ("stats --no-stream --format {{.Name}}={{.CPUPerc}}", "nsip-analyzer"),
        ("service ls", "medianest_medianest-app   replicated   3/3"),
        ("service ps medianest_medianest-app", "node-c"),
        ("service logs --tail 3 medianest_traefik", "medianest_traefik.1"),
        ("service inspect --pretty medianest_postgres", "node.labels.data == true"),
        ("stack ls", "medianest"),
        ("stack ps medianest", "medianest_cadvisor"),
        ("node ls", "node-a"),
        ("node inspect --pretty node-b", "10.20.0.12"),
        ("images", "postgres"),
        ("image inspect postgres:16-alpine", "sha256:"),
        ("volume ls", "xorb_postgres_data"),
        ("network ls", "codecave-prod-network"),
        ("network inspect mundo-tango_backend", "mundo-tango-postgres-1"),
        ("info", "Server Version: 26.1.0-sim"),
        ("version", "26.1.0-sim"),
        ("system df -v", "negative-space_uploads"),
        ("top nsip-nginx", "nginx"),
        ("secret ls", "medianest_medianest_db_password"),
        ("port nsip-nginx", "8081"),
        ("stop nsip-redis", "nsip-redis"),
        ("start nsip-redis", "nsip-redis"),
        ("restart nsip-redis", "nsip-redis"),
        ("pause nsip-redis", "nsip-redis"),
        ("unpause nsip-redis", "nsip-redis"),
        ("rename nsip-redis nsip-cache", ""),
        ("kill nsip-cache", "nsip-cache"),
        ("wait nsip-cache", "137"),
        ("rm nsip-cache", "nsip-cache"),
        ("service scale --detach medianest_grafana=2", "scaled to 2"),
        ("service update --detach --image grafana/grafana:11.2 medianest_grafana", "medianest_grafana"),
    ];
    let mut wrong = Vec::new();
    for (arguments, expected) in checks {
        match docker(&socket, arguments).await {
            Ok(output) if output.contains(expected) => {}
            Ok(output) => wrong.push(format!("docker {arguments} does not say {expected:?}:\n{output}")),
            Err(error) => wrong.push(error),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    until.cancel();
    serving.await.unwrap().unwrap();
    assert!(!socket.exists());
}

#[tokio::test]
async fn nobody_listens_on_the_socket_while_the_daemon_is_away() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("engine.sock");
    let outage = "incidents: [{at: 10s, for: 10s, kind: daemon-outage}]";
    let sim = Sim::start(
        World::from_yaml(outage, "outage.yaml").unwrap(),
        Options { speed: 20.0, ..ask::options() },
    );
    let until = CancellationToken::new();
    tokio::spawn({
        let (socket, until) = (socket.clone(), until.clone());
        async move { sim.serve_unix(&socket, until).await }
    });
    let mut seen = Vec::new();
    while seen.len() < 4 {
        let listens = tokio::net::UnixStream::connect(&socket).await.is_ok();
        if seen.last() != Some(&listens) {
            seen.push(listens);
        }
        if seen.ends_with(&[true, false, true]) {
            break;
        }
        tokio::task::yield_now().await;
    }
    assert!(seen.ends_with(&[true, false, true]), "{seen:?}");
    until.cancel();
}

#[tokio::test]
async fn a_file_that_is_no_socket_is_not_replaced() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let refused = ask::builtin().serve_unix(file.path(), CancellationToken::new()).await;
    assert_eq!(refused.unwrap_err().kind(), std::io::ErrorKind::AlreadyExists);
    assert!(file.path().exists());
}
