//! `stacktop kill TARGET...`

use std::time::Duration;

use crate::{
    cli::{
        exit::{Exit, Failure},
        operate::{self, Change, Consent},
        session::Session,
    },
    command::simple::Verb,
};

/// Arguments of `kill`.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:\n  stacktop kill shop/web/1 --signal HUP --yes")]
pub struct Args {
    /// Stacks, services, replicas or containers
    #[arg(value_name = "TARGET", required = true)]
    pub targets: Vec<String>,
    /// The signal, by name or number
    #[arg(short, long, value_name = "SIGNAL", default_value = "KILL")]
    pub signal: String,
    /// Who agrees.
    #[command(flatten)]
    pub consent: Consent,
}

/// Sends a signal to what runs.
///
/// # Errors
/// Any [`Failure`].
pub async fn run(session: &mut Session, args: Args) -> Result<Exit, Failure> {
    let Args { targets, consent, .. } = args;
    let change = Change { verb: Verb::Kill(args.signal), targets, deadline: Duration::ZERO, consent };
    operate::change(session, change).await
}
