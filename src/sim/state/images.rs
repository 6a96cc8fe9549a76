//! Images: which there are, what containers inherit from them, and how programs of theirs behave.

use serde_json::{Map, Value, json};

use super::{Container, Image, State};
use crate::sim::{
    clock::{MILLI, Nanos, SECOND},
    ids, noise,
    spec::{Behaviour, ImageConfig, ImageSpec, Size, StopSpec},
    state::build::healthcheck,
};

const DAY: Nanos = 86_400 * SECOND;
const PATH: &str = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// How programs of an image behave.
#[derive(Clone, Debug)]
pub(crate) struct Conduct {
    /// Time from start until a health check passes.
    pub(crate) ready_after: Nanos,
    /// When a program ends by itself after its start, and how.
    pub(crate) crash: Option<(Nanos, i64)>,
    /// How every probe fails, if they all do.
    pub(crate) unhealthy: Option<(i64, String)>,
    /// What it writes to stderr when it fails.
    pub(crate) lines: Vec<String>,
    /// How it ends, if the image says so.
    pub(crate) stop: Option<StopSpec>,
    /// Whether no registry has it.
    pub(crate) missing: bool,
}

impl Conduct {
    fn of(tag: &str, spec: &ImageSpec) -> Self {
        let behaviour = spec.behaviour.unwrap_or_else(|| by_tag(tag));
        let late = if behaviour == Behaviour::Slow { 30 * SECOND } else { SECOND };
        let crash_after = spec.crash_after.map_or(1_200 * MILLI, |span| span.0);
        let code = spec.exit_code.unwrap_or(1);
        let output = spec.output.clone().unwrap_or_else(|| "connection refused\n".to_owned());
        let fatal = || vec!["fatal: cannot start".to_owned()];
        Self {
            ready_after: spec.ready_after.map_or(late, |span| span.0),
            crash: (behaviour == Behaviour::Crash).then_some((crash_after, code)),
            unhealthy: (behaviour == Behaviour::Unhealthy).then_some((code, output)),
            lines: match behaviour {
                Behaviour::Crash if spec.lines.is_empty() => fatal(),
                _ => spec.lines.clone(),
            },
            stop: spec.stop.clone(),
            missing: behaviour == Behaviour::Missing,
        }
    }
}

/// What a tag says of an image that the world does not describe.
fn by_tag(tag: &str) -> Behaviour {
    match tag.rsplit('-').next().unwrap_or(tag) {
        "bad" | "unhealthy" => Behaviour::Unhealthy,
        "crash" => Behaviour::Crash,
        "slow" => Behaviour::Slow,
        "missing" => Behaviour::Missing,
        _ if tag.starts_with("missing") => Behaviour::Missing,
        _ => Behaviour::Good,
    }
}

/// A reference without the registry that is meant when none is named.
fn familiar(reference: &str) -> &str {
    let rest = reference.strip_prefix("docker.io/").unwrap_or(reference);
    rest.strip_prefix("library/").unwrap_or(rest)
}

/// A reference with its tag, as short as it can be: where it has both, the digest says what the tag meant.
pub(crate) fn tagged(reference: &str) -> String {
    let reference = familiar(reference);
    let name = reference.split('@').next().unwrap_or(reference);
    let has_tag = name.rsplit('/').next().is_some_and(|named| named.contains(':'));
    let reference = if has_tag { name } else { reference };
    let named = reference.rsplit('/').next().unwrap_or(reference);
    if named.contains(':') || named.contains('@') {
        reference.to_owned()
    } else {
        format!("{reference}:latest")
    }
}

/// What a registry calls the content that an engine has under this id.
pub(crate) fn digest(id: &str) -> String {
    format!("sha256:{}", id.trim_start_matches("sha256:").chars().rev().collect::<String>())
}

/// A reference without its tag or digest.
pub(crate) fn repository(reference: &str) -> &str {
    let reference = familiar(reference);
    let reference = reference.split('@').next().unwrap_or(reference);
    let colon = reference.rfind(':').filter(|at| reference.rfind('/').is_none_or(|slash| slash < *at));
    colon.and_then(|at| reference.get(..at)).unwrap_or(reference)
}

impl State {
    /// An image by reference, id or front of its id.
    pub(crate) fn image(&self, name: &str) -> Option<&Image> {
        let wanted = name.trim_start_matches("sha256:");
        let by_id =
            |image: &&Image| wanted.len() >= 4 && image.id.trim_start_matches("sha256:").starts_with(wanted);
        self.images.get(&tagged(name)).or_else(|| self.images.values().find(by_id))
    }

    /// What the world says of an image.
    pub(crate) fn image_spec(&self, reference: &str) -> ImageSpec {
        self.image_specs.get(&tagged(reference)).cloned().unwrap_or_default()
    }

