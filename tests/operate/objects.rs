//! Networks, images, prunes, the disk.

use std::sync::Arc;

use serde_json::{Value, json};
use stacktop::engine::{Connector, Engine, Force, Prune};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::{reach, support};
use support::Spec;

#[tokio::test]
async fn a_container_joins_and_leaves_a_network() {
    let Some(bed) = support::engine("a_container_joins_and_leaves_a_network") else { return };
    let engine = reach(&bed).await;
    let network = bed.network("net", Value::Null).await;
    let web = bed.run(Spec::new(bed.image("1"))).await;
    engine.connect(&network, &web.name, &json!({ "Aliases": ["front"] })).await.unwrap();
    let aliases = &web.inspect().await["NetworkSettings"]["Networks"][&network]["Aliases"];
    assert!(aliases.as_array().is_some_and(|aliases| aliases.contains(&json!("front"))), "{aliases}");
    let twice = engine.connect(&network, &web.name, &Value::Null).await.unwrap_err();
    assert!(twice.is_already_connected() && !twice.is_name_taken(), "{twice}");

    engine.disconnect(&network, &web.name, Force::No).await.unwrap();
    let twice = engine.disconnect(&network, &web.name, Force::No).await.unwrap_err();
    assert!(twice.is_not_connected(), "{twice}");
    let missing = engine.connect("no-such-network", &web.name, &Value::Null).await.unwrap_err();
    assert!(missing.is_not_found() && missing.to_string().contains("no-such-network"), "{missing}");
}

#[tokio::test]
async fn a_static_address_that_is_taken_is_told_from_a_port() {
    let Some(bed) = support::engine("a_static_address_that_is_taken_is_told_from_a_port") else { return };
    let engine = reach(&bed).await;
    // Only networks with a subnet of their own have static addresses.
    let network = bed.unique("static");
    let mut body = json!({ "Name": network, "IPAM": { "Config": [{ "Subnet": "10.213.77.0/28" }] } });
    bed.mark(&mut body["Labels"]);
    bed.engine().post("/networks/create", body).await.json();
    let endpoint = json!({ "IPAMConfig": { "IPv4Address": "10.213.77.9" } });
    let first = bed.run(Spec::new(bed.image("1")).name("first")).await;
    engine.connect(&network, &first.name, &endpoint).await.unwrap();
    let second = bed.run(Spec::new(bed.image("1")).name("second")).await;
    let taken = engine.connect(&network, &second.name, &endpoint).await.unwrap_err();
    assert!(taken.is_address_taken() && !taken.is_port_taken(), "{taken}");
}

#[tokio::test]
async fn an_image_is_there_or_it_is_not() {
    let Some(bed) = support::engine("an_image_is_there_or_it_is_not") else { return };
    let engine = reach(&bed).await;
    let image = engine.image(&bed.image("1")).await.unwrap();
    assert!(image.is_some_and(|image| image["Config"]["Entrypoint"] == json!(["/fixture"])));
    assert_eq!(engine.image("stacktop-test/none:1").await, Ok(None));
}

#[tokio::test]
async fn a_pull_that_fails_says_why() {
    let Some(bed) = support::engine("a_pull_that_fails_says_why") else { return };
    let engine = reach(&bed).await;
    // Nobody listens there, whatever the network is like.
    let error = engine.pull("127.0.0.1:9/none", drop).await.unwrap_err();
    assert!(error.status().is_some(), "{error}");
    assert!(error.to_string().starts_with("cannot pull image 127.0.0.1:9/none: "), "{error}");
}

/// An engine that says the same to every request but the first.
async fn that_says(lines: &'static str) -> Engine {
    let dial = move || {
        let (ours, mut theirs) = tokio::io::duplex(64 << 10);
        tokio::spawn(async move {
            // No request of the test is longer.
            let mut request = [0; 4096];
            let length = theirs.read(&mut request).await.unwrap();
            let is_ping = request[..length].starts_with(b"GET /_ping");
            let body = if is_ping { "OK" } else { lines };
            let head = "HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nConnection: close\r\n\r\n";
            theirs.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
        });
        Ok(ours)
    };
    Connector::in_process("canned", Arc::new(dial)).connect().await.unwrap()
}

