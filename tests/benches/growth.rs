//! How the cost grows with what there is.

use std::{thread::sleep, time::Duration};

use super::{filled, process, program, simulated::Simulated, table::Table};

const SIZES: [usize; 4] = [10, 100, 1_000, 5_000];
const STREAMS: [usize; 4] = [1, 5, 20, 50];
/// Lines a second of each log.
const LINES: usize = 100;
const SETTLE: Duration = Duration::from_secs(10);
const OVER: Duration = Duration::from_secs(20);

pub fn measure(table: &mut Table) {
    table.section(
        "### Growth with containers, simulated engine",
        &[
            "containers",
            "own CPU",
            "resident MB",
            "with 15 min of history MB",
            "frame ms",
            "update of one sample µs",
        ],
    );
    for containers in SIZES {
        let engine = Simulated::of(containers);
        let (cpu, resident) = watched(&engine, "*");
        let filled = filled::of(&engine.socket());
        table.row(vec![
            containers.to_string(),
            format!("{cpu:.1}"),
            format!("{resident:.1}"),
            format!("{:.1}", filled.resident),
            format!("{:.2}", filled.frame),
            format!("{:.1}", filled.one),
        ]);
    }
    table.section(
        format!("### Growth with log streams of {LINES} lines/s each, simulated engine"),
        &["streams", "own CPU", "resident MB"],
    );
    for streams in STREAMS {
        let engine = Simulated::speaking(streams, streams * LINES);
        let (cpu, resident) = watched(&engine, "l");
        table.row(vec![streams.to_string(), format!("{cpu:.1}"), format!("{resident:.1}")]);
    }
}

fn watched(engine: &Simulated, key: &str) -> (f64, f64) {
    let host = engine.host();
    let pty = program::start(&program::stacktop(), [], &[("DOCKER_HOST", host.as_str())]);
    pty.wait_for("stack00");
    pty.keys(key);
    sleep(SETTLE);
    let cpu = process::shares(&[vec![pty.pid()]], OVER)[0];
    (cpu, process::resident(pty.pid()).0)
}
