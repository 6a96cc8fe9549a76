//! `stacktop backup run --due`: what cron or a timer runs, as often as it likes.

use jiff::{Timestamp, tz::TimeZone};

use super::run::Args;
use crate::{
    backup::{Removal, Scope, Set, Shelf, Validity, prune},
    cli::{
        exit::{Exit, Failure},
        operate::{self, Desk, Job},
        session::{Session, remark},
    },
    command::execute::operation::{BackupRequest, prepare_backup},
    settings::Backups,
};

/// A stack whose slot has come, and what of it.
type Due = (String, Scope);

/// Backs up what is due, one stack after the other: one that fails keeps no other from being backed up. Old sets go only
/// once there is a new one. The code is that of the worst ending.
pub(super) async fn run(session: &mut Session, desk: &Desk, args: &Args) -> Result<Exit, Failure> {
    let shelf = args.request((String::new(), None), &session.options.settled)?.shelf;
    let due = due(&session.options.settled.backups, &shelf, session.now(), &TimeZone::system())?;
    if due.is_empty() {
        session.out.line("nothing is due".to_owned())?;
    }
    let mut worst = Exit::Fine;
    for (stack, scope) in due {
        let request = args.request((stack.clone(), None), &session.options.settled)?;
        let exit = match one(session, desk, args, BackupRequest { scope, ..request }).await {
            Ok(exit) => exit,
            Err(failure) => {
                failure.sentence().iter().for_each(|sentence| remark(sentence));
                failure.exit()
            }
        };
        if exit == Exit::Interrupted {
            return Ok(exit);
        }
        if exit == Exit::Fine && !args.consent.plan {
            tidy(session, &shelf, &stack)?;
        }
        worst = if exit.code() > worst.code() { exit } else { worst };
    }
    Ok(worst)
}

async fn one(
    session: &mut Session,
    desk: &Desk,
    args: &Args,
    request: BackupRequest,
) -> Result<Exit, Failure> {
    let prepared = prepare_backup(desk.engine(), &request, desk.holder()).await?;
    operate::perform(session, desk, vec![Job::backup(prepared)], &args.consent).await
}

/// What the settings say is due. A set that failed is none, so it is tried again the next time.
fn due(backups: &Backups, shelf: &Shelf, now: Timestamp, zone: &TimeZone) -> Result<Vec<Due>, Failure> {
    let mut due = Vec::new();
    for stack in backups.stacks() {
        let sets = shelf.sets(stack).map_err(|error| Failure::Storage(error.to_string()))?;
        for (scope, schedule) in backups.for_stack(stack).schedules {
            let last = sets.iter().filter(|set| is_of(set, scope)).map(|set| set.began).max();
            if schedule.is_due(last, now, zone) {
                due.push((stack.to_owned(), scope));
            }
        }
    }
    Ok(due)
}

/// Whether a set is one that a schedule for this scope could have made.
fn is_of(set: &Set, scope: Scope) -> bool {
    let held = set.manifest.as_ref().map(|manifest| manifest.scope);
    set.validity() == Validity::Valid && set.service().is_none() && held.is_ok_and(|held| held == scope)
}

/// Removes the sets that are not to be kept, if anything was said of that.
fn tidy(session: &Session, shelf: &Shelf, stack: &str) -> Result<(), Failure> {
    let Some(keep) = session.options.settled.backups.for_stack(stack).keep else { return Ok(()) };
    let removed = prune(shelf, stack, &keep, &TimeZone::system());
    let removed = removed.map_err(|error| Failure::Storage(error.to_string()))?;
    let count = removed.iter().filter(|(_, removal)| *removal == Removal::Removed).count();
    if count > 0 {
        remark(&format!("{count} old sets of {stack} are removed"));
    }
    Ok(())
}
