//! Snapshots: what each screen says, at each size.

use std::sync::Arc;

use jiff::SignedDuration;

use super::{fixture, *};
use crate::{
    domain::{Link, Snapshot, SwarmRole},
    model::{Inspection, LineFilter, NoticeLevel, Overlay, Pane, Prompt, PromptPurpose, Row, Shown, Tab},
    theme::{Colours, Glyphs},
};

fn check(name: &str, model: &Model, sizes: &[(u16, u16)]) {
    for size in sizes {
        let text = text(model, &Theme::default(), *size);
        insta::assert_snapshot!(format!("{name}-{}x{}", size.0, size.1), text);
    }
}

fn on(name: &str) -> Model {
    let mut model = fixture::model();
    fixture::select(&mut model, name);
    model
}

fn lost() -> Link {
    Link::Lost {
        since: fixture::ago(12),
        cause: "the connection was reset by the engine".to_owned(),
        attempts: 4,
        retry_at: fixture::now() + SignedDuration::from_secs(3),
    }
}

#[test]
fn home_shows_what_is_wrong_first() {
    check("home", &on("medianest/app"), &[SMALL, MEDIUM, LARGE]);
}

#[test]
fn a_stack_a_single_service_and_a_replica_have_an_overview() {
    check("stack", &on("codecave"), &[MEDIUM]);
    check("service-down", &on("codecave/search"), &[MEDIUM]);
    check("replica", &on("xorb/api-prod/2"), &[MEDIUM]);
}

#[test]
fn each_tab_has_a_screen() {
    let mut model = on("xorb/api-prod");
    model.focus.pane = Pane::Detail;
    fixture::logs(&mut model, 300);
    let row = model.tree.selected.clone().unwrap();
    let lines = (0..60).map(|line| format!("Key{line}: value")).collect();
    model.detail.inspection = Inspection::Answer(row, lines);
    for tab in Tab::ALL {
        model.detail.tab = tab;
        check(&format!("tab-{}", tab.title().to_lowercase()), &model, &[SMALL, MEDIUM, LARGE]);
    }
}

#[test]
fn logs_wrap_tell_the_time_scroll_and_filter() {
    let mut model = on("xorb/api-prod");
    model.focus.pane = Pane::Detail;
    model.detail.tab = Tab::Logs;
    fixture::logs(&mut model, 300);
    (model.logs.wrap, model.logs.timestamps, model.logs.scroll) = (true, true, 24);
    check("logs-wrapped", &model, &[SMALL]);
    (model.logs.wrap, model.logs.scroll) = (false, 0);
    model.logs.filter = Some(LineFilter::parse("timeout").unwrap());
    model.logs.forgotten = 1200;
    check("logs-filtered", &model, &[SMALL]);
}

#[test]
fn a_zoomed_detail_takes_the_screen() {
    let mut model = on("medianest/app");
    (model.focus.pane, model.focus.zoomed) = (Pane::Detail, true);
    check("zoomed", &model, &[SMALL, MEDIUM]);
}

#[test]
fn help_lists_all_keys() {
    let mut model = on("medianest/app");
    model.focus.overlay = Some(Overlay::Help { scroll: 0 });
    check("help", &model, &[SMALL, LARGE]);
}

#[test]
fn a_filter_is_typed_on_the_bottom_line_and_its_error_is_told() {
    let mut model = on("medianest/app");
    let prompt = Prompt { purpose: PromptPurpose::FilterTree, text: "app".to_owned(), error: None };
    model.focus.prompt = Some(prompt);
    model.tree.filter = Some(LineFilter::parse("app").unwrap());
    check("prompt", &model, &[SMALL]);
    let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
    terminal.draw(|frame| _ = draw(&model, &Theme::default(), frame)).unwrap();
    terminal.backend_mut().assert_cursor_position((19, 23));
    model.focus.prompt.as_mut().unwrap().error = Some("unclosed group".to_owned());
    check("prompt-error", &model, &[SMALL]);
}

#[test]
fn a_lost_link_tells_the_cause_the_next_try_and_the_age_of_the_data() {
    let mut model = on("medianest/app");
    model.link = lost();
    check("lost", &model, &[SMALL, MEDIUM]);
}

#[test]
fn messages_lie_over_the_bottom_border() {
    let mut model = on("medianest/app");
    model.focus.pane = Pane::Findings;
    model.notices.push(
        model.clock.running,
        NoticeLevel::Error,
        "the logs of web-1 cannot be read".to_owned(),
    );
    check("notice", &model, &[SMALL, MEDIUM]);
}

#[test]
fn empty_states_have_words() {
    check("connecting", &fixture::empty(), &[SMALL, MEDIUM]);
    let mut model = fixture::empty();
    model.link = lost();
    check("never-connected", &model, &[SMALL]);
    model.link = Link::Live;
    model.known.replace(Snapshot::default(), fixture::now());
    check("nothing-runs", &model, &[MEDIUM]);
    model.detail.tab = Tab::Nodes;
    check("no-swarm", &model, &[MEDIUM]);
}

