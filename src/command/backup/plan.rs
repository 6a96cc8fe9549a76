//! The steps of a backup.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    time::Duration,
};

use super::{
    Closing, Origin, Storing,
    course::{Course, Files},
    holding::{Held, Hold},
    recipe::Dump,
    survey::{Database, Survey, User},
};
use crate::{
    backup::{Cipher, Mode, Scope, Source, file_name},
    command::{
        plan::{Act, Call, Downtime, Phase, Plan, Risk, Step},
        restore::{Deed, Feeding, Hook},
    },
    text,
};

/// What a volume takes that was never stored: little, as most are.
const UNKNOWN: Duration = Duration::from_secs(5);

/// Bytes that are stored in a second, for the estimate.
const RATE: u64 = 100_000_000;

/// What no archive of an engine holds. Manifests say so.
const NOT_CARRIED: &str = "archives of volumes hold neither extended attributes of users nor access control lists, nor the \
                           setuid bit of files with several names; sockets are left out, holes in files are filled";

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
    /// What the set is to hold.
    pub scope: Scope,
    /// The only service that is backed up, if it is not all of the stack.
    pub service: Option<String>,
}

/// A backup that is planned.
#[derive(Clone, Debug, PartialEq)]
pub struct Backup {
    /// What would be done.
    pub plan: Plan,
    /// Who is held for a while, in the order in which they go on: they must, whatever becomes of it.
    pub held: Vec<Held>,
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
    let stored = |files: &&Files| store(survey, files, sizes.get(&files.volume).copied(), target);
    let reading: Vec<Step> = free.iter().filter_map(stored).collect();
    phases.extend((!reading.is_empty()).then(|| Phase::single("volumes", reading)));
    let mut all_held: Vec<Held> = free.iter().flat_map(|files| writers(survey, files)).collect();
    let (mut is_anybody_held, mut held_for) = (false, Duration::ZERO);
    for group in groups(&held) {
        let mut users = self::held(survey, &group);
        let took = group.iter().map(|files| estimate(sizes.get(&files.volume))).sum::<Duration>();
        held_for = held_for.max(took);
        let hold = users.iter().map(Held::hold).collect::<Vec<_>>();
        users.reverse();
        let release = users.iter().flat_map(Held::release);
        let steps = hold.into_iter().chain(group.iter().filter_map(stored)).chain(release).collect();
        phases.push(Phase::single(title(&group), steps));
        is_anybody_held = true;
        all_held.retain(|live| users.iter().all(|user| user.container != live.container));
        all_held.extend(users);
    }
    phases.push(Phase::single("set", vec![close(survey, warnings(course, &notes), target)]));
    let all: Duration = course.files.iter().map(|files| estimate(sizes.get(&files.volume))).sum();
    let plan = Plan {
        title: title_of(survey, target),
        risk: if is_anybody_held { Risk::Some } else { Risk::None },
        facts: facts(course, dumps, target),
        notes,
        phases,
        takes: all + UNKNOWN * dumps.len() as u32,
        down_for: if is_anybody_held { Downtime::Each(held_for) } else { Downtime::None },
        undo: format!("`stacktop backup prune`, or remove {}", target.folder.display()),
    };
    Backup { plan, held: all_held }
}

fn title_of(survey: &Survey, target: &Target) -> String {
    let service = target.service.as_ref().map(|service| format!("/{service}")).unwrap_or_default();
    let what = match target.scope {
        Scope::All => String::new(),
        Scope::Dumps => "the dumps of ".to_owned(),
        Scope::Volumes => "the volumes of ".to_owned(),
    };
    format!("back up {what}{}{service}", survey.stack)
}

