//! `stacktop backup`: what is done with the sets of stacks.

mod due;
mod ls;
mod prune;
mod run;
mod show;
mod verify;

use jiff::Timestamp;

use crate::{
    backup::{BackupError, Manifest, Set, Shelf},
    cli::{
        exit::{Exit, Failure},
        session::Session,
        settle::Settled,
    },
    domain::Status,
    text,
};

/// Arguments of `backup`.
#[derive(Clone, Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  stacktop backup run shop --plan\n  stacktop backup run shop/db --to /srv/backups --yes\n  stacktop backup ls\n  stacktop backup verify shop\n  stacktop backup prune --all --yes"
)]
pub struct Args {
    /// What is done
    #[command(subcommand)]
    pub what: What,
}

/// What is done with backups.
#[derive(Clone, Debug, clap::Subcommand)]
pub enum What {
    /// Store what a stack keeps: dumps of its databases, files of its volumes
    Run(run::Args),
    /// List how the backups of each stack stand; with a stack, its sets
    Ls(ls::Args),
    /// Show a set: its parts, their checksums, and how each is read without stacktop
    Show(show::Args),
    /// Read a set to the last byte and compare it with its manifest; exit code 1 if something is damaged
    Verify(verify::Args),
    /// Remove old sets by the retention that is settled; never the last valid one
    Prune(prune::Args),
}

/// Does it.
///
/// # Errors
/// Any [`Failure`].
pub async fn run(session: &mut Session, args: Args) -> Result<Exit, Failure> {
    match args.what {
        What::Run(args) => run::run(session, args).await,
        What::Ls(args) => ls::run(session, &args),
        What::Show(args) => show::run(session, &args),
        What::Verify(args) => verify::run(session, args).await,
        What::Prune(args) => prune::run(session, args).await,
    }
}

/// The stacks that have sets, and those of which something is settled.
fn stacks(shelf: &Shelf, settled: &Settled) -> Result<Vec<String>, Failure> {
    let mut stacks = shelf.stacks()?;
    stacks.extend(settled.backups.stacks().map(str::to_owned));
    stacks.sort();
    stacks.dedup();
    Ok(stacks)
}

/// All sets of a stack, newest first.
///
/// # Errors
/// [`Failure::Usage`] for a stack of which nothing is known.
fn sets(shelf: &Shelf, settled: &Settled, stack: &str) -> Result<Vec<Set>, Failure> {
    let sets = shelf.sets(stack)?;
    if sets.is_empty() && !settled.backups.stacks().any(|known| known == stack) {
        return Err(Failure::Usage(format!(
            "there is no backup of `{stack}` in {}; `stacktop backup ls` lists what there is",
            shelf.folder().display()
        )));
    }
    Ok(sets)
}

/// How a set is: as a status, as a word, and why.
fn state(set: &Set) -> (Status, &'static str, Option<String>) {
    match set.why_invalid() {
        None => (Status::Healthy, "valid", None),
        Some(_) if set.is_being_written() => (Status::Starting, "being written", None),
        Some(why) => (Status::Down, "invalid", Some(text::sanitize(&why))),
    }
}

fn stored(set: &Set) -> Option<u64> {
    set.manifest.as_ref().ok().map(Manifest::stored_bytes)
}

/// A moment to the second.
fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%SZ").to_string()
}

impl From<BackupError> for Failure {
    fn from(error: BackupError) -> Self {
        match error {
            BackupError::NoSet(_) => Self::Usage(error.to_string()),
            BackupError::Disk { .. } | BackupError::NoRoom { .. } => Self::Storage(error.to_string()),
            _ => Self::Refused(error.to_string()),
        }
    }
}
