//! What a tag means at this moment: its digest, so that every node runs the same image. Swarm's own manager does not look,
//! so whoever changes a service does.

use serde_json::{Value, json};

use crate::{command::ServiceChange, text::sanitize};

/// A reference with what is known of its digest.
#[derive(Clone, Debug, PartialEq)]
pub struct Pin {
    /// The reference that tasks are to run: `web:2@sha256:…` where the digest is known.
    pub reference: String,
    /// The kinds of nodes that the image is made for, as a spec has them; null where nobody tells.
    pub platforms: Value,
    /// Who told the digest.
    pub source: Source,
}

/// Who told what a tag means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The reference itself has its digest.
    Itself,
    /// The registry.
    Registry,
    /// The image that the manager has, as the registry did not tell, for this reason.
    Image(String),
    /// Nobody, for this reason.
    Nobody(String),
}

impl Pin {
    /// One that needs nobody's word: a reference with a digest, or an id.
    #[must_use]
    pub fn settled(reference: &str) -> Option<Self> {
        let is_settled = reference.contains('@') || reference.starts_with("sha256:");
        is_settled.then(|| Self::new(reference.to_owned(), Source::Itself))
    }

    /// By what the registry tells, if that has a digest.
    #[must_use]
    pub fn by_registry(reference: &str, told: &Value) -> Option<Self> {
        let digest = told.pointer("/Descriptor/digest").and_then(Value::as_str)?;
        let platforms: Vec<Value> =
            told.get("Platforms").and_then(Value::as_array).into_iter().flatten().map(platform).collect();
        let platforms = if platforms.is_empty() { Value::Null } else { Value::Array(platforms) };
        Some(Self { platforms, ..Self::new(format!("{}@{digest}", tagged(reference)), Source::Registry) })
    }

    /// By an image of the manager's own, if it came from that repository. `why` the registry did not tell.
    #[must_use]
    pub fn by_image(reference: &str, image: &Value, why: &str) -> Option<Self> {
        let known = image.get("RepoDigests").and_then(Value::as_array)?;
        let mut known = known.iter().filter_map(Value::as_str).filter_map(|known| known.split_once('@'));
        let (_, digest) = known.find(|(repository, _)| familiar(repository) == repository_of(reference))?;
        Some(Self::new(format!("{}@{digest}", tagged(reference)), Source::Image(sanitize(why))))
    }

    /// By nobody: the tag stays what it is.
    #[must_use]
    pub fn by_nobody(reference: &str, why: &str) -> Self {
        Self::new(reference.to_owned(), Source::Nobody(sanitize(why)))
    }

    const fn new(reference: String, source: Source) -> Self {
        Self { reference, platforms: Value::Null, source }
    }

    /// What a person should know of it, where tasks run `now`.
    #[must_use]
    pub fn note(&self, now: &str) -> Option<String> {
        match &self.source {
            Source::Registry if self.reference.split('@').next() == Some(now) => Some(format!(
                "{} is without a digest in the spec, so nobody can tell whether the tasks run this already: all are \
                 replaced",
                sanitize(now)
            )),
            Source::Itself | Source::Registry => None,
            Source::Image(why) => Some(format!(
                "the registry does not tell what the tag means now ({why}); the digest is that of the image on this node"
            )),
            Source::Nobody(why) => Some(format!(
                "nobody tells the digest of {} ({why}): each node takes what it finds under that tag, which may differ",
                sanitize(&self.reference)
            )),
        }
    }
}

impl ServiceChange {
    /// The same change, of a service whose tasks are to run only on these kinds of nodes; null leaves that as it is. A
    /// change that replaces tasks by the same ones has nothing to add.
    #[must_use]
    pub fn on_platforms(self, platforms: &Value) -> Self {
        if platforms.is_null() || self.is_forced() {
            return self;
        }
        Self::All(vec![self, Self::Platforms(platforms.clone())])
    }
}

/// A platform as a spec has it. A registry says `arm` where nodes say `armv7l`, so that one is not asked for.
fn platform(told: &Value) -> Value {
    let word = |name: &str| told.get(name).and_then(Value::as_str).unwrap_or_default();
    let (architecture, os) = (word("architecture"), word("os"));
    if architecture.is_empty() || architecture.eq_ignore_ascii_case("arm") {
        return json!({ "OS": os });
    }
    json!({ "Architecture": architecture, "OS": os })
}

