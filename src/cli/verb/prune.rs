//! `stacktop prune [STACK]`

use std::io::IsTerminal as _;

use crate::{
    cli::{
        exit::{Exit, Failure},
        operate::{self, Consent, Desk, Job},
        session::Session,
    },
    command::{
        Risk,
        execute::disk::kept,
        prune::{Kind, Wanted, plan},
    },
    domain::{Fleet, StackName},
};

/// Arguments of `prune`.
#[derive(Clone, Debug, clap::Args)]
#[command(
    after_help = "Without kinds: containers, networks, images and the build cache. What an unfinished\n\
                        operation needs stays, and volumes of a stack that has containers.\n\n\
                        Examples:\n  stacktop prune --plan\n  stacktop prune shop --containers --yes\n  \
                        stacktop prune --volumes --confirm prod-1"
)]
pub struct Args {
    /// Only what this stack made
    #[arg(value_name = "STACK")]
    pub stack: Option<String>,
    /// Containers that have ended, or were never started
    #[arg(long)]
    pub containers: bool,
    /// Networks without containers
    #[arg(long)]
    pub networks: bool,
    /// Images without a name that no container is made from
    #[arg(long)]
    pub images: bool,
    /// The build cache
    #[arg(long)]
    pub build_cache: bool,
    /// Volumes that no container mounts, with what is in them
    #[arg(long)]
    pub volumes: bool,
    /// Agrees to lose volumes: the name of the stack, or of the engine's host
    #[arg(long, value_name = "NAME")]
    pub confirm: Option<String>,
    /// Who agrees.
    #[command(flatten)]
    pub consent: Consent,
}

/// Removes what nobody uses.
///
/// # Errors
/// Any [`Failure`].
pub async fn run(session: &mut Session, args: Args) -> Result<Exit, Failure> {
    let desk = Desk::open(session, &args.consent).await?;
    let stack = args.stack.as_deref().map(StackName::from);
    let kept = kept(desk.engine()).await?;
    let called = args.stack.clone().unwrap_or_else(|| kept.snapshot.engine.name.clone());
    let plan = plan(&kept, &Wanted { stack, kinds: kinds(&args) });
    if let (Some(name), true) = (&args.stack, plan.is_empty()) {
        known(&desk.observed().fleet, name)?;
    }
    let consent = match plan.risk {
        Risk::High => confirmed(&args, &called)?,
        Risk::None | Risk::Some => args.consent,
    };
    operate::perform(session, &desk, vec![Job::steps(called, plan)], &consent).await
}

fn kinds(args: &Args) -> Vec<Kind> {
    let all = [
        (Kind::Containers, args.containers),
        (Kind::Networks, args.networks),
        (Kind::Images, args.images),
        (Kind::BuildCache, args.build_cache),
        (Kind::Volumes, args.volumes),
    ];
    let named: Vec<Kind> = all.into_iter().filter_map(|(kind, is_named)| is_named.then_some(kind)).collect();
    if named.is_empty() { Kind::HARMLESS.to_vec() } else { named }
}

/// A stack of which nothing is left may still have things to remove; a name of nothing is a slip.
fn known(fleet: &Fleet, name: &str) -> Result<(), Failure> {
    let mut names = fleet.stacks.iter().filter_map(|stack| stack.name.as_ref());
    if names.any(|known| known.as_str() == name) {
        return Ok(());
    }
    Err(Failure::Usage(format!("no stack is called `{name}`, and nothing on this engine was made by one")))
}

/// Volumes are lost for good: a yes alone does not do, the name does, typed now or beforehand.
fn confirmed(args: &Args, called: &str) -> Result<Consent, Failure> {
    let consent = |yes| Consent { yes, ..args.consent.clone() };
    match &args.confirm {
        Some(name) if name == called => Ok(consent(true)),
        Some(name) => Err(Failure::Usage(format!("--confirm says `{name}`, but this is {called}"))),
        None if args.consent.plan || std::io::stdin().is_terminal() => Ok(consent(false)),
        None => Err(Failure::Usage(format!(
            "volumes are lost for good, so that --yes is not enough: add --confirm {called}, or --plan to see which"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(line: &str) -> Args {
        use clap::Parser as _;
        let line = format!("stacktop prune {line}");
        match crate::cli::Args::try_parse_from(line.split_whitespace()).unwrap().verb {
            Some(crate::cli::args::Verb::Prune(args)) => args,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn volumes_go_only_where_they_are_named() {
        assert_eq!(kinds(&args("")), Kind::HARMLESS);
        assert_eq!(kinds(&args("--volumes --images")), [Kind::Images, Kind::Volumes]);
    }

    #[test]
    fn volumes_are_lost_only_by_the_right_name() {
        assert!(confirmed(&args("--volumes --confirm prod-1"), "prod-1").unwrap().yes);
        assert!(confirmed(&args("--volumes --yes --confirm prod-2"), "prod-1").is_err());
        assert!(!confirmed(&args("--volumes --yes --plan"), "prod-1").unwrap().yes);
    }
}
