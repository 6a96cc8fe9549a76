//! HTTP without a runtime, for `Drop`: it runs while a test unwinds, where nothing can be awaited.

use serde_json::Value;
use std::io::{Read, Result, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

/// One call; the status and the body. HTTP/1.0 keeps the answer free of chunks and closes the connection.
pub fn call(socket: &Path, method: &str, path: &str) -> Result<(u16, String)> {
    send(socket, &format!("{method} {path} HTTP/1.0\r\nHost: engine\r\n\r\n"), &[])
}

/// One call with a body of any type.
pub fn upload(socket: &Path, path: &str, content_type: &str, body: &[u8]) -> Result<(u16, String)> {
    let length = body.len();
    let head = format!("POST {path} HTTP/1.0\r\nHost: engine\r\nContent-Type: {content_type}\r\n");
    send(socket, &format!("{head}Content-Length: {length}\r\n\r\n"), body)
}

fn send(socket: &Path, head: &str, body: &[u8]) -> Result<(u16, String)> {
    let mut stream = UnixStream::connect(socket)?;
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    stream.write_all(head.as_bytes())?;
    stream.write_all(body)?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let text = String::from_utf8_lossy(&answer);
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    Ok((status, body.to_owned()))
}

/// The decoded answer of a list call; an engine that refuses (no swarm, say) has nothing to list.
pub fn list(socket: &Path, path: &str) -> Vec<Value> {
    let Ok((200, body)) = call(socket, "GET", path) else { return Vec::new() };
    serde_json::from_str(&body).unwrap_or_default()
}

/// A `filters` parameter of one label.
pub fn label_filter(label: &str) -> String {
    encode(&serde_json::json!({ "label": [label] }).to_string())
}

/// Percent-encodes a query value.
pub fn encode(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}