    /// How programs of an image behave.
    pub(crate) fn conduct(&self, reference: &str) -> Conduct {
        let reference = tagged(reference);
        let tag = reference.rsplit(':').next().unwrap_or_default();
        Conduct::of(tag, &self.image_spec(&reference))
    }

    /// The image whose description a container's programs follow.
    pub(crate) fn original(&self, container: &Container) -> String {
        let own = self.images.values().find(|image| image.id == container.image_id);
        own.map_or_else(|| container.image.clone(), |image| image.like.clone())
    }

    /// How a container's programs behave.
    pub(crate) fn conduct_of(&self, container: &Container) -> Conduct {
        self.conduct(&self.original(container))
    }

    /// `Config` of an image.
    pub(crate) fn image_config(&self, reference: &str) -> Value {
        let like = self.image(reference).map_or_else(|| reference.to_owned(), |image| image.like.clone());
        config(&self.image_spec(&like).config)
    }

    /// Makes an image known.
    pub(crate) fn add_image(&mut self, reference: &str, size: &Size) {
        let reference = tagged(reference);
        if self.images.contains_key(&reference) {
            return;
        }
        let key = noise::key(self.seed, &reference);
        let said = if size.0 == 0 { self.image_spec(&reference).size.0 } else { size.0 };
        let size = if said == 0 { noise::between(key, 0, 28 << 20, 420 << 20) } else { said };
        let image = Image {
            id: format!("sha256:{}", ids::hex(self.seed, &format!("image {reference}"))),
            like: reference.clone(),
            reference: reference.clone(),
            size,
            created: -(noise::between(key, 1, 10, 90) as Nanos) * DAY,
        };
        self.images.insert(reference, image);
    }

    /// Tells an image's event.
    pub(crate) fn tell_image(&mut self, action: &str, id: &str, name: &str) {
        self.tell_object("image", action, id, &[("name", name)]);
    }
}

/// `Config` of an image as the API has it.
fn config(spec: &ImageConfig) -> Value {
    let env = std::iter::once(PATH.to_owned())
        .chain(spec.env.iter().map(|(name, value)| format!("{name}={value}")))
        .collect::<Vec<_>>();
    let words = |text: &str| match text.is_empty() {
        true => Value::Null,
        false => json!(text.split_whitespace().collect::<Vec<_>>()),
    };
    let set = |names: Vec<String>| -> Value {
        let set: Map<String, Value> = names.into_iter().map(|name| (name, json!({}))).collect();
        if set.is_empty() { Value::Null } else { Value::Object(set) }
    };
    let port = |port: &String| if port.contains('/') { port.clone() } else { format!("{port}/tcp") };
    let mut config = json!({
        "Hostname": "", "Domainname": "", "User": spec.user, "AttachStdin": false, "AttachStdout": false,
        "AttachStderr": false, "Tty": false, "OpenStdin": false, "StdinOnce": false, "Env": env,
        "Cmd": words(&spec.command), "Image": "", "Volumes": set(spec.volumes.clone()),
        "WorkingDir": spec.workdir, "Entrypoint": words(&spec.entrypoint), "OnBuild": null,
        "Labels": if spec.labels.is_empty() { Value::Null } else { json!(spec.labels) },
    });
    if let Some(fields) = config.as_object_mut() {
        let ports = set(spec.expose.iter().map(port).collect());
        fields.extend((!ports.is_null()).then(|| ("ExposedPorts".to_owned(), ports)));
        fields.extend(spec.health.as_ref().map(|check| ("Healthcheck".to_owned(), healthcheck(check))));
    }
    config
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_tag_says_how_an_image_behaves() {
        assert_eq!(by_tag("2.0-bad"), Behaviour::Unhealthy);
        assert_eq!(by_tag("2.0-crash"), Behaviour::Crash);
        assert_eq!(by_tag("slow"), Behaviour::Slow);
        assert_eq!(by_tag("missing-3"), Behaviour::Missing);
        assert_eq!(by_tag("2-alpine"), Behaviour::Good);
    }

    #[test]
    fn the_usual_registry_is_not_named() {
        assert_eq!(tagged("docker.io/library/redis"), "redis:latest");
        assert_eq!(tagged("docker.io/shop/web:2"), "shop/web:2");
    }

    #[test]
    fn a_registrys_port_is_no_tag() {
        assert_eq!(repository("host:5000/app"), "host:5000/app");
        assert_eq!(repository("host:5000/app:2"), "host:5000/app");
        assert_eq!(tagged("host:5000/app"), "host:5000/app:latest");
    }

    #[test]
    fn a_digest_behind_a_tag_is_not_looked_at() {
        assert_eq!(tagged("host:5000/app:2@sha256:ab"), "host:5000/app:2");
        assert_eq!(tagged("host:5000/app@sha256:ab"), "host:5000/app@sha256:ab");
    }
}
