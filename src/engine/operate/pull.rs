//! Images: fetched from a registry.

use std::time::Duration;

use serde_json::Value;

use super::text;
use crate::engine::{Call, Engine, EngineError};

/// How long the engine may ask the registry before it says the first word.
const FIRST_WORD: Duration = Duration::from_secs(120);
/// How long it may be silent afterwards: large layers are unpacked without a word on older engines.
const NEXT_WORD: Duration = Duration::from_secs(600);

/// What the engine tells while it pulls.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PullStep {
    /// The layer, or the tag where the step concerns the whole image; may be empty.
    pub layer: String,
    /// What happens: `Downloading`, `Pull complete`.
    pub status: String,
    /// Bytes done so far, where it is told.
    pub done: Option<u64>,
    /// Bytes in all, where it is told.
    pub total: Option<u64>,
}

impl Engine {
    /// Pulls an image: `nginx` is `nginx:latest`, never all tags. `told` hears each step. No credentials are sent.
    ///
    /// # Errors
    /// An [`EngineError`]. A failure in the midst of the pull is a [`Refused`](EngineError::Refused), too; its
    /// status is the engine's code if it gives one, otherwise 500. See
    /// [`is_pull_denied`](EngineError::is_pull_denied).
    pub async fn pull(&self, reference: &str, mut told: impl FnMut(PullStep)) -> Result<(), EngineError> {
        let attempt = format!("pull image {reference}");
        let (name, tag) = name_and_tag(reference);
        let call = Call::post(&attempt, "/images/create").query("fromImage", name).query("tag", tag);
        let mut lines = self.json_lines(call.within(FIRST_WORD), Some(NEXT_WORD)).await?;
        while let Some(line) = lines.next::<Value>().await? {
            match failure(&line) {
                Some((status, message)) => return Err(EngineError::Refused { attempt, status, message }),
                None => told(step(&line)),
            }
        }
        Ok(())
    }
}

/// Splits a reference into what the API calls `fromImage` and `tag`; a digest goes before a tag.
fn name_and_tag(reference: &str) -> (&str, &str) {
    let (name, digest) = match reference.split_once('@') {
        Some((name, digest)) => (name, Some(digest)),
        None => (reference, None),
    };
    // A colon before a slash belongs to the registry's port.
    let (name, tag) = match name.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => (name, Some(tag)),
        _ => (name, None),
    };
    (name, digest.or(tag).unwrap_or("latest"))
}

fn failure(line: &Value) -> Option<(u16, String)> {
    let detail = line.get("errorDetail");
    let told = detail.and_then(|detail| detail.get("message")).or_else(|| line.get("error"))?;
    let code = detail.and_then(|detail| detail.get("code")).and_then(Value::as_u64);
    let status = code.and_then(|code| u16::try_from(code).ok()).filter(|code| *code >= 400).unwrap_or(500);
    Some((status, crate::text::sanitize(told.as_str().unwrap_or_default())))
}

fn step(line: &Value) -> PullStep {
    let bytes = |name: &str| line.get("progressDetail")?.get(name)?.as_u64();
    PullStep {
        layer: text(line, "id"),
        status: text(line, "status"),
        done: bytes("current"),
        total: bytes("total").filter(|total| *total > 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_reference_without_a_tag_means_latest_and_never_all_tags() {
        assert_eq!(name_and_tag("nginx"), ("nginx", "latest"));
        assert_eq!(name_and_tag("registry:5000/team/app"), ("registry:5000/team/app", "latest"));
    }

    #[test]
    fn tags_and_digests_are_told_from_ports() {
        assert_eq!(name_and_tag("registry:5000/app:1.2"), ("registry:5000/app", "1.2"));
        assert_eq!(name_and_tag("app:1.2@sha256:abc"), ("app", "sha256:abc"));
    }

    #[test]
    fn a_failure_in_the_midst_of_a_pull_keeps_the_engines_words() {
        let line = json!({ "errorDetail": { "message": "no space left on device" }, "error": "no space" });
        assert_eq!(failure(&line), Some((500, "no space left on device".to_owned())));
        let line = json!({ "errorDetail": { "code": 401, "message": "unauthorized" } });
        assert_eq!(failure(&line), Some((401, "unauthorized".to_owned())));
    }

    #[test]
    fn progress_is_read_where_it_is_told() {
        let line =
            json!({ "status": "Downloading", "id": "a1", "progressDetail": { "current": 5, "total": 9 } });
        let told = step(&line);
        assert_eq!((told.layer.as_str(), told.done, told.total), ("a1", Some(5), Some(9)));
        assert_eq!(step(&json!({ "status": "Pull complete", "progressDetail": {} })).total, None);
    }
}
