//! What a refusal means.
//!
//! The API has few statuses for many reasons, and not always the same ones: the words decide along with them. They
//! are those of the engines from 20.10 to 29.

use crate::engine::EngineError;

impl EngineError {
    /// The status and the engine's words, if it answered.
    fn told(&self) -> Option<(u16, &str)> {
        match self {
            Self::Refused { status, message, .. } => Some((*status, message)),
            Self::Lost { .. } | Self::Silent { .. } | Self::Unreadable { .. } => None,
        }
    }

    fn says(&self, statuses: &[u16], words: &[&str]) -> bool {
        self.told().is_some_and(|(status, message)| {
            statuses.contains(&status) && words.iter().any(|words| message.contains(words))
        })
    }

    /// Whether the object's state or name stands against it (409).
    #[must_use]
    pub const fn is_conflict(&self) -> bool {
        matches!(self.status(), Some(409))
    }

    /// Whether a container, config or service has that name already.
    #[must_use]
    pub fn is_name_taken(&self) -> bool {
        self.says(&[409], &["is already in use by container", "already exists", "already in use"])
    }

    /// Whether a Swarm object was changed by somebody else since it was inspected.
    #[must_use]
    pub fn is_out_of_sequence(&self) -> bool {
        self.says(&[400, 409, 500], &["update out of sequence"])
    }

    /// Whether a port of the host that the container publishes is in use.
    #[must_use]
    pub fn is_port_taken(&self) -> bool {
        let words = ["port is already allocated", "bind: address already in use", "failed to bind host port"];
        self.says(&[400, 403, 409, 500], &words)
    }

    /// Whether the static address of a container is in use in its network.
    #[must_use]
    pub fn is_address_taken(&self) -> bool {
        self.says(&[403, 409, 500], &["Address already in use", "address already in use"])
            && !self.is_port_taken()
    }

    /// Whether it is refused because the container runs, or is paused.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.says(&[409], &["You cannot remove a running container", "container is running"])
            || self.is_paused()
    }

    /// Whether it is refused because the container does not run.
    #[must_use]
    pub fn is_not_running(&self) -> bool {
        self.says(&[409, 500], &["is not running"])
    }

    /// Whether it is refused because the container is paused.
    #[must_use]
    pub fn is_paused(&self) -> bool {
        self.says(&[409, 500], &["is paused", "is already paused", "remove a paused container"])
    }

    /// Whether somebody is removing the container already.
    #[must_use]
    pub fn is_being_removed(&self) -> bool {
        self.says(&[409], &["is already in progress", "marked for removal"])
    }

    /// Whether the container is in the network already.
    #[must_use]
    pub fn is_already_connected(&self) -> bool {
        self.says(&[403, 409], &["already exists in network", "already attached to network"])
    }

    /// Whether the container is not in the network.
    #[must_use]
    pub fn is_not_connected(&self) -> bool {
        self.says(&[403, 404, 409, 500], &["is not connected to"])
    }

    /// Whether somebody else asks for the disk usage, or prunes, at the moment.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.says(&[409, 500], &["operation is already running"])
    }

    /// Whether the engine does not have the image.
    #[must_use]
    pub fn is_image_missing(&self) -> bool {
        self.says(&[404], &["No such image", "no such image"])
    }

    /// Whether the registry does not know the image or does not give it to us; it does not say which.
    #[must_use]
    pub fn is_pull_denied(&self) -> bool {
        let words =
            ["pull access denied", "unauthorized", "authentication required", "no basic auth credentials"];
        self.says(&[401, 403, 404, 500], &words)
    }

    /// Whether the engine is no manager of a swarm.
    #[must_use]
    pub fn is_not_a_manager(&self) -> bool {
        self.says(&[503, 406], &["not a swarm manager", "is not part of a swarm"])
    }
}
