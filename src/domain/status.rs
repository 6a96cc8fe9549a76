//! One word for how a thing is doing, the same for a replica, a service and a stack.

use super::{Container, ContainerState, Exit, Health, Task, TaskState};

/// How a thing is doing, worst first: the order in which a person wants to see them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Status {
    /// It should run and does not.
    Down,
    /// It runs and its health check fails.
    Unhealthy,
    /// It ends and is started, over and over.
    Restarting,
    /// It is being replaced.
    Rolling,
    /// It runs and its health is not known yet.
    Starting,
    /// Its processes are frozen.
    Paused,
    /// The engine uses a word that this version does not know.
    Unknown,
    /// It runs and its health check passes.
    Healthy,
    /// It runs and has no health check.
    Running,
    /// It does not run and nobody expects it to.
    Stopped,
}

impl Status {
    /// All of them, worst first.
    pub const ALL: [Self; 10] = [
        Self::Down,
        Self::Unhealthy,
        Self::Restarting,
        Self::Rolling,
        Self::Starting,
        Self::Paused,
        Self::Unknown,
        Self::Healthy,
        Self::Running,
        Self::Stopped,
    ];

    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Down => "down",
            Self::Unhealthy => "unhealthy",
            Self::Restarting => "restarting",
            Self::Rolling => "rolling",
            Self::Starting => "starting",
            Self::Paused => "paused",
            Self::Unknown => "unknown",
            Self::Healthy => "healthy",
            Self::Running => "running",
            Self::Stopped => "stopped",
        }
    }

    /// Whether a person should look at it.
    #[must_use]
    pub const fn is_wrong(self) -> bool {
        matches!(self, Self::Down | Self::Unhealthy | Self::Restarting)
    }

    /// Whether it serves, as far as anyone can tell.
    #[must_use]
    pub const fn is_up(self) -> bool {
        matches!(self, Self::Healthy | Self::Running | Self::Starting | Self::Unhealthy | Self::Paused)
    }

    /// How a container is doing.
    #[must_use]
    pub fn of_container(container: &Container) -> Self {
        match &container.state {
            ContainerState::Running => Self::of_health(&container.health),
            ContainerState::Paused => Self::Paused,
            ContainerState::Restarting => Self::Restarting,
            ContainerState::Created | ContainerState::Removing => Self::Stopped,
            ContainerState::Dead => Self::Down,
            ContainerState::Exited => Self::of_exit(container),
            ContainerState::Unknown(_) => Self::Unknown,
        }
    }

    /// How a task is doing; its container, when it runs on this engine, knows more.
    #[must_use]
    pub fn of_task(task: &Task, container: Option<&Container>) -> Self {
        match &task.state {
            TaskState::Running => container.map_or(Self::Running, Self::of_container),
            TaskState::Complete | TaskState::Shutdown | TaskState::Remove => Self::Stopped,
            TaskState::Failed | TaskState::Rejected | TaskState::Orphaned => Self::Down,
            TaskState::Unknown(_) => Self::Unknown,
            TaskState::New
            | TaskState::Allocated
            | TaskState::Pending
            | TaskState::Assigned
            | TaskState::Accepted
            | TaskState::Preparing
            | TaskState::Ready
            | TaskState::Starting => Self::Starting,
        }
    }

    fn of_health(health: &Health) -> Self {
        match health {
            Health::None => Self::Running,
            Health::Starting => Self::Starting,
            Health::Healthy => Self::Healthy,
            Health::Unhealthy => Self::Unhealthy,
            Health::Unknown(_) => Self::Unknown,
        }
    }

    fn of_exit(container: &Container) -> Self {
        if container.exit.as_ref().is_none_or(Exit::is_clean) { Self::Stopped } else { Self::Down }
    }
}
