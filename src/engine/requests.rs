//! An engine that was reached: sends calls, reads answers, words failures.

use std::{error::Error, fmt, sync::Arc, time::Duration};

use bytes::Bytes;
use http_body_util::Empty;
use hyper::{
    Request, Response, StatusCode,
    body::{Body, Incoming},
};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{
    Call, Chunks, ConnectError, Endpoint, EngineError, PIECE,
    body::JsonLines,
    call::segment,
    dial::Target,
    transport::{self, Carried, SendError, Transport},
    version::Version,
};

/// A Docker engine that was reached. Clones share one transport.
#[derive(Clone)]
pub struct Engine {
    shared: Arc<Shared>,
}

struct Shared {
    transport: Arc<Transport>,
    version: String,
    typed: bollard::Docker,
}

impl Engine {
    pub(super) fn new(target: Target, version: Option<Version>) -> Result<Self, ConnectError> {
        let endpoint = target.endpoint.to_string();
        let transport = Arc::new(Transport::new(target, version));
        let spoken = version.unwrap_or(Version::OLDEST);
        let typed = transport::typed(transport.clone(), spoken)
            .map_err(|error| ConnectError::Unreachable { endpoint, cause: error.to_string() })?;
        Ok(Self { shared: Arc::new(Shared { transport, version: spoken.to_string(), typed }) })
    }

    /// The engine's address.
    #[must_use]
    pub fn endpoint(&self) -> &Endpoint {
        &self.shared.transport.target.endpoint
    }

    /// The API version that was agreed on: `1.41`.
    #[must_use]
    pub fn api_version(&self) -> &str {
        &self.shared.version
    }

    /// Requests sent since the connection was made, bollard's included.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.shared.transport.sent()
    }

    /// bollard's typed calls, over the same transport and with the agreed version. Put its errors into words
    /// with [`EngineError::of_bollard`].
    #[must_use]
    pub fn bollard(&self) -> &bollard::Docker {
        &self.shared.typed
    }

    /// Asks whether the engine is there.
    ///
    /// # Errors
    /// An [`EngineError`] if it is not, or does not answer within five seconds.
    pub async fn ping(&self) -> Result<(), EngineError> {
        let call = Call::get("reach the engine", "/_ping").within(Duration::from_secs(5));
        self.bytes(call).await.map(drop)
    }

    /// All there is to know of a container, by id or name, as the engine tells it: environment values are not
    /// masked.
    ///
    /// # Errors
    /// An [`EngineError`]; its status is 404 if there is no such container.
    pub async fn inspect_container(&self, id: &str) -> Result<Value, EngineError> {
        self.json(Call::get(format!("inspect container {id}"), format!("/containers/{}/json", segment(id))))
            .await
    }

    /// The same for a Swarm service.
    ///
    /// # Errors
    /// The same; 503 if the engine is no manager.
    pub async fn inspect_service(&self, id: &str) -> Result<Value, EngineError> {
        self.json(Call::get(format!("inspect service {id}"), format!("/services/{}", segment(id)))).await
    }

    /// The same for a Swarm node.
    ///
    /// # Errors
    /// The same.
    pub async fn inspect_node(&self, id: &str) -> Result<Value, EngineError> {
        self.json(Call::get(format!("inspect node {id}"), format!("/nodes/{}", segment(id)))).await
    }

    /// The same for a Swarm task.
    ///
    /// # Errors
    /// The same.
    pub async fn inspect_task(&self, id: &str) -> Result<Value, EngineError> {
        self.json(Call::get(format!("inspect task {id}"), format!("/tasks/{}", segment(id)))).await
    }

    /// The same for an image, by id or reference.
    ///
    /// # Errors
    /// The same.
    pub async fn inspect_image(&self, id: &str) -> Result<Value, EngineError> {
        let path = id.split('/').map(segment).collect::<Vec<_>>().join("/");
        self.json(Call::get(format!("inspect image {id}"), format!("/images/{path}/json"))).await
    }

    /// Sends a call and reads the JSON of its answer.
    ///
    /// # Errors
    /// An [`EngineError`] if the engine refuses, does not answer, or answers with something else.
    pub async fn json<T: DeserializeOwned>(&self, call: Call) -> Result<T, EngineError> {
        let attempt = call.attempt.clone();
        let body = self.bytes(call).await?;
        serde_json::from_slice(&body).map_err(|error| unreadable(attempt, &error))
    }

    /// Sends a call and reads its answer.
    ///
    /// # Errors
    /// An [`EngineError`] if the engine refuses or does not answer.
    pub async fn bytes(&self, call: Call) -> Result<Vec<u8>, EngineError> {
        self.stream(call, Some(PIECE)).await?.all().await
    }

    /// Sends a call and hands over its answer as it arrives; each piece is waited for at most `idle`.
    ///
    /// # Errors
    /// An [`EngineError`] if the engine refuses or does not answer.
    pub async fn stream(&self, call: Call, idle: Option<Duration>) -> Result<Chunks, EngineError> {
        let request = call.request()?;
        let sent = self.shared.transport.send_gathered(request, call.deadline).await;
        chunks(sent, call.attempt, idle).await
    }

    /// Sends any request and waits for the head of an answer that is no refusal.
    pub(super) async fn answer<B>(
        &self,
        attempt: &str,
        request: Request<B>,
        deadline: Duration,
    ) -> Result<Response<Incoming>, EngineError>
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        let answer = self.shared.transport.send(request, deadline).await;
        let answer = answer.map_err(|error| unanswered(attempt, error))?;
        let status = answer.status();
        if is_refusal(status) {
            return Err(refusal(status, Chunks::new(answer.into_body(), attempt.to_owned(), None)).await);
        }
        Ok(answer)
    }

    pub(super) async fn json_lines(
        &self,
        call: Call,
        idle: Option<Duration>,
    ) -> Result<JsonLines, EngineError> {
        // Each piece is a line, and there are many streams: nothing to put together, nothing to keep buffers for.
        let request = call.request()?;
        let sent = self.shared.transport.send_carried(request, call.deadline).await;
        Ok(JsonLines::new(chunks(sent, call.attempt, idle).await?))
    }

    /// The first contact: pings without a version and returns the newest that the engine speaks.
    pub(super) async fn greet(&self, deadline: Duration) -> Result<String, ConnectError> {
        let target = &self.shared.transport.target;
        let endpoint = target.endpoint.to_string();
        let request = Request::get("/_ping").body(Empty::<Bytes>::new());
        let request = request.map_err(|error| ConnectError::Unreachable {
            endpoint: endpoint.clone(),
            cause: error.to_string(),
        })?;
        let answer = match self.shared.transport.send(request, deadline).await {
            Ok(answer) => answer,
            Err(SendError::Dial(error)) => return Err(error),
            Err(SendError::Silent(after)) => {
                return Err(ConnectError::Silent { endpoint, after: super::error::seconds(after) });
            }
            Err(SendError::Broken(error)) if error.is_parse() && is_plain_tcp(&target.endpoint) => {
                return Err(ConnectError::ExpectsTls { endpoint });
            }
            Err(SendError::Broken(error)) if error.is_parse() => {
                return Err(ConnectError::NoEngine { endpoint, cause: "it does not speak HTTP".to_owned() });
            }
            Err(SendError::Broken(error)) => return Err(target.explain(&error)),
        };
        match answer.headers().get("api-version").and_then(|version| version.to_str().ok()) {
            Some(version) if answer.status().is_success() => Ok(version.to_owned()),
            _ => Err(no_engine(endpoint, answer).await),
        }
    }
}

