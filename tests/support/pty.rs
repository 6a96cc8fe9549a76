//! The built program in a terminal, driven by keys and read as a screen.

use portable_pty::{CommandBuilder, MasterPty, PtySize, SlavePty, native_pty_system};
use std::io::{Read, Write};
use std::num::NonZero;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

#[path = "pty_keys.rs"]
mod pty_keys;
pub use pty_keys::bytes as key_bytes;

/// How a program is to be started; by default stacktop, on 40 rows of 120 columns, in an environment of its own.
pub struct PtyBuilder {
    command: CommandBuilder,
    size: PtySize,
}

/// A program that runs in a terminal. Dropping it kills the program.
pub struct Pty {
    shared: Arc<Shared>,
    master: Arc<Mutex<Box<dyn MasterPty + Send>>>,
    attributes_before: String,
    pid: u32,
}

/// How the program ended, and what it left of the terminal's attributes.
#[derive(Clone, Debug)]
pub struct Exit {
    pub code: u32,
    /// The name of the signal that ended it, if one did.
    pub signal: Option<String>,
    /// The line discipline's attributes after the end; compare with [`Pty::attributes_before`].
    pub attributes: String,
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    writer: Mutex<Box<dyn Write + Send>>,
}

struct State {
    parser: vt100::Parser,
    raw: Vec<u8>,
    exit: Option<Exit>,
    /// The reading thread has seen everything the program wrote.
    drained: bool,
}

impl PtyBuilder {
    pub fn new() -> Self {
        Self::of(env!("CARGO_BIN_EXE_stacktop"))
    }

    /// Another program, to test the test support itself.
    pub fn of(program: &str) -> Self {
        let mut command = CommandBuilder::new(program);
        command.env_clear();
        command.env("TERM", "xterm-256color");
        command.env("LANG", "C.UTF-8");
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        Self { command, size: size(40, 120) }
    }

    pub fn args<const N: usize>(mut self, args: [&str; N]) -> Self {
        self.command.args(args);
        self
    }

    pub fn env(mut self, name: &str, value: impl AsRef<std::ffi::OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// A home of its own; otherwise there is none.
    pub fn home(self, path: &std::path::Path) -> Self {
        self.env("HOME", path)
    }

    pub fn size(mut self, rows: u16, columns: u16) -> Self {
        self.size = size(rows, columns);
        self
    }

    pub fn start(self) -> Pty {
        let pair = native_pty_system().openpty(self.size).expect("a pty can be opened");
        let attributes_before = attributes(pair.master.as_ref());
        let mut child = pair.slave.spawn_command(self.command).expect("the program can be started");
        let pid = child.process_id().expect("a started program has a process id");
        let reader = pair.master.try_clone_reader().expect("the pty can be read");
        let shared = Arc::new(Shared {
            state: Mutex::new(State::new(self.size)),
            changed: Condvar::new(),
            writer: Mutex::new(pair.master.take_writer().expect("the pty can be written to")),
        });
        let master = Arc::new(Mutex::new(pair.master));
        let reading = Arc::clone(&shared);
        thread::spawn(move || reading.read_all(reader));
        let (waiting, waited) = (Arc::clone(&shared), Arc::clone(&master));
        let slave = pair.slave;
        thread::spawn(move || {
            let status = child.wait().expect("a started program can be waited for");
            waiting.note_exit(&status, &waited, slave);
        });
        Pty { shared, master, attributes_before, pid }
    }
}

impl Default for PtyBuilder {
    fn default() -> Self {
        Self::new()
    }
}

impl State {
    fn new(size: PtySize) -> Self {
        let parser = vt100::Parser::new(cells(size.rows), cells(size.cols), 0);
        Self { parser, raw: Vec::new(), exit: None, drained: false }
    }

    /// Whether no frame is half-way; a program that has ended draws no more.
    fn is_whole(&self) -> bool {
        let last = |mark: &[u8]| self.raw.windows(mark.len()).rposition(|bytes| bytes == mark);
        self.exit.is_some() || last(b"\x1b[?2026h") <= last(b"\x1b[?2026l")
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no thread panicked with the screen")
    }

