//! Who agrees, and how: by an option, or asked by the risk.

use std::io::{self, IsTerminal, Write};

use super::{Job, paper};
use crate::{
    cli::{
        args::Options,
        exit::Failure,
        session::{Out, Session},
    },
    command::Risk,
};

/// Options of every verb that changes things.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Consent {
    /// Print what would be done, step by step, and touch nothing
    #[arg(long, visible_alias = "dry-run")]
    pub plan: bool,
    /// Do it without asking
    #[arg(short, long)]
    pub yes: bool,
}

/// Asks for what is risky, unless that was agreed to beforehand.
///
/// # Errors
/// [`Failure::Usage`] if nobody can be asked or somebody says no.
pub(super) async fn ask(session: &mut Session, jobs: &[Job], consent: &Consent) -> Result<(), Failure> {
    let risk = jobs.iter().map(|job| job.plan.risk).max().unwrap_or(Risk::None);
    if consent.yes || risk == Risk::None {
        return Ok(());
    }
    if !io::stdin().is_terminal() {
        return Err(Failure::Usage(nobody(&titles(jobs))));
    }
    let wanted = if risk == Risk::High { called(jobs) } else { "y".to_owned() };
    if !session.options.json {
        print(&mut session.out, jobs)?;
    }
    prompt(&question(jobs, risk, &wanted))?;
    if agrees(&answer().await?, &wanted, risk) {
        Ok(())
    } else {
        Err(Failure::Usage("nothing was done".to_owned()))
    }
}

/// Asks for what is done to files and not to an engine; `title` says what.
///
/// # Errors
/// [`Failure::Usage`] if nobody can be asked or somebody says no.
pub async fn confirm(title: &str, consent: &Consent) -> Result<(), Failure> {
    if consent.yes {
        return Ok(());
    }
    if !io::stdin().is_terminal() {
        return Err(Failure::Usage(nobody(title)));
    }
    prompt(&format!("{title}? [y/N] "))?;
    if agrees(&answer().await?, "y", Risk::Some) {
        Ok(())
    } else {
        Err(Failure::Usage("nothing was done".to_owned()))
    }
}

/// Refuses changes where only reading is allowed, unless only a plan is asked for.
///
/// # Errors
/// [`Failure::Usage`].
pub fn refuse_read_only(options: &Options, consent: &Consent) -> Result<(), Failure> {
    if !options.read_only || consent.plan {
        return Ok(());
    }
    Err(Failure::Usage(match &options.settled.guard {
        Some(guard) => format!("{guard}: nothing is changed; --plan shows what would be"),
        None => {
            "--read-only (or the variable STACKTOP_READ_ONLY) is set: nothing is changed; --plan shows what \
                 would be"
                .to_owned()
        }
    }))
}

fn nobody(titles: &str) -> String {
    format!(
        "{titles}: there is no terminal to ask on; add --yes to do it, or --plan to see what would be done"
    )
}

fn titles(jobs: &[Job]) -> String {
    jobs.iter().map(|job| job.plan.title.as_str()).collect::<Vec<_>>().join(", ")
}

fn called(jobs: &[Job]) -> String {
    jobs.iter().map(|job| job.called.as_str()).collect::<Vec<_>>().join(" ")
}

fn question(jobs: &[Job], risk: Risk, wanted: &str) -> String {
    match risk {
        Risk::High => format!("{}: type {wanted} to do it: ", titles(jobs)),
        Risk::None | Risk::Some => format!("{}? [y/N] ", titles(jobs)),
    }
}

fn agrees(answer: &str, wanted: &str, risk: Risk) -> bool {
    match risk {
        Risk::High => answer == wanted,
        Risk::None | Risk::Some => answer.eq_ignore_ascii_case("y") || answer.eq_ignore_ascii_case("yes"),
    }
}

/// The plans as a person decides by them: without the steps.
fn print(out: &mut Out, jobs: &[Job]) -> Result<(), Failure> {
    for job in jobs {
        for line in paper(&job.plan).into_iter().take_while(|line| !line.is_empty()) {
            out.line(line)?;
        }
    }
    out.flush()
}

fn prompt(question: &str) -> Result<(), Failure> {
    let mut stderr = io::stderr();
    stderr.write_all(crate::text::sanitize(question).as_bytes())?;
    Ok(stderr.flush()?)
}

/// A line of standard input; on a thread of its own, so that Ctrl-C still ends the program.
async fn answer() -> Result<String, Failure> {
    let read = tokio::task::spawn_blocking(|| {
        let mut line = String::new();
        io::stdin().read_line(&mut line).map(|_| line.trim().to_owned())
    });
    Ok(read.await.map_err(io::Error::other)??)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_high_risk_takes_the_name_and_another_a_letter() {
        assert!(
            agrees("y", "y", Risk::Some) && agrees("YES", "y", Risk::Some) && !agrees("", "y", Risk::Some)
        );
        assert!(agrees("shop/web", "shop/web", Risk::High) && !agrees("y", "shop/web", Risk::High));
    }
}
