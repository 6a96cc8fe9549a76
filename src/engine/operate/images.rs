//! Images: looked up, and the disk they and the rest take.

use std::time::Duration;

use serde_json::Value;

use crate::engine::{Call, Engine, EngineError};

impl Engine {
    /// An image as the engine tells it, by id or reference; `None` if the engine does not have it.
    ///
    /// # Errors
    /// An [`EngineError`] for any other refusal.
    pub async fn image(&self, reference: &str) -> Result<Option<Value>, EngineError> {
        match self.inspect_image(reference).await {
            Ok(image) => Ok(Some(image)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// What images, containers, volumes and the build cache take, as the engine tells it: newer engines have other
    /// members than older ones. The engine walks through all layers, which takes seconds to minutes.
    ///
    /// # Errors
    /// An [`EngineError`]; 409 while somebody else asks the same.
    pub async fn disk_usage(&self) -> Result<Value, EngineError> {
        const WALK: Duration = Duration::from_secs(180);
        self.json(Call::get("ask for the disk usage", "/system/df").within(WALK)).await
    }
}
