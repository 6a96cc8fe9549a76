//! What a terminal gets: colours, and lines that fit.

use super::support::PtyBuilder;

#[test]
fn a_terminal_gets_colours_and_lines_that_fit() {
    let pty = PtyBuilder::new().args(["--demo", "ps", "xorb"]).size(40, 80).start();
    assert_eq!(pty.wait_exit().code, 0);
    let screen = pty.screen();
    assert!(screen.contains("▲ unhealthy") && screen.contains('…'), "{screen}");
    assert!(pty.wrote("\x1b[33m▲ unhealthy\x1b[0m"), "{screen}");
    let lines = screen.lines().filter(|line| !line.trim().is_empty()).count();
    assert_eq!(lines, 15, "a heading and fourteen replicas, a line each: {screen}");
}

#[test]
fn a_terminal_that_wants_no_colours_gets_none() {
    let variable = PtyBuilder::new().args(["--demo", "ls"]).env("NO_COLOR", "1").start();
    let option = PtyBuilder::new().args(["--demo", "ls", "--no-color"]).start();
    let dumb = PtyBuilder::new().args(["--demo", "ls"]).env("TERM", "dumb").start();
    for pty in [variable, option, dumb] {
        assert_eq!(pty.wait_exit().code, 0);
        assert!(pty.screen().contains("▲ unhealthy") && !pty.wrote("\x1b["), "{}", pty.screen());
    }
}

#[test]
fn each_replica_has_a_colour_of_its_own_in_front_of_its_lines() {
    let pty = PtyBuilder::new().args(["--demo", "logs", "--tail", "1", "xorb/api-prod"]).start();
    assert_eq!(pty.wait_exit().code, 0);
    let raw = String::from_utf8_lossy(&pty.raw()).into_owned();
    let colour = |name: &str| {
        raw.split(name).next().and_then(|before| before.rsplit("\x1b[").next()).map(str::to_owned)
    };
    assert_ne!(colour("api-prod-1  | "), colour("api-prod-2  | "), "{raw:?}");
}

#[test]
fn the_doctor_knows_the_terminal() {
    let pty =
        PtyBuilder::new().args(["--demo", "doctor"]).env("COLORTERM", "truecolor").size(30, 160).start();
    assert_eq!(pty.wait_exit().code, 0);
    let screen = pty.screen();
    for seen in ["TERM is xterm-256color", "160x30", "on, 24 bit", "C.UTF-8: Unicode"] {
        assert!(screen.contains(seen), "{seen}: {screen}");
    }
}
