mod backups;
mod charts;
mod evidence;
mod journal;
mod mark;
mod operate;
mod palette;

use std::{sync::Arc, time::Duration};

use super::*;
use crate::{
    action::{Input, Key},
    domain::{
        Container, ContainerId, Health, Link, LogBatch, LogLine, LogStream, Memory, Observation, Sample,
        SampleSource,
        testing::{at, exited, of, probed, replica},
    },
    model::{Clock, Hits, Inspection, Pane, RowKey, Tab},
};

/// A dashboard that is told things, one second after the other.
struct Desk {
    model: Model,
    second: u64,
}

impl Desk {
    fn new() -> Self {
        let clock = Clock { wall: at(5000), running: Duration::ZERO };
        Self { model: Model::new("unix:///run/docker.sock".to_owned(), clock), second: 0 }
    }

    /// A live dashboard of these containers, of which ten rows are visible.
    fn showing(containers: Vec<Container>) -> Self {
        let mut desk = Self::new();
        desk.tell(Msg::Hits(Hits { tree_rows: 10, detail_rows: 10, ..Hits::default() }));
        desk.tell(Msg::Engine(Observation::Link(Link::Live)));
        desk.runs(containers);
        desk
    }

    fn tell(&mut self, msg: Msg) -> Effects {
        self.second += 1;
        let running = Duration::from_secs(self.second);
        let clock = Clock { wall: at(5000 + self.second as i64), running };
        update(&mut self.model, Stamped { clock, msg })
    }

    fn runs(&mut self, containers: Vec<Container>) -> Effects {
        self.tell(Msg::Engine(Observation::Snapshot(Arc::new(of(containers)))))
    }

    fn keys(&mut self, keys: &str) -> Effects {
        let press = |key: &str| Msg::Input(Input::Key(key.parse::<Key>().unwrap()));
        keys.split(' ').flat_map(|key| self.tell(press(key))).collect()
    }

    fn names(&self) -> Vec<String> {
        self.model
            .tree
            .rows
            .iter()
            .map(|row| format!("{}{}", " ".repeat(row.depth.into()), row.name))
            .collect()
    }

    fn selected(&self) -> String {
        self.model.tree.row().map(|row| row.name.clone()).unwrap_or_default()
    }
}

fn shop() -> Vec<Container> {
    vec![replica("shop", "web", 1), replica("shop", "web", 2), replica("shop", "db", 1)]
}

fn sample(id: &ContainerId, second: i64, cpu_ns: u64) -> (ContainerId, Sample) {
    let sample = Sample {
        at: at(second),
        cpu_ns,
        system_ns: None,
        cpus: 1,
        memory: Memory { used: 1, limit: 2 },
        network: None,
        block: None,
        pids: None,
        share: None,
        pressure: None,
        source: SampleSource::Engine,
    };
    (id.clone(), sample)
}

fn lost() -> Link {
    Link::Lost { since: at(5005), cause: "the daemon hung up".to_owned(), attempts: 1, retry_at: at(5010) }
}

#[test]
fn a_small_fleet_is_shown_open_and_enter_and_left_close_it() {
    let mut desk = Desk::showing(shop());
    assert_eq!(desk.names(), ["shop", " db", " web"]);
    desk.keys("j j enter");
    assert_eq!(desk.names(), ["shop", " db", " web", "  .1", "  .2"]);
    desk.keys("left g left");
    assert_eq!(desk.names(), ["shop"]);
}

#[test]
fn the_selection_stays_with_the_thing_while_rows_move() {
    let mut desk = Desk::showing(shop());
    desk.keys("G");
    assert_eq!(desk.selected(), "web");
    let mut more = shop();
    more.push(replica("aaa", "first", 1));
    more.push(exited(replica("shop", "broken", 1), 1, false));
    desk.runs(more);
    assert_eq!(desk.selected(), "web");
}

