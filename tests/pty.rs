//! The real program in a real terminal: what is on the screen, what keys do, how the terminal is left behind.

#![cfg(feature = "tui")]

#[path = "pty/backups.rs"]
mod backups;
mod support;

use std::io::Write as _;

use rustix::process::Signal;
use support::{Pty, PtyBuilder, Service, pty::Exit};

fn demo() -> Pty {
    PtyBuilder::new().args(["demo", "--seed", "7"]).env("NO_COLOR", "1").start()
}

/// A dashboard on the engine of this host, with its own rows only.
fn on_engine(host: &str) -> Pty {
    PtyBuilder::new().args(["--host", host]).env("NO_COLOR", "1").start()
}

/// The terminal is as it was, whatever was on it.
fn assert_restored(tui: &Pty, exit: &Exit) {
    assert_eq!(exit.attributes, tui.attributes_before(), "line discipline");
    for sequence in ["\x1b[?1049l", "\x1b[?2004l", "\x1b[?25h"] {
        assert!(tui.wrote(sequence), "{sequence:?} was not written");
    }
}

#[test]
fn the_demo_shows_five_stacks_and_what_is_wrong() {
    let tui = demo();
    for name in ["mundo-tango", "negative-space", "medianest", "xorb", "codecave"] {
        tui.wait_for(name);
    }
    let screen = tui.wait_for("unhealthy");
    assert!(screen.contains("xorb/api-prod"), "{screen}");
}

#[test]
fn q_leaves_and_gives_the_terminal_back() {
    let tui = demo();
    tui.wait_for("xorb");
    tui.keys("q");
    let exit = tui.wait_exit();
    assert_eq!(exit.code, 0);
    assert_restored(&tui, &exit);
}

#[test]
fn signals_end_the_program_with_their_code_and_give_the_terminal_back() {
    for (signal, code) in [(Signal::TERM, 143), (Signal::HUP, 129), (Signal::INT, 130)] {
        let tui = demo();
        tui.wait_for("xorb");
        tui.signal(signal);
        let exit = tui.wait_exit();
        assert_eq!(exit.code, code, "{signal:?}");
        assert_restored(&tui, &exit);
    }
}

#[test]
fn ctrl_z_sleeps_with_the_terminal_given_back_and_wakes_with_the_whole_screen() {
    let tui = demo();
    tui.wait_for("xorb");
    tui.keys("<c-z>");
    tui.wait_raw("\x1b[?1049l");
    support::pty::wait_stopped(tui.pid());
    assert_eq!(tui.attributes(), tui.attributes_before());
    tui.signal(Signal::CONT);
    tui.wait_for("mundo-tango");
    tui.keys("?");
    tui.wait_for("Leave stacktop");
}

#[test]
fn help_lists_every_key_and_closes() {
    let tui = demo();
    tui.wait_for("xorb");
    tui.keys("?");
    tui.wait_for("Show all keys.");
    tui.keys("?");
    tui.wait_gone("Show all keys.");
}

#[test]
fn a_filter_keeps_what_matches() {
    let tui = demo();
    tui.wait_for("codecave");
    tui.keys("/grafana<enter>");
    tui.wait_gone("codecave");
    tui.wait_for("grafana");
    tui.keys("/");
    tui.keys("<c-u><enter>");
    tui.wait_for("codecave");
}

#[test]
fn logs_of_all_replicas_are_merged() {
    let tui = demo();
    tui.wait_for("api-prod");
    tui.keys("/api-prod<enter>");
    tui.wait_gone("codecave");
    tui.keys("jl");
    tui.wait_for("following");
    for replica in ["api-prod-1", "api-prod-2", "api-prod-3"] {
        tui.wait_for(replica);
    }
}

#[test]
fn a_restart_is_planned_confirmed_and_done() {
    let tui = demo();
    tui.wait_for("codecave");
    tui.keys("/gateway<enter>");
    tui.wait_gone("medianest");
    tui.keys("jr");
    let plan = tui.wait_for("Restart 1 container of");
    assert!(plan.contains("is ready, within 60 s"), "{plan}");
    tui.keys("y");
    tui.wait_for("done in");
    tui.keys("q");
    assert_eq!(tui.wait_exit().code, 0);
}

