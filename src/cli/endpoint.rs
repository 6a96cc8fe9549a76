//! The engine that is meant: a real one, or the simulated one within this process.

use std::{fs, path::Path, sync::Arc};

use jiff::Timestamp;

use super::{args::Options, exit::Failure};
use crate::{
    engine::{Choice, ConnectError, Connector, Engine, EngineError, Surroundings},
    runtime::Clocks,
    sim::{self, Sim, World},
};

/// The seed of a world whose randomness nobody asked for.
const SEED: u64 = 1;

/// How to reach the engine that the options name.
///
/// # Errors
/// [`Failure::Usage`] for options that contradict each other, an address that makes no sense, or a broken world.
pub fn connector(options: &Options) -> Result<Connector, Failure> {
    if options.demo {
        return demo(options);
    }
    if options.world.is_some() || options.seed.is_some() || options.speed.is_some() {
        let sentence =
            "--world, --seed and --speed are for the simulated engine; add --demo, or use `stacktop demo`";
        return Err(Failure::Usage(sentence.to_owned()));
    }
    let choice = Choice { host: options.host.clone(), context: options.context.clone() };
    Ok(Connector::choose(&choice, &Surroundings::from_env())?)
}

/// The clocks of a dashboard: those of the simulated world, if that is what is shown.
#[must_use]
pub fn clocks(options: &Options) -> Clocks {
    match options.speed.filter(|_| options.demo) {
        Some(speed) => Clocks::world(Timestamp::now(), speed),
        None => Clocks::system(),
    }
}

/// Reaches the engine that the options name.
///
/// # Errors
/// As [`connector`], and [`Failure::Unreachable`] if no engine answers.
pub async fn connect(options: &Options) -> Result<Engine, Failure> {
    Ok(connector(options)?.connect().await?)
}

fn demo(options: &Options) -> Result<Connector, Failure> {
    if options.host.is_some() || options.context.is_some() {
        let sentence = "the demo has an engine of its own; leave --host and --context out";
        return Err(Failure::Usage(sentence.to_owned()));
    }
    let sim = simulation(options)?;
    Ok(Connector::in_process("demo", Arc::new(move || sim.connect())))
}

/// The world that the options name.
///
/// # Errors
/// [`Failure::Usage`] for a world that cannot be read.
pub fn world(options: &Options) -> Result<World, Failure> {
    options.world.as_deref().map_or_else(|| Ok(World::builtin()), read)
}

/// Starts the simulated engine that the options describe.
///
/// # Errors
/// [`Failure::Usage`] for a world that cannot be read.
pub fn simulation(options: &Options) -> Result<Sim, Failure> {
    let world = world(options)?;
    let seed = options.seed.unwrap_or(SEED);
    let speed = options.speed.unwrap_or(1.0);
    Ok(Sim::start(world, sim::Options { seed, speed, epoch: Timestamp::now() }))
}

fn read(path: &Path) -> Result<World, Failure> {
    let name = path.display().to_string();
    let text = fs::read_to_string(path)
        .map_err(|error| Failure::Usage(format!("the world {name} cannot be read: {error}")))?;
    World::from_yaml(&text, &name).map_err(|error| Failure::Usage(error.to_string()))
}

impl From<ConnectError> for Failure {
    fn from(error: ConnectError) -> Self {
        match error {
            ConnectError::UnknownContext { .. } | ConnectError::BadHost { .. } | ConnectError::TwoChoices => {
                Self::Usage(error.to_string())
            }
            other => Self::Unreachable(other.to_string()),
        }
    }
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Self {
        if error.is_link_lost() {
            Self::Unreachable(error.to_string())
        } else {
            Self::Refused(error.to_string())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::exit::Exit;

    fn refused(options: &Options) -> Failure {
        connector(options).unwrap_err()
    }

    #[test]
    fn a_seed_without_the_simulated_engine_is_explained() {
        let failure = refused(&Options { seed: Some(1), ..Options::default() });
        assert_eq!(failure.exit(), Exit::Usage);
        assert!(failure.to_string().contains("--demo"), "{failure}");
    }

    #[test]
    fn the_demo_takes_no_address() {
        let failure = refused(&Options { demo: true, host: Some("unix:///x".into()), ..Options::default() });
        assert_eq!(failure.exit(), Exit::Usage);
    }

    #[test]
    fn a_world_that_is_not_there_is_named() {
        let failure =
            refused(&Options { demo: true, world: Some("/nonexistent.yaml".into()), ..Options::default() });
        assert!(failure.to_string().contains("/nonexistent.yaml"), "{failure}");
    }

    #[test]
    fn an_address_that_makes_no_sense_is_usage() {
        let failure = refused(&Options { host: Some("gopher://host".into()), ..Options::default() });
        assert_eq!(failure.exit(), Exit::Usage);
    }
}
