//! A simulated engine in a process of its own.

use std::{
    fmt::Write as _,
    fs,
    os::unix::net::UnixStream,
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread::sleep,
    time::Duration,
};

use tempfile::TempDir;

use super::program;

/// Replicas of a service, and services of a stack, of a fleet that is cut evenly.
const REPLICAS: usize = 10;
const SERVICES: usize = 10;

/// The engine. Dropping it ends the process.
pub struct Simulated {
    child: Child,
    folder: TempDir,
}

impl Simulated {
    /// An engine with so many containers, which write a line now and then.
    pub fn of(containers: usize) -> Self {
        Self::with(&world(containers))
    }

    /// An engine with one stack of so many containers that write so many lines a second together.
    pub fn speaking(containers: usize, rate: usize) -> Self {
        let mut text =
            String::from("flavours: {flood: {lines: [\"request served in 12 ms by worker 7\"]}}\nstacks:\n");
        text.push_str("  stack00:\n    kind: compose\n    age: 5d\n    services:\n");
        let each = rate as f64 / containers as f64;
        for number in 0..containers {
            let logs = format!("{{flavour: flood, rate: {each}}}");
            writeln!(text, "      svc{number:04}: {{image: \"app:1\", logs: {logs}}}").expect("text grows");
        }
        Self::with(&text)
    }

    fn with(world: &str) -> Self {
        let folder = TempDir::new().expect("a folder can be made");
        let file = folder.path().join("world.yaml");
        fs::write(&file, world).expect("a file can be written");
        let socket = folder.path().join("sim.sock");
        let child = Command::new(program::stacktop())
            .args(["--demo", "--world"])
            .arg(&file)
            .arg("sim")
            .arg("--socket")
            .arg(&socket)
            .stdout(Stdio::null())
            .stderr(Stdio::inherit())
            .spawn()
            .expect("the simulated engine can be started");
        while UnixStream::connect(&socket).is_err() {
            sleep(Duration::from_millis(20));
        }
        Self { child, folder }
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn socket(&self) -> PathBuf {
        self.folder.path().join("sim.sock")
    }

    /// The value of `DOCKER_HOST` for it.
    pub fn host(&self) -> String {
        format!("unix://{}", self.socket().display())
    }
}

impl Drop for Simulated {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn world(containers: usize) -> String {
    let mut text = String::from("stacks:\n");
    let mut left = containers;
    for stack in 0.. {
        if left == 0 {
            break;
        }
        writeln!(text, "  stack{stack:02}:\n    kind: compose\n    age: 5d\n    services:")
            .expect("text grows");
        for service in 0..SERVICES {
            let replicas = left.min(REPLICAS);
            left -= replicas;
            if replicas > 0 {
                let load = "{cpu: 4, noise: 0.8, memory: 80M, rx: 20K, tx: 10K, pids: 7}";
                let rest = format!("image: \"app:1\", replicas: {replicas}, load: {load}");
                writeln!(text, "      svc{service:04}: {{{rest}}}").expect("text grows");
            }
        }
    }
    text
}
