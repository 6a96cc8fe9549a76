//! What nobody uses is removed: planned by name, confirmed by what is lost.

use super::program::{Ended, command, ended, fine, json, refused};
use super::support::{self, ComposeProject, Service, Spec, TestEngine};
use serde_json::{Value, json};

/// The program with words of its own, on the test's engine.
fn run(bed: &TestEngine, line: &str) -> Ended {
    ended(command(line).env("DOCKER_HOST", bed.engine().host()).output().unwrap())
}

/// A project with a server, a job that has ended, a network and a volume that nobody uses.
async fn shop(bed: &TestEngine) -> (ComposeProject, String, String) {
    let services = [
        Service::new("web", bed.server("1")),
        Service::new("job", Spec::new(bed.image("1")).cmd(["exit", "7"])),
    ];
    let project = bed.compose_project("shop", &services).await;
    project.replica_of("job", 1).wait_exit().await;
    let labels = json!({ "com.docker.compose.project": project.name });
    let network = bed.network("left", labels.clone()).await;
    let volume = bed.volume("left", labels).await;
    (project, network, volume)
}

async fn is_there(bed: &TestEngine, path: &str) -> bool {
    bed.engine().get(path).await.status == 200
}

#[test]
fn a_plan_of_the_world_says_how_much_of_each_kind_goes() {
    let text = fine("--demo prune --plan");
    for part in ["remove what nobody uses on", "frees", "images", "cache", "--volumes"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let plan = &json("--demo prune --plan --json", 0)["plans"][0];
    assert_eq!((&plan["risk"], &plan["facts"][0]["name"]), (&"some".into(), &"frees".into()), "{plan}");
}

#[test]
fn a_stack_that_there_is_not_is_a_slip() {
    let sentence = refused("--demo prune nowhere --yes", 2);
    assert!(sentence.contains("no stack is called `nowhere`"), "{sentence}");
}

#[tokio::test]
async fn of_a_stack_what_nobody_uses_goes_and_what_runs_stays() {
    let Some(bed) = support::engine("of_a_stack_what_nobody_uses_goes") else { return };
    removes_what_nobody_uses(&bed).await;
}

#[tokio::test]
async fn so_it_is_on_a_newer_engine() {
    let Some(bed) = support::newer_engine("so_it_is_on_a_newer_engine") else { return };
    removes_what_nobody_uses(&bed).await;
}

async fn removes_what_nobody_uses(bed: &TestEngine) {
    let (project, network, volume) = shop(bed).await;
    let job = project.replica_of("job", 1).name.clone();
    let planned = run(bed, &format!("prune {} --plan --json", project.name));
    let plans: Value = serde_json::from_str(&planned.out).unwrap_or_else(|_| panic!("{planned:?}"));
    let steps = plans["plans"][0]["steps"].as_array().unwrap();
    let acts: Vec<&str> = steps.iter().map(|step| step["act"].as_str().unwrap()).collect();
    assert_eq!(acts, [format!("remove {job}"), format!("remove network {network}")]);
    assert!(is_there(bed, &format!("/networks/{network}")).await, "a plan touches nothing");
    let asked = run(bed, &format!("prune {}", project.name));
    assert!(asked.code == 2 && asked.err.contains("--yes"), "{asked:?}");
    let done = run(bed, &format!("prune {} --yes", project.name));
    assert!(done.code == 0 && done.out.ends_with("done\n"), "{done:?}");
    for (path, stays) in [
        (format!("/containers/{job}/json"), false),
        (format!("/networks/{network}"), false),
        (format!("/volumes/{volume}"), true),
        (format!("/networks/{}", project.network), true),
        (format!("/containers/{}/json", project.replica_of("web", 1).name), true),
    ] {
        assert_eq!(is_there(bed, &path).await, stays, "{path}");
    }
}

#[tokio::test]
async fn volumes_go_by_name_only_and_not_while_their_stack_has_containers() {
    let Some(bed) = support::engine("volumes_go_by_name_only") else { return };
    let (project, _, volume) = shop(&bed).await;
    let stack = &project.name;
    let kept = run(&bed, &format!("prune {stack} --volumes --confirm {stack}"));
    assert!(kept.code == 0 && kept.out.contains("nothing to do"), "{kept:?}");
    for service in ["web", "job"] {
        let container = &project.replica_of(service, 1).id;
        bed.engine().delete(&format!("/containers/{container}?force=1")).await;
    }
    let asked = run(&bed, &format!("prune {stack} --volumes --yes"));
    assert!(asked.code == 2 && asked.err.contains(&format!("--confirm {stack}")), "{asked:?}");
    let wrong = run(&bed, &format!("prune {stack} --volumes --confirm shop"));
    assert!(wrong.code == 2 && is_there(&bed, &format!("/volumes/{volume}")).await, "{wrong:?}");
    let done = run(&bed, &format!("prune {stack} --volumes --confirm {stack}"));
    assert_eq!(done.code, 0, "{done:?}");
    assert!(!is_there(&bed, &format!("/volumes/{volume}")).await);
}

#[tokio::test]
async fn an_image_without_a_name_goes_once_no_container_is_made_from_it() {
    let Some(bed) = support::engine("an_image_without_a_name_goes") else { return };
    let stack = bed.unique("built");
    let web = bed.run(Spec::new(bed.image("1"))).await;
    let path = format!("/commit?container={}&pause=0", web.id);
    let labels = json!({ "Labels": { "com.docker.compose.project": stack } });
    let made = bed.engine().post(&path, labels).await.json();
    let image = made["Id"].as_str().unwrap().to_owned();
    let user = bed.create(Spec::new(&image).name("user")).await;
    let line = format!("prune {stack} --images --yes");
    let kept = run(&bed, &line);
    assert!(kept.out.contains("nothing to do") || kept.code == 2, "{kept:?}");
    assert!(is_there(&bed, &format!("/images/{image}/json")).await, "a container needs it");
    bed.engine().delete(&format!("/containers/{}", user.id)).await;
    let done = run(&bed, &line);
    assert_eq!(done.code, 0, "{done:?}");
    assert!(!is_there(&bed, &format!("/images/{image}/json")).await);
}
