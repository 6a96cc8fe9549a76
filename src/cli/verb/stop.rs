//! `stacktop stop TARGET...`

use std::time::Duration;

use crate::{
    cli::{
        exit::{Exit, Failure},
        operate,
        session::Session,
        verb::each,
    },
    command::simple::Verb,
};

/// Arguments of `stop`.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:\n  stacktop stop shop/web/2 --time 30s --yes")]
pub struct Args {
    /// To what, and who agrees.
    #[command(flatten)]
    pub each: each::Each,
    /// How long each has to end before it is killed, such as 30s; its own setting if not said
    #[arg(long, value_name = "SPAN", value_parser = operate::span)]
    pub time: Option<Duration>,
}

/// Stops what runs.
///
/// # Errors
/// Any [`Failure`].
pub async fn run(session: &mut Session, args: Args) -> Result<Exit, Failure> {
    each::run(session, args.each, Verb::Stop(args.time)).await
}