    fn read_all(&self, mut reader: Box<dyn Read + Send>) {
        let mut chunk = [0; 16 * 1024];
        // Reading a pty whose other side is closed is an error on Linux, not an end of file.
        while let Ok(count @ 1..) = reader.read(&mut chunk) {
            let replies = {
                let mut state = self.state();
                state.raw.extend_from_slice(&chunk[..count]);
                state.parser.process(&chunk[..count]);
                replies(&chunk[..count], state.parser.screen().cursor_position())
            };
            self.changed.notify_all();
            if !replies.is_empty() {
                self.write(replies.as_bytes());
            }
        }
        self.state().drained = true;
        self.changed.notify_all();
    }

    /// The slave was kept open until here: closing it for the last time would reset the attributes.
    fn note_exit(
        &self,
        status: &portable_pty::ExitStatus,
        master: &Mutex<Box<dyn MasterPty + Send>>,
        slave: Box<dyn SlavePty + Send>,
    ) {
        let attributes = attributes(master.lock().expect("no thread panicked with the pty").as_ref());
        let signal = status.signal().map(str::to_owned);
        self.state().exit = Some(Exit { code: status.exit_code(), signal, attributes });
        drop(slave);
        self.changed.notify_all();
    }

    fn write(&self, bytes: &[u8]) {
        let mut writer = self.writer.lock().expect("no thread panicked while it wrote");
        writer.write_all(bytes).and_then(|()| writer.flush()).expect("the pty takes input");
    }

    /// Waits on the condition variable until the condition gives a value, or `None` at the deadline.
    fn wait<T>(&self, timeout: Duration, mut condition: impl FnMut(&State) -> Option<T>) -> Option<T> {
        let end = Instant::now() + timeout;
        let mut state = self.state();
        loop {
            if let Some(found) = condition(&state) {
                return Some(found);
            }
            let left = end.checked_duration_since(Instant::now())?;
            state = self.changed.wait_timeout(state, left).expect("no thread panicked with the screen").0;
        }
    }
}

impl Pty {
    /// The text on the screen, lines joined by line feeds, blanks at their ends removed.
    pub fn screen(&self) -> String {
        contents(&self.shared.state())
    }

    /// The screen itself, for colours and the cursor.
    pub fn with_screen<T>(&self, look: impl FnOnce(&vt100::Screen) -> T) -> T {
        look(self.shared.state().parser.screen())
    }

    /// Every byte the program has written.
    pub fn raw(&self) -> Vec<u8> {
        self.shared.state().raw.clone()
    }

    /// How many bytes that is.
    pub fn written(&self) -> usize {
        self.shared.state().raw.len()
    }

    /// Waits at most so long until more than so many were written.
    pub fn wait_written(&self, before: usize, timeout: Duration) {
        self.shared.wait(timeout, |state| (state.raw.len() > before).then_some(()));
    }

    /// Whether these bytes were written; `wrote("\x1b[?1049l")` tells that the alternate screen was left.
    pub fn wrote(&self, sequence: &str) -> bool {
        let state = self.shared.state();
        state.raw.windows(sequence.len()).any(|window| window == sequence.as_bytes())
    }

    /// Waits until the screen shows a text, and returns the screen.
    #[track_caller]
    pub fn wait_for(&self, text: &str) -> String {
        self.wait_until(&format!("{text:?} to appear"), |screen| screen.contains(text))
    }

    /// Waits until a text is gone from the screen.
    #[track_caller]
    pub fn wait_gone(&self, text: &str) -> String {
        self.wait_until(&format!("{text:?} to disappear"), |screen| !screen.contains(text))
    }

    #[track_caller]
    pub fn wait_until(&self, what: &str, mut condition: impl FnMut(&str) -> bool) -> String {
        let whole = |state: &State| state.is_whole().then(|| contents(state));
        let found = self.shared.wait(PATIENCE, |state| whole(state).filter(|screen| condition(screen)));
        match found {
            Some(screen) => screen,
            None => panic!("waited {PATIENCE:?} for {what}; {}\n{}", self.ending(), self.screen()),
        }
    }

