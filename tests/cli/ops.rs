//! Operations that were killed, and who goes on with them: against a simulated engine on a socket, with a journal.

use super::program::{Ended, command, ended};
use super::support::blocking;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Lines};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command};

const WORLD: &str = r#"
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
        replicas: 2
        health: {test: [CMD, probe], interval: 1s, timeout: 1s, retries: 3, output: fine}
      db:
        image: shop/db:1
        ports: ["5432:5432"]
        restart: always
        health: {test: [CMD, probe], interval: 1s, timeout: 1s, retries: 3, output: fine}
images:
  shop/web:1: {}
  shop/web:2: {}
  shop/db:1: {}
  shop/db:2: {ready_after: 10m}
"#;

/// A simulated engine on a socket, ended when dropped, and a folder for the journals of its operations.
pub(crate) struct Bench {
    pub(crate) folder: tempfile::TempDir,
    sim: Child,
}

impl Drop for Bench {
    fn drop(&mut self) {
        let _ = self.sim.kill();
        let _ = self.sim.wait();
    }
}

impl Bench {
    fn open() -> Self {
        Self::with(&["--world", "shop.yaml"])
    }

    fn with(options: &[&str]) -> Self {
        Self::of(WORLD, options)
    }

    pub(crate) fn of(world: &str, options: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("shop.yaml"), world).unwrap();
        let mut sim = command("sim --socket engine.sock");
        let mut sim = sim.args(options).current_dir(folder.path()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(sim.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert!(line.starts_with("a simulated engine listens"), "{line}");
        Self { folder, sim }
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.folder.path().join("engine.sock")
    }

    fn command(&self, line: &str) -> Command {
        let mut command = command(line);
        command.env("DOCKER_HOST", format!("unix://{}", self.socket().display()));
        command.env("XDG_STATE_HOME", self.folder.path()).env("USER", "ada");
        command
    }

    pub(crate) fn run(&self, line: &str) -> Ended {
        ended(self.command(line).output().unwrap())
    }

    /// The same in this environment.
    pub(crate) fn with_env(&self, line: &str, env: &[(&str, &str)]) -> Ended {
        ended(self.command(line).envs(env.iter().copied()).output().unwrap())
    }

    pub(crate) fn done(&self, line: &str) -> Ended {
        let ended = self.run(line);
        assert_eq!(ended.code, 0, "{line}: {ended:?}");
        ended
    }

    fn json(&self, line: &str) -> Value {
        serde_json::from_str(&self.done(&format!("{line} --json")).out).unwrap()
    }

    /// Begins something and returns once it is in this state, with the operation's id.
    pub(crate) fn begin(&self, line: &str, state: &str) -> (Running, String) {
        self.start(&format!("{line} --yes"), state)
    }

    /// The same for what asks nobody.
    pub(crate) fn start(&self, line: &str, state: &str) -> (Running, String) {
        let mut child = self.command(&format!("{line} --json")).spawn().unwrap();
        let told = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut running = Running { child, told };
        let progress = running.told.find_map(|line| {
            let progress: Value = serde_json::from_str(&line.unwrap()).unwrap();
            (progress["state"] == state).then_some(progress)
        });
        let operation = progress.unwrap()["op"].as_str().unwrap().to_owned();
        (running, operation)
    }

    /// An update of `web` that was killed in its soak.
    fn killed(&self) -> String {
        self.begin("rollout shop/web --image shop/web:2 --soak 60s", "soak").1
    }

    /// Name, image and state of a service's replicas and of what is beside them.
    fn containers(&self, service: &str) -> Vec<(String, String, String)> {
        let label = format!("com.docker.compose.service={service}");
        let path = format!("/containers/json?all=1&filters={}", blocking::label_filter(&label));
        let text = |value: &Value| value.as_str().unwrap().trim_start_matches('/').to_owned();
        let listed = blocking::list(&self.socket(), &path);
        let row = |one: &Value| (text(&one["Names"][0]), text(&one["Image"]), text(&one["State"]));
        let mut rows: Vec<_> = listed.iter().map(row).collect();
        rows.sort();
        rows
    }

    fn refused(&self, line: &str, way_out: &str) {
        let ended = self.run(line);
        assert!(ended.code == 2 && ended.err.contains(way_out), "{line}: {ended:?}");
    }
}

/// A process that is killed when dropped.
pub(crate) struct Running {
    child: Child,
    /// Open until then, so that it goes on.
    told: Lines<BufReader<ChildStdout>>,
}

impl Running {
    /// Sends a signal, as `kill` does, and returns the exit code.
    pub(crate) fn signal(&mut self, name: &str) -> i32 {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-s", name, &id]).status().unwrap().success());
        // Nobody else reads what it still says.
        self.told.by_ref().for_each(drop);
        super::program::wait(&mut self.child)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn web(image: &str) -> Vec<(String, String, String)> {
    let row = |number: u32| (format!("shop-web-{number}"), image.to_owned(), "running".to_owned());
    (1..=2).map(row).collect()
}

#[test]
fn a_killed_update_is_gone_on_with_or_back_from() {
    for (verb, image) in [("resume", "shop/web:2"), ("rollback", "shop/web:1")] {
        let bench = Bench::open();
        // Long enough to be killed in, short enough to be waited for.
        let (running, operation) = bench.begin("rollout shop/web --image shop/web:2 --soak 2s", "soak");
        drop(running);
        assert_eq!(bench.json("ops ls")[0]["process"], "gone");
        bench.done(&format!("ops {verb} {operation} --yes"));
        assert_eq!(bench.containers("web"), web(image), "{verb}");
        assert_eq!(bench.done("ops ls").out, "every operation has ended\n", "{verb}");
    }
}

#[test]
fn a_forgotten_update_leaves_everything_as_it_is() {
    let bench = Bench::open();
    let operation = bench.killed();
    let before = bench.containers("web");
    assert_eq!(before.len(), 3, "{before:?}");
    bench.refused("scale shop/web=3 --yes", "ops resume");
    bench.done(&format!("ops abort {operation} --yes"));
    assert_eq!(bench.containers("web"), before);
    bench.done("scale shop/web=3 --plan");
    assert_eq!(bench.done("ops ls").out, "every operation has ended\n");
}

#[test]
fn an_operation_at_work_is_not_taken_over() {
    let bench = Bench::open();
    let (running, operation) = bench.begin("rollout shop/web --image shop/web:2 --soak 60s", "soak");
    let at_work = format!("process {} of ada is at work", running.child.id());
    for verb in ["resume", "rollback", "abort", "resume --break-lock"] {
        bench.refused(&format!("ops {verb} {operation} --yes"), &at_work);
    }
    bench.done(&format!("ops rollback {operation} --plan"));
    drop(running);
    bench.done(&format!("ops rollback {operation} --yes"));
}

#[test]
fn a_resumed_operation_is_in_the_hands_of_who_resumed_it() {
    let bench = Bench::open();
    let operation = bench.killed();
    let (resuming, _) = bench.begin(&format!("ops resume {operation}"), "soak");
    let listed = &bench.json("ops ls")[0];
    assert_eq!((&listed["process"], &listed["pid"]), (&"at work".into(), &resuming.child.id().into()));
    bench.refused(&format!("ops rollback {operation} --yes"), "is at work");
}

/// Puts a lock on the engine that says that a process of `host` began a scaling of `web`.
fn lock(bench: &Bench, operation: &str, host: &str) {
    let errand = json!({
        "operation": operation, "kind": { "kind": "scale", "from": 2, "to": 2 }, "stack": "shop", "service": "web",
        "user": "eve", "host": host, "pid": 1, "started": 1, "began": "2026-05-04T12:00:00Z",
    });
    let labels = json!({ "stacktop.lock": "shop/web", "stacktop.errand": errand.to_string() });
    let body = json!({ "Image": "shop/web:1", "Labels": labels }).to_string();
    let path = "/containers/create?name=stacktop-lock.shop.web";
    let made = blocking::upload(&bench.socket(), path, "application/json", body.as_bytes());
    assert!(matches!(made, Ok((201, _))), "{made:?}");
}

#[test]
fn an_operation_of_another_host_is_taken_over_only_by_breaking_its_lock() {
    let operation = "01kq3f00000000000000000000";
    for verb in ["resume", "rollback", "abort"] {
        let bench = Bench::open();
        lock(&bench, operation, "far-away");
        bench.refused(&format!("ops {verb} {operation} --yes"), "eve@far-away (pid 1)");
        bench.refused(&format!("ops {verb} {operation} --yes"), "--break-lock");
        bench.done(&format!("ops {verb} {operation} --yes --break-lock"));
        assert_eq!(bench.done("ops ls").out, "every operation has ended\n", "{verb}");
    }
}

#[test]
fn a_number_that_was_given_out_again_is_not_the_process_of_the_lock() {
    let bench = Bench::open();
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap();
    // Number 1 lives on every machine, and was started after the first tick.
    lock(&bench, "01kq3f00000000000000000000", host.trim());
    assert_eq!(bench.json("ops ls")[0]["process"], "gone");
}

/// An update of `db` that was killed while neither container runs.
fn gap(bench: &Bench) -> String {
    let (running, operation) = bench.begin("rollout shop/db --image shop/db:2", "gate");
    drop(running);
    let rows = bench.containers("db");
    let (new, ..) = rows.iter().find(|(_, image, _)| image == "shop/db:2").unwrap();
    let stopped = blocking::call(&bench.socket(), "POST", &format!("/containers/{new}/stop"));
    assert!(matches!(stopped, Ok((204, _))), "{stopped:?}");
    operation
}

fn runs(bench: &Bench) -> bool {
    let rows = bench.containers("db");
    rows.iter().any(|row| *row == ("shop-db-1".to_owned(), "shop/db:1".to_owned(), "running".to_owned()))
}

#[test]
fn a_service_that_a_killed_update_left_without_a_replica_is_brought_back_first() {
    let bench = Bench::open();
    let operation = gap(&bench);
    for quiet in ["ops ls --no-heal", "ops ls --read-only", "ls", "ops rollback --plan"] {
        let line = if quiet.ends_with("--plan") { format!("{quiet} {operation}") } else { quiet.to_owned() };
        assert_eq!(bench.done(&line).err, "", "{line}");
        assert!(!runs(&bench), "{line}");
    }
    let told = bench.done("ops ls");
    assert!(runs(&bench) && told.err.contains("shop/db had no replica since operation"), "{told:?}");
    assert!(
        told.out.contains(&operation) && told.out.contains("  gone"),
        "it is still to be ended: {told:?}"
    );
    assert_eq!(bench.done("ops ls").err, "", "once is enough");
    bench.done(&format!("ops rollback {operation} --yes"));
    let rows = bench.containers("db");
    assert!(rows.len() == 1 && runs(&bench), "{rows:?}");
}

#[test]
fn a_node_is_drained_and_takes_tasks_again() {
    let bench = Bench::with(&[]);
    let availability = || {
        let nodes = bench.json("nodes");
        let node =
            nodes.as_array().unwrap().iter().find(|node| node["hostname"] == "node-b").unwrap().clone();
        node["availability"].as_str().unwrap().to_owned()
    };
    for (verb, expected) in [("drain", "drain"), ("activate", "active")] {
        bench.done(&format!("{verb} node-b --yes"));
        assert_eq!(availability(), expected);
    }
}
