//! What stacktop tells of containers is what the docker client tells of them.

// The lint configuration excuses test functions; here, too, a failure is to end the test with its reason.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::string_slice, reason = "test code")]

mod support;

use futures_util::StreamExt as _;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use stacktop::domain::{ContainerId, Observation, Sample, SampleSource};
use stacktop::engine::{Choice, Connector, Engine, Surroundings, observe};
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;
use support::{Container, Service, Spec, TestEngine};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::{CancellationToken, DropGuard};

/// How far apart two readings of the CPU of a steady load may be, in percent of one core: they are of different
/// seconds, on a host that does other things as well.
const CPU_TOLERANCE: f64 = 15.0;

/// How far apart two readings of memory may be, in bytes.
const MEMORY_TOLERANCE: f64 = 2.0 * 1024.0 * 1024.0;

fn stacktop(bed: &TestEngine, words: &[&str]) -> Vec<Value> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_stacktop"));
    let output = command.args(words).arg("--json").env("DOCKER_HOST", bed.engine().host()).output().unwrap();
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn docker(bed: &TestEngine, words: &[&str]) -> String {
    let output = Command::new("docker").args(words).env("DOCKER_HOST", bed.engine().host()).output().unwrap();
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// One line of `docker`, which prints it through this template.
fn told(bed: &TestEngine, words: &[&str], template: &str) -> Vec<String> {
    let words = [words, &["--format", template]].concat();
    docker(bed, &words).trim_end().split('\t').map(str::to_owned).collect()
}

/// Containers in every state that a test can bring about.
async fn zoo(bed: &TestEngine) -> Vec<Container> {
    let plain = |name: &str, words: [&str; 2]| Spec::new(bed.image("1")).name(name).cmd(words);
    let healthy = bed.run(bed.server("1").name("healthy").port(8080).memory_mib(64)).await;
    let failing = bed.run(bed.server("1").name("failing").env("UNHEALTHY_AFTER_MS", 1)).await;
    let ended = bed.run(plain("ended", ["exit", "7"])).await;
    let killed = bed.run(bed.server("1").name("killed").memory_mib(32).env("MEMORY_MIB", 200)).await;
    let paused = bed.run(plain("paused", ["sleep", "600"])).await;
    let restarted = bed.run(plain("restarted", ["exit", "3"]).restart("on-failure:2")).await;
    let created = bed.create(plain("created", ["sleep", "600"])).await;
    paused.act("pause").await;
    healthy.wait_healthy().await;
    failing.wait_health("unhealthy").await;
    for container in [&ended, &killed, &restarted] {
        container
            .wait_for("to stay ended", async |seen| {
                let (state, policy) = (&seen["State"]["Status"], &seen["HostConfig"]["RestartPolicy"]);
                let count = seen["RestartCount"].as_u64() >= policy["MaximumRetryCount"].as_u64();
                if state == "exited" && count { Ok(()) } else { Err(format!("{state}")) }
            })
            .await;
    }
    vec![healthy, failing, ended, killed, paused, restarted, created]
}

#[tokio::test]
async fn ps_agrees_with_docker_inspect_in_every_state() {
    let Some(bed) = support::engine("ps_agrees_with_docker_inspect") else { return };
    if support::docker_cli("ps_agrees_with_docker_inspect").is_none() {
        return;
    }
    for container in zoo(&bed).await {
        let ours = stacktop(&bed, &["ps", "-a", &container.name]).remove(0);
        let theirs: Value = serde_json::from_str(&docker(&bed, &["inspect", &container.id])).unwrap();
        assert_eq!(seen_by_stacktop(&ours), seen_by_docker(&theirs[0]), "{}", container.name);
    }
}

/// What both tell; how a process ended is told of an ended one alone.
type Facts = BTreeMap<&'static str, Value>;

fn seen_by_stacktop(told: &Value) -> Facts {
    let fields =
        ["id", "name", "image", "state", "health", "exit_code", "oom_killed", "restarts", "started_at"];
    let mut facts: Facts = fields.into_iter().map(|field| (field, told[field].clone())).collect();
    facts.insert("created_at", told["created_at"].as_str().unwrap()[..19].into());
    facts.insert("memory", told["limits"]["memory"].clone());
    facts
}

fn seen_by_docker(told: &Value) -> Facts {
    let state = &told["State"];
    let when = |condition: bool, value: Value| if condition { value } else { Value::Null };
    let ended = state["Status"] == "exited";
    let runs = state["Running"] == true;
    let memory = told["HostConfig"]["Memory"].clone();
    BTreeMap::from([
        ("id", told["Id"].clone()),
        ("name", told["Name"].as_str().unwrap().trim_start_matches('/').into()),
        ("image", told["Config"]["Image"].clone()),
        ("state", state["Status"].clone()),
        // A check that ended with its container says nothing any more.
        ("health", when(runs, state["Health"]["Status"].as_str().unwrap_or("none").into())),
        ("exit_code", when(ended, state["ExitCode"].clone())),
        ("oom_killed", when(ended, state["OOMKilled"].clone())),
        ("restarts", when(state["Status"] != "created", told["RestartCount"].clone())),
        (
            "started_at",
            when(!state["StartedAt"].as_str().unwrap().starts_with("0001"), state["StartedAt"].clone()),
        ),
        ("created_at", told["Created"].as_str().unwrap()[..19].into()),
        ("memory", when(memory != 0, memory)),
    ])
}

#[tokio::test]
async fn ps_lists_what_docker_ps_lists() {
    let Some(bed) = support::engine("ps_lists_what_docker_ps_lists") else { return };
    if support::docker_cli("ps_lists_what_docker_ps_lists").is_none() {
        return;
    }
    let zoo = zoo(&bed).await;
    let mine: BTreeSet<&str> = zoo.iter().map(|container| container.id.as_str()).collect();
    let ours = stacktop(&bed, &["ps", "-a"]);
    let ours: Vec<&str> =
        ours.iter().filter_map(|one| one["id"].as_str()).filter(|id| mine.contains(id)).collect();
    let theirs = docker(&bed, &["ps", "-aq", "--no-trunc"]);
    let theirs: Vec<&str> = theirs.lines().filter(|id| mine.contains(id)).collect();
    assert_eq!(ours.iter().collect::<BTreeSet<_>>(), theirs.iter().collect());
}

#[tokio::test]
async fn published_ports_agree_with_docker_port() {
    let Some(bed) = support::engine("published_ports_agree_with_docker_port") else { return };
    if support::docker_cli("published_ports_agree_with_docker_port").is_none() {
        return;
    }
    let web = bed.run(bed.server("1").port(8080)).await;
    let ours = stacktop(&bed, &["ps", &web.name]).remove(0);
    let mut ours: Vec<String> = ours["ports"]
        .as_array()
        .unwrap()
        .iter()
        .map(|port| {
            let address = port["address"].as_str().unwrap();
            let address = if address.contains(':') { format!("[{address}]") } else { address.to_owned() };
            format!(
                "{}/{} -> {address}:{}",
                port["private"],
                port["protocol"].as_str().unwrap(),
                port["public"]
            )
        })
        .collect();
    let theirs = docker(&bed, &["port", &web.id]);
    let mut theirs: Vec<&str> = theirs.lines().collect();
    ours.sort();
    theirs.sort_unstable();
    assert_eq!(ours, theirs);
}

#[tokio::test]
async fn stats_agree_with_docker_stats_under_a_steady_load() {
    const TEMPLATE: &str = "{{.CPUPerc}}\t{{.MemUsage}}\t{{.PIDs}}";
    let Some(bed) = support::engine("stats_agree_with_docker_stats") else { return };
    if support::docker_cli("stats_agree_with_docker_stats").is_none() {
        return;
    }
    let spec = bed.server("1").memory_mib(128).env("CPU_PERCENT", 30).env("MEMORY_MIB", 40);
    let load = bed.run(spec.name("load")).await;
    load.wait_healthy().await;
    let mut apart = Vec::new();
    // Other work on the host disturbs both readings; one undisturbed pair is enough.
    for _ in 0..5 {
        let ours = stacktop(&bed, &["stats", &load.name]).remove(0);
        let theirs = told(&bed, &["stats", "--no-stream", &load.id], TEMPLATE);
        let (used, limit) = theirs[1].split_once(" / ").unwrap();
        assert_eq!(ours["memory_limit"].as_f64(), Some(bytes(limit)));
        let cpu =
            ours["cpu_percent"].as_f64().unwrap() - theirs[0].trim_end_matches('%').parse::<f64>().unwrap();
        let memory = ours["memory_used"].as_f64().unwrap() - bytes(used);
        if cpu.abs() <= CPU_TOLERANCE && memory.abs() <= MEMORY_TOLERANCE {
            return;
        }
        apart.push((cpu, memory));
    }
    panic!("CPU and memory are apart by {apart:?}");
}

/// A steady load. It has no health check: each run of one would take memory for a moment.
async fn load(bed: &TestEngine) -> Container {
    let spec = Spec::new(bed.image("1")).name("load").memory_mib(128);
    bed.run(spec.env("CPU_PERCENT", 30).env("MEMORY_MIB", HELD_MIB)).await
}

/// The memory that [`load`] holds once it is up, in MiB.
const HELD_MIB: u64 = 40;

/// A container, seen from both sides.
struct Measured {
    id: ContainerId,
    engine: Engine,
    observations: mpsc::Receiver<Observation>,
    _watched: watch::Sender<Vec<ContainerId>>,
    _token: DropGuard,
}

impl Measured {
    /// The container of [`load`], once it is up.
    async fn of(bed: &TestEngine, load: &Container) -> Self {
        let id = ContainerId::new(&load.id);
        let surroundings = Surroundings {
            variables: BTreeMap::from([("DOCKER_HOST".into(), bed.engine().host())]),
            ..Surroundings::default()
        };
        let connector = Connector::choose(&Choice::default(), &surroundings).unwrap();
        let engine = connector.connect().await.unwrap();
        let (watched, watching) = watch::channel(vec![id.clone()]);
        let token = CancellationToken::new();
        let (observations, _handle) = observe(connector, Some(engine.clone()), watching, token.clone());
        let mut measured = Self { id, engine, observations, _watched: watched, _token: token.drop_guard() };
        while measured.kernel().await.memory.used < HELD_MIB << 20 {}
        measured
    }

    /// The next sample of the kernel's files.
    async fn kernel(&mut self) -> Sample {
        loop {
            let Observation::Samples(samples) = self.observations.recv().await.unwrap() else { continue };
            let ours = samples.into_iter().find(|(of, _)| *of == self.id).map(|(_, sample)| sample);
            if let Some(sample) = ours.filter(|sample| sample.source == SampleSource::Kernel) {
                return sample;
            }
        }
    }

    /// What both tell while the container is frozen, so that nothing is used between the two.
    async fn both(&mut self) -> (Sample, Sample) {
        self.engine.pause(self.id.as_str()).await.unwrap();
        let frozen_at = Timestamp::now();
        let kernel = loop {
            let sample = self.kernel().await;
            if sample.at > frozen_at {
                break sample;
            }
        };
        let engine = self.engine.sample(&self.id).await.unwrap();
        self.engine.unpause(self.id.as_str()).await.unwrap();
        (kernel, engine)
    }

    /// Samples from both, until each of the engine's lies between two of the kernel's.
    async fn around(&mut self) -> (Vec<Sample>, Vec<Sample>) {
        let mut ours = vec![self.kernel().await];
        let theirs: Vec<_> = self.engine.samples(&self.id).await.unwrap().take(3).collect().await;
        let theirs: Vec<Sample> = theirs.into_iter().map(Result::unwrap).collect();
        // What is read within this time of the engine's last reading may have been read before it.
        let last = theirs[2].at + SignedDuration::from_millis(200);
        while ours.last().unwrap().at < last {
            ours.push(self.kernel().await);
        }
        (ours, theirs)
    }
}

#[tokio::test]
async fn over_the_same_time_the_kernel_and_the_engine_tell_of_the_same_use() {
    let Some(bed) = support::engine("over_the_same_time_the_kernel") else { return };
    let load = load(&bed).await;
    let mut measured = Measured::of(&bed, &load).await;
    let (kernel_before, engine_before) = measured.both().await;
    while measured.kernel().await.cpu_ns < kernel_before.cpu_ns + 500_000_000 {}
    let (kernel, engine) = measured.both().await;
    let used = [
        ("CPU time", kernel.cpu_ns - kernel_before.cpu_ns, engine.cpu_ns - engine_before.cpu_ns),
        ("memory", kernel.memory.used, engine.memory.used),
    ];
    for (what, kernel, engine) in used {
        assert!(
            kernel.abs_diff(engine) * 100 <= engine,
            "{what}: {kernel} of the kernel, {engine} of the engine"
        );
    }
}

#[tokio::test]
async fn what_the_kernel_tells_lies_around_what_the_engine_tells() {
    let Some(bed) = support::engine("what_the_kernel_tells_lies_around") else { return };
    let load = load(&bed).await;
    let (ours, theirs) = Measured::of(&bed, &load).await.around().await;
    let apart = SignedDuration::from_millis(100);
    for engine in &theirs {
        let before = ours.iter().rfind(|sample| sample.at + apart < engine.at);
        let after = ours.iter().find(|sample| sample.at > engine.at + apart).unwrap();
        let floor = before.map_or(0, |sample| sample.cpu_ns);
        assert!((floor..=after.cpu_ns).contains(&engine.cpu_ns), "{before:?} {engine:?} {after:?}");
        assert_eq!(after.memory.limit, engine.memory.limit);
        let memory = after.memory.used.abs_diff(engine.memory.used) as f64;
        assert!(memory <= MEMORY_TOLERANCE, "{engine:?} {after:?}");
        let (network, told) = (after.network.unwrap(), engine.network.unwrap());
        assert!(network.input >= told.input && network.output >= told.output, "{engine:?} {after:?}");
        assert_eq!(after.block.is_some(), engine.block.is_some(), "{engine:?} {after:?}");
        assert_eq!(after.pids, engine.pids);
    }
}

/// A size as the docker client prints it: `45.2MiB`.
fn bytes(text: &str) -> f64 {
    let unit = text.find(|c: char| c.is_ascii_alphabetic()).unwrap();
    let factor = match &text[unit..] {
        "B" => 1.0,
        "KiB" => 1024.0,
        "MiB" => 1024.0 * 1024.0,
        "GiB" => 1024.0 * 1024.0 * 1024.0,
        other => panic!("{other}"),
    };
    text[..unit].parse::<f64>().unwrap() * factor
}

#[tokio::test]
async fn logs_agree_with_docker_logs() {
    let Some(bed) = support::engine("logs_agree_with_docker_logs") else { return };
    if support::docker_cli("logs_agree_with_docker_logs").is_none() {
        return;
    }
    let speaker = bed.run(Spec::new(bed.image("1")).name("speaker").cmd(["log"]).env("LOG_LINES", 500)).await;
    speaker.wait_exit().await;
    let run = |words: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_stacktop"));
        let output = command.args(words).env("DOCKER_HOST", bed.engine().host()).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    for options in [&["--timestamps"][..], &["--tail", "7"], &["--since", "2020-01-01T00:00:00Z"]] {
        let ours = run(&[&["logs", "--no-prefix", &speaker.name], options].concat());
        let theirs = docker(&bed, &[&["logs"], options, &[speaker.id.as_str()]].concat());
        assert!(ours == theirs, "{options:?}: {} and {} lines", ours.lines().count(), theirs.lines().count());
    }
}

#[tokio::test]
async fn a_projects_services_agree_with_the_labels_that_docker_shows() {
    let Some(bed) = support::engine("a_projects_services_agree") else { return };
    if support::docker_cli("a_projects_services_agree").is_none() {
        return;
    }
    let web = Service::new("web", bed.server("1")).replicas(2);
    let project = bed.compose_project("shop", &[web]).await;
    let ours: Vec<String> = stacktop(&bed, &["ps", &project.name])
        .iter()
        .map(|one| {
            format!("{} {} {}", one["id"].as_str().unwrap(), one["service"].as_str().unwrap(), one["slot"])
        })
        .collect();
    let filter = format!("label=com.docker.compose.project={}", project.name);
    let template = "{{.ID}} {{.Label \"com.docker.compose.service\"}} {{.Label \"com.docker.compose.container-number\"}}";
    let theirs = docker(&bed, &["ps", "--no-trunc", "--filter", &filter, "--format", template]);
    let mut theirs: Vec<&str> = theirs.lines().collect();
    theirs.sort_by_key(|line| line.rsplit(' ').next());
    assert_eq!(ours, theirs);
}
