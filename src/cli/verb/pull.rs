//! `stacktop pull REFERENCE|TARGET...`

use std::{collections::BTreeSet, time::Duration};

use crate::{
    cli::{
        exit::{Exit, Failure},
        operate::{self, Consent, Desk, Job},
        session::Session,
    },
    command::{Act, Call, Downtime, Phase, Plan, Risk, Step},
    domain::{self, Fleet, TargetError},
};

/// Arguments of `pull`.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:\n  stacktop pull nginx:1.27\n  stacktop pull shop")]
pub struct Args {
    /// Image references; or stacks, services or replicas, whose images are fetched
    #[arg(value_name = "REFERENCE|TARGET", required = true)]
    pub names: Vec<String>,
    /// Who agrees.
    #[command(flatten)]
    pub consent: Consent,
}

/// Fetches images.
///
/// # Errors
/// Any [`Failure`].
pub async fn run(session: &mut Session, args: Args) -> Result<Exit, Failure> {
    let desk = Desk::open(session, &args.consent).await?;
    let mut references = BTreeSet::new();
    for name in &args.names {
        references.extend(meant(&desk.observed().fleet, name)?);
    }
    let job = Job::steps(args.names.join(" "), plan(&references));
    operate::perform(session, &desk, vec![job], &args.consent).await
}

/// The images of what is called so; where nothing is, it is a reference.
fn meant(fleet: &Fleet, name: &str) -> Result<Vec<String>, TargetError> {
    match domain::resolve(fleet, name) {
        Ok(target) => {
            let images = target.replicas(fleet).map(|(_, replica)| replica.image.clone());
            Ok(images.filter(|image| !image.starts_with("sha256:")).collect())
        }
        Err(TargetError::Unknown { .. }) => Ok(vec![name.to_owned()]),
        Err(ambiguous) => Err(ambiguous),
    }
}

fn plan(references: &BTreeSet<String>) -> Plan {
    let list: Vec<&str> = references.iter().map(String::as_str).collect();
    let step = |reference: &String| Step {
        slot: None,
        state: "pulling",
        cause: "what it means may have changed".to_owned(),
        act: Act::Call(Call::Pull { reference: reference.clone() }),
    };
    Plan {
        title: format!("pull {}", list.join(", ")),
        risk: Risk::None,
        facts: vec![("images".to_owned(), list.join(", "))],
        notes: vec!["what runs goes on with the image it has; `stacktop rollout` replaces it".to_owned()],
        phases: references.iter().map(|it| Phase::single(it.clone(), vec![step(it)])).collect(),
        takes: Duration::from_secs(10).saturating_mul(u32::try_from(list.len()).unwrap_or(u32::MAX)),
        down_for: Downtime::None,
        undo: "none is needed".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::fixture;

    #[test]
    fn what_names_nothing_is_a_reference() {
        let (_, fleet) = fixture::observed();
        assert_eq!(meant(&fleet, "nginx:1.27"), Ok(vec!["nginx:1.27".to_owned()]));
        assert_eq!(meant(&fleet, "shop/web/1"), Ok(vec!["example/web:1".to_owned()]));
        assert!(meant(&fleet, "web").is_err(), "two stacks have one");
    }
}
