//! `stacktop backup verify STACK`

use std::{path::PathBuf, time::Duration};

use tokio::{sync::watch, time::Instant};

use crate::{
    backup::{BackupError, Hold, Keys, Part, Set, verify_watched},
    cli::{
        exit::{Exit, Failure},
        render::json,
        session::{Session, remark},
        shelf::From,
    },
    text,
};

/// How often a part that takes long is told of.
const NEWS: Duration = Duration::from_secs(5);

/// Arguments of `backup verify`.
#[derive(Clone, Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  stacktop backup verify shop\n  stacktop backup verify shop --all --identity ~/age.key"
)]
pub struct Args {
    /// The stack
    #[arg(value_name = "STACK")]
    pub stack: String,
    /// A set by its id, or the beginning or end of it; else the newest valid one
    #[arg(long, value_name = "ID", conflicts_with = "all")]
    pub set: Option<String>,
    /// Every set that has a manifest
    #[arg(long)]
    pub all: bool,
    /// File with age's secret key, instead of the settled one
    #[arg(long, value_name = "FILE")]
    pub identity: Option<PathBuf>,
    /// Where sets stand.
    #[command(flatten)]
    pub from: From,
}

/// Reads sets to their last byte. No engine is needed.
pub(super) async fn run(session: &mut Session, args: Args) -> Result<Exit, Failure> {
    let settled = &session.options.settled;
    let shelf = args.from.shelf(settled)?;
    let sets = super::sets(&shelf, settled, &args.stack)?;
    let keys =
        args.identity.map_or_else(|| settled.backups.keys.clone(), |file| Keys { identity: Some(file) });
    let sets = if args.all {
        sets.into_iter().filter(|set| !set.is_being_written()).collect()
    } else {
        vec![shelf.find(&args.stack, args.set.as_deref())?]
    };
    let mut damaged = 0;
    for set in &sets {
        damaged += verify_set(session, set, &keys).await?;
    }
    Ok(if damaged == 0 { Exit::Fine } else { Exit::Wrong })
}

/// How many things are wrong with a set.
async fn verify_set(session: &mut Session, set: &Set, keys: &Keys) -> Result<usize, Failure> {
    let manifest = match &set.manifest {
        Ok(manifest) => manifest,
        Err(why) => return tell(session, set, None, Err(why.clone()), Duration::ZERO).map(|()| 1),
    };
    // Nobody removes it meanwhile.
    let Some(_hold) = Hold::shared(&set.folder)? else {
        let why = "somebody writes or removes it at this moment".to_owned();
        return tell(session, set, None, Err(why), Duration::ZERO).map(|()| 1);
    };
    let mut damaged = 0;
    for part in &manifest.parts {
        let began = Instant::now();
        let read = read(set, part, keys).await?.map_err(|error| error.to_string());
        damaged += usize::from(read.is_err());
        tell(session, set, Some(part), read, began.elapsed())?;
    }
    Ok(damaged)
}

/// Reads a part on a thread of its own and tells of it while that takes long.
async fn read(set: &Set, part: &Part, keys: &Keys) -> Result<Result<(), BackupError>, Failure> {
    let (news, mut heard) = watch::channel(0_u64);
    let (folder, of, keys) = (set.folder.clone(), part.clone(), keys.clone());
    let mut work = tokio::task::spawn_blocking(move || {
        verify_watched(&folder, &of, &keys, |bytes| {
            news.send_replace(bytes);
            true
        })
    });
    let began = Instant::now();
    loop {
        match tokio::time::timeout(NEWS, &mut work).await {
            Ok(done) => return done.map_err(|error| Failure::Refused(error.to_string())),
            Err(_) => remark(&progress(part, *heard.borrow_and_update(), began.elapsed())),
        }
    }
}

fn progress(part: &Part, read: u64, since: Duration) -> String {
    let rate = read as f64 / since.as_secs_f64().max(0.001);
    let left = part.stored_bytes.saturating_sub(read) as f64 / rate.max(1.0);
    format!(
        "{}: {} of {}, {}, about {} left",
        part.file,
        text::bytes(read),
        text::bytes(part.stored_bytes),
        text::rate(rate),
        text::spelled(Duration::from_secs_f64(left.min(1e9)))
    )
}

fn tell(
    session: &mut Session,
    set: &Set,
    part: Option<&Part>,
    read: Result<(), String>,
    took: Duration,
) -> Result<(), Failure> {
    let state = if read.is_ok() { "ok" } else { "damaged" };
    if session.options.json {
        session.out.json_line(&json::BackupCheck {
            set: set.id.clone(),
            file: part.map(|part| part.file.clone()),
            state,
            why: read.err(),
            stored_bytes: part.map(|part| part.stored_bytes),
            took_ms: part.and_then(|_| u64::try_from(took.as_millis()).ok()),
        })?;
        return session.out.flush();
    }
    let what = part.map_or_else(|| set.id.clone(), |part| format!("{}/{}", set.id, part.file));
    let more = match (read, part) {
        (Err(why), _) => why,
        (Ok(()), Some(part)) => {
            let rate = part.stored_bytes as f64 / took.as_secs_f64().max(0.001);
            format!("{} in {:.1} s, {}", text::bytes(part.stored_bytes), took.as_secs_f64(), text::rate(rate))
        }
        (Ok(()), None) => String::new(),
    };
    session.out.line(text::sanitize(&format!("{state:<8} {what}  {more}")))?;
    session.out.flush()
}
