//! Reads what is said of a service beside the engine: its labels, and the compose files that they name.

use std::{
    io,
    path::{Path, PathBuf},
};

use crate::{
    command::{
        Member, ObservedService,
        compose::{self, Course, Settings, Variables},
    },
    engine::{Endpoint, Engine},
};

/// No compose file is longer; a label may name anything.
const LONGEST: u64 = 1 << 20;

/// What is said of a service, by whom.
#[derive(Clone, Debug, Default)]
pub(super) struct Voices {
    pub(super) labels: Settings,
    pub(super) files: Settings,
}

/// Which part of what is said counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// `update_config`.
    Update,
    /// `rollback_config`.
    PutBack,
}

impl Voices {
    /// What the labels say, and what the files say for this purpose.
    pub(super) fn courses(&self, purpose: Purpose) -> (Course, Course) {
        let of = |settings: &Settings| match purpose {
            Purpose::Update => settings.update.clone(),
            Purpose::PutBack => settings.rollback.clone(),
        };
        (of(&self.labels), of(&self.files))
    }

    /// What could not be heeded.
    pub(super) fn notes(&self) -> Vec<String> {
        [self.labels.notes.as_slice(), self.files.notes.as_slice()].concat()
    }
}

/// Listens to all that is said of a service. Files are read where the engine is this machine's own.
pub(super) async fn listen(engine: &Engine, service: &ObservedService) -> Voices {
    let Some(first) = service.members.first() else { return Voices::default() };
    let labels = first.original.container.pointer("/Config/Labels").unwrap_or(&serde_json::Value::Null);
    let name = &service.key.name;
    let files = match engine.endpoint() {
        Endpoint::Unix(_) => of_files(first, name).await,
        Endpoint::Tcp { .. } => out_of_reach(first),
        Endpoint::InProcess(_) => Settings::default(),
    };
    Voices { labels: compose::of_labels(labels, name), files }
}

/// The files of another machine.
fn out_of_reach(member: &Member) -> Settings {
    let named = member.label("com.docker.compose.project.config_files").filter(|named| !named.is_empty());
    let note =
        named.map(|named| unheeded(&format!("{} is on another machine", crate::text::sanitize(named))));
    Settings { notes: note.into_iter().collect(), ..Settings::default() }
}

async fn of_files(member: &Member, service: &str) -> Settings {
    let folder = PathBuf::from(member.label("com.docker.compose.project.working_dir").unwrap_or_default());
    let named = member.label("com.docker.compose.project.config_files").unwrap_or_default();
    let variables = variables(member, &folder).await;
    let mut settings = Settings::default();
    for path in named.split(',').filter(|path| !path.is_empty()) {
        let path = folder.join(path);
        let called = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
        let called = crate::text::sanitize(&called);
        let said = match text(&path).await {
            Ok(text) => compose::of_file(&text, &called, service, &variables),
            Err(error) => Err(format!("{called} cannot be read ({error})")),
        };
        let said = said.unwrap_or_else(|why| Settings { notes: vec![unheeded(&why)], ..Settings::default() });
        settings = said.over(settings);
    }
    settings
}

fn unheeded(why: &str) -> String {
    format!("{why}: what it may say of updates, hooks and replicas is not heeded")
}

/// The project's environment files; `.env` where none is named. Those that are not there say nothing.
async fn variables(member: &Member, folder: &Path) -> Variables {
    let named = member.label("com.docker.compose.project.environment_file").unwrap_or(".env");
    let mut texts = String::new();
    for path in named.split(',') {
        texts.push_str(&text(&folder.join(path)).await.unwrap_or_default());
        texts.push('\n');
    }
    Variables::read(&texts)
}

async fn text(path: &Path) -> io::Result<String> {
    let known = tokio::fs::metadata(path).await?;
    if !known.is_file() || known.len() > LONGEST {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "it is no file of 1 MiB or less"));
    }
    tokio::fs::read_to_string(path).await
}
