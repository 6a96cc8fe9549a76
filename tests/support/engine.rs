//! A real engine, spoken to in plain HTTP: the tests must not share a mistake with the code they test.

use super::blocking;
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1::handshake;
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use std::path::{Path, PathBuf};
use tokio::net::UnixStream;

/// Where an engine listens. Cloning is cheap; every call opens a connection of its own.
#[derive(Clone, Debug)]
pub struct Engine {
    socket: PathBuf,
}

/// A complete answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub body: Bytes,
}

impl Engine {
    /// The engine that `DOCKER_HOST` names, else the one of this host; an error says why there is none.
    pub fn from_env() -> Result<Self, String> {
        let host = std::env::var("DOCKER_HOST").unwrap_or_else(|_| "unix:///var/run/docker.sock".to_owned());
        let socket =
            host.strip_prefix("unix://").ok_or_else(|| format!("{host}, which is no unix socket"))?;
        Self::at(socket).map_err(|error| format!("{host} ({error})"))
    }

    /// The engine at a socket, if it answers.
    pub fn at(socket: impl Into<PathBuf>) -> Result<Self, String> {
        let socket = socket.into();
        match blocking::call(&socket, "GET", "/_ping") {
            Ok((200, _)) => Ok(Self { socket }),
            Ok((status, body)) => Err(format!("status {status}: {body}")),
            Err(error) => Err(error.to_string()),
        }
    }

    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// The value for `DOCKER_HOST` or `--host`.
    pub fn host(&self) -> String {
        format!("unix://{}", self.socket.display())
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, Value::Null).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.call(Method::POST, path, body).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.call(Method::DELETE, path, Value::Null).await
    }

    /// Any call with a JSON body; `Value::Null` sends none.
    pub async fn call(&self, method: Method, path: &str, body: Value) -> Answer {
        let body = if body.is_null() { Bytes::new() } else { Bytes::from(body.to_string()) };
        let response = self.send(method, path, "application/json", body).await;
        let status = response.status().as_u16();
        let body =
            response.into_body().collect().await.expect("the engine's answer ends properly").to_bytes();
        Answer { status, body }
    }

    /// Any call with any body; the answer may be streamed.
    pub async fn send(&self, method: Method, path: &str, content: &str, body: Bytes) -> Response<Incoming> {
        let stream = UnixStream::connect(&self.socket).await.expect("the engine accepts a connection");
        let (mut sender, connection) = handshake(TokioIo::new(stream)).await.expect("the engine speaks HTTP");
        tokio::spawn(connection);
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("Host", "engine")
            .header("Content-Type", content)
            .body(Full::new(body))
            .expect("the path of a request is a URI");
        sender.send_request(request).await.expect("the engine answers")
    }

    /// The next message is ready whenever something happens to an object with the label.
    pub async fn events(&self, label: &str) -> Incoming {
        let path = format!("/events?filters={}", blocking::label_filter(label));
        self.send(Method::GET, &path, "application/json", Bytes::new()).await.into_body()
    }
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The decoded body of a call that must have succeeded.
    #[track_caller]
    pub fn json(&self) -> Value {
        assert!(self.status < 300, "the engine refused with status {}: {}", self.status, self.text());
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }
}
