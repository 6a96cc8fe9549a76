//! Every rule of the clone on what real engines said.

use serde_json::{Value, json};

use super::*;

const ANON: &str = "6ab742a38331c602f1dfa4653a9527fbcb953d2a1f4788ab14267310e275695c";
const DATA: &str = "f4b6ac058f1a7508d3a8b02b12e0e2ce6d8548cfb36905a024db995d96d5faf4";

fn replaced(original: &Original) -> Clone {
    body(original, &recorded::changes(original.name(), 1)).unwrap()
}

fn scaled_up(original: &Original) -> Clone {
    let changes = Changes { volumes: AnonymousVolumes::Fresh, ..recorded::changes("shop-web-3", 3) };
    body(original, &changes).unwrap()
}

/// An original with one value changed.
fn with(mut original: Original, pointer: &str, value: Value) -> Original {
    *original.container.pointer_mut(pointer).unwrap() = value;
    original
}

#[test]
fn a_users_own_settings_stay_and_those_of_the_image_are_left_to_the_new_image() {
    let body = replaced(&recorded::plain()).body;
    for (field, expected) in [
        ("Env", json!(["USERS=1"])),
        ("Cmd", json!(["sleep"])),
        ("Entrypoint", json!(null)),
        ("WorkingDir", json!(null)),
        ("User", json!(null)),
        ("StopSignal", json!(null)),
        ("Shell", json!(null)),
        ("Labels", json!({ "tier": "back" })),
        ("Volumes", json!({ "/own": {} })),
        ("ExposedPorts", json!({ "9000/tcp": {} })),
        ("Healthcheck", json!({ "Interval": 5_000_000_000_u64 })),
        ("OnBuild", json!(null)),
        ("Image", json!("shop/web:1")),
    ] {
        assert_eq!(body[field], expected, "{field}");
    }
}

#[test]
fn settings_that_differ_from_the_images_stay() {
    let mut original = recorded::plain();
    for (field, value) in [
        ("WorkingDir", json!("/")),
        ("User", json!("1000")),
        ("StopSignal", json!("SIGINT")),
        ("Shell", json!(["/bin/bash", "-c"])),
        ("StopTimeout", json!(30)),
        ("Tty", json!(true)),
        ("Healthcheck", json!({ "Test": ["NONE"] })),
    ] {
        original.container["Config"][field] = value.clone();
        assert_eq!(replaced(&original).body[field], value, "{field}");
    }
}

#[test]
fn a_command_is_the_images_only_where_the_entry_point_is() {
    let (image, own) = (json!(["/fixture"]), json!(["/own"]));
    for (entrypoint, cmd, expected) in [
        (&image, json!(["serve"]), (json!(null), json!(null))),
        (&image, json!(["sleep"]), (json!(null), json!(["sleep"]))),
        (&image, json!(null), (image.clone(), json!(null))),
        (&own, json!(["serve"]), (own.clone(), json!(["serve"]))),
        (&own, json!(null), (own.clone(), json!(null))),
        (&json!([]), json!(["serve"]), (json!([""]), json!(["serve"]))),
    ] {
        let mut original = recorded::plain();
        original.container["Config"]["Entrypoint"] = entrypoint.clone();
        original.container["Config"]["Cmd"] = cmd.clone();
        let body = replaced(&original).body;
        assert_eq!((&body["Entrypoint"], &body["Cmd"]), (&expected.0, &expected.1), "{entrypoint} {cmd}");
    }
}

#[test]
fn an_entry_point_that_was_taken_away_stays_away() {
    let body = replaced(&recorded::bare()).body;
    assert_eq!((&body["Entrypoint"], &body["Cmd"]), (&json!([""]), &json!(["/fixture", "serve"])));
}

#[test]
fn without_the_old_image_everything_stays_and_a_note_says_so() {
    let clone = replaced(&Original { image: Value::Null, ..recorded::web() });
    assert_eq!(clone.body["Env"].as_array().map(Vec::len), Some(4));
    assert_eq!(clone.notes, ["the old image of web is gone, so its defaults stay in the new container"]);
}

#[test]
fn a_host_name_made_of_the_id_or_decided_by_another_namespace_is_left_out() {
    let named = || with(recorded::web(), "/Config/Hostname", json!("front"));
    let host = {
        let mut host = named();
        host.container["HostConfig"]["UTSMode"] = json!("host");
        host
    };
    for (original, expected) in [
        (recorded::web(), json!(null)),
        (named(), json!("front")),
        (recorded::fixed(), json!("thedb")),
        (recorded::attached(), json!(null)),
        (host, json!(null)),
    ] {
        assert_eq!(replaced(&original).body["Hostname"], expected, "{}", original.name());
    }
}

