//! Images and volumes: looked up, removed, and the disk they and the rest take.

use std::time::Duration;

use hyper::Method;
use serde_json::Value;

use crate::engine::{Call, Engine, EngineError, segment};

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
        // Engines from API 1.52 on tell single objects only to who asks for them.
        let call = Call::get("ask for the disk usage", "/system/df").query("verbose", "1");
        self.json(call.within(WALK)).await
    }

    /// Removes an image and its ancestors that have no name and no other descendant.
    ///
    /// # Errors
    /// An [`EngineError`]: 409 if a container or another image is made from it.
    pub async fn remove_image(&self, id: &str) -> Result<(), EngineError> {
        self.done(Call::new(Method::DELETE, format!("remove image {id}"), format!("/images/{}", segment(id))))
            .await
    }

    /// Removes a volume with what is in it.
    ///
    /// # Errors
    /// An [`EngineError`]: 409 if a container mounts it, running or not.
    pub async fn remove_volume(&self, name: &str) -> Result<(), EngineError> {
        let path = format!("/volumes/{}", segment(name));
        self.done(Call::new(Method::DELETE, format!("remove volume {name}"), path)).await
    }
}
