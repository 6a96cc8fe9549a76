//! What a tag means is settled before Swarm is told: by the registry, else by the image that the manager has.

use serde_json::{Value, json};
use stacktop::command::{
    Plan,
    execute::operation::{Direction, SwarmAim, Verdict},
    rollout::Care,
};

use crate::{
    course::finish,
    support::private::Release,
    yard::{Yard, to},
};

fn notes(plan: &Plan) -> String {
    plan.notes.join("\n")
}

async fn template(yard: &Yard) -> Value {
    yard.inspect().await["Spec"]["TaskTemplate"].clone()
}

#[tokio::test]
async fn a_tag_is_what_the_registry_means_by_it_now_also_for_whoever_goes_on_with_the_update() {
    let test = "a_tag_is_what_the_registry_means";
    let Some(yard) = Yard::open(test, Release::Host).await else { return };
    let Some(registry) = yard.private().registry(test) else { return };
    let (one, two) = (yard.bed().image("1"), yard.bed().image("2"));
    yard.up(yard.web(1)).await;
    let reference = registry.push(&two, "web", "stable").await;

    yard.abandon_at_the_gate(&to(&reference)).await;
    let changed = template(&yard).await;
    let first = changed["ContainerSpec"]["Image"].as_str().unwrap().to_owned();
    assert!(first.starts_with(&format!("{reference}@sha256:")), "{first}");
    assert_eq!(changed["Placement"]["Platforms"], json!([{ "Architecture": "amd64", "OS": "linux" }]));
    let rest = yard.rest(Direction::Forward).await.unwrap();
    assert_eq!(finish(&yard.engine, rest, Direction::Forward).await, Verdict::Done);
    yard.assert_well(&first, 1, "pinned").await;

    // The tag moves; the same words mean another image.
    registry.push(&one, "web", "stable").await;
    assert_eq!(yard.operate(&SwarmAim::Image(None, Care::Usual)).await, Verdict::Done);
    let second = template(&yard).await["ContainerSpec"]["Image"].as_str().unwrap().to_owned();
    assert!(second.starts_with(&format!("{reference}@sha256:")) && second != first, "{second}");
    yard.assert_well(&second, 1, "moved").await;
    let again = yard.prepare(&SwarmAim::Image(None, Care::Usual)).await.unwrap();
    assert!(again.plan.is_empty() && notes(&again.plan).contains("already"), "{:?}", again.plan);
    assert_eq!(yard.operate(&SwarmAim::Before).await, Verdict::Done);
    yard.assert_well(&first, 1, "put back").await;
}

#[tokio::test]
async fn a_tag_that_no_registry_knows_is_what_the_image_here_says_or_stays_a_tag_and_the_plan_says_so() {
    let test = "a_tag_that_no_registry_knows";
    let Some(yard) = Yard::open(test, Release::Host).await else { return };
    let Some(registry) = yard.private().registry(test) else { return };
    let two = yard.bed().image("2");
    yard.up(yard.web(1)).await;
    let reference = registry.push(&two, "web", "there").await;
    let (repository, _) = reference.rsplit_once(':').unwrap();
    let path = format!("/images/{reference}/tag?repo={repository}&tag=never-pushed");
    yard.bed().engine().post(&path, Value::Null).await;

    let known = yard.prepare(&to(&format!("{repository}:never-pushed"))).await.unwrap();
    let told = notes(&known.plan);
    assert!(told.contains("manifest unknown") && told.contains("the image on this node"), "{told}");
    let image = known.plan.facts.iter().find(|(name, _)| name == "image").unwrap();
    assert!(image.1.contains("web:never-pushed@sha256:"), "{image:?}");

    let unknown = yard.prepare(&to(&two)).await.unwrap();
    let told = notes(&unknown.plan);
    assert!(told.contains(&format!("nobody tells the digest of {two}")), "{told}");
    assert_eq!(finish(&yard.engine, unknown, Direction::Forward).await, Verdict::Done);
    yard.assert_well(&two, 1, "as it is").await;
}

#[tokio::test]
async fn an_update_fetches_its_image_with_the_credentials_that_the_service_has() {
    let test = "an_update_fetches_its_image_with_the_credentials";
    let Some(yard) = Yard::open(test, Release::Host).await else { return };
    let Some(registry) = yard.private().closed_registry(test) else { return };
    let one = registry.push(&yard.bed().image("1"), "web", "1").await;
    let two = registry.push(&yard.bed().image("2"), "web", "2").await;
    let words = "service create --quiet --with-registry-auth --no-resolve-image --endpoint-mode dnsrr --name yard_web";
    registry.docker(&words.split(' ').chain(["--update-monitor", "1s", &one]).collect::<Vec<_>>());
    // Whoever wants it has to ask the registry, which knows nobody without a password.
    for image in [&one, &two] {
        yard.bed().engine().delete(&format!("/images/{image}?force=1")).await;
    }
    let prepared = yard.prepare(&to(&two)).await.unwrap();
    assert!(notes(&prepared.plan).contains("nobody tells the digest"), "{:?}", prepared.plan.notes);
    assert_eq!(finish(&yard.engine, prepared, Direction::Forward).await, Verdict::Done);
    let running: Vec<String> = yard.running().await.into_iter().map(|(image, _)| image).collect();
    assert_eq!(running, [two]);
}