#[test]
fn a_hardware_address_stays_only_where_somebody_asked_for_it() {
    let mac = "02:42:ac:11:65:43";
    let with_mac = |mac: &str| {
        let mut original = recorded::plain();
        original.container["Config"]["MacAddress"] = json!(mac);
        original
    };
    assert_eq!(replaced(&with_mac(mac)).body["MacAddress"], mac);
    // What the engine makes of 172.17.0.3.
    assert_eq!(replaced(&with_mac("02:42:ac:11:00:03")).body["MacAddress"], Value::Null);
    let newer = replaced(&recorded::newer()).body;
    assert_eq!(newer["MacAddress"], Value::Null);
    let endpoints = &newer["NetworkingConfig"]["EndpointsConfig"];
    assert_eq!(endpoints["shop_back"]["MacAddress"], mac);
    assert_eq!(endpoints["shop_default"]["MacAddress"], Value::Null);
}

#[test]
fn the_image_is_named_by_the_compose_files_reference_and_a_new_one_is_told() {
    let web = recorded::web();
    let same = replaced(&web);
    assert_eq!((&same.body["Image"], same.notes.len()), (&json!("shop/web:1"), 0));
    let changes = Changes { image_ref: "shop/web:2".to_owned(), ..recorded::changes("shop-web-1", 1) };
    let other = body(&web, &changes).unwrap();
    assert_eq!(other.body["Image"], "shop/web:2");
    assert_eq!(
        other.notes,
        [
            "web was shop/web:1 and becomes shop/web:2: write that into the compose file if it says otherwise; the next 'docker compose up' then recreates it once"
        ]
    );
}

#[test]
fn labels_of_compose_stay_with_the_new_number_and_the_new_image() {
    let labels = scaled_up(&recorded::web()).body["Labels"].clone();
    let old = &recorded::web().container["Config"]["Labels"];
    for name in
        ["project", "service", "config-hash", "oneoff", "depends_on", "version", "project.working_dir"]
    {
        let name = format!("com.docker.compose.{name}");
        assert_eq!(labels[&name], old[&name], "{name}");
    }
    assert_eq!(labels["com.docker.compose.container-number"], "3");
    assert_eq!(labels["com.docker.compose.image"], "sha256:new");
    assert_eq!(labels["org.version"], Value::Null, "a label of the image is left to the new image");
}

#[test]
fn labels_of_an_earlier_operation_make_room_for_those_of_this_one() {
    let mut web = recorded::web();
    for (name, value) in [
        ("stacktop.op", "old"),
        ("stacktop.replaces", "old"),
        ("stacktop.slot", "1"),
        ("stacktop.update.order", "stop-first"),
        ("com.docker.compose.replace", "web-1"),
    ] {
        web.container["Config"]["Labels"][name] = json!(value);
    }
    let mut changes = recorded::changes("shop-web-1", 1);
    changes.labels.insert("stacktop.op".to_owned(), "new".to_owned());
    let labels = body(&web, &changes).unwrap().body["Labels"].clone();
    assert_eq!((&labels["stacktop.op"], &labels["stacktop.replaces"]), (&json!("new"), &Value::Null));
    assert_eq!(labels["stacktop.slot"], Value::Null);
    assert_eq!(labels["stacktop.update.order"], "stop-first", "a wish of the user stays");
    assert_eq!(labels["com.docker.compose.replace"], "web-1");
    assert_eq!(scaled_up(&web).body["Labels"]["com.docker.compose.replace"], Value::Null);
}

#[test]
fn the_image_label_means_what_the_originals_means() {
    const IMAGE: &str = "com.docker.compose.image";
    let manifest = |digest: &str| {
        let platform = json!({ "os": "linux", "architecture": "amd64" });
        json!([
            { "Kind": "attestation", "Descriptor": { "digest": "sha256:other" } },
            { "Kind": "image", "Descriptor": { "digest": digest }, "ImageData": { "Platform": platform } },
        ])
    };
    let label = |old: Value, manifests: bool| {
        let mut web = recorded::web();
        web.container["Config"]["Labels"][IMAGE] = old;
        let mut changes = recorded::changes("shop-web-1", 1);
        if manifests {
            web.image["Manifests"] = manifest("sha256:old-manifest");
            changes.new_image["Manifests"] = manifest("sha256:new-manifest");
        }
        let clone = body(&web, &changes).unwrap();
        (clone.body["Labels"][IMAGE].clone(), clone.notes.len())
    };
    let id = recorded::web().container["Image"].clone();
    assert_eq!(label(id, true), (json!("sha256:new"), 0), "the id of the image");
    assert_eq!(label(json!("sha256:old-manifest"), true), (json!("sha256:new-manifest"), 0), "its manifest");
    assert_eq!(label(json!("sha256:unknown"), true), (json!("sha256:new"), 1), "something else, with a note");
    assert_eq!(label(json!("sha256:old-manifest"), false), (json!("sha256:new"), 1), "no manifests are told");
    assert_eq!(label(Value::Null, false), (Value::Null, 0), "Compose v1 has no such label");
}

