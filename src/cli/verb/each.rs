//! `stacktop start|pause|unpause TARGET...`, and what all verbs have in common that act on containers.

use std::time::Duration;

use crate::{
    cli::{
        exit::{Exit, Failure},
        operate::{self, Change, Consent},
        session::Session,
    },
    command::simple::Verb,
};

/// Arguments of a verb that does one thing to each container.
#[derive(Clone, Debug, clap::Args)]
pub struct Each {
    /// Stacks, services, replicas or containers
    #[arg(value_name = "TARGET", required = true)]
    pub targets: Vec<String>,
    /// Who agrees.
    #[command(flatten)]
    pub consent: Consent,
}

/// Does it to each container of what was named.
///
/// # Errors
/// Any [`Failure`].
pub async fn run(session: &mut Session, each: Each, verb: Verb) -> Result<Exit, Failure> {
    let Each { targets, consent } = each;
    operate::change(session, Change { verb, targets, deadline: Duration::ZERO, consent }).await
}
