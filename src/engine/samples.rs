//! Measurements of single containers.

use std::time::Duration;

use futures_util::{StreamExt as _, stream, stream::BoxStream};

use super::{Call, Engine, EngineError, call::segment, convert::stats::Told};
use crate::domain::{ContainerId, Sample};

/// Samples as the engine takes them, about one a second. An error is the last item; the end means that the
/// container is gone.
pub type SampleStream = BoxStream<'static, Result<Sample, EngineError>>;

/// The engine reads containers one after the other, so with hundreds a reading may take long.
const IDLE: Duration = Duration::from_secs(30);

impl Engine {
    /// Streams samples of a container. One that does not run yields none until it does.
    ///
    /// # Errors
    /// An [`EngineError`]; its status is 404 if there is no such container.
    pub async fn samples(&self, id: &ContainerId) -> Result<SampleStream, EngineError> {
        let lines = self.json_lines(call(id).query("stream", "true"), Some(IDLE)).await?;
        let samples = stream::unfold(Some(lines), |lines| async move {
            let mut lines = lines?;
            loop {
                match lines.next::<Told>().await {
                    Ok(Some(told)) => match told.sample() {
                        Some(sample) => return Some((Ok(sample), Some(lines))),
                        None => continue,
                    },
                    Ok(None) => return None,
                    Err(error) => return Some((Err(error), None)),
                }
            }
        });
        Ok(samples.boxed())
    }

    /// Two readings of a container from one answer, the first with nothing but CPU: enough for a rate without
    /// keeping anything. Takes one to two seconds.
    ///
    /// # Errors
    /// An [`EngineError`]; 409 if the container does not run.
    pub async fn sample_pair(&self, id: &ContainerId) -> Result<(Option<Sample>, Sample), EngineError> {
        let told: Told = self.json(call(id).query("stream", "false")).await?;
        Ok((told.before(), told.sample().ok_or_else(|| not_running(id))?))
    }

    /// One reading of a container, without the wait for a second one where the engine can (25 and newer).
    ///
    /// # Errors
    /// The same.
    pub async fn sample(&self, id: &ContainerId) -> Result<Sample, EngineError> {
        let told: Told = self.json(call(id).query("stream", "false").query("one-shot", "true")).await?;
        told.sample().ok_or_else(|| not_running(id))
    }
}

fn call(id: &ContainerId) -> Call {
    let path = format!("/containers/{}/stats", segment(id.as_str()));
    Call::get(format!("measure container {}", id.short()), path).within(super::LIST_DEADLINE)
}

fn not_running(id: &ContainerId) -> EngineError {
    EngineError::Refused {
        attempt: format!("measure container {}", id.short()),
        status: 409,
        message: "it is not running".to_owned(),
    }
}
