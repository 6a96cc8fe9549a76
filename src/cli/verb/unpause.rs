//! `stacktop unpause TARGET...`

use std::time::Duration;

use crate::{
    cli::{
        exit::{Exit, Failure},
        operate::{self, Change, Consent},
        session::Session,
    },
    command::simple::Verb,
};

/// Arguments of `unpause`.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:\n  stacktop unpause shop/worker")]
pub struct Args {
    /// Stacks, services, replicas or containers
    #[arg(value_name = "TARGET", required = true)]
    pub targets: Vec<String>,
    /// Who agrees.
    #[command(flatten)]
    pub consent: Consent,
}

/// Lets what is frozen go on.
///
/// # Errors
/// Any [`Failure`].
pub async fn run(session: &mut Session, args: Args) -> Result<Exit, Failure> {
    let Args { targets, consent, .. } = args;
    let change = Change { verb: Verb::Unpause, targets, deadline: Duration::ZERO, consent };
    operate::change(session, change).await
}
