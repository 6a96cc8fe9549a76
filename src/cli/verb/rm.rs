//! `stacktop rm TARGET...`

use crate::{
    cli::{
        exit::{Exit, Failure},
        session::Session,
        verb::each,
    },
    command::simple::{Running, Verb},
};

/// Arguments of `rm`.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:\n  stacktop rm shop/job --yes\n  stacktop rm shop/web/3 --force")]
pub struct Args {
    /// To what, and who agrees.
    #[command(flatten)]
    pub each: each::Each,
    /// Kill what runs; without it, what runs is refused
    #[arg(short, long)]
    pub force: bool,
}

/// Removes containers; volumes stay.
///
/// # Errors
/// Any [`Failure`].
pub async fn run(session: &mut Session, args: Args) -> Result<Exit, Failure> {
    let running = if args.force { Running::Killed } else { Running::Refused };
    each::run(session, args.each, Verb::Remove(running)).await
}
