//! `stacktop journal show OPERATION`

use super::{damage, entries, open, time, took, verdict};
use crate::{
    cli::{
        exit::{Exit, Failure},
        render::{json, or_dash},
        session::{Session, remark},
    },
    journal::{Entry, Line, Record},
};

/// Arguments of `journal show`.
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// Its id, or the beginning of it
    #[arg(value_name = "OPERATION")]
    pub operation: String,
}

/// Prints everything that was written down of one operation.
///
/// # Errors
/// [`Failure::Usage`] for an id of nothing or of several operations.
pub(super) fn run(session: &mut Session, args: &Args) -> Result<Exit, Failure> {
    let entry = find(entries()?, &args.operation)?;
    if session.options.json {
        session.out.json(&json::ShownJournal::of(&entry, open(&entry)))?;
    } else {
        for line in paper(&entry) {
            session.out.line(line)?;
        }
    }
    damage(&entry).for_each(|sentence| remark(&sentence));
    Ok(Exit::Fine)
}

fn find(entries: Vec<Entry>, beginning: &str) -> Result<Entry, Failure> {
    let beginning = beginning.to_ascii_lowercase();
    let mut found = entries.into_iter().filter(|entry| entry.op.as_str().starts_with(&beginning));
    match (found.next(), found.next()) {
        (Some(entry), None) => Ok(entry),
        (None, _) => Err(Failure::Usage(format!(
            "no operation that begins with {beginning} is written down; `stacktop journal --all-engines` lists them"
        ))),
        (Some(_), Some(_)) => {
            Err(Failure::Usage(format!("several operations begin with {beginning}; write more of the id")))
        }
    }
}

fn paper(entry: &Entry) -> Vec<String> {
    let mut lines = vec![format!("operation   {}", entry.op)];
    if let Some(header) = entry.header() {
        lines.push(format!("what        {}", header.command.join(" ")));
        lines.push(format!("target      {}", header.target));
        lines.push(format!("engine      {} ({})", header.endpoint, header.engine));
    }
    let who = entry.holders().map(|holder| format!("{}@{} pid {}", holder.user, holder.host, holder.pid));
    lines.push(format!("who         {}", who.collect::<Vec<_>>().join(", then ")));
    lines.push(format!("verdict     {}", json::join(&verdict(entry), entry.why())));
    lines.push(format!("took        {}", or_dash(took(entry))));
    lines.push(String::new());
    lines.extend(entry.lines.iter().map(line).map(|line| line.trim_end().to_owned()));
    lines.iter().map(|line| crate::text::sanitize(line)).collect()
}

fn line(Line { at, record }: &Line) -> String {
    let text = match record {
        Record::Header(header) => format!("begins     {}", header.command.join(" ")),
        Record::Resumed { holder } => {
            format!("goes on    {}@{} pid {}", holder.user, holder.host, holder.pid)
        }
        Record::Intent { seq, call, step, .. } => format!("{seq:>3} intent {call}: {step}"),
        Record::Done { seq, result } => {
            let (word, why) = json::outcome(result);
            format!("{seq:>3} result {}", json::join(word, &why))
        }
        Record::Gate { target, state, text } => {
            format!("    gate   {target} {}", json::join(json::gate(*state), text))
        }
        Record::Note { text } => format!("    note   {text}"),
        Record::Verdict { outcome, text } => format!("ends       {}", json::join(outcome.word(), text)),
        Record::Unknown(value) => format!("    ?      {value}"),
    };
    format!("{}  {text}", time(*at))
}
