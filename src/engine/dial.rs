//! Opens byte streams to an engine: Unix socket, TCP, TCP with TLS, or a pipe within the process.

use std::{error::Error, io, os::unix::fs::MetadataExt, path::Path, sync::Arc};

use rustls::{ClientConfig, pki_types::ServerName};
use tokio::{
    io::{AsyncRead, AsyncWrite, DuplexStream},
    net::{TcpStream, UnixStream},
};
use tokio_rustls::TlsConnector;

use super::{ConnectError, Endpoint, tls};

/// An address and what is needed to open a stream to it.
#[derive(Clone)]
pub(super) struct Target {
    pub(super) endpoint: Endpoint,
    pub(super) tls: Option<Arc<ClientConfig>>,
    pub(super) dial: Option<Arc<dyn Fn() -> io::Result<DuplexStream> + Send + Sync>>,
}

/// A stream in both directions.
pub(super) trait Duplex: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Duplex for T {}

impl Target {
    /// Opens a new stream.
    pub(super) async fn open(&self) -> Result<Box<dyn Duplex>, ConnectError> {
        match &self.endpoint {
            Endpoint::Unix(path) => {
                let stream = UnixStream::connect(path).await;
                Ok(Box::new(stream.map_err(|error| self.explain(&error))?))
            }
            Endpoint::Tcp { host, port, .. } => {
                let stream = self.tcp(host, *port).await?;
                match &self.tls {
                    None => Ok(Box::new(stream)),
                    Some(config) => Ok(Box::new(self.secure(config, host, stream).await?)),
                }
            }
            Endpoint::InProcess(_) => {
                let dial = self.dial.as_ref().ok_or_else(|| self.unreachable("nothing serves it"))?;
                Ok(Box::new(dial().map_err(|error| self.explain(&error))?))
            }
        }
    }

    async fn tcp(&self, host: &str, port: u16) -> Result<TcpStream, ConnectError> {
        let unresolved = |cause: String| ConnectError::Unresolved { host: host.to_owned(), cause };
        let found = tokio::net::lookup_host((host, port)).await;
        let addresses: Vec<_> = found.map_err(|error| unresolved(plain(&error)))?.collect();
        if addresses.is_empty() {
            return Err(unresolved("it has no address".to_owned()));
        }
        let stream = TcpStream::connect(addresses.as_slice()).await.map_err(|error| self.explain(&error))?;
        stream.set_nodelay(true).map_err(|error| self.explain(&error))?;
        Ok(stream)
    }

    async fn secure(
        &self,
        config: &Arc<ClientConfig>,
        host: &str,
        stream: TcpStream,
    ) -> Result<impl Duplex + use<>, ConnectError> {
        let name = ServerName::try_from(host.to_owned())
            .map_err(|_| self.unreachable("a certificate cannot be made out to such a name"))?;
        let connector = TlsConnector::from(config.clone());
        connector.connect(name, stream).await.map_err(|error| self.explain(&error))
    }

    /// What an input or output error on this target means.
    pub(super) fn explain(&self, error: &(dyn Error + 'static)) -> ConnectError {
        let endpoint = self.endpoint.to_string();
        if let Some(error) = tls_error(error) {
            return tls::explain(&endpoint, error);
        }
        match (io_kind(error), &self.endpoint) {
            (Some(io::ErrorKind::NotFound), Endpoint::Unix(_)) => ConnectError::NoSocket { endpoint },
            (Some(io::ErrorKind::PermissionDenied), Endpoint::Unix(path)) => forbidden(path, endpoint),
            (Some(io::ErrorKind::ConnectionRefused), _) => ConnectError::Refused { endpoint },
            (Some(io::ErrorKind::TimedOut), _) => {
                ConnectError::Silent { endpoint, after: "the system's patience".to_owned() }
            }
            _ => ConnectError::Unreachable { endpoint, cause: innermost(error) },
        }
    }

    fn unreachable(&self, cause: &str) -> ConnectError {
        ConnectError::Unreachable { endpoint: self.endpoint.to_string(), cause: cause.to_owned() }
    }
}

/// The error, its sources, and what `io::Error`s wrap.
fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| {
        let error: &'a (dyn Error + 'static) = *error;
        let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        wrapped.map(|inner| inner as &(dyn Error + 'static)).or_else(|| error.source())
    })
}

fn tls_error<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a rustls::Error> {
    chain(error).find_map(|error| error.downcast_ref())
}

fn io_kind(error: &(dyn Error + 'static)) -> Option<io::ErrorKind> {
    chain(error).find_map(|error| error.downcast_ref::<io::Error>()).map(io::Error::kind)
}

/// The cause at the bottom, without the system's error number.
pub(super) fn innermost(error: &(dyn Error + 'static)) -> String {
    chain(error).last().map(plain).unwrap_or_default()
}

fn plain(error: &(dyn Error + 'static)) -> String {
    let text = crate::text::sanitize(&error.to_string());
    let text = text.split(" (os error").next().unwrap_or(&text);
    let text = text.trim_start_matches("failed to lookup address information: ");
    text.to_lowercase()
}

fn forbidden(path: &Path, endpoint: String) -> ConnectError {
    let ids = std::fs::metadata(path).ok().map(|meta| (meta.uid(), meta.gid()));
    let group = ids.and_then(|(_, gid)| name_of(gid, "/etc/group"));
    let user = ids.and_then(|(uid, _)| name_of(uid, "/etc/passwd"));
    let owner = match (&user, &group) {
        (Some(user), Some(group)) => format!("{user} and group {group}"),
        (Some(user), None) => user.clone(),
        (None, _) => "another user".to_owned(),
    };
    let way_out = match group.filter(|group| group != "root") {
        Some(group) => {
            format!(
                "add yourself to group {group} (`sudo usermod -aG {group} $USER`, then log in again) or use sudo"
            )
        }
        None => "use sudo".to_owned(),
    };
    ConnectError::Forbidden { endpoint, owner, way_out }
}

/// The name that a file of `name:password:id:…` lines gives to `id`.
fn name_of(id: u32, file: &str) -> Option<String> {
    let text = std::fs::read_to_string(file).ok()?;
    let id = id.to_string();
    text.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)? == id).then(|| name.to_owned())
    })
}
