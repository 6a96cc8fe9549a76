//! The backups of a stack, in every state that a person may find them in.

use std::time::Duration;

use super::{fixture, *};
use crate::{
    command::{Progress, Stage},
    domain::{BackupPart, BackupSet, Backups, Drill, Due, Promise, Soundness, StackBackups},
    model::{Job, JobId, Pane, Reading, Tab},
    theme::Glyphs,
};

const HOUR: i64 = 3600;

fn check(name: &str, model: &Model, sizes: &[(u16, u16)]) {
    for size in sizes {
        let text = text(model, &Theme::default(), *size);
        insta::assert_snapshot!(format!("{name}-{}x{}", size.0, size.1), text);
    }
}

fn part(called: &str, services: &[&str], mode: &str, stored: u64) -> BackupPart {
    BackupPart {
        called: called.to_owned(),
        services: services.iter().map(|name| (*name).to_owned()).collect(),
        mode: mode.to_owned(),
        raw: stored * 4 * fixture::MIB,
        stored: stored * fixture::MIB,
    }
}

/// A whole set so many hours ago, of which the database has grown to so many MiB.
fn set(hours: i64, size: u64) -> BackupSet {
    let began = fixture::ago(hours * HOUR + 271);
    BackupSet {
        id: format!("{}-01jt", began.strftime("%Y%m%dT%H%M%SZ")),
        began,
        finished: Some(fixture::ago(hours * HOUR + 271 - 84)),
        scope: "all".to_owned(),
        soundness: Soundness::Whole,
        parts: vec![
            part("postgres dump of xorb in db", &["db"], "dump", size),
            part("redis dump of worker", &["worker"], "dump", 38),
            part("volume xorb_uploads", &["api-prod", "worker"], "live", 120),
        ],
        warnings: vec!["volume xorb_uploads was stored while it was in use".to_owned()],
    }
}

fn sets() -> Vec<BackupSet> {
    let mut sets: Vec<BackupSet> =
        (0..9).map(|back| set(2 + back * 6, 412 - 9 * back.unsigned_abs())).collect();
    sets[3] = BackupSet { finished: None, parts: Vec::new(), soundness: Soundness::Unfinished, ..set(20, 0) };
    let missing = "missing, or of another size: db.dump.zst".to_owned();
    sets[6] = BackupSet { soundness: Soundness::Broken(missing), ..set(38, 350) };
    sets
}

/// The backups tab of `xorb` with these sets, and what was promised.
fn with(sets: Vec<BackupSet>, rpo: Option<u64>) -> Model {
    let hours = |hours: u64| Duration::from_secs(hours * 3600);
    let promise = Promise { rto: Some(hours(1)), schedule: "every 6h".to_owned() };
    let last = sets.iter().find(|set| set.is_whole()).map(|set| set.began);
    let dues = vec![Due { scope: "all".to_owned(), last, most: rpo.map(hours) }];
    let (at, took) = (fixture::ago(12 * fixture::DAY), Duration::from_secs(41));
    let drill = (!sets.is_empty()).then(|| Drill { at, took, set: String::new(), failed: None });
    let backups = StackBackups { promise, dues, sets, drill, unreadable: None };
    let mut model = fixture::model();
    let stacks = [("xorb".into(), backups)].into();
    model.known.shelve(Backups { folder: "/srv/backups".to_owned(), stacks }, fixture::now());
    model.shelf.reading = Reading::Done;
    on(model, "xorb")
}

fn on(mut model: Model, name: &str) -> Model {
    fixture::select(&mut model, name);
    (model.focus.pane, model.detail.tab) = (Pane::Detail, Tab::Backups);
    model
}

#[test]
fn the_last_good_backup_is_compared_with_what_was_promised() {
    check("backups", &with(sets(), Some(6)), &[SMALL, MEDIUM, LARGE]);
}

#[test]
fn a_backup_that_is_overdue_says_so_in_the_tab_and_among_the_findings() {
    let sets = sets().split_off(2);
    check("backups-overdue", &with(sets, Some(6)), &[SMALL, MEDIUM]);
}

