//! The event loop of the dashboard.

mod shell;

use std::{io, time::Duration};

use tokio::time::{Interval, MissedTickBehavior, interval};

use super::{
    Clocks, Healing, Session, Shelving, diagnostics,
    pacer::Pacer,
    signals::{Signal, Signals, sleep_until_woken},
};
use crate::{
    action::{Input, Keymap},
    engine::{Connector, Engine},
    model::{Access, Hits, Model},
    term::{Inputs, Tui},
    theme::Theme,
    update::{Effect, Msg, farewell},
    view,
};

/// Messages that are taken in between two looks at the keyboard.
const DRAINED: usize = 16;

/// Ages and the clock are shown in seconds.
const TICK: Duration = Duration::from_secs(1);

/// How the dashboard is to be.
pub struct Options {
    /// Its colours and glyphs.
    pub theme: Theme,
    /// Its clocks.
    pub clocks: Clocks,
    /// Whether it may change anything on the engine.
    pub access: Access,
    /// Its keys, if they are others than the shipped ones.
    pub keymap: Option<Keymap>,
    /// Why it may not, in a sentence, where somebody has settled that.
    pub guard: Option<String>,
    /// Whether services that were left without a replica are brought back.
    pub healing: Healing,
    /// Where backups stand, if there is a place.
    pub shelving: Option<Shelving>,
}

/// Why the dashboard ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// The person left.
    Quit,
    /// SIGINT.
    Interrupted,
    /// The terminal is gone.
    HungUp,
    /// SIGTERM.
    Terminated,
}

/// Runs the dashboard until the person leaves or a signal ends it. The terminal is given back on every way out.
///
/// # Errors
/// If stdout is no terminal, or the terminal is gone.
pub async fn dashboard(connector: Connector, engine: Engine, options: Options) -> io::Result<Exit> {
    let signals = Signals::listen()?;
    let session = Session::start(connector, Some(engine), options.clocks)
        .with_access(options.access)
        .with_healing(options.healing)
        .guarded(options.guard)
        .with_shelving(options.shelving)
        .with_keymap(options.keymap);
    let tui = Tui::enter()?;
    let mut tick = interval(TICK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let dashboard = Dashboard {
        session,
        tui,
        inputs: Inputs::new(),
        wanted: None,
        theme: options.theme,
        pacer: Pacer::default(),
        signals,
        tick,
    };
    dashboard.run().await
}

struct Dashboard {
    session: Session,
    tui: Tui,
    inputs: Inputs,
    /// The container in which a shell was asked for.
    wanted: Option<String>,
    theme: Theme,
    pacer: Pacer,
    signals: Signals,
    tick: Interval,
}

/// What the loop waits for.
enum Incoming {
    Signal(Signal),
    Input(Input),
    TerminalGone,
    Msg(Msg),
    FrameDue,
}

impl Dashboard {
    async fn run(mut self) -> io::Result<Exit> {
        self.draw()?;
        loop {
            let exit = match self.incoming().await? {
                Incoming::Signal(Signal::End(exit)) => Some(exit),
                Incoming::TerminalGone => Some(Exit::HungUp),
                Incoming::Signal(Signal::Suspend) => self.suspend().map(|()| None)?,
                Incoming::Signal(Signal::Wake) => self.wake().map(|()| None)?,
                Incoming::Input(input) => self.input(input)?,
                Incoming::Msg(msg) => self.take_in(msg)?,
                Incoming::FrameDue => self.draw().map(|()| None)?,
            };
            let exit = match self.wanted.take().filter(|_| exit.is_none()) {
                Some(container) => self.shell(container).await?,
                None => exit,
            };
            if let Some(exit) = exit {
                return Ok(self.leave(exit));
            }
        }
    }

    /// Gives the terminal back, then says how jobs go on that have not ended.
    fn leave(self, exit: Exit) -> Exit {
        let left = farewell(self.session.model());
        drop(self);
        left.iter().for_each(|line| crate::cli::session::remark(line));
        exit
    }

    async fn incoming(&mut self) -> io::Result<Incoming> {
        let due_at = self.pacer.due_at();
        let dirty = self.session.model().dirty;
        Ok(tokio::select! {
            biased;
            signal = self.signals.next() => Incoming::Signal(signal),
            input = self.inputs.next() => input?.map_or(Incoming::TerminalGone, Incoming::Input),
            () = tokio::time::sleep_until(due_at), if dirty => Incoming::FrameDue,
            _ = self.tick.tick() => Incoming::Msg(Msg::Tick),
            msg = self.session.next() => msg.map_or(Incoming::FrameDue, Incoming::Msg),
        })
    }

    /// A key is answered with a frame at once.
    fn input(&mut self, input: Input) -> io::Result<Option<Exit>> {
        let exit = self.apply(Msg::Input(input))?;
        if exit.is_none() && self.session.model().dirty {
            self.draw()?;
        }
        Ok(exit)
    }

    /// Takes in a message and what else waits, before anything is drawn.
    fn take_in(&mut self, first: Msg) -> io::Result<Option<Exit>> {
        let mut next = Some(first);
        for _ in 0..DRAINED {
            let Some(msg) = next else { break };
            if let Some(exit) = self.apply(msg)? {
                return Ok(Some(exit));
            }
            next = self.session.waiting();
        }
        if let Some(msg) = next {
            return self.apply(msg);
        }
        Ok(None)
    }

    fn apply(&mut self, msg: Msg) -> io::Result<Option<Exit>> {
        for effect in self.session.apply(msg) {
            match effect {
                Effect::Quit => return Ok(Some(Exit::Quit)),
                Effect::Suspend => self.suspend()?,
                Effect::Redraw => self.tui.redraw()?,
                Effect::Shell(container) => self.wanted = Some(container),
                Effect::Retry
                | Effect::Watch(_)
                | Effect::FollowLogs { .. }
                | Effect::Inspect { .. }
                | Effect::Tail(_)
                | Effect::ReadJournal
                | Effect::ReadBackups
                | Effect::Prepare { .. }
                | Effect::AskHolders
                | Effect::Verify { .. }
                | Effect::Run(_)
                | Effect::PauseJob(_)
                | Effect::Stop(_) => {}
            }
        }
        Ok(None)
    }

    /// Draws; if the drawing tells sizes that change the state, once more.
    fn draw(&mut self) -> io::Result<()> {
        for _ in 0..2 {
            if !self.session.take_dirty() {
                break;
            }
            diagnostics::collect();
            let hits = frame(&mut self.tui, self.session.model(), &self.theme)?;
            self.apply(Msg::Hits(hits))?;
        }
        self.pacer.drew();
        Ok(())
    }

    /// A stopped process reads nothing, so the reading side stays: crossterm loses keys that come while it is made anew.
    fn suspend(&mut self) -> io::Result<()> {
        crate::term::restore();
        sleep_until_woken()?;
        self.wake()
    }

    fn wake(&mut self) -> io::Result<()> {
        self.tui.resume()?;
        self.apply(Msg::Input(Input::Resized))?;
        self.draw()
    }
}

fn frame(tui: &mut Tui, model: &Model, theme: &Theme) -> io::Result<Hits> {
    Ok(tui.draw(|frame| view::draw(model, theme, frame))?.unwrap_or_default())
}