const fn is_plain_tcp(endpoint: &Endpoint) -> bool {
    matches!(endpoint, Endpoint::Tcp { tls: false, .. })
}

/// An answer to a ping that no engine gives.
async fn no_engine(endpoint: String, answer: Response<Incoming>) -> ConnectError {
    let status = answer.status();
    match refusal(status, Chunks::new(answer.into_body(), String::new(), None)).await {
        EngineError::Refused { message, .. } if message.contains("HTTP request to an HTTPS server") => {
            ConnectError::ExpectsTls { endpoint }
        }
        EngineError::Refused { status, message, .. } if status >= 400 => {
            ConnectError::NoEngine { endpoint, cause: format!("it answers {status}: {message}") }
        }
        _ => ConnectError::NoEngine { endpoint, cause: "it tells no API version".to_owned() },
    }
}

/// The pieces of an answer that is no refusal.
async fn chunks(
    sent: Result<Carried, SendError>,
    attempt: String,
    idle: Option<Duration>,
) -> Result<Chunks, EngineError> {
    let (answer, carrier) = sent.map_err(|error| unanswered(&attempt, error))?;
    let status = answer.status();
    let chunks = Chunks::new(answer.into_body(), attempt, idle).carried(carrier);
    if is_refusal(status) { Err(refusal(status, chunks).await) } else { Ok(chunks) }
}

fn is_refusal(status: StatusCode) -> bool {
    status.is_client_error() || status.is_server_error()
}

fn unanswered(attempt: &str, error: SendError) -> EngineError {
    let attempt = attempt.to_owned();
    match error {
        SendError::Silent(after) => EngineError::Silent { attempt, after },
        error => EngineError::Lost { attempt, cause: error.to_string() },
    }
}

/// The engine's own words for a refusal.
async fn refusal(status: StatusCode, body: Chunks) -> EngineError {
    const MOST: usize = 2000;
    let attempt = body.attempt().to_owned();
    let body = body.within(Duration::from_secs(5)).all().await.unwrap_or_default();
    let told = serde_json::from_slice::<Value>(&body).ok();
    let told = told.as_ref().and_then(|told| told.get("message")).and_then(Value::as_str);
    let message = match told {
        Some(message) => crate::text::sanitize(message),
        None => crate::text::sanitize_bytes(body.get(..MOST).unwrap_or(&body)),
    };
    let message = if message.trim().is_empty() { status.to_string() } else { message.trim().to_owned() };
    EngineError::Refused { attempt, status: status.as_u16(), message }
}

pub(super) fn unreadable(attempt: String, error: &dyn fmt::Display) -> EngineError {
    EngineError::Unreadable { attempt, cause: crate::text::sanitize(&error.to_string()) }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Engine({}, API {})", self.endpoint(), self.api_version())
    }
}
