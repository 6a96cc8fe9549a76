//! Updates on a real engine that fail, and what is then there.

use std::net::TcpListener;

use serde_json::json;
use stacktop::command::{
    execute::operation::{Direction, Refused, Verdict},
    order::Order,
};

use crate::{
    course::{finish, follow, to},
    site::{Site, engine, image_with},
    support::Spec,
};

/// A change of the image, and what is said of it.
const BROKEN: [(&str, &str); 3] = [
    ("ENV UNHEALTHY_AFTER_MS=0", "older than 0 ms"),
    ("ENV EXIT_AFTER_MS=300", "was not ready"),
    (r#"ENTRYPOINT ["/nope"]"#, "/nope"),
];

#[tokio::test]
async fn a_broken_image_is_rolled_back_and_the_old_replicas_never_stopped() {
    let Some(bed) = engine("a_broken_image_is_rolled_back") else { return };
    let (site, project) = Site::up(&bed, bed.server("1").restart("always"), 2).await;
    let before = project.replica_of("web", 1).inspect().await;
    for (change, _) in BROKEN {
        let broken = image_with(&bed, change).await;
        let prepared = site.rollout(&to(&broken.name)).await.unwrap();
        let verdict = finish(&site.engine, prepared, Direction::Forward).await;
        let Verdict::RolledBack(failure) = verdict else { panic!("{change}: {verdict:?}") };
        eprintln!("{change}: {}: {}", failure.attempt, failure.why);
        site.assert_well(&bed, &bed.image("1"), &[1, 2], change).await;
    }
    let after = project.replica_of("web", 1).inspect().await;
    for field in ["/State/StartedAt", "/HostConfig/RestartPolicy", "/Name"] {
        assert_eq!(before.pointer(field), after.pointer(field), "{field}");
    }
}

#[tokio::test]
async fn a_fixed_port_is_handed_over_and_back() {
    let Some(bed) = engine("a_fixed_port_is_handed_over_and_back") else { return };
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
    let binding = json!({ "8080/tcp": [{ "HostIp": "127.0.0.1", "HostPort": port }] });
    let web = bed.server("1").restart("unless-stopped").host("PortBindings", binding);
    let (site, _project) = Site::up(&bed, web, 1).await;
    let prepared = site.rollout(&to(&bed.image("2"))).await.unwrap();
    let order = prepared.plan.facts.iter().find(|(name, _)| name == "order").unwrap().1.clone();
    assert_eq!(order, format!("stop-first: port 127.0.0.1:{port}->8080 is fixed"));
    assert_eq!(finish(&site.engine, prepared, Direction::Forward).await, Verdict::Done);
    site.assert_well(&bed, &bed.image("2"), &[1], "forward").await;

    for (change, _) in BROKEN {
        let broken = image_with(&bed, change).await;
        let prepared = site.rollout(&to(&broken.name)).await.unwrap();
        let verdict = finish(&site.engine, prepared, Direction::Forward).await;
        assert!(matches!(verdict, Verdict::RolledBack(_)), "{change}: {verdict:?}");
        site.assert_well(&bed, &bed.image("2"), &[1], change).await;
        let name = format!("/containers/{}-web-1/json", site.stack);
        let seen = bed.engine().get(&name).await.json();
        assert_eq!(seen["HostConfig"]["RestartPolicy"]["Name"], "unless-stopped", "{change}");
        assert_eq!(seen["NetworkSettings"]["Ports"]["8080/tcp"][0]["HostPort"], json!(port), "{change}");
    }
    let explicit = stacktop::command::execute::operation::RolloutOptions {
        order: Some(Order::StartFirst),
        ..to(&bed.image("1"))
    };
    let refused = site.rollout(&explicit).await.unwrap_err();
    assert!(refused.to_string().contains("is fixed, two containers cannot hold it"), "{refused}");
}

#[tokio::test]
async fn a_second_operation_is_refused_with_the_holder_of_the_first() {
    let Some(bed) = engine("a_second_operation_is_refused") else { return };
    let (site, _project) = Site::up(&bed, bed.server("1"), 1).await;
    let first = site.rollout(&to(&bed.image("2"))).await.unwrap();
    let late = site.scale(2).await.unwrap();
    let running = finish(&site.engine, first, Direction::Forward);
    let asking = async {
        loop {
            match site.scale(3).await {
                Err(refused) => return refused,
                Ok(_) => tokio::task::yield_now().await,
            }
        }
    };
    let begun = async {
        let refused = asking.await;
        (refused, follow(&site.engine, late, Direction::Forward).await.0.unwrap_err())
    };
    let (verdict, (planned, begun)) = tokio::join!(running, begun);
    for refused in [planned, begun] {
        assert!(matches!(refused, Refused::Busy { .. }), "{refused}");
        assert!(refused.to_string().contains("(pid 4711"), "{refused}");
    }
    assert_eq!(verdict, Verdict::Done);
    site.assert_well(&bed, &bed.image("2"), &[1], "the first").await;
}

#[tokio::test]
async fn a_service_in_whose_network_another_one_lives_says_so_and_stops_first() {
    let Some(bed) = engine("a_service_in_whose_network_another_one_lives") else { return };
    let (site, project) = Site::up(&bed, bed.server("1"), 1).await;
    let provider = format!("container:{}", project.replica_of("web", 1).id);
    let lodger = Spec::new(bed.image("1"))
        .name("side")
        .host("NetworkMode", json!(provider))
        .label("com.docker.compose.project", &project.name)
        .label("com.docker.compose.service", "side")
        .label("com.docker.compose.container-number", "1");
    let lodger = bed.create(lodger).await;
    let plan = site.rollout(&to(&bed.image("2"))).await.unwrap().plan;
    let name = lodger.inspect().await["Name"].as_str().unwrap().trim_start_matches('/').to_owned();
    let notes = plan.notes.join("\n");
    assert!(notes.contains(&format!("{name} lives in the namespaces of")), "{notes}");
    assert!(notes.contains("--force-recreate --no-deps"), "{notes}");
    let order = plan.facts.iter().find(|(fact, _)| fact == "order").map(|(_, text)| text.clone());
    assert!(order.is_some_and(|order| order.starts_with("stop-first: ")), "{:?}", plan.facts);
}
