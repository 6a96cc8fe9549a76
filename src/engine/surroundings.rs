//! What around the program decides which engine is meant: variables, folders, the user.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// The environment that [`super::Connector::choose`] reads. Tests make their own.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// Environment variables; only those beginning with `DOCKER_` and `XDG_RUNTIME_DIR` matter.
    pub variables: BTreeMap<String, String>,
    /// The user's home.
    pub home: Option<PathBuf>,
    /// The user's id.
    pub uid: u32,
    /// The socket of an engine that runs as root.
    pub rootful: PathBuf,
}

impl Surroundings {
    /// Those of this process.
    #[must_use]
    pub fn from_env() -> Self {
        let relevant = |name: &str| name.starts_with("DOCKER_") || name == "XDG_RUNTIME_DIR";
        let variables = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .filter(|(name, _)| relevant(name))
            .collect();
        Self {
            variables,
            home: std::env::home_dir(),
            uid: rustix::process::getuid().as_raw(),
            rootful: "/var/run/docker.sock".into(),
        }
    }

    /// A variable's value; one that is set to nothing counts as not set.
    pub(super) fn variable(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The Docker CLI's folder: `DOCKER_CONFIG` or `~/.docker`.
    pub(super) fn docker_folder(&self) -> Option<PathBuf> {
        let own = self.variable("DOCKER_CONFIG").map(PathBuf::from);
        own.or_else(|| self.home.as_ref().map(|home| home.join(".docker")))
    }

    /// Where an engine listens by default, most usual first: as root, rootless, Docker Desktop.
    pub(super) fn sockets(&self) -> Vec<(PathBuf, &'static str)> {
        let runtime = self
            .variable("XDG_RUNTIME_DIR")
            .map_or_else(|| Path::new("/run/user").join(self.uid.to_string()), PathBuf::from);
        let desktop = self.home.as_ref().map(|home| home.join(".docker/run/docker.sock"));
        let mut sockets = vec![
            (self.rootful.clone(), "default socket"),
            (runtime.join("docker.sock"), "default socket of a rootless engine"),
        ];
        sockets.extend(desktop.map(|path| (path, "default socket of Docker Desktop")));
        sockets
    }
}
