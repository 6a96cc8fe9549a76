//! One thin layer of HTTP under everything: dials, puts the agreed version in front of the path, counts, and
//! gives up when no answer comes. Serves both this module's own calls and bollard's typed ones.
//!
//! Every request has its own connection: an engine on a Unix socket answers a new one in half a millisecond, a
//! broken one harms nobody else, and dropping an answer closes its stream at once.

use std::{
    error::Error,
    fmt,
    pin::{Pin, pin},
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use bytes::Bytes;
use futures_util::{
    FutureExt as _,
    future::{BoxFuture, Fuse},
};
use hyper::{
    Request, Response, Uri,
    body::{Body, Incoming},
    client::conn::http1,
    header::{HOST, HeaderValue},
};
use hyper_util::rt::TokioIo;

use super::{
    ConnectError,
    dial::{Duplex, Target, innermost},
    gather::Gathered,
    version::Version,
};

/// How long bollard waits for the headers of an answer; a call that takes longer by nature sets its own.
pub(super) const TYPED_DEADLINE: Duration = Duration::from_secs(120);

/// Moves the bytes of one connection for as long as it is polled.
pub(super) type Carrier = Fuse<BoxFuture<'static, ()>>;

/// The head of an answer, and what moves the bytes of its body.
pub(super) type Carried = (Response<Incoming>, Carrier);

/// Why no answer came.
#[derive(Debug)]
pub(super) enum SendError {
    /// No stream could be opened.
    Dial(ConnectError),
    /// The stream broke, or what came over it is no HTTP.
    Broken(hyper::Error),
    /// The deadline passed.
    Silent(Duration),
}

/// Waits for an answer, at most `deadline`. It is boxed: callers are deep in futures that hold each other, and grow with it.
async fn within<T>(deadline: Duration, answer: BoxFuture<'_, Result<T, SendError>>) -> Result<T, SendError> {
    tokio::time::timeout(deadline, answer).await.unwrap_or(Err(SendError::Silent(deadline)))
}

/// The way to one engine.
pub(super) struct Transport {
    pub(super) target: Target,
    prefix: String,
    sent: AtomicU64,
}

impl Transport {
    /// A way that speaks `version`, or none in particular.
    pub(super) fn new(target: Target, version: Option<Version>) -> Self {
        let prefix = version.map(|version| format!("/v{version}")).unwrap_or_default();
        Self { target, prefix, sent: AtomicU64::new(0) }
    }

    /// Requests sent so far.
    pub(super) fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// Sends a request and waits for the head of its answer, at most `deadline`.
    pub(super) async fn send<B>(
        &self,
        request: Request<B>,
        deadline: Duration,
    ) -> Result<Response<Incoming>, SendError>
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        within(deadline, self.exchange(request).boxed()).await
    }

    async fn exchange<B>(&self, request: Request<B>) -> Result<Response<Incoming>, SendError>
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        let stream = self.dial().await?;
        let (answer, carrier) = self.carried(request, stream).await?;
        tokio::spawn(carrier);
        Ok(answer)
    }

    /// Like [`Self::send`], for who reads the answer to its end: moving its bytes in the task that reads them spares two
    /// switches between tasks for each piece.
    pub(super) async fn send_carried<B>(
        &self,
        request: Request<B>,
        deadline: Duration,
    ) -> Result<Carried, SendError>
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        within(deadline, async { self.carried(request, self.dial().await?).await }.boxed()).await
    }

    /// The same for answers in many small pieces, as engines send each line of a log: pieces are put together, at the
    /// price of a buffer.
    pub(super) async fn send_gathered<B>(
        &self,
        request: Request<B>,
        deadline: Duration,
    ) -> Result<Carried, SendError>
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        let carried = async {
            let stream = Gathered::new(self.dial().await?);
            self.carried(request, Box::new(stream)).await
        };
        within(deadline, carried.boxed()).await
    }

    /// A stream for one request, which counts.
    async fn dial(&self) -> Result<Box<dyn Duplex>, SendError> {
        self.sent.fetch_add(1, Ordering::Relaxed);
        self.target.open().await.map_err(SendError::Dial)
    }

    async fn carried<B>(&self, mut request: Request<B>, stream: Box<dyn Duplex>) -> Result<Carried, SendError>
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        *request.uri_mut() = self.versioned(request.uri());
        let host = HeaderValue::from_str(&self.target.endpoint.authority());
        request.headers_mut().insert(HOST, host.unwrap_or(HeaderValue::from_static("docker")));
        let io = TokioIo::new(stream);
        let (mut sender, connection) = http1::handshake(io).await.map_err(SendError::Broken)?;
        let mut carrier: Carrier = async move {
            if let Err(error) = connection.with_upgrades().await {
                log::debug!("a connection to the engine ended: {error}");
            }
        }
        .boxed()
        .fuse();
        let mut answer = pin!(sender.send_request(request));
        let answer = tokio::select! {
            biased;
            answer = &mut answer => answer,
            () = &mut carrier => answer.await,
        };
        Ok((answer.map_err(SendError::Broken)?, carrier))
    }

    /// The path and query of `uri` behind the version. bollard builds paths without one.
    fn versioned(&self, uri: &Uri) -> Uri {
        let path = uri.path_and_query().map_or("/", hyper::http::uri::PathAndQuery::as_str);
        format!("{}{path}", self.prefix).parse().unwrap_or_else(|_| uri.clone())
    }
}

type Typed = Pin<Box<dyn Future<Output = Result<Response<Incoming>, bollard::errors::Error>> + Send>>;

/// Lends the transport to bollard.
pub(super) fn typed(
    transport: std::sync::Arc<Transport>,
    version: Version,
) -> Result<bollard::Docker, bollard::errors::Error> {
    let seconds = TYPED_DEADLINE.as_secs();
    let address = format!("http://{}", transport.target.endpoint.authority());
    let send = move |request: bollard::BollardRequest| -> Typed {
        let transport = transport.clone();
        Box::pin(async move {
            let answer = transport.exchange(request).await;
            answer.map_err(|error| bollard::errors::Error::IOError { err: std::io::Error::other(error) })
        })
    };
    bollard::Docker::connect_with_custom_transport(send, Some(address), seconds, &version.for_bollard())
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dial(error) => error.fmt(f),
            Self::Broken(error) => write!(f, "the connection broke: {}", innermost(error)),
            Self::Silent(after) => write!(f, "no answer within {}", super::error::seconds(*after)),
        }
    }
}

impl Error for SendError {}
