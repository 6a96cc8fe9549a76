//! 220 containers on a real engine, watched by stacktop and by others.

use std::{fmt::Write as _, path::PathBuf, process::Command, thread::sleep, time::Duration};

use serde_json::Value;

use super::{
    fleet::Fleet,
    process, program,
    support::Pty,
    table::{Table, median, percentiles},
};

/// Containers that run.
const CONTAINERS: usize = 220;
/// How long CPU and output are measured, and how long a program is left alone before.
const OVER: Duration = Duration::from_secs(25);
const SETTLE: Duration = Duration::from_secs(15);
/// What the daemons use at most once they have come to rest, and how often it is looked whether they have.
const AT_REST: f64 = 1.0;
const LOOKS: usize = 10;
/// How often each is measured, in turns: the machine is not as busy at one moment as at another.
const ROUNDS: usize = 2;
const STARTS: usize = 15;

/// Services that stacktop shows of this fleet with all rows open.
const VISIBLE: usize = 41;

/// A text of the first rows of this fleet.
const ROW: &str = "stack00";

/// A program that watches.
struct Watcher {
    name: &'static str,
    program: PathBuf,
    start: fn(&str, &str) -> Pty,
    /// Keys that move a selection down and up, where it has one.
    keys: Option<[&'static str; 2]>,
}

/// What one of them costs.
#[derive(Default)]
struct Cost {
    own: Vec<f64>,
    daemon: Vec<f64>,
    resident: Vec<f64>,
    bytes: Vec<f64>,
    keys: Vec<f64>,
}

pub fn measure(table: &mut Table) {
    let runtime = tokio::runtime::Runtime::new().expect("threads can be started");
    let fleet = runtime.block_on(Fleet::of(CONTAINERS));
    let version = runtime.block_on(fleet.version());
    let watchers = watchers();
    let mut costs: Vec<Cost> = watchers.iter().map(|_| Cost::default()).collect();
    let mut idle = Vec::new();
    for _ in 0..ROUNDS {
        rest(&fleet);
        idle.push(process::shares(std::slice::from_ref(&fleet.daemons), OVER)[0]);
        for (watcher, cost) in watchers.iter().zip(&mut costs) {
            watch(watcher, &fleet, cost);
        }
    }
    let title = format!(
        "### {CONTAINERS} running containers, 50x180 terminal, engine {version}\n\nCPU in percent of one core over {} s; daemon is dockerd and containerd.",
        OVER.as_secs()
    );
    let heads = [
        "",
        "own CPU",
        "daemon CPU",
        "sum above idle",
        "resident MB",
        "tty bytes/s",
        "key to screen p50 / p95 ms",
    ];
    table.section(title, &heads);
    let idle = median(idle);
    table.row(["nobody watching", "–", &format!("{idle:.1}"), "0", "–", "–", "–"].map(str::to_owned).into());
    for (watcher, cost) in watchers.iter().zip(costs) {
        table.row(cells(watcher.name, cost, idle));
    }
    starts(table, &fleet);
}

/// Waits until the daemons are no longer at what they were asked: what an idle engine costs is taken off all else.
fn rest(fleet: &Fleet) {
    let share = || process::shares(std::slice::from_ref(&fleet.daemons), SETTLE)[0];
    (0..LOOKS).find(|_| share() < AT_REST);
}

fn starts(table: &mut Table, fleet: &Fleet) {
    let host = fleet.host();
    let environment = [("DOCKER_HOST", host.as_str())];
    let taken: Vec<f64> = (0..STARTS).map(|_| program::first_row([], &environment, ROW)).collect();
    let (middle, worst) = percentiles(taken);
    table.section("### Start", &["", "target", "measured"]);
    let row = ["process start to first row, p50 / p95 ms", "60", &format!("{middle:.0} / {worst:.0}")];
    table.row(row.map(str::to_owned).into());
}

fn cells(name: &str, cost: Cost, idle: f64) -> Vec<String> {
    let (own, daemon) = (median(cost.own), median(cost.daemon));
    let keys = match percentiles(cost.keys) {
        (middle, _) if middle.is_nan() => "–".to_owned(),
        (middle, worst) => format!("{middle:.1} / {worst:.1}"),
    };
    let (resident, bytes) = (median(cost.resident), median(cost.bytes));
    vec![
        name.to_owned(),
        format!("{own:.1}"),
        format!("{daemon:.1}"),
        format!("{:.1}", own + daemon - idle),
        format!("{resident:.1}"),
        format!("{bytes:.0}"),
        keys,
    ]
}

fn watch(watcher: &Watcher, fleet: &Fleet, cost: &mut Cost) {
    let pty = (watcher.start)(&watcher.program.display().to_string(), &fleet.host());
    sleep(SETTLE);
    let mut pid = pty.pid();
    // What enters a name space for it is its parent.
    if watcher.program.as_os_str() == "unshare" {
        pid = process::children(pid).first().copied().unwrap_or(pid);
    }
    let before = pty.written();
    let shares = process::shares(&[vec![pid], fleet.daemons.clone()], OVER);
    let written = pty.written() - before;
    cost.own.push(shares[0]);
    cost.daemon.push(shares[1]);
    cost.bytes.push(written as f64 / OVER.as_secs_f64());
    cost.resident.push(process::resident(pid).0);
    if let Some(keys) = watcher.keys {
        cost.keys.extend(program::answers(&pty, keys));
    }
    eprintln!(
        "    {}: {:.2} {:.2} {:.0} B/s {:?}",
        watcher.name,
        shares[0],
        shares[1],
        written as f64 / OVER.as_secs_f64(),
        process::resident(pid)
    );
}

/// Its name, how it is started, and its keys.
type Peer = (&'static str, fn(&str, &str) -> Pty, Option<[&'static str; 2]>);

