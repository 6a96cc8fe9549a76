//! From a file's text, or from labels, to settings.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::{Course, Hook, Said, Settings, Variables, spans::span, words::words};
use crate::command::{order::Order, rollout::OnFailure};

/// The part of a compose file that is looked at.
#[derive(Debug, Deserialize)]
struct File {
    #[serde(default)]
    services: Option<BTreeMap<String, Value>>,
}

/// What a file says of a service. `called` is the file's name as people know it.
///
/// # Errors
/// A sentence if the text is no compose file; nothing of the text is in it.
pub fn of_file(text: &str, called: &str, service: &str, variables: &Variables) -> Result<Settings, String> {
    let file: File = serde_yaml::from_str(text).map_err(|error| {
        let place =
            error.location().map(|place| format!(" at line {}, column {}", place.line(), place.column()));
        format!("{called} cannot be understood{}", place.unwrap_or_default())
    })?;
    let services = file.services.unwrap_or_default();
    let Some(said) = services.get(service) else { return Ok(Settings::default()) };
    let mut reader = Reader { called, service, variables, notes: Vec::new() };
    Ok(reader.settings(said))
}

/// What labels say: `stacktop.update.parallelism` and the other words of `update_config`.
#[must_use]
pub fn of_labels(labels: &Value, service: &str) -> Settings {
    let (variables, mut settings) = (Variables::default(), Settings::default());
    for (part, course) in [("update", &mut settings.update), ("rollback", &mut settings.rollback)] {
        let prefix = format!("stacktop.{part}.");
        for (name, value) in labels.as_object().into_iter().flatten() {
            let Some(key) = name.strip_prefix(&prefix) else { continue };
            let called = format!("label {name}");
            let mut reader = Reader { called: &called, service, variables: &variables, notes: Vec::new() };
            reader.course(&serde_json::json!({ key: value }), "", course);
            settings.notes.append(&mut reader.notes);
        }
    }
    settings
}

struct Reader<'a> {
    called: &'a str,
    service: &'a str,
    variables: &'a Variables,
    notes: Vec<String>,
}

impl Reader<'_> {
    fn settings(&mut self, said: &Value) -> Settings {
        let mut settings = Settings::default();
        let deploy = said.get("deploy").unwrap_or(&Value::Null);
        for (part, course) in
            [("update_config", &mut settings.update), ("rollback_config", &mut settings.rollback)]
        {
            if let Some(config) = deploy.get(part) {
                self.course(config, &format!("deploy.{part}."), course);
            }
        }
        for (place, key, of) in [("deploy.", "replicas", deploy), ("", "scale", said)] {
            let count = self.setting(of, place, key, |text| text.parse().ok());
            settings.replicas = settings.replicas.or(count);
        }
        settings.pre_stop = self.hooks(said.get("pre_stop"));
        if said.get("extends").is_some() {
            self.notes.push(format!(
                "{} of {} extends another service: what that one says of updates is not read",
                self.service, self.called
            ));
        } else {
            settings.named_by = Some(self.called.to_owned());
        }
        settings.notes = std::mem::take(&mut self.notes);
        settings
    }

    fn course(&mut self, config: &Value, place: &str, course: &mut Course) {
        let ratio = |text: &str| text.parse().ok().filter(|ratio| (0.0..=1.0).contains(ratio));
        let read = Course {
            parallelism: self.setting(config, place, "parallelism", |text| text.parse().ok()),
            delay: self.setting(config, place, "delay", span),
            order: self.setting(config, place, "order", Order::parse),
            monitor: self.setting(config, place, "monitor", span),
            failure_action: self.setting(config, place, "failure_action", OnFailure::parse),
            max_failure_ratio: self.setting(config, place, "max_failure_ratio", ratio),
        };
        *course = read.over(std::mem::take(course));
    }

    /// One setting; what cannot be read is noted and not there.
    fn setting<T>(
        &mut self,
        config: &Value,
        place: &str,
        key: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Option<Said<T>> {
        let value = config.get(key).filter(|value| !value.is_null())?;
        let text = self.text(value, &format!("{place}{key}"))?;
        let read = read(text.trim()).map(|value| Said { value, by: self.called.to_owned() });
        if read.is_none() {
            let text = crate::text::sanitize(&text);
            self.note(&format!("{place}{key} is `{text}`, which is none of its values"));
        }
        read
    }

    fn text(&mut self, value: &Value, what: &str) -> Option<String> {
        let text = match value {
            Value::String(text) => self.variables.resolve(text),
            Value::Number(number) => Ok(number.to_string()),
            Value::Bool(word) => Ok(word.to_string()),
            Value::Null | Value::Array(_) | Value::Object(_) => {
                self.note(&format!("{what} is no single value"));
                return None;
            }
        };
        match text {
            Ok(text) => Some(text),
            Err(variable) => {
                let variable = crate::text::sanitize(&variable);
                self.note(&format!("{what} needs {variable}, which the environment file does not give"));
                None
            }
        }
    }

    fn note(&mut self, what: &str) {
        let (called, service) = (self.called, self.service);
        self.notes.push(format!("{called} of {service}: {what}; it is not heeded"));
    }

    fn hooks(&mut self, listed: Option<&Value>) -> Vec<Said<Hook>> {
        let listed = listed.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let hooks: Vec<Hook> = listed.iter().filter_map(|said| self.hook(said)).collect();
        hooks.into_iter().map(|value| Said { value, by: self.called.to_owned() }).collect()
    }

    /// A hook of which a part cannot be read is not run at all: half a command is another command.
    fn hook(&mut self, said: &Value) -> Option<Hook> {
        let command = match said.get("command")? {
            Value::Array(list) => self.list(list)?,
            line => {
                let line = self.text(line, "pre_stop")?;
                let split = words(&line);
                if split.is_none() {
                    self.note("a command of pre_stop has a quote that is not closed");
                }
                split?
            }
        };
        let environment = match said.get("environment") {
            Some(Value::Array(list)) => self.list(list)?,
            Some(Value::Object(members)) => self.members(members)?,
            _ => Vec::new(),
        };
        let mut optional = |key: &str| match said.get(key) {
            None | Some(Value::Null) => Some(None),
            Some(value) => self.text(value, "pre_stop").map(Some),
        };
        let (user, working_dir, privileged) =
            (optional("user")?, optional("working_dir")?, optional("privileged")?);
        let privileged = privileged.as_deref() == Some("true");
        (!command.is_empty()).then_some(Hook { command, user, privileged, working_dir, environment })
    }

    fn list(&mut self, list: &[Value]) -> Option<Vec<String>> {
        list.iter().map(|one| self.text(one, "pre_stop")).collect()
    }

    fn members(&mut self, members: &serde_json::Map<String, Value>) -> Option<Vec<String>> {
        let entry = |(name, value): (&String, &Value)| {
            self.text(value, "pre_stop").map(|value| format!("{name}={value}"))
        };
        members.iter().map(entry).collect()
    }
}
