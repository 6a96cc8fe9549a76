//! A dashboard without a terminal, on a simulated engine in paused time.

use std::{cell::RefCell, fmt::Write as _, io, rc::Rc, sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};
use ratatui::{
    Terminal, TerminalOptions, Viewport,
    backend::{CrosstermBackend, TestBackend},
    layout::Rect,
};
use stacktop::{
    action::Input,
    domain::{LogBatch, LogLine, LogStream, Memory, Observation, Sample, SampleSource, Traffic},
    engine::Connector,
    model::{Hits, RowKey},
    runtime::{Clocks, Session},
    sim::{Options, Sim, World},
    theme::Theme,
    update::Msg,
    view,
};
use tokio::time::{Instant, MissedTickBehavior, interval, timeout_at};

use super::allocations;

const SCREEN: Rect = Rect { x: 0, y: 0, width: 180, height: 50 };

/// What came to pass in a while.
#[derive(Debug, Default)]
pub(crate) struct Passed {
    pub(crate) frames: usize,
    pub(crate) messages: usize,
}

/// The dashboard, what it draws on, and its engine.
pub(crate) struct Desk {
    session: Session,
    sim: Sim,
    screen: Terminal<TestBackend>,
    wire: Terminal<CrosstermBackend<Wire>>,
    written: Wire,
    theme: Theme,
    samples: i64,
}

/// Counts what is written.
#[derive(Clone, Default)]
struct Wire(Rc<RefCell<usize>>);

impl io::Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        *self.0.borrow_mut() += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Desk {
    /// Connected to an engine with so many containers, seen whole.
    pub(crate) async fn with(containers: usize) -> Self {
        let options = Options { seed: 1, speed: 1.0, epoch: Timestamp::UNIX_EPOCH };
        let sim = Sim::start(World::from_yaml(&world(containers), "budget").unwrap(), options);
        let dialled = sim.clone();
        let connector = Connector::in_process("demo", Arc::new(move || dialled.connect()));
        let written = Wire::default();
        let fixed = TerminalOptions { viewport: Viewport::Fixed(SCREEN) };
        let mut desk = Self {
            session: Session::start(connector, None, Clocks::system()),
            sim,
            screen: Terminal::new(TestBackend::new(SCREEN.width, SCREEN.height)).unwrap(),
            wire: Terminal::with_options(CrosstermBackend::new(written.clone()), fixed).unwrap(),
            written,
            theme: Theme::default(),
            samples: 0,
        };
        desk.draw();
        let is_whole = |desk: &Self| {
            let known = &desk.session.model().known;
            known.taken_at.is_some() && known.snapshot.containers.iter().all(|one| one.pid.is_some())
        };
        while !is_whole(&desk) {
            let msg = desk.session.next().await.unwrap();
            desk.session.apply(msg);
        }
        desk.draw();
        desk
    }

    pub(crate) fn keys(&mut self, keys: &str) {
        for key in keys.chars() {
            self.session.apply(Msg::Input(Input::Key(key.to_string().parse().unwrap())));
            self.draw();
        }
    }

    pub(crate) fn open_all(&mut self) {
        self.keys("*");
    }

    /// Goes down to the first replica, whose overview is the same whatever else there is.
    pub(crate) fn select_a_replica(&mut self) {
        let is_replica = |desk: &Self| matches!(desk.session.model().tree.selected, Some(RowKey::Replica(_)));
        while !is_replica(self) {
            self.keys("j");
        }
    }

    /// Lets time pass as the event loop does: everything that arrives is taken in, what is dirty is drawn.
    pub(crate) async fn pass(&mut self, span: Duration) -> Passed {
        let mut passed = Passed::default();
        let mut tick = interval(Duration::from_secs(1));
        tick.set_missed_tick_behavior(MissedTickBehavior::Skip);
        tick.reset();
        let end = Instant::now() + span;
        loop {
            let next = async {
                tokio::select! {
                    _ = tick.tick() => Msg::Tick,
                    msg = self.session.next() => msg.unwrap(),
                }
            };
            let Ok(msg) = timeout_at(end, next).await else { return passed };
            passed.messages += usize::from(!matches!(msg, Msg::Tick));
            self.session.apply(msg);
            while let Some(msg) = self.session.waiting() {
                passed.messages += 1;
                self.session.apply(msg);
            }
            if self.session.take_dirty() {
                passed.frames += 1;
                self.draw();
            }
        }
    }

