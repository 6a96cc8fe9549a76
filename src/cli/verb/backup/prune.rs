//! `stacktop backup prune STACK`

use jiff::{Timestamp, tz::TimeZone};

use super::{sets, state, stored};
use crate::{
    backup::{Fate, Judged, Removal, Retention, Set, Shelf, judge, remove},
    cli::{
        exit::{Exit, Failure},
        operate::{Consent, confirm, refuse_read_only},
        render::{Cell, Column, Table, age, json, or_dash},
        session::{Session, remark},
        settle::Settled,
        shelf::From,
        surface::Surface,
    },
    text,
};

/// Arguments of `backup prune`.
#[derive(Clone, Debug, clap::Args)]
#[command(
    after_help = "What stays is settled as `keep` in the settings, or told by the options. Sets of dumps and of volumes are\n\
                  counted apart. The last valid set always stays, and everything while the newest set is not valid.\n\n\
                  Examples:\n  stacktop backup prune shop --plan\n  stacktop backup prune --all --yes\n  \
                  stacktop backup prune shop --keep-last 3 --keep-daily 7"
)]
pub struct Args {
    /// The stack
    #[arg(value_name = "STACK", required_unless_present = "all", conflicts_with = "all")]
    pub stack: Option<String>,
    /// Every stack that has sets and for which it is settled what stays
    #[arg(long)]
    pub all: bool,
    /// What stays, instead of what is settled.
    #[command(flatten)]
    pub keep: Keep,
    /// Where sets stand.
    #[command(flatten)]
    pub from: From,
    /// Who agrees.
    #[command(flatten)]
    pub consent: Consent,
}

/// What stays.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Keep {
    /// Keep the newest N sets
    #[arg(long, value_name = "N")]
    pub keep_last: Option<usize>,
    /// Keep the newest set of each of N hours
    #[arg(long, value_name = "N")]
    pub keep_hourly: Option<usize>,
    /// Keep the newest set of each of N days
    #[arg(long, value_name = "N")]
    pub keep_daily: Option<usize>,
    /// Keep the newest set of each of N weeks
    #[arg(long, value_name = "N")]
    pub keep_weekly: Option<usize>,
    /// Keep the newest set of each of N months
    #[arg(long, value_name = "N")]
    pub keep_monthly: Option<usize>,
}

/// A stack's sets, judged.
struct Sorted {
    stack: String,
    judged: Vec<Judged>,
}

/// Removes old sets. No engine is needed.
pub(super) async fn run(session: &mut Session, args: Args) -> Result<Exit, Failure> {
    refuse_read_only(&session.options, &args.consent)?;
    let shelf = args.from.shelf(&session.options.settled)?;
    let all = sort(&shelf, &session.options.settled, &args)?;
    let going = || all.iter().flat_map(|it| it.judged.iter().filter(|it| it.fate == Fate::Dropped));
    if args.consent.plan || going().next().is_none() {
        tell_plan(session, &all)?;
        return Ok(Exit::Fine);
    }
    if !args.consent.yes && !session.options.json {
        tell_plan(session, &all)?;
        session.out.flush()?;
    }
    let count = going().count();
    let bytes = text::bytes(going().filter_map(|it| stored(&it.set)).sum());
    let title = format!("remove {count} {} of {bytes} from {}", word(count), shelf.folder().display());
    confirm(&title, &args.consent).await?;
    let mut exit = Exit::Fine;
    for Sorted { stack, judged } in &all {
        for Judged { set, .. } in judged.iter().filter(|it| it.fate == Fate::Dropped) {
            let removed = remove(&shelf, stack, set);
            if let Err(error) = &removed {
                remark(&error.to_string());
                exit = Exit::Wrong;
            }
            tell(session, stack, set, removed.ok())?;
        }
    }
    Ok(exit)
}

fn word(count: usize) -> &'static str {
    if count == 1 { "set" } else { "sets" }
}

impl Keep {
    fn retention(&self) -> Option<Retention> {
        let told = [self.keep_last, self.keep_hourly, self.keep_daily, self.keep_weekly, self.keep_monthly];
        let [last, hourly, daily, weekly, monthly] = told.map(Option::unwrap_or_default);
        told.iter().any(Option::is_some).then_some(Retention { last, hourly, daily, weekly, monthly })
    }
}

