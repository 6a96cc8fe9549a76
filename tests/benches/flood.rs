//! The dashboard under a flood of log lines.

use std::{
    thread::sleep,
    time::{Duration, Instant},
};

use super::{
    process, program,
    simulated::Simulated,
    support::Pty,
    table::{Table, percentiles},
};

/// Lines a second, and how many containers write them: a few more than are to be taken in, or no more could be counted.
const RATE: usize = 105_000;
const CONTAINERS: usize = 5;

const SETTLE: Duration = Duration::from_secs(5);
const OVER: Duration = Duration::from_secs(20);

pub fn measure(table: &mut Table) {
    let engine = Simulated::speaking(CONTAINERS, RATE);
    let host = engine.host();
    let pty = program::start(&program::stacktop(), [], &[("DOCKER_HOST", host.as_str())]);
    pty.wait_for("stack00");
    pty.keys("l");
    pty.wait_for("request served");
    sleep(SETTLE);
    let (early, written) = (process::resident(pty.pid()).0, pty.written());
    let (began, before) = (Instant::now(), forgotten(&pty));
    let shares = process::shares(&[vec![pty.pid()], vec![engine.pid()]], OVER);
    let lines = (forgotten(&pty) - before) / began.elapsed().as_secs_f64();
    let bytes = (pty.written() - written) as f64 / OVER.as_secs_f64();
    let keys = percentiles(program::effects(&pty, ("?", "Show all keys"), "<esc>"));
    let late = process::resident(pty.pid()).0;
    table.section(
        format!("### Dashboard, logs of {RATE} lines/s from {CONTAINERS} containers"),
        &["", "target", "measured"],
    );
    for (what, target, measured) in [
        ("lines/s that were taken in", "100000", format!("{lines:.0}")),
        ("key to screen, p50 / p95 ms", "5", format!("{:.1} / {:.1}", keys.0, keys.1)),
        ("resident, then and 40 s later, MB", "flat", format!("{early:.1} / {late:.1}")),
        ("own CPU, % of one core", "–", format!("{:.0}", shares[0])),
        ("CPU of the simulated engine, % of one core", "–", format!("{:.0}", shares[1])),
        ("tty bytes/s", "–", format!("{bytes:.0}")),
    ] {
        table.row(vec![what.to_owned(), target.to_owned(), measured]);
    }
}

/// How many lines the dashboard says it has taken in and forgotten to make room for others.
fn forgotten(pty: &Pty) -> f64 {
    let screen = pty.wait_for(" older forgotten");
    let before = screen.split(" older forgotten").next().unwrap_or_default();
    let digits = before.rsplit(' ').next().unwrap_or_default().replace(',', "");
    digits.parse().expect("the dashboard counts lines")
}
