//! Programs that are executed in containers.

use std::sync::Arc;

use bytes::{BufMut, Bytes, BytesMut};
use hyper::StatusCode;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;

use super::{Outcome, answer, answer::Failure, call::Call, create::body, operate::id_of, shell};
use crate::sim::{
    shared::Shared,
    state::{Attached, Exec, Refused, Stage},
};

/// The exit code of a shell whose client has gone away.
const HUNG_UP: i64 = 129;

const RAW: &str = "application/vnd.docker.raw-stream";

/// `POST /containers/{name}/exec`
pub(super) fn create(call: &Call, name: &str) -> Outcome {
    let id = id_of(call, name)?;
    let body = body(call)?;
    let words = body.get("Cmd").and_then(Value::as_array).into_iter().flatten();
    let words: Vec<String> = words.filter_map(Value::as_str).map(str::to_owned).collect();
    if words.is_empty() {
        return Err(Failure::new(400, "No exec command specified"));
    }
    let is_on = |name: &str| body.get(name).is_some_and(|value| *value == true);
    let attached = Attached {
        stdin: is_on("AttachStdin"),
        stdout: is_on("AttachStdout"),
        stderr: is_on("AttachStderr"),
    };
    let exec = call.shared.change(|state| state.exec_create(&id, words, is_on("Tty"), attached))?;
    Ok(answer::json_with(StatusCode::CREATED, &json!({"Id": exec})))
}

fn missing(exec: &str) -> Failure {
    Failure::missing("No such exec instance: ", exec)
}

/// `GET /exec/{id}/json`
pub(super) fn inspect(call: &Call, exec: &str) -> Outcome {
    call.shared
        .read(|state| state.execs.get(exec).map(detail))
        .map(|row| answer::json(&row))
        .ok_or_else(|| missing(exec))
}

fn detail(exec: &Exec) -> Value {
    let code = match exec.stage {
        Stage::Ended(code) => json!(code),
        Stage::Created | Stage::Running => Value::Null,
    };
    json!({
        "ID": exec.id, "Running": exec.stage == Stage::Running, "ExitCode": code,
        "ProcessConfig": {"tty": exec.tty, "entrypoint": exec.words.first(),
                          "arguments": exec.words.get(1..).unwrap_or_default(), "privileged": false},
        "OpenStdin": exec.attached.stdin, "OpenStderr": exec.attached.stderr,
        "OpenStdout": exec.attached.stdout, "CanRemove": false,
        "ContainerID": exec.container, "DetachKeys": "", "Pid": exec.pid,
    })
}

/// `POST /exec/{id}/resize`: no program here asks for the size.
pub(super) fn resize(call: &Call, exec: &str) -> Outcome {
    let stage = call.shared.read(|state| state.execs.get(exec).map(|exec| exec.stage));
    match stage.ok_or_else(|| missing(exec))? {
        Stage::Running => {
            let mut answer = answer::nothing();
            *answer.status_mut() = StatusCode::OK;
            Ok(answer)
        }
        Stage::Created | Stage::Ended(_) => Err(Failure::new(500, format!("exec {exec} is not running"))),
    }
}

/// `POST /exec/{id}/start`: the output comes in the answer, or on the connection that the client takes over.
pub(super) fn start(call: &Call, exec: &str) -> Outcome {
    let wish = body(call)?;
    let detached = wish.get("Detach").is_some_and(|detach| *detach == true);
    let started = call.shared.change(|state| state.exec_start(exec));
    let complaint = match started {
        // The runtime's words about a program that does not exist are the program's output.
        Err(Refused::Failed(400, text)) if !detached => Some(text),
        Err(refused) => return Err(refused.into()),
        Ok(()) => None,
    };
    if detached {
        let mut answer = answer::nothing();
        *answer.status_mut() = StatusCode::OK;
        return Ok(answer);
    }
    let talks = call.shared.read(|state| state.execs.get(exec).filter(|exec| exec.is_shell()).cloned());
    let output = output(Arc::clone(&call.shared), exec.to_owned(), complaint);
    let Some(upgrade) = call.take_upgrade() else {
        // Nobody can talk to it, so that its input ends at once.
        call.shared.change(|state| {
            if talks.is_some() {
                state.shell_end(exec, 0);
            }
        });
        let (sender, answer) = answer::stream(Some(RAW));
        tokio::spawn(async move {
            tokio::select! {
                bytes = output => { let _ = sender.send(bytes).await; }
                () = sender.closed() => {}
            }
        });
        return Ok(answer);
    };
    let mut cut = call.shared.cut();
    let shared = Arc::clone(&call.shared);
    tokio::spawn(async move {
        let Ok(upgraded) = upgrade.await else { return };
        let mut io = TokioIo::new(upgraded);
        if let Some(exec) = talks.filter(|exec| exec.stage == Stage::Running) {
            tokio::select! {
                code = shell::serve(&shared, &exec, &mut io) => {
                    shared.change(|state| state.shell_end(&exec.id, code.unwrap_or(HUNG_UP)));
                    let _ = io.shutdown().await;
                }
                _ = cut.changed() => {}
            }
            return;
        }
        tokio::select! {
            bytes = output => {
                // A client that has gone away misses the output.
                let _ = io.write_all(&bytes).await;
                let _ = io.shutdown().await;
            }
            _ = cut.changed() => {}
        }
    });
    Ok(answer::upgraded(RAW))
}

/// All that a program prints, once it has ended.
async fn output(shared: Arc<Shared>, exec: String, complaint: Option<String>) -> Bytes {
    if let Some(text) = complaint {
        let tty = shared.read(|state| state.execs.get(&exec).is_some_and(|exec| exec.tty));
        let text = format!("{text}\r\n");
        return if tty { Bytes::from(text) } else { framed(&text, "") };
    }
    let ended = |exec: &Exec| match exec.stage {
        Stage::Ended(_) => Some(exec.clone()),
        Stage::Created | Stage::Running => None,
    };
    let done = shared.wait_for(|state| state.execs.get(&exec).and_then(ended)).await;
    let Some(exec) = done else { return Bytes::new() };
    let wanted = |on: bool, text: String| if on { text } else { String::new() };
    let (out, err) =
        (wanted(exec.attached.stdout, exec.act.output), wanted(exec.attached.stderr, exec.act.errors));
    if exec.tty { Bytes::from(format!("{out}{err}").replace('\n', "\r\n")) } else { framed(&out, &err) }
}

/// Output in frames, as a program without a terminal has it.
pub(super) fn framed(out: &str, err: &str) -> Bytes {
    let mut bytes = BytesMut::new();
    for (kind, text) in [(1, out), (2, err)].into_iter().filter(|(_, text)| !text.is_empty()) {
        bytes.put_slice(&[kind, 0, 0, 0]);
        bytes.put_u32(u32::try_from(text.len()).unwrap_or(u32::MAX));
        bytes.put_slice(text.as_bytes());
    }
    bytes.freeze()
}