#[test]
fn what_matches_nothing_says_how_to_get_back() {
    let says = |model: &Model| text(model, &Theme::default(), MEDIUM);
    let mut model = on("medianest/app");
    model.tree.rows.clear();
    model.tree.filter = Some(LineFilter::parse("zebra").unwrap());
    assert!(
        says(&model).contains("nothing matches /zebra")
            && says(&model).contains("esc shows everything again")
    );
    model.tree.filter = None;
    model.tree.faults_only = true;
    assert!(says(&model).contains("nothing is wrong") && says(&model).contains("! shows everything again"));
}

#[test]
fn tabs_with_nothing_to_show_say_why() {
    let mut model = on("codecave/db");
    let says = |model: &Model| text(model, &Theme::default(), MEDIUM);
    model.detail.tab = Tab::Health;
    assert!(says(&model).contains("no health check"));
    model.detail.tab = Tab::Events;
    assert!(says(&model).contains("nothing happened to codecave/db"));
    model.detail.tab = Tab::Logs;
    assert!(says(&model).contains("no logs are read"));
    model.logs.row = model.tree.selected.clone();
    assert!(says(&model).contains("no container of it is on this engine"));
    model.logs.sources = vec!["db".to_owned()];
    assert!(says(&model).contains("no line yet"));
    let snapshot = Arc::make_mut(&mut model.known.snapshot);
    snapshot.nodes.clear();
    snapshot.engine.swarm.role = SwarmRole::Worker;
    model.detail.tab = Tab::Nodes;
    assert!(says(&model).contains("only a manager knows the nodes"));
}

#[test]
fn five_hundred_rows_show_their_place() {
    let mut model = on("medianest/app");
    let one = model.tree.rows[1].clone();
    model.tree.rows = (0..500).map(|n| Row { name: format!("service-{n:03}"), ..one.clone() }).collect();
    model.tree.offset = 250;
    let (_, hits) = screen(&model, &Theme::default(), MEDIUM);
    let text = text(&model, &Theme::default(), MEDIUM);
    assert!(
        text.contains("service-250") && text.contains("of 500") && !text.contains("service-249"),
        "{text}"
    );
    assert!(text.contains(&format!("service-{}", 249 + hits.tree_rows)));
    assert!(!text.contains(&format!("service-{}", 250 + hits.tree_rows)));
}

#[test]
fn poor_terminals_get_ascii_and_no_colour() {
    let theme = Theme::for_terminal(Colours::None, "default").unwrap().with_glyphs(Glyphs::Ascii);
    let text = text(&on("medianest/app"), &theme, MEDIUM);
    assert!(text.is_ascii());
    insta::assert_snapshot!("ascii-120x40", text);
}

#[test]
fn a_screen_that_is_too_small_says_so() {
    let model = on("medianest/app");
    for size in [(59, 15), (60, 14), (20, 5)] {
        let (buffer, hits) = screen(&model, &Theme::default(), size);
        assert!(find(&buffer, "stacktop needs").is_some(), "{size:?}");
        assert_eq!(hits.screen, size);
    }
    assert!(text(&model, &Theme::default(), (60, 15)).contains("NAME"));
}

#[test]
fn the_sizes_told_are_those_drawn() {
    let mut model = on("xorb/api-prod");
    model.detail.tab = Tab::Health;
    let (buffer, hits) = screen(&model, &Theme::default(), MEDIUM);
    let (_, top) = find(&buffer, "NAME").unwrap();
    let bottom = (0..40).rev().find(|y| buffer[(0, *y)].symbol() == "╰").unwrap();
    assert_eq!(hits.tree_rows, bottom - top - 1);
    assert_eq!((hits.detail_rows, hits.screen), (hits.tree_rows, MEDIUM));
    assert!(hits.detail_lines >= 12, "{hits:?}");
    model.focus.overlay = Some(Overlay::Help { scroll: u32::MAX });
    let (buffer, hits) = screen(&model, &Theme::default(), MEDIUM);
    assert!(hits.overlay.0 > u32::from(hits.overlay.1));
    assert!(find(&buffer, &format!("{} of {0}", hits.overlay.0)).is_some(), "the last page is shown");
}

#[test]
fn a_hidden_pane_tells_the_size_it_would_have() {
    let mut model = on("medianest/app");
    let (_, tree) = screen(&model, &Theme::default(), SMALL);
    model.focus.pane = Pane::Detail;
    let (_, detail) = screen(&model, &Theme::default(), SMALL);
    assert_eq!((tree.tree_rows, tree.detail_rows), (detail.tree_rows, detail.detail_rows));
}

#[test]
fn hints_follow_the_keymap() {
    let mut model = on("medianest/app");
    model.keymap = crate::action::Keymap::from_yaml("everywhere: {logs: [L], help: [f1]}").unwrap();
    let text = text(&model, &Theme::default(), SMALL);
    let hints = text.lines().last().unwrap();
    assert_eq!(hints.split_once("read-write").map(|(keys, _)| keys.trim()), Some("L logs  f1 help"));
}

#[test]
fn the_diagnostics_pane_has_a_place_of_its_own() {
    let mut model = on("medianest/app");
    model.diagnostics = Shown::Yes;
    let (buffer, with) = screen(&model, &Theme::default(), MEDIUM);
    assert!(find(&buffer, "stacktop's own messages").is_some());
    model.diagnostics = Shown::No;
    let (_, without) = screen(&model, &Theme::default(), MEDIUM);
    assert_eq!(without.tree_rows - with.tree_rows, 10);
}
