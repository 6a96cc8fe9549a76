//! What every verb needs: its options, the output, the clock and the way to the engine.

use std::{
    fmt,
    io::{self, BufWriter, Write},
};

use jiff::Timestamp;
use serde::Serialize;

use super::{
    args::Options,
    endpoint,
    exit::Failure,
    interrupt::Interrupt,
    render::{Table, json},
    surface::Surface,
};
use crate::{
    domain::{Fleet, Snapshot},
    engine::{Engine, Inspections},
    runtime::Clocks,
};

/// Bytes that are collected before they are written.
const BUFFER: usize = 64 * 1024;

/// One run of a verb.
pub struct Session {
    /// The options.
    pub options: Options,
    /// Where the output goes.
    pub out: Out,
    /// What Ctrl-C does at the moment.
    pub interrupt: Interrupt,
    clocks: Clocks,
}

/// The output: buffered, and flushed by who knows that nothing follows for now.
pub struct Out {
    writer: Box<dyn Write + Send + Sync>,
    surface: Surface,
}

impl Session {
    /// A run that prints to standard output.
    #[must_use]
    pub fn new(options: Options) -> Self {
        let surface = Surface::stdout(options.no_color, options.ascii);
        let clocks = endpoint::clocks(&options);
        Self { out: Out::new(io::stdout(), surface), interrupt: Interrupt::default(), clocks, options }
    }

    /// The engine that the options name.
    ///
    /// # Errors
    /// [`Failure::Usage`] or [`Failure::Unreachable`].
    pub async fn connect(&self) -> Result<Engine, Failure> {
        endpoint::connect(&self.options).await
    }

    /// What that engine runs.
    ///
    /// # Errors
    /// As [`Self::connect`], and what the engine refuses.
    pub async fn observe(&self) -> Result<Observed, Failure> {
        Observed::from_engine(&self.connect().await?).await
    }

    /// The moment that ages are counted to.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clocks.now().wall
    }
}

/// What an engine runs at one moment.
#[derive(Clone, Debug)]
pub struct Observed {
    /// As the engine said it.
    pub snapshot: Snapshot,
    /// As people think of it.
    pub fleet: Fleet,
}

impl Observed {
    /// Groups what an engine said.
    #[must_use]
    pub fn of(snapshot: Snapshot) -> Self {
        Self { fleet: Fleet::of(&snapshot), snapshot }
    }

    /// Asks an engine.
    ///
    /// # Errors
    /// What the engine refuses, or its loss.
    pub async fn from_engine(engine: &Engine) -> Result<Self, Failure> {
        Ok(Self::of(engine.snapshot(&mut Inspections::default()).await?))
    }
}

impl Out {
    /// Output to `writer`, laid out for `surface`.
    pub fn new(writer: impl Write + Send + Sync + 'static, surface: Surface) -> Self {
        Self { writer: Box::new(BufWriter::with_capacity(BUFFER, writer)), surface }
    }

    /// What may be written here.
    #[must_use]
    pub const fn surface(&self) -> &Surface {
        &self.surface
    }

    /// Prints text as it is.
    ///
    /// # Errors
    /// [`Failure::Output`] if it cannot be written; so for all that print.
    pub fn text(&mut self, text: &str) -> Result<(), Failure> {
        Ok(self.writer.write_all(text.as_bytes())?)
    }

    /// Prints formatted text as it is.
    ///
    /// # Errors
    /// As [`Self::text`].
    pub fn write(&mut self, text: fmt::Arguments<'_>) -> Result<(), Failure> {
        Ok(self.writer.write_fmt(text)?)
    }

    /// Prints a line, in the characters that this place has.
    ///
    /// # Errors
    /// As [`Self::text`].
    pub fn line(&mut self, line: String) -> Result<(), Failure> {
        let line = self.surface.adapt(line);
        Ok(writeln!(self.writer, "{line}")?)
    }

    /// Prints a table.
    ///
    /// # Errors
    /// As [`Self::text`].
    pub fn table(&mut self, table: &Table) -> Result<(), Failure> {
        let text = table.render(&self.surface);
        self.text(&text)
    }

    /// Prints one value as one line of JSON.
    ///
    /// # Errors
    /// As [`Self::text`].
    pub fn json_line<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Failure> {
        Ok(self.writer.write_all(&json::to_line(value)?)?)
    }

    /// Prints one value as JSON with indentation.
    ///
    /// # Errors
    /// As [`Self::text`].
    pub fn json<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Failure> {
        Ok(self.writer.write_all(&json::pretty(value)?)?)
    }

    /// Hands over what was collected.
    ///
    /// # Errors
    /// As [`Self::text`].
    pub fn flush(&mut self) -> Result<(), Failure> {
        Ok(self.writer.flush()?)
    }
}

/// A remark beside the output, on standard error: the output itself stays as programs expect it.
pub fn remark(text: &str) {
    let text = super::render::lines(text);
    // Nobody is left to tell if standard error is closed.
    let _ = writeln!(io::stderr(), "stacktop: {text}");
}