/// A reference without the registry that is meant when none is named.
fn familiar(reference: &str) -> &str {
    let rest = reference.strip_prefix("docker.io/").unwrap_or(reference);
    rest.strip_prefix("library/").unwrap_or(rest)
}

fn repository_of(reference: &str) -> &str {
    match reference.rsplit_once(':') {
        // A colon before a slash belongs to the registry's port.
        Some((name, tag)) if !tag.contains('/') => familiar(name),
        _ => familiar(reference),
    }
}

/// A reference with its tag.
fn tagged(reference: &str) -> String {
    let named = reference.rsplit('/').next().unwrap_or(reference);
    if named.contains(':') { reference.to_owned() } else { format!("{reference}:latest") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(platforms: &Value) -> Value {
        json!({ "Descriptor": { "digest": "sha256:ab" }, "Platforms": platforms })
    }

    #[test]
    fn the_registrys_digest_goes_behind_the_tag_which_is_latest_where_none_is_named() {
        let reference = |name| Pin::by_registry(name, &told(&Value::Null)).unwrap().reference;
        assert_eq!(reference("web:2"), "web:2@sha256:ab");
        assert_eq!(reference("host:5000/team/web"), "host:5000/team/web:latest@sha256:ab");
        assert_eq!(Pin::by_registry("web:2", &json!({ "message": "not found" })), None);
    }

    #[test]
    fn platforms_are_those_of_the_registry_but_for_arm_which_nodes_call_otherwise() {
        let platforms = json!([
            { "architecture": "amd64", "os": "linux" }, { "architecture": "arm", "os": "linux", "variant": "v7" },
        ]);
        let pin = Pin::by_registry("web:2", &told(&platforms)).unwrap();
        assert_eq!(pin.platforms, json!([{ "Architecture": "amd64", "OS": "linux" }, { "OS": "linux" }]));
    }

    #[test]
    fn an_image_tells_the_digest_of_its_own_repository_only() {
        let image = json!({ "RepoDigests": ["other/web@sha256:cd", "nginx@sha256:ab"] });
        let pin = Pin::by_image("docker.io/library/nginx:1", &image, "no such host").unwrap();
        assert_eq!(pin.reference, "docker.io/library/nginx:1@sha256:ab");
        assert!(pin.note("nginx:1").unwrap().contains("no such host"), "{pin:?}");
        assert_eq!(Pin::by_image("web:1", &image, ""), None);
        assert_eq!(Pin::by_image("nginx", &json!({ "RepoDigests": null }), ""), None);
    }

    #[test]
    fn tasks_of_the_same_tag_without_a_digest_are_said_to_be_replaced() {
        let pin = Pin::by_registry("web:2", &told(&Value::Null)).unwrap();
        assert!(pin.note("web:2").is_some_and(|note| note.contains("all are replaced")), "{pin:?}");
        assert_eq!((pin.note("web:1"), pin.note("web:2@sha256:ab")), (None, None));
    }

    #[test]
    fn what_names_its_content_needs_nobody() {
        for reference in ["web:1@sha256:ab", "web@sha256:ab", "sha256:abcd"] {
            assert_eq!(Pin::settled(reference).map(|pin| pin.reference).as_deref(), Some(reference));
        }
        assert_eq!(Pin::settled("web:1"), None);
    }

    #[test]
    fn platforms_go_along_with_another_image_and_never_with_the_same_one() {
        let platforms = json!([{ "OS": "linux" }]);
        let change = ServiceChange::Image("web:2".to_owned()).on_platforms(&platforms);
        let made = change.applied(&json!({ "TaskTemplate": { "Placement": { "MaxReplicas": 1 } } }));
        let placement = json!({ "MaxReplicas": 1, "Platforms": platforms });
        assert_eq!(made["TaskTemplate"]["Placement"], placement);
        assert_eq!(ServiceChange::Force(2).on_platforms(&platforms), ServiceChange::Force(2));
    }
}
