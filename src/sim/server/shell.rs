//! A shell that a client talks to: lines in, what the world's programs print out.

use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

use super::exec::framed;
use crate::sim::{
    shared::Shared,
    state::{Exec, Stage},
};

const PROMPT: &str = "$ ";

/// What a person should know of it.
const GREETING: &str = "a simulated shell: it knows echo, sleep, touch, rm, test, true, false, exit and the programs \
                        of its world\n";

const INTERRUPT: u8 = 0x03;
const END_OF_INPUT: u8 = 0x04;
const BACKSPACE: [u8; 2] = [0x08, 0x7f];

/// What a piece of input makes of the line.
#[derive(Debug, PartialEq, Eq)]
enum Typed {
    Nothing,
    Echo(String),
    Line(String),
    Interrupt,
    End,
}

/// Serves the shell until it ends, and tells its exit code; none where the client or the container went before.
pub(super) async fn serve(
    shared: &Arc<Shared>,
    exec: &Exec,
    mut io: impl AsyncRead + AsyncWrite + Unpin,
) -> Option<i64> {
    let shell = Shell { shared, exec };
    let mut last = 0;
    let mut line = Vec::new();
    if exec.tty {
        shell.write(&mut io, &format!("{GREETING}{PROMPT}"), "").await?;
    }
    loop {
        let byte = tokio::select! {
            byte = io.read_u8() => byte.ok(),
            () = shell.ended() => return None,
        };
        match typed(&mut line, byte, exec.tty) {
            Typed::Nothing => {}
            Typed::Echo(text) => shell.write(&mut io, &text, "").await?,
            Typed::Interrupt => shell.write(&mut io, &format!("^C\n{PROMPT}"), "").await?,
            Typed::End => return Some(last),
            Typed::Line(text) => {
                let (out, err, code) = shell.run(&text).await?;
                last = code;
                if text.split_whitespace().next() == Some("exit") {
                    return Some(last);
                }
                match exec.tty {
                    true => shell.write(&mut io, &format!("\n{out}{err}{PROMPT}"), "").await?,
                    false => shell.write(&mut io, &out, &err).await?,
                }
            }
        }
    }
}

/// What a byte does to the line, as a terminal has it; a pipe knows lines alone.
fn typed(line: &mut Vec<u8>, byte: Option<u8>, tty: bool) -> Typed {
    let text = |line: &mut Vec<u8>| String::from_utf8_lossy(&std::mem::take(line)).into_owned();
    match byte {
        None if line.is_empty() => Typed::End,
        None | Some(b'\n' | b'\r') => Typed::Line(text(line)),
        Some(END_OF_INPUT) if tty && line.is_empty() => Typed::End,
        Some(INTERRUPT) if tty => {
            line.clear();
            Typed::Interrupt
        }
        Some(byte) if tty && BACKSPACE.contains(&byte) => match line.pop() {
            Some(_) => Typed::Echo("\u{8} \u{8}".to_owned()),
            None => Typed::Nothing,
        },
        Some(byte) => {
            line.push(byte);
            if tty { Typed::Echo(char::from(byte).to_string()) } else { Typed::Nothing }
        }
    }
}

struct Shell<'a> {
    shared: &'a Shared,
    exec: &'a Exec,
}

impl Shell<'_> {
    /// Runs a line: what it prints on both outputs, and its exit code.
    async fn run(&self, line: &str) -> Option<(String, String, i64)> {
        if line.trim().is_empty() {
            return Some((String::new(), String::new(), 0));
        }
        let (act, at) = self.shared.read(|state| {
            let act = state.line(&self.exec.container, line)?;
            Some((act.clone(), state.now + act.takes))
        })?;
        tokio::select! {
            () = tokio::time::sleep_until(self.shared.clock.instant(at)) => Some((act.output, act.errors, act.code)),
            () = self.ended() => None,
        }
    }

    /// Waits until the container takes the shell with it.
    async fn ended(&self) {
        let id = &self.exec.id;
        let over = |exec: &Exec| matches!(exec.stage, Stage::Ended(_)).then_some(());
        self.shared.wait_for(|state| state.execs.get(id).map_or(Some(()), over)).await;
    }

    async fn write(&self, io: &mut (impl AsyncWrite + Unpin), out: &str, err: &str) -> Option<()> {
        let bytes = match self.exec.tty {
            true => format!("{out}{err}").replace('\n', "\r\n").into(),
            false => framed(out, err),
        };
        io.write_all(&bytes).await.ok()?;
        io.flush().await.ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminals_line_is_edited_before_it_is_run() {
        let mut line = Vec::new();
        let mut told = |byte| typed(&mut line, Some(byte), true);
        assert_eq!(told(b'a'), Typed::Echo("a".to_owned()));
        assert_eq!(told(b'b'), Typed::Echo("b".to_owned()));
        assert_eq!(told(0x7f), Typed::Echo("\u{8} \u{8}".to_owned()));
        assert_eq!(told(b'\r'), Typed::Line("a".to_owned()));
        assert_eq!(told(0x7f), Typed::Nothing);
        assert_eq!(told(END_OF_INPUT), Typed::End);
    }

    #[test]
    fn a_pipes_last_line_needs_no_end() {
        let mut line = b"echo a".to_vec();
        assert_eq!(typed(&mut line, None, false), Typed::Line("echo a".to_owned()));
        assert_eq!(typed(&mut line, None, false), Typed::End);
    }
}
