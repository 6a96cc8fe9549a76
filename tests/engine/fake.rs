//! A server within the process that answers as a script says.

use std::{
    io,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use serde_json::{Value, json};
use stacktop::engine::{Connector, Engine};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream},
    sync::mpsc,
};

/// What the server does with a request.
pub(crate) enum Answer {
    /// Answers with a status and a text.
    Text(u16, String),
    /// Answers with these bytes, head included, and closes.
    Raw(Vec<u8>),
    /// Promises more than it sends, and closes.
    Cut(String),
    /// Takes the request and never answers.
    Hang,
    /// Sends pieces as they come, closes when the sender is dropped.
    Pieces(mpsc::UnboundedReceiver<Vec<u8>>),
}

type Script = Arc<dyn Fn(&str) -> Answer + Send + Sync>;

/// A scripted engine.
#[derive(Clone)]
pub(crate) struct Fake {
    script: Script,
    asked: Arc<Mutex<Vec<String>>>,
    away: Arc<AtomicBool>,
}

impl Fake {
    /// Answers `_ping` with this API version, and everything else as the script says: it gets the path behind the
    /// version, with the query.
    pub(crate) fn new(version: &str, script: impl Fn(&str) -> Answer + Send + Sync + 'static) -> Self {
        let version = version.to_owned();
        let script = move |path: &str| match path {
            "/_ping" => pong(&version),
            path => script(path),
        };
        Self::bare(script)
    }

    /// Answers everything as the script says.
    pub(crate) fn bare(script: impl Fn(&str) -> Answer + Send + Sync + 'static) -> Self {
        Self { script: Arc::new(script), asked: Arc::default(), away: Arc::default() }
    }

    pub(crate) fn connector(&self) -> Connector {
        let fake = self.clone();
        let dial = move || {
            if fake.away.load(Ordering::Relaxed) {
                return Err(io::Error::from(io::ErrorKind::ConnectionRefused));
            }
            let (client, server) = tokio::io::duplex(64 << 10);
            tokio::spawn(fake.clone().serve(server));
            Ok(client)
        };
        Connector::in_process("the fake engine", Arc::new(dial))
    }

    pub(crate) async fn engine(&self) -> Engine {
        self.connector().connect().await.unwrap()
    }

    /// Refuses new connections from now on, or takes them again.
    pub(crate) fn go_away(&self, away: bool) {
        self.away.store(away, Ordering::Relaxed);
    }

    /// What was asked so far, without the version.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    /// How often something beginning like this was asked.
    pub(crate) fn count(&self, begin: &str) -> usize {
        self.asked().iter().filter(|path| path.starts_with(begin)).count()
    }

    async fn serve(self, mut stream: DuplexStream) {
        let Some(path) = head(&mut stream).await else { return };
        let (version, path) = split_version(&path);
        self.asked.lock().unwrap().push(format!("{version}{path}"));
        match (self.script)(path) {
            Answer::Text(status, body) => write(&mut stream, &text(status, &body)).await,
            Answer::Raw(bytes) => write(&mut stream, &bytes).await,
            Answer::Cut(body) => {
                let head = "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n";
                write(&mut stream, format!("{head}{body}").as_bytes()).await;
            }
            Answer::Hang => std::future::pending().await,
            Answer::Pieces(mut pieces) => {
                write(&mut stream, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").await;
                while let Some(piece) = pieces.recv().await {
                    let chunk = [format!("{:x}\r\n", piece.len()).as_bytes(), &piece, b"\r\n"].concat();
                    write(&mut stream, &chunk).await;
                }
                write(&mut stream, b"0\r\n\r\n").await;
            }
        }
    }
}

/// The version that every scripted engine speaks; requests are noted without it.
const VERSION: &str = "/v1.41";

fn split_version(path: &str) -> (&str, &str) {
    match path.strip_prefix(VERSION) {
        Some(rest) => ("", rest),
        None if path.starts_with("/v1.") => {
            path.split_at(path.match_indices('/').nth(1).unwrap_or_default().0)
        }
        None => ("", path),
    }
}

pub(crate) fn pong(version: &str) -> Answer {
    let head = format!(
        "HTTP/1.1 200 OK\r\nApi-Version: {version}\r\nContent-Length: 2\r\nConnection: close\r\n\r\nOK"
    );
    Answer::Raw(head.into_bytes())
}

pub(crate) fn json(value: &Value) -> Answer {
    Answer::Text(200, value.to_string())
}

pub(crate) fn no(status: u16, message: &str) -> Answer {
    Answer::Text(status, json!({"message": message}).to_string())
}

/// What an engine answers that runs these containers and is in no swarm.
pub(crate) fn plain(path: &str, containers: &Value) -> Answer {
    match path {
        "/info" => {
            json(&json!({"Name": "vm", "ServerVersion": "20.10.24", "Swarm": {"LocalNodeState": "inactive"}}))
        }
        path if path.starts_with("/containers/json") => json(containers),
        path => no(404, &format!("page not found: {path}")),
    }
}

pub(crate) fn listed(id: &str, state: &str, status: &str) -> Value {
    json!({"Id": id, "Names": [format!("/{id}")], "Image": "i", "State": state, "Status": status})
}

fn text(status: u16, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status} X\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}").into_bytes()
}

async fn write(stream: &mut DuplexStream, bytes: &[u8]) {
    let _ = stream.write_all(bytes).await;
}

/// Reads the head of a request and returns its path.
async fn head(stream: &mut DuplexStream) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    String::from_utf8(head).ok()?.split(' ').nth(1).map(ToOwned::to_owned)
}
