//! The container's own configuration without what its image brought.
//!
//! The engine merges the image's defaults into a container's configuration and keeps no trace of who said what. Sent
//! back as it is, the old image's `PATH`, command and health check would be frozen into the container of the new one.

use serde_json::{Map, Value, json};

use super::Original;
use super::json::{is_empty, object, text};
use super::network::fixed_mac;

/// Fields that are the image's when they are equal to the image's.
const PLAIN: [&str; 4] = ["WorkingDir", "User", "StopSignal", "Shell"];
/// Fields whose members are the image's one by one.
const SETS: [&str; 2] = ["Volumes", "ExposedPorts"];
/// What the caller sets anew.
const REPLACED: [&str; 3] = ["Image", "Labels", "OnBuild"];

/// The fields of a create call that a container's user asked for.
pub(super) fn of(original: &Original) -> Map<String, Value> {
    let mut config = object(&original.container, "/Config");
    let image = original.image.get("Config").unwrap_or(&Value::Null);
    config.retain(|name, _| !REPLACED.contains(&name.as_str()));
    config.retain(|name, value| !(PLAIN.contains(&name.as_str()) && image.get(name) == Some(value)));
    without_entries(&mut config, "Env", image);
    for name in SETS {
        without_members(&mut config, name, image);
    }
    without_members(&mut config, "Healthcheck", image);
    let command = Command::of(&config, image);
    without_made_up_names(&mut config, original);
    config.retain(|_, value| !is_empty(value));
    command.put(&mut config);
    config
}

/// Leaves out entries of a list that the image's list has as well.
fn without_entries(config: &mut Map<String, Value>, name: &str, image: &Value) {
    let Some(Value::Array(of_image)) = image.get(name) else { return };
    if let Some(Value::Array(entries)) = config.get_mut(name) {
        entries.retain(|entry| !of_image.contains(entry));
    }
}

/// Leaves out members of an object that the image's object has as well, with the same value.
fn without_members(config: &mut Map<String, Value>, name: &str, image: &Value) {
    let Some(Value::Object(of_image)) = image.get(name) else { return };
    if let Some(Value::Object(members)) = config.get_mut(name) {
        members.retain(|member, value| of_image.get(member) != Some(value));
    }
}

/// What the container runs, as far as its user said so; the two parts depend on each other.
struct Command {
    entrypoint: Option<Value>,
    cmd: Option<Value>,
}

impl Command {
    /// The engine takes the image's command only where the user names no entry point, so a user's entry point keeps
    /// the command, and an entry point that was named to get rid of the image's command stays named.
    fn of(config: &Map<String, Value>, image: &Value) -> Self {
        let own = |name: &str| config.get(name).filter(|value| !is_empty(value)).cloned();
        let theirs = |name: &str| image.get(name).filter(|value| !is_empty(value)).cloned();
        let (entrypoint, cmd) = (own("Entrypoint"), own("Cmd"));
        let rid_of_command = cmd.is_none() && theirs("Cmd").is_some();
        if entrypoint == theirs("Entrypoint") && !rid_of_command {
            let cmd = cmd.filter(|cmd| Some(cmd) != theirs("Cmd").as_ref());
            return Self { entrypoint: None, cmd };
        }
        // The engine's way to say "no entry point, not even the image's".
        Self { entrypoint: Some(entrypoint.unwrap_or_else(|| json!([""]))), cmd }
    }

    fn put(self, config: &mut Map<String, Value>) {
        for (name, value) in [("Entrypoint", self.entrypoint), ("Cmd", self.cmd)] {
            match value {
                Some(value) => config.insert(name.to_owned(), value),
                None => config.remove(name),
            };
        }
    }
}

/// Leaves out the host name made of the id, the address made of another, and what a shared namespace decides.
fn without_made_up_names(config: &mut Map<String, Value>, original: &Original) {
    let container = &original.container;
    let hostname = text(container, "/Config/Hostname");
    let made_up = original.id().get(..12) == Some(hostname);
    let borrowed = text(container, "/HostConfig/NetworkMode").starts_with("container:");
    if made_up || borrowed || text(container, "/HostConfig/UTSMode") == "host" {
        config.remove("Hostname");
    }
    if borrowed {
        config.remove("ExposedPorts");
    }
    // Newer engines want it at the network's endpoint.
    if fixed_mac(container).is_none() || original.api_version >= (1, 44) {
        config.remove("MacAddress");
    }
}