#[tokio::test]
async fn a_pull_tells_each_step() {
    let lines = r#"{"status":"Pulling from library/app","id":"1"}
{"status":"Downloading","id":"a1b2","progressDetail":{"current":5,"total":9},"progress":"[=> ]"}
{"status":"Status: Downloaded newer image for app:1"}
"#;
    let mut steps = Vec::new();
    that_says(lines).await.pull("app:1", |step| steps.push(step)).await.unwrap();
    assert_eq!(steps.len(), 3);
    assert_eq!((steps[1].layer.as_str(), steps[1].done, steps[1].total), ("a1b2", Some(5), Some(9)));
}

#[tokio::test]
async fn a_pull_that_fails_midway_is_an_error_although_the_answer_was_a_success() {
    let lines = r#"{"status":"Pulling from team/app","id":"1"}
{"errorDetail":{"message":"unauthorized: \u001b[31mauthentication required"},"error":"unauthorized"}
"#;
    let mut steps = 0;
    let error = that_says(lines).await.pull("team/app:1", |_| steps += 1).await.unwrap_err();
    assert_eq!((steps, error.status()), (1, Some(500)));
    assert!(error.is_pull_denied(), "{error}");
    let sentence = error.to_string();
    assert!(
        sentence.starts_with("cannot pull image team/app:1: unauthorized: authentication required; "),
        "{sentence}"
    );
}

#[tokio::test]
async fn what_nobody_uses_is_pruned_and_named() {
    let Some(bed) = support::engine("what_nobody_uses_is_pruned_and_named") else { return };
    let engine = reach(&bed).await;
    let label = bed.label();
    let own = [("label", label.as_str())];
    let network = bed.network("net", Value::Null).await;
    let volume = bed.volume("data", Value::Null).await;
    let ended = bed.create(Spec::new(bed.image("1")).volume(&volume, "/data")).await;

    assert_eq!(engine.prune(Prune::AllVolumes, &own).await.unwrap().names, Vec::<String>::new());
    assert_eq!(engine.prune(Prune::Containers, &own).await.unwrap().names, [ended.id]);
    assert_eq!(engine.prune(Prune::AllVolumes, &own).await.unwrap().names, [volume]);
    assert_eq!(engine.prune(Prune::Networks, &own).await.unwrap().names, [network]);
    for images in [Prune::DanglingImages, Prune::AllImages] {
        assert_eq!(engine.prune(images, &own).await.unwrap(), Default::default());
    }
    let nothing = engine.prune(Prune::BuildCache, &[("id", "no-such-record")]).await.unwrap();
    assert_eq!(nothing, Default::default());
}

#[tokio::test]
async fn an_engine_that_would_prune_volumes_with_a_name_is_not_asked() {
    let Some(bed) = support::engine("an_engine_that_would_prune_volumes_with_a_name") else { return };
    let engine = reach(&bed).await;
    let named = bed.volume("named", Value::Null).await;
    let label = bed.label();
    let outcome = engine.prune(Prune::AnonymousVolumes, &[("label", label.as_str())]).await;
    if engine.api_version() == "1.41" {
        assert_eq!(outcome.unwrap_err().status(), Some(501));
    } else {
        assert_eq!(outcome.unwrap().names, Vec::<String>::new());
    }
    assert_eq!(bed.engine().get(&format!("/volumes/{named}")).await.status, 200);
}

#[tokio::test]
async fn the_disk_usage_lists_images() {
    let Some(bed) = support::engine("the_disk_usage_lists_images") else { return };
    bed.image("1");
    let usage = reach(&bed).await.disk_usage().await.unwrap();
    assert!(usage.pointer("/LayersSize").or_else(|| usage.pointer("/ImageUsage")).is_some(), "{usage}");
}
