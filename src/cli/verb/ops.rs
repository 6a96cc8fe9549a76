//! `stacktop ops ls|show|resume|rollback|abort`

use jiff::Timestamp;

use crate::{
    cli::{
        exit::{Exit, Failure},
        operate::{self, Consent, Desk, Job},
        render::{Column, Table, age, json},
        session::Session,
    },
    command::{
        Act, Downtime, Phase, Plan, Risk, Step,
        execute::{
            lock::Errand,
            operation::{
                Claim, Direction, Refused, Unfinished, claim, prepare_resume, prepare_rollback, unfinished,
            },
        },
    },
    engine::Engine,
};

/// Arguments of `ops`.
#[derive(Clone, Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  stacktop ops ls\n  stacktop ops resume 01kq3f --plan\n  stacktop ops rollback 01kq3f --yes"
)]
pub struct Args {
    /// What to do; without a word, the list
    #[command(subcommand)]
    pub what: Option<What>,
}

/// What to do with operations that have not ended.
#[derive(Clone, Debug, clap::Subcommand)]
pub enum What {
    /// List them: who, what, since when, and whether the process still lives
    Ls,
    /// Show one, and what is left to be done in both directions
    Show(Named),
    /// Go on with one whose process has ended
    Resume(Agreed),
    /// Put back everything that one whose process has ended has changed
    Rollback(Agreed),
    /// Forget one and leave everything as it is now
    Abort(Agreed),
}

/// An operation.
#[derive(Clone, Debug, clap::Args)]
pub struct Named {
    /// Its id, or the beginning of it
    #[arg(value_name = "OPERATION")]
    pub operation: String,
}

/// An operation, and who agrees.
#[derive(Clone, Debug, clap::Args)]
pub struct Agreed {
    /// Which operation.
    #[command(flatten)]
    pub named: Named,
    /// Take over an operation of another host; its process must be gone for certain
    #[arg(long)]
    pub break_lock: bool,
    /// Who agrees.
    #[command(flatten)]
    pub consent: Consent,
}

/// Lists operations that have not ended, goes on with them or back.
///
/// # Errors
/// Any [`Failure`].
pub async fn run(session: &mut Session, args: Args) -> Result<Exit, Failure> {
    match args.what.unwrap_or(What::Ls) {
        What::Ls => list(session).await,
        What::Show(named) => show(session, &named).await,
        What::Resume(agreed) => go(session, &agreed, Direction::Forward).await,
        What::Rollback(agreed) => go(session, &agreed, Direction::Back).await,
        What::Abort(agreed) => abort(session, &agreed).await,
    }
}

async fn list(session: &mut Session) -> Result<Exit, Failure> {
    let engine = session.connect().await?;
    operate::bring_back(session, &engine).await?;
    let operations = unfinished(&engine).await?;
    if session.options.json {
        let records: Vec<_> = operations.iter().map(json::Operation::of).collect();
        session.out.json(&records)?;
    } else if operations.is_empty() {
        session.out.line("every operation has ended".to_owned())?;
    } else {
        session.out.table(&table(&operations, session.now()))?;
    }
    Ok(Exit::Fine)
}

fn table(operations: &[Unfinished], now: Timestamp) -> Table {
    let mut table = Table::new(&[
        Column::words("OPERATION"),
        Column::words("SERVICE"),
        Column::words("WHAT"),
        Column::words("WHO"),
        Column::numbers("SINCE"),
        Column::words("PROCESS"),
    ]);
    for operation in operations {
        let Unfinished { errand, holder, life } = operation;
        table.row([
            errand.operation.clone().into(),
            errand.called().into(),
            json::Operation::of(operation).what().to_owned().into(),
            format!("{}@{} pid {}", holder.user, holder.host, holder.pid).into(),
            age(now, errand.began.parse().ok()).into(),
            life.word().into(),
        ]);
    }
    table
}

