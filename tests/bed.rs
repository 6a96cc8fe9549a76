//! The test support keeps its promises: nothing is left behind, projects look like those of Compose, stacks run on the
//! private engine, programs in a terminal are driven by keys.

mod support;

use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::process::Command;
use std::time::Duration;
use support::pty::key_bytes;
use support::swarm::{service_spec, with_command};
use support::{PtyBuilder, Service, Spec};

#[tokio::test]
async fn a_compose_project_carries_the_labels_of_compose() {
    let Some(bed) = support::engine("a_compose_project_carries_the_labels_of_compose") else { return };
    let database = Service::new("db", bed.server("1")).volume("data", "/data");
    let web = Service::new("web", bed.server("1")).replicas(2).depends_on("db", "service_healthy");
    let project = bed.compose_project("shop", &[database, web]).await;
    project.wait_healthy().await;
    let label = format!("com.docker.compose.project={}", project.name);
    assert_eq!(bed.containers_with(&label).await.len(), 3);
    let labels = &project.replica_of("web", 2).inspect().await["Config"]["Labels"];
    assert_eq!(labels["com.docker.compose.container-number"], "2");
    assert_eq!(labels["com.docker.compose.depends_on"], "db:service_healthy:false");
    assert_eq!(project.replica_of("web", 1).exec(&["load", "db:8080", "--requests", "3"]).await.exit_code, 0);
}

