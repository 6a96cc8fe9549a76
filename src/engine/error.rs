//! What can go wrong, each as one sentence: what was attempted, on what, what was answered, what to do next.

use std::time::Duration;

use thiserror::Error;

/// An engine's answer that is no success, or an answer that did not come.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum EngineError {
    /// The engine answered and said no.
    #[error("cannot {attempt}: {}{}", message.trim_end_matches('.'), advice(*status, message))]
    Refused {
        /// What was attempted and on which object: `inspect container web-1`.
        attempt: String,
        /// The HTTP status.
        status: u16,
        /// The engine's own words.
        message: String,
    },
    /// The request could not be delivered, or its answer broke off.
    #[error("cannot {attempt}: {cause}")]
    Lost {
        /// What was attempted.
        attempt: String,
        /// Why, as a sentence.
        cause: String,
    },
    /// The engine took the request and did not answer in time. It may still carry it out.
    #[error("cannot {attempt}: no answer within {}", seconds(*after))]
    Silent {
        /// What was attempted.
        attempt: String,
        /// How long was waited.
        after: Duration,
    },
    /// The engine's answer makes no sense.
    #[error("cannot {attempt}: the answer cannot be read: {cause}")]
    Unreadable {
        /// What was attempted.
        attempt: String,
        /// What is wrong with it.
        cause: String,
    },
}

impl EngineError {
    /// Whether no answer came, so that nobody knows what became of the request.
    #[must_use]
    pub const fn is_link_lost(&self) -> bool {
        matches!(self, Self::Lost { .. } | Self::Silent { .. })
    }

    /// The HTTP status, if the engine answered.
    #[must_use]
    pub const fn status(&self) -> Option<u16> {
        match self {
            Self::Refused { status, .. } => Some(*status),
            Self::Lost { .. } | Self::Silent { .. } | Self::Unreadable { .. } => None,
        }
    }

    /// Whether the engine does not have the object. Managers pass on the swarm's own words with other statuses.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        let of_swarm = |message: &str| message.contains("rpc error: code = NotFound");
        match self {
            Self::Refused { status, message, .. } => *status == 404 || of_swarm(message),
            Self::Lost { .. } | Self::Silent { .. } | Self::Unreadable { .. } => false,
        }
    }

    /// Words a failure of a typed call like those of this module's own calls.
    #[must_use]
    pub fn of_bollard(attempt: impl Into<String>, error: &bollard::errors::Error) -> Self {
        use bollard::errors::Error;
        let attempt = attempt.into();
        match error {
            Error::DockerResponseServerError { status_code, message } => {
                Self::Refused { attempt, status: *status_code, message: crate::text::sanitize(message) }
            }
            Error::RequestTimeoutError => Self::Silent { attempt, after: super::transport::TYPED_DEADLINE },
            Error::IOError { err } => Self::Lost { attempt, cause: crate::text::sanitize(&err.to_string()) },
            Error::HyperResponseError { .. } | Error::HttpClientError { .. } => {
                Self::Lost { attempt, cause: crate::text::sanitize(&error.to_string()) }
            }
            other => Self::Unreadable { attempt, cause: crate::text::sanitize(&other.to_string()) },
        }
    }
}

/// What to do next, where the engine's words leave it open.
fn advice(status: u16, message: &str) -> &'static str {
    let says = |words: &str| message.contains(words);
    match status {
        400 if says("client version") && says("too old") => "; this engine needs a newer stacktop",
        400 if says("HTTP request to an HTTPS server") => "; the engine expects TLS: set DOCKER_TLS_VERIFY=1",
        403 => "; the engine or a proxy in front of it forbids this request",
        404 if says("No such container") => "; it may have been removed or replaced since",
        409 if says("is paused") => "; unpause it first",
        409 if says("remove a running container") || says("container is running") => "; stop it first",
        409 | 500 if says("port is already allocated") || says("bind: address already in use") => {
            "; see who has the port with `stacktop ps` or `ss -ltnp`"
        }
        401 | 404 | 500 if says("pull access denied") || says("unauthorized") => {
            "; check the image's name, or pull it with the Docker CLI, which has your credentials"
        }
        409 if says("is already in use") => "; rename or remove the other one first",
        500 if says("update out of sequence") => {
            "; somebody else changed it meanwhile: look again, then repeat"
        }
        503 if says("not a swarm manager") => "; name a manager with --host or --context",
        503 if says("does not have a leader") => "; too few managers are up to agree: bring them back first",
        _ => "",
    }
}

