//! The HTTP server of the Engine API.
//!
//! A request becomes a [`Call`]; `route` finds its handler; handlers look at or change the state and answer
//! with JSON or with a stream. Each file answers for one kind of object.

mod answer;
mod archive;
mod call;
mod configs;
mod containers;
mod create;
mod events;
mod exec;
mod human;
mod images;
mod inspect;
mod logs;
mod networks;
mod objects;
mod operate;
mod prune;
mod pull;
mod route;
mod shell;
mod stats;
mod swarm;
mod system;
mod tasks;

use std::sync::Arc;

use hyper::{body::Incoming, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};

use self::{
    answer::{Answer, Body, Failure},
    call::Call,
};
use super::{
    faults::{Cut, Mishap, Seen},
    shared::Shared,
};

/// Answers the requests of one connection until it ends or the world's daemon goes away.
pub(crate) async fn serve(shared: Arc<Shared>, io: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) {
    let mut cut = shared.cut();
    let service = service_fn(move |request| respond(Arc::clone(&shared), request));
    let connection = hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(io), service)
        .with_upgrades();
    tokio::select! {
        // A client that hangs up is no error of the server.
        _ = connection => {}
        _ = cut.changed() => {}
    }
}

/// The connection of a request is lost.
#[derive(Debug, thiserror::Error)]
#[error("the connection was cut on purpose")]
struct Lost;

async fn respond(
    shared: Arc<Shared>,
    request: hyper::Request<Incoming>,
) -> Result<hyper::Response<Body>, Lost> {
    let engine = shared.read(|state| state.engine.version.clone());
    let head = request.method() == hyper::Method::HEAD;
    let mut lost = None;
    let mut refused = None;
    let mut short = None;
    for mishap in shared.ambush.meet(seen(&request)) {
        match mishap {
            Mishap::Delay(wait) => tokio::time::sleep(wait).await,
            Mishap::Fail(status, message) => refused = Some(Failure::new(status, message)),
            Mishap::Cut(cut) => lost = Some(cut),
            Mishap::Short(bytes) => short = Some(bytes),
        }
    }
    if lost == Some(Cut::BeforeChange) {
        return Err(Lost);
    }
    let answer = match (refused, Call::read(shared, request).await) {
        (Some(failure), _) | (None, Err(failure)) => Err(failure),
        (None, Ok(call)) => route::answer(call).await,
    };
    if lost.is_some() {
        return Err(Lost);
    }
    let mut answer = answer.unwrap_or_else(Failure::into_answer);
    if let Some(bytes) = short {
        answer = answer::shorten(answer, bytes).await;
    }
    Ok(answer::finish(answer, &engine, head))
}

/// What tests see of a request.
fn seen(request: &hyper::Request<Incoming>) -> Seen {
    let path = request.uri().path();
    let rest = path.strip_prefix("/v").and_then(|rest| {
        let (version, rest) = rest.split_once('/')?;
        version.starts_with(|first: char| first.is_ascii_digit()).then(|| format!("/{rest}"))
    });
    Seen {
        method: request.method().to_string(),
        path: rest.unwrap_or_else(|| path.to_owned()),
        query: request.uri().query().unwrap_or_default().to_owned(),
    }
}

/// What a handler gives.
type Outcome = Result<Answer, Failure>;
