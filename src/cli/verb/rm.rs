//! `stacktop rm TARGET...`

use std::time::Duration;

use crate::{
    cli::{
        exit::{Exit, Failure},
        operate::{self, Change, Consent},
        session::Session,
    },
    command::simple::{Running, Verb},
};

/// Arguments of `rm`.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:\n  stacktop rm shop/job --yes\n  stacktop rm shop/web/3 --force")]
pub struct Args {
    /// Stacks, services, replicas or containers
    #[arg(value_name = "TARGET", required = true)]
    pub targets: Vec<String>,
    /// Kill what runs; without it, what runs is refused
    #[arg(short, long)]
    pub force: bool,
    /// Who agrees.
    #[command(flatten)]
    pub consent: Consent,
}

/// Removes containers; volumes stay.
///
/// # Errors
/// Any [`Failure`].
pub async fn run(session: &mut Session, args: Args) -> Result<Exit, Failure> {
    let Args { targets, consent, .. } = args;
    let change = Change {
        verb: Verb::Remove(if args.force { Running::Killed } else { Running::Refused }),
        targets,
        deadline: Duration::ZERO,
        consent,
    };
    operate::change(session, change).await
}