/// Types an image for the selected service and shows the plan.
fn ask_for_update(tui: &Pty, image: &str) {
    tui.keys("u");
    tui.wait_for("it runs");
    tui.keys("<c-u>");
    tui.keys(image);
    tui.keys("<enter>");
}

#[test]
fn an_image_that_crashes_is_caught_by_the_gate_and_everything_is_put_back() {
    let tui = demo();
    tui.wait_for("codecave");
    tui.keys("/api-prod<enter>");
    tui.wait_gone("medianest");
    tui.keys("j");
    ask_for_update(&tui, "xorb/api:v9-crash");
    tui.wait_for("nothing is replaced yet");
    tui.keys("y");
    tui.wait_for("v9-crash: done in");
    ask_for_update(&tui, "xorb/api:v9-crash");
    let plan = tui.wait_for("automatic on failure");
    assert!(plan.contains("xorb/api:v1.2.3 → xorb/api:v9-crash"), "{plan}");
    tui.keys("y");
    let screen = tui.wait_for("failed, everything is as before");
    assert!(screen.contains("put back"), "what became of the first replica: {screen}");
    assert!(screen.contains("did not become"), "what was not met: {screen}");
    assert!(screen.contains("not touched"), "the other replicas: {screen}");
    tui.wait_for("fatal: cannot start");
    // The container that failed is gone, and three of three run.
    tui.wait_for("3/3");
    tui.keys("J");
    tui.wait_for("nothing is written down");
    tui.keys("q");
    assert_eq!(tui.wait_exit().code, 0);
}

#[test]
fn an_action_is_found_by_its_name_and_its_argument_leads_to_the_plan() {
    let tui = demo();
    tui.wait_for("codecave");
    tui.keys("/api-prod<enter>");
    tui.wait_gone("medianest");
    tui.keys("j:");
    tui.wait_for("Actions");
    tui.keys("scale 5<enter>");
    tui.wait_for("Scale xorb/api-prod from 3 to 5");
}

#[test]
fn a_dashboard_that_only_looks_has_no_key_that_changes_anything() {
    let tui = PtyBuilder::new().args(["demo", "--seed", "7", "--read-only"]).env("NO_COLOR", "1").start();
    let screen = tui.wait_for("read-only");
    assert!(!screen.contains("restart"), "{screen}");
    tui.keys("r");
    tui.wait_for("no restart: this dashboard is read-only");
}

#[test]
fn a_terminal_that_shrinks_keeps_its_words_and_says_when_it_is_too_small() {
    let tui = demo();
    tui.wait_for("mundo-tango");
    tui.resize(24, 80);
    tui.wait_for("mundo-tango");
    tui.resize(10, 40);
    tui.wait_for("60");
    tui.resize(40, 120);
    tui.wait_for("mundo-tango");
}

#[test]
fn without_an_engine_the_program_says_why_in_one_sentence_and_offers_the_demo() {
    let tui = PtyBuilder::new().args(["--host", "unix:///nonexistent/docker.sock"]).start();
    let screen = tui.wait_for("stacktop demo");
    let exit = tui.wait_exit();
    assert_eq!(exit.code, 3);
    assert!(screen.contains("/nonexistent/docker.sock"), "{screen}");
    assert!(!tui.wrote("\x1b[?1049h"), "the terminal was taken over for nothing");
}

/// Runs this very test binary in a terminal: it takes the terminal over and a task of it panics.
#[test]
fn a_panic_in_a_task_gives_the_terminal_back_before_it_is_told() {
    let program = std::env::current_exe().unwrap();
    let tui = PtyBuilder::of(program.to_str().unwrap())
        .args(["--exact", "panicking_program", "--ignored", "--nocapture"])
        .start();
    let exit = tui.wait_exit();
    assert_eq!(exit.code, 101);
    assert_restored(&tui, &exit);
    let written = String::from_utf8_lossy(&tui.raw()).into_owned();
    let (before, after) = written.split_once("\x1b[?1049l").unwrap();
    assert!(!before.contains("the task broke") && after.contains("the task broke"), "{written:?}");
}