#[tokio::test]
async fn compose_itself_puts_the_same_labels_on_its_containers() {
    let test = "compose_itself_puts_the_same_labels_on_its_containers";
    let (Some(bed), Some(compose)) = (support::engine(test), support::compose_v2(test)) else { return };
    let (image, mut labels) = (bed.image("1"), Value::Null);
    bed.mark(&mut labels);
    let service = json!({ "image": image, "labels": labels });
    let network = json!({ "default": { "labels": labels } });
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("compose.yaml");
    // JSON is YAML.
    std::fs::write(&file, json!({ "services": { "web": service }, "networks": network }).to_string())
        .unwrap();
    let theirs = bed.unique("theirs");
    let mut command = Command::new(compose);
    command.env("DOCKER_HOST", bed.engine().host()).args(["--project-name", &theirs, "--file"]).arg(&file);
    let output = command.args(["up", "--detach"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let ours = bed.compose_project("ours", &[Service::new("web", Spec::new(image))]).await;

    let of_theirs = label_names(&bed.containers_with(&format!("com.docker.compose.project={theirs}")).await);
    let of_ours =
        label_names(&bed.containers_with(&format!("com.docker.compose.project={}", ours.name)).await);
    assert!(of_ours.contains("com.docker.compose.config-hash"), "{of_ours:?}");
    assert_eq!(of_ours, of_theirs);
}

fn label_names(containers: &[Value]) -> BTreeSet<String> {
    let labels = containers.iter().filter_map(|container| container["Labels"].as_object());
    labels.flat_map(|labels| labels.keys().cloned()).collect()
}

#[tokio::test]
async fn nothing_of_a_test_outlives_it() {
    let Some(bed) = support::engine("nothing_of_a_test_outlives_it") else { return };
    let (engine, label) = (bed.engine().clone(), bed.label());
    let network = bed.network("net", Value::Null).await;
    let volume = bed.volume("data", Value::Null).await;
    let spec = Spec::new(bed.image("1")).network(&network, &[]).volume(&volume, "/data");
    bed.run(spec.restart("always")).await;
    assert_eq!(bed.containers_with(&label).await.len(), 1);
    let panicked = std::thread::spawn(move || {
        let _bed = bed;
        std::panic::resume_unwind(Box::new("a failed test"));
    });
    assert!(panicked.join().is_err());
    let filter = support::blocking::label_filter(&label);
    assert_eq!(engine.get(&format!("/containers/json?all=1&filters={filter}")).await.text().trim(), "[]");
    assert_eq!(engine.get(&format!("/networks?filters={filter}")).await.text().trim(), "[]");
    assert_eq!(engine.get(&format!("/networks/{network}")).await.status, 404);
    assert_eq!(engine.get(&format!("/volumes/{volume}")).await.status, 404);
}

#[tokio::test]
async fn what_a_killed_test_left_is_swept_and_what_a_running_one_made_is_not() {
    let Some(bed) = support::engine("what_a_killed_test_left_is_swept") else { return };
    let kept = bed.volume("kept", Value::Null).await;
    let namespace = std::fs::read_link("/proc/self/ns/pid").unwrap().display().to_string();
    let left = bed.unique("left");
    // No process has ever had this number and this start time.
    let labels = json!({ "stacktop.test": bed.id(), "stacktop.test.pid": format!("1/1/{namespace}") });
    bed.engine().post("/volumes/create", json!({ "Name": left, "Labels": labels })).await.json();
    let lock = async |stack: &str| {
        let labels = json!({ "stacktop.lock": format!("{stack}/web"), "stacktop.test": bed.id() });
        let path = format!("/containers/create?name=stacktop-lock.{stack}.web");
        bed.engine().post(&path, json!({ "Image": bed.image("1"), "Labels": labels })).await
    };
    let (of_nothing, of_somebody) =
        (bed.unique("gone"), format!("shop-{}", bed.unique("x").replace('-', "z")));
    for stack in [&of_nothing, &of_somebody] {
        assert_eq!(lock(stack).await.status, 201);
    }
    support::sandbox::sweep(bed.engine().socket());
    let locked = async |stack: &str| {
        bed.engine().get(&format!("/containers/stacktop-lock.{stack}.web/json")).await.status
    };
    assert_eq!(locked(&of_nothing).await, 404, "its test's project is gone");
    assert_eq!(locked(&of_somebody).await, 200, "it is of no test");
    assert_eq!(bed.engine().get(&format!("/volumes/{left}")).await.status, 404);
    assert_eq!(bed.engine().get(&format!("/volumes/{kept}")).await.status, 200);
}

#[tokio::test]
async fn what_is_kept_of_a_swarm_service_is_swept_once_its_tests_stack_is_gone() {
    let Some(bed) = support::newer_engine("what_is_kept_of_a_swarm_service_is_swept") else { return };
    bed.ensure_swarm().await;
    let (gone, here) = (bed.unique("gone"), bed.unique("here"));
    bed.service(service_spec(&here, "web", &bed.image("1"), 1), None).await;
    let mut made = Vec::new();
    for stack in [&gone, &here, &"yard".to_owned()] {
        for label in ["stacktop.lock", "stacktop.before"] {
            let name = bed.unique(&format!("{label}.{stack}"));
            let labels = json!({ label: format!("{stack}/web"), "stacktop.test": bed.id() });
            let body = json!({ "Name": name, "Labels": labels, "Data": "aGVsZA==" });
            bed.engine().post("/configs/create", body).await.json();
            made.push(name);
        }
    }
    support::sandbox::sweep(bed.engine().socket());
    let mut statuses = Vec::new();
    for name in made {
        statuses.push(bed.engine().get(&format!("/configs/{name}")).await.status);
    }
    assert_eq!(statuses, [404, 404, 200, 200, 200, 200]);
}

#[tokio::test]
async fn a_stack_on_the_newer_engine_runs_and_its_services_reach_each_other() {
    let Some(bed) = support::newer_engine("a_stack_on_the_newer_engine_runs") else { return };
    bed.ensure_swarm().await;
    let (stack, image) = (bed.unique("shop"), bed.image("1"));
    let network = bed.overlay(&stack, "default").await;
    let web = bed.service(service_spec(&stack, "web", &image, 2), Some((&network, "web"))).await;
    bed.wait_running(&web, 2).await;
    let load =
        with_command(service_spec(&stack, "load", &image, 1), &["load", "web:8080", "--requests", "20"]);
    let load = bed.service(load, Some((&network, "load"))).await;
    bed.wait_until(Duration::from_secs(30), "the summary of the load", async || {
        let log = bed.engine().get(&format!("/services/{load}/logs?stdout=1")).await.text();
        if log.contains(r#""ok":20,"failed":0"#) { Ok(()) } else { Err(log) }
    })
    .await;
}

#[tokio::test]
async fn the_newer_engine_speaks_a_newer_version() {
    let Some(bed) = support::newer_engine("the_newer_engine_speaks_a_newer_version") else { return };
    let version = bed.engine().get("/version").await.json();
    assert!(version["ApiVersion"].as_str().is_some_and(|version| version > "1.41"), "{version}");
    let web = bed.run(bed.server("3")).await;
    web.wait_healthy().await;
    assert!(web.ask("/").await.starts_with("version 3"));
}

#[test]
fn a_program_in_a_terminal_is_driven_by_keys() {
    let shell = PtyBuilder::of(&program()).args(["shell"]).size(10, 40).start();
    shell.wait_for("$");
    shell.keys("tty<enter>");
    shell.wait_for("a terminal\n$");
    shell.resize(5, 20);
    shell.keys("echo wx<backspace>ide<enter>");
    let screen = shell.wait_for("\nwide\n$");
    assert!(screen.lines().all(|line| line.len() <= 20), "{screen}");
    shell.keys("exit 3<enter>");
    let exit = shell.wait_exit();
    assert_eq!((exit.code, exit.signal), (3, None));
    assert_eq!(exit.attributes, shell.attributes_before());
    assert!(shell.wrote("a terminal\r\n"));
}

#[test]
fn a_program_in_a_terminal_is_ended_by_a_signal() {
    let shell = PtyBuilder::of(&program()).args(["shell"]).start();
    shell.wait_for("$");
    shell.signal(rustix::process::Signal::TERM);
    assert_eq!(shell.wait_exit().signal.as_deref(), Some("Terminated"));
}

#[test]
fn a_screen_is_read_when_no_frame_is_half_way() {
    let frame = r"printf '\033[?2026hupper '; sleep .2; printf 'lower\033[?2026l'; read -r end";
    let program = PtyBuilder::of("sh").args(["-c", frame]).start();
    let screen = program.wait_for("upper");
    assert!(screen.contains("lower"), "{screen}");
}

#[test]
fn keys_are_written_as_a_terminal_sends_them() {
    assert_eq!(key_bytes("a<lt>ü<c-c><up><enter><esc>"), "a<ü\x03\x1b[A\r\x1b".as_bytes());
    assert!(std::panic::catch_unwind(|| key_bytes("<esc>j")).is_err(), "that would be Alt-j");
    assert!(std::panic::catch_unwind(|| key_bytes("<entre>")).is_err());
}

fn program() -> String {
    support::image::program().display().to_string()
}