#[test]
fn the_zoomed_tab_shows_the_parts_of_the_selected_set() {
    let mut model = with(sets(), Some(6));
    model.focus.zoomed = true;
    model.shelf.selected = Some(set(8, 0).id);
    model.shelf.verified.insert(set(2, 0).id, Ok(()));
    model
        .shelf
        .verified
        .insert(set(14, 0).id, Err("volume.tar.zst is damaged: its SHA-256 is 00".to_owned()));
    check("backups-zoomed", &model, &[SMALL, MEDIUM]);
}

#[test]
fn what_is_backed_up_apart_is_told_apart() {
    let mut model = with(sets(), Some(6));
    let due = |scope: &str, hours: i64, most: u64| Due {
        scope: scope.to_owned(),
        last: Some(fixture::ago(hours * HOUR)),
        most: Some(Duration::from_secs(most * 3600)),
    };
    for backups in model.known.backups.stacks.values_mut() {
        backups.dues = vec![due("dumps", 2, 6), due("volumes", 31, 24)];
        backups.promise.schedule = "dumps every 6h, volumes daily 03:00".to_owned();
    }
    check("backups-apart", &model, &[SMALL]);
}

#[test]
fn a_service_shows_what_is_its_own() {
    check("backups-service", &on(with(sets(), Some(6)), "xorb/db"), &[SMALL]);
}

#[test]
fn where_nothing_was_promised_age_is_told_and_not_judged() {
    let mut model = with(vec![set(2, 412)], None);
    for backups in model.known.backups.stacks.values_mut() {
        (backups.promise, backups.drill) = (Promise::default(), None);
    }
    check("backups-unmeasured", &model, &[SMALL]);
}

#[test]
fn where_there_is_none_it_is_said_how_the_first_one_is_made() {
    check("backups-promised", &with(Vec::new(), Some(6)), &[SMALL]);
    check("backups-none", &on(with(Vec::new(), None), "codecave"), &[SMALL]);
    check("backups-no-stack", &on(with(Vec::new(), None), "(no stack)"), &[SMALL]);
}

#[test]
fn a_job_on_the_backups_tells_how_far_it_is() {
    let mut model = with(sets(), Some(6));
    let began = model.clock.running - Duration::from_secs(12);
    let names =
        ["postgres dump of xorb in db", "redis dump of worker", "volume xorb_uploads"].map(str::to_owned);
    let title = "verify set 20240521T100000Z-01jt of xorb".to_owned();
    let mut job = Job::reading(JobId(1), title, "xorb".into(), names.to_vec(), began);
    let mut tell = |phase: &str, stage, detail: &str| {
        let progress = Progress {
            operation: String::new(),
            sequence: 1,
            phase: phase.to_owned(),
            slot: None,
            target: phase.to_owned(),
            state: "reading".to_owned(),
            stage,
            detail: detail.to_owned(),
            elapsed: Duration::ZERO,
            deadline: None,
            left: None,
        };
        job.hear(progress, began);
    };
    tell(&names[0], Stage::Done, "412M, as its manifest says");
    tell(&names[1], Stage::Waits, "60M of 190M, 31M/s, 4 s left");
    model.jobs.all.push(job);
    check("backups-at-work", &model, &[SMALL, MEDIUM]);
}

#[test]
fn without_unicode_and_colour_nothing_is_lost() {
    let model = with(sets().split_off(2), Some(6));
    let theme = Theme::default().with_glyphs(Glyphs::Ascii);
    insta::assert_snapshot!("backups-ascii-80x24", text(&model, &theme, SMALL));
}

#[test]
fn the_selected_set_is_in_sight_however_many_there_are() {
    let many: Vec<BackupSet> = (0..60).map(|back| set(2 + back, 400)).collect();
    let mut model = with(many, Some(6));
    model.shelf.selected = Some(set(50, 0).id);
    let (buffer, _) = screen(&model, &Theme::default(), SMALL);
    assert!(find(&buffer, "›").is_some());
}
