//! What nobody uses is removed.

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::engine::{Call, Engine, EngineError};

/// How long an engine may take to remove all that.
const PATIENCE: Duration = Duration::from_secs(900);

/// What is to be removed, as far as nobody uses it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Prune {
    /// Containers that do not run.
    Containers,
    /// Images without a name.
    DanglingImages,
    /// All images that no container uses.
    AllImages,
    /// Networks without containers.
    Networks,
    /// Volumes without a name. Engines before 23 (API 1.42) cannot tell them from those with one, so that they are not
    /// asked.
    AnonymousVolumes,
    /// All volumes that no container uses.
    AllVolumes,
    /// The build cache.
    BuildCache,
}

/// What was removed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Names or ids, as the engine tells them.
    pub names: Vec<String>,
    /// Bytes freed; networks take none.
    pub bytes: u64,
}

impl Engine {
    /// Removes what nobody uses. `filters` limit it: `[("until", "24h"), ("label", "a=b")]`.
    ///
    /// # Errors
    /// An [`EngineError`]; 409 while another prune runs, 400 for a filter that the engine does not know, 501 for
    /// [`Prune::AnonymousVolumes`] where the engine would remove more than that.
    pub async fn prune(&self, what: Prune, filters: &[(&str, &str)]) -> Result<Pruned, EngineError> {
        let (words, path, listed) = what.on_the_wire();
        if what == Prune::AnonymousVolumes && !self.prunes_anonymous_volumes() {
            let version = self.api_version();
            let message = format!("an engine of API {version} would remove volumes with a name, too");
            return Err(EngineError::Refused { attempt: format!("prune {words}"), status: 501, message });
        }
        let filters = self.prune_filters(what, filters).to_string();
        let mut call = Call::post(format!("prune {words}"), path).query("filters", &filters);
        if what == Prune::BuildCache {
            call = call.query("all", "1");
        }
        let answer: Value = self.json(call.within(PATIENCE)).await?;
        Ok(Pruned { names: names(&answer, listed), bytes: bytes(&answer) })
    }

    fn prune_filters(&self, what: Prune, asked: &[(&str, &str)]) -> Value {
        let mut filters: Map<String, Value> = Map::new();
        let own: &[(&str, &str)] = match what {
            Prune::DanglingImages => &[("dangling", "true")],
            Prune::AllImages => &[("dangling", "false")],
            // Older engines remove all and refuse the word.
            Prune::AllVolumes if self.prunes_anonymous_volumes() => &[("all", "true")],
            _ => &[],
        };
        for (name, value) in asked.iter().chain(own) {
            if let Value::Array(values) = filters.entry(*name).or_insert_with(|| json!([])) {
                values.push(json!(value));
            }
        }
        Value::Object(filters)
    }

    /// Whether this engine keeps volumes with a name unless told otherwise.
    fn prunes_anonymous_volumes(&self) -> bool {
        let minor = self.api_version().rsplit_once('.').and_then(|(_, minor)| minor.parse().ok());
        minor.is_some_and(|minor: u32| minor >= 42)
    }
}

impl Prune {
    /// Words for people, the path of the call, the member of the answer that lists what is gone.
    const fn on_the_wire(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Containers => ("stopped containers", "/containers/prune", "ContainersDeleted"),
            Self::DanglingImages => ("images without a name", "/images/prune", "ImagesDeleted"),
            Self::AllImages => ("unused images", "/images/prune", "ImagesDeleted"),
            Self::Networks => ("unused networks", "/networks/prune", "NetworksDeleted"),
            Self::AnonymousVolumes => ("unused anonymous volumes", "/volumes/prune", "VolumesDeleted"),
            Self::AllVolumes => ("unused volumes", "/volumes/prune", "VolumesDeleted"),
            Self::BuildCache => ("the build cache", "/build/prune", "CachesDeleted"),
        }
    }
}

fn names(answer: &Value, listed: &str) -> Vec<String> {
    let items = answer.get(listed).and_then(Value::as_array).into_iter().flatten();
    let name = |item: &Value| {
        let image = item.get("Untagged").or_else(|| item.get("Deleted"));
        image.unwrap_or(item).as_str().map(crate::text::sanitize)
    };
    items.filter_map(name).collect()
}

fn bytes(answer: &Value) -> u64 {
    answer.get("SpaceReclaimed").and_then(Value::as_u64).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_from_each_kind_of_answer() {
        let images = json!({ "ImagesDeleted": [{ "Untagged": "a:1" }, { "Deleted": "sha256:b" }], "SpaceReclaimed": 7 });
        assert_eq!(names(&images, "ImagesDeleted"), ["a:1", "sha256:b"]);
        assert_eq!(bytes(&images), 7);
        let networks = json!({ "NetworksDeleted": null });
        assert_eq!((names(&networks, "NetworksDeleted"), bytes(&networks)), (Vec::new(), 0));
    }
}
