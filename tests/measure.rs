//! Prints what the dashboard costs. Nothing is asserted: machines differ. Run it with
//! `cargo test --release --test measure -- --ignored --nocapture`.

#![cfg(feature = "tui")]
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement is printed, a failure ends it")]

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use ratatui::{Terminal, backend::TestBackend};
use stacktop::{
    engine::Connector,
    runtime::{Clocks, Session},
    sim::{Options, Sim, World},
    theme::Theme,
    update::Msg,
    view,
};

const FRAMES: u32 = 1000;

#[tokio::test]
#[ignore = "a measurement"]
async fn the_time_to_the_first_rows_and_of_a_frame() {
    let began = Instant::now();
    let epoch = jiff::Timestamp::now();
    let sim = Sim::start(World::builtin(), Options { seed: 1, speed: 1.0, epoch });
    println!("world of five stacks: {:?}", began.elapsed());
    let connector = Connector::in_process("demo", Arc::new(move || sim.connect()));
    let mut session = Session::start(connector, Clocks::system());
    while session.model().known.taken_at.is_none() {
        let msg = session.next().await.unwrap();
        session.apply(msg);
    }
    println!("first rows: {:?} after start", began.elapsed());
    let end = Instant::now() + Duration::from_secs(5);
    while Instant::now() < end {
        if let Ok(Some(msg)) = tokio::time::timeout(Duration::from_millis(100), session.next()).await {
            session.apply(msg);
        }
    }
    for (columns, rows) in [(80, 24), (120, 40), (200, 60)] {
        let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
        let theme = Theme::default();
        let began = Instant::now();
        for _ in 0..FRAMES {
            let mut hits = None;
            terminal.draw(|frame| hits = Some(view::draw(session.model(), &theme, frame))).unwrap();
            session.apply(Msg::Hits(hits.unwrap()));
        }
        println!("frame at {columns}x{rows}: {:?}", began.elapsed() / FRAMES);
    }
}
