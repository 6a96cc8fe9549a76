//! What is read of files as people write them.

use std::time::Duration;

use super::*;
use crate::command::{order::Order, rollout::OnFailure};

const FILE: &str = r#"
x-defaults: &update
  parallelism: 2
  delay: 10s
services:
  web:
    image: "shop/web:${TAG:?set it}"
    build: {context: ., args: [A=1]}
    pre_stop:
      - command: ["touch", "/tmp/drain"]
      - command: sh -c "sleep ${GRACE:-5}"
        user: root
        privileged: true
        working_dir: /srv
        environment: {MODE: drain, LEFT: 3}
    deploy:
      replicas: 3
      update_config:
        <<: *update
        order: start-first
        failure_action: pause
        max_failure_ratio: 0.25
        monitor: 1m30s
      rollback_config: {parallelism: 0, order: stop-first}
  db:
    image: postgres
    scale: 1
    deploy:
      update_config: {parallelism: "${AT_ONCE}", order: sideways, delay: [1s]}
volumes: {data: null}
"#;

const OVERRIDE: &str = r#"
services:
  web:
    ports: !override ["80:80"]
    pre_stop: [{command: "true"}]
    deploy: {update_config: {parallelism: 1}}
"#;

fn read(text: &str, called: &str, service: &str) -> Settings {
    of_file(text, called, service, &Variables::default()).unwrap()
}

fn by<T>(said: Option<&Said<T>>) -> Option<&str> {
    said.map(|said| said.by.as_str())
}

#[test]
fn a_file_says_how_a_service_is_updated() {
    let settings = read(FILE, "compose.yaml", "web");
    let update = &settings.update;
    let said = |value| Some(Said { value, by: "compose.yaml".to_owned() });
    assert_eq!(update.parallelism, said(2));
    assert_eq!(update.order.as_ref().map(|said| said.value), Some(Order::StartFirst));
    assert_eq!(update.delay.as_ref().map(|said| said.value), Some(Duration::from_secs(10)));
    assert_eq!(update.monitor.as_ref().map(|said| said.value), Some(Duration::from_secs(90)));
    assert_eq!(update.failure_action.as_ref().map(|said| said.value), Some(OnFailure::Pause));
    assert_eq!(update.max_failure_ratio.as_ref().map(|said| said.value), Some(0.25));
    assert_eq!(settings.rollback.parallelism, said(0));
    assert_eq!(settings.replicas.as_ref().map(|said| said.value), Some(3));
    assert_eq!(settings.notes, Vec::<String>::new());
}

#[test]
fn hooks_are_commands_with_all_that_belongs_to_them() {
    let hooks = read(FILE, "compose.yaml", "web").pre_stop.into_iter().map(|said| said.value);
    let hooks: Vec<Hook> = hooks.collect();
    assert_eq!(hooks[0], Hook::new(vec!["touch".to_owned(), "/tmp/drain".to_owned()]));
    assert_eq!(hooks[1].command, ["sh", "-c", "sleep 5"]);
    assert_eq!((hooks[1].user.as_deref(), hooks[1].working_dir.as_deref()), (Some("root"), Some("/srv")));
    assert!(hooks[1].privileged && hooks[1].environment == ["LEFT=3", "MODE=drain"], "{hooks:?}");
}

#[test]
fn a_later_file_overrides_setting_by_setting_and_adds_its_hooks() {
    let earlier = read(FILE, "compose.yaml", "web");
    let merged = read(OVERRIDE, "compose.override.yaml", "web").over(earlier);
    assert_eq!(by(merged.update.parallelism.as_ref()), Some("compose.override.yaml"));
    assert_eq!(by(merged.update.delay.as_ref()), Some("compose.yaml"));
    assert_eq!(merged.pre_stop.last().map(|said| said.value.command.clone()), Some(vec!["true".to_owned()]));
    assert_eq!(merged.pre_stop.len(), 3);
}

#[test]
fn what_cannot_be_heeded_is_a_note_and_nothing_else() {
    let settings = read(FILE, "compose.yaml", "db");
    assert_eq!(settings.update, Course::default());
    let notes = settings.notes.join("\n");
    for part in ["parallelism needs ${AT_ONCE}", "order is `sideways`", "delay is no single value"] {
        assert!(notes.contains(part), "{part}: {notes}");
    }
    let known = Variables::read("AT_ONCE=3");
    let settings = of_file(FILE, "compose.yaml", "db", &known).unwrap();
    assert_eq!(settings.update.parallelism.map(|said| said.value), Some(3));
}

#[test]
fn a_text_that_is_no_compose_file_is_told_without_its_words() {
    for text in ["password: [hunter2", "- hunter2", "services: hunter2"] {
        let sentence = of_file(text, "compose.yaml", "web", &Variables::default()).unwrap_err();
        assert!(sentence.starts_with("compose.yaml cannot be understood"), "{sentence}");
        assert!(!sentence.contains("hunter2"), "{sentence}");
    }
    for text in ["", "{}", "services:", "services: {other: {image: x}}"] {
        assert_eq!(read(text, "compose.yaml", "web"), Settings::default(), "{text}");
    }
}

#[test]
fn labels_say_the_same_in_the_same_words() {
    let labels = serde_json::json!({
        "stacktop.update.parallelism": "2", "stacktop.update.delay": "5s", "stacktop.rollback.order": "stop-first",
        "stacktop.update.failure_action": "give-up", "other": "1",
    });
    let settings = of_labels(&labels, "web");
    assert_eq!(by(settings.update.delay.as_ref()), Some("label stacktop.update.delay"));
    assert_eq!(settings.update.parallelism.map(|said| said.value), Some(2));
    assert_eq!(settings.rollback.order.map(|said| said.value), Some(Order::StopFirst));
    assert_eq!(settings.notes.len(), 1, "{:?}", settings.notes);
    assert!(settings.notes[0].contains("failure_action is `give-up`"), "{:?}", settings.notes);
}

#[test]
fn a_service_without_a_number_has_one_replica() {
    let replicas = |text| read(text, "compose.yaml", "web").written_replicas().map(|said| said.value);
    assert_eq!(replicas("services: {web: {image: x}}"), Some(1));
    assert_eq!(replicas("services: {web: {scale: 4}}"), Some(4));
    assert_eq!(replicas("services: {web: {extends: {service: base}}}"), None);
    let earlier = read(FILE, "compose.yaml", "web");
    let merged = read(OVERRIDE, "compose.override.yaml", "web").over(earlier);
    assert_eq!(merged.written_replicas(), Some(Said { value: 3, by: "compose.yaml".to_owned() }));
}

#[test]
fn a_service_that_extends_another_is_told() {
    let settings = read("services: {web: {extends: {service: base}}}", "compose.yaml", "web");
    assert!(settings.notes[0].contains("extends another service"), "{:?}", settings.notes);
}
