//! The state and one engine.

use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use super::{
    Clocks, Healing, Shelving, backups, inspect, jobs::Jobs, journal, log_tasks::LogTasks, recovery::Recovery,
};
use crate::{
    action::Keymap,
    domain::{ContainerId, Link, Observation},
    engine::{Connector, Engine, Host, ObserverHandle, observe},
    model::{Access, Model, RowKey},
    update::{Effect, Msg, Object, Stamped, update},
};

/// Messages that may wait for the state; those who send more wait.
const QUEUE: usize = 256;

/// How often this machine is measured.
const HOST_PERIOD: Duration = Duration::from_secs(2);

/// The state, joined with the engine that it shows.
#[derive(Debug)]
pub struct Session {
    model: Model,
    clocks: Clocks,
    observations: mpsc::Receiver<Observation>,
    observer: ObserverHandle,
    answers: mpsc::Receiver<Msg>,
    answer: mpsc::Sender<Msg>,
    watched: watch::Sender<Vec<ContainerId>>,
    logs: LogTasks,
    jobs: Jobs,
    recovery: Recovery,
    shelving: Option<Shelving>,
    token: CancellationToken,
}

impl Session {
    /// Starts to observe the engine; what was reached of it already is taken over.
    #[must_use]
    pub fn start(connector: Connector, reached: Option<Engine>, clocks: Clocks) -> Self {
        let token = CancellationToken::new();
        let (watched, watching) = watch::channel(Vec::new());
        let (answer, answers) = mpsc::channel(QUEUE);
        let mut model = Model::new(connector.endpoint().to_string(), clocks.now());
        let is_local = connector.is_local();
        let (observations, observer) = observe(connector, reached, watching, token.clone());
        // Where the system does not name its zone it takes a while to be found: the engine works meanwhile.
        model.zone = clocks.zone();
        if is_local {
            measure_host(answer.clone(), token.clone());
        }
        let (logs, jobs) = (LogTasks::new(answer.clone()), Jobs::new(answer.clone()));
        let recovery = Recovery::new(answer.clone());
        let shelving = None;
        Self {
            model,
            clocks,
            observations,
            observer,
            answers,
            answer,
            watched,
            logs,
            jobs,
            recovery,
            shelving,
            token,
        }
    }

    /// Says where backups stand, and what was settled about them.
    #[must_use]
    pub fn with_shelving(mut self, shelving: Option<Shelving>) -> Self {
        self.shelving = shelving;
        self
    }

    /// Says whether anything may be changed on the engine.
    #[must_use]
    pub const fn with_access(mut self, access: Access) -> Self {
        self.model.access = access;
        self
    }

    /// Says why nothing may be changed, where somebody has settled that.
    #[must_use]
    pub fn guarded(mut self, guard: Option<String>) -> Self {
        self.model.guard = guard;
        self
    }

    /// Gives the dashboard other keys.
    #[must_use]
    pub fn with_keymap(mut self, keymap: Option<Keymap>) -> Self {
        if let Some(keymap) = keymap {
            self.model.keymap = keymap;
        }
        self
    }

    /// Says whether services that were left without a replica are brought back.
    #[must_use]
    pub const fn with_healing(mut self, healing: Healing) -> Self {
        self.recovery.set(healing);
        self
    }

    /// The state.
    #[must_use]
    pub const fn model(&self) -> &Model {
        &self.model
    }

    /// The engine, while the link is live.
    #[must_use]
    pub fn engine(&self) -> Option<Engine> {
        self.observer.engine()
    }

    /// Waits for the next message; `None` once nothing can come any more. It may be dropped while it waits.
    pub async fn next(&mut self) -> Option<Msg> {
        tokio::select! {
            biased;
            observation = self.observations.recv() => observation.map(Msg::Engine),
            answer = self.answers.recv() => answer,
        }
    }

    /// A message that waits already.
    pub fn waiting(&mut self) -> Option<Msg> {
        let observation = self.observations.try_recv().ok().map(Msg::Engine);
        observation.or_else(|| self.answers.try_recv().ok())
    }

