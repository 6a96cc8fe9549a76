//! Files within containers: what differs from the image, and archives out of them and into them.

use std::{
    error::Error,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};
use http_body_util::StreamBody;
use hyper::{
    Method,
    body::Frame,
    header::{CONTENT_TYPE, HeaderValue},
};
use serde_json::Value;

use super::text;
use crate::engine::{Call, Chunks, Engine, EngineError, LIST_DEADLINE, segment};

/// How long the engine may take for a piece of an archive, and for unpacking what it has got.
const IDLE: Duration = Duration::from_secs(120);
/// No upload takes as long; the idle time is what ends it.
const EVER: Duration = Duration::from_secs(30 * 24 * 3600);

/// How a file of a container differs from the image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DifferenceKind {
    /// The content or the attributes.
    Modified,
    /// The image does not have it.
    Added,
    /// The container does not have it any more.
    Deleted,
    /// A number that this version does not know.
    Unknown(u64),
}

/// A file that differs from the image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The path within the container.
    pub path: String,
    /// How it differs.
    pub kind: DifferenceKind,
}

impl Engine {
    /// The files of a container that differ from its image. Volumes are no part of it.
    ///
    /// # Errors
    /// An [`EngineError`]; 404 if there is no such container.
    pub async fn changes(&self, container: &str) -> Result<Vec<Difference>, EngineError> {
        let attempt = format!("list the changed files of container {container}");
        let call = Call::get(attempt, format!("/containers/{}/changes", segment(container)));
        let listed: Option<Vec<Value>> = self.json(call.within(LIST_DEADLINE)).await?;
        Ok(listed.iter().flatten().map(difference).collect())
    }

    /// The file or folder at `path` in a container, as an uncompressed tar archive whose names begin with the
    /// path's last part. The container need not run.
    ///
    /// # Errors
    /// An [`EngineError`]; 404 if there is no such container or path.
    pub async fn archive_get(&self, container: &str, path: &str) -> Result<Chunks, EngineError> {
        let attempt = format!("read {path} of container {container}");
        self.stream(archive(Method::GET, attempt, container, path).within(IDLE), Some(IDLE)).await
    }

    /// Unpacks a tar archive, plain or compressed with gzip, bzip2, xz or zstd, into the folder `path` of a container,
    /// which need not run. The archive may take as long as it likes as long as it moves: nothing taken by the engine
    /// for two minutes ends it.
    ///
    /// # Errors
    /// An [`EngineError`]; 404 if there is no such container or folder, 403 or 500 if it is mounted read-only.
    /// [`Lost`](EngineError::Lost) if `content` yields an error.
    pub async fn archive_put<S, E>(&self, container: &str, path: &str, content: S) -> Result<(), EngineError>
    where
        S: Stream<Item = Result<Bytes, E>> + Send + 'static,
        E: Into<Box<dyn Error + Send + Sync>> + 'static,
    {
        let attempt = format!("write to {path} of container {container}");
        let call = archive(Method::PUT, attempt.clone(), container, path);
        let taken = Arc::new(AtomicU64::new(0));
        let count = taken.clone();
        let body = StreamBody::new(content.map(move |piece| {
            count.fetch_add(1, Ordering::Relaxed);
            piece.map(Frame::data)
        }));
        let mut request = call.request()?.map(|_| body);
        request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/x-tar"));
        tokio::select! {
            answer = self.answer(&attempt, request, EVER) => {
                Chunks::new(answer?.into_body(), attempt, Some(IDLE)).all().await.map(drop)
            }
            () = standstill(&taken) => Err(EngineError::Silent { attempt: attempt.clone(), after: IDLE }),
        }
    }
}

/// Returns once the number has not changed for [`IDLE`].
async fn standstill(taken: &AtomicU64) {
    let mut before = None;
    loop {
        let now = taken.load(Ordering::Relaxed);
        if before == Some(now) {
            return;
        }
        before = Some(now);
        tokio::time::sleep(IDLE).await;
    }
}

fn archive(method: Method, attempt: String, container: &str, path: &str) -> Call {
    Call::new(method, attempt, format!("/containers/{}/archive", segment(container))).query("path", path)
}

fn difference(told: &Value) -> Difference {
    let kind = match told.get("Kind").and_then(Value::as_u64).unwrap_or_default() {
        0 => DifferenceKind::Modified,
        1 => DifferenceKind::Added,
        2 => DifferenceKind::Deleted,
        other => DifferenceKind::Unknown(other),
    };
    Difference { path: text(told, "Path"), kind }
}
