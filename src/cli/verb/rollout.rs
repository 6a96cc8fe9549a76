//! `stacktop rollout SERVICE`

mod all;

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
        rollout::{Care, OnFailure, project::reference},
    },
    domain::{Service, StackKind},
};

/// Arguments of `rollout`.
#[derive(Clone, Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  stacktop rollout shop/web --image shop/web:2 --plan\n  stacktop rollout shop/web --pull --yes\n  stacktop rollout shop/db --order stop-first --timeout 2m\n  stacktop rollout shop --all --in-order --pull --plan\n\nWhat is not said here is taken from the service's labels (stacktop.update.parallelism and so on), then from\ndeploy.update_config of its compose file, where that can be read."
)]
pub struct Args {
    /// The service; with --all, the stack
    #[arg(value_name = "SERVICE")]
    pub service: String,
    /// The new image; without it, what the service's own reference means now
    #[arg(long, value_name = "REFERENCE")]
    pub image: Option<String>,
    /// Every service of a Compose project, each behind its gates, what others depend on first
    #[arg(long, conflicts_with = "image")]
    pub all: bool,
    /// With --all: in the order of depends_on, which it is anyway
    #[arg(long, requires = "all")]
    pub in_order: bool,
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
    /// Time between one replica and the next, such as 30s
    #[arg(long, value_name = "SPAN", value_parser = operate::span)]
    pub delay: Option<Duration>,
    /// What is done about a replica that fails: rollback puts all back, pause and continue only that one
    #[arg(long, value_name = "ACTION", value_parser = on_failure)]
    pub on_failure: Option<OnFailure>,
    /// A volume or folder that bears two writers for a while; may be given several times
    #[arg(long, value_name = "VOLUME")]
    pub allow_shared_volume: Vec<String>,
    /// Replace also what runs the image already, and databases by another major version
    #[arg(long)]
    pub force: bool,
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

fn on_failure(word: &str) -> Result<OnFailure, String> {
    OnFailure::parse(word).ok_or_else(|| "write rollback, pause or continue".to_owned())
}

impl Args {
    fn options(&self) -> RolloutOptions {
        RolloutOptions {
            image: self.image.clone(),
            order: self.order,
            timeout: self.timeout,
            soak: self.soak,
            drain: self.drain,
            parallelism: self.parallelism.map(usize::from),
            delay: self.delay,
            on_failure: self.on_failure,
            allow_shared: self.allow_shared_volume.clone(),
            care: self.care(),
        }
    }

    const fn care(&self) -> Care {
        if self.force { Care::Forced } else { Care::Usual }
    }
}

/// Replaces a service's replicas one after the other.
///
/// # Errors
/// Any [`Failure`].
pub async fn run(session: &mut Session, args: Args) -> Result<Exit, Failure> {
    let desk = Desk::open(session, &args.consent).await?;
    if args.all {
        let jobs = all::jobs(&desk, &args).await?;
        return operate::perform(session, &desk, jobs, &args.consent).await;
    }
    let service = desk.service(&args.service)?;
    let jobs = match service.kind {
        StackKind::Swarm => vec![of_swarm(&desk, service, &args).await?],
        StackKind::Compose | StackKind::Loose => {
            let job = of_compose(&desk, service, &args).await?;
            all::with_restarts(&desk, vec![(service.key.clone(), job)])
        }
    };
    operate::perform(session, &desk, jobs, &args.consent).await
}

async fn of_compose(desk: &Desk, service: &Service, args: &Args) -> Result<Job, Failure> {
    if args.pull && !args.consent.plan {
        let reference =
            args.image.as_deref().unwrap_or_else(|| reference(&desk.observed().snapshot, service));
        remark(&format!("fetching {reference}"));
        desk.engine().pull(reference, |_| {}).await?;
    }
    prepared(desk, service, args).await
}

async fn prepared(desk: &Desk, service: &Service, args: &Args) -> Result<Job, Failure> {
    let prepared = prepare_rollout(desk.engine(), &service.key, &args.options(), desk.holder()).await?;
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
    let aim = SwarmAim::Image(args.image.clone(), args.care());
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
        Args { delay: Some(_), .. } => Some("--delay"),
        Args { on_failure: Some(_), .. } => Some("--on-failure"),
        Args { allow_shared_volume, .. } if !allow_shared_volume.is_empty() => Some("--allow-shared-volume"),
        _ => None,
    }
}
