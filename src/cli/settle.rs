//! What is settled in a file, under what the command line says.

use std::env;

use super::{args::Options, endpoint, exit::Failure};
use crate::{
    action::Keymap,
    settings::{Backups, Settings, SettingsError, default_path},
};

/// What the settings say of the engine that is meant, of the dashboard, and of backups.
#[derive(Clone, Debug, Default)]
pub struct Settled {
    /// Why nothing may be changed on this engine, in a sentence, if the settings say so.
    pub guard: Option<String>,
    /// The keys, if some are others than the shipped ones.
    pub keymap: Option<Keymap>,
    /// How stacks are backed up.
    pub backups: Backups,
}

/// Reads the settings and puts them under what the command line says.
///
/// # Errors
/// [`Failure::Usage`] for settings that cannot be read, or in which something means nothing.
pub fn settle(options: &mut Options) -> Result<(), Failure> {
    let settings = load(options)?;
    options.theme = options.theme.take().or_else(|| settings.theme.clone());
    options.ascii |= settings.ascii.unwrap_or_default();
    let guard = guard(options, &settings);
    let backups = settings.backups.at_home(env::var_os("HOME").as_deref());
    options.settled = Settled { guard, keymap: settings.keymap, backups };
    options.read_only |= options.settled.guard.is_some();
    Ok(())
}

fn load(options: &Options) -> Result<Settings, Failure> {
    if let Some(named) = &options.settings {
        return Ok(Settings::load(named)?);
    }
    let path = default_path(env::var_os("XDG_CONFIG_HOME").as_deref(), env::var_os("HOME").as_deref());
    let there = path.filter(|path| path.exists());
    Ok(there.map(|path| Settings::load(&path)).transpose()?.unwrap_or_default())
}

/// An engine that cannot be chosen is told of by who is going to reach it.
fn guard(options: &Options, settings: &Settings) -> Option<String> {
    if settings.endpoints.is_empty() {
        return None;
    }
    if options.demo {
        return settings.guard(&["demo"]);
    }
    let connector = endpoint::connector(options).ok()?;
    let address = connector.endpoint().to_string();
    let context = connector.chosen_by().strip_prefix("context ").unwrap_or_default();
    settings.guard(&[&address, context, host(&address)])
}

/// The host of an address: `prod-1` of `tcp://prod-1:2376`.
fn host(address: &str) -> &str {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    rest.split(['/', ':']).next().unwrap_or_default()
}

impl From<SettingsError> for Failure {
    fn from(error: SettingsError) -> Self {
        Self::Usage(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::exit::Exit;

    /// The options after settings of this text were read.
    fn settled(text: &str, options: Options) -> Result<Options, Failure> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.yaml");
        std::fs::write(&path, text).unwrap();
        let mut options = Options { settings: Some(path), ..options };
        settle(&mut options).map(|()| options)
    }

    const PROD: &str = "theme: mono\nendpoints: [{match: \"prod*\", read_only: true}]";

    fn at(host: &str) -> Options {
        Options { host: Some(host.to_owned()), ..Options::default() }
    }

    #[test]
    fn an_engine_is_guarded_by_the_host_of_its_address() {
        let options = settled(PROD, at("tcp://prod-1:2375")).unwrap();
        assert!(options.read_only);
        assert!(options.settled.guard.unwrap().contains("line 2"), "the rule is named");
        assert!(!settled(PROD, at("tcp://staging:2375")).unwrap().read_only);
    }

    #[test]
    fn the_command_line_goes_before_the_settings() {
        let options =
            settled(PROD, Options { theme: Some("light".to_owned()), ..Options::default() }).unwrap();
        assert_eq!(options.theme.as_deref(), Some("light"));
        assert_eq!(settled(PROD, Options::default()).unwrap().theme.as_deref(), Some("mono"));
    }

    #[test]
    fn settings_that_are_named_and_missing_are_a_mistake() {
        let mut options = Options { settings: Some("/nonexistent.yaml".into()), ..Options::default() };
        let failure = settle(&mut options).unwrap_err();
        assert_eq!(failure.exit(), Exit::Usage);
        assert!(failure.to_string().contains("/nonexistent.yaml"), "{failure}");
    }
}