fn sort(shelf: &Shelf, settled: &Settled, args: &Args) -> Result<Vec<Sorted>, Failure> {
    let told = args.keep.retention();
    if told.is_some_and(|keep| keep.keeps_nothing()) {
        return Err(Failure::Usage("this keeps no set at all; write how many are to stay".to_owned()));
    }
    let stacks = match &args.stack {
        Some(stack) => {
            sets(shelf, settled, stack)?;
            vec![stack.clone()]
        }
        None => shelf.stacks()?,
    };
    let mut all = Vec::new();
    for stack in stacks {
        match told.or_else(|| settled.backups.for_stack(&stack).keep) {
            Some(keep) => {
                let judged = judge(shelf, &stack, &keep, &TimeZone::system())?;
                all.push(Sorted { stack, judged });
            }
            None if args.all => remark(&unsettled(&stack)),
            None => return Err(Failure::Usage(unsettled(&stack))),
        }
    }
    Ok(all)
}

fn unsettled(stack: &str) -> String {
    format!(
        "nothing says which backups of {stack} are to stay, so none is removed: write `keep` under `backups` in the \
         settings, or options such as --keep-last 3 --keep-daily 7"
    )
}

fn tell_plan(session: &mut Session, all: &[Sorted]) -> Result<(), Failure> {
    if session.options.json {
        let records: Vec<_> =
            all.iter().flat_map(|it| it.judged.iter().map(|judged| record(&it.stack, judged))).collect();
        return session.out.json(&records);
    }
    if all.iter().all(|it| it.judged.is_empty()) {
        return session.out.line("there is no set to remove".to_owned());
    }
    let table = table(session.out.surface(), session.now(), all);
    session.out.table(&table)
}

fn record(stack: &str, Judged { set, fate }: &Judged) -> json::BackupFate {
    let (fate, why) = match fate {
        Fate::Kept(why) => ("kept", Some((*why).to_owned())),
        Fate::Dropped => ("goes", None),
    };
    fate_of(stack, set, fate, why)
}

fn fate_of(stack: &str, set: &Set, fate: &'static str, why: Option<String>) -> json::BackupFate {
    json::BackupFate {
        stack: stack.to_owned(),
        set: set.id.clone(),
        began_at: json::At(set.began),
        fate,
        why,
        stored_bytes: stored(set),
    }
}

fn table(surface: &Surface, now: Timestamp, all: &[Sorted]) -> Table {
    let mut table = Table::new(&[
        Column::words("STACK"),
        Column::words("SET"),
        Column::words("STATE"),
        Column::numbers("AGE"),
        Column::numbers("SIZE"),
        Column::words("FATE"),
    ]);
    for (stack, Judged { set, fate }) in
        all.iter().flat_map(|it| it.judged.iter().map(|one| (&it.stack, one)))
    {
        let (status, word, _) = state(set);
        let fate = match fate {
            Fate::Kept(why) => format!("kept: {why}"),
            Fate::Dropped => "goes".to_owned(),
        };
        table.row([
            stack.clone().into(),
            set.id.clone().into(),
            Cell::status_as(surface, status, word),
            age(now, Some(set.began)).into(),
            or_dash(stored(set).map(text::bytes)).into(),
            fate.into(),
        ]);
    }
    table
}

/// Tells what came of removing a set; `None` if it failed, which was told.
fn tell(session: &mut Session, stack: &str, set: &Set, removed: Option<Removal>) -> Result<(), Failure> {
    let (fate, why) = match removed {
        Some(Removal::Removed) => ("removed", None),
        Some(Removal::Vanished) => ("vanished", Some("somebody else removed it")),
        Some(Removal::InUse) => ("kept", Some("somebody uses it at this moment")),
        Some(Removal::LastValid) => ("kept", Some("it is the last valid set now")),
        None => ("kept", Some("it could not be removed")),
    };
    if session.options.json {
        session.out.json_line(&fate_of(stack, set, fate, why.map(str::to_owned)))?;
    } else {
        let why = why.map(|why| format!(": {why}")).unwrap_or_default();
        let line = format!("{fate:<8} {stack}/{}{why}", set.id);
        session.out.line(text::sanitize(&line))?;
    }
    session.out.flush()
}
