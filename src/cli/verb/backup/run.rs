//! `stacktop backup run STACK[/SERVICE]`

use std::path::PathBuf;

use super::due;
use crate::{
    backup::{Cipher, Mode, Scope},
    cli::{
        exit::{Exit, Failure},
        operate::{self, Consent, Desk, Job},
        session::Session,
        settle::Settled,
        shelf::shelf,
    },
    command::execute::operation::{BackupRequest, Refused, prepare_backup},
    domain::{self, ReplicaKey, ServiceKey, Target, TargetError},
};

/// Arguments of `backup run`.
#[derive(Clone, Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  stacktop backup run shop --plan\n  stacktop backup run shop --only dumps --yes\n  stacktop backup run shop/db --to /srv/backups --encrypt-age age1…\n  stacktop backup run --due --yes\n\nDatabases are dumped by their own programs. Volumes are read while those who write are frozen, or stopped where a\nlabel (stacktop.backup.mode) or --mode says so; all of them go on afterwards, whatever happens."
)]
pub struct Args {
    /// The stack, or one service of it
    #[arg(value_name = "STACK[/SERVICE]", required_unless_present = "due")]
    pub target: Option<String>,
    /// All stacks of the settings whose slot has come and that were not backed up since; for cron or a timer
    #[arg(long, conflicts_with_all = ["target", "only", "mode"])]
    pub due: bool,
    /// Only the dumps of databases, or only the files of volumes
    #[arg(long, value_name = "WHAT", value_parser = scope)]
    pub only: Option<Scope>,
    /// How volumes are kept consistent: stop, pause or live; by labels and rules if not said
    #[arg(long, value_name = "MODE", value_parser = mode)]
    pub mode: Option<Mode>,
    /// Folder of backups, instead of the settled one or ~/.local/share/stacktop/backups
    #[arg(long, value_name = "DIR", env = "STACKTOP_BACKUPS")]
    pub to: Option<PathBuf>,
    /// Encrypt by age for this public key, or for those in this file; may be given several times
    #[arg(long, value_name = "KEY")]
    pub encrypt_age: Vec<String>,
    /// Who agrees.
    #[command(flatten)]
    pub consent: Consent,
}

fn scope(word: &str) -> Result<Scope, String> {
    let only = Scope::parse(word).filter(|scope| *scope != Scope::All);
    only.ok_or_else(|| "write dumps or volumes".to_owned())
}

fn mode(word: &str) -> Result<Mode, String> {
    let mode = Mode::parse(word).filter(|mode| *mode != Mode::Dump);
    mode.ok_or_else(|| "write stop, pause or live".to_owned())
}

impl Args {
    /// What is asked for, of this stack.
    pub(super) fn request(
        &self,
        (stack, service): (String, Option<String>),
        settled: &Settled,
    ) -> Result<BackupRequest, Failure> {
        let cipher = if self.encrypt_age.is_empty() {
            settled.backups.cipher.clone()
        } else {
            Cipher::Age(self.encrypt_age.clone())
        };
        Ok(BackupRequest {
            stack,
            service,
            scope: self.only.unwrap_or_default(),
            mode: self.mode,
            shelf: shelf(self.to.as_deref(), settled)?,
            cipher,
        })
    }
}

/// Backs a stack up.
///
/// # Errors
/// Any [`Failure`].
pub(super) async fn run(session: &mut Session, args: Args) -> Result<Exit, Failure> {
    let desk = Desk::open(session, &args.consent).await?;
    if !args.consent.plan {
        operate::bring_back(session, desk.engine()).await?;
    }
    let Some(target) = &args.target else { return due::run(session, &desk, &args).await };
    let named = named(&desk, target);
    let unknown = named.as_ref().err().map(ToString::to_string);
    let request =
        args.request(named.or_else(|error| as_written(target, error))?, &session.options.settled)?;
    let prepared = match prepare_backup(desk.engine(), &request, desk.holder()).await {
        // A stack without a container may have volumes; one without either is none.
        Err(Refused::NothingToStore { .. }) if unknown.is_some() => {
            return Err(Failure::Usage(unknown.unwrap_or_default()));
        }
        prepared => prepared?,
    };
    operate::perform(session, &desk, vec![Job::backup(prepared)], &args.consent).await
}

/// The stack that is meant, and the only service of it.
fn named(desk: &Desk, name: &str) -> Result<(String, Option<String>), Failure> {
    let of_service = |key: ServiceKey| match key.stack {
        Some(stack) => Ok((stack.to_string(), Some(key.name))),
        None => Err(Failure::Usage(format!(
            "{} belongs to no stack; what is backed up is a stack, or a service of one",
            key.name
        ))),
    };
    match domain::resolve(&desk.observed().fleet, name)? {
        Target::Stack(stack) => Ok((stack.to_string(), None)),
        Target::Service(key) => of_service(key),
        Target::Replica(ReplicaKey { service, .. }) => {
            Err(Failure::Usage(format!("{name} is one replica; name its service, {service}")))
        }
    }
}

/// What no container is called may be the name of a stack of which only volumes are left.
fn as_written(name: &str, error: Failure) -> Result<(String, Option<String>), Failure> {
    match error {
        Failure::Target(TargetError::Unknown { .. }) if !name.contains('/') => Ok((name.to_owned(), None)),
        other => Err(other),
    }
}
