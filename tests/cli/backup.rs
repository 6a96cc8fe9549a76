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
