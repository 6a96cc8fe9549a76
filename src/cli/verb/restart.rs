//! `stacktop restart TARGET...`

use std::time::Duration;

use crate::{
    cli::{
        exit::{Exit, Failure},
        operate::{self, Change},
        session::Session,
        verb::each,
    },
    command::simple::Verb,
};

/// Arguments of `restart`.
#[derive(Clone, Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  stacktop restart shop/web --plan\n  stacktop restart shop --timeout 2m --yes"
)]
pub struct Args {
    /// To what, and who agrees.
    #[command(flatten)]
    pub each: each::Each,
    /// How long each has to end before it is killed, such as 30s; its own setting if not said
    #[arg(long, value_name = "SPAN", value_parser = operate::span)]
    pub time: Option<Duration>,
    /// How long each has to serve again, such as 60s
    #[arg(long, value_name = "SPAN", default_value = "60s", value_parser = operate::span)]
    pub timeout: Duration,
}

/// Restarts what runs, one at a time, each once the one before serves again.
///
/// # Errors
/// Any [`Failure`].
pub async fn run(session: &mut Session, args: Args) -> Result<Exit, Failure> {
    let each::Each { targets, consent } = args.each;
    let change = Change { verb: Verb::Restart(args.time), targets, deadline: args.timeout, consent };
    operate::change(session, change).await
}