/// What the manifest warns of.
fn warnings(course: &Course, notes: &[String]) -> Vec<String> {
    let of_archives = (!course.files.is_empty()).then(|| NOT_CARRIED.to_owned());
    notes.iter().cloned().chain(of_archives).collect()
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
    left_out.chain(live).chain(binds).chain(course.undumped.iter().cloned()).collect()
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

/// Whom a group holds, in the order in which they are held: the opposite of that in which they go on. All are stopped as
/// soon as one of the volumes wants that: one who is frozen cannot be asked to end.
fn held(survey: &Survey, group: &[&Files]) -> Vec<Held> {
    let by = if group.iter().any(|files| files.mode == Mode::Stop) { Hold::Stop } else { Hold::Pause };
    let held = |user: &User| Held { container: user.container.clone(), service: user.called.clone(), by };
    users(survey, group).into_iter().map(held).collect()
}

/// Who writes to a volume that is read as it is: a second reading may need them frozen.
fn writers(survey: &Survey, files: &Files) -> Vec<Held> {
    let volume = survey.volumes.iter().find(|volume| volume.name == files.volume);
    let writers = volume.filter(|_| files.mode == Mode::Live).into_iter().flat_map(|volume| volume.writers());
    let held = |user: &User| Held {
        container: user.container.clone(),
        service: user.called.clone(),
        by: Hold::Pause,
    };
    writers.map(held).collect()
}

fn store(survey: &Survey, files: &Files, expected: Option<u64>, target: &Target) -> Option<Step> {
    let volume = survey.volumes.iter().find(|volume| volume.name == files.volume)?;
    let used_by = volume.users.iter().map(|user| (user.called.clone(), user.target.clone())).collect();
    let source = Source::Volume {
        volume: volume.name.clone(),
        driver: volume.driver.clone(),
        options: volume.options.clone(),
        labels: volume.labels.clone(),
        used_by,
    };
    let file = format!("volume-{}.tar.zst", file_name(&volume.name));
    let origin = Origin::Volume(volume.name.clone());
    let freeze = writers(survey, files).into_iter().map(|held| held.container).collect();
    let part = Part { file, source, mode: files.mode, origin, expected, freeze };
    Some(storing(part, target))
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
            version: database.version.clone(),
        };
        let origin = Origin::Command {
            container: database.container.clone(),
            words: dump.command.clone(),
            env: database.env.clone(),
        };
        let part = Part { file, source, mode: Mode::Dump, origin, expected: None, freeze: Vec::new() };
        storing(part, target)
    };
    let (before, after) = hooks(database, target);
    before.into_iter().chain(dumps.iter().map(step)).chain(after).collect()
}

/// What labels have run before the dumps, and after them.
fn hooks(database: &Database, target: &Target) -> (Option<Step>, Option<Step>) {
    let (before, after) = database.hooks.clone();
    let container = database.container.clone();
    let Some(after) = after else {
        let called = "run the hook before the dumps".to_owned();
        let feeding = |words| Feeding { container, called, words, env: Vec::new(), from: None };
        let before = before.map(|words| Deed::Feed(feeding(words)).call());
        return (before.map(|it| call("hook", "a label says so", it)), None);
    };
    let (folder, service) = (target.folder.clone(), database.service.clone());
    let hook = Hook { folder, service, container, before: before.unwrap_or_default(), after };
    let first = call("hook", "what is run after the dumps is noted first", Deed::Before(hook.clone()).call());
    (Some(first), Some(call("hook", "a label says so", Deed::After(hook).call())))
}

/// A part that is to be stored, wherever that will be.
struct Part {
    file: String,
    source: Source,
    mode: Mode,
    origin: Origin,
    expected: Option<u64>,
    freeze: Vec<String>,
}

fn storing(part: Part, target: &Target) -> Step {
    let Part { file, source, mode, origin, expected, freeze } = part;
    let file = target.cipher.program().map_or_else(|| file.clone(), |program| format!("{file}.{program}"));
    let cause = match mode {
        Mode::Dump => "the database itself says what is in it",
        Mode::Stop | Mode::Pause => "it does not change now",
        Mode::Live => "it is read as it is",
    };
    let Target { folder, cipher, operation, .. } = target.clone();
    let storing = Storing { folder, file, source, mode, origin, expected, freeze, cipher, operation };
    call("storing", cause, Call::Store(Box::new(storing)))
}

fn close(survey: &Survey, warnings: Vec<String>, target: &Target) -> Step {
    let closing = Closing {
        id: target.id.clone(),
        folder: target.folder.clone(),
        stack: survey.stack.clone(),
        services: survey.services.clone(),
        scope: target.scope,
        service: target.service.clone(),
        warnings,
    };
    call("closing", "all parts are there: now it is a set", Call::CloseSet(Box::new(closing)))
}

fn call(state: &'static str, cause: &str, call: Call) -> Step {
    Step { slot: None, state, cause: text::sanitize(cause), act: Act::Call(call) }
}
