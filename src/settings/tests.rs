use super::*;
use crate::action::{Action, Context, Resolved};

fn read(text: &str) -> Result<Settings, SettingsError> {
    Settings::from_yaml(text, Path::new("/home/ops/settings.yaml"))
}

fn refused(text: &str) -> String {
    read(text).unwrap_err().to_string()
}

const PROD: &str = "theme: mono\nendpoints:\n  - match: prod-eu\n    read_only: false\n  - match: \"prod*\"\n    read_only: true\n";

#[test]
fn the_example_is_sound_and_shows_every_setting() {
    let text = include_str!("../../assets/settings.yaml");
    let settings = Settings::from_yaml(text, Path::new("assets/settings.yaml")).unwrap();
    assert!(settings.theme.is_some() && settings.ascii.is_some() && settings.keymap.is_some());
    let backups = &settings.backups;
    assert!(
        backups.folder.is_some() && backups.cipher.program().is_some() && backups.keys.identity.is_some()
    );
    let of = |stack: &str| backups.for_stack(stack);
    let has_all = |of: &StackBackups| of.keep.is_some() && of.rpo.is_some() && of.rto.is_some();
    assert!(backups.stacks().all(|stack| has_all(&of(stack)) && !of(stack).schedules.is_empty()));
    assert!(backups.stacks().any(|stack| of(stack).schedules.len() == 2));
    assert!(settings.guard(&["tcp://prod-1.example.org:2376"]).is_some(), "{:?}", settings.endpoints);
}

#[test]
fn an_engine_is_guarded_by_its_address_or_its_context_and_the_rule_is_named() {
    let settings = read(PROD).unwrap();
    let guard = settings.guard(&["tcp://10.0.0.5:2376", "prod-us"]).unwrap();
    assert_eq!(guard, "the settings /home/ops/settings.yaml, line 5, make `prod*` read-only");
    assert_eq!(settings.guard(&["unix:///run/docker.sock"]), None);
}

#[test]
fn the_first_rule_that_fits_decides() {
    assert_eq!(read(PROD).unwrap().guard(&["prod-eu"]), None);
}

#[test]
fn an_unknown_setting_is_told_with_its_place_and_the_one_that_was_meant() {
    assert_eq!(
        refused("theme: mono\nendpoint: []\n"),
        "the settings /home/ops/settings.yaml:2:1: there is no setting `endpoint`; did you mean `endpoints`?"
    );
    let other = refused("probability: 3\n");
    assert!(
        other
            .ends_with("there is no setting `probability`; there are theme, ascii, endpoints, keys, backups"),
        "{other}"
    );
}

#[test]
fn a_value_of_another_kind_is_told_with_its_place() {
    let text = refused("endpoints:\n  - match: x\n    read_only: perhaps\n");
    assert!(text.starts_with("the settings /home/ops/settings.yaml:3:"), "{text}");
}

#[test]
fn a_file_that_says_nothing_settles_nothing() {
    for text in ["", "# theme: mono\n"] {
        let settings = read(text).unwrap();
        assert_eq!((settings.theme, settings.keymap, settings.endpoints), (None, None, Vec::new()));
    }
}

#[test]
fn a_key_is_given_to_another_action_and_taken_from_the_one_that_had_it() {
    let map = read("keys: {everywhere: {logs: [r]}}").unwrap().keymap.unwrap();
    let resolve = |key: &str| map.resolve(&[Context::Global], key.parse().unwrap());
    assert_eq!(resolve("r"), Resolved::Action(Action::Logs));
    assert_eq!(resolve("l"), Resolved::Nothing, "the keys that are told replace those that were");
    assert_eq!(map.keys(Context::Global, Action::Restart).count(), 0);
}

#[test]
fn keys_of_an_action_that_does_not_exist_are_refused_with_their_place() {
    let text = refused("theme: mono\nkeys: {everywhere: {fly: [r]}}");
    assert!(text.starts_with("the settings /home/ops/settings.yaml:2:"), "{text}");
    assert!(text.contains("`fly`"), "{text}");
}

#[test]
fn patterns_fit_whole_names() {
    for (pattern, name, expected) in [
        ("prod*", "prod-1", true),
        ("prod*", "preprod", false),
        ("*prod*", "tcp://prod-1:2376", true),
        ("*:2376", "tcp://prod-1:2376", true),
        ("prod", "prod-1", false),
        ("*", "", true),
        ("a*b*c", "axxbyyc", true),
        ("a*b*c", "axxcyyb", false),
        ("aa*a", "aa", false),
    ] {
        assert_eq!(fits(pattern, name), expected, "{pattern} {name}");
    }
}

#[test]
fn the_specification_of_configuration_folders_is_followed() {
    let path = |xdg: Option<&str>, home: Option<&str>| {
        default_path(xdg.map(OsStr::new), home.map(OsStr::new)).map(|path| path.display().to_string())
    };
    assert_eq!(path(Some("/c"), Some("/h")).unwrap(), "/c/stacktop/settings.yaml");
    assert_eq!(path(Some("relative"), Some("/h")).unwrap(), "/h/.config/stacktop/settings.yaml");
    assert_eq!(path(None, None), None);
}
