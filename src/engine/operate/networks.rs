//! Networks: containers join and leave them.

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