    /// One more sample of one container that is on screen, with other numbers than before.
    pub(crate) fn sample_one(&mut self) {
        self.samples += 1;
        let model = self.session.model();
        let of_row = |key: &RowKey| match key {
            RowKey::Replica(key) => model.known.fleet.replica(key)?.container.clone(),
            RowKey::Stack(..) | RowKey::Service(_) => None,
        };
        let id = model
            .tree
            .visible(40)
            .iter()
            .rev()
            .find_map(|row| of_row(&row.key))
            .expect("a replica is visible");
        let step = u64::try_from(self.samples).unwrap();
        let sample = Sample {
            at: Timestamp::now() + SignedDuration::from_secs(self.samples),
            cpu_ns: step * step * 20_000_000,
            system_ns: None,
            cpus: 2,
            memory: Memory { used: step << 24, limit: 1 << 30 },
            network: Some(Traffic { input: step * step * 5_000, output: step * step * 3_000 }),
            block: None,
            pids: Some(step),
            share: None,
            pressure: None,
            source: SampleSource::Kernel,
        };
        self.session.apply(Msg::Engine(Observation::Samples(vec![(id, sample)])));
    }

    /// So many lines arrive for the logs that are read.
    pub(crate) fn say(&mut self, lines: usize) {
        let text = "level=info msg=\"request served\" path=/v1/orders status=200 took=12ms".to_owned();
        let line = LogLine { at: Some(Timestamp::UNIX_EPOCH), stream: LogStream::Stdout, text };
        let batch = LogBatch { lines: vec![(0, line); lines], failures: Vec::new() };
        let generation = self.session.model().logs.generation;
        self.session.apply(Msg::Logs { generation, batch });
    }

    /// How often the engine was asked to measure a container.
    pub(crate) fn measured(&self) -> usize {
        self.sim.requests().iter().filter(|seen| seen.query.contains("one-shot=true")).count()
    }

    /// Of this thread, in this work.
    pub(crate) fn allocations(&mut self, work: impl FnOnce(&mut Self)) -> u64 {
        let before = allocations::so_far();
        work(self);
        allocations::so_far() - before
    }

    /// Once everything that is made once has been made.
    pub(crate) fn allocations_of_a_frame(&mut self) -> u64 {
        self.draw();
        self.draw();
        self.allocations(Self::draw)
    }

    pub(crate) fn bytes_of_a_frame(&mut self) -> usize {
        *self.written.0.borrow_mut() = 0;
        let (model, theme) = (self.session.model(), &self.theme);
        let draw = |frame: &mut ratatui::Frame<'_>| {
            view::draw(model, theme, frame);
        };
        self.wire.draw(draw).unwrap();
        *self.written.0.borrow()
    }

    fn draw(&mut self) {
        let mut hits = Hits::default();
        let (model, theme) = (self.session.model(), &self.theme);
        self.screen.draw(|frame| hits = view::draw(model, theme, frame)).unwrap();
        self.session.apply(Msg::Hits(hits));
    }
}

/// Stacks of ten services of ten replicas.
fn world(containers: usize) -> String {
    let mut text = String::from("stacks:\n");
    for stack in 0..containers.div_ceil(100) {
        writeln!(text, "  stack{stack:02}:\n    kind: compose\n    age: 5d\n    services:").unwrap();
        let here = (containers - stack * 100).min(100);
        for service in 0..here.div_ceil(10) {
            let replicas = (here - service * 10).min(10);
            let load = "{cpu: 4, noise: 0.8, memory: 80M, rx: 20K, tx: 10K, pids: 7}";
            let rest = format!("image: \"app:1\", replicas: {replicas}, load: {load}");
            writeln!(text, "      svc{service}: {{{rest}}}").unwrap();
        }
    }
    if containers == 0 { "stacks: {}\n".to_owned() } else { text }
}
