//! Addresses of engines.

use std::{fmt, path::PathBuf};

use super::ConnectError;

const DEFAULT_SOCKET: &str = "/var/run/docker.sock";
const PLAIN_PORT: u16 = 2375;
const TLS_PORT: u16 = 2376;

/// Where an engine listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// A socket in the file system.
    Unix(PathBuf),
    /// A TCP port.
    Tcp {
        /// Name or address, IPv6 without brackets.
        host: String,
        /// The port.
        port: u16,
        /// Whether TLS is spoken there.
        tls: bool,
    },
    /// This process: a simulated engine of this name.
    InProcess(String),
}

impl Endpoint {
    /// Reads an address as the Docker CLI takes it; a bare path is a socket, a bare `host:port` is TCP.
    ///
    /// `tls` says whether TLS was asked for beside the address (`DOCKER_TLS_VERIFY`, a context's certificates);
    /// `https://` asks for it by itself.
    ///
    /// # Errors
    /// [`ConnectError::BadHost`] for what is no address, [`ConnectError::Ssh`] for `ssh://`.
    pub fn parse(text: &str, tls: bool) -> Result<Self, ConnectError> {
        let text = text.trim();
        match text.split_once("://") {
            Some(("unix", "")) => Ok(Self::Unix(DEFAULT_SOCKET.into())),
            Some(("unix", path)) => Ok(Self::Unix(path.into())),
            Some(("tcp" | "http", authority)) => tcp(text, authority, tls),
            Some(("https", authority)) => tcp(text, authority, true),
            Some(("ssh", login)) => Err(ssh(login)),
            Some((scheme @ ("npipe" | "fd"), _)) => {
                Err(bad(text, &format!("{scheme}:// works only on the engine's own machine or on Windows")))
            }
            Some((scheme, _)) => Err(bad(text, &format!("the scheme {scheme}:// is unknown"))),
            None if text.is_empty() => Err(bad(text, "it is empty")),
            None if text.starts_with('/') => Ok(Self::Unix(text.into())),
            None if text.contains(':') => tcp(text, text, tls),
            None => Err(bad(text, "it has neither a scheme nor a port")),
        }
    }

    /// What goes into a request's `Host` header.
    pub(super) fn authority(&self) -> String {
        match self {
            Self::Unix(_) | Self::InProcess(_) => "docker".to_owned(),
            Self::Tcp { host, port, .. } if host.contains(':') => format!("[{host}]:{port}"),
            Self::Tcp { host, port, .. } => format!("{host}:{port}"),
        }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unix(path) => write!(f, "unix://{}", path.display()),
            Self::Tcp { tls, .. } => {
                write!(f, "tcp://{}{}", self.authority(), if *tls { " (TLS)" } else { "" })
            }
            Self::InProcess(name) => f.write_str(name),
        }
    }
}

fn bad(host: &str, cause: &str) -> ConnectError {
    ConnectError::BadHost { host: crate::text::sanitize(host), cause: cause.to_owned() }
}

fn ssh(login: &str) -> ConnectError {
    let login = crate::text::sanitize(login.split('/').next().unwrap_or(login));
    let (user, place) = login.rsplit_once('@').map_or(("", login.as_str()), |(user, place)| (user, place));
    let (host, port) = place.rsplit_once(':').map_or((place, None), |(host, port)| (host, Some(port)));
    let at = if user.is_empty() { host.to_owned() } else { format!("{user}@{host}") };
    let login = port.map_or_else(|| at.clone(), |port| format!("-p {port} {at}"));
    ConnectError::Ssh { host: host.to_owned(), login }
}

fn tcp(text: &str, authority: &str, tls: bool) -> Result<Endpoint, ConnectError> {
    let authority = authority.trim_end_matches('/');
    if authority.contains(['/', '?', '@', ' ']) {
        return Err(bad(text, "only a host and a port may stand there"));
    }
    let (host, port) = split(authority).ok_or_else(|| bad(text, "its brackets are not closed"))?;
    let port = match port {
        None if tls => TLS_PORT,
        None => PLAIN_PORT,
        Some(port) => port.parse().map_err(|_| bad(text, &format!("`{port}` is no port")))?,
    };
    let host = if host.is_empty() { "127.0.0.1" } else { host };
    Ok(Endpoint::Tcp { host: host.to_owned(), port, tls })
}

/// Host and port of `host`, `host:port`, `[v6]`, `[v6]:port`.
fn split(authority: &str) -> Option<(&str, Option<&str>)> {
    if let Some(rest) = authority.strip_prefix('[') {
        let (host, tail) = rest.split_once(']')?;
        return Some((host, tail.strip_prefix(':')));
    }
    Some(match authority.rsplit_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (authority, None),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_the_docker_cli_reads_them() {
        let shown = |text: &str, tls| Endpoint::parse(text, tls).unwrap().to_string();
        for (text, tls, expected) in [
            ("unix:///run/docker.sock", false, "unix:///run/docker.sock"),
            ("unix://", false, "unix:///var/run/docker.sock"),
            ("/tmp/x.sock", false, "unix:///tmp/x.sock"),
            ("tcp://swarm-1", false, "tcp://swarm-1:2375"),
            ("tcp://swarm-1", true, "tcp://swarm-1:2376 (TLS)"),
            ("https://swarm-1/", false, "tcp://swarm-1:2376 (TLS)"),
            ("tcp://[fe80::1]:99", false, "tcp://[fe80::1]:99"),
            ("10.0.0.7:2375", false, "tcp://10.0.0.7:2375"),
            ("tcp://:2375", false, "tcp://127.0.0.1:2375"),
        ] {
            assert_eq!(shown(text, tls), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused_with_the_cause() {
        for (text, cause) in [
            ("", "empty"),
            ("swarm-1", "neither a scheme nor a port"),
            ("tcp://h:port", "`port` is no port"),
            ("tcp://h:99999", "`99999` is no port"),
            ("tcp://h:1/path", "only a host and a port"),
            ("tcp://[::1", "brackets"),
            ("gopher://h", "unknown"),
            ("npipe:////./pipe/docker_engine", "npipe://"),
        ] {
            let error = Endpoint::parse(text, false).unwrap_err().to_string();
            assert!(error.contains(cause) && error.contains("tcp://host:port"), "{text}: {error}");
        }
    }

    #[test]
    fn an_ssh_address_is_answered_with_the_tunnel_that_replaces_it() {
        let error = Endpoint::parse("ssh://ops@swarm-1:2222", false).unwrap_err().to_string();
        assert!(
            error.contains("/tmp/docker-swarm-1.sock:/var/run/docker.sock -p 2222 ops@swarm-1"),
            "{error}"
        );
        assert!(error.contains("--host unix:///tmp/docker-swarm-1.sock"), "{error}");
    }
}
