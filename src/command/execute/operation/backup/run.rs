//! A backup at work.

use std::collections::{BTreeMap, BTreeSet};

use tokio::sync::mpsc;

use super::{
    PreparedBackup,
    back::{self, Way},
};
use crate::{
    backup::{Hold, Set, Validity},
    command::{
        Cause, Failure, Halt, Progress, Walker, Wish,
        backup::{Survey, Volume},
        execute::{
            Ending,
            backup::{empty_image, look},
            diary::{Diary, Title},
            lock,
            operation::{Refused, Verdict, hold_by},
        },
    },
    engine::Engine,
};

/// Carries a prepared backup out, and tells `reports` what happens. Whatever becomes of it, everybody who was kept still
/// goes on, and a set is there whole or not at all. A person who has it stopped, at whatever place, breaks it off.
///
/// # Errors
/// [`Refused`] if somebody else was faster, or where the set cannot be begun. Nothing was stopped then.
pub async fn run_backup(
    engine: &Engine,
    prepared: PreparedBackup,
    reports: mpsc::Sender<Progress>,
    halt: Halt,
) -> Result<Verdict, Refused> {
    let errand = &prepared.errand;
    let image = empty_image(engine).await?;
    hold_by(engine, errand, &image).await?;
    let (diary, hold) = match begin(engine, &prepared).await {
        Ok(begun) => begun,
        Err(refused) => {
            prepared.open().abandon();
            lock::give_back(engine, errand).await?;
            return Err(refused);
        }
    };
    let walker = Walker::new(engine.clone(), errand.operation.clone(), reports, halt.clone());
    let walker = walker.with(diary.clone()).estimating(&prepared.plan);
    let ending = walker.walk(&prepared.plan.phases).await;
    let failure = match ending {
        Ending::Done => amiss(&prepared),
        Ending::Failed(failure) if halt.wish() == Wish::End => Some(failure),
        Ending::Failed(_) | Ending::Cancelled => Some(stopped(&prepared)),
    };
    // What nobody writes any more may be taken away.
    drop(hold);
    let verdict = match failure {
        None => Verdict::Done,
        Some(failure) => match Way::new(engine, errand).walk(&walker).await {
            Ok(_) => Verdict::RolledBack(failure),
            Err(why) => Verdict::Stuck { failure: Some(failure), why },
        },
    };
    diary.verdict(&verdict);
    if !matches!(verdict, Verdict::Stuck { .. }) {
        lock::give_back(engine, errand).await?;
    }
    Ok(verdict)
}

/// All that can be refused before anybody is stopped.
async fn begin(engine: &Engine, prepared: &PreparedBackup) -> Result<(Diary, Option<Hold>), Refused> {
    let PreparedBackup { plan, errand, request, survey, room, .. } = prepared;
    // Who has begun to write since would not be held.
    let now = look(engine, &request.stack, request.service.as_deref()).await?;
    if writers(&now) != writers(survey) {
        return Err(Refused::Changed(request.called()));
    }
    room.check(&request.shelf)?;
    let open = prepared.open();
    open.make()?;
    let hold = Hold::alone(&open.folder)?;
    let title = Title {
        operation: &errand.operation,
        user: &errand.user,
        target: request.called(),
        details: serde_json::to_value(errand).unwrap_or_default(),
    };
    Ok((Diary::open(engine, title, plan).await?, hold))
}

/// The volumes, each with the containers that may write to it now.
fn writers(survey: &Survey) -> BTreeMap<&str, BTreeSet<&str>> {
    fn of(volume: &Volume) -> BTreeSet<&str> {
        volume.writers().map(|user| user.container.as_str()).collect()
    }
    survey.volumes.iter().map(|volume| (volume.name.as_str(), of(volume))).collect()
}

/// What is not as it was to be, once all steps are done: nobody is to find that out when it is needed.
fn amiss(prepared: &PreparedBackup) -> Option<Failure> {
    let found = prepared.request.shelf.find(&prepared.request.stack, Some(&prepared.id));
    let why = match found {
        Ok(set) if set.validity() == Validity::Valid => return None,
        Ok(Set { manifest: Err(why), .. }) => why,
        Ok(Set { amiss, .. }) => format!("{} is missing or cut short", amiss.join(", ")),
        Err(error) => error.to_string(),
    };
    let attempt = format!("check the set {}", prepared.id);
    Some(back::failure(prepared.called(), attempt, why, Cause::Disk))
}

fn stopped(prepared: &PreparedBackup) -> Failure {
    let attempt = prepared.plan.title.clone();
    back::failure(prepared.called(), attempt, "it was stopped".to_owned(), Cause::Other)
}
