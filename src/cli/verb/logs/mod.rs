//! `stacktop logs TARGET...`

mod printer;
mod reading;
mod sources;
mod starts;

use std::str::FromStr;

use jiff::Timestamp;
use regex::Regex;

use self::{printer::Printer, reading::Reading, sources::Sources, starts::Starts};
use crate::cli::{
    exit::{Exit, Failure},
    moment::Moment,
    scope::Scope,
    session::{Observed, Session, remark},
};
use crate::domain::LogQuery;

/// Arguments of `logs`.
#[derive(Clone, Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  stacktop logs -f --tail 20 medianest\n  stacktop logs app --since 10m --grep 'timeout|refused'\n  stacktop logs app/2 --since 2026-01-31T12:00:00Z --until 5m --json"
)]
pub struct Args {
    /// Stacks, services or replicas
    #[arg(value_name = "TARGET", required = true)]
    pub targets: Vec<String>,
    /// Go on with new lines, through restarts and with new replicas, until Ctrl-C
    #[arg(short, long)]
    pub follow: bool,
    /// At most so many of the newest lines of each replica, or `all`
    #[arg(short = 'n', long, value_name = "N", default_value = "all")]
    pub tail: Tail,
    /// Not before this: a span back from now (90s, 10m, 2h, 7d) or RFC 3339
    #[arg(long, value_name = "TIME")]
    pub since: Option<Moment>,
    /// Not after this, in the same forms
    #[arg(long, value_name = "TIME")]
    pub until: Option<Moment>,
    /// Put the time in front of each line
    #[arg(short, long)]
    pub timestamps: bool,
    /// Leave out the name of the replica in front of each line
    #[arg(long)]
    pub no_prefix: bool,
    /// Only lines that match
    #[arg(long, value_name = "REGEX")]
    pub grep: Option<Regex>,
}

/// How many of the newest lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tail(Option<u64>);

impl FromStr for Tail {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "all" => Ok(Self(None)),
            number => {
                number.parse().map(|lines| Self(Some(lines))).map_err(|_| "write a number, or all".to_owned())
            }
        }
    }
}

/// Prints output, as fast as the engine sends it.
///
/// # Errors
/// Any [`Failure`].
pub async fn run(session: &mut Session, args: Args) -> Result<Exit, Failure> {
    let engine = session.connect().await?;
    let now = session.now();
    let observed = Observed::from_engine(&engine).await?;
    let scope = Scope::of(&observed.fleet, &args.targets)?;
    let sources = Sources::of(&observed, &scope);
    sources.elsewhere.iter().for_each(|sentence| remark(sentence));
    let incomplete = !sources.elsewhere.is_empty();
    let printer = Printer::new(&args, &session.options, *session.out.surface());
    let query = query(&args, now);
    let starts = args.follow.then(|| Starts::new(&engine, observed, scope, now));
    let mut reading = Reading::new(engine, printer, starts);
    reading.begin(sources, query);
    let failed = reading.print(&mut session.out).await?;
    Ok(if failed || incomplete { Exit::Wrong } else { Exit::Fine })
}

fn query(args: &Args, now: Timestamp) -> LogQuery {
    LogQuery {
        follow: args.follow,
        tail: args.tail.0,
        since: args.since.map(|moment| moment.on(now)),
        until: args.until.map(|moment| moment.on(now)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tail_is_a_number_or_all() {
        assert_eq!(("20".parse(), "all".parse()), (Ok(Tail(Some(20))), Ok(Tail(None))));
        assert!("-1".parse::<Tail>().is_err());
    }
}
