//! `stacktop journal [TARGET]` and `stacktop journal show OPERATION`

mod show;

use jiff::Timestamp;

use crate::{
    cli::{
        endpoint,
        exit::{Exit, Failure},
        moment::Moment,
        render::{Column, Table, json, or_dash},
        session::{Session, remark},
    },
    command::execute::{engine_id, journal_folder},
    journal::{
        Damage, DamageKind, Entry, Holder, JournalError, Life, Outcome, Query, Stage, life, read_engines,
    },
    text,
};

/// Arguments of `journal`.
#[derive(Clone, Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Examples:\n  stacktop journal --last 5\n  stacktop journal shop --since 7d --outcome failed\n  stacktop journal show 01kq3f"
)]
pub struct Args {
    /// One operation, with every call and gate
    #[command(subcommand)]
    pub what: Option<What>,
    /// Which operations.
    #[command(flatten)]
    pub wanted: Wanted,
}

/// What else the journal tells.
#[derive(Clone, Debug, clap::Subcommand)]
pub enum What {
    /// Show one operation: each call before it was made, what came of it, and the gates
    Show(show::Args),
}

/// Which operations are listed.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Wanted {
    /// Only those of a stack, a service or a container, by the name that was given then
    #[arg(value_name = "TARGET")]
    pub target: Option<String>,
    /// Only those begun since then: 10m, 2h, 7d ago, or RFC 3339
    #[arg(long, value_name = "TIME")]
    pub since: Option<Moment>,
    /// Only those begun before then
    #[arg(long, value_name = "TIME")]
    pub until: Option<Moment>,
    /// Only those of one user
    #[arg(long, value_name = "NAME")]
    pub user: Option<String>,
    /// Only those of one kind: rollout, scale, restart, ...
    #[arg(long, value_name = "VERB")]
    pub verb: Option<String>,
    /// Only those that ended so: succeeded, rolled-back, paused, interrupted, failed
    #[arg(long, value_name = "OUTCOME", visible_alias = "verdict", value_parser = outcome)]
    pub outcome: Option<Outcome>,
    /// Only the newest of them
    #[arg(long, value_name = "N")]
    pub last: Option<usize>,
    /// Those of every engine, not only of the current one
    #[arg(long)]
    pub all_engines: bool,
}

fn outcome(word: &str) -> Result<Outcome, String> {
    use Outcome::{Failed, Interrupted, Paused, Refused, RolledBack, Succeeded};
    let known = [Succeeded, RolledBack, Refused, Paused, Interrupted, Failed];
    let words = known.iter().map(Outcome::word).collect::<Vec<_>>().join(", ");
    known.into_iter().find(|outcome| outcome.word() == word).ok_or_else(|| format!("write one of {words}"))
}

/// Tells what was done. No engine is needed: without one, its operations are known by its address.
///
/// # Errors
/// [`Failure`] for options that contradict each other, and for files that cannot be read.
pub async fn run(session: &mut Session, args: Args) -> Result<Exit, Failure> {
    match args.what {
        Some(What::Show(wanted)) => show::run(session, &wanted),
        None => list(session, &args.wanted).await,
    }
}

async fn list(session: &mut Session, wanted: &Wanted) -> Result<Exit, Failure> {
    let place = Place::of(session, wanted).await?;
    let query = query(wanted, session.now());
    let mut entries = entries()?;
    entries.retain(|entry| place.has(entry) && query.matches(entry));
    entries.drain(..entries.len().saturating_sub(wanted.last.unwrap_or(usize::MAX)));
    if session.options.json {
        let records: Vec<_> =
            entries.iter().map(|entry| json::JournalEntry::of(entry, open(entry))).collect();
        session.out.json(&records)?;
    } else if entries.is_empty() {
        session.out.line("no such operation is written down".to_owned())?;
    } else {
        session.out.table(&table(&entries))?;
    }
    entries.iter().flat_map(damage).for_each(|sentence| remark(&sentence));
    Ok(Exit::Fine)
}

