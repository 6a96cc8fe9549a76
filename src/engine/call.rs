//! One request to an engine, in words and in HTTP.

use std::{fmt::Write as _, time::Duration};

use bytes::Bytes;
use http_body_util::Full;
use hyper::{Method, Request, header::CONTENT_TYPE};
use serde_json::Value;

use super::{DEADLINE, EngineError};

/// One request: what it attempts, in words for people, and how it reads on the wire.
#[derive(Clone, Debug)]
pub struct Call {
    pub(super) attempt: String,
    pub(super) deadline: Duration,
    method: Method,
    path: String,
    query: String,
    body: Option<Value>,
}

impl Call {
    /// A request of this method and path; path segments that come from outside go through [`segment`].
    /// `attempt` completes the sentence "cannot …".
    #[must_use]
    pub fn new(method: Method, attempt: impl Into<String>, path: impl Into<String>) -> Self {
        Self {
            attempt: attempt.into(),
            deadline: DEADLINE,
            method,
            path: path.into(),
            query: String::new(),
            body: None,
        }
    }

    /// A `GET`.
    #[must_use]
    pub fn get(attempt: impl Into<String>, path: impl Into<String>) -> Self {
        Self::new(Method::GET, attempt, path)
    }

    /// A `POST`.
    #[must_use]
    pub fn post(attempt: impl Into<String>, path: impl Into<String>) -> Self {
        Self::new(Method::POST, attempt, path)
    }

    /// Adds a parameter.
    #[must_use]
    pub fn query(mut self, name: &str, value: &str) -> Self {
        self.query.push(if self.query.is_empty() { '?' } else { '&' });
        self.query.push_str(name);
        self.query.push('=');
        self.query.push_str(&segment(value));
        self
    }

    /// Sends this JSON along.
    #[must_use]
    pub fn body(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    /// Waits this long for the head of the answer, instead of ten seconds.
    #[must_use]
    pub const fn within(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// The request itself.
    pub(super) fn request(&self) -> Result<Request<Full<Bytes>>, EngineError> {
        let body = self.body.as_ref().map(|body| Bytes::from(body.to_string())).unwrap_or_default();
        let mut request = Request::builder().method(&self.method).uri(format!("{}{}", self.path, self.query));
        if self.body.is_some() {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        request.body(Full::new(body)).map_err(|error| EngineError::Unreadable {
            attempt: self.attempt.clone(),
            cause: error.to_string(),
        })
    }
}

/// `text` as one segment of a path, or as one value of a query: all but letters, digits and `-._~` is escaped.
#[must_use]
pub fn segment(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut out, byte| {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            other => {
                let _ = write!(out, "%{other:02X}");
            }
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_from_outside_cannot_leave_their_segment() {
        assert_eq!(segment("a/../b?c=d&e f"), "a%2F..%2Fb%3Fc%3Dd%26e%20f");
    }

    #[test]
    fn parameters_are_joined_and_escaped() {
        let call = Call::get("list", "/x").query("all", "1").query("filters", "{\"a\":1}");
        assert_eq!(call.request().unwrap().uri(), "/x?all=1&filters=%7B%22a%22%3A1%7D");
    }
}
