//! Programs that clients execute in containers.

use super::{Deed, Refused, State, Status, programs::Act};
use crate::sim::ids;

/// An executed program.
#[derive(Clone, Debug)]
pub(crate) struct Exec {
    /// Its id.
    pub(crate) id: String,
    /// Its container's id.
    pub(crate) container: String,
    /// Its command line.
    pub(crate) words: Vec<String>,
    /// Whether it has a terminal.
    pub(crate) tty: bool,
    /// What the client is connected to.
    pub(crate) attached: Attached,
    /// Its place in its life.
    pub(crate) stage: Stage,
    /// Process id; 0 before its start.
    pub(crate) pid: u64,
    /// What it does.
    pub(crate) act: Act,
}

/// Which of a program's streams a client is connected to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Attached {
    pub(crate) stdin: bool,
    pub(crate) stdout: bool,
    pub(crate) stderr: bool,
}

impl Exec {
    /// Whether it is a shell that is talked to.
    pub(crate) fn is_shell(&self) -> bool {
        self.attached.stdin && is_shell(&self.words)
    }
}

/// Whether the words call a shell and give it nothing to run. Images are small here: none has a bash.
fn is_shell(words: &[String]) -> bool {
    matches!(words, [name] if matches!(name.as_str(), "sh" | "ash" | "/bin/sh" | "/bin/ash"))
}

/// The stages of an executed program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Not started.
    Created,
    /// Runs.
    Running,
    /// Has ended with this code.
    Ended(i64),
}

impl State {
    /// Prepares a program in a container and gives its id.
    pub(crate) fn exec_create(
        &mut self,
        id: &str,
        words: Vec<String>,
        tty: bool,
        attached: Attached,
    ) -> Result<String, Refused> {
        self.executable(id)?;
        self.made += 1;
        let exec = ids::hex(self.seed, &format!("exec {id} {} {}", self.now, self.made));
        self.tell(id, format!("exec_create: {}", line(&words)), &[("execID", exec.clone())]);
        let container = id.to_owned();
        let (stage, act) = (Stage::Created, Act::default());
        let made = Exec { id: exec.clone(), container, words, tty, attached, stage, pid: 0, act };
        self.execs.insert(exec.clone(), made);
        Ok(exec)
    }

    /// Refuses a container in which nothing can be executed.
    fn executable(&self, id: &str) -> Result<(), Refused> {
        let Some(container) = self.containers.get(id) else { return Ok(()) };
        let (id, name) = (&container.id, &container.name);
        match container.life.status {
            Status::Running => Ok(()),
            Status::Paused => Err(Refused::Conflict(format!(
                "Container {name} is paused, unpause the container before exec"
            ))),
            Status::Restarting => Err(Refused::Conflict(format!(
                "Container {id} is restarting, wait until the container is running"
            ))),
            Status::Created | Status::Exited => {
                Err(Refused::Conflict(format!("Container {id} is not running")))
            }
        }
    }

    /// Starts a program. When there is none of this name, it has ended, and the runtime's words come back as an
    /// error (400).
    pub(crate) fn exec_start(&mut self, exec: &str) -> Result<(), Refused> {
        let missing = || Refused::failed(404, format!("No such exec instance: {exec}"));
        let own = self.execs.get(exec).cloned().ok_or_else(missing)?;
        if own.stage != Stage::Created {
            return Err(Refused::Conflict(format!("Error: Exec command {exec} has already run")));
        }
        self.executable(&own.container)?;
        let facts = [("execID", exec.to_owned())];
        self.tell(&own.container, format!("exec_start: {}", line(&own.words)), &facts);
        let shell = || is_shell(&own.words).then(Act::default);
        let act = self.containers.get(&own.container).and_then(|c| self.act_of(c, &own.words));
        let act = act.or_else(shell);
        let Some(act) = act else {
            self.set_stage(exec, Stage::Ended(126));
            return Err(Refused::failed(400, no_program(&own.words)));
        };
        self.pids += 1;
        let (pid, takes) = (self.pids, act.takes);
        if let Some(own) = self.execs.get_mut(exec) {
            own.pid = pid;
            own.act = act;
        }
        self.set_stage(exec, Stage::Running);
        if !own.is_shell() {
            self.queue.plan(self.now + takes, Deed::ExecEnd { exec: exec.to_owned() });
        }
        Ok(())
    }

    /// What a line does in a container's shell; nothing where the container is gone.
    pub(crate) fn line(&self, container: &str, line: &str) -> Option<Act> {
        let words = ["sh", "-c", line].map(str::to_owned);
        self.containers.get(container).and_then(|container| self.act_of(container, &words))
    }

    /// A shell that was talked to ends.
    pub(crate) fn shell_end(&mut self, exec: &str, code: i64) {
        let running = self.execs.get_mut(exec).filter(|own| own.stage == Stage::Running);
        if let Some(own) = running {
            own.act.code = code;
            self.exec_end(exec);
        }
    }

    fn set_stage(&mut self, exec: &str, stage: Stage) {
        if let Some(exec) = self.execs.get_mut(exec) {
            exec.stage = stage;
        }
    }

    /// An executed program ends.
    pub(super) fn exec_end(&mut self, exec: &str) {
        let Some(own) = self.execs.get(exec).filter(|own| own.stage == Stage::Running).cloned() else {
            return;
        };
        let mut act = own.act;
        if let Some(container) = self.containers.get(&own.container).filter(|_| act.is_probe) {
            (act.code, act.output) = self.true_health(container);
        }
        if let Some(container) = self.containers.get_mut(&own.container) {
            container.files.extend(act.touches.iter().cloned());
            container.files.retain(|file| !act.removes.contains(file));
        }
        let code = if act.code == -1 { 1 } else { act.code };
        if let Some(own) = self.execs.get_mut(exec) {
            own.act = act;
        }
        self.set_stage(exec, Stage::Ended(code));
        let facts = [("execID", exec.to_owned()), ("exitCode", code.to_string())];
        self.tell(&own.container, "exec_die", &facts);
    }

    /// The programs in a container end with it.
    pub(super) fn end_execs(&mut self, container: &str) {
        let own = self.execs.values_mut().filter(|exec| exec.container == container);
        for exec in own.filter(|exec| exec.stage == Stage::Running) {
            exec.stage = Stage::Ended(137);
            exec.act.output.clear();
            exec.act.errors.clear();
        }
    }
}

/// The command line as events have it.
fn line(words: &[String]) -> String {
    format!("{} {}", words.first().map_or("", String::as_str), words.get(1..).unwrap_or_default().join(" "))
}

fn no_program(words: &[String]) -> String {
    let name = words.first().map_or("", String::as_str);
    let why = match name.contains('/') {
        true => format!("stat {name}: no such file or directory"),
        false => "executable file not found in $PATH".to_owned(),
    };
    format!(
        "OCI runtime exec failed: exec failed: unable to start container process: exec: \"{name}\": {why}: unknown"
    )
}