fn query(wanted: &Wanted, now: Timestamp) -> Query {
    Query {
        target: wanted.target.clone(),
        since: wanted.since.map(|moment| moment.on(now)),
        until: wanted.until.map(|moment| moment.on(now)),
        user: wanted.user.clone(),
        verb: wanted.verb.clone(),
        outcome: wanted.outcome.clone(),
    }
}

/// Everything that was written down for this user, oldest first.
fn entries() -> Result<Vec<Entry>, Failure> {
    let folder = journal_folder().ok_or_else(|| {
        Failure::Usage("there is no place for a journal: set HOME or XDG_STATE_HOME".to_owned())
    })?;
    Ok(read_engines(&folder)?)
}

/// The engine whose operations are meant.
enum Place {
    /// All of them.
    Anywhere,
    /// One, by its address and, if it answers, by its own id, which stays when the address changes.
    Engine { address: String, id: Option<String> },
}

impl Place {
    async fn of(session: &Session, wanted: &Wanted) -> Result<Self, Failure> {
        if wanted.all_engines {
            return Ok(Self::Anywhere);
        }
        let connector = endpoint::connector(&session.options)?;
        let address = connector.endpoint().to_string();
        let id = match connector.connect().await {
            Ok(engine) => engine_id(&engine).await.ok(),
            Err(_) => None,
        };
        Ok(Self::Engine { address, id })
    }

    fn has(&self, entry: &Entry) -> bool {
        match self {
            Self::Anywhere => true,
            Self::Engine { address, id } => entry.header().is_none_or(|header| {
                id.as_ref().map_or(header.endpoint == *address, |id| header.engine == *id)
            }),
        }
    }
}

/// What the process of an operation without a verdict does.
fn open(entry: &Entry) -> &'static str {
    match life(entry, &Holder::of_this_process("")) {
        Life::Alive => "at work",
        Life::Gone => "killed",
        Life::Elsewhere => "open",
    }
}

fn verdict(entry: &Entry) -> String {
    match entry.stage() {
        Stage::Open => open(entry).to_owned(),
        Stage::Ended(outcome) => outcome.word().to_owned(),
    }
}

fn table(entries: &[Entry]) -> Table {
    let mut table = Table::new(&[
        Column::words("TIME"),
        Column::words("WHO"),
        Column::words("WHAT"),
        Column::words("TARGET"),
        Column::words("VERDICT"),
        Column::numbers("TOOK"),
        Column::words("OPERATION"),
        Column::paths("ENGINE"),
    ]);
    for entry in entries {
        let (header, holder) = (entry.header(), entry.holder());
        table.row([
            or_dash(entry.began().map(time)).into(),
            or_dash(holder.map(|holder| format!("{}@{}", holder.user, holder.host))).into(),
            or_dash(header.map(|header| header.command.join(" "))).into(),
            or_dash(header.map(|header| header.target.clone())).into(),
            verdict(entry).into(),
            or_dash(took(entry)).into(),
            entry.op.as_str().into(),
            or_dash(header.map(|header| header.endpoint.clone())).into(),
        ]);
    }
    table
}

/// A time to the second.
fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%SZ").to_string()
}

fn took(entry: &Entry) -> Option<String> {
    let span = entry.ended()?.duration_since(entry.began()?);
    Some(if span.as_secs() < 60 { format!("{:.1}s", span.as_secs_f64()) } else { text::age(span.as_secs()) })
}

/// What could not be read of an operation, in sentences.
fn damage(entry: &Entry) -> impl Iterator<Item = String> {
    entry.damage.iter().map(|Damage { line, kind }| {
        let why = match kind {
            DamageKind::Torn => "its end is missing".to_owned(),
            DamageKind::Unreadable(why) => why.clone(),
        };
        format!("line {line} of operation {} cannot be read and is left out: {why}", entry.op)
    })
}

impl From<JournalError> for Failure {
    fn from(error: JournalError) -> Self {
        Self::Refused(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outcome_is_a_word_of_the_journal() {
        assert_eq!(outcome("rolled-back"), Ok(Outcome::RolledBack));
        assert!(outcome("bad").unwrap_err().contains("interrupted, failed"));
    }
}
