//! The rules of the order, each on a container of its own.

use serde_json::{Value, json};

use super::*;
use crate::command::clone::recorded;

/// A container that may live beside another of its kind.
fn free() -> Original {
    let mut web = recorded::web();
    web.container["Mounts"] = json!([]);
    web.container["HostConfig"]["PortBindings"] = json!({});
    web
}

fn with_host(field: &str, value: Value) -> Original {
    let mut original = free();
    original.container["HostConfig"][field] = value;
    original
}

fn with_mount(mount: &Value) -> Original {
    let mut original = free();
    original.container["Mounts"] = json!([mount]);
    original
}

fn volume(name: &str) -> Original {
    with_mount(&json!({ "Type": "volume", "Name": name, "Destination": "/data", "RW": true }))
}

fn bind(source: &str, writable: bool) -> Original {
    with_mount(&json!({ "Type": "bind", "Source": source, "Destination": "/data", "RW": writable }))
}

fn port(host: &str) -> Original {
    with_host("PortBindings", json!({ "8000/tcp": [{ "HostIp": "", "HostPort": host }] }))
}

fn decided(original: Original, replicas: usize, explicit: &Explicit) -> String {
    match decide(&[original], replicas, explicit) {
        Ok(Decision { order, reason }) => format!("{}: {reason}", order.word()),
        Err(refusal) => refusal.to_string(),
    }
}

fn wish(order: Order) -> Explicit {
    Explicit { flag: Some(order), ..Explicit::default() }
}

#[test]
fn what_two_containers_cannot_have_at_once_is_stopped_first() {
    let mut provider = free();
    provider.dependents = vec!["shop-side-1".to_owned()];
    let digits = "6ab742a38331c602f1dfa4653a9527fbcb953d2a1f4788ab14267310e275695c";
    for (original, expected) in [
        (port("80"), "port 0.0.0.0:80->8000 is fixed"),
        (port("18800-18800"), "port 0.0.0.0:18800-18800->8000 is fixed"),
        (recorded::fixed(), "address 172.31.99.10 on network shop_back is fixed"),
        (volume("shop_db-data"), "volume shop_db-data belongs to the only replica"),
        (volume(digits), "the anonymous volume at /data belongs to the only replica"),
        (bind("/srv/data", true), "folder /srv/data belongs to the only replica"),
        (bind("/srv/conf.d", true), "folder /srv/conf.d belongs to the only replica"),
        (with_host("NetworkMode", json!("host")), "shop-web-1 uses the host's network"),
        (with_host("Devices", json!([{ "PathOnHost": "/dev/kvm" }])), "shop-web-1 uses a device of the host"),
        (with_host("DeviceRequests", json!([{ "Count": -1 }])), "shop-web-1 uses a device of the host"),
        (provider, "shop-side-1 lives in the namespaces of shop-web-1"),
    ] {
        assert_eq!(decided(original, 1, &Explicit::default()), format!("stop-first: {expected}"));
    }
}

#[test]
fn everything_else_is_started_first() {
    const FREE: &str = "no fixed port, no fixed address, no data that only one may write";
    let mut named = free();
    named.container["Name"] = json!("/front");
    for (original, expected) in [
        (free(), FREE),
        (named, FREE),
        (port("18800-18801"), FREE),
        (port(""), FREE),
        (bind("/srv/data", false), FREE),
        (bind("/var/run/docker.sock", true), FREE),
        (bind("/srv/nginx.conf", true), FREE),
        (bind("/etc/localtime", true), FREE),
        (bind("/dev/shm", true), FREE),
        (with_mount(&json!({ "Type": "tmpfs", "Destination": "/tmp", "RW": true })), FREE),
        (with_host("NetworkMode", json!("shop_back")), FREE),
    ] {
        assert_eq!(decided(original, 1, &Explicit::default()), format!("start-first: {expected}"));
    }
}

#[test]
fn replicas_that_share_a_volume_already_are_started_first() {
    let decision = decided(volume("shop_media"), 3, &Explicit::default());
    assert_eq!(decision, "start-first: 3 replicas write to volume shop_media already");
}

#[test]
fn a_range_of_ports_needs_a_free_member_for_the_new_container() {
    let order = |replicas| decided(port("18800-18802"), replicas, &Explicit::default());
    assert!(order(2).starts_with("start-first"), "{}", order(2));
    assert_eq!(order(3), "stop-first: port 0.0.0.0:18800-18802->8000 is fixed");
}

#[test]
fn on_the_hosts_network_no_port_is_published_but_the_network_is_shared() {
    let mut host = port("80");
    host.container["HostConfig"]["NetworkMode"] = json!("host");
    assert_eq!(decided(host, 1, &Explicit::default()), "stop-first: shop-web-1 uses the host's network");
}

#[test]
fn the_flag_wins_over_the_label_over_the_compose_file_over_the_rules() {
    let (start, stop) = (Some(Order::StartFirst), Some(Order::StopFirst));
    let explicit = |flag, label, compose| Explicit { flag, label, compose, allow_shared: Vec::new() };
    for (explicit, expected) in [
        (explicit(start, stop, stop), "start-first: --order says so"),
        (explicit(None, stop, start), "stop-first: the label stacktop.update.order says so"),
        (explicit(None, None, stop), "stop-first: deploy.update_config.order says so"),
    ] {
        assert_eq!(decided(free(), 1, &explicit), expected);
    }
    assert_eq!(decided(port("80"), 1, &wish(Order::StopFirst)), "stop-first: --order says so");
}

#[test]
fn a_start_first_that_cannot_work_is_refused_with_the_way_out() {
    let mut database = volume("shop_db-data");
    database.container["Config"]["Image"] = json!("registry:5000/library/postgres:15@sha256:aa");
    for (original, expected) in [
        (
            port("80"),
            "web: port 0.0.0.0:80->8000 is fixed, two containers cannot hold it. Use --order stop-first (≈1 s + boot time of downtime) or put a proxy in front and drop the ports.",
        ),
        (
            recorded::fixed(),
            "db: address 172.31.99.10 on network shop_back is fixed, two containers cannot have it. Use --order stop-first, or drop the address from the compose file.",
        ),
        (
            database,
            "web: volume shop_db-data is mounted read-write by its only replica; two postgres processes on one data directory corrupt it. Use stop-first, or --allow-shared-volume shop_db-data.",
        ),
    ] {
        assert_eq!(decided(original, 1, &wish(Order::StartFirst)), expected);
    }
}

#[test]
fn a_volume_that_bears_two_writers_is_named_with_or_without_the_project() {
    for name in ["db-data", "shop_db-data"] {
        let explicit = Explicit { allow_shared: vec![name.to_owned()], ..wish(Order::StartFirst) };
        assert_eq!(decided(volume("shop_db-data"), 1, &explicit), "start-first: --order says so", "{name}");
        let explicit = Explicit { flag: None, ..explicit };
        assert!(decided(volume("shop_db-data"), 1, &explicit).starts_with("start-first"), "{name}");
    }
}

#[test]
fn what_cannot_be_exchanged_has_no_order() {
    let removed = with_host("AutoRemove", json!(true));
    assert!(decided(removed, 1, &wish(Order::StopFirst)).starts_with("shop-web-1: old container is --rm"));
}

#[test]
fn orders_are_spelled_as_compose_spells_them() {
    for order in [Order::StartFirst, Order::StopFirst] {
        assert_eq!(Order::parse(order.word()), Some(order));
    }
    assert_eq!(Order::parse("rolling"), None);
}