#[test]
fn an_engine_before_1_44_gets_one_network_at_creation_and_the_others_are_connected() {
    let clone = replaced(&recorded::web());
    assert_eq!(
        clone.body["NetworkingConfig"],
        json!({ "EndpointsConfig": { "shop_back": { "Aliases": ["shop-web-1", "web", "api"] } } })
    );
    assert_eq!(clone.connect, [("shop_default".to_owned(), json!({ "Aliases": ["shop-web-1", "web"] }))]);
}

#[test]
fn an_engine_from_1_44_on_gets_all_networks_at_creation() {
    let clone = replaced(&Original { api_version: (1, 44), ..recorded::web() });
    let endpoints = clone.body["NetworkingConfig"]["EndpointsConfig"].clone();
    assert_eq!(endpoints["shop_default"]["Aliases"], json!(["shop-web-1", "web"]));
    assert_eq!((endpoints.as_object().map(Map::len), clone.connect.len()), (Some(2), 0));
}

#[test]
fn aliases_lose_the_id_and_names_of_other_replicas_and_gain_the_final_name() {
    for (aliases, expected) in [
        (json!(["shop-web-1", "web", "api", "a29e48fb50ab"]), vec!["shop-web-3", "web", "api"]),
        (json!(["web", "shop-web-2", "shop-web-x"]), vec!["shop-web-3", "web", "shop-web-x"]),
        (json!(null), vec!["shop-web-3"]),
    ] {
        let web = with(recorded::web(), "/NetworkSettings/Networks/shop_back/Aliases", aliases);
        let endpoints = scaled_up(&web).body["NetworkingConfig"]["EndpointsConfig"].clone();
        assert_eq!(endpoints["shop_back"]["Aliases"], json!(expected));
    }
}

#[test]
fn asked_for_addresses_stay_and_chosen_ones_do_not() {
    let endpoint = |original: Original| {
        let body = replaced(&original).body;
        body["NetworkingConfig"]["EndpointsConfig"]["shop_back"].clone()
    };
    let fixed = endpoint(recorded::fixed());
    assert_eq!(fixed["IPAMConfig"], json!({ "IPv4Address": "172.31.99.10" }));
    assert_eq!((&endpoint(recorded::web())["IPAMConfig"], &fixed["IPAddress"]), (&Value::Null, &Value::Null));
    let mut rich = recorded::fixed();
    let told = &mut rich.container["NetworkSettings"]["Networks"]["shop_back"];
    told["Links"] = json!(["db:database"]);
    told["DriverOpts"] = json!({ "com.docker.network.endpoint.sysctls": "x" });
    told["GwPriority"] = json!(100);
    let rich = endpoint(rich);
    assert_eq!((&rich["Links"], &rich["GwPriority"]), (&json!(["db:database"]), &json!(100)));
    assert_eq!(rich["DriverOpts"], json!({ "com.docker.network.endpoint.sysctls": "x" }));
}

#[test]
fn no_names_on_networks_that_know_none_and_no_endpoints_in_borrowed_ones() {
    let clone = replaced(&recorded::plain());
    assert_eq!(clone.body["NetworkingConfig"], json!({ "EndpointsConfig": { "bridge": {} } }));
    for mode in ["host", "none", "container:aaaa"] {
        let clone = replaced(&with(recorded::plain(), "/HostConfig/NetworkMode", json!(mode)));
        assert_eq!((&clone.body["NetworkingConfig"], clone.connect.len()), (&Value::Null, 0), "{mode}");
    }
    let attached = replaced(&recorded::attached()).body;
    assert_eq!((&attached["Hostname"], &attached["ExposedPorts"]), (&Value::Null, &Value::Null));
    assert!(text(&attached, "/HostConfig/NetworkMode").starts_with("container:9790a751f536"));
}

