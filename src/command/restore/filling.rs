//! Fresh volumes: files are written and read back, dumps are loaded by a server and checked.

use std::time::Duration;

use super::{
    Aim, Content, DRILL, Deed, Feeding, Filling, From, Load, Proving, Reading, Seeding,
    exchange::{call, step},
    server,
};
use crate::{
    backup::Source,
    command::{
        backup::Proof,
        plan::{Act, Call, Gate, Step},
    },
};

/// How long a server has to start, and so long for each [`RATE`] bytes of a seed that it reads before.
const START: Duration = Duration::from_secs(120);
const RATE: u64 = 20_000_000;

/// How long a server is given to write everything down when it ends.
const END: Duration = Duration::from_secs(300);

/// Who fills, and what is made for it is called.
#[derive(Clone, Debug)]
pub(super) struct Maker {
    /// The operation's id.
    pub(super) operation: String,
    /// The labels of throw-away containers.
    pub(super) labels: Vec<(String, String)>,
    /// How many servers were made.
    pub(super) servers: usize,
}

impl Maker {
    /// The steps that make a volume, fill it and see that it is whole.
    pub(super) fn fill(&mut self, aim: &Aim) -> Vec<Step> {
        let mut steps = match &aim.content {
            Content::Files(_) => Vec::new(),
            Content::Dumps(load) => {
                load.dumps.iter().filter_map(|dump| prove(dump, load.recipe.proof(database(dump)))).collect()
            }
        };
        let make = Deed::MakeVolume(aim.fresh.clone()).call();
        steps.push(call("making", "nothing that is there is touched", make));
        match &aim.content {
            Content::Files(reading) => {
                let filling = Filling {
                    volume: aim.fresh.name.clone(),
                    from: From::Part(reading.clone()),
                    operation: self.operation.clone(),
                };
                steps.push(call(
                    "filling",
                    "what was written must be what was stored",
                    Deed::Fill(filling).call(),
                ));
            }
            Content::Dumps(load) => steps.extend(self.load(load, &aim.fresh.name)),
        }
        steps
    }

    /// The steps by which a server of its own loads dumps into `volume`.
    fn load(&mut self, load: &Load, volume: &str) -> Vec<Step> {
        self.servers += 1;
        let kind = if self.labels.iter().any(|(name, _)| name == DRILL) { "drill" } else { "restore" };
        let name = format!("stacktop-{kind}-{}-{}", self.operation, self.servers);
        let container = || name.clone();
        let body = server::body(load, volume, &self.labels);
        let create = Call::Create { name: container(), body };
        let mut steps = vec![call("loading", "a server of its own, without a network", create)];
        steps.extend(seeds(load, &name));
        steps.push(call("loading", "it sets itself up", Call::Start { container: container() }));
        let seed: u64 =
            load.recipe.seed().map_or(0, |_| load.dumps.iter().map(|dump| dump.part.raw_bytes).sum());
        let gate = Gate::Answers {
            container: container(),
            command: load.recipe.ready(),
            deadline: START + Duration::from_secs(seed / RATE),
        };
        steps.push(step("gate", "it must take dumps", Act::Gate(gate)));
        let feed = |called: String, words, from| {
            Deed::Feed(Feeding { container: container(), called, words, env: Vec::new(), from }).call()
        };
        for dump in &load.dumps {
            let Some(words) = load.recipe.load(database(dump), &serde_json::Value::Null) else { continue };
            let called = format!("load the {}", dump.part.source.called());
            let fed = feed(called, words, Some(Box::new(dump.clone())));
            steps.push(call("loading", "its exit code decides", fed));
        }
        for dump in &load.dumps {
            let Some(words) = load.recipe.check(database(dump)) else { continue };
            let fed = feed(format!("check the {}", dump.part.source.called()), words, None);
            steps.push(call("checking", "all of it is read", fed));
        }
        if let Some(words) = load.recipe.settle(&server::words(&load.origin)) {
            let fed = feed(format!("settle {}", load.recipe.word()), words, None);
            steps.push(call("settling", "the service must find it so", fed));
        }
        steps.push(call(
            "settling",
            "it writes everything down",
            Call::Stop { container: container(), grace: Some(END) },
        ));
        steps.push(call("settling", "it has done its work", Deed::Dispose { container: container() }.call()));
        steps
    }
}

fn seeds(load: &Load, container: &str) -> Vec<Step> {
    let Some(file) = load.recipe.seed() else { return Vec::new() };
    let seed = |dump: &Reading| {
        let seeding = Seeding {
            container: container.to_owned(),
            folder: load.folder.clone(),
            file: file.to_owned(),
            from: dump.clone(),
        };
        call("loading", "it reads the dump when it starts", Deed::Seed(seeding).call())
    };
    load.dumps.iter().map(seed).collect()
}

/// A step that looks at a dump, where that tells something.
pub(super) fn prove(dump: &Reading, proof: Proof) -> Option<Step> {
    let proving = Proving { from: dump.clone(), proof };
    (proof != Proof::Server)
        .then(|| call("checking", "it must be what it is called", Deed::Prove(proving).call()))
}

/// The database of a dump, where a service has several.
pub(super) fn database(dump: &Reading) -> Option<&str> {
    match &dump.part.source {
        Source::Dump { database, .. } => database.as_deref(),
        Source::Volume { .. } => None,
    }
}
