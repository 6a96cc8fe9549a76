//! The steps of a backup.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    time::Duration,
};

use super::{
    Closing, Origin, Storing,
    course::{Course, Files},
    recipe::Dump,
    survey::{Database, Survey, User},
};
use crate::{
    backup::{Cipher, Mode, Source, file_name},
    command::plan::{Act, Call, Downtime, Gate, Phase, Plan, Risk, Step},
    text,
};

/// How long a container that was stopped has to serve again.
const READY: Duration = Duration::from_secs(120);

/// What a volume takes that was never stored: little, as most are.
const UNKNOWN: Duration = Duration::from_secs(5);

/// Bytes that are stored in a second, for the estimate.
const RATE: u64 = 100_000_000;

/// Where a backup goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Target {
    /// The set's id.
    pub id: String,
    /// Its folder.
    pub folder: PathBuf,
    /// How parts are encrypted.
    pub cipher: Cipher,
    /// The operation's id.
    pub operation: String,
}

/// A backup that is planned.
#[derive(Clone, Debug, PartialEq)]
pub struct Backup {
    /// What would be done.
    pub plan: Plan,
    /// What brings everybody back, whatever became of it.
    pub back: Vec<Phase>,
}

/// The plan: dumps and what needs nobody held first, then each group of volumes with the same users.
#[must_use]
pub fn plan(
    survey: &Survey,
    course: &Course,
    dumps: &[(Database, Vec<Dump>)],
    sizes: &BTreeMap<String, u64>,
    target: &Target,
) -> Backup {
    let notes = notes(survey, course);
    let mut phases = Vec::new();
    let dumping: Vec<Step> = dumps.iter().flat_map(|(one, dumps)| dump_steps(one, dumps, target)).collect();
    phases.extend((!dumping.is_empty()).then(|| Phase::single("dumps", dumping)));
    let (held, free): (Vec<&Files>, Vec<&Files>) =
        course.files.iter().partition(|files| !files.held.is_empty());
    let reading: Vec<Step> = free.iter().filter_map(|files| store(survey, files, target)).collect();
    phases.extend((!reading.is_empty()).then(|| Phase::single("volumes", reading)));
    let (mut back, mut held_for) = (Vec::new(), Duration::ZERO);
    for group in groups(&held) {
        let users = users(survey, &group);
        let took = group.iter().map(|files| estimate(sizes.get(&files.volume))).sum::<Duration>();
        held_for = held_for.max(took);
        let (hold, release) = hold(&group, &users);
        let stored = group.iter().filter_map(|files| store(survey, files, target));
        let steps = hold.into_iter().chain(stored).chain(release.clone()).collect();
        phases.push(Phase::single(title(&group), steps));
        back.push(Phase::single(title(&group), release));
    }
    phases.push(Phase::single("set", vec![close(survey, notes.clone(), target)]));
    let all: Duration = course.files.iter().map(|files| estimate(sizes.get(&files.volume))).sum();
    let plan = Plan {
        title: format!("back up {}", survey.stack),
        risk: if back.is_empty() { Risk::None } else { Risk::Some },
        facts: facts(course, dumps, target),
        notes,
        phases,
        takes: all + UNKNOWN * dumps.len() as u32,
        down_for: if back.is_empty() { Downtime::None } else { Downtime::Each(held_for) },
        undo: format!("`stacktop backup prune`, or remove {}", target.folder.display()),
    };
    Backup { plan, back }
}

fn facts(course: &Course, dumps: &[(Database, Vec<Dump>)], target: &Target) -> Vec<(String, String)> {
    let mut facts = vec![("set".to_owned(), target.folder.display().to_string())];
    for (database, dumps) in dumps {
        let names: Vec<&str> = dumps.iter().filter_map(|dump| dump.database.as_deref()).collect();
        let of = if names.is_empty() { String::new() } else { format!(" of {}", names.join(", ")) };
        facts.push(("dump".to_owned(), format!("{}: {}{of}", database.service, database.recipe.word())));
    }
    for files in &course.files {
        let held: Vec<&str> = files.held.iter().map(String::as_str).collect();
        let who = if held.is_empty() { String::new() } else { format!(" ({})", held.join(", ")) };
        let mode = files.mode.word();
        facts.push(("volume".to_owned(), format!("{}: {mode}{who}: {}", files.volume, files.reason)));
    }
    if let Some(program) = target.cipher.program() {
        facts.push((
            "encrypted".to_owned(),
            format!("by {program} for {}", target.cipher.recipients().join(", ")),
        ));
    }
    facts
}

fn notes(survey: &Survey, course: &Course) -> Vec<String> {
    let left_out = course.left_out.iter().map(|(volume, why)| format!("no files of volume {volume}: {why}"));
    let live = course.files.iter().filter(|files| files.mode == Mode::Live).map(|files| {
        format!("volume {} is read while it is written to: what is in it may not fit together", files.volume)
    });
    let binds = survey.binds.iter().map(|bind| {
        format!("folder {bind} is on the host and is not backed up: the engine gives no access to it")
    });
    left_out.chain(live).chain(binds).collect()
}

fn estimate(size: Option<&u64>) -> Duration {
    size.map_or(UNKNOWN, |bytes| Duration::from_secs(1 + bytes / RATE))
}

fn title(group: &[&Files]) -> String {
    let names: Vec<&str> = group.iter().map(|files| files.volume.as_str()).collect();
    names.join(", ")
}

