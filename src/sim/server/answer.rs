//! Answers: JSON, errors and streams, with the headers of a real engine.

use std::convert::Infallible;

use bytes::Bytes;
use http_body_util::{BodyExt, Collected, Full, StreamBody, combinators::BoxBody};
use hyper::{Response, StatusCode, body::Frame, header::HeaderValue};
use serde::{Serialize, Serializer as _};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::sim::state::Refused;

/// The newest version of the API that is spoken.
pub(crate) const NEWEST: (u32, u32) = (1, 45);
/// The oldest.
pub(crate) const OLDEST: (u32, u32) = (1, 24);

/// The body of an answer.
pub(crate) type Body = BoxBody<Bytes, Infallible>;
/// An answer.
pub(crate) type Answer = Response<Body>;

/// An answer that says no.
#[derive(Debug)]
pub(crate) struct Failure {
    status: StatusCode,
    message: String,
}

impl Failure {
    /// With a status and the engine's words.
    pub(crate) fn new(status: u16, message: impl Into<String>) -> Self {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self { status, message: message.into() }
    }

    /// 404: there is no such thing.
    pub(crate) fn missing(what: &str, name: &str) -> Self {
        Self::new(404, format!("{what}{name}"))
    }

    /// As an answer.
    pub(crate) fn into_answer(self) -> Answer {
        let mut answer = json_with(self.status, &json!({"message": self.message}));
        if self.status == StatusCode::NOT_MODIFIED {
            *answer.body_mut() = whole("");
        }
        answer
    }
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Already => Self::new(304, ""),
            Refused::Conflict(message) => Self::new(409, message),
            Refused::Failed(status, message) => Self::new(status, message),
        }
    }
}

fn whole(text: impl Into<Bytes>) -> Body {
    Full::new(text.into()).boxed()
}

/// 200 with JSON.
pub(crate) fn json(value: &Value) -> Answer {
    json_with(StatusCode::OK, value)
}

/// JSON with a status.
pub(crate) fn json_with(status: StatusCode, value: &Value) -> Answer {
    of_json(status, format!("{value}\n").into())
}

/// 200 with a list, written element by element.
pub(crate) fn list<T: Serialize>(elements: impl IntoIterator<Item = T>) -> Answer {
    let mut text = Vec::new();
    // Memory takes what is written, and nothing here has keys that are no text.
    let _ = serde_json::Serializer::new(&mut text).collect_seq(elements);
    text.push(b'\n');
    of_json(StatusCode::OK, text)
}

fn of_json(status: StatusCode, text: Vec<u8>) -> Answer {
    let mut answer = Response::new(whole(text));
    *answer.status_mut() = status;
    set(&mut answer, "content-type", "application/json");
    answer
}

/// 204 without a body.
pub(crate) fn nothing() -> Answer {
    let mut answer = Response::new(whole(""));
    *answer.status_mut() = StatusCode::NO_CONTENT;
    answer
}

/// 200 with plain text.
pub(crate) fn text(text: &'static str) -> Answer {
    let mut answer = Response::new(whole(text));
    set(&mut answer, "content-type", "text/plain; charset=utf-8");
    answer
}

/// 200 with what is sent through the channel, until its sender is gone.
pub(crate) fn stream(content_type: Option<&str>) -> (mpsc::Sender<Bytes>, Answer) {
    let (sender, receiver) = mpsc::channel(64);
    let frames = futures_util::stream::unfold(receiver, |mut receiver| async {
        let bytes = receiver.recv().await?;
        Some((Ok::<_, Infallible>(Frame::data(bytes)), receiver))
    });
    let mut answer = Response::new(StreamBody::new(frames).boxed());
    if let Some(content_type) = content_type {
        set(&mut answer, "content-type", content_type);
    }
    (sender, answer)
}

/// The beginning of an answer, as if it were all of it.
pub(crate) async fn shorten(answer: Answer, bytes: usize) -> Answer {
    let (parts, body) = answer.into_parts();
    let all = body.collect().await.map(Collected::to_bytes).unwrap_or_default();
    Response::from_parts(parts, whole(all.slice(..bytes.min(all.len()))))
}

/// 101: the connection is the client's from now on.
pub(crate) fn upgraded(content_type: &str) -> Answer {
    let mut answer = Response::new(whole(""));
    *answer.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    set(&mut answer, "content-type", content_type);
    set(&mut answer, "connection", "Upgrade");
    set(&mut answer, "upgrade", "tcp");
    answer
}

/// Sets a header.
pub(crate) fn set(answer: &mut Answer, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        answer.headers_mut().insert(name, value);
    }
}

/// Adds what every answer has.
pub(crate) fn finish(mut answer: Answer, engine: &str, head: bool) -> Answer {
    set(&mut answer, "api-version", &format!("{}.{}", NEWEST.0, NEWEST.1));
    set(&mut answer, "docker-experimental", "false");
    set(&mut answer, "ostype", "linux");
    set(&mut answer, "server", &format!("Docker/{engine} (linux)"));
    if head {
        *answer.body_mut() = whole("");
    }
    answer
}
