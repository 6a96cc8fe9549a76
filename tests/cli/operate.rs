//! Verbs that change things: on the simulated engine what is planned and refused, on a real one what is done.

use super::program::{Ended, command, ended, fine, json, refused};
use super::support::{self, ComposeProject, PtyBuilder, Service, Spec, TestEngine};
use serde_json::Value;

/// What the program says to options that it does not take.
fn refused_by_usage(line: &str) -> String {
    let ended = ended(command(line).output().unwrap());
    assert_eq!((ended.code, ended.out.as_str()), (2, ""), "{line}");
    ended.err
}

/// The program with words of its own, on the test's engine.
fn run(bed: &TestEngine, line: &str) -> Ended {
    ended(command(line).env("DOCKER_HOST", bed.engine().host()).env("USER", "ada").output().unwrap())
}

/// A healthy project with one service, `web`.
async fn shop(bed: &TestEngine, spec: Spec, replicas: usize) -> ComposeProject {
    let project = bed.compose_project("shop", &[Service::new("web", spec).replicas(replicas)]).await;
    project.wait_healthy().await;
    project
}

/// The service's containers: name, image and state, by name.
async fn containers(bed: &TestEngine, project: &ComposeProject) -> Vec<(String, String, String)> {
    let label = format!("com.docker.compose.project={}", project.name);
    let mut found: Vec<_> = bed.containers_with(&label).await.iter().map(facts).collect();
    found.sort();
    found
}

fn facts(container: &Value) -> (String, String, String) {
    let name = container["Names"][0].as_str().unwrap_or_default().trim_start_matches('/').to_owned();
    let text = |field: &str| container[field].as_str().unwrap_or_default().to_owned();
    (name, text("Image"), text("State"))
}

fn running(project: &ComposeProject, numbers: &[u64], image: &str) -> Vec<(String, String, String)> {
    let name = |number: &u64| format!("{}-web-{number}", project.name);
    numbers.iter().map(|number| (name(number), image.to_owned(), "running".to_owned())).collect()
}

fn last(ended: &Ended) -> Value {
    serde_json::from_str(ended.out.lines().last().unwrap_or_default()).unwrap_or_else(|_| panic!("{ended:?}"))
}