#[test]
fn a_selected_replica_that_is_removed_leaves_the_selection_with_its_service() {
    let mut desk = Desk::showing(shop());
    desk.keys("G enter G");
    assert_eq!(desk.selected(), ".2");
    desk.runs(vec![replica("shop", "web", 1), replica("shop", "db", 1)]);
    assert_eq!(desk.selected(), "web");
}

#[test]
fn what_goes_wrong_moves_to_the_top_but_not_within_two_seconds_of_the_last_move() {
    let mut desk = Desk::showing(shop());
    let mut sick = shop();
    sick[0] = exited(replica("shop", "web", 1), 1, false);
    desk.runs(sick);
    assert_eq!(desk.names()[1], " db");
    desk.tell(Msg::Tick);
    assert_eq!(desk.names()[1], " web");
}

#[test]
fn a_filter_takes_effect_with_each_letter_and_escape_drops_it() {
    let mut desk = Desk::showing(shop());
    desk.keys("/ d b");
    assert_eq!(desk.names(), ["shop", " db"]);
    desk.keys("enter esc");
    assert_eq!(desk.names(), ["shop", " db", " web"]);
}

#[test]
fn a_filter_that_cannot_be_read_stays_open_with_the_reason() {
    let mut desk = Desk::showing(shop());
    desk.keys("/ ( enter");
    let prompt = desk.model.focus.prompt.as_ref().unwrap();
    assert!(prompt.error.as_ref().unwrap().contains("unclosed group"), "{prompt:?}");
}

#[test]
fn letters_that_are_typed_are_no_commands() {
    let mut desk = Desk::showing(shop());
    let effects = desk.keys("/ q ?");
    assert!(!effects.contains(&Effect::Quit));
    assert_eq!(desk.model.focus.prompt.as_ref().unwrap().text, "q?");
}

#[test]
fn quitting_asks_for_nothing_else() {
    let mut desk = Desk::showing(shop());
    assert_eq!(desk.keys("q"), [Effect::Quit]);
}

#[test]
fn opening_the_logs_reads_all_replicas_of_the_selection() {
    let mut desk = Desk::showing(shop());
    desk.keys("G");
    let effects = desk.keys("l");
    let [Effect::FollowLogs { request, .. }] = effects.as_slice() else { panic!("{effects:?}") };
    let names: Vec<_> = request.sources.iter().map(|source| source.name.as_str()).collect();
    assert_eq!(names, ["web-1", "web-2"]);
}

#[test]
fn a_restarted_container_is_read_on_from_its_newest_line() {
    let mut desk = Desk::showing(shop());
    desk.keys("j");
    desk.keys("l");
    let line = LogLine { at: Some(at(4000)), stream: LogStream::Stdout, text: "last words".to_owned() };
    let batch = LogBatch { lines: vec![(0, line)], failures: Vec::new() };
    desk.tell(Msg::Logs { generation: desk.model.logs.generation, batch });
    let mut again = shop();
    again[2].started_at = Some(at(4500));
    let effects = desk.runs(again);
    let [Effect::FollowLogs { request, .. }] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!(request.sources[0].newest, Some(at(4000)));
    assert_eq!(desk.model.logs.counts().0, 1);
}

#[test]
fn a_container_of_which_more_is_told_is_not_read_anew() {
    let mut listed = shop();
    listed[2].started_at = None;
    let mut desk = Desk::showing(listed);
    desk.keys("j");
    desk.keys("l");
    assert_eq!(desk.runs(shop()), []);
    let mut again = shop();
    again[2].started_at = Some(at(4500));
    assert!(matches!(desk.runs(again).as_slice(), [Effect::FollowLogs { .. }]));
}

#[test]
fn lines_of_a_selection_that_was_left_are_not_mixed_in() {
    let mut desk = Desk::showing(shop());
    desk.keys("l");
    let old = desk.model.logs.generation;
    desk.keys("tab tab");
    desk.model.focus.pane = Pane::Tree;
    desk.keys("j");
    let line = LogLine { at: None, stream: LogStream::Stdout, text: "late".to_owned() };
    desk.tell(Msg::Logs { generation: old, batch: LogBatch { lines: vec![(0, line)], failures: vec![] } });
    assert_eq!(desk.model.logs.counts().0, 0);
}