#[test]
#[ignore = "it is the program of another test"]
fn panicking_program() {
    stacktop::runtime::install_reports();
    let _tui = stacktop::term::Tui::enter().unwrap();
    std::io::stdout().flush().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap();
    let broken = runtime.block_on(async { tokio::spawn(async { panic!("the task broke") }).await });
    unreachable!("{broken:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn containers_come_and_go_on_the_screen_as_they_do_on_the_engine() {
    let Some(bed) = support::engine("containers_come_and_go_on_the_screen_as_they_do_on_the_engine") else {
        return;
    };
    let name = bed.unique("shop");
    let services = [Service::new("web", bed.server("1")).replicas(2), Service::new("db", bed.server("1"))];
    let tui = on_engine(&bed.engine().host());
    tui.wait_for("● live");
    let shop = bed.compose_project(&name, &services).await;
    tui.keys(&format!("/{name}<enter>"));
    tui.wait_for("3/3");
    shop.replica_of("web", 2).stop(1).await;
    tui.wait_for("2/3");
    shop.replica_of("web", 2).act("start").await;
    tui.wait_for("3/3");
}

/// RFC 3339 in UTC with a fixed number of digits up to the seconds: later is greater.
async fn started_at(container: &support::Container) -> String {
    container.inspect().await["State"]["StartedAt"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_is_restarted_by_keys_one_replica_after_the_other() {
    let test = "a_service_is_restarted_by_keys_one_replica_after_the_other";
    let Some(bed) = support::engine(test) else { return };
    let shop = bed.compose_project("shop", &[Service::new("web", bed.server("1")).replicas(2)]).await;
    let before = [started_at(shop.replica_of("web", 1)).await, started_at(shop.replica_of("web", 2)).await];
    let tui = on_engine(&bed.engine().host());
    tui.wait_for("● live");
    tui.keys(&format!("/{}<enter>", shop.name));
    tui.wait_for("2/2");
    tui.keys("jr");
    tui.wait_for(&format!("Restart 2 containers of {}/web", shop.name));
    tui.keys("y");
    tui.wait_for("done in");
    let after = [started_at(shop.replica_of("web", 1)).await, started_at(shop.replica_of("web", 2)).await];
    assert!(before[0] < after[0] && after[0] < after[1], "{before:?} {after:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_is_scaled_by_keys() {
    let Some(bed) = support::engine("a_service_is_scaled_by_keys") else { return };
    let shop = bed.compose_project("shop", &[Service::new("web", bed.server("1"))]).await;
    let tui = on_engine(&bed.engine().host());
    tui.wait_for("● live");
    tui.keys(&format!("/{}<enter>", shop.name));
    tui.wait_for("1/1");
    tui.keys("js");
    tui.wait_for(&format!("Scale {}/web", shop.name));
    tui.keys("<c-u>3<enter>");
    tui.wait_for("1 → 3");
    tui.keys("y");
    tui.wait_for("done in");
    tui.wait_for("3/3");
}

/// Killed, not left: nothing was put in order.
#[tokio::test(flavor = "multi_thread")]
async fn an_update_whose_dashboard_was_killed_is_found_by_the_next_and_rolled_back() {
    let test = "an_update_whose_dashboard_was_killed_is_found_by_the_next_and_rolled_back";
    let Some(bed) = support::engine(test) else { return };
    let shop = bed.compose_project("shop", &[Service::new("web", bed.server("1"))]).await;
    let before = shop.replica_of("web", 1).inspect().await["Id"].clone();
    let open = || {
        let tui = on_engine(&bed.engine().host());
        tui.wait_for("● live");
        tui.keys(&format!("/{}<enter>", shop.name));
        tui.wait_for(" web ");
        tui.keys("j");
        tui
    };
    let first = open();
    first.keys(&format!("u<c-u>{}<enter>", bed.image("2")));
    first.wait_for("start-first");
    first.keys("y");
    first.wait_for(" of 10 s");
    first.signal(Signal::KILL);
    let second = open();
    let finding = format!("‖ {}/web", shop.name);
    second.wait_for(&finding);
    second.keys("<c-b>");
    second.wait_for("Roll back the update");
    second.keys("y");
    second.wait_for("done in");
    second.wait_gone(&finding);
    let after = shop.replica_of("web", 1).inspect().await;
    assert_eq!((&after["Id"], after["State"]["Status"].as_str()), (&before, Some("running")));
}

#[test]
fn leaving_while_a_job_is_at_work_asks_and_tells_the_shell_how_it_goes_on() {
    let tui = demo();
    tui.wait_for("codecave");
    tui.keys("/mq<enter>");
    tui.wait_gone("medianest");
    tui.keys("jr");
    tui.wait_for("Restart 1 container of");
    tui.keys("y");
    tui.wait_for("gate");
    tui.keys("q");
    tui.wait_for("Leave while this is at work?");
    tui.keys("q");
    tui.wait_for("Leaving after the running step");
    tui.keys("q");
    assert_eq!(tui.wait_exit().code, 0);
    tui.wait_for("what is done stays done");
}

#[test]
fn a_shell_takes_the_terminal_and_gives_it_back_to_a_dashboard_that_went_on() {
    let tui = demo();
    tui.wait_for("codecave");
    tui.keys("/api-prod<enter>");
    tui.wait_gone("codecave");
    tui.keys("je");
    let screen = tui.wait_for("$ ");
    assert!(screen.contains("shell in xorb-api-prod-1 (sh); exit returns to stacktop"), "{screen}");
    assert!(!tui.with_screen(vt100::Screen::alternate_screen), "the shell has the main screen");
    tui.keys("echo whisper<enter>");
    tui.wait_for("\nwhisper");
    tui.keys("exit 3<enter>");
    tui.wait_for("the shell in xorb-api-prod-1 has ended with 3");
    assert!(tui.with_screen(vt100::Screen::alternate_screen));
    tui.keys("?");
    tui.wait_for("Show all keys.");
    tui.keys("?");
    tui.wait_gone("Show all keys.");
    tui.keys("q");
    let exit = tui.wait_exit();
    assert_eq!(exit.code, 0);
    assert_restored(&tui, &exit);
}

/// crossterm forgets keys when its reader is made anew carelessly; each visit makes it anew.
#[test]
fn no_key_is_lost_after_any_of_several_shells() {
    let tui = demo();
    tui.wait_for("codecave");
    tui.keys("/api-prod<enter>");
    tui.wait_gone("codecave");
    tui.keys("j");
    for visit in 0..8 {
        tui.keys("e");
        tui.wait_for("$ ");
        tui.keys(&format!("exit {visit}<enter>"));
        tui.wait_for(&format!(
            "has ended{}",
            if visit == 0 { String::new() } else { format!(" with {visit}") }
        ));
        tui.keys("?");
        tui.wait_for("Show all keys.");
        tui.keys("?");
        tui.wait_gone("Show all keys.");
    }
}

#[test]
fn a_dashboard_that_only_looks_opens_no_shell() {
    let tui = PtyBuilder::new().args(["demo", "--seed", "7", "--read-only"]).env("NO_COLOR", "1").start();
    tui.wait_for("read-only");
    tui.keys("e");
    tui.wait_for("no shell: this dashboard is read-only");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_container_that_dies_under_its_shell_gives_the_dashboard_back() {
    let test = "a_container_that_dies_under_its_shell_gives_the_dashboard_back";
    let Some(bed) = support::engine(test) else { return };
    let shop = bed.compose_project("shop", &[Service::new("web", bed.server("1"))]).await;
    let tui = on_engine(&bed.engine().host());
    tui.wait_for("● live");
    tui.keys(&format!("/{}<enter>", shop.name));
    tui.wait_for("1/1");
    tui.keys("je");
    let first = shop.replica_of("web", 1);
    tui.wait_for(&format!("shell in {} (sh)", first.name));
    tui.keys("tty<enter>");
    tui.wait_for("a terminal");
    tui.resize(30, 100);
    first.act("kill").await;
    tui.wait_for(&format!("the shell in {} has ended with 137", first.name));
    // What happened meanwhile is there, and keys are the dashboard's again.
    tui.wait_for("0/1");
    tui.keys("e");
    tui.wait_for(&format!("no shell in {}: it does not run", first.name));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signal_under_a_shell_ends_the_dashboard_and_gives_the_terminal_back() {
    let test = "a_signal_under_a_shell_ends_the_dashboard_and_gives_the_terminal_back";
    let Some(bed) = support::engine(test) else { return };
    let web = bed.run(bed.server("1").name("solo")).await;
    let tui = on_engine(&bed.engine().host());
    tui.wait_for("● live");
    tui.keys("/solo<enter>");
    tui.wait_for(&web.name);
    tui.keys("je");
    tui.wait_for("$ ");
    tui.signal(Signal::TERM);
    let exit = tui.wait_exit();
    assert_eq!((exit.code, exit.attributes.as_str()), (143, tui.attributes_before()));
}

/// The engine is a private one: the host's is never stopped.
#[tokio::test(flavor = "multi_thread")]
async fn an_engine_that_is_lost_under_a_shell_gives_the_dashboard_back_with_the_reason() {
    let test = "an_engine_that_is_lost_under_a_shell_gives_the_dashboard_back_with_the_reason";
    let Some(engine) = support::private::engine(test) else { return };
    let web = engine.bed.run(engine.bed.server("1").name("solo")).await;
    let tui = on_engine(&engine.bed.engine().host());
    tui.wait_for(&web.name);
    tui.keys("je");
    tui.wait_for("$ ");
    engine.restart_with(|| {
        tui.wait_for(&format!("the shell in {} is lost", web.name));
    });
    tui.wait_for("● live");
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_output_reaches_the_screen_as_text_only() {
    let Some(bed) = support::engine("hostile_output_reaches_the_screen_as_text_only") else { return };
    let shout = bed.server("1").name("shout").env("LOG_KIND", "hostile").env("LOG_LINES", 28);
    bed.run(shout).await.wait_log("stacked marks").await;
    let tui = on_engine(&bed.engine().host());
    tui.wait_for("● live");
    tui.keys("/shout<enter>");
    tui.wait_for("shout");
    tui.keys("jl");
    tui.wait_for("after a direction override");
    for sequence in ["\x1b]0;owned", "\x1b]52;", "\x1bPq", "\u{202e}", "\x1b[6n\x1b[c"] {
        assert!(!tui.wrote(sequence), "{sequence:?} reached the terminal");
    }
    let top = tui.with_screen(|screen| screen.contents_between(0, 0, 0, 9));
    assert_eq!(top, " stacktop", "the layout did not hold");
}

/// The engine is a private one: the host's is never stopped.
#[tokio::test(flavor = "multi_thread")]
async fn an_engine_that_restarts_is_found_again_with_its_true_state() {
    let test = "an_engine_that_restarts_is_found_again_with_its_true_state";
    let Some(engine) = support::private::engine(test) else { return };
    let bed = &engine.bed;
    let _first = bed.run(bed.server("1").name("before").restart("always")).await;
    let tui = on_engine(&bed.engine().host());
    tui.wait_for("before");
    engine.restart_with(|| {
        let screen = tui.wait_for("lost");
        assert!(screen.contains("before"), "the screen went blank:\n{screen}");
    });
    tui.wait_for("● live");
    let _second = bed.run(bed.server("1").name("after")).await;
    tui.wait_for("after");
    tui.keys("q");
    assert_eq!(tui.wait_exit().code, 0);
}