    /// Applies a message and carries out what it asks of the engine; what it asks of the terminal is returned.
    pub fn apply(&mut self, msg: Msg) -> Vec<Effect> {
        let effects = update(&mut self.model, Stamped { clock: self.clocks.now(), msg });
        if self.model.link == Link::Live {
            self.recovery.begin(self.observer.engine());
        }
        effects.into_iter().filter_map(|effect| self.perform(effect)).collect()
    }

    /// Whether the screen has to be drawn; it is then taken as drawn.
    pub fn take_dirty(&mut self) -> bool {
        std::mem::take(&mut self.model.dirty)
    }

    fn perform(&mut self, effect: Effect) -> Option<Effect> {
        match effect {
            Effect::Quit | Effect::Suspend | Effect::Redraw | Effect::Shell(_) => return Some(effect),
            Effect::Retry => {
                self.observer.retry_now();
                self.observer.look_now();
            }
            Effect::Watch(containers) => {
                self.watched.send_replace(containers);
            }
            Effect::FollowLogs { generation, request } => {
                if let Some(engine) = self.observer.engine() {
                    self.logs.replace(&engine, generation, request);
                }
            }
            Effect::Inspect { row, object } => self.inspect(row, object),
            Effect::ReadJournal => self.read_journal(),
            Effect::ReadBackups => self.read_backups(),
            Effect::Tail(container) => self.tail(container),
            Effect::Prepare { job, request } => {
                let place = self.shelving.clone();
                self.jobs.prepare((self.observer.engine(), place), job, request);
            }
            Effect::AskHolders => self.recovery.ask(self.observer.engine()),
            Effect::Verify { job, stack, set } => self.jobs.verify(self.shelving.clone(), job, stack, set),
            Effect::Run(jobs) => self.jobs.run(self.observer.engine(), jobs),
            Effect::PauseJob(job) => self.jobs.pause(job),
            Effect::Stop(job) => self.jobs.stop(job),
        }
        None
    }

    fn inspect(&self, row: RowKey, object: Object) {
        let Some(engine) = self.observer.engine() else { return };
        let answer = self.answer.clone();
        tokio::spawn(ask(engine, row, object, answer));
    }

    fn read_journal(&self) {
        let Some(engine) = self.observer.engine() else { return };
        let answer = self.answer.clone();
        tokio::spawn(async move {
            let operations = journal::read(&engine).await;
            // A receiver that is gone means that the program ends.
            let _ended = answer.send(Msg::Journal(operations)).await;
        });
    }

    fn read_backups(&self) {
        let (shelving, answer) = (self.shelving.clone(), self.answer.clone());
        tokio::spawn(async move {
            let backups = backups::read(shelving).await;
            // A receiver that is gone means that the program ends.
            let _ended = answer.send(Msg::Backups(backups)).await;
        });
    }

    fn tail(&self, container: ContainerId) {
        if let Some(engine) = self.observer.engine() {
            tokio::spawn(last_lines(engine, container, self.answer.clone()));
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.token.cancel();
    }
}

async fn last_lines(engine: Engine, container: ContainerId, answers: mpsc::Sender<Msg>) {
    let lines = inspect::tail(&engine, &container).await;
    // A receiver that is gone means that the program ends.
    let _ended = answers.send(Msg::Tail { container, lines }).await;
}

async fn ask(engine: Engine, row: RowKey, object: Object, answers: mpsc::Sender<Msg>) {
    let answer = inspect::describe(&engine, object).await;
    // A receiver that is gone means that the program ends.
    let _ended = answers.send(Msg::Inspected { row, answer }).await;
}

fn measure_host(answers: mpsc::Sender<Msg>, token: CancellationToken) {
    tokio::spawn(async move {
        let Some(mut host) = Host::new() else { return };
        let mut period = tokio::time::interval(HOST_PERIOD);
        while token.run_until_cancelled(period.tick()).await.is_some() {
            if answers.send(Msg::Host(host.usage())).await.is_err() {
                return;
            }
        }
    });
}