/// Volumes that share a held container are stored in one go, so that nobody is held twice.
fn groups<'a>(held: &[&'a Files]) -> Vec<Vec<&'a Files>> {
    let mut groups: Vec<(BTreeSet<&str>, Vec<&Files>)> = Vec::new();
    for files in held {
        let mut users: BTreeSet<&str> = files.held.iter().map(String::as_str).collect();
        let mut members = vec![*files];
        groups.retain_mut(|(others, volumes)| {
            let is_apart = others.is_disjoint(&users);
            if !is_apart {
                users.append(others);
                members.append(volumes);
            }
            is_apart
        });
        members.sort_by(|a, b| a.volume.cmp(&b.volume));
        groups.push((users, members));
    }
    groups.into_iter().map(|(_, members)| members).collect()
}

/// The containers that a group holds, those that are needed by others last.
fn users<'a>(survey: &'a Survey, group: &[&Files]) -> Vec<&'a User> {
    let mut left: BTreeMap<&str, &User> = BTreeMap::new();
    for files in group {
        let volume = survey.volumes.iter().find(|volume| volume.name == files.volume);
        let held = volume.into_iter().flat_map(|volume| volume.writers());
        left.extend(
            held.filter(|user| files.held.contains(&user.container)).map(|it| (it.container.as_str(), it)),
        );
    }
    let mut ordered = Vec::new();
    while !left.is_empty() {
        let is_needed = |user: &User| left.values().any(|other| other.needs.contains(&user.called));
        // Where needs go round in a circle, any one is as good as another.
        let next = left.values().find(|user| !is_needed(user)).or_else(|| left.values().next()).copied();
        let Some(next) = next else { break };
        left.remove(next.container.as_str());
        ordered.push(next);
    }
    ordered
}

/// The steps that hold everybody still, and those that let them go, in the opposite order. A group is stopped as soon
/// as one of its volumes wants that: one who is frozen cannot be asked to end.
fn hold(group: &[&Files], users: &[&User]) -> (Vec<Step>, Vec<Step>) {
    let stops = group.iter().any(|files| files.mode == Mode::Stop);
    let mut hold = Vec::new();
    let mut release = Vec::new();
    for user in users {
        let container = || user.container.clone();
        if stops {
            hold.push(call(
                "stopping",
                "nobody writes while it is read",
                Call::Stop { container: container(), grace: None },
            ));
        } else {
            hold.push(call(
                "freezing",
                "nobody writes while it is read",
                Call::Pause { container: container() },
            ));
        }
    }
    for user in users.iter().rev() {
        let container = user.container.clone();
        if stops {
            release.push(call("starting", "it serves again", Call::Start { container: container.clone() }));
            let gate = Gate::Ready { container, deadline: READY };
            release.push(step("gate", "those that need it come after", Act::Gate(gate)));
        } else {
            release.push(call("thawing", "it goes on", Call::Unpause { container }));
        }
    }
    (hold, release)
}

fn store(survey: &Survey, files: &Files, target: &Target) -> Option<Step> {
    let volume = survey.volumes.iter().find(|volume| volume.name == files.volume)?;
    let used_by = volume.users.iter().map(|user| (user.called.clone(), user.target.clone())).collect();
    let source = Source::Volume {
        volume: volume.name.clone(),
        driver: volume.driver.clone(),
        labels: volume.labels.clone(),
        used_by,
    };
    let file = format!("volume-{}.tar.zst", file_name(&volume.name));
    let origin = Origin::Volume(volume.name.clone());
    Some(storing(&file, source, files.mode, origin, target))
}

fn dump_steps(database: &Database, dumps: &[Dump], target: &Target) -> Vec<Step> {
    let step = |dump: &Dump| {
        let name = dump.database.as_deref().map(|name| format!("-{}", file_name(name))).unwrap_or_default();
        let (service, recipe) = (file_name(&database.service), database.recipe.word());
        let file = format!("dump-{service}-{recipe}{name}.{}.zst", dump.ending);
        let source = Source::Dump {
            service: database.service.clone(),
            recipe: recipe.to_owned(),
            database: dump.database.clone(),
            version: None,
        };
        let origin = Origin::Command {
            container: database.container.clone(),
            words: dump.command.clone(),
            env: database.env.clone(),
        };
        storing(&file, source, Mode::Dump, origin, target)
    };
    dumps.iter().map(step).collect()
}

fn storing(file: &str, source: Source, mode: Mode, origin: Origin, target: &Target) -> Step {
    let file = target.cipher.program().map_or_else(|| file.to_owned(), |program| format!("{file}.{program}"));
    let cause = match mode {
        Mode::Dump => "the database itself says what is in it",
        Mode::Stop | Mode::Pause => "it does not change now",
        Mode::Live => "it is read as it is",
    };
    let Target { folder, cipher, operation, .. } = target.clone();
    let storing = Storing { folder, file, source, mode, origin, cipher, operation };
    call("storing", cause, Call::Store(Box::new(storing)))
}

fn close(survey: &Survey, warnings: Vec<String>, target: &Target) -> Step {
    let closing = Closing {
        id: target.id.clone(),
        folder: target.folder.clone(),
        stack: survey.stack.clone(),
        services: survey.services.clone(),
        warnings,
    };
    call("closing", "all parts are there: now it is a set", Call::CloseSet(Box::new(closing)))
}

fn call(state: &'static str, cause: &str, call: Call) -> Step {
    step(state, cause, Act::Call(call))
}

fn step(state: &'static str, cause: &str, act: Act) -> Step {
    Step { slot: None, state, cause: text::sanitize(cause), act }
}
