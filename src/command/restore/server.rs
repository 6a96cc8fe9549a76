//! The server that dumps are loaded into: a container of the service's image, without a network, on a fresh volume.

use serde_json::{Value, json};

use super::{Load, Origin};
use crate::command::clone::json::{label, list, text, texts};

/// Where secrets are; a server may need them to know its own user.
const SECRETS: &str = "/run/secrets/";

/// The body of the create call for a server on `volume`, with these labels.
pub(super) fn body(load: &Load, volume: &str, labels: &[(String, String)]) -> Value {
    let (words, mut env) = (words(&load.origin), env(&load.origin));
    let server = load.recipe.server(&words, &load.folder);
    env.retain(|entry| !server.untold.iter().any(|name| is_of(entry, name)));
    for (name, value) in server.env.iter().chain(&told(load)) {
        env.retain(|entry| !is_of(entry, name));
        env.push(format!("{name}={value}"));
    }
    let mut mounts = vec![json!({ "Type": "volume", "Source": volume, "Target": load.folder })];
    let mut body = json!({ "Image": load.image, "Env": env, "Healthcheck": { "Test": ["NONE"] } });
    if let Origin::Container(container) = &load.origin {
        mounts.extend(secrets(container));
        for name in ["User", "WorkingDir", "Entrypoint", "StopSignal"] {
            take(&mut body, name, container.pointer(&format!("/Config/{name}")));
        }
        body["HostConfig"]["ShmSize"] = container.pointer("/HostConfig/ShmSize").cloned().unwrap_or_default();
    }
    take(&mut body, "Cmd", server.command.map(|words| json!(words)).as_ref());
    for (name, value) in labels {
        body["Labels"][name] = json!(value);
    }
    let host = &mut body["HostConfig"];
    host["NetworkMode"] = json!("none");
    host["RestartPolicy"] = json!({ "Name": "no" });
    host["Mounts"] = json!(mounts);
    body
}

/// The words of the service's command, as far as they are known.
pub(super) fn words(origin: &Origin) -> Vec<String> {
    match origin {
        Origin::Container(container) => texts(container, "/Config/Cmd").map(str::to_owned).collect(),
        Origin::Record(record) => record.words.clone(),
    }
}

fn env(origin: &Origin) -> Vec<String> {
    match origin {
        Origin::Container(container) => {
            let told = texts(container, "/Config/Env").filter(|entry| !is_unseen(container, entry));
            told.map(str::to_owned).collect()
        }
        Origin::Record(record) => record.env.clone(),
    }
}

/// What the recipe's commands are told in secret, such as a password that the server gets as an argument. A set keeps no
/// secrets: where only it tells of the service, the server gets others.
fn told(load: &Load) -> Vec<(String, String)> {
    match &load.origin {
        Origin::Container(container) if is_task(container) => {
            let mut least = load.recipe.least();
            least.retain(|(name, _)| !texts(container, "/Config/Env").any(|entry| is_of(entry, name)));
            load.recipe.env(container).into_iter().chain(least).collect()
        }
        Origin::Container(container) => load.recipe.env(container),
        Origin::Record(_) => load.recipe.least(),
    }
}

/// Whether Swarm made the container: it alone gives out its secrets, and to its tasks only.
fn is_task(container: &Value) -> bool {
    !label(container, "com.docker.swarm.task.id").is_empty()
}

/// Whether the entry names a file of a secret that no other container has.
fn is_unseen(container: &Value, entry: &str) -> bool {
    let file = entry.split_once("_FILE=").map(|(_, file)| file);
    is_task(container) && file.is_some_and(|file| file.starts_with(SECRETS))
}

fn is_of(entry: &str, name: &str) -> bool {
    entry.split_once('=').is_some_and(|(its, _)| its == name)
}

fn take(body: &mut Value, name: &str, value: Option<&Value>) {
    if let Some(value) = value.filter(|value| !value.is_null()) {
        body[name] = value.clone();
    }
}

fn secrets(container: &Value) -> impl Iterator<Item = Value> {
    let mounts = list(container, "/Mounts").iter().filter(|mount| text(mount, "/Type") == "bind");
    let secret = mounts.filter(|mount| text(mount, "/Destination").starts_with(SECRETS));
    secret.map(|mount| {
        let (source, target) = (text(mount, "/Source"), text(mount, "/Destination"));
        json!({ "Type": "bind", "Source": source, "Target": target, "ReadOnly": true })
    })
}

/// The body of the create call for a container like the service's, without its volumes, folders and network.
pub(super) fn alone(container: &Value, labels: &[(String, String)]) -> Value {
    let mut body = json!({ "Image": text(container, "/Image"), "Healthcheck": { "Test": ["NONE"] } });
    for name in ["User", "WorkingDir", "Entrypoint", "StopSignal", "Env", "Cmd"] {
        take(&mut body, name, container.pointer(&format!("/Config/{name}")));
    }
    for (name, value) in labels {
        body["Labels"][name] = json!(value);
    }
    body["HostConfig"] = json!({
        "NetworkMode": "none",
        "RestartPolicy": { "Name": "no" },
        "Mounts": secrets(container).collect::<Vec<_>>(),
    });
    body
}
