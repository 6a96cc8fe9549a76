//! How each volume is kept consistent while it is read.

use std::collections::{BTreeMap, BTreeSet};

use super::survey::{Supervision, Survey, User, Volume, Wish};
use crate::backup::Mode;

/// Bytes that can be read while people wait: 30 s at 100 MB/s.
const MOST_WHILE_FROZEN: u64 = 3_000_000_000;

/// What is done about each volume of a survey.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Course {
    /// Volumes whose files are stored, by name.
    pub files: Vec<Files>,
    /// Volumes of which no files are stored, and why.
    pub left_out: BTreeMap<String, String>,
    /// What a person should know of databases that cannot be dumped.
    pub undumped: Vec<String>,
}

/// A volume whose files are stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Files {
    /// The volume's name.
    pub volume: String,
    /// How it is kept consistent.
    pub mode: Mode,
    /// Why so.
    pub reason: String,
    /// Containers that are stopped, or frozen, meanwhile.
    pub held: BTreeSet<String>,
}

impl Course {
    /// The course for a survey. `forced` is what the person asks for; `sizes` are those of the last set, in bytes;
    /// `dumped` are the services whose databases can be dumped now.
    #[must_use]
    pub fn of(
        survey: &Survey,
        forced: Option<Mode>,
        sizes: &BTreeMap<String, u64>,
        dumped: &BTreeSet<String>,
    ) -> Self {
        let mut course = Self::default();
        for (volume, other) in &survey.aside {
            let why = format!(
                "containers have {other} since a restore; `docker volume rm {volume}` removes it once nobody wants it back"
            );
            course.left_out.insert(volume.clone(), why);
        }
        for volume in &survey.volumes {
            let dump = survey
                .databases
                .iter()
                .find(|one| one.covers.contains(&volume.name) && dumped.contains(&one.service));
            let size = sizes.get(&volume.name).copied();
            let wish = forced.filter(|mode| *mode != Mode::Dump).map(Wish::Mode).or_else(|| volume.wish());
            match (wish, dump) {
                (Some(Wish::Skip), _) => {
                    course.left_out.insert(volume.name.clone(), "a label says so".to_owned());
                }
                (None | Some(Wish::Mode(Mode::Dump)), Some(database)) => {
                    let why = format!("the {} dump of {} holds it", database.recipe.word(), database.service);
                    course.left_out.insert(volume.name.clone(), why);
                }
                (Some(Wish::Mode(mode)), _) => {
                    let whose = if forced.is_some() { "--mode says so" } else { "a label says so" };
                    course.files.push(files(volume, mode, whose.to_owned()));
                }
                (None, None) => course.files.push(by_rule(survey, volume, size)),
            }
        }
        course
    }
}

/// What a database keeps is consistent as the database leaves it, however large it is.
fn by_rule(survey: &Survey, volume: &Volume, size: Option<u64>) -> Files {
    if let Some(database) = survey.databases.iter().find(|one| one.covers.contains(&volume.name)) {
        return files(
            volume,
            Mode::Stop,
            format!("{} is a database that cannot be dumped", database.service),
        );
    }
    match size {
        Some(bytes) if bytes > MOST_WHILE_FROZEN => {
            let size = crate::text::bytes(bytes);
            files(volume, Mode::Live, format!("freezing its users for {size} would take long"))
        }
        Some(_) | None => files(volume, Mode::Pause, "its users are frozen for a moment".to_owned()),
    }
}

/// Nobody is held where nobody writes. What Swarm looks after cannot be stopped: it starts another one.
fn files(volume: &Volume, mode: Mode, reason: String) -> Files {
    let writers: Vec<&User> = volume.writers().collect();
    let of_swarm = writers.iter().any(|user| user.supervision == Supervision::Swarm);
    let (mode, reason) = match mode {
        _ if writers.is_empty() => (Mode::Stop, "nothing that runs writes to it".to_owned()),
        // There is no dump to be had: its files are taken as safely.
        Mode::Dump => (Mode::Stop, "no database of it can be dumped".to_owned()),
        Mode::Stop if of_swarm => {
            (Mode::Pause, "Swarm would start another task in place of a stopped one".to_owned())
        }
        mode => (mode, reason),
    };
    let held = match mode {
        Mode::Stop | Mode::Pause => writers.iter().map(|user| user.container.clone()).collect(),
        Mode::Dump | Mode::Live => BTreeSet::new(),
    };
    Files { volume: volume.name.clone(), mode, reason, held }
}