#[test]
fn links_are_asked_for_in_another_form_than_they_are_told() {
    assert_eq!(replaced(&recorded::plain()).body["HostConfig"]["Links"], json!(["shop-link:db"]));
}

#[test]
fn a_replacement_mounts_anonymous_volumes_by_name_wherever_they_come_from() {
    let clone = replaced(&recorded::web());
    let mounts = &clone.body["HostConfig"]["Mounts"];
    assert_eq!(mounts[0], json!({ "Type": "volume", "Target": "/anon2", "Source": ANON }));
    assert_eq!(mounts[1]["Source"], DATA);
    assert_eq!(mounts[2]["Source"], "shop_shared");
    assert_eq!(clone.body["HostConfig"]["Binds"], json!(["/etc/hostname:/host:ro"]));
    let of_image = replaced(&recorded::plain()).body["HostConfig"]["Mounts"].clone();
    let targets: Vec<&str> = json::list(&of_image, "").iter().map(|mount| text(mount, "/Target")).collect();
    assert_eq!(targets, ["/own", "/data"]);
    assert!(json::list(&of_image, "").iter().all(|mount| is_anonymous(text(mount, "/Source"))));
}

#[test]
fn one_more_replica_gets_anonymous_volumes_of_its_own_and_shares_the_named_ones() {
    let clone = scaled_up(&recorded::web());
    assert_eq!(clone.body["HostConfig"]["Mounts"], recorded::web().container["HostConfig"]["Mounts"]);
    assert_eq!(clone.notes, ["the new replica of web starts with empty anonymous volumes"]);
}

#[test]
fn one_more_replica_of_a_replacement_drops_the_names_the_replacement_gave() {
    let kept = replaced(&recorded::web()).body["HostConfig"]["Mounts"].clone();
    let mut web = with(recorded::web(), "/HostConfig/Mounts", kept);
    web.container["HostConfig"]["Binds"] = json!([format!("{DATA}:/more"), "shop_shared:/again"]);
    let host = scaled_up(&web).body["HostConfig"].clone();
    assert!(!host.to_string().contains(ANON) && !host.to_string().contains(DATA), "{host}");
    assert_eq!(host["Binds"], json!(["shop_shared:/again"]));
    assert_eq!(host["Mounts"][3], json!({ "Type": "volume", "Target": "/more" }));
    assert_eq!(host["Mounts"][2]["Source"], "shop_shared");
}

#[test]
fn a_read_only_volume_without_a_source_stays_read_only() {
    let mut plain = recorded::plain();
    plain.container["Mounts"][0]["RW"] = json!(false);
    assert_eq!(replaced(&plain).body["HostConfig"]["Mounts"][0]["ReadOnly"], true);
}

#[test]
fn anonymous_volumes_are_told_by_64_digits() {
    assert_eq!(anonymous_volumes(&recorded::web().container), [ANON, DATA]);
    for (name, expected) in
        [(ANON, true), ("shop_shared", false), ("6ab742a3", false), (&"g".repeat(64), false)]
    {
        assert_eq!(is_anonymous(name), expected, "{name}");
    }
}

#[test]
fn what_is_not_the_images_nor_a_name_is_taken_over_as_it_is() {
    let mut web = recorded::web();
    for (field, value) in [
        ("Memory", json!(1 << 26)),
        ("RestartPolicy", json!({ "Name": "always", "MaximumRetryCount": 0 })),
        ("MaskedPaths", json!([])),
        ("CapDrop", json!(["ALL"])),
    ] {
        web.container["HostConfig"][field] = value.clone();
        assert_eq!(replaced(&web).body["HostConfig"][field], value, "{field}");
    }
    web.container["HostConfig"]["ContainerIDFile"] = json!("/tmp/id");
    let host = replaced(&web).body["HostConfig"].clone();
    assert_eq!((&host["ContainerIDFile"], &host["Links"]), (&Value::Null, &Value::Null));
    assert_eq!(host["PortBindings"], web.container["HostConfig"]["PortBindings"]);
}

