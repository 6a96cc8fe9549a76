//! `stacktop restore STACK[/SERVICE]`

use std::path::PathBuf;

use crate::{
    backup::{Keys, Scope},
    cli::{
        exit::{Exit, Failure},
        operate::{self, Consent, Desk, Job},
        session::Session,
        settle::Settled,
        shelf::From,
    },
    command::{
        execute::operation::{RestoreRequest, prepare_restore},
        restore::Way,
    },
};

/// Arguments of `restore`.
#[derive(Clone, Debug, clap::Args)]
#[command(
    after_help = "Parts are compared with their checksums first. Files go into fresh volumes and are read back; dumps are\nloaded by servers of their own, without a network, and are checked there. Only then the containers are\nexchanged for such with the fresh volumes; the old volumes stay. Services of Swarm are left without tasks\nmeanwhile and get the fresh volumes in their specs. A volume that is gone is made anew under its own name.\n\nExamples:\n  stacktop restore shop --plan\n  stacktop restore shop/db --set 20260301T060000Z --yes\n  stacktop restore shop --only volumes --in-place"
)]
pub struct Args {
    /// The stack, or one service of it; its containers may be gone
    #[arg(value_name = "STACK[/SERVICE]")]
    pub target: String,
    /// Where sets are.
    #[command(flatten)]
    pub from: From,
    /// The set: the beginning of its name, or the end; the newest valid one if none is named
    #[arg(long, value_name = "ID")]
    pub set: Option<String>,
    /// Only the dumps of databases, or only the files of volumes
    #[arg(long, value_name = "WHAT", value_parser = scope)]
    pub only: Option<Scope>,
    /// Put the data into volumes of the old names: what is in them now is lost
    #[arg(long)]
    pub in_place: bool,
    /// File with the identity that decrypts what age has encrypted
    #[arg(long, value_name = "FILE")]
    pub identity: Option<PathBuf>,
    /// Who agrees.
    #[command(flatten)]
    pub consent: Consent,
}

fn scope(word: &str) -> Result<Scope, String> {
    let only = Scope::parse(word).filter(|scope| *scope != Scope::All);
    only.ok_or_else(|| "write dumps or volumes".to_owned())
}

/// What it takes to decrypt: what is named, else what is settled.
pub(super) fn keys(identity: Option<&PathBuf>, settled: &Settled) -> Keys {
    identity.map_or_else(|| settled.backups.keys.clone(), |file| Keys { identity: Some(file.clone()) })
}

/// Restores.
///
/// # Errors
/// Any [`Failure`]; refused where a part is damaged or nobody could be given what it holds.
pub async fn run(session: &mut Session, args: Args) -> Result<Exit, Failure> {
    let desk = Desk::open(session, &args.consent).await?;
    if !args.consent.plan {
        operate::bring_back(session, desk.engine()).await?;
    }
    let settled = &session.options.settled;
    // Its containers may be gone, so the name is that of the sets.
    let (stack, service) = match args.target.split_once('/') {
        Some((stack, service)) => (stack.to_owned(), Some(service.to_owned())),
        None => (args.target.clone(), None),
    };
    let request = RestoreRequest {
        stack,
        service,
        scope: args.only.unwrap_or_default(),
        set: args.set,
        shelf: args.from.shelf(settled)?,
        keys: keys(args.identity.as_ref(), settled),
        way: if args.in_place { Way::InPlace } else { Way::Fresh },
    };
    let prepared = prepare_restore(desk.engine(), &request, desk.holder()).await?;
    operate::perform(session, &desk, vec![Job::restore(prepared)], &args.consent).await
}
