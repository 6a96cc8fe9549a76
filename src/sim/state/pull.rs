//! Images come and go: pulls, tags and removals.

use serde_json::{Value, json};

use super::{Image, Refused, State, images::tagged};
use crate::sim::{
    clock::{Nanos, SECOND},
    ids,
    spec::Size,
};

/// How a pull will go.
#[derive(Clone, Debug)]
pub(crate) struct Pull {
    /// How long it takes.
    pub(crate) takes: Nanos,
    /// With what words it breaks off half-way.
    pub(crate) error: Option<String>,
    /// Whether the engine has it already.
    pub(crate) current: bool,
    /// The id of what is pulled.
    pub(crate) id: String,
    /// Its size in bytes.
    pub(crate) size: u64,
}

impl State {
    /// What a pull of a reference will be like.
    pub(crate) fn plan_pull(&self, reference: &str) -> Result<Pull, Refused> {
        let reference = tagged(reference);
        let spec = self.image_spec(self.content(&reference).1);
        if self.conduct(&reference).missing {
            let text = format!("manifest for {reference} not found: manifest unknown: manifest unknown");
            return Err(Refused::failed(404, text));
        }
        let id = self.published_id(&reference);
        let current = self.images.get(&reference).is_some_and(|image| image.id == id);
        let takes = if current { SECOND / 4 } else { spec.registry.pull.map_or(2 * SECOND, |span| span.0) };
        let size = if spec.size.0 == 0 { 48 << 20 } else { spec.size.0 };
        Ok(Pull { takes, error: spec.registry.error.filter(|_| !current), current, id, size })
    }

    /// How often a reference got new content, and like what it behaves.
    fn content<'a>(&'a self, reference: &'a str) -> (u64, &'a str) {
        self.published.get(reference).map_or((0, reference), |(count, like)| (*count, like.as_str()))
    }

    fn published_id(&self, reference: &str) -> String {
        let key = match self.content(reference).0 {
            0 => format!("image {reference}"),
            count => format!("image {reference} {count}"),
        };
        format!("sha256:{}", ids::hex(self.seed, &key))
    }

    /// A registry has new content under a reference.
    pub(crate) fn publish(&mut self, reference: &str, like: &str) {
        let reference = tagged(reference);
        let count = self.content(&reference).0 + 1;
        self.published.insert(reference, (count, tagged(like)));
    }

    /// A pull is complete.
    pub(crate) fn pulled(&mut self, reference: &str) {
        let reference = tagged(reference);
        let (id, like) = (self.published_id(&reference), self.content(&reference).1.to_owned());
        if self.images.get(&reference).is_none_or(|image| image.id != id) {
            self.untag(&reference);
            self.add_image(&reference, &Size(0));
            let created = self.now;
            if let Some(image) = self.images.get_mut(&reference) {
                image.id = id;
                image.like = like;
                image.created = created;
            }
        }
        self.tell_image("pull", &reference, &reference);
    }

    /// An image that was sent along is there. Gives its id.
    pub(crate) fn import_image(&mut self, reference: &str) -> String {
        let reference = tagged(reference);
        self.untag(&reference);
        self.add_image(&reference, &Size(0));
        let (id, created) =
            (format!("sha256:{}", ids::hex(self.seed, &format!("import {reference}"))), self.now);
        if let Some(image) = self.images.get_mut(&reference) {
            image.id.clone_from(&id);
            image.created = created;
        }
        self.tell_image("import", &id, &reference);
        id
    }

    /// Takes a reference from its image; what has no other reference and is used stays without one.
    fn untag(&mut self, reference: &str) {
        let Some(old) = self.images.remove(reference) else { return };
        let named = self.images.values().any(|image| image.id == old.id);
        if !named && self.containers.values().any(|container| container.image_id == old.id) {
            let nameless = Image { reference: String::new(), ..old };
            self.images.insert(nameless.id.clone(), nameless);
        }
    }

    /// Gives an image one more reference.
    pub(crate) fn tag_image(&mut self, name: &str, reference: &str) -> Result<(), Refused> {
        let missing = || Refused::failed(404, format!("No such image: {}", tagged(name)));
        let image = self.image(name).cloned().ok_or_else(missing)?;
        let reference = tagged(reference);
        if self.images.get(&reference).is_none_or(|own| own.id != image.id) {
            self.untag(&reference);
        }
        let id = image.id.clone();
        self.images.insert(reference.clone(), Image { reference: reference.clone(), ..image });
        self.tell_image("tag", &id, &reference);
        Ok(())
    }

    /// Removes a reference, and the image with its last one. Gives what the engine tells of it.
    pub(crate) fn remove_image(&mut self, name: &str, force: bool) -> Result<Value, Refused> {
        let missing = || Refused::failed(404, format!("No such image: {}", tagged(name)));
        let image = self.image(name).cloned().ok_or_else(missing)?;
        let names: Vec<String> =
            self.images.iter().filter(|(_, own)| own.id == image.id).map(|(k, _)| k.clone()).collect();
        let by_name = names.contains(&tagged(name));
        let short = ids::short(image.id.trim_start_matches("sha256:")).to_owned();
        if names.len() > 1 && !by_name && !force {
            return Err(Refused::Conflict(format!(
                "conflict: unable to delete {short} (must be forced) - image is referenced in multiple repositories"
            )));
        }
        let last = names.len() == 1 || !by_name;
        let user = self.containers.values().find(|container| container.image_id == image.id);
        if let Some(user) = user.filter(|user| last && (!force || user.is_up())) {
            return Err(Refused::Conflict(format!(
                "conflict: unable to remove repository reference \"{name}\" (must force) - container {} is using \
                 its referenced image {short}",
                ids::short(&user.id)
            )));
        }
        let gone: Vec<String> = if by_name { vec![tagged(name)] } else { names };
        let mut told: Vec<Value> = Vec::new();
        for key in gone {
            let named = self.images.remove(&key).filter(|image| !image.reference.is_empty());
            told.extend(named.map(|image| json!({"Untagged": image.reference})));
            self.tell_image("untag", &image.id, &image.id);
        }
        if last {
            told.push(json!({"Deleted": image.id}));
            self.tell_image("delete", &image.id, &image.id);
        }
        Ok(Value::Array(told))
    }
}