fn watchers() -> Vec<Watcher> {
    let mut all = vec![
        Watcher {
            name: "stacktop",
            program: program::stacktop().into(),
            start: stacktop,
            keys: Some(["j", "k"]),
        },
        Watcher {
            name: "stacktop, as of a remote host",
            program: "unshare".into(),
            start: remote,
            keys: None,
        },
    ];
    let peers: [Peer; 4] = [
        ("curl", bare, None),
        ("docker", docker, None),
        ("dtop", plain, Some(["j", "k"])),
        ("oxker", plain, Some(["j", "k"])),
    ];
    for (name, start, keys) in peers {
        if let Some(program) = find(name) {
            let name = match name {
                "curl" => "curl, streams of 41 containers",
                "docker" => "docker stats",
                name => name,
            };
            all.push(Watcher { name, program, start, keys });
        }
    }
    all
}

fn stacktop(program: &str, host: &str) -> Pty {
    opened(program::start(program, [], &[("DOCKER_HOST", host)]))
}

/// Where no process of a container is to be seen, the engine is asked for everything.
fn remote(program: &str, host: &str) -> Pty {
    let words = ["--pid", "--fork", "--kill-child", "--mount-proc", &program::stacktop()];
    opened(program::start(program, words, &[("DOCKER_HOST", host)]))
}

/// All rows open, so that the screen is full of them.
fn opened(pty: Pty) -> Pty {
    pty.wait_for(ROW);
    pty.keys("*");
    pty.wait_for("svc");
    pty
}

/// As many streams as stacktop shows services of this fleet: what they cost an engine whoever reads them.
fn bare(program: &str, host: &str) -> Pty {
    let socket = host.trim_start_matches("unix://");
    let list = ["--silent", "--unix-socket", socket, "http://engine/containers/json"];
    let told = Command::new(program).args(list).output().expect("curl can be started").stdout;
    let listed: Vec<Value> = serde_json::from_slice(&told).expect("an engine lists its containers");
    let mut command = format!(
        "exec {program} --silent --parallel --parallel-immediate --parallel-max 64 --unix-socket {socket}"
    );
    for id in listed.iter().take(VISIBLE).filter_map(|one| one["Id"].as_str()) {
        write!(command, " --output /dev/null http://engine/containers/{id}/stats").expect("text grows");
    }
    program::start("sh", ["-c", &command], &[])
}

fn docker(program: &str, host: &str) -> Pty {
    program::start(program, ["stats"], &[("DOCKER_HOST", host)])
}

fn plain(program: &str, host: &str) -> Pty {
    program::start(program, [], &[("DOCKER_HOST", host)])
}

/// A program in the path.
fn find(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|program| program.is_file())
}
