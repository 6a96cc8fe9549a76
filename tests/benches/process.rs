//! What the kernel tells of processes.

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use tokio::net::UnixStream;

/// Kernels count CPU time for programs in hundredths of a second.
const TICKS: f64 = 100.0;

/// CPU time that a process has used, in seconds; of one that is gone none.
pub fn cpu(pid: u32) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let Some((_, rest)) = stat.rsplit_once(") ") else { return 0.0 };
    rest.split(' ').skip(11).take(2).filter_map(|field| field.parse::<f64>().ok()).sum::<f64>() / TICKS
}

/// Percent of one core that each group of processes uses over a while.
pub fn shares(groups: &[Vec<u32>], over: Duration) -> Vec<f64> {
    let used = || -> Vec<f64> { groups.iter().map(|pids| pids.iter().map(|pid| cpu(*pid)).sum()).collect() };
    let (began, before) = (Instant::now(), used());
    std::thread::sleep(over);
    let (after, seconds) = (used(), began.elapsed().as_secs_f64());
    before.iter().zip(after).map(|(before, after)| (after - before) / seconds * 100.0).collect()
}

/// Memory of a process in MB: resident, and the part of it that is not file pages.
pub fn resident(pid: u32) -> (f64, f64) {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let field = |name: &str| -> f64 {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or("0");
        line.trim_matches([':', ' ', '\t']).trim_end_matches(" kB").parse().unwrap_or(0.0)
    };
    (field("VmRSS") * 1024.0 / 1e6, field("RssAnon") * 1024.0 / 1e6)
}

/// Children of a process, of whichever of its threads.
pub fn children(pid: u32) -> Vec<u32> {
    let tasks = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    let of_task = |task: fs::DirEntry| fs::read_to_string(task.path().join("children")).unwrap_or_default();
    let lists: Vec<String> = tasks.map(of_task).collect();
    lists.iter().flat_map(|list| list.split_whitespace()).filter_map(|word| word.parse().ok()).collect()
}

/// The daemon that listens on a socket, and its containerd.
pub async fn daemons(socket: &Path) -> Vec<u32> {
    let stream = UnixStream::connect(socket).await.expect("the engine's socket is there");
    let listener =
        stream.peer_cred().ok().and_then(|known| known.pid()).expect("the kernel knows who listens");
    let daemon = u32::try_from(listener).expect("a process id is positive");
    let is_containerd = |pid: &u32| {
        fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|name| name.trim() == "containerd")
    };
    std::iter::once(daemon).chain(children(daemon).into_iter().filter(is_containerd)).collect()
}
