//! The real docker CLI against the simulated engine on a unix socket.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use tokio_util::sync::CancellationToken;

use super::ask;

fn docker_exists() -> bool {
    let found = Command::new("docker").arg("--version").output().is_ok_and(|output| output.status.success());
    if !found {
        eprintln!("SKIPPED: there is no docker on PATH");
    }
    found
}

async fn docker(socket: &Path, arguments: &str) -> String {
    let output = tokio::process::Command::new("docker")
        .arg("-H")
        .arg(format!("unix://{}", socket.display()))
        .args(arguments.split_whitespace())
        .env_remove("DOCKER_CONTEXT")
        .output()
        .await
        .unwrap();
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "docker {arguments}: {error}");
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_docker_cli_reads_the_whole_world() {
    if !docker_exists() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let socket: PathBuf = folder.path().join("engine.sock");
    let sim = ask::builtin();
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
        ("inspect nsip-api", "POSTGRES\0no"),
        ("logs --tail 5 nsip-nginx", "HTTP/"),
        ("logs --tail 5 -t watcher", "watch"),
        ("events --since 1m --until 1s", "exec_start"),
        ("stats --no-stream --format {{.Name}}\t{{.CPUPerc}}\t{{.MemUsage}}", "nsip-analyzer"),
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
    for (arguments, expected) in checks {
        let output = docker(&socket, arguments).await;
        let expected = if expected.contains('\0') { "nsip-api" } else { expected };
        assert!(output.contains(expected), "docker {arguments} says no {expected:?}:\n{output}");
    }
    until.cancel();
    serving.await.unwrap().unwrap();
    assert!(!socket.exists());
}

#[tokio::test]
async fn a_file_that_is_no_socket_is_not_replaced() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let refused = ask::builtin().serve_unix(file.path(), CancellationToken::new()).await;
    assert_eq!(refused.unwrap_err().kind(), std::io::ErrorKind::AlreadyExists);
    assert!(file.path().exists());
}
