//! Images and volumes: looked up, here and in a registry, removed, and the disk they and the rest take.

use std::{collections::BTreeMap, time::Duration};

use bytes::Bytes;
use http_body_util::Full;
use hyper::{
    Method,
    header::{CONTENT_TYPE, HeaderValue},
};
use serde_json::{Value, json};

use crate::engine::{Call, Chunks, Engine, EngineError, segment};

/// How long an engine may take to make an image of nothing.
const IMPORT: Duration = Duration::from_secs(60);

/// How long a registry may take to tell what it has.
const REGISTRY: Duration = Duration::from_secs(15);

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

    /// What a registry has under a reference, asked through the engine and without credentials: `Descriptor` with the
    /// digest, and `Platforms`.
    ///
    /// # Errors
    /// An [`EngineError`] with the registry's words, or why none was reached.
    pub async fn distribution(&self, reference: &str) -> Result<Value, EngineError> {
        let path = format!("/distribution/{}/json", segment(reference));
        self.json(Call::get(format!("ask the registry for {reference}"), path).within(REGISTRY)).await
    }

    /// Makes an image of this name that holds nothing, for containers that are never started. No registry is asked.
    ///
    /// # Errors
    /// An [`EngineError`].
    pub async fn import_empty(&self, repository: &str, tag: &str) -> Result<(), EngineError> {
        /// A tar archive without an entry.
        const NOTHING: [u8; 1024] = [0; 1024];
        let attempt = format!("make the empty image {repository}:{tag}");
        let call = Call::post(&attempt, "/images/create").query("fromSrc", "-");
        let call = call.query("repo", repository).query("tag", tag);
        let mut request = call.request()?.map(|_| Full::new(Bytes::from_static(&NOTHING)));
        request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/x-tar"));
        let answer = self.answer(&attempt, request, IMPORT).await?;
        Chunks::new(answer.into_body(), attempt, Some(IMPORT)).all().await.map(drop)
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

    /// What the engine knows of a volume; `None` if there is none of that name.
    ///
    /// # Errors
    /// An [`EngineError`].
    pub async fn volume(&self, name: &str) -> Result<Option<Value>, EngineError> {
        match self
            .json(Call::get(format!("look at volume {name}"), format!("/volumes/{}", segment(name))))
            .await
        {
            Err(error) if error.is_not_found() => Ok(None),
            other => other.map(Some),
        }
    }

    /// Makes a volume. The engine says nothing where there is one of that name: look before.
    ///
    /// # Errors
    /// An [`EngineError`], such as a driver that is not there.
    pub async fn create_volume(
        &self,
        name: &str,
        driver: &str,
        options: &BTreeMap<String, String>,
        labels: &BTreeMap<String, String>,
    ) -> Result<(), EngineError> {
        let body = json!({ "Name": name, "Driver": driver, "DriverOpts": options, "Labels": labels });
        let call = Call::post(format!("make volume {name}"), "/volumes/create").body(body);
        self.json::<Value>(call).await.map(drop)
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
