//! The simulated Docker Engine.
//!
//! A server of the Docker Engine API over a world that is described in YAML: stacks with load, logs and
//! health checks, and incidents on a timeline. Demos, tests and other Docker clients talk to it as to any
//! engine; it shares no code with the client side.
//!
//! * [`World`] is what exists at the start. [`Sim::start`] makes it move.
//! * `state` holds the world and its queue of deeds; `behaviour` says what programs use and write.
//! * `server` answers HTTP requests from the state.
//!
//! * [`Faults`] are what tests do behind a client's back, [`Sim::requests`] is what they see of it.
//!
//! # Images and how they behave
//!
//! A container that a client creates behaves like the service that its Compose labels name, else like a service of
//! the same repository, else it does nothing. Whether it becomes ready depends on its image. The end of the tag says
//! how, after its last `-`:
//!
//! | tag | behaviour |
//! |---|---|
//! | `…-bad`, `…-unhealthy` | runs, but every probe fails with 1 and `connection refused` |
//! | `…-crash` | ends with 1 after 1.2 s |
//! | `…-slow` | its health check passes 30 s after its start |
//! | `…-missing`, `missing…` | no registry has it |
//! | all others | its health check passes 1 s after its start |
//!
//! A world says more, by reference:
//!
//! ```yaml
//! images:
//!   shop/web:2: {behaviour: good, ready_after: 1500ms}
//!   shop/web:3: {behaviour: unhealthy, exit_code: 22, output: "503 from upstream"}
//!   shop/web:4: {behaviour: crash, exit_code: 3, crash_after: 400ms, lines: ["fatal: no database"]}
//!   shop/web:5: {behaviour: slow, ready_after: 40s, stop: {ignores: true}}
//!   shop/web:6: {behaviour: missing}
//!   shop/web:7: {registry: {absent: true, pull: 3s, error: "unexpected EOF"}}
//!   shop/web:8:
//!     config: {env: {VERSION: "8"}, entrypoint: /app, command: serve, expose: ["8080"], labels: {v: "8"}}
//!     programs: {pg_dump: {code: 1, errors: "no route to host", takes: 2s}}
//! ```
//!
//! Declared images are there from the start unless they are `absent`; all others have to be pulled, which takes 2 s.
//! A service or an image may say how it ends (`stop: {takes, code, ignores}`), and a health check may name a
//! `drain_file` whose presence makes probes fail. Executed programs are those of `programs`, a few that every image
//! has (`true`, `false`, `sleep`, `echo`, `touch`, `rm`, `test`, `sh -c` with those), the service's own, and its
//! health check, whose end is the truth of that moment.
//!
//! The same seed gives the same world, second by second: time is virtual (tokio's clock times the speed) and
//! randomness is a pure function of seed, name and moment. With tokio's time paused, hours pass at once.

mod behaviour;
mod clock;
mod faults;
mod history;
mod ids;
mod noise;
mod server;
mod shared;
mod spec;
mod state;
mod world;

use std::{io, path::Path, sync::Arc};

use tokio::{
    io::DuplexStream,
    net::{UnixListener, UnixStream},
};
use tokio_util::sync::CancellationToken;

use self::{clock::Clock, shared::Shared, state::State};
pub use self::{
    faults::{Cut, Faults, Seen},
    history::Backups,
    world::{World, WorldError},
};

/// Bytes that a connection holds in each direction before the writer waits.
const PIPE: usize = 256 * 1024;

/// How a world is run.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Where all randomness comes from.
    pub seed: u64,
    /// World seconds per second; 1.0 is real time. What is no positive number counts as 1.0.
    pub speed: f64,
    /// Wall time of the world's start. All dates in answers follow from it.
    pub epoch: jiff::Timestamp,
}

/// A running simulated engine. Clones are the same engine; it ends with the last of them and of the
/// connections.
#[derive(Clone)]
pub struct Sim {
    shared: Arc<Shared>,
}

impl Sim {
    /// Starts a world. Must be called within a tokio runtime: a task moves the world from then on.
    pub fn start(world: World, options: Options) -> Self {
        let Options { seed, speed, epoch } = options;
        let clock = Clock::new(speed, epoch);
        let state = State::build(world.spec, seed, clock.clone());
        let shared = Arc::new(Shared::new(state, clock));
        tokio::spawn(shared::drive(Arc::downgrade(&shared)));
        Self { shared }
    }

    /// Opens a connection in this process: the client's end of an HTTP/1.1 connection to the engine.
    ///
    /// # Errors
    /// `ConnectionRefused` while the world's daemon is away.
    pub fn connect(&self) -> io::Result<DuplexStream> {
        if self.shared.read(|state| state.outage.is_some()) {
            return Err(io::Error::new(io::ErrorKind::ConnectionRefused, "the simulated daemon is away"));
        }
        let (client, server) = tokio::io::duplex(PIPE);
        tokio::spawn(server::serve(Arc::clone(&self.shared), server));
        Ok(client)
    }

    /// Serves on a unix socket until told to end, and removes the socket then. While the world's daemon is
    /// away, nobody listens.
    ///
    /// # Errors
    /// When `path` exists and is no socket, when another program listens on it, or when the socket cannot be
    /// made.
    pub async fn serve_unix(&self, path: &Path, until: CancellationToken) -> io::Result<()> {
        free(path).await?;
        while !until.is_cancelled() {
            let listener = UnixListener::bind(path)?;
            tokio::select! {
                () = until.cancelled() => {}
                result = self.accept(&listener) => result?,
            }
            drop(listener);
            std::fs::remove_file(path)?;
            tokio::select! {
                () = until.cancelled() => {}
                () = self.shared.daemon_back() => {}
            }
        }
        Ok(())
    }

    /// Accepts connections until the world's daemon goes away.
    async fn accept(&self, listener: &UnixListener) -> io::Result<()> {
        let mut cut = self.shared.cut();
        loop {
            tokio::select! {
                _ = cut.changed() => return Ok(()),
                accepted = listener.accept() => {
                    let (stream, _) = accepted?;
                    tokio::spawn(server::serve(Arc::clone(&self.shared), stream));
                }
            }
        }
    }
}

impl std::fmt::Debug for Sim {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sim").finish_non_exhaustive()
    }
}

/// Removes a socket that nobody listens on; refuses what is something else.
async fn free(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::FileTypeExt;
    let Ok(found) = std::fs::symlink_metadata(path) else { return Ok(()) };
    let refuse =
        |why: &str| io::Error::new(io::ErrorKind::AlreadyExists, format!("{}: {why}", path.display()));
    if !found.file_type().is_socket() {
        return Err(refuse("exists and is no socket"));
    }
    if UnixStream::connect(path).await.is_ok() {
        return Err(refuse("another program listens on this socket"));
    }
    std::fs::remove_file(path)
}
