use super::*;
use crate::settings::Settings;

fn read(text: &str) -> Result<Backups, String> {
    let text = format!("backups:\n{text}");
    let settings = Settings::from_yaml(&text, Path::new("s.yaml")).map_err(|error| error.to_string())?;
    Ok(settings.backups)
}

fn refused(text: &str) -> String {
    read(text).unwrap_err()
}

fn hours(hours: u64) -> Option<Duration> {
    Some(Duration::from_secs(hours * 3600))
}

#[test]
fn a_stack_says_what_is_its_own_and_the_rest_holds_for_all() {
    let backups =
        read("  keep: {last: 3}\n  rpo: 6h\n  rto: 1h\n  stacks:\n    shop: {schedule: every 6h, rpo: 7h, keep: {daily: 7}}\n")
            .unwrap();
    let (shop, other) = (backups.for_stack("shop"), backups.for_stack("other"));
    assert_eq!((shop.rpo, shop.rto, other.rpo), (hours(7), hours(1), hours(6)));
    assert_eq!(
        shop.keep,
        Some(Retention { daily: 7, ..Retention::default() }),
        "it replaces what holds for all"
    );
    assert_eq!(other.keep, Some(Retention { last: 3, ..Retention::default() }));
    assert_eq!(shop.schedules, [(Scope::All, Schedule::parse("every 6h").unwrap())]);
    assert_eq!(other.schedules, []);
}

#[test]
fn dumps_and_volumes_may_be_due_apart() {
    let backups = read("  stacks:\n    tango: {dumps: every 6h, volumes: \"daily 03:00\"}\n")
        .unwrap()
        .for_stack("tango");
    let words: Vec<String> =
        backups.schedules.iter().map(|(scope, when)| format!("{} {when}", scope.word())).collect();
    assert_eq!(words, ["dumps every 6h", "volumes daily 03:00"]);
}

#[test]
fn without_a_word_nothing_is_due_and_nothing_goes() {
    assert_eq!(Backups::default().for_stack("shop"), StackBackups::default());
}

#[test]
fn a_schedule_that_is_none_is_explained_at_its_place() {
    let why = refused("  stacks:\n    shop:\n      schedule: every 7h\n");
    assert!(
        why.starts_with("the settings s.yaml:4:17: `every 7h` is no schedule; write `every 6h`"),
        "{why}"
    );
}

#[test]
fn a_span_that_is_none_is_explained_at_its_place() {
    for text in ["6", "0s", "soon", "-6h", "6 h"] {
        let why = refused(&format!("  rpo: \"{text}\"\n"));
        assert!(
            why.starts_with(&format!("the settings s.yaml:2:8: `{text}` is no span of time; write 45m")),
            "{why}"
        );
    }
}

#[test]
fn an_unknown_word_is_told_with_the_one_that_was_meant() {
    let why = refused("  stacks:\n    shop: {shedule: every 6h}\n");
    assert_eq!(why, "the settings s.yaml:3:12: there is no setting `shedule`; did you mean `schedule`?");
    let why = refused("  keep: {dayly: 3}\n");
    assert!(why.ends_with("there is no setting `dayly`; did you mean `daily`?"), "{why}");
}

#[test]
fn everything_together_and_a_part_of_it_are_not_due_both() {
    let why = refused("  stacks:\n    shop: {schedule: every 6h, dumps: every 1h}\n");
    assert!(why.contains("s.yaml:3:22: `schedule` is for everything together"), "{why}");
}

#[test]
fn keeping_nothing_is_a_mistake() {
    for text in ["{}", "{last: 0}"] {
        let why = refused(&format!("  keep: {text}\n"));
        assert!(why.contains("s.yaml:2:9: this keeps no set at all"), "{why}");
    }
    let why = refused("  keep: {last: -1}\n");
    assert!(why.starts_with("the settings s.yaml:2:"), "{why}");
}

#[test]
fn one_program_encrypts_for_at_least_one_key() {
    let cipher = |text: &str| read(text).map(|backups| backups.cipher);
    assert_eq!(
        cipher("  encrypt: {age: [age1x, age1y]}\n"),
        Ok(Cipher::Age(vec!["age1x".into(), "age1y".into()]))
    );
    assert_eq!(
        cipher("  encrypt: {gpg: [ops@example.org]}\n"),
        Ok(Cipher::Gpg(vec!["ops@example.org".into()]))
    );
    assert!(refused("  encrypt: {age: [a], gpg: [b]}\n").contains("s.yaml:2:12: one program encrypts"));
    assert!(refused("  encrypt: {age: []}\n").contains("no key is named"));
}

#[test]
fn a_secret_key_among_the_public_ones_is_told_and_not_repeated() {
    let why = refused("  encrypt: {age: [AGE-SECRET-KEY-1QQQ]}\n");
    assert!(why.contains("this is a secret key") && !why.contains("1QQQ"), "{why}");
}

#[test]
fn paths_mean_the_same_wherever_the_program_is_started() {
    let text = "  folder: ~/backups\n  identity: /etc/age.key\n  encrypt: {age: [~/age.pub, age1x]}\n";
    let backups = read(text).unwrap().at_home(Some(OsStr::new("/home/ops")));
    assert_eq!(backups.folder.as_deref(), Some(Path::new("/home/ops/backups")));
    assert_eq!(backups.keys.identity.as_deref(), Some(Path::new("/etc/age.key")));
    assert_eq!(backups.cipher.recipients(), ["/home/ops/age.pub", "age1x"]);
    let why = refused("  folder: backups\n");
    assert!(why.contains("s.yaml:2:11: `backups` depends on where stacktop is started"), "{why}");
}

#[test]
fn the_specification_of_data_folders_is_followed() {
    let folder = |xdg: Option<&str>, home: Option<&str>| {
        default_folder(xdg.map(OsStr::new), home.map(OsStr::new)).map(|path| path.display().to_string())
    };
    assert_eq!(folder(Some("/d"), Some("/h")).unwrap(), "/d/stacktop/backups");
    assert_eq!(folder(Some("relative"), Some("/h")).unwrap(), "/h/.local/share/stacktop/backups");
    assert_eq!(folder(None, None), None);
}
