//! `backup run`: against a simulated engine on a socket, with a journal.

use serde_json::Value;

use super::{ops::Bench, support::blocking};

const WORLD: &str = r#"
stacks:
  shop:
    kind: compose
    dir: /srv/shop
    files: [compose.yaml]
    age: 3d
    networks: {default: {subnet: 172.30.0.0/24}}
    volumes: {data: {size: 300K}, uploads: {size: 200K}}
    services:
      web:
        image: shop/web:1
        volumes: ["uploads:/uploads"]
        depends_on: [db]
      db:
        image: shop/db:1
        restart: always
        volumes: ["data:/data"]
        labels: {stacktop.backup.mode: stop}
        stop: {takes: 700ms}
images:
  shop/web:1: {}
  shop/db:1: {}
"#;

fn bench() -> Bench {
    Bench::of(WORLD, &["--world", "shop.yaml"])
}

/// Names and states of all containers.
fn containers(bench: &Bench) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap().trim_start_matches('/').to_owned();
    let listed = blocking::list(&bench.socket(), "/containers/json?all=1");
    let mut rows: Vec<String> =
        listed.iter().map(|one| format!("{} {}", text(&one["Names"][0]), text(&one["State"]))).collect();
    rows.sort();
    rows
}

/// The folders of sets, each with whether it has a manifest.
fn sets(bench: &Bench) -> Vec<bool> {
    let entries = std::fs::read_dir(bench.folder.path().join("backups/shop"));
    let entries = entries.into_iter().flatten().flatten();
    entries.map(|entry| entry.path().join("manifest.json").exists()).collect()
}

fn run(bench: &Bench) -> String {
    format!("backup run shop --to {}/backups", bench.folder.path().display())
}

#[test]
fn a_backup_whose_process_is_killed_in_any_state_is_healed_by_the_next_start() {
    for state in ["freezing", "storing", "thawing", "stopping", "starting", "gate", "closing"] {
        let bench = bench();
        let (running, operation) = bench.begin(&run(&bench), state);
        drop(running);
        let ended = bench.done("ops ls");
        // The last step may be faster than the one who kills.
        let is_over = sets(&bench) == [true];
        assert!(
            is_over || ended.err.contains(&format!("(operation {operation}) was killed")),
            "{state}: {ended:?}"
        );
        assert_eq!(ended.out, "every operation has ended\n", "{state}");
        assert_eq!(containers(&bench), ["shop-db-1 running", "shop-web-1 running"], "{state}");
        assert!(sets(&bench).iter().all(|is_whole| *is_whole), "{state}");
    }
}

#[test]
fn a_killed_backup_is_shown_and_turned_back_by_hand() {
    let bench = bench();
    let (running, operation) = bench.begin(&run(&bench), "starting");
    drop(running);
    let shown = bench.done(&format!("ops show {operation} --no-heal")).out;
    assert!(shown.contains("remove the unfinished set") && shown.contains("run it again"), "{shown}");
    let refused = bench.run(&format!("ops resume {operation} --yes --no-heal"));
    assert!(refused.code == 2 && refused.err.contains("is not gone on with"), "{refused:?}");
    bench.done(&format!("ops rollback {operation} --yes --no-heal"));
    assert_eq!(containers(&bench), ["shop-db-1 running", "shop-web-1 running"]);
    assert_eq!(sets(&bench), [false; 0]);
}

#[test]
fn a_backup_is_planned_made_and_refused_with_the_code_that_belongs_to_it() {
    let bench = bench();
    let line = run(&bench);
    let plan = bench.done(&format!("{line} --plan")).out;
    assert!(plan.contains("store the volume shop_data") && plan.contains("stop shop-db-1"), "{plan}");
    assert_eq!(sets(&bench), [false; 0], "a plan touches nothing");
    bench.done(&format!("{line} --yes"));
    assert_eq!(sets(&bench), [true]);
    let nobody = bench.run("backup run nothing --yes");
    assert!(nobody.code == 2 && nobody.err.contains("nothing is called `nothing`"), "{nobody:?}");
    let file = bench.folder.path().join("shop.yaml");
    let full = bench.run(&format!("backup run shop --yes --to {}", file.display()));
    assert!(full.code == 5 && full.err.contains("shop.yaml"), "{full:?}");
    assert_eq!(containers(&bench), ["shop-db-1 running", "shop-web-1 running"]);
}

#[test]
fn what_is_due_is_backed_up_once_and_old_sets_go_afterwards() {
    let bench = bench();
    let folder = bench.folder.path().join("backups");
    let settings = bench.folder.path().join("settings.yaml");
    let text = format!(
        "backups:\n  folder: {}\n  keep: {{last: 1}}\n  stacks:\n    shop: {{schedule: every 6h}}\n    gone: {{schedule: daily 03:00}}\n",
        folder.display()
    );
    std::fs::write(&settings, text).unwrap();
    let line = format!("backup run --due --yes --settings {}", settings.display());
    let first = bench.run(&line);
    assert!(first.code == 2 && first.err.contains("gone: there is nothing of that name"), "{first:?}");
    assert_eq!(sets(&bench), [true], "what fails keeps no other from being backed up");
    std::fs::write(&settings, std::fs::read_to_string(&settings).unwrap().replace("    gone", "    #"))
        .unwrap();
    assert_eq!(bench.done(&line).out, "nothing is due\n");
}

fn volumes(bench: &Bench) -> Vec<Value> {
    let (_, text) = blocking::call(&bench.socket(), "GET", "/volumes").unwrap();
    let listed: Value = serde_json::from_str(&text).unwrap();
    listed["Volumes"].as_array().unwrap().clone()
}