#[test]
fn losing_the_engine_keeps_the_rows_and_its_return_is_told() {
    let mut desk = Desk::showing(shop());
    desk.tell(Msg::Engine(Observation::Link(lost())));
    assert_eq!(desk.names().len(), 3);
    desk.tell(Msg::Engine(Observation::Link(Link::Live)));
    let notice = desk.model.notices.current(desk.model.clock.running).unwrap();
    assert!(notice.text.starts_with("the engine is back after"), "{notice:?}");
}

#[test]
fn nothing_is_asked_of_a_lost_engine() {
    let mut desk = Desk::showing(shop());
    desk.tell(Msg::Engine(Observation::Link(lost())));
    assert_eq!(desk.keys("G l"), []);
}

#[test]
fn rates_are_not_averaged_over_an_outage() {
    let mut desk = Desk::showing(shop());
    let id = shop()[2].id.clone();
    desk.tell(Msg::Engine(Observation::Samples(vec![sample(&id, 1, 0)])));
    desk.tell(Msg::Engine(Observation::Link(lost())));
    desk.tell(Msg::Engine(Observation::Link(Link::Live)));
    desk.tell(Msg::Engine(Observation::Samples(vec![sample(&id, 100, 5_000_000_000)])));
    assert_eq!(desk.model.known.usage(&id).unwrap().cpu_percent, None);
}

#[test]
fn what_is_heard_late_of_a_removed_container_counts_for_nothing() {
    let mut desk = Desk::showing(shop());
    let removed = shop()[2].id.clone();
    desk.runs(shop()[..2].to_vec());
    desk.tell(Msg::Engine(Observation::Samples(vec![sample(&removed, 1, 0)])));
    assert_eq!(desk.model.known.usage(&removed), None);
}

#[test]
fn what_is_visible_is_measured_often() {
    let mut desk = Desk::new();
    desk.tell(Msg::Hits(Hits { tree_rows: 2, ..Hits::default() }));
    desk.tell(Msg::Engine(Observation::Link(Link::Live)));
    let effects = desk.runs(shop());
    assert_eq!(effects, [Effect::Watch(vec![shop()[2].id.clone()])]);
}

#[test]
fn enter_on_a_finding_shows_its_evidence() {
    let sick = probed(replica("shop", "web", 1), Health::Unhealthy, "no route");
    let mut desk = Desk::showing(vec![sick, replica("shop", "db", 1)]);
    desk.keys("shift-tab enter");
    assert_eq!((desk.selected().as_str(), desk.model.detail.tab), ("web", Tab::Health));
    assert_eq!(desk.model.focus.pane, Pane::Detail);
}

#[test]
fn the_description_of_a_row_that_was_left_is_not_shown() {
    let mut desk = Desk::showing(shop());
    desk.keys("j y");
    let row = desk.model.tree.selected.clone().unwrap();
    desk.model.focus.pane = Pane::Tree;
    desk.keys("j");
    desk.tell(Msg::Inspected { row: row.clone(), answer: Ok(vec!["old".to_owned()]) });
    assert_ne!(desk.model.detail.inspection.row(), Some(&row));
    assert!(matches!(desk.model.detail.inspection, Inspection::Asked(RowKey::Service(_))));
}

#[test]
fn the_same_messages_give_the_same_screen() {
    let story = || {
        let mut desk = Desk::showing(shop());
        desk.keys("> > j l / e enter");
        desk.runs(vec![exited(replica("shop", "web", 1), 1, false)]);
        let Model { tree, focus, detail, logs, events, .. } = desk.model;
        format!("{tree:?} {focus:?} {detail:?} {logs:?} {events:?}")
    };
    assert_eq!(story(), story());
}