async fn show(session: &mut Session, named: &Named) -> Result<Exit, Failure> {
    let engine = session.connect().await?;
    operate::bring_back(session, &engine).await?;
    let operation = find(&engine, &named.operation).await?;
    if session.options.json {
        session.out.json(&json::Operation::of(&operation))?;
        return Ok(Exit::Fine);
    }
    session.out.table(&table(std::slice::from_ref(&operation), session.now()))?;
    let errand = operation.errand;
    for direction in [Direction::Forward, Direction::Back] {
        let (verb, prepared) = match direction {
            Direction::Forward => ("resume", prepare_resume(&engine, &errand.operation).await),
            Direction::Back => ("rollback", prepare_rollback(&engine, &errand.operation).await),
        };
        session.out.line(format!("\n`stacktop ops {verb} {}` would do this:", errand.operation))?;
        match prepared {
            Ok(prepared) => {
                operate::paper(&prepared.plan).into_iter().try_for_each(|line| session.out.line(line))?;
            }
            Err(refused) => session.out.line(format!("  nothing: {refused}"))?,
        }
    }
    Ok(Exit::Fine)
}

async fn go(session: &mut Session, agreed: &Agreed, direction: Direction) -> Result<Exit, Failure> {
    let desk = Desk::open(session, &agreed.consent).await?;
    let Some(errand) = take_up(session, &desk, agreed, direction).await? else { return over(session) };
    let prepared = match direction {
        Direction::Forward => prepare_resume(desk.engine(), &errand.operation).await?,
        Direction::Back => prepare_rollback(desk.engine(), &errand.operation).await?,
    };
    let job = Job::rest(prepared.claiming(agreed.claim()), direction);
    operate::perform(session, &desk, vec![job], &agreed.consent).await
}

async fn abort(session: &mut Session, agreed: &Agreed) -> Result<Exit, Failure> {
    let desk = Desk::open(session, &agreed.consent).await?;
    let Some(errand) = take_up(session, &desk, agreed, Direction::Back).await? else { return over(session) };
    if !errand.kind.goes_on() {
        // Nobody is left stopped for an operation that nobody remembers.
        return go(session, agreed, Direction::Back).await;
    }
    let job = Job::steps(errand.operation.clone(), abortion(&errand));
    operate::perform(session, &desk, vec![job], &agreed.consent).await
}

/// Two processes at one operation would undo each other's steps. A plan touches nothing, so anybody may ask for it.
/// `None` if it is over: bringing back what was down was all that was left of it.
async fn take_up(
    session: &Session,
    desk: &Desk,
    agreed: &Agreed,
    direction: Direction,
) -> Result<Option<Errand>, Failure> {
    let engine = desk.engine();
    let errand = find(engine, &agreed.named.operation).await?.errand;
    if direction == Direction::Forward && !errand.kind.goes_on() {
        return Err(Refused::again(&errand).into());
    }
    if agreed.consent.plan {
        return Ok(Some(errand));
    }
    claim(engine, &errand, agreed.claim()).await?;
    operate::bring_back(session, engine).await?;
    let is_left = unfinished(engine).await?.iter().any(|it| it.errand.operation == errand.operation);
    Ok(is_left.then_some(errand))
}

fn over(session: &mut Session) -> Result<Exit, Failure> {
    session.out.line("done".to_owned())?;
    Ok(Exit::Fine)
}

impl Agreed {
    const fn claim(&self) -> Claim {
        if self.break_lock { Claim::Break } else { Claim::Respect }
    }
}

/// The one operation whose id begins so.
async fn find(engine: &Engine, beginning: &str) -> Result<Unfinished, Failure> {
    let all = unfinished(engine).await?;
    let mut found = all.into_iter().filter(|operation| operation.errand.operation.starts_with(beginning));
    match (found.next(), found.next()) {
        (Some(operation), None) => Ok(operation),
        (None, _) => Err(Refused::NoOperation(beginning.to_owned()).into()),
        (Some(_), Some(_)) => {
            Err(Failure::Usage(format!("several operations begin with {beginning}; write more of the id")))
        }
    }
}

/// The plan that gives up: the lock goes, everything else stays.
fn abortion(errand: &Errand) -> Plan {
    let step = Step {
        slot: None,
        state: "acting",
        cause: "the service is free for other operations".to_owned(),
        act: Act::Call(errand.release()),
    };
    Plan {
        title: format!("forget operation {} of {}", errand.operation, errand.called()),
        risk: Risk::Some,
        facts: vec![("what".to_owned(), json::kind_in_words(&errand.kind))],
        notes: vec![
            "containers stay as they are now, also such that were to be removed in the end".to_owned(),
        ],
        phases: vec![Phase::single("lock", vec![step])],
        takes: std::time::Duration::from_secs(1),
        down_for: Downtime::None,
        undo: "none: what is left half-way is for you to finish".to_owned(),
    }
}
