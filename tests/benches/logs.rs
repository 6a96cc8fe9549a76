//! Reading the log of one container, beside curl on the same socket.

use std::{
    process::{Command, Stdio},
    time::Instant,
};

use super::{
    fleet::Fleet,
    program,
    table::{Table, median},
};

const LINES: u64 = 2_000_000;
/// In turns: the machine is not as busy at one moment as at another.
const ROUNDS: usize = 3;

pub fn measure(table: &mut Table) {
    let runtime = tokio::runtime::Runtime::new().expect("threads can be started");
    let fleet = runtime.block_on(Fleet::empty());
    let speaker = runtime.block_on(fleet.speaker(LINES));
    let socket = fleet.socket.display().to_string();
    let url = |times: u8| {
        format!("http://engine/containers/{}/logs?stdout=1&stderr=1&timestamps={times}", speaker.id)
    };
    let mut taken: [Vec<f64>; 4] = Default::default();
    for _ in 0..ROUNDS {
        taken[0].push(timed("curl", &["-s", "-S", "--unix-socket", &socket, &url(0)], &fleet.host()));
        taken[1].push(timed("curl", &["-s", "-S", "--unix-socket", &socket, &url(1)], &fleet.host()));
        taken[2].push(timed(&program::stacktop(), &["logs", "--tail", "all", &speaker.name], &fleet.host()));
        taken[3].push(timed("docker", &["logs", &speaker.id], &fleet.host()));
    }
    let floor = median(taken[0].clone());
    table.section(
        format!("### One log of {LINES} lines, read to /dev/null"),
        &["", "seconds", "rate, of curl's", "target"],
    );
    let names = ["curl", "curl, with timestamps", "stacktop logs --tail all", "docker logs"];
    for (name, taken) in names.into_iter().zip(taken) {
        let seconds = median(taken);
        let target = if name.starts_with("stacktop") { "95 %" } else { "–" };
        let rate = format!("{:.0} %", floor / seconds * 100.0);
        table.row(vec![name.to_owned(), format!("{seconds:.2}"), rate, target.to_owned()]);
    }
}

fn timed(program: &str, words: &[&str], host: &str) -> f64 {
    let began = Instant::now();
    let status = Command::new(program)
        .args(words)
        .env("DOCKER_HOST", host)
        .stdout(Stdio::null())
        .stderr(Stdio::inherit())
        .status()
        .expect("the program can be started");
    assert!(status.success(), "{program} {words:?}");
    began.elapsed().as_secs_f64()
}
