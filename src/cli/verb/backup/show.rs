//! `stacktop backup show STACK`

use super::{state, time};
use crate::{
    backup::{Drill, Keys, Manifest, Part, Scope, Set, by_hand},
    cli::{
        exit::{Exit, Failure},
        render::json,
        session::Session,
        shelf::From,
    },
    text,
};

/// Arguments of `backup show`.
#[derive(Clone, Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  stacktop backup show shop\n  stacktop backup show shop --set 20260301T12"
)]
pub struct Args {
    /// The stack
    #[arg(value_name = "STACK")]
    pub stack: String,
    /// A set by its id, or the beginning or end of it; else the newest valid one
    #[arg(long, value_name = "ID")]
    pub set: Option<String>,
    /// Where sets stand.
    #[command(flatten)]
    pub from: From,
}

/// Prints everything that is known of a set. No engine is needed.
pub(super) fn run(session: &mut Session, args: &Args) -> Result<Exit, Failure> {
    let settled = &session.options.settled;
    let shelf = args.from.shelf(settled)?;
    super::sets(&shelf, settled, &args.stack)?;
    let set = shelf.find(&args.stack, args.set.as_deref())?;
    let keys = settled.backups.keys.clone();
    if session.options.json {
        let (_, word, why) = state(&set);
        let record = json::BackupSet::of(&args.stack, &set, word, why);
        session.out.json(&json::ShownBackup::of(record, set.manifest.as_ref().ok(), &keys))?;
    } else {
        for line in paper(&args.stack, &set, &keys) {
            session.out.line(text::sanitize(&line))?;
        }
    }
    Ok(Exit::Fine)
}

fn paper(stack: &str, set: &Set, keys: &Keys) -> Vec<String> {
    let (_, word, why) = state(set);
    let mut lines = vec![
        fact("set", &set.id),
        fact("stack", stack),
        fact("folder", &set.folder.display().to_string()),
        fact("state", &why.map_or_else(|| word.to_owned(), |why| format!("{word}: {why}"))),
    ];
    if let Ok(manifest) = &set.manifest {
        lines.extend(facts(manifest));
        lines.extend(set.drill.as_ref().map(drill));
        lines.extend(manifest.warnings.iter().map(|warning| fact("note", warning)));
        for part in &manifest.parts {
            lines.push(String::new());
            lines.extend(self::part(part, keys));
        }
        lines.push(String::new());
        lines.push("in the folder, `sha256sum -c SHA256SUMS` compares all files with their sums".to_owned());
    }
    lines
}

fn fact(name: &str, value: &str) -> String {
    format!("{name:<11} {value}")
}

fn facts(manifest: &Manifest) -> Vec<String> {
    let holds = match manifest.scope {
        Scope::All => "everything",
        Scope::Dumps => "dumps of databases",
        Scope::Volumes => "files of volumes",
    };
    let of = manifest.service.as_ref().map(|service| format!(" of {service}")).unwrap_or_default();
    let mut lines = vec![
        fact("holds", &format!("{holds}{of}")),
        fact("begun", &time(manifest.began)),
        fact("finished", &time(manifest.finished)),
        fact("size", &text::bytes(manifest.stored_bytes())),
        fact("engine", &format!("{} ({})", manifest.engine, manifest.engine_version)),
    ];
    lines.extend(
        manifest
            .services
            .iter()
            .map(|it| fact("service", &format!("{}: {} {}", it.name, it.image, it.image_id))),
    );
    lines
}

fn drill(drill: &Drill) -> String {
    let took = text::spelled(drill.took());
    let came = drill
        .failed
        .as_ref()
        .map_or_else(|| "everything came back".to_owned(), |why| format!("failed: {why}"));
    fact("drill", &format!("{}, took {took}: {came}", time(drill.at)))
}

fn part(part: &Part, keys: &Keys) -> Vec<String> {
    let sizes = format!("{} of {}", text::bytes(part.stored_bytes), text::bytes(part.raw_bytes));
    let mut lines = vec![
        format!("{}: {}", part.file, part.source.called()),
        format!("  consistent  by {}", part.mode.word()),
        format!("  size        {sizes}, as {}", part.codecs.join(" then ")),
        format!("  sha256      {}", part.sha256),
    ];
    lines.extend(part.contents.as_ref().map(|it| format!("  entries     {}", it.entries)));
    if !part.recipients.is_empty() {
        lines.push(format!("  encrypted   for {}", part.recipients.join(", ")));
    }
    lines.push(format!("  by hand     {}", by_hand(part, keys.identity.as_deref())));
    lines
}
