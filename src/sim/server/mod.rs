//! The HTTP server of the Engine API.
//!
//! A request becomes a [`Call`]; `route` finds its handler; handlers look at or change the state and answer
//! with JSON or with a stream. Each file answers for one kind of object.

mod answer;
mod call;
mod containers;
mod create;
mod events;
mod exec;
mod human;
mod images;
mod inspect;
mod logs;
mod networks;
mod operate;
mod route;
mod stats;
mod swarm;
mod system;
mod tasks;

use std::{convert::Infallible, sync::Arc};

use hyper::{body::Incoming, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};

use self::{
    answer::{Answer, Body, Failure},
    call::Call,
};
use super::shared::Shared;

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

async fn respond(
    shared: Arc<Shared>,
    request: hyper::Request<Incoming>,
) -> Result<hyper::Response<Body>, Infallible> {
    let engine = shared.read(|state| state.engine.version.clone());
    let head = request.method() == hyper::Method::HEAD;
    let answer = match Call::read(shared, request).await {
        Ok(call) => route::answer(call).await,
        Err(failure) => Err(failure),
    };
    Ok(answer::finish(answer.unwrap_or_else(Failure::into_answer), &engine, head))
}

/// What a handler gives.
type Outcome = Result<Answer, Failure>;