#[test]
fn secrets_and_configs_that_were_copied_in_are_to_be_copied_again() {
    // As recorded, and what the program itself wrote beside them.
    let layer = json!([
        { "Path": "/etc", "Kind": 0 }, { "Path": "/etc/c.conf", "Kind": 1 }, { "Path": "/host", "Kind": 1 },
        { "Path": "/run", "Kind": 1 }, { "Path": "/run/secrets", "Kind": 1 }, { "Path": "/run/secrets/s", "Kind": 1 },
        { "Path": "/run/secrets/tls", "Kind": 1 }, { "Path": "/run/secrets/tls/key", "Kind": 1 },
        { "Path": "/run/secrets/gone", "Kind": 2 }, { "Path": "/run/web.pid", "Kind": 1 },
    ]);
    let web = Original { layer, ..recorded::web() };
    assert_eq!(replaced(&web).copy_in, ["/run/secrets/s", "/run/secrets/tls/key"]);
    let changes = Changes {
        config_targets: vec!["/etc/c.conf".to_owned(), "/absent".to_owned()],
        ..recorded::changes("shop-web-1", 1)
    };
    assert_eq!(
        body(&web, &changes).unwrap().copy_in,
        ["/etc/c.conf", "/run/secrets/s", "/run/secrets/tls/key"]
    );
    assert!(replaced(&recorded::web()).copy_in.is_empty());
}

#[test]
fn containers_in_its_namespaces_or_on_its_volumes_are_named() {
    let provider = recorded::fixed().container;
    let mut mounts = recorded::plain().container;
    mounts["HostConfig"]["VolumesFrom"] = json!(["shop-db-prod:ro"]);
    let all = [provider.clone(), recorded::web().container, recorded::attached().container, mounts];
    let dependents = dependents(&provider, &all);
    assert_eq!(dependents, ["shop-side-1", "shop-full"]);
    let notes = replaced(&Original { dependents, ..recorded::fixed() }).notes;
    assert_eq!(
        notes,
        [
            "shop-side-1, shop-full lives in the namespaces of shop-db-prod and loses them: re-create it afterwards, `docker compose up --detach --force-recreate --no-deps` with its service"
        ]
    );
}

#[test]
fn what_cannot_be_replaced_or_cannot_run_is_refused_with_the_way_out() {
    let mut task = recorded::web();
    task.container["Config"]["Labels"]["com.docker.swarm.service.name"] = json!("web");
    let removed = with(recorded::web(), "/HostConfig/AutoRemove", json!(true));
    let good = || recorded::changes("shop-web-1", 1);
    let mut foreign = good();
    foreign.new_image["Architecture"] = json!("arm64");
    for (original, changes, expected) in [
        (task, good(), "shop-web-1 belongs to swarm service web; use 'stacktop update service web'."),
        (
            removed,
            good(),
            "shop-web-1: old container is --rm: it cannot be kept for rollback. Re-create it without --rm first.",
        ),
        (
            recorded::web(),
            Changes { new_image: Value::Null, ..good() },
            "web: image shop/web:1 cannot be used: it is not on this engine. Pull or load it first; nothing was stopped.",
        ),
        (
            recorded::web(),
            foreign,
            "web: image shop/web:1 is for linux/arm64, its containers run linux/amd64. Pull it with --platform linux/amd64; nothing was stopped.",
        ),
    ] {
        assert_eq!(body(&original, &changes).unwrap_err().to_string(), expected);
    }
}

#[test]
fn whoever_is_at_it_already_is_named() {
    let busy = Refusal::Busy {
        verb: "rollout".to_owned(),
        op: "01J".to_owned(),
        service: "api".to_owned(),
        holder: "ada@host pid 4711".to_owned(),
        progress: "slot 2/3, 40 s".to_owned(),
    };
    assert_eq!(
        busy.to_string(),
        "rollout 01J of api is running (ada@host pid 4711, slot 2/3, 40 s). Wait, or 'stacktop ops show 01J'."
    );
}

#[test]
fn an_empty_restart_policy_is_that_of_a_container_that_is_never_revived() {
    let empty = json!({ "Name": "", "MaximumRetryCount": 0 });
    let original = with(recorded::plain(), "/HostConfig/RestartPolicy", empty);
    assert_eq!(original.restart_policy()["Name"], "no");
    let kept = json!({ "Name": "always", "MaximumRetryCount": 0 });
    let original = with(recorded::plain(), "/HostConfig/RestartPolicy", kept.clone());
    assert_eq!(original.restart_policy(), kept);
}

#[test]
fn an_answer_of_another_shape_is_no_panic() {
    for container in [
        Value::Null,
        json!([]),
        json!({ "Config": 1, "HostConfig": { "Mounts": {}, "Binds": 3 }, "Mounts": [1] }),
    ] {
        let original = Original::new(container, json!("x"), (1, 41));
        assert!(body(&original, &recorded::changes("web", 1)).is_ok());
        assert!(
            body(&original, &Changes { volumes: AnonymousVolumes::Fresh, ..recorded::changes("web", 2) })
                .is_ok()
        );
    }
}
