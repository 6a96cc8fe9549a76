//! A second container like a first one: from what `inspect` says to the body of a create call.
//!
//! A rolling update and a scale-up both make a container "like that one", and both must look to Compose as if Compose
//! had made it: `docker compose ps` lists the clone, `docker compose up` leaves it alone. What `inspect` says cannot
//! be sent back as it is, because the engine has merged three things into it: what the user asked for, what the image
//! brought, and what the engine made up (a host name, addresses, names of volumes). [`body`] takes them apart: the
//! user's part is kept, the image's part is left to the new image, the engine's part is made up anew.
//!
//! ```text
//! config    what the image brought is left out         network   endpoints: aliases, fixed addresses
//! host      limits, ports, mounts as they are          volume    anonymous volumes: kept by name, or fresh ones
//! label     what Compose recognises its own by         layer     secrets that were copied in, to be copied again
//! names     temporary, retired and final names         scale     who may be scaled, who goes first
//! database  images that cannot be swapped on a data folder
//! ```
//!
//! All of it is pure: JSON in, JSON out.

mod config;
mod database;
mod host;
pub(crate) mod json;
mod label;
mod layer;
pub mod names;
mod network;
mod original;
#[cfg(test)]
pub(crate) mod recorded;
mod refusal;
mod scale;
mod volume;

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

pub use database::{MajorChange, database_change};
pub use layer::{copied_files, rooted};
pub use original::{Original, dependents};
pub use refusal::Refusal;
pub(crate) use scale::bindings;
pub use scale::{Current, Standing, scalable, scale_down_order};
pub(crate) use volume::writable;
pub use volume::{Writable, anonymous_volumes, is_anonymous};
pub(crate) use {json::text, network::fixed_address};

/// What is to differ from the original.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// The image as the compose file names it: `shop/web:2`. Never an id, which Compose would not recognise.
    pub image_ref: String,
    /// The id the reference has now.
    pub new_image_id: String,
    /// `GET /images/{new image id}/json`, with `?manifests=1` where the engine knows it.
    pub new_image: Value,
    /// Compose's `container-number`.
    pub number: u64,
    /// The name the clone will have in the end; it is created under a temporary one.
    pub final_name: String,
    /// Labels to add: `stacktop.op`, `stacktop.replaces`, `stacktop.slot`.
    pub labels: BTreeMap<String, String>,
    /// What becomes of anonymous volumes.
    pub volumes: AnonymousVolumes,
    /// Where the compose file puts configs with inline content: they were copied into the container, like secrets.
    pub config_targets: Vec<String>,
}

/// What becomes of the volumes that no compose file names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AnonymousVolumes {
    /// The clone takes the original's place and its data.
    #[default]
    Keep,
    /// The clone is one more replica: it gets volumes of its own.
    Fresh,
}

/// All it takes to make the clone.
#[derive(Clone, Debug, PartialEq)]
pub struct Clone {
    /// The body of the create call.
    pub body: Value,
    /// Networks (name or id) to connect the created container to before it starts, each with its endpoint's
    /// configuration; empty on engines that take all of them at creation (API 1.44).
    pub connect: Vec<(String, Value)>,
    /// Files to copy from the original into the created container before it starts: get the archive of each, put
    /// what [`rooted`] makes of it at `/`, without `copyUIDGID`.
    pub copy_in: Vec<String>,
    /// What a person should know, one sentence each.
    pub notes: Vec<String>,
}

/// The clone of a container.
///
/// # Errors
/// [`Refusal`] if the original cannot be replaced, or the new image cannot run here.
pub fn body(original: &Original, changes: &Changes) -> Result<Clone, Refusal> {
    original.replaceable()?;
    fitting(original, changes)?;
    let mut notes = notes(original, changes);
    let mut body = config::of(original);
    body.insert("Image".to_owned(), json!(changes.image_ref));
    body.insert("Labels".to_owned(), Value::Object(label::of(original, changes, &mut notes)));
    let mut host = host::of(original);
    volume::apply(&mut host, original, changes.volumes, &mut notes);
    body.insert("HostConfig".to_owned(), Value::Object(host));
    let networks = network::of(original, &changes.final_name);
    if !networks.at_creation.is_empty() {
        let endpoints = Map::from_iter([("EndpointsConfig".to_owned(), Value::Object(networks.at_creation))]);
        body.insert("NetworkingConfig".to_owned(), Value::Object(endpoints));
    }
    let copy_in = copied_files(&original.layer, &changes.config_targets);
    Ok(Clone { body: Value::Object(body), connect: networks.connect, copy_in, notes })
}

/// Refuses a new image that is not there or for another platform.
fn fitting(original: &Original, changes: &Changes) -> Result<(), Refusal> {
    let service = original.service();
    let reference = changes.image_ref.clone();
    if changes.new_image_id.is_empty() || changes.new_image.is_null() {
        let cause = "it is not on this engine".to_owned();
        return Err(Refusal::ImageMissing { service, reference, cause });
    }
    let (old, new) = (platform(&original.image), platform(&changes.new_image));
    if !old.is_empty() && !new.is_empty() && old != new {
        return Err(Refusal::Platform { service, reference, old, new });
    }
    Ok(())
}

fn platform(image: &Value) -> String {
    match (text(image, "/Os"), text(image, "/Architecture")) {
        ("", _) | (_, "") => String::new(),
        (system, architecture) => format!("{system}/{architecture}"),
    }
}

fn notes(original: &Original, changes: &Changes) -> Vec<String> {
    let (service, reference) = (original.service(), &changes.image_ref);
    let old = text(&original.container, "/Config/Image");
    let mut notes = Vec::new();
    if original.image.is_null() {
        notes.push(format!("the old image of {service} is gone, so its defaults stay in the new container"));
    }
    let is_id = |image: &str| image.starts_with("sha256:");
    if old != reference && original.is_compose() && !is_id(old) && !is_id(reference) {
        notes.push(format!(
            "{service} was {old} and becomes {reference}: write that into the compose file if it says otherwise; the next 'docker compose up' then recreates it once"
        ));
    }
    if !original.dependents.is_empty() {
        let names = original.dependents.join(", ");
        notes
            .push(format!(
            "{names} lives in the namespaces of {} and loses them: re-create it afterwards, `docker compose up --detach --force-recreate --no-deps` with its service",
            original.name()
        ));
    }
    notes
}

#[cfg(test)]
mod tests;
