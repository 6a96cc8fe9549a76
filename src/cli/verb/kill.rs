//! `stacktop kill TARGET...`

use crate::{
    cli::{
        exit::{Exit, Failure},
        session::Session,
        verb::each,
    },
    command::simple::Verb,
};

/// Arguments of `kill`.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:\n  stacktop kill shop/web/1 --signal HUP --yes")]
pub struct Args {
    /// To what, and who agrees.
    #[command(flatten)]
    pub each: each::Each,
    /// The signal, by name or number
    #[arg(short, long, value_name = "SIGNAL", default_value = "KILL")]
    pub signal: String,
}

/// Sends a signal to what runs.
///
/// # Errors
/// Any [`Failure`].
pub async fn run(session: &mut Session, args: Args) -> Result<Exit, Failure> {
    each::run(session, args.each, Verb::Kill(args.signal)).await
}