#[test]
fn a_plan_tells_every_step_and_ends_with_code_0() {
    let text = fine("--demo scale xorb/api-prod=5 --plan");
    for part in ["from 3 to 5", "create xorb-api-prod-4", "undo        stacktop scale xorb/api-prod=3"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let plan = json("--demo rollout xorb/api-prod --force --plan --json", 0);
    assert_eq!(plan["plans"][0]["title"], "rolling update of xorb/api-prod");
    assert_eq!(plan["plans"][0]["steps"][0]["state"], "creating", "{plan}");
}

#[test]
fn what_services_of_a_stack_need_is_started_before_them_and_stopped_after_them() {
    for (verb, is_first) in [("restart", true), ("stop", false)] {
        let plan = json(&format!("--demo {verb} mundo-tango --plan --json"), 0);
        let steps = plan["plans"][0]["steps"].as_array().unwrap();
        let place = |service: &str| {
            let is_of_it = |step: &Value| {
                let act = step["act"].as_str().unwrap_or_default();
                act.starts_with(verb) && act.contains(service)
            };
            steps.iter().position(is_of_it).unwrap_or_else(|| panic!("{service}: {plan}"))
        };
        assert_eq!(place("-postgres") < place("-app"), is_first, "{plan}");
    }
}

#[test]
fn a_rollout_to_what_runs_already_says_so_and_touches_nothing() {
    for line in ["rollout xorb/api-prod", "rollout xorb/api-prod --image xorb/api:v1.2.3 --yes"] {
        assert_eq!(fine(&format!("--demo {line}")), "nothing to do: it is so already\n", "{line}");
    }
    let plan = fine("--demo rollout xorb/api-prod --plan");
    assert!(plan.contains("every replica runs xorb/api:v1.2.3") && plan.contains("--force"), "{plan}");
}

#[test]
fn the_tag_of_a_swarm_service_is_pinned_and_the_plan_says_what_that_means_for_tasks_without_a_digest() {
    let plan = fine("--demo rollout medianest/redis --plan");
    for part in ["redis:7-alpine → redis:7-alpine@sha256:", "all are replaced"] {
        assert!(plan.contains(part), "{part}: {plan}");
    }
}

#[test]
fn a_volume_that_bears_two_writers_is_said_to() {
    let line = "--demo rollout mundo-tango/postgres --force --order start-first --plan";
    let sentence = refused(line, 2);
    assert!(sentence.contains("--allow-shared-volume mundo-tango_postgres-data"), "{sentence}");
    let plan = fine(&format!("{line} --allow-shared-volume postgres-data"));
    assert!(plan.contains("start-first: --order says so"), "{plan}");
}

#[test]
fn options_of_a_rollout_are_in_its_plan() {
    let options = "--parallelism 2 --delay 1m30s --soak 500ms --on-failure pause";
    let plan = fine(&format!("--demo rollout xorb/api-prod --force {options} --plan"));
    for part in ["3, 2 at a time, 90 s in between", "soak 0.5 s", "you decide on the others", "wait for 90 s"]
    {
        assert!(plan.contains(part), "{part}: {plan}");
    }
    for (option, hint) in [("--on-failure explode", "rollback, pause or continue"), ("--delay 9", "60s")] {
        let line = format!("--demo rollout xorb/api-prod {option} --plan");
        assert!(refused_by_usage(&line).contains(hint), "{line}");
    }
}

#[test]
fn services_are_scaled_up_and_down_in_one_go() {
    let out = fine("--demo scale xorb/api-prod=4 mundo-tango/redis=1 --yes");
    assert!(out.contains("slot 4  creating") && out.contains("nothing to do"), "{out}");
    assert!(out.lines().last() == Some("nothing to do: it is so already"), "{out}");
    let out = fine("--demo scale xorb/api-prod=2 --yes");
    // The one that is not healthy goes first.
    assert!(out.contains("slot 1  stopping") && out.ends_with("done\n"), "{out}");
}

#[test]
fn nobody_is_asked_without_a_terminal() {
    for verb in ["stop xorb/api-prod", "scale xorb/api-prod=4", "rm --force xorb/api-prod/1", "drain node-b"]
    {
        let sentence = refused(&format!("--demo {verb}"), 2);
        assert!(sentence.contains("--yes") && sentence.contains("--plan"), "{sentence}");
    }
    assert_eq!(fine("--demo start xorb/api-prod"), "nothing to do: it is so already\n");
}

#[test]
fn reading_alone_changes_nothing_and_still_plans() {
    for verb in ["stop xorb", "scale xorb/api-prod=4", "rollout xorb/api-prod", "pull nginx", "drain node-b"]
    {
        let sentence = refused(&format!("--demo --read-only {verb} --yes"), 2);
        assert!(sentence.contains("STACKTOP_READ_ONLY"), "{sentence}");
    }
    let output = command("--demo stop xorb --yes").env("STACKTOP_READ_ONLY", "1").output().unwrap();
    assert_eq!(ended(output).code, 2);
    fine("--demo --read-only stop xorb --plan");
    fine("--demo --read-only ops ls");
}

#[test]
fn what_cannot_be_is_refused_with_the_way_out() {
    for (line, way_out) in [
        ("stop medianest/redis --yes", "stacktop scale medianest/redis=N"),
        ("restart medianest/redis/1 --yes", "stacktop rollout medianest/redis"),
        ("scale medianest=3 --yes", "medianest/redis"),
        ("scale xorb/api-prod/1=3 --yes", "name its service, xorb/api-prod"),
        ("rollout medianest/redis --order start-first --yes", "update_config"),
        ("rollout xorb/api-prod --image nowhere:9 --yes", "stacktop pull nowhere:9"),
        ("scale medianest/node-exporter=2 --yes", "no number to set"),
        ("rm xorb/api-prod/1 --yes", "--force"),
        ("drain node-z --yes", "node-a"),
        ("ops resume 01x --yes", "stacktop ops ls"),
    ] {
        let sentence = refused(&format!("--demo {line}"), 2);
        assert!(sentence.contains(way_out), "{line}: {sentence}");
    }
}

#[test]
fn a_terminal_is_asked_by_the_risk() {
    let ask = |line: &str, answer: &str| {
        let words: [&str; 3] = line.split(' ').collect::<Vec<_>>().try_into().unwrap();
        let pty = PtyBuilder::new().args(words).size(40, 160).start();
        pty.wait_for("xorb/api-prod/1");
        pty.wait_until("the question", |screen| screen.contains("[y/N]") || screen.contains("to do it:"));
        pty.send(answer.as_bytes());
        let code = pty.wait_exit().code;
        (code, pty.screen())
    };
    let (code, screen) = ask("--demo stop xorb/api-prod/1", "y\n");
    assert!(code == 0 && screen.contains("done"), "{screen}");
    let (code, screen) = ask("--demo stop xorb/api-prod/1", "\n");
    assert!(code == 2 && screen.contains("nothing was done"), "{screen}");
}

#[test]
fn a_high_risk_takes_the_name() {
    for (answer, code) in [("y\n", 2), ("xorb/api-prod/1\n", 0)] {
        let args = ["--demo", "rm", "--force", "xorb/api-prod/1"];
        let pty = PtyBuilder::new().args(args).size(40, 160).start();
        pty.wait_for("type xorb/api-prod/1 to do it:");
        pty.send(answer.as_bytes());
        assert_eq!(pty.wait_exit().code, code, "{}", pty.screen());
    }
}

#[test]
fn a_stack_is_rolled_out_in_the_order_of_what_depends_on_what() {
    let plans = json("--demo rollout xorb --all --in-order --force --plan --json", 0);
    let titles: Vec<&str> =
        plans["plans"].as_array().unwrap().iter().filter_map(|plan| plan["title"].as_str()).collect();
    let place = |name: &str| titles.iter().position(|title| title.ends_with(name)).unwrap();
    assert!(place("/postgres-prod") < place("/api-prod"), "{titles:?}");
    assert!(place("/api-prod") < place("/nginx"), "{titles:?}");
    let out = fine("--demo rollout xorb --all --yes");
    assert_eq!(out.matches("nothing to do: it is so already").count(), titles.len(), "{out}");
    for (line, way_out) in [
        ("rollout xorb/api-prod --all --plan", "name its stack, xorb"),
        ("rollout medianest --all --plan", "one by one"),
        ("rollback xorb/api-prod --plan", "nothing is known"),
        ("rollback medianest/redis --plan", "--image"),
    ] {
        let sentence = refused(&format!("--demo {line}"), 2);
        assert!(sentence.contains(way_out), "{line}: {sentence}");
    }
    for line in ["rollout xorb --in-order", "rollout xorb --all --image x"] {
        assert!(refused_by_usage(&format!("--demo {line}")).contains("--all"), "{line}");
    }
}

#[test]
fn what_has_done_its_work_is_left_alone_when_a_stack_is_rolled_out() {
    let folder = tempfile::tempdir().unwrap();
    let world = folder.path().join("shop.yaml");
    let text = "stacks: {shop: {kind: compose, age: 1d, services: {\
                web: {image: \"shop/web:1\", depends_on: [\"migrate:service_completed_successfully\"]}, \
                migrate: {image: \"shop/db:1\", exited: 0}}}}\n";
    std::fs::write(&world, text).unwrap();
    let line = format!("--demo --world {} rollout shop --all --force --plan", world.display());
    let ended = ended(command(&line).output().unwrap());
    assert!(ended.code == 0 && ended.out.contains("rolling update of shop/web"), "{ended:?}");
    assert!(!ended.out.contains("shop/migrate"), "{ended:?}");
    assert!(ended.err.contains("shop/migrate does not run and is left alone"), "{ended:?}");
}

#[tokio::test]
async fn a_service_that_fails_keeps_later_waves_from_beginning() {
    let Some(bed) = support::engine("a_service_that_fails_keeps_later_waves") else { return };
    let broken = Broken::to_be(&bed).await;
    let web = Spec::new(&broken.reference).name("web").health("/health", 300);
    let services = [
        Service::new("db", bed.server("1")),
        Service::new("web", web).depends_on("db", "service_healthy"),
        Service::new("front", bed.server("1")).depends_on("web", "service_started"),
    ];
    let project = bed.compose_project("waves", &services).await;
    project.wait_healthy().await;
    broken.breaks(&bed, &project).await;
    let before = containers(&bed, &project).await;
    let flags = "--all --in-order --force --soak 500ms --timeout 5s --yes";
    let ended = run(&bed, &format!("rollout {} {flags} --json", project.name));
    assert_eq!(ended.code, 1, "{ended:?}");
    let lines = ended.out.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let verdicts: Vec<String> =
        lines.filter_map(|line| line["verdict"].as_str().map(str::to_owned)).collect();
    assert_eq!(verdicts, ["done", "rolled_back", "not_begun"]);
    let after: Vec<_> = containers(&bed, &project).await;
    assert_eq!(names(&after), names(&before), "everything serves under its name");
    let ended = run(&bed, &format!("rollout {} {flags}", project.name));
    let (name, told) = (&project.name, &ended.err);
    assert!(
        told.contains(&format!("done: {name}/db; not done: {name}/web; not begun: {name}/front")),
        "{told}"
    );
    assert_eq!(run(&bed, "ops ls --json").out.matches(name.as_str()).count(), 0, "the locks are given back");
}

fn names(found: &[(String, String, String)]) -> Vec<(&str, &str)> {
    found.iter().map(|(name, _, state)| (name.as_str(), state.as_str())).collect()
}

#[tokio::test]
async fn a_dependent_that_wants_it_is_restarted_after_the_update() {
    let Some(bed) = support::engine("a_dependent_that_wants_it_is_restarted") else { return };
    let services = [
        Service::new("web", bed.server("1")),
        Service::new("worker", bed.server("1")).restarts_with("web"),
        Service::new("other", bed.server("1")).depends_on("web", "service_started"),
    ];
    let project = bed.compose_project("again", &services).await;
    project.wait_healthy().await;
    let pid = async |service: &str| project.replica_of(service, 1).inspect().await["State"]["Pid"].clone();
    let before = (pid("worker").await, pid("other").await);
    let line = format!("rollout {}/web --image {} --soak 500ms --yes", project.name, bed.image("2"));
    let done = run(&bed, &line);
    assert_eq!(done.code, 0, "{done:?}");
    assert_ne!(pid("worker").await, before.0, "{done:?}");
    assert_eq!(pid("other").await, before.1, "{done:?}");
    let planned = run(&bed, &format!("rollback {}/web --soak 500ms --plan", project.name));
    for part in ["(what it ran before operation ", "put the last update of", "takes the name"] {
        assert!(planned.code == 0 && planned.out.contains(part), "{part}: {planned:?}");
    }
    let back = run(&bed, &format!("rollback {}/web --soak 500ms --yes", project.name));
    assert_eq!(back.code, 0, "{back:?}");
    let web = containers(&bed, &project).await.into_iter().filter(|(name, ..)| name.contains("-web-"));
    assert_eq!(web.collect::<Vec<_>>(), running(&project, &[1], &bed.image("1")));
}

#[tokio::test]
async fn a_service_is_scaled_up_and_back() {
    let Some(bed) = support::engine("a_service_is_scaled_up_and_back") else { return };
    let project = shop(&bed, bed.server("1"), 2).await;
    let image = bed.image("1");
    let planned = run(&bed, &format!("scale {}/web=3 --plan", project.name));
    assert_eq!(planned.code, 0, "{planned:?}");
    assert_eq!(
        containers(&bed, &project).await,
        running(&project, &[1, 2], &image),
        "a plan touches nothing"
    );
    let up = run(&bed, &format!("scale {}/web=3 --yes --json", project.name));
    assert_eq!((up.code, &last(&up)["verdict"]), (0, &"done".into()), "{up:?}");
    assert_eq!(containers(&bed, &project).await, running(&project, &[1, 2, 3], &image));
    let down = run(&bed, &format!("scale {}/web=2 --yes", project.name));
    assert_eq!(down.code, 0, "{down:?}");
    assert_eq!(containers(&bed, &project).await, running(&project, &[1, 2], &image));
}

#[tokio::test]
async fn a_service_is_rolled_out_to_a_second_version() {
    let Some(bed) = support::engine("a_service_is_rolled_out_to_a_second_version") else { return };
    let project = shop(&bed, bed.server("1"), 2).await;
    let image = bed.image("2");
    let done = run(&bed, &format!("rollout {}/web --image {image} --soak 1s --yes --json", project.name));
    assert_eq!(done.code, 0, "{done:?}");
    assert_eq!(containers(&bed, &project).await, running(&project, &[1, 2], &image));
    let lines: Vec<Value> = done.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let states: Vec<&str> = lines.iter().filter_map(|line| line["state"].as_str()).collect();
    for state in ["creating", "starting", "gate", "soak", "replacing", "swapping", "committing"] {
        assert!(states.contains(&state), "{state}: {states:?}");
    }
    assert_eq!(run(&bed, "ops ls --json").out.matches(&project.name).count(), 0, "the lock is given back");
}

/// An image whose program runs and serves nothing; removed when dropped.
struct Broken {
    reference: String,
    socket: std::path::PathBuf,
}

impl Broken {
    /// For now it serves, for a project that is to be made of it.
    async fn to_be(bed: &TestEngine) -> Self {
        let repository = format!("stacktop-test/{}", bed.unique("broken"));
        let path = format!("/images/{}/tag?repo={repository}&tag=1", bed.image("1"));
        let answer = bed.engine().post(&path, Value::Null).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        Self { reference: format!("{repository}:1"), socket: bed.engine().socket().to_owned() }
    }

    /// From now on the reference means what does not serve.
    async fn breaks(&self, bed: &TestEngine, project: &ComposeProject) {
        let repository = self.reference.trim_end_matches(":1");
        let container = &project.replica_of("web", 1).id;
        let changes = "CMD%20%5B%22sleep%22%5D";
        let path = format!("/commit?container={container}&repo={repository}&tag=1&pause=0&changes={changes}");
        let answer = bed.engine().post(&path, serde_json::json!({})).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
    }
}

impl Drop for Broken {
    fn drop(&mut self) {
        let path = format!("/images/{}?force=1", self.reference);
        let removed = support::blocking::call(&self.socket, "DELETE", &path);
        #[allow(clippy::print_stderr, reason = "a test tells what it leaves behind")]
        if !matches!(removed, Ok((200..300 | 404, _))) {
            eprintln!("left behind: {}: {removed:?}", self.reference);
        }
    }
}

#[tokio::test]
async fn an_image_that_never_serves_is_rolled_back_with_its_last_words() {
    let Some(bed) = support::engine("an_image_that_never_serves_is_rolled_back") else { return };
    let project = shop(&bed, bed.server("1"), 2).await;
    let broken = Broken::to_be(&bed).await;
    broken.breaks(&bed, &project).await;
    let image = &broken.reference;
    let line = format!("rollout {}/web --image {image} --soak 1s --timeout 5s --yes", project.name);
    let failed = run(&bed, &line);
    assert_eq!(failed.code, 1, "{failed:?}");
    for part in ["everything is as before", "probe: exit 1 \"cannot ask"] {
        assert!(failed.err.contains(part), "{part}: {}", failed.err);
    }
    assert_eq!(containers(&bed, &project).await, running(&project, &[1, 2], &bed.image("1")));
    assert_eq!(run(&bed, "ops ls --json").out.matches(&project.name).count(), 0, "the lock is given back");
}

#[tokio::test]
async fn a_replica_that_never_serves_is_taken_away_again() {
    let Some(bed) = support::engine("a_replica_that_never_serves_is_taken_away") else { return };
    let broken = Broken::to_be(&bed).await;
    let spec = Spec::new(&broken.reference).name("web").health("/health", 300);
    let project = shop(&bed, spec, 1).await;
    broken.breaks(&bed, &project).await;
    let failed = run(&bed, &format!("scale {}/web=3 --yes", project.name));
    assert!(failed.code == 1 && failed.err.contains("everything is as before"), "{failed:?}");
    let left = containers(&bed, &project).await;
    assert_eq!(left.len(), 1, "{left:?}");
    assert_eq!(left[0].2, "running");
    assert_eq!(run(&bed, "ops ls --json").out.matches(&project.name).count(), 0, "the lock is given back");
}

#[tokio::test]
async fn a_service_of_which_only_one_can_be_is_not_scaled() {
    let Some(bed) = support::engine("a_service_of_which_only_one_can_be") else { return };
    let port = serde_json::json!({ "8080/tcp": [{ "HostIp": "127.0.0.1", "HostPort": "18977" }] });
    let project = shop(&bed, bed.server("1").host("PortBindings", port), 1).await;
    let line = format!("scale {}/web=2 --yes", project.name);
    let refusal = run(&bed, &line);
    assert!(refusal.code == 2 && refusal.err.contains("18977"), "{refusal:?}");
    let line = format!("rollout {}/web --order start-first --yes", project.name);
    let refusal = run(&bed, &line);
    assert!(refusal.code == 2 && refusal.err.contains("stop-first"), "{refusal:?}");
    assert_eq!(containers(&bed, &project).await, running(&project, &[1], &bed.image("1")));
}

#[tokio::test]
async fn an_interrupted_rollout_waits_and_is_gone_on_with() {
    let Some(bed) = support::engine("an_interrupted_rollout_waits") else { return };
    let project = shop(&bed, bed.server("1"), 2).await;
    let image = bed.image("2");
    let child = command(&format!("rollout {}/web --image {image} --soak 2s --yes --json", project.name))
        .env("DOCKER_HOST", bed.engine().host())
        .spawn()
        .unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
    let pid = rustix::process::Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    let stopped = ended(child.wait_with_output().unwrap());
    assert_eq!((stopped.code, &last(&stopped)["verdict"]), (130, &"interrupted".into()), "{stopped:?}");
    let operation = last(&stopped)["op"].as_str().unwrap().to_owned();
    assert!(run(&bed, "ops ls").out.contains(&operation));
    let shown = run(&bed, &format!("ops show {operation}"));
    assert!(shown.code == 0 && shown.out.contains("  gone"), "{shown:?}");
    let busy = run(&bed, &format!("restart {}/web --yes", project.name));
    assert!(busy.code == 2 && busy.err.contains("ops resume"), "{busy:?}");
    let done = run(&bed, &format!("ops resume {operation} --yes"));
    assert_eq!(done.code, 0, "{done:?}");
    assert_eq!(containers(&bed, &project).await, running(&project, &[1, 2], &image));
}

#[tokio::test]
async fn replicas_are_restarted_stopped_started_and_removed() {
    let Some(bed) = support::engine("replicas_are_restarted_stopped_started") else { return };
    let project = shop(&bed, bed.server("1"), 2).await;
    for (verb, states) in [
        ("restart", ["running", "running"]),
        ("pause", ["paused", "paused"]),
        ("unpause", ["running", "running"]),
        ("stop --time 1s", ["exited", "exited"]),
        ("start", ["running", "running"]),
        ("kill --signal KILL", ["exited", "exited"]),
    ] {
        let done = run(&bed, &format!("{verb} {}/web --yes", project.name));
        assert_eq!(done.code, 0, "{verb}: {done:?}");
        let found = containers(&bed, &project).await;
        assert_eq!(found.iter().map(|(_, _, state)| state.as_str()).collect::<Vec<_>>(), states, "{verb}");
    }
    assert_eq!(run(&bed, &format!("rm {}/web --yes", project.name)).code, 0);
    assert!(containers(&bed, &project).await.is_empty());
}

#[test]
fn a_swarm_service_is_scaled_and_its_tasks_are_replaced() {
    // Faster, the world would have its engine restarted in between.
    let out = fine("--demo --speed 8 scale medianest/redis=2 --yes");
    assert!(out.contains("2 of 2 tasks run") && out.ends_with("done\n"), "{out}");
    let out = fine("--demo --speed 8 rollout medianest/redis --force --yes");
    assert!(out.contains("1 of 1 tasks run") && out.ends_with("done\n"), "{out}");
}

#[test]
fn a_third_ctrl_c_stops_at_once_and_tells_how_to_go_on() {
    let args = ["--demo", "rollout", "mundo-tango/redis", "--force", "--soak", "60s", "--yes"];
    let pty = PtyBuilder::new().args(args).size(40, 200).start();
    pty.wait_for("soak");
    pty.send(b"\x03");
    pty.wait_for("Ctrl-C again stops after the running step");
    pty.send(b"\x03");
    pty.wait_for("Ctrl-C again stops at once");
    pty.send(b"\x03");
    let exit = pty.wait_exit();
    let screen = pty.screen();
    assert!(exit.code == 130 && screen.contains("stacktop ops resume"), "{screen}");
}
