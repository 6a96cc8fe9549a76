//! `stacktop drill STACK`

use std::{path::PathBuf, pin::pin, time::Duration};

use tokio::sync::mpsc;

use super::restore::keys;
use crate::{
    cli::{
        exit::{Exit, Failure},
        interrupt::Parts,
        operate::{self, Consent, Desk, Job},
        session::Session,
        shelf::From,
    },
    command::{
        Progress, Wish,
        execute::operation::{DrillRequest, prepare_drill, run_drill},
        plan::seconds,
        restore::drill::{Report, Tried},
    },
};

/// Arguments of `drill`.
#[derive(Clone, Debug, clap::Args)]
#[command(
    after_help = "Nothing that anybody uses is touched: files go into volumes of the drill, dumps into servers without a\nnetwork. All of it is taken away again. The exit code is 1 if a part cannot be restored, or it took too long.\n\nExamples:\n  stacktop drill shop --rto 1h\n  stacktop drill shop --set 20260301T060000Z --json"
)]
pub struct Args {
    /// The stack; its containers may be gone
    #[arg(value_name = "STACK")]
    pub stack: String,
    /// Where sets are.
    #[command(flatten)]
    pub from: From,
    /// The set: the beginning of its name, or the end; the newest valid one if none is named
    #[arg(long, value_name = "ID")]
    pub set: Option<String>,
    /// How long all of it may take, such as 1h; else what is settled
    #[arg(long, value_name = "SPAN", value_parser = operate::span)]
    pub rto: Option<Duration>,
    /// File with the identity that decrypts what age has encrypted
    #[arg(long, value_name = "FILE")]
    pub identity: Option<PathBuf>,
    /// Print what would be done, step by step, and touch nothing
    #[arg(long, visible_alias = "dry-run")]
    pub plan: bool,
}

/// Drills.
///
/// # Errors
/// Any [`Failure`].
pub async fn run(session: &mut Session, args: Args) -> Result<Exit, Failure> {
    let consent = Consent { plan: args.plan, yes: true };
    let desk = Desk::open(session, &consent).await?;
    let settled = &session.options.settled;
    let request = DrillRequest {
        shelf: args.from.shelf(settled)?,
        keys: keys(args.identity.as_ref(), settled),
        rto: args.rto.or_else(|| settled.backups.for_stack(&args.stack).rto),
        stack: args.stack,
        set: args.set,
    };
    let prepared = prepare_drill(desk.engine(), &request, desk.holder()).await?;
    if args.plan {
        let job = Job::steps(request.stack, prepared.plan);
        return operate::perform(session, &desk, vec![job], &consent).await;
    }
    let halt = session
        .interrupt
        .begin("the drill was stopped; the next one takes away what it left".to_owned(), Parts::Whole);
    let (reports, heard) = mpsc::channel(64);
    let report = listen(session, heard, run_drill(desk.engine(), prepared, reports, halt.clone())).await;
    session.interrupt.end();
    let report = report?;
    tell(session, &report)?;
    Ok(match halt.wish() {
        Wish::End if report.passed() => Exit::Fine,
        Wish::End => Exit::Wrong,
        Wish::AfterSlot | Wish::AfterStep => Exit::Interrupted,
    })
}

/// Prints steps until the work is over.
async fn listen<E>(
    session: &mut Session,
    mut heard: mpsc::Receiver<Progress>,
    work: impl Future<Output = Result<Report, E>>,
) -> Result<Report, Failure>
where
    Failure: std::convert::From<E>,
{
    let mut printer = operate::Printer::new(session.options.json);
    let mut work = pin!(work);
    loop {
        tokio::select! {
            biased;
            Some(progress) = heard.recv() => drop(printer.print(&mut session.out, &progress)),
            report = &mut work => return report.map_err(Failure::from),
        }
    }
}

fn tell(session: &mut Session, report: &Report) -> Result<(), Failure> {
    if session.options.json {
        session.out.json_line(report)?;
        return session.out.flush();
    }
    for part in &report.parts {
        session.out.line(line(part))?;
    }
    session.out.line(total(report))?;
    session.out.flush()
}

fn line(part: &Tried) -> String {
    let what = match &part.failure {
        Some(why) => format!("FAILED: {why}"),
        None if part.checked.is_empty() => "its checksums are right".to_owned(),
        None => part.checked.join("; "),
    };
    format!("{:>7.1} s  {}: {what}", part.seconds, part.part)
}

fn total(report: &Report) -> String {
    let rto = match report.rto_seconds {
        None => String::new(),
        Some(most) => {
            let most = seconds(Duration::from_secs_f64(most));
            format!(", {} the RTO of {most}", if report.is_late() { "MORE than" } else { "within" })
        }
    };
    let failed = report.parts.iter().filter(|part| part.failure.is_some()).count();
    let word = match failed {
        0 => "every part can be restored".to_owned(),
        1 => "1 part CANNOT be restored".to_owned(),
        more => format!("{more} parts CANNOT be restored"),
    };
    format!("{:>7.1} s  in all{rto}: {word}", report.seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(failure: Option<&str>) -> Report {
        let part = Tried {
            part: "volume shop_data".to_owned(),
            checked: vec!["7 entries, 3 KB, read back".to_owned()],
            seconds: 1.25,
            failure: failure.map(str::to_owned),
        };
        Report {
            set: "S".to_owned(),
            began: "2026-03-01T12:00:00Z".parse().unwrap(),
            seconds: 2.0,
            rto_seconds: Some(1.0),
            parts: vec![part],
        }
    }

    #[test]
    fn each_part_tells_what_was_checked_and_the_total_is_measured_against_the_rto() {
        let slow = report(None);
        assert_eq!(line(&slow.parts[0]), "    1.2 s  volume shop_data: 7 entries, 3 KB, read back");
        assert_eq!(total(&slow), "    2.0 s  in all, MORE than the RTO of 1 s: every part can be restored");
        assert!(!slow.passed());
        let broken = Report { rto_seconds: None, ..report(Some("it is damaged")) };
        assert_eq!(total(&broken), "    2.0 s  in all: 1 part CANNOT be restored");
        assert!(line(&broken.parts[0]).contains("FAILED: it is damaged") && !broken.passed());
    }
}
