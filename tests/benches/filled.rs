//! The state of the dashboard with 15 minutes of history, in a process of its own, so that its memory can be read.

use std::{
    hint::black_box,
    path::Path,
    process::{Command, ExitCode},
    time::{Duration, Instant},
};

use jiff::{SignedDuration, Timestamp};
use ratatui::{Terminal, backend::TestBackend};
use stacktop::{
    action::Input,
    domain::{ContainerId, ContainerState, Memory, Observation, Sample, SampleSource, Traffic},
    engine::{Choice, Connector, Surroundings, observe},
    model::{Clock, Model, SPAN},
    theme::Theme,
    update::{Msg, Stamped, update},
    view,
};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::{process, table::median};

/// The word that asks this program for it.
pub const WORD: &str = "filled";

const FRAMES: usize = 300;

/// What was found.
pub struct Filled {
    /// A frame, in milliseconds.
    pub frame: f64,
    /// A message with the sample of one container, in microseconds.
    pub one: f64,
    /// A sample among those of all containers, in microseconds.
    pub each: f64,
    /// Memory, in MB.
    pub resident: f64,
}

/// Measures the state of the engine that listens there.
pub fn of(socket: &Path) -> Filled {
    let me = std::env::current_exe().expect("this program has a path");
    let output = Command::new(me).arg(WORD).arg(socket).output().expect("this program can be started again");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let told: Vec<f64> = text.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    let [frame, one, each, resident] = told[..] else { panic!("no four numbers: {text}") };
    Filled { frame, one, each, resident }
}

/// The other process.
pub fn run(words: &[String]) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let socket = words.first().expect("the socket is named").clone();
    runtime.expect("threads can be started").block_on(async move {
        let Filled { frame, one, each, resident } = fill(&socket).await;
        println!("{frame} {one} {each} {resident}");
    });
    ExitCode::SUCCESS
}

async fn fill(socket: &str) -> Filled {
    let choice = Choice { host: Some(format!("unix://{socket}")), context: None };
    let connector = Connector::choose(&choice, &Surroundings::default()).expect("the address makes sense");
    let (_watched, watching) = watch::channel(Vec::new());
    let token = CancellationToken::new();
    let mut state = State::new(connector.endpoint().to_string());
    let (mut observations, _handle) = observe(connector, None, watching, token.clone());
    while state.model.known.taken_at.is_none() {
        state.apply(Msg::Engine(observations.recv().await.expect("the engine is there")));
    }
    token.cancel();
    drop(observations);
    state.draw();
    state.apply(Msg::Input(Input::Key("*".parse().expect("a key"))));
    state.measure()
}

/// The state, and the time in it.
struct State {
    model: Model,
    terminal: Terminal<TestBackend>,
    theme: Theme,
    began: Timestamp,
    running: Duration,
}

impl State {
    fn new(endpoint: String) -> Self {
        let began = Timestamp::now();
        let model = Model::new(endpoint, Clock { wall: began, running: Duration::ZERO });
        let terminal = Terminal::new(TestBackend::new(180, 50)).expect("it cannot fail");
        Self { model, terminal, theme: Theme::default(), began, running: Duration::ZERO }
    }

    fn apply(&mut self, msg: Msg) {
        let wall = self.began + SignedDuration::try_from(self.running).unwrap_or_default();
        black_box(update(&mut self.model, Stamped { clock: Clock { wall, running: self.running }, msg }));
    }

    fn draw(&mut self) {
        let (mut hits, model, theme) = (None, &self.model, &self.theme);
        self.terminal.draw(|frame| hits = Some(view::draw(model, theme, frame))).expect("it cannot fail");
        self.apply(Msg::Hits(hits.expect("it was drawn")));
    }

    fn measure(mut self) -> Filled {
        let containers = &self.model.known.snapshot.containers;
        let running = containers.iter().filter(|container| container.state == ContainerState::Running);
        let ids: Vec<ContainerId> = running.map(|container| container.id.clone()).collect();
        let mut each = Vec::new();
        for second in 0..SPAN.as_secs() {
            self.running = Duration::from_secs(second);
            let samples: Vec<_> = ids.iter().map(|id| (id.clone(), self.sample(second))).collect();
            let began = Instant::now();
            self.apply(Msg::Engine(Observation::Samples(samples)));
            each.push(began.elapsed().as_secs_f64() * 1e6 / ids.len() as f64);
            self.apply(Msg::Tick);
        }
        let mut one = Vec::new();
        for (step, id) in ids.iter().take(FRAMES).enumerate() {
            let msg = Msg::Engine(Observation::Samples(vec![(id.clone(), self.sample(901 + step as u64))]));
            let began = Instant::now();
            self.apply(msg);
            one.push(began.elapsed().as_secs_f64() * 1e6);
        }
        let mut frames = Vec::new();
        for step in 0..FRAMES {
            self.running += Duration::from_secs(1);
            let samples =
                ids.iter().take(64).map(|id| (id.clone(), self.sample(2000 + step as u64))).collect();
            self.apply(Msg::Engine(Observation::Samples(samples)));
            let began = Instant::now();
            self.draw();
            frames.push(began.elapsed().as_secs_f64() * 1e3);
        }
        let resident = process::resident(std::process::id()).0;
        Filled { frame: median(frames), one: median(one), each: median(each), resident }
    }

    fn sample(&self, second: u64) -> Sample {
        let at = self.began + SignedDuration::from_secs(i64::try_from(second).unwrap_or_default());
        Sample {
            at,
            cpu_ns: second * (1_000_000 + second * 7919 % 90_000_000),
            system_ns: None,
            cpus: 2,
            memory: Memory { used: (50 << 20) + second * 4096, limit: 1 << 30 },
            network: Some(Traffic { input: second * 1000, output: second * 700 }),
            block: Some(Traffic { input: second * 100, output: second * 70 }),
            pids: Some(7),
            share: None,
            pressure: None,
            source: SampleSource::Kernel,
        }
    }
}
