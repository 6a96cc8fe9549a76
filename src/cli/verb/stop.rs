//! `stacktop stop TARGET...`

use std::time::Duration;

use crate::{
    cli::{
        exit::{Exit, Failure},
        operate::{self, Change, Consent},
        session::Session,
    },
    command::simple::Verb,
};

/// Arguments of `stop`.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:\n  stacktop stop shop/web/2 --time 30s --yes")]
pub struct Args {
    /// Stacks, services, replicas or containers
    #[arg(value_name = "TARGET", required = true)]
    pub targets: Vec<String>,
    /// How long each has to end before it is killed, such as 30s; its own setting if not said
    #[arg(long, value_name = "SPAN", value_parser = operate::span)]
    pub time: Option<Duration>,
    /// Who agrees.
    #[command(flatten)]
    pub consent: Consent,
}

/// Stops what runs.
///
/// # Errors
/// Any [`Failure`].
pub async fn run(session: &mut Session, args: Args) -> Result<Exit, Failure> {
    let Args { targets, consent, .. } = args;
    let change = Change { verb: Verb::Stop(args.time), targets, deadline: Duration::ZERO, consent };
    operate::change(session, change).await
}
