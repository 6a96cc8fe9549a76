//! What is said of a service beside the engine: by its labels, and by the compose files that they name.

use super::files::{Named, unheeded};
use crate::{
    command::{
        Member, ObservedService,
        compose::{self, Course, Hook, Settings},
    },
    engine::{Endpoint, Engine},
};

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

    /// What the files say is run in a container before it is stopped.
    pub(super) fn hooks(&self) -> Vec<Hook> {
        self.files.pre_stop.iter().map(|said| said.value.clone()).collect()
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
        Endpoint::Unix(_) => Named::by(first).read(name).await,
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