/// The files of all sets.
fn files(bench: &Bench) -> Vec<String> {
    let folders = std::fs::read_dir(bench.folder.path().join("backups/shop")).into_iter().flatten().flatten();
    let entries = folders.flat_map(|folder| std::fs::read_dir(folder.path()).unwrap().flatten());
    entries.map(|entry| entry.file_name().into_string().unwrap()).collect()
}

#[test]
fn a_signal_ends_a_backup_and_everybody_goes_on() {
    for (name, code) in [("INT", 130), ("TERM", 143), ("HUP", 129)] {
        for state in ["storing", "stopping"] {
            let bench = bench();
            let (mut running, _) = bench.begin(&run(&bench), state);
            assert_eq!(running.signal(name), code, "{name} {state}");
            assert_eq!(containers(&bench), ["shop-db-1 running", "shop-web-1 running"], "{name} {state}");
            assert_eq!(files(&bench), [""; 0], "{name} {state}");
            assert_eq!(bench.done("ops ls").out, "every operation has ended\n", "{name} {state}");
        }
    }
}

#[test]
fn a_signal_ends_a_restore_and_everything_is_as_before() {
    for (name, code) in [("TERM", 143), ("HUP", 129)] {
        let bench = bench();
        bench.done(&format!("{} --yes", run(&bench)));
        let from = bench.folder.path().join("backups").display().to_string();
        let (mut running, _) = bench.begin(&format!("restore shop --from {from}"), "stopping");
        assert_eq!(running.signal(name), code, "{name}");
        assert_eq!(containers(&bench), ["shop-db-1 running", "shop-web-1 running"], "{name}");
        let volumes = volumes(&bench);
        assert_eq!(volumes.len(), 2, "{name}: {volumes:?}");
        assert_eq!(bench.done("ops ls").out, "every operation has ended\n", "{name}");
    }
}

#[test]
fn a_signal_ends_a_drill_and_nothing_of_it_is_left() {
    let bench = bench();
    bench.done(&format!("{} --yes", run(&bench)));
    let from = bench.folder.path().join("backups").display().to_string();
    let (mut running, _) = bench.start(&format!("drill shop --from {from}"), "making");
    assert_eq!(running.signal("TERM"), 143);
    assert_eq!(containers(&bench), ["shop-db-1 running", "shop-web-1 running"]);
    let volumes = volumes(&bench);
    assert_eq!(volumes.len(), 2, "{volumes:?}");
}

#[test]
fn a_backup_is_refused_while_an_update_of_the_stack_runs() {
    let bench = bench();
    let (_running, operation) = bench.begin("rollout shop/web --force --soak 60s", "soak");
    let refused = bench.run(&format!("{} --yes", run(&bench)));
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(
        refused.err.contains(&format!("operation {operation}")) && refused.err.contains("ada@"),
        "{refused:?}"
    );
    assert_eq!(sets(&bench), [false; 0]);
}

/// Settings by which sets are encrypted so.
fn settled(bench: &Bench, encrypt: &str) -> String {
    let path = bench.folder.path().join("settings.yaml");
    std::fs::write(&path, format!("backups:\n  encrypt: {encrypt}\n")).unwrap();
    format!("--settings {}", path.display())
}

#[test]
fn a_program_that_is_to_encrypt_and_is_missing_is_told_with_the_plan() {
    let bench = bench();
    for (encrypt, program) in [("{age: [age1x]}", "age"), ("{gpg: [ops@example.org]}", "gpg")] {
        let line = format!("{} --plan {}", run(&bench), settled(&bench, encrypt));
        let ended = bench.with_env(&line, &[("PATH", "/nonexistent")]);
        let words = format!("stacktop: backups cannot be encrypted: there is no program `{program}`; ");
        assert!(ended.code == 2 && ended.err.starts_with(&words), "{ended:?}");
        assert_eq!((ended.out.as_str(), ended.err.lines().count()), ("", 1), "{ended:?}");
    }
}

#[test]
fn a_key_that_gpg_knows_by_its_id_stores_and_restores() {
    let path = std::env::var("PATH").unwrap_or_default();
    let bench = bench();
    let ring = bench.folder.path().join("ring").display().to_string();
    let sh = |line: &str| {
        let mut sh = std::process::Command::new("sh");
        let done = sh.args(["-c", line]).env("GNUPGHOME", &ring).output().unwrap();
        (done.status.success(), String::from_utf8(done.stdout).unwrap())
    };
    let made =
        "gpg --batch --quiet --passphrase '' --quick-generate-key ops@example.org default default never";
    if !sh("command -v gpg").0 {
        eprintln!("SKIPPED: there is no gpg");
        return;
    }
    assert!(sh(&format!("mkdir -m 700 \"$GNUPGHOME\" && {made} 2>/dev/null")).0);
    let (_, listed) = sh("gpg --batch --with-colons --list-keys ops@example.org 2>/dev/null");
    let id = listed.lines().find(|line| line.starts_with("pub:")).unwrap().split(':').nth(4).unwrap();
    let env = [("PATH", path.as_str()), ("GNUPGHOME", ring.as_str())];
    let settings = settled(&bench, &format!("{{gpg: [{id}]}}"));
    let stored = bench.with_env(&format!("{} --yes {settings}", run(&bench)), &env);
    assert_eq!(stored.code, 0, "{stored:?}");
    assert!(files(&bench).iter().any(|file| file == "volume-shop_data.tar.zst.gpg"), "{:?}", files(&bench));
    let from = bench.folder.path().join("backups").display().to_string();
    let restored = bench.with_env(&format!("restore shop --yes --from {from}"), &env);
    assert_eq!(restored.code, 0, "{restored:?}");
    assert_eq!(volumes(&bench).len(), 4);
    sh("gpgconf --kill all");
}