    /// Waits for bytes that change nothing on the screen.
    #[track_caller]
    pub fn wait_raw(&self, sequence: &str) {
        let wanted = sequence.as_bytes();
        let seen =
            |state: &State| state.raw.windows(wanted.len()).any(|window| window == wanted).then_some(());
        let found = self.shared.wait(PATIENCE, seen);
        assert!(found.is_some(), "waited {PATIENCE:?} for the bytes {sequence:?}; {}", self.ending());
    }

    /// Types, in the notation of [`key_bytes`]: `keys("j/web<enter>")`.
    pub fn keys(&self, keys: &str) {
        self.shared.write(&key_bytes(keys));
    }

    /// Sends bytes as they are.
    pub fn send(&self, bytes: &[u8]) {
        self.shared.write(bytes);
    }

    pub fn resize(&self, rows: u16, columns: u16) {
        self.shared.state().parser.screen_mut().set_size(cells(rows), cells(columns));
        let master = self.master.lock().expect("no thread panicked with the pty");
        master.resize(size(rows, columns)).expect("a pty can be resized");
    }

    pub fn pid(&self) -> u32 {
        self.pid
    }

    pub fn signal(&self, signal: rustix::process::Signal) {
        let pid = i32::try_from(self.pid).ok().and_then(rustix::process::Pid::from_raw);
        let pid = pid.expect("a process id is positive");
        rustix::process::kill_process(pid, signal).expect("the program can be signalled");
    }

    /// The line discipline's attributes before the program was started.
    pub fn attributes_before(&self) -> &str {
        &self.attributes_before
    }

    /// The attributes now: they tell whether the program has put the terminal into raw mode.
    pub fn attributes(&self) -> String {
        attributes(self.master.lock().expect("no thread panicked with the pty").as_ref())
    }

    /// Waits for the program's end and for everything it wrote.
    #[track_caller]
    pub fn wait_exit(&self) -> Exit {
        let ended = self.shared.wait(PATIENCE, |state| state.exit.clone().filter(|_| state.drained));
        ended.unwrap_or_else(|| panic!("waited {PATIENCE:?} for the program to end\n{}", self.screen()))
    }

    fn ending(&self) -> String {
        match &self.shared.state().exit {
            Some(exit) => format!("the program had ended with {exit:?}; last screen:"),
            None => "screen:".to_owned(),
        }
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        let running = self.shared.state.lock().is_ok_and(|state| state.exit.is_none());
        if let Some(pid) = i32::try_from(self.pid).ok().and_then(rustix::process::Pid::from_raw)
            && running
        {
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
        }
    }
}

const PATIENCE: Duration = Duration::from_secs(30);

fn size(rows: u16, columns: u16) -> PtySize {
    PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }
}

fn cells(count: u16) -> NonZero<u16> {
    NonZero::new(count).expect("a terminal has rows and columns")
}

fn contents(state: &State) -> String {
    state.parser.screen().contents()
}

/// The flags of the terminal, without the control characters, as text to compare.
fn attributes(master: &dyn MasterPty) -> String {
    let Some(found) = master.get_termios() else { return "unknown".to_owned() };
    let (input, output) = (found.input_flags, found.output_flags);
    format!("{input:?} {output:?} {:?} {:?}", found.control_flags, found.local_flags)
}

/// What a terminal answers to the questions programs ask at start; without an answer they wait for seconds.
fn replies(chunk: &[u8], (row, column): (u16, u16)) -> String {
    let asked = |question: &[u8]| chunk.windows(question.len()).any(|window| window == question);
    let position =
        if asked(b"\x1b[6n") { format!("\x1b[{};{}R", row + 1, column + 1) } else { String::new() };
    if asked(b"\x1b[c") { position + "\x1b[?62c" } else { position }
}

/// Waits until the kernel has stopped the process, as after Ctrl-Z.
#[track_caller]
pub fn wait_stopped(pid: u32) {
    let deadline = Instant::now() + PATIENCE;
    let stopped = || {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        stat.rsplit_once(") ").is_some_and(|(_, rest)| rest.starts_with('T'))
    };
    while !stopped() {
        assert!(Instant::now() < deadline, "the program was not stopped");
        std::thread::sleep(Duration::from_millis(10));
    }
}