pub(super) fn seconds(span: Duration) -> String {
    if span.subsec_millis() == 0 {
        format!("{} s", span.as_secs())
    } else {
        format!("{:.1} s", span.as_secs_f64())
    }
}

/// Why an engine could not be reached at all: the cause and the way out, in one sentence.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ConnectError {
    /// Nothing is at the socket's path.
    #[error(
        "no engine at {endpoint}: there is no such socket; start Docker (`sudo systemctl start docker`) or name another engine with --host or --context"
    )]
    NoSocket {
        /// The address.
        endpoint: String,
    },
    /// The socket may not be opened by this user.
    #[error("not allowed to open {endpoint}, which belongs to {owner}; {way_out}")]
    Forbidden {
        /// The address.
        endpoint: String,
        /// User and group of the socket.
        owner: String,
        /// What would help.
        way_out: String,
    },
    /// Nobody listens.
    #[error("{endpoint} refuses connections; is dockerd running there?")]
    Refused {
        /// The address.
        endpoint: String,
    },
    /// The name has no address.
    #[error("the host name `{host}` cannot be resolved ({cause}); check its spelling and the name server")]
    Unresolved {
        /// The name.
        host: String,
        /// The resolver's words.
        cause: String,
    },
    /// Nothing came back in time.
    #[error("{endpoint} does not answer within {after}; the engine hangs, or a firewall drops the packets")]
    Silent {
        /// The address.
        endpoint: String,
        /// How long was waited.
        after: String,
    },
    /// The engine's certificate, or ours, was turned down.
    #[error("the TLS connection to {endpoint} failed: {cause}; {way_out}")]
    Certificate {
        /// The address.
        endpoint: String,
        /// What is wrong.
        cause: String,
        /// What would help.
        way_out: String,
    },
    /// A certificate or key cannot be used.
    #[error("cannot use the TLS file {path}: {cause}; check DOCKER_CERT_PATH or the context's TLS material")]
    CertificateFile {
        /// The file.
        path: String,
        /// What is wrong.
        cause: String,
    },
    /// We spoke plainly, the engine expects TLS.
    #[error(
        "{endpoint} expects TLS, and none was asked for; set DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH, or use a context with certificates"
    )]
    ExpectsTls {
        /// The address.
        endpoint: String,
    },
    /// We spoke TLS, the engine does not.
    #[error(
        "{endpoint} does not speak TLS; unset DOCKER_TLS_VERIFY, or name the port with TLS (2376 as a rule)"
    )]
    SpeaksPlainly {
        /// The address.
        endpoint: String,
    },
    /// There is no such context.
    #[error("there is no Docker context `{name}`; known are {}", known.join(", "))]
    UnknownContext {
        /// The name asked for.
        name: String,
        /// The names there are.
        known: Vec<String>,
    },
    /// A context's or the Docker CLI's file cannot be read.
    #[error("cannot read {path}: {cause}; repair it, or go around it with --host")]
    BadFile {
        /// The file.
        path: String,
        /// What is wrong.
        cause: String,
    },
    /// An address that makes no sense.
    #[error("`{host}` is no engine address: {cause}; write unix:///path/to.sock or tcp://host:port")]
    BadHost {
        /// The address as given.
        host: String,
        /// What is wrong.
        cause: String,
    },
    /// An address over SSH.
    #[error(
        "ssh:// addresses are not supported yet; run `ssh -nNT -L /tmp/docker-{host}.sock:/var/run/docker.sock {login}` \
         and use --host unix:///tmp/docker-{host}.sock"
    )]
    Ssh {
        /// The host alone.
        host: String,
        /// What to hand to ssh: `user@host`, with `-p port` if one was given.
        login: String,
    },
    /// Both ways to name an engine were used.
    #[error("--host and --context name two engines; give one of them")]
    TwoChoices,
    /// The engine is too old.
    #[error(
        "{endpoint} speaks API {version} at most, stacktop needs 1.41 (Docker 20.10) or newer; update that engine"
    )]
    TooOld {
        /// The address.
        endpoint: String,
        /// Its newest version.
        version: String,
    },
    /// Something else answers.
    #[error("what answers at {endpoint} is no Docker engine: {cause}; check the address and the port")]
    NoEngine {
        /// The address.
        endpoint: String,
        /// What it answered.
        cause: String,
    },
    /// Anything else, in the system's words.
    #[error("cannot reach {endpoint}: {cause}; check the address and that the engine runs")]
    Unreachable {
        /// The address.
        endpoint: String,
        /// The system's words.
        cause: String,
    },
}
