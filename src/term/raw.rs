//! The terminal handed over to a program elsewhere: every byte as it comes, both ways.

use std::{
    io::{self, IsTerminal as _, PipeReader, PipeWriter, pipe, stdin, stdout},
    sync::{Mutex, MutexGuard, PoisonError},
    thread::{self, JoinHandle},
};

use rustix::{
    event::{PollFd, PollFlags, poll},
    io::Errno,
    termios::{OptionalActions, Termios, tcgetattr, tcgetwinsize, tcsetattr},
};
use tokio::{
    io::{AsyncWriteExt as _, Stdout},
    signal::unix::{Signal, SignalKind, signal},
    sync::mpsc,
};

/// Bytes that are read at once, and pieces of that that may wait for a slow line.
const PIECE: usize = 4 << 10;
const TYPED: usize = 16;

/// How the terminal was before it was handed over, while it is. A panic hook has no other way to know.
static BEFORE: Mutex<Option<Termios>> = Mutex::new(None);

/// What a program that was torn off may have left switched on: the other screen, mouse, paste and key modes, colours.
const RESET: &[u8] =
    b"\x1b[?1049l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?2004l\x1b[?1l\x1b>\x1b[?25h\x1b[0m\r\n";

/// The terminal on stdin and stdout in raw mode: keys that are signals elsewhere are bytes here. Dropping it gives the
/// terminal back and stops the reading, so that no key is taken from who has it next.
#[derive(Debug)]
pub struct RawTerminal {
    keys: mpsc::Receiver<Vec<u8>>,
    output: Stdout,
    resized: Signal,
    reader: Option<Reader>,
}

/// The thread that reads. A terminal that is shared with the shell must stay in blocking mode, so that it is no stream
/// of tokio's; it is read when it is ready, and closing the pipe ends the waiting.
#[derive(Debug)]
struct Reader {
    stop: PipeWriter,
    thread: JoinHandle<()>,
}

impl RawTerminal {
    /// Whether there is one: both on stdin and on stdout.
    #[must_use]
    pub fn is_there() -> bool {
        stdin().is_terminal() && stdout().is_terminal()
    }

    /// Takes the terminal over.
    ///
    /// # Errors
    /// If stdin is no terminal, or does not take the mode.
    pub fn enter() -> io::Result<Self> {
        let resized = signal(SignalKind::window_change())?;
        let (stopped, stop) = pipe()?;
        let (typed, keys) = mpsc::channel(TYPED);
        raw()?;
        let thread = thread::spawn(move || read(&stopped, &typed));
        let reader = Some(Reader { stop, thread });
        Ok(Self { keys, output: tokio::io::stdout(), resized, reader })
    }

    /// Splits it: what was typed, the end of which is the end of the terminal; what is written; what tells a new size.
    pub const fn split(&mut self) -> (&mut mpsc::Receiver<Vec<u8>>, &mut Stdout, &mut Signal) {
        (&mut self.keys, &mut self.output, &mut self.resized)
    }

    /// Switches off what a program that was torn off has left switched on.
    ///
    /// # Errors
    /// If the terminal is gone.
    pub async fn reset(&mut self) -> io::Result<()> {
        self.output.write_all(RESET).await?;
        self.output.flush().await
    }
}

impl Drop for RawTerminal {
    fn drop(&mut self) {
        self.keys.close();
        if let Some(Reader { stop, thread }) = self.reader.take() {
            drop(stop);
            // It cannot have panicked, and if it has, it reads no more.
            let _ended = thread.join();
        }
        restore();
    }
}

fn read(stopped: &PipeReader, typed: &mpsc::Sender<Vec<u8>>) {
    let mut buffer = [0; PIECE];
    while is_ready(stopped) {
        let Ok(count @ 1..) = rustix::io::read(stdin(), &mut buffer) else { return };
        if typed.blocking_send(buffer.get(..count).unwrap_or_default().to_vec()).is_err() {
            return;
        }
    }
}

/// Waits for something that was typed; false once nobody wants it.
fn is_ready(stopped: &PipeReader) -> bool {
    let stdin = stdin();
    let mut polled = [PollFd::new(stopped, PollFlags::IN), PollFd::new(&stdin, PollFlags::IN)];
    loop {
        match poll(&mut polled, None) {
            Err(Errno::INTR) => {}
            Err(_) => return false,
            Ok(_) => return polled.first().is_some_and(|stopped| stopped.revents().is_empty()),
        }
    }
}

/// Columns and rows of the terminal on stdout.
///
/// # Errors
/// If there is none.
pub fn size() -> io::Result<(u16, u16)> {
    let size = tcgetwinsize(stdout())?;
    Ok((size.ws_col, size.ws_row))
}

fn raw() -> io::Result<()> {
    let mut mode = tcgetattr(stdin())?;
    before().get_or_insert_with(|| mode.clone());
    mode.make_raw();
    Ok(tcsetattr(stdin(), OptionalActions::Now, &mode).inspect_err(|_| restore())?)
}

/// Gives the terminal back as it was, if it is handed over. It may be called from a panic hook and more than once.
pub(super) fn restore() {
    if let Some(mode) = before().take() {
        // What the terminal does not take any more is not an error: it may be gone.
        let _gone = tcsetattr(stdin(), OptionalActions::Now, &mode);
    }
}

fn before() -> MutexGuard<'static, Option<Termios>> {
    BEFORE.lock().unwrap_or_else(PoisonError::into_inner)
}
