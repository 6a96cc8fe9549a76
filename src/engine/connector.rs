//! Which engine is meant, and the first contact with it.

use std::{fmt, io, sync::Arc, time::Duration};

use tokio::io::DuplexStream;

use super::{
    ConnectError, Endpoint, Engine, Surroundings, context,
    dial::Target,
    tls::{self, Material},
    version::Version,
};

/// What the command line says on the engine: `--host` and `--context`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// An address; goes before everything else.
    pub host: Option<String>,
    /// The name of a Docker context.
    pub context: Option<String>,
}

/// How to reach one engine. Cheap to clone; making one connects to nothing.
#[derive(Clone)]
pub struct Connector {
    target: Target,
    chosen_by: String,
}

impl Connector {
    /// Decides as the Docker CLI does: `--host`, `--context`, `DOCKER_HOST`, `DOCKER_CONTEXT`, the context of
    /// `docker context use`, then the first default socket that exists.
    ///
    /// # Errors
    /// A [`ConnectError`] for an unknown context, an address that makes no sense, or missing certificates.
    pub fn choose(choice: &Choice, around: &Surroundings) -> Result<Self, ConnectError> {
        match (&choice.host, &choice.context) {
            (Some(_), Some(_)) => Err(ConnectError::TwoChoices),
            (Some(host), None) => Self::by_address(host, "--host", around),
            (None, Some(name)) => Self::by_context(name, around),
            (None, None) => Self::by_surroundings(around),
        }
    }

    /// An engine within this process, reached over the pipes that `dial` makes: a simulated one.
    #[must_use]
    pub fn in_process(name: &str, dial: Arc<dyn Fn() -> io::Result<DuplexStream> + Send + Sync>) -> Self {
        let endpoint = Endpoint::InProcess(name.to_owned());
        Self {
            target: Target { endpoint, tls: None, dial: Some(dial) },
            chosen_by: "this program".to_owned(),
        }
    }

    /// The engine's address.
    #[must_use]
    pub const fn endpoint(&self) -> &Endpoint {
        &self.target.endpoint
    }

    /// What decided for this engine: `DOCKER_HOST`, `context prod`, `default socket`.
    #[must_use]
    pub fn chosen_by(&self) -> &str {
        &self.chosen_by
    }

    /// Whether the engine's socket is in this machine's file system, so that its host is most likely this one.
    #[must_use]
    pub const fn is_local(&self) -> bool {
        matches!(self.target.endpoint, Endpoint::Unix(_))
    }

    /// Reaches the engine and agrees with it on the newest API version that both speak.
    ///
    /// # Errors
    /// A [`ConnectError`]: one sentence with the cause and the way out.
    pub async fn connect(&self) -> Result<Engine, ConnectError> {
        self.connect_within(super::DEADLINE).await
    }

    /// Like [`Self::connect`], giving up after `deadline`.
    ///
    /// # Errors
    /// The same.
    pub async fn connect_within(&self, deadline: Duration) -> Result<Engine, ConnectError> {
        let engine = Engine::new(self.target.clone(), None)?;
        let newest = engine.greet(deadline).await?;
        let endpoint = || self.target.endpoint.to_string();
        let offered = Version::parse(&newest).ok_or_else(|| ConnectError::NoEngine {
            endpoint: endpoint(),
            cause: format!("its API version is `{}`", crate::text::sanitize(&newest)),
        })?;
        if offered < Version::OLDEST {
            return Err(ConnectError::TooOld { endpoint: endpoint(), version: offered.to_string() });
        }
        Engine::new(self.target.clone(), Some(offered.min(Version::NEWEST)))
    }

    fn by_surroundings(around: &Surroundings) -> Result<Self, ConnectError> {
        if let Some(host) = around.variable("DOCKER_HOST") {
            return Self::by_address(host, "DOCKER_HOST", around);
        }
        match around.variable("DOCKER_CONTEXT") {
            Some(name) => return Self::by_context(name, around),
            None => {
                if let Some(folder) = around.docker_folder()
                    && let Some(name) = context::current(&folder)?
                {
                    return Self::by_context(&name, around);
                }
            }
        }
        Ok(Self::by_default(around))
    }

    fn by_default(around: &Surroundings) -> Self {
        let sockets = around.sockets();
        let found = sockets.iter().find(|(path, _)| path.exists()).or_else(|| sockets.first());
        let (path, reason) = found.cloned().unwrap_or_else(|| (around.rootful.clone(), "default socket"));
        Self::plain(Endpoint::Unix(path), reason)
    }

    fn by_address(host: &str, chosen_by: &str, around: &Surroundings) -> Result<Self, ConnectError> {
        let verify = around.variable("DOCKER_TLS_VERIFY").is_some();
        let wants_tls = verify || around.variable("DOCKER_TLS").is_some();
        let endpoint = Endpoint::parse(host, wants_tls)?;
        if !matches!(endpoint, Endpoint::Tcp { tls: true, .. }) {
            return Ok(Self::plain(endpoint, chosen_by));
        }
        let own = around.variable("DOCKER_CERT_PATH").map(std::path::PathBuf::from);
        let material = Material {
            needs_ca: verify && own.is_some(),
            folder: own.or_else(|| around.docker_folder()),
            skip_verify: wants_tls && !verify,
        };
        Self::over_tls(endpoint, chosen_by.to_owned(), &material)
    }

    fn by_context(name: &str, around: &Surroundings) -> Result<Self, ConnectError> {
        if name == context::DEFAULT {
            return match around.variable("DOCKER_HOST") {
                Some(host) => Self::by_address(host, "DOCKER_HOST", around),
                None => Ok(Self::by_default(around)),
            };
        }
        let folder = around.docker_folder().ok_or_else(|| ConnectError::UnknownContext {
            name: name.to_owned(),
            known: vec![context::DEFAULT.to_owned()],
        })?;
        let context = context::read(&folder, name)?;
        let with_tls = context.certificates.is_some() || context.skip_verify;
        let endpoint = Endpoint::parse(&context.host, with_tls)?;
        let chosen_by = format!("context {name}");
        if !matches!(endpoint, Endpoint::Tcp { tls: true, .. }) {
            return Ok(Self::plain(endpoint, &chosen_by));
        }
        let material =
            Material { folder: context.certificates, needs_ca: false, skip_verify: context.skip_verify };
        Self::over_tls(endpoint, chosen_by, &material)
    }

    fn plain(endpoint: Endpoint, chosen_by: &str) -> Self {
        Self { target: Target { endpoint, tls: None, dial: None }, chosen_by: chosen_by.to_owned() }
    }

    fn over_tls(endpoint: Endpoint, chosen_by: String, material: &Material) -> Result<Self, ConnectError> {
        let tls = Some(tls::config(material)?);
        Ok(Self { target: Target { endpoint, tls, dial: None }, chosen_by })
    }
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Connector({} by {})", self.target.endpoint, self.chosen_by)
    }
}
