//! The guard of the terminal's modes.

use std::{
    io::{self, Write},
    sync::atomic::{AtomicBool, Ordering},
};

use crossterm::{
    cursor::{Hide, Show},
    event::{DisableBracketedPaste, EnableBracketedPaste},
    execute,
    terminal::{
        Clear, ClearType, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
    },
};
use ratatui::{Frame, Terminal, backend::CrosstermBackend};

use super::writer::FrameWriter;

/// Whether the modes are ours. A panic hook has no other way to know.
static OURS: AtomicBool = AtomicBool::new(false);

/// The terminal while it is ours.
pub struct Tui {
    terminal: Terminal<CrosstermBackend<FrameWriter>>,
}

impl Tui {
    /// Takes the terminal over.
    ///
    /// # Errors
    /// If stdout is no terminal, or does not take the modes.
    pub fn enter() -> io::Result<Self> {
        take_over()?;
        Ok(Self { terminal: terminal().inspect_err(|_| restore())? })
    }

    /// Draws one frame; only cells that changed are written.
    ///
    /// # Errors
    /// If the terminal is gone.
    pub fn draw<T>(&mut self, view: impl FnOnce(&mut Frame<'_>) -> T) -> io::Result<Option<T>> {
        let mut seen = None;
        self.terminal.draw(|frame| seen = Some(view(frame)))?;
        Ok(seen)
    }

    /// Takes the terminal back after somebody else had it, and forgets what was on it.
    ///
    /// # Errors
    /// If the terminal is gone.
    pub fn resume(&mut self) -> io::Result<()> {
        take_over()?;
        self.redraw()
    }

    /// Makes the next frame write every cell. ratatui's own `clear` asks the terminal for its cursor, and the answer
    /// would be taken for keys.
    ///
    /// # Errors
    /// If the terminal is gone.
    pub fn redraw(&mut self) -> io::Result<()> {
        self.terminal = terminal()?;
        execute!(io::stdout(), Clear(ClearType::All))
    }
}

fn terminal() -> io::Result<Terminal<CrosstermBackend<FrameWriter>>> {
    Terminal::new(CrosstermBackend::new(FrameWriter::new()))
}

impl Drop for Tui {
    fn drop(&mut self) {
        restore();
    }
}

fn take_over() -> io::Result<()> {
    enable_raw_mode()?;
    OURS.store(true, Ordering::SeqCst);
    execute!(io::stdout(), EnterAlternateScreen, EnableBracketedPaste, Hide).inspect_err(|_| restore())
}

/// Gives the terminal back as it was, if it is ours. What the terminal does not take any more is not an error: it may
/// be gone.
pub(super) fn restore() {
    if OURS.swap(false, Ordering::SeqCst) {
        let mut stdout = io::stdout();
        let _gone = execute!(stdout, DisableBracketedPaste, LeaveAlternateScreen, Show);
        let _gone = disable_raw_mode();
        let _gone = stdout.flush();
    }
}
