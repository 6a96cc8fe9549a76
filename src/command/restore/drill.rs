//! A drill: every part of a set is restored into something that is thrown away, and what came of it is told.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Aim, Content, DRILL, Deed, Feeding, HOLDER, Import, Load, Reading,
    exchange::call,
    filling::{Maker, database, prove},
    plan::discard,
    server,
};
use crate::{
    backup::VolumeRecord,
    command::plan::{Call, Downtime, Phase, Plan, Risk, Step},
};

/// The file beside a set's manifest in which its last drill is kept.
pub const FILE: &str = "drill.json";

/// A drill, with all that planning it takes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Drilling {
    /// The operation's id.
    pub operation: String,
    /// Which process is at it, as JSON.
    pub holder: String,
    /// The stack.
    pub stack: String,
    /// The set's id.
    pub set: String,
    /// Files, each to go into a volume.
    pub volumes: Vec<Reading>,
    /// Dumps that a server loads.
    pub loads: Vec<Load>,
    /// Dumps that are imported, if they are needed.
    pub imports: Vec<Import>,
    /// How long it may take.
    pub rto: Option<Duration>,
    /// What a person should know beforehand.
    pub notes: Vec<String>,
}

/// What came of a drill.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The set.
    pub set: String,
    /// When it was begun.
    pub began: Timestamp,
    /// Seconds that all of it took.
    pub seconds: f64,
    /// Seconds that it may take, if anybody has said.
    #[serde(default)]
    pub rto_seconds: Option<f64>,
    /// The parts.
    pub parts: Vec<Tried>,
}

/// What came of a part.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tried {
    /// What it was: `volume shop_data`, `postgres dumps of db`.
    pub part: String,
    /// What was checked, in a few words.
    pub checked: Vec<String>,
    /// Seconds that it took.
    pub seconds: f64,
    /// Why it cannot be restored.
    #[serde(default)]
    pub failure: Option<String>,
}

/// What is done about one part, and what is taken away afterwards whatever came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Trial {
    /// The steps.
    pub phase: Phase,
    /// The steps that take away.
    pub after: Phase,
}

impl Report {
    /// Whether every part was restored, and in time.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.parts.iter().all(|part| part.failure.is_none()) && !self.is_late()
    }

    /// Whether it took longer than it may.
    #[must_use]
    pub fn is_late(&self) -> bool {
        self.rto_seconds.is_some_and(|most| self.seconds > most)
    }
}

impl Drilling {
    /// What is done about each part.
    #[must_use]
    pub fn trials(&self) -> Vec<Trial> {
        let labels =
            vec![(DRILL.to_owned(), self.operation.clone()), (HOLDER.to_owned(), self.holder.clone())];
        let mut maker = Maker { operation: self.operation.clone(), labels: labels.clone(), servers: 0 };
        let volume = |number: usize| VolumeRecord {
            name: format!("stacktop-drill-{}-v{number}", self.operation),
            driver: "local".to_owned(),
            labels: labels.iter().cloned().collect(),
            ..VolumeRecord::default()
        };
        let files =
            self.volumes.iter().map(|it| (it.part.source.called(), Content::Files(Box::new(it.clone()))));
        let dumps = self.loads.iter().map(|load| {
            let called = format!("{} dumps of {}", load.recipe.word(), load.service);
            (called, Content::Dumps(Box::new(load.clone())))
        });
        let mut trials = Vec::new();
        for (number, (called, content)) in files.chain(dumps).enumerate() {
            let fresh = volume(number + 1);
            let aim = Aim { home: fresh.clone(), fresh, content };
            let mut steps = verified(&aim.content);
            steps.extend(maker.fill(&aim));
            let after = gone(&steps, &aim.fresh.name);
            trials
                .push(Trial { phase: Phase::single(called, steps), after: Phase::single("clean-up", after) });
        }
        trials.extend(self.imports.iter().enumerate().map(|(number, it)| self.import(number, it, &labels)));
        trials
    }

    /// What is imported elsewhere is looked at; where a label says how, in a container of its own.
    fn import(&self, number: usize, import: &Import, labels: &[(String, String)]) -> Trial {
        let called = format!("{} dump of {}", import.recipe.word(), import.service);
        let prove = |dump| prove(dump, import.recipe.proof(database(dump)));
        let mut steps: Vec<Step> = import.dumps.iter().map(verify).collect();
        steps.extend(import.dumps.iter().filter_map(prove));
        let container = format!("stacktop-drill-{}-i{}", self.operation, number + 1);
        let mut after = Vec::new();
        if let Some(words) = import.recipe.verify(&import.container) {
            let body = server::alone(&import.container, labels);
            let create = Call::Create { name: container.clone(), body };
            steps.push(call("checking", "in a container of its own, without a network", create));
            steps.push(call("checking", "it is started", Call::Start { container: container.clone() }));
            for dump in &import.dumps {
                let feeding = Feeding {
                    container: container.clone(),
                    called: format!("check the {}", dump.part.source.called()),
                    words: words.clone(),
                    env: Vec::new(),
                    from: Some(Box::new(dump.clone())),
                };
                steps.push(call("checking", "its exit code decides", Deed::Feed(feeding).call()));
            }
            after.push(call("removing", "the drill is over", Deed::Dispose { container }.call()));
        }
        Trial { phase: Phase::single(called, steps), after: Phase::single("clean-up", after) }
    }

    /// What would be done, as a plan.
    #[must_use]
    pub fn plan(&self) -> Plan {
        let phases = self.trials().into_iter().flat_map(|trial| [trial.phase, trial.after]).collect();
        let bytes: u64 = self.readings().map(|reading| reading.part.raw_bytes).sum();
        let rto = self.rto.map(|span| ("RTO".to_owned(), crate::command::plan::seconds(span)));
        Plan {
            title: format!("drill {} with set {}", self.stack, self.set),
            risk: Risk::None,
            facts: [("set".to_owned(), self.set.clone())].into_iter().chain(rto).collect(),
            notes: self.notes.clone(),
            phases,
            takes: Duration::from_secs(15 * self.loads.len() as u64 + 1 + bytes / 60_000_000),
            down_for: Downtime::None,
            undo: "nothing of it stays".to_owned(),
        }
    }

    fn readings(&self) -> impl Iterator<Item = &Reading> {
        let dumps = self.loads.iter().flat_map(|load| &load.dumps);
        self.volumes.iter().chain(dumps).chain(self.imports.iter().flat_map(|import| &import.dumps))
    }
}

fn verified(content: &Content) -> Vec<Step> {
    match content {
        Content::Files(reading) => vec![verify(reading)],
        Content::Dumps(load) => load.dumps.iter().map(verify).collect(),
    }
}

fn verify(reading: &Reading) -> Step {
    call("verifying", "damage is told as such", Deed::Verify(reading.clone()).call())
}

/// The throw-away containers of these steps, and the volume.
fn gone(steps: &[Step], volume: &str) -> Vec<Step> {
    let made = steps.iter().filter_map(|step| match &step.act {
        crate::command::plan::Act::Call(Call::Create { name, .. }) => Some(name.clone()),
        _ => None,
    });
    let dispose = |container| call("removing", "the drill is over", Deed::Dispose { container }.call());
    made.map(dispose).chain([discard(volume, "the drill is over")]).collect()
}
