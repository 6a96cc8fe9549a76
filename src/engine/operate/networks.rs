//! Networks: listed, removed; containers join and leave them.

use hyper::Method;
use serde_json::{Value, json};

use crate::engine::{Call, Engine, EngineError, segment};

use super::Force;

impl Engine {
    /// Joins a container to a network with an endpoint's settings: `{"Aliases": ["web"]}`, or `null` for none.
    ///
    /// # Errors
    /// An [`EngineError`]: [`is_already_connected`](EngineError::is_already_connected), 404 if there is no such
    /// network or container.
    pub async fn connect(&self, network: &str, container: &str, endpoint: &Value) -> Result<(), EngineError> {
        let attempt = format!("connect container {container} to network {network}");
        let call = Call::post(attempt, format!("/networks/{}/connect", segment(network)));
        self.done(call.body(json!({ "Container": container, "EndpointConfig": endpoint }))).await
    }

    /// All networks, as the engine tells them.
    ///
    /// # Errors
    /// An [`EngineError`] if the engine does not tell.
    pub async fn networks(&self) -> Result<Vec<Value>, EngineError> {
        self.json(Call::get("list the networks", "/networks")).await
    }

    /// Removes a network.
    ///
    /// # Errors
    /// An [`EngineError`]: 403 or 409 while a container that runs is in it.
    pub async fn remove_network(&self, network: &str) -> Result<(), EngineError> {
        let path = format!("/networks/{}", segment(network));
        self.done(Call::new(Method::DELETE, format!("remove network {network}"), path)).await
    }

    /// Takes a container out of a network. With [`Force::Kill`] the endpoint is cut off even if the container is
    /// gone or its engine does not answer; the container itself lives on.
    ///
    /// # Errors
    /// An [`EngineError`]: [`is_not_connected`](EngineError::is_not_connected), 404 if there is no such network.
    pub async fn disconnect(&self, network: &str, container: &str, force: Force) -> Result<(), EngineError> {
        let attempt = format!("disconnect container {container} from network {network}");
        let call = Call::post(attempt, format!("/networks/{}/disconnect", segment(network)));
        self.done(call.body(json!({ "Container": container, "Force": force == Force::Kill }))).await
    }
}
