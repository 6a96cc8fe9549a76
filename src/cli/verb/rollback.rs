//! `stacktop rollback SERVICE`

use std::time::Duration;

use crate::{
    cli::{
        exit::{Exit, Failure},
        operate::{self, Consent, Desk, Job},
        session::Session,
    },
    command::{
        execute::operation::{
            Direction, Prepared, RolloutOptions, SwarmAim, prepare_put_back, prepare_swarm,
        },
        rollout::Care,
    },
    domain::{Service, StackKind},
};

/// Arguments of `rollback`.
#[derive(Clone, Debug, clap::Args)]
#[command(
    after_help = "What ran before is told by labels of the containers, by what is kept in the swarm, or by this machine's journal.\nAn update that has not ended is put back with `stacktop ops rollback`.\n\nExamples:\n  stacktop rollback shop/web --plan\n  stacktop rollback shop/web --yes"
)]
pub struct Args {
    /// The service
    #[arg(value_name = "SERVICE")]
    pub service: String,
    /// How long a replica has to become ready, such as 60s
    #[arg(long, value_name = "SPAN", value_parser = operate::span)]
    pub timeout: Option<Duration>,
    /// How long it must then stay so, such as 10s
    #[arg(long, value_name = "SPAN", value_parser = operate::span)]
    pub soak: Option<Duration>,
    /// Also give a database's data to another major version
    #[arg(long)]
    pub force: bool,
    /// Who agrees.
    #[command(flatten)]
    pub consent: Consent,
}

/// Puts a service's last update back.
///
/// # Errors
/// Any [`Failure`]; refused where nobody knows what ran before.
pub async fn run(session: &mut Session, args: Args) -> Result<Exit, Failure> {
    let desk = Desk::open(session, &args.consent).await?;
    let service = desk.service(&args.service)?;
    let prepared = match service.kind {
        StackKind::Swarm => {
            let id = service.id.as_ref().map_or(service.key.name.as_str(), |id| id.as_str());
            let place = (&service.key, id);
            prepare_swarm(desk.engine(), place, &SwarmAim::Before, args.timeout, desk.holder()).await?
        }
        StackKind::Compose | StackKind::Loose => of_compose(&desk, service, &args).await?,
    };
    let job = Job::operation(prepared, Direction::Forward);
    operate::perform(session, &desk, vec![job], &args.consent).await
}

async fn of_compose(desk: &Desk, service: &Service, args: &Args) -> Result<Prepared, Failure> {
    let options = RolloutOptions {
        timeout: args.timeout,
        soak: args.soak,
        care: if args.force { Care::Forced } else { Care::Usual },
        ..RolloutOptions::default()
    };
    Ok(prepare_put_back(desk.engine(), &service.key, &options, desk.holder()).await?)
}
