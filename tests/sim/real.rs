//! Refusals are those of a real engine: the same requests to both, none of which changes anything.

use http_body_util::{BodyExt, Full};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::UnixStream;

use crate::{ask::tell, ask::world, create::SHOP};

/// Refused by every engine, whatever it has.
const REFUSED: [(&str, &str, &str); 14] = [
    ("POST", "/containers/create?name=xx", r#"{"Image":"stacktop-test/nowhere"}"#),
    ("POST", "/containers/create?name=xx", "{}"),
    ("POST", "/containers/create?name=xx", ""),
    ("POST", "/containers/create?name=a%20b", r#"{"Image":"x"}"#),
    ("POST", "/containers/stacktop-nobody/start", ""),
    ("POST", "/containers/stacktop-nobody/exec", r#"{"Cmd":["true"]}"#),
    ("DELETE", "/containers/stacktop-nobody", ""),
    ("GET", "/exec/stacktop-nobody/json", ""),
    ("DELETE", "/networks/stacktop-nobody", ""),
    ("DELETE", "/networks/bridge", ""),
    ("DELETE", "/volumes/stacktop-nobody", ""),
    ("DELETE", "/images/stacktop-nobody", ""),
    ("POST", "/images/stacktop-nobody/tag?repo=x&tag=1", ""),
    ("POST", "/networks/bridge/connect", r#"{"Container":"stacktop-nobody"}"#),
];

/// Asks the engine of this host; none if there is no such engine.
async fn engine(method: &str, path: &str, body: &str) -> Option<(u16, Value)> {
    let io = TokioIo::new(UnixStream::connect("/var/run/docker.sock").await.ok()?);
    let (mut client, connection) = hyper::client::conn::http1::handshake(io).await.ok()?;
    tokio::spawn(connection);
    let request = hyper::Request::builder().method(method).uri(path).header("host", "d");
    let request = request.header("content-type", "application/json");
    let request = request.body(Full::<bytes::Bytes>::from(body.to_owned())).ok()?;
    let answer = client.send_request(request).await.ok()?;
    let status = answer.status().as_u16();
    let bytes = answer.into_body().collect().await.ok()?.to_bytes();
    Some((status, serde_json::from_slice(&bytes).unwrap_or_default()))
}

#[tokio::test]
async fn refusals_are_those_of_a_real_engine() {
    let sim = world(SHOP);
    for (method, path, body) in REFUSED {
        let Some(theirs) = engine(method, path, body).await else {
            eprintln!("skipped: no engine listens on /var/run/docker.sock");
            return;
        };
        assert_eq!(tell(&sim, method, path, body).await, theirs, "{method} {path} {body}");
    }
}
