//! 5,000 containers.

use super::{
    filled, process, program,
    simulated::Simulated,
    table::{Table, percentiles},
};

const CONTAINERS: usize = 5_000;
const STARTS: usize = 9;

pub fn measure(table: &mut Table) {
    let engine = Simulated::of(CONTAINERS);
    let host = engine.host();
    let environment = [("DOCKER_HOST", host.as_str())];
    let starts: Vec<f64> = (0..STARTS).map(|_| program::first_row([], &environment, "stack00")).collect();
    let pty = program::start(&program::stacktop(), [], &environment);
    pty.wait_for("stack00");
    std::thread::sleep(std::time::Duration::from_secs(20));
    let running = process::resident(pty.pid()).0;
    let keys = percentiles(program::answers(&pty, ["j", "k"]));
    drop(pty);
    let filled = filled::of(&engine.socket());
    let (middle, worst) = percentiles(starts);
    table.section("### 5,000 containers, simulated engine in another process", &["", "target", "measured"]);
    for (what, target, measured) in [
        ("start to first screen, p50 / p95 ms", "200", format!("{middle:.0} / {worst:.0}")),
        ("frame, all rows open, ms", "2", format!("{:.2}", filled.frame)),
        ("update of one sample, one alone, µs", "20", format!("{:.1}", filled.one)),
        ("update of one sample, among those of all, µs", "20", format!("{:.2}", filled.each)),
        ("resident after 20 s, MB", "80", format!("{running:.1}")),
        ("resident with 15 minutes of history, MB", "80", format!("{:.1}", filled.resident)),
        ("key to screen, p50 / p95 ms", "5", format!("{:.1} / {:.1}", keys.0, keys.1)),
    ] {
        table.row(vec![what.to_owned(), target.to_owned(), measured]);
    }
}
