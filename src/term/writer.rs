//! Where frames are written: each in one piece.

use std::io::{self, Write};

use crossterm::{
    queue,
    terminal::{BeginSynchronizedUpdate, EndSynchronizedUpdate},
};

/// A first frame of 200x60 is about 12 KiB.
const FRAME: usize = 32 * 1024;

/// Collects a frame and hands it to stdout in one write, bracketed as one synchronised update, so that a slow line
/// never shows half of it. A frame that a panic cut short is dropped with it.
#[derive(Debug)]
pub(super) struct FrameWriter {
    frame: Vec<u8>,
}

impl FrameWriter {
    pub(super) fn new() -> Self {
        Self { frame: Vec::with_capacity(FRAME) }
    }
}

impl Write for FrameWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.frame.is_empty() {
            queue!(self.frame, BeginSynchronizedUpdate)?;
        }
        self.frame.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.frame.is_empty() {
            return Ok(());
        }
        queue!(self.frame, EndSynchronizedUpdate)?;
        let mut stdout = io::stdout().lock();
        let written = stdout.write_all(&self.frame).and_then(|()| stdout.flush());
        self.frame.clear();
        written
    }
}
