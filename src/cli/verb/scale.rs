//! `stacktop scale SERVICE=N...`

use std::{str::FromStr, time::Duration};

use crate::{
    cli::{
        exit::{Exit, Failure},
        operate::{self, Consent, Desk, Job},
        session::Session,
    },
    command::execute::operation::{Direction, SwarmAim, prepare_scale, prepare_swarm},
    domain::{Service, StackKind},
};

/// Arguments of `scale`.
#[derive(Clone, Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  stacktop scale shop/web=5 --plan\n  stacktop scale shop/web=5 shop/worker=2 --yes"
)]
pub struct Args {
    /// Services, each with the number of replicas it is to have
    #[arg(value_name = "SERVICE=N", required = true)]
    pub wanted: Vec<Wanted>,
    /// How long the tasks of a Swarm service may take
    #[arg(long, value_name = "SPAN", value_parser = operate::span)]
    pub timeout: Option<Duration>,
    /// Who agrees.
    #[command(flatten)]
    pub consent: Consent,
}

/// A service and how many replicas it is to have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    name: String,
    replicas: u64,
}

impl FromStr for Wanted {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let read = || {
            let (name, replicas) = text.rsplit_once('=').filter(|(name, _)| !name.is_empty())?;
            Some(Self { name: name.to_owned(), replicas: replicas.parse().ok()? })
        };
        read().ok_or_else(|| format!("`{text}` names no service and number; write shop/web=5"))
    }
}

/// Sets how many replicas services have. All are planned before the first is touched.
///
/// # Errors
/// Any [`Failure`].
pub async fn run(session: &mut Session, args: Args) -> Result<Exit, Failure> {
    let desk = Desk::open(session, &args.consent).await?;
    let mut jobs = Vec::new();
    for wanted in &args.wanted {
        let service = desk.service(&wanted.name)?;
        jobs.push(job(&desk, service, wanted.replicas, args.timeout).await?);
    }
    operate::perform(session, &desk, jobs, &args.consent).await
}

async fn job(
    desk: &Desk,
    service: &Service,
    replicas: u64,
    timeout: Option<Duration>,
) -> Result<Job, Failure> {
    if service.kind == StackKind::Swarm {
        let id = service.id.as_ref().map_or(service.key.name.as_str(), |id| id.as_str());
        let (service, aim) = ((&service.key, id), SwarmAim::Replicas(replicas));
        let prepared = prepare_swarm(desk.engine(), service, &aim, timeout, desk.holder()).await?;
        return Ok(Job::operation(prepared, Direction::Forward));
    }
    let prepared = prepare_scale(desk.engine(), &service.key, replicas, desk.holder()).await?;
    Ok(Job::operation(prepared, Direction::Forward))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_and_a_number_are_wanted() {
        let wanted = Wanted { name: "shop/web".to_owned(), replicas: 5 };
        assert_eq!("shop/web=5".parse(), Ok(wanted));
        for bad in ["shop/web", "=5", "web=", "web=-1", "web=many"] {
            assert!(bad.parse::<Wanted>().is_err_and(|why| why.contains("shop/web=5")), "{bad}");
        }
    }
}
