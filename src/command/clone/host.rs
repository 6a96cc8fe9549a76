//! The host's side of a container: limits, ports, policies, taken over as they are.

use serde_json::{Map, Value};

use super::Original;
use super::json::object;

/// The `HostConfig` of a create call. Anonymous volumes are another matter.
pub(super) fn of(original: &Original) -> Map<String, Value> {
    let mut host = object(&original.container, "/HostConfig");
    // The client of another host wrote its file there.
    host.remove("ContainerIDFile");
    host.retain(|_, value| !value.is_null());
    if let Some(Value::Array(links)) = host.get_mut("Links") {
        for link in links {
            if let Some(asked) = link.as_str().and_then(as_asked) {
                *link = Value::String(asked);
            }
        }
    }
    host
}

/// Links are asked for as `db:alias` and told as `/db:/web/alias`.
fn as_asked(told: &str) -> Option<String> {
    let (target, path) = told.split_once(':')?;
    let alias = path.rsplit('/').next()?;
    Some(format!("{}:{alias}", target.trim_start_matches('/')))
}
