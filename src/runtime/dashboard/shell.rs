//! The terminal handed to a shell in a container, and taken back.

use std::{io, mem, pin::pin};

use super::{Dashboard, Exit, Signal};
use crate::{
    action::Input,
    cli::session::remark,
    command::execute::attend::{Attendant, NotRun, Program, attend},
    engine::{Engine, ExecStreams},
    runtime::{
        self,
        shell::{Left, on_terminal, terminal_size},
    },
    term,
    update::Msg,
};

/// What ends the hand-over.
enum Return {
    /// The shell was left, or there was none: what is to be said of it.
    Said(Result<String, String>),
    /// The dashboard ends, too.
    Ends(Exit),
}

impl Dashboard {
    /// Hands the terminal to a shell in the container, and takes it back. The engine is listened to all the while:
    /// what happens meanwhile is on the screen afterwards.
    pub(super) async fn shell(&mut self, container: String) -> io::Result<Option<Exit>> {
        let Some(engine) = self.session.engine() else {
            return self.apply(Msg::ShellLeft(Err("no shell: the engine does not answer".to_owned())));
        };
        mem::take(&mut self.inputs).let_go();
        term::restore();
        let said = match self.meanwhile(engine, container).await? {
            Return::Said(said) => said,
            Return::Ends(exit) => return Ok(Some(exit)),
        };
        self.tui.resume()?;
        let exit = self.apply(Msg::ShellLeft(said))?.or(self.apply(Msg::Input(Input::Resized))?);
        self.draw()?;
        Ok(exit)
    }

    async fn meanwhile(&mut self, engine: Engine, container: String) -> io::Result<Return> {
        let mut visit = pin!(visit(engine, container));
        loop {
            let msg = tokio::select! {
                biased;
                said = &mut visit => return Ok(Return::Said(said)),
                signal = self.signals.next() => match signal {
                    // Ctrl-C before the shell is there; later it is the shell's.
                    Signal::End(Exit::Interrupted) => {
                        return Ok(Return::Said(Ok("the shell was given up".to_owned())));
                    }
                    Signal::End(exit) => return Ok(Return::Ends(exit)),
                    Signal::Suspend | Signal::Wake => continue,
                },
                _ = self.tick.tick() => Msg::Tick,
                Some(msg) = self.session.next() => msg,
            };
            if let Some(exit) = self.apply(msg)? {
                return Ok(Return::Ends(exit));
            }
        }
    }
}

/// Opens a shell, hands the terminal to it and stays until it ends; what is to be said of it then.
async fn visit(engine: Engine, container: String) -> Result<String, String> {
    let program = Program { container: container.clone(), ..Program::default() };
    let attendant = Attendant { user: runtime::user(), operation: runtime::operation_id() };
    let streams = ExecStreams::Terminal(terminal_size());
    let attended = attend(&engine, &program, streams, &attendant).await;
    let mut attended = attended.map_err(|refused| no_shell(&container, &refused))?;
    remark(&format!("shell in {container} ({}); exit returns to stacktop", attended.program));
    let left = on_terminal(&mut attended.session).await.map_err(|error| error.to_string())?;
    if let Left::HungUp(gone) = left {
        return Err(format!("the terminal is gone: {gone}"));
    }
    match attended.end().await {
        Ok(Some(0)) => Ok(format!("the shell in {container} has ended")),
        Ok(Some(code)) => Ok(format!("the shell in {container} has ended with {code}")),
        Ok(None) => {
            Err(format!("the connection to the shell in {container} broke off; it may still run there"))
        }
        Err(error) => Err(format!("the shell in {container} is lost: {error}")),
    }
}

fn no_shell(container: &str, refused: &NotRun) -> String {
    match refused {
        NotRun::NoShell { .. } => format!("no shell in {container}: it has neither bash nor sh nor ash"),
        NotRun::Failed { .. } | NotRun::Refused(_) => format!("no shell in {container}: {refused}"),
    }
}
