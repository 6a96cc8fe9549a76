//! What a container takes over from its image, by the engine's rules.

use serde_json::{Map, Value, json};

/// Completes a container's `Config` with its image's.
pub(crate) fn inherit(config: &mut Value, image: &Value) {
    let Some(own) = config.as_object_mut() else { return };
    environment(own, image);
    command(own, image);
    for name in ["Labels", "ExposedPorts", "Volumes"] {
        unite(own, image, name);
    }
    for name in ["User", "WorkingDir", "StopSignal", "Shell"] {
        if is_empty(own.get(name)) {
            own.extend(
                image.get(name).filter(|value| !is_empty(Some(value))).map(|v| (name.to_owned(), v.clone())),
            );
        }
    }
    health(own, image);
}

fn is_empty(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null) => true,
        Some(Value::String(text)) => text.is_empty(),
        Some(Value::Array(items)) => items.is_empty(),
        Some(Value::Object(fields)) => fields.is_empty(),
        Some(value) => value.as_i64() == Some(0),
    }
}

/// Variables of the image that the container does not set come after its own.
fn environment(own: &mut Map<String, Value>, image: &Value) {
    let texts = |value: Option<&Value>| -> Vec<String> {
        let items = value.and_then(Value::as_array).into_iter().flatten();
        items.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let name = |entry: &str| entry.split('=').next().unwrap_or_default().to_owned();
    let mut env = texts(own.get("Env"));
    let set: Vec<String> = env.iter().map(|entry| name(entry)).collect();
    env.extend(texts(image.get("Env")).into_iter().filter(|entry| !set.contains(&name(entry))));
    own.insert("Env".to_owned(), json!(env));
}

/// The image's command counts only with the image's entry point.
fn command(own: &mut Map<String, Value>, image: &Value) {
    if !is_empty(own.get("Entrypoint")) {
        return;
    }
    if is_empty(own.get("Cmd")) {
        own.insert("Cmd".to_owned(), image.get("Cmd").cloned().unwrap_or_default());
    }
    if own.get("Entrypoint").is_none_or(Value::is_null) {
        own.insert("Entrypoint".to_owned(), image.get("Entrypoint").cloned().unwrap_or_default());
    }
}

fn unite(own: &mut Map<String, Value>, image: &Value, name: &str) {
    let Some(theirs) = image.get(name).and_then(Value::as_object) else { return };
    let mut all = own.get(name).and_then(Value::as_object).cloned().unwrap_or_default();
    for (key, value) in theirs {
        all.entry(key.clone()).or_insert_with(|| value.clone());
    }
    own.insert(name.to_owned(), Value::Object(all));
}

/// A check without a test is the image's, with what the container changes of it.
fn health(own: &mut Map<String, Value>, image: &Value) {
    let Some(Value::Object(theirs)) = image.get("Healthcheck") else { return };
    let mut check = own.get("Healthcheck").and_then(Value::as_object).cloned().unwrap_or_default();
    for (name, value) in theirs {
        if is_empty(check.get(name)) {
            check.insert(name.clone(), value.clone());
        }
    }
    own.insert("Healthcheck".to_owned(), Value::Object(check));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_of_the_image_come_after_those_of_the_container() {
        let mut config = json!({"Env": ["A=1"]});
        inherit(&mut config, &json!({"Env": ["A=0", "PATH=/bin"]}));
        assert_eq!(config["Env"], json!(["A=1", "PATH=/bin"]));
    }

    #[test]
    fn a_containers_entry_point_drops_the_images_command() {
        let mut config = json!({"Entrypoint": ["/own"]});
        inherit(&mut config, &json!({"Cmd": ["serve"], "Entrypoint": ["/image"]}));
        assert_eq!(config["Cmd"], Value::Null);
        let mut config = json!({"Cmd": ["other"]});
        inherit(&mut config, &json!({"Cmd": ["serve"], "Entrypoint": ["/image"]}));
        assert_eq!((&config["Cmd"], &config["Entrypoint"]), (&json!(["other"]), &json!(["/image"])));
    }

    #[test]
    fn a_check_is_completed_field_by_field() {
        let mut config = json!({"Healthcheck": {"Interval": 5}});
        inherit(&mut config, &json!({"Healthcheck": {"Test": ["CMD", "x"], "Interval": 30, "Retries": 3}}));
        assert_eq!(config["Healthcheck"], json!({"Test": ["CMD", "x"], "Interval": 5, "Retries": 3}));
    }
}
