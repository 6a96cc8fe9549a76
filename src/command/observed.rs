//! The containers of one Compose service as an operation sees them: by name, number and label, nothing remembered.

use std::time::Duration;

use serde_json::Value;

use super::{clone::Original, compose::Hook, rollout::REFERENCE};
use crate::domain::{ServiceKey, StackName};

/// The label that marks what an operation made, with the operation's id.
pub const OPERATION: &str = "stacktop.op";

/// Labels, and a variable, by which proxies find their servers; they heed what the engine says of a server's health.
const PROXIES: [&str; 2] = ["traefik.", "caddy"];
const PROXIED: &str = "VIRTUAL_HOST=";

/// Labels that say what is run in a container before it is stopped: a command line for the shell, or a JSON list.
const HOOKS: [&str; 2] = ["stacktop.drain.exec", "docker-rollout.pre-stop-hook"];

/// Docker's own grace where a container has none.
const GRACE: Duration = Duration::from_secs(10);

/// A service's containers.
#[derive(Clone, Debug, PartialEq)]
pub struct ObservedService {
    /// Which service.
    pub key: ServiceKey,
    /// All containers that carry its labels, one-offs left out, by number.
    pub members: Vec<Member>,
}

/// One container of a service.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// Its id.
    pub id: String,
    /// Its name without the slash.
    pub name: String,
    /// Its container number.
    pub number: u64,
    /// What it is doing.
    pub condition: Condition,
    /// The operation that made it, if one did.
    pub operation: Option<String>,
    /// What the engine knows of it, of its image and of its files.
    pub original: Original,
}

/// What a container is doing, as far as operations care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// Its process runs.
    Running,
    /// It was never started.
    Created,
    /// It ran and ended, or goes on ending.
    Ended,
}

impl ObservedService {
    /// The service at `key`; containers of other services are left out.
    #[must_use]
    pub fn of(key: ServiceKey, originals: impl IntoIterator<Item = Original>) -> Self {
        let mut members: Vec<Member> = originals.into_iter().filter_map(|it| Member::of(&key, it)).collect();
        members.sort_by(|a, b| (a.number, &a.name).cmp(&(b.number, &b.name)));
        Self { key, members }
    }

    /// Members that run.
    pub fn running(&self) -> impl Iterator<Item = &Member> {
        self.members.iter().filter(|member| member.condition == Condition::Running)
    }
}

impl Member {
    fn of(key: &ServiceKey, original: Original) -> Option<Self> {
        let stack = key.stack.as_ref().map_or("", StackName::as_str);
        let ours = original.project() == stack
            && original.label("com.docker.compose.service") == key.name
            && !original.label("com.docker.compose.oneoff").eq_ignore_ascii_case("true");
        ours.then_some(())?;
        Some(Self {
            id: original.id().to_owned(),
            name: original.name().to_owned(),
            number: original.number()?,
            condition: condition(&original.container),
            operation: Some(original.label(OPERATION)).filter(|id| !id.is_empty()).map(str::to_owned),
            original,
        })
    }

    /// Its restart policy, as [`Original::restart_policy`] tells it.
    #[must_use]
    pub fn restart_policy(&self) -> Value {
        self.original.restart_policy()
    }

    /// How long it is given to stop.
    #[must_use]
    pub fn grace(&self) -> Duration {
        let seconds = self.original.container.pointer("/Config/StopTimeout").and_then(Value::as_u64);
        seconds.map_or(GRACE, Duration::from_secs)
    }

    /// Its status in the engine's word.
    #[must_use]
    pub fn status(&self) -> &str {
        self.text("/State/Status")
    }

    /// Its health in the engine's word; empty without a check.
    #[must_use]
    pub fn health(&self) -> &str {
        self.text("/State/Health/Status")
    }

    fn text(&self, pointer: &str) -> &str {
        self.original.container.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
    }

    /// The image it runs, by id.
    #[must_use]
    pub fn image_id(&self) -> &str {
        self.text("/Image")
    }

    /// The image reference it was made from.
    #[must_use]
    pub fn image(&self) -> &str {
        self.text("/Config/Image")
    }

    /// The reference that it stands for: a label tells it where it was made from an id.
    #[must_use]
    pub fn reference(&self) -> &str {
        let of_label = self.label(REFERENCE).filter(|_| self.image().starts_with("sha256:"));
        of_label.unwrap_or_else(|| self.image())
    }

    /// A label's value.
    #[must_use]
    pub fn label(&self, name: &str) -> Option<&str> {
        self.original.container.pointer("/Config/Labels")?.get(name)?.as_str()
    }

    /// Whether a proxy finds it by what it says of itself.
    #[must_use]
    pub fn is_proxied(&self) -> bool {
        let labels = self.original.container.pointer("/Config/Labels").and_then(Value::as_object);
        let is_of_proxy = |name: &String| PROXIES.iter().any(|proxy| name.starts_with(proxy));
        let env = self.original.container.pointer("/Config/Env").and_then(Value::as_array);
        let mut env = env.into_iter().flatten().filter_map(Value::as_str);
        labels.into_iter().flatten().any(|(name, _)| is_of_proxy(name))
            || env.any(|variable| variable.starts_with(PROXIED))
    }

    /// What its label says is run in it before it is stopped.
    #[must_use]
    pub fn drain_hook(&self) -> Option<Vec<String>> {
        let hook = HOOKS.iter().find_map(|name| self.label(name)).filter(|hook| !hook.trim().is_empty())?;
        let by_shell = || vec!["/bin/sh".to_owned(), "-c".to_owned(), hook.to_owned()];
        Some(serde_json::from_str(hook).unwrap_or_else(|_| by_shell()))
    }

    /// What is run in it before it is stopped: what its label says, else what its compose file says.
    #[must_use]
    pub fn hooks(&self, of_file: &[Hook]) -> Vec<Hook> {
        self.drain_hook().map_or_else(|| of_file.to_vec(), |command| vec![Hook::new(command)])
    }

    /// Its health check's time to a verdict: start period plus all retries; `None` without a check.
    #[must_use]
    pub fn time_to_verdict(&self) -> Option<Duration> {
        let check = self.original.container.pointer("/Config/Healthcheck")?;
        let nanos = |name: &str, default: u64| {
            let value = check.get(name).and_then(Value::as_u64).filter(|&value| value > 0);
            Duration::from_nanos(value.unwrap_or(default))
        };
        const SECOND: u64 = 1_000_000_000;
        let is_none = check.pointer("/Test/0").and_then(Value::as_str).is_none_or(|word| word == "NONE");
        let retries = check.get("Retries").and_then(Value::as_u64).filter(|&n| n > 0).unwrap_or(3);
        let round = nanos("Interval", 30 * SECOND) + nanos("Timeout", 30 * SECOND);
        let rounds = round.saturating_mul(u32::try_from(retries).unwrap_or(u32::MAX));
        (!is_none).then(|| nanos("StartPeriod", 0) + rounds)
    }
}

fn condition(inspect: &Value) -> Condition {
    match inspect.pointer("/State/Status").and_then(Value::as_str) {
        Some("running" | "paused") => Condition::Running,
        Some("created") => Condition::Created,
        _ => Condition::Ended,
    }
}
