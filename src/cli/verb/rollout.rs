//! `stacktop rollout SERVICE`

use std::time::Duration;

use crate::{
    cli::{
        exit::{Exit, Failure},
        operate::{self, Consent, Desk, Job},
        session::{Session, remark},
    },
    command::{
        execute::operation::{Direction, RolloutOptions, SwarmAim, prepare_rollout, prepare_swarm},
        order::Order,
    },
    domain::{Service, StackKind},
};

/// Arguments of `rollout`.
#[derive(Clone, Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  stacktop rollout shop/web --image shop/web:2 --plan\n  stacktop rollout shop/web --pull --yes\n  stacktop rollout shop/db --order stop-first --timeout 2m"
)]
pub struct Args {
    /// The service
    #[arg(value_name = "SERVICE")]
    pub service: String,
    /// The new image; without it, what the service's own reference means now
    #[arg(long, value_name = "REFERENCE")]
    pub image: Option<String>,
    /// What is done first: start-first leaves no gap, stop-first never has two at once
    #[arg(long, value_name = "ORDER", value_parser = order)]
    pub order: Option<Order>,
    /// How long a new replica has to become ready, such as 60s
    #[arg(long, value_name = "SPAN", value_parser = operate::span)]
    pub timeout: Option<Duration>,
    /// How long it must then stay so, such as 10s
    #[arg(long, value_name = "SPAN", value_parser = operate::span)]
    pub soak: Option<Duration>,
    /// How long connections to an old replica run out, such as 5s
    #[arg(long, value_name = "SPAN", value_parser = operate::span)]
    pub drain: Option<Duration>,
    /// Replicas at once; one if not said
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub parallelism: Option<u16>,
    /// Fetch the image first; with --plan nothing is fetched
    #[arg(long)]
    pub pull: bool,
    /// Who agrees.
    #[command(flatten)]
    pub consent: Consent,
}

fn order(word: &str) -> Result<Order, String> {
    Order::parse(word).ok_or_else(|| "write start-first or stop-first".to_owned())
}

/// Replaces a service's replicas one after the other.
///
/// # Errors
/// Any [`Failure`].
pub async fn run(session: &mut Session, args: Args) -> Result<Exit, Failure> {
    let desk = Desk::open(session, &args.consent).await?;
    let service = desk.service(&args.service)?;
    let job = match service.kind {
        StackKind::Swarm => of_swarm(&desk, service, &args).await?,
        StackKind::Compose | StackKind::Loose => of_compose(&desk, service, &args).await?,
    };
    operate::perform(session, &desk, vec![job], &args.consent).await
}

async fn of_compose(desk: &Desk, service: &Service, args: &Args) -> Result<Job, Failure> {
    if args.pull && !args.consent.plan {
        let reference = args.image.as_deref().unwrap_or(&service.image);
        remark(&format!("fetching {reference}"));
        desk.engine().pull(reference, |_| {}).await?;
    }
    let options = RolloutOptions {
        image: args.image.clone(),
        order: args.order,
        timeout: args.timeout,
        soak: args.soak,
        drain: args.drain,
        parallelism: args.parallelism.map_or(1, usize::from),
    };
    let prepared = prepare_rollout(desk.engine(), &service.key, &options, desk.holder()).await?;
    Ok(Job::operation(prepared, Direction::Forward))
}

async fn of_swarm(desk: &Desk, service: &Service, args: &Args) -> Result<Job, Failure> {
    if let Some(option) = of_compose_only(args) {
        let sentence = format!(
            "{option} is the service's own setting in a swarm: write it under deploy.update_config in the stack's file"
        );
        return Err(Failure::Usage(sentence));
    }
    let id = service.id.as_ref().map_or(service.key.name.as_str(), |id| id.as_str());
    let aim = SwarmAim::Image(args.image.clone());
    let prepared =
        prepare_swarm(desk.engine(), (&service.key, id), &aim, args.timeout, desk.holder()).await?;
    Ok(Job::operation(prepared, Direction::Forward))
}

/// An option that Swarm leaves to the service.
const fn of_compose_only(args: &Args) -> Option<&'static str> {
    match args {
        Args { order: Some(_), .. } => Some("--order"),
        Args { soak: Some(_), .. } => Some("--soak"),
        Args { drain: Some(_), .. } => Some("--drain"),
        Args { parallelism: Some(_), .. } => Some("--parallelism"),
        _ => None,
    }
}
