//! What the dashboard may cost, told without a clock: allocations, bytes for the terminal, messages, requests.

#![cfg(feature = "tui")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "test code")]

#[path = "budgets/allocations.rs"]
mod allocations;
#[path = "budgets/desk.rs"]
mod desk;

use std::time::Duration;

use desk::Desk;

/// Allocations of a frame of 50x180 in which nothing has changed: those of the texts on it.
const FRAME: u64 = 1_600;

/// Bytes for the terminal when what one row shows has changed; the clock and the synchronisation are part of it.
const ROW: usize = 400;

/// Bytes of every frame: the cursor is hidden and the colours are set back.
const FRAMING: usize = 32;

#[tokio::test(start_paused = true)]
async fn a_steady_frame_allocates_what_its_texts_need() {
    let mut desk = Desk::with(50).await;
    desk.open_all();
    let allocated = desk.allocations_of_a_frame();
    assert!(allocated <= FRAME, "{allocated} allocations");
}

#[tokio::test(start_paused = true)]
async fn a_frame_costs_the_same_however_many_rows_are_not_visible() {
    let mut cost = Vec::new();
    for containers in [100, 1_000] {
        let mut desk = Desk::with(containers).await;
        desk.open_all();
        desk.select_a_replica();
        cost.push(desk.allocations_of_a_frame());
    }
    assert!(cost[1] <= cost[0] + cost[0] / 10, "{cost:?} allocations");
}

#[tokio::test(start_paused = true)]
async fn logs_that_are_not_shown_cost_a_frame_nothing() {
    let mut desk = Desk::with(10).await;
    desk.keys("l");
    desk.pass(Duration::from_secs(20)).await;
    desk.keys("o");
    let before = desk.allocations_of_a_frame();
    desk.say(9_000);
    assert_eq!(desk.allocations_of_a_frame(), before);
}

#[tokio::test(start_paused = true)]
async fn a_frame_of_logs_costs_the_same_however_many_lines_there_are() {
    let mut desk = Desk::with(10).await;
    desk.keys("l");
    desk.say(200);
    let before = desk.allocations_of_a_frame();
    desk.say(9_000);
    let after = desk.allocations_of_a_frame();
    assert!(after <= before + before / 10, "{before} allocations with 200 lines, {after} with 9,200");
}

#[tokio::test(start_paused = true)]
async fn a_sample_is_taken_in_without_looking_at_other_containers() {
    let mut cost = Vec::new();
    for containers in [100, 1_000] {
        let mut desk = Desk::with(containers).await;
        desk.open_all();
        desk.sample_one();
        cost.push(desk.allocations(Desk::sample_one));
    }
    assert!(cost[1] <= cost[0] + 4, "{cost:?} allocations");
}

#[tokio::test(start_paused = true)]
async fn one_changed_row_is_few_bytes_for_the_terminal() {
    let mut desk = Desk::with(50).await;
    desk.open_all();
    desk.select_a_replica();
    desk.sample_one();
    desk.bytes_of_a_frame();
    desk.sample_one();
    let written = desk.bytes_of_a_frame();
    assert!((1..=ROW).contains(&written), "{written} bytes");
}

#[tokio::test(start_paused = true)]
async fn a_frame_in_which_nothing_changed_writes_no_cell() {
    let mut desk = Desk::with(50).await;
    desk.open_all();
    desk.bytes_of_a_frame();
    let written = desk.bytes_of_a_frame();
    assert!(written <= FRAMING, "{written} bytes");
}

#[tokio::test(start_paused = true)]
async fn where_nothing_runs_nothing_is_drawn_but_the_clock_and_nothing_wakes_but_the_regular_look() {
    let mut desk = Desk::with(0).await;
    desk.pass(Duration::from_secs(5)).await;
    let watched = desk.pass(Duration::from_secs(60)).await;
    assert!(watched.messages <= 7, "a snapshot every ten seconds: {watched:?}");
    assert!(watched.frames <= 60 + watched.messages, "{watched:?}");
}

#[tokio::test(start_paused = true)]
async fn what_is_measured_is_drawn_when_it_arrives_and_no_second_time_for_the_clock() {
    let mut desk = Desk::with(20).await;
    desk.open_all();
    desk.pass(Duration::from_secs(5)).await;
    let watched = desk.pass(Duration::from_secs(60)).await;
    assert!((55..=130).contains(&watched.frames), "{watched:?}");
}

#[tokio::test(start_paused = true)]
async fn containers_that_are_not_visible_are_asked_for_a_few_a_second_however_many_there_are() {
    let mut desk = Desk::with(1_000).await;
    desk.pass(Duration::from_secs(10)).await;
    let before = desk.measured();
    desk.pass(Duration::from_secs(60)).await;
    let asked = desk.measured() - before;
    assert!((60..=600).contains(&asked), "{asked} requests in a minute");
}
