//! Volumes that nobody named, and folders that only one container should write to.
//!
//! The engine names an anonymous volume with 64 random digits. A clone that takes a container's place mounts it by
//! that name, so the data stays; from then on only the name tells that nobody chose it. One more replica must not
//! mount it: two containers would share data that was never meant to be shared.

use serde_json::{Map, Value, json};

use super::json::{list, text, texts};
use super::{AnonymousVolumes, Original};

/// Endings of files; a bind of one of these is no data folder.
const FILES: [&str; 27] = [
    "cert",
    "cfg",
    "cnf",
    "conf",
    "crt",
    "css",
    "env",
    "html",
    "ini",
    "js",
    "json",
    "key",
    "lock",
    "lua",
    "pem",
    "php",
    "pid",
    "properties",
    "py",
    "sh",
    "sock",
    "sql",
    "toml",
    "txt",
    "xml",
    "yaml",
    "yml",
];
/// Files without an ending that many containers mount.
const SYSTEM_FILES: [&str; 6] =
    ["/etc/group", "/etc/hostname", "/etc/hosts", "/etc/localtime", "/etc/passwd", "/etc/timezone"];
/// Trees of the kernel: many may write there.
const NO_DATA: [&str; 3] = ["/dev", "/proc", "/sys"];

/// Whether a volume's name is one the engine made up.
#[must_use]
pub fn is_anonymous(name: &str) -> bool {
    name.len() == 64 && name.chars().all(|c| c.is_ascii_hexdigit())
}

/// The anonymous volumes of an inspected container: nobody else will ever remove them.
#[must_use]
pub fn anonymous_volumes(container: &Value) -> Vec<String> {
    volumes(container)
        .map(|mount| text(mount, "/Name").to_owned())
        .filter(|name| is_anonymous(name))
        .collect()
}

fn volumes(container: &Value) -> impl Iterator<Item = &Value> {
    list(container, "/Mounts").iter().filter(|mount| text(mount, "/Type") == "volume")
}

/// Gives the clone the original's anonymous volumes, or volumes of its own.
pub(super) fn apply(
    host: &mut Map<String, Value>,
    original: &Original,
    wish: AnonymousVolumes,
    notes: &mut Vec<String>,
) {
    match wish {
        AnonymousVolumes::Keep => keep(host, &original.container),
        AnonymousVolumes::Fresh => freshen(host, original, notes),
    }
}

fn keep(host: &mut Map<String, Value>, container: &Value) {
    let mut mounts = take_mounts(host);
    for volume in volumes(container) {
        let (name, target) = (text(volume, "/Name"), text(volume, "/Destination"));
        let bound = texts(container, "/HostConfig/Binds").any(|bind| target_of(bind) == target);
        if bound || name.is_empty() {
            continue;
        }
        match mounts.iter_mut().find(|mount| same_path(text(mount, "/Target"), target)) {
            Some(Value::Object(mount)) if mount.get("Source").is_none_or(|source| source == "") => {
                mount.insert("Source".to_owned(), json!(name));
            }
            Some(_) => {}
            None => mounts.push(mounted(name, target, volume.get("RW") == Some(&json!(false)))),
        }
    }
    put_mounts(host, mounts);
}

fn mounted(name: &str, target: &str, read_only: bool) -> Value {
    let mut mount = json!({ "Type": "volume", "Source": name, "Target": target });
    if read_only && let Some(mount) = mount.as_object_mut() {
        mount.insert("ReadOnly".to_owned(), json!(true));
    }
    mount
}

/// An earlier replacement may have mounted an anonymous volume by its name; the name goes, the mount stays.
fn freshen(host: &mut Map<String, Value>, original: &Original, notes: &mut Vec<String>) {
    let mut fresh = Vec::new();
    if let Some(Value::Array(binds)) = host.get_mut("Binds") {
        let is_named =
            |bind: &Value| !is_anonymous(bind.as_str().and_then(|bind| bind.split(':').next()).unwrap_or(""));
        let (named, dropped) = std::mem::take(binds).into_iter().partition(is_named);
        *binds = named;
        fresh = dropped;
    }
    let mut mounts = take_mounts(host);
    mounts.extend(
        fresh
            .iter()
            .filter_map(Value::as_str)
            .map(|bind| json!({ "Type": "volume", "Target": target_of(bind) })),
    );
    for mount in mounts.iter_mut().filter_map(Value::as_object_mut) {
        if mount.get("Source").and_then(Value::as_str).is_some_and(is_anonymous) {
            mount.remove("Source");
        }
    }
    put_mounts(host, mounts);
    if volumes(&original.container).any(|volume| is_anonymous(text(volume, "/Name"))) {
        notes.push(format!("the new replica of {} starts with empty anonymous volumes", original.service()));
    }
}

fn take_mounts(host: &mut Map<String, Value>) -> Vec<Value> {
    match host.remove("Mounts") {
        Some(Value::Array(mounts)) => mounts,
        _ => Vec::new(),
    }
}

fn put_mounts(host: &mut Map<String, Value>, mounts: Vec<Value>) {
    if !mounts.is_empty() {
        host.insert("Mounts".to_owned(), Value::Array(mounts));
    }
}

/// Where `source:target:options` mounts.
fn target_of(bind: &str) -> &str {
    bind.split(':').nth(1).unwrap_or_default()
}

fn same_path(a: &str, b: &str) -> bool {
    a.trim_end_matches('/') == b.trim_end_matches('/')
}

/// A place outside the container that it may write to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Writable {
    /// The volume's name, or the folder on the host.
    pub source: String,
    /// As a person says it: `volume db-data`, `folder /srv/data`, `the anonymous volume at /data`.
    pub called: String,
}

/// The volumes and folders a container writes to.
pub(crate) fn writable(container: &Value) -> Vec<Writable> {
    let written = list(container, "/Mounts").iter().filter(|mount| mount.get("RW") == Some(&json!(true)));
    written.filter_map(place).collect()
}

fn place(mount: &Value) -> Option<Writable> {
    let (name, source, target) = (text(mount, "/Name"), text(mount, "/Source"), text(mount, "/Destination"));
    match text(mount, "/Type") {
        "volume" if is_anonymous(name) => {
            let called = format!("the anonymous volume at {}", crate::text::sanitize(target));
            Some(Writable { source: name.to_owned(), called })
        }
        "volume" => Some(Writable { source: name.to_owned(), called: format!("volume {name}") }),
        "bind" if is_data_folder(source) => {
            let called = format!("folder {}", crate::text::sanitize(source));
            Some(Writable { source: source.to_owned(), called })
        }
        _ => None,
    }
}

/// The engine does not say whether a bind is a file or a folder; what looks like a file is taken for one.
fn is_data_folder(source: &str) -> bool {
    let name = source.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let ending = name.rsplit_once('.').map(|(_, ending)| ending);
    let of_kernel = NO_DATA.iter().any(|tree| source == *tree || source.starts_with(&format!("{tree}/")));
    !of_kernel && !SYSTEM_FILES.contains(&source) && !ending.is_some_and(|ending| FILES.contains(&ending))
}
