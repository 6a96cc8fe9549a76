//! Commands around the dumps of a service: what the first one does the second one undoes, whatever happens between them.

use stacktop::command::{
    Halt,
    execute::operation::{Verdict, run_backup},
};
use tokio::sync::mpsc;

use crate::{backup::Store, course::abandon};

const DUMP: &str = "          stacktop.backup.exec: '[\"dump-db\"]'\n";

/// What the program does that dumps.
const DUMPS: &str = r#"{output: "every row\n"}"#;

/// A database with these labels and this program, which is in maintenance while a file is there.
async fn store(hooks: &str, dumps: &str) -> Store {
    let world = Store::world();
    assert!(world.contains(DUMP) && world.contains(DUMPS), "{world}");
    let labels = format!("{DUMP}{hooks}");
    Store::of(&world.replacen(DUMP, &labels, 1).replacen(DUMPS, dumps, 1)).await
}

fn hook(name: &str, command: &str) -> String {
    format!("          stacktop.backup.exec.{name}: '[\"{}\"]'\n", command.replace(' ', "\", \""))
}

async fn with_both() -> Store {
    let hooks = hook("pre", "touch /maintenance") + &hook("post", "rm /maintenance");
    store(&hooks, DUMPS).await
}

/// Whether it is in maintenance.
async fn is_kept(store: &Store) -> bool {
    let command = stacktop::engine::ExecCommand::new(["test", "-e", "/maintenance"]);
    let within = std::time::Duration::from_secs(10);
    store.shop.engine.exec("shop-db-1", &command, within).await.unwrap().succeeded()
}

/// The commands that were run, oldest first.
async fn told(store: &Store) -> Vec<String> {
    let prepared = store.prepare("01BACKUP").await.unwrap();
    let steps = prepared.plan.steps().filter(|step| step.state == "hook");
    steps.map(|step| step.act.describe()).collect()
}

#[tokio::test(start_paused = true)]
async fn hooks_run_around_the_dumps_and_the_plan_says_so() {
    let store = with_both().await;
    let told = told(&store).await;
    assert_eq!(
        told,
        ["run the hook before the dumps in shop-db-1", "run the hook after the dumps in shop-db-1"]
    );
    assert!(store.abandon_after(3).await.is_some());
    assert!(is_kept(&store).await, "it is in maintenance while it is dumped");
}

#[tokio::test(start_paused = true)]
async fn the_second_hook_has_run_when_a_backup_is_done() {
    let store = with_both().await;
    assert_eq!(store.back_up().await, Verdict::Done);
    assert!(!is_kept(&store).await);
    store.assert_well("done").await;
}

#[tokio::test(start_paused = true)]
async fn the_second_hook_runs_when_the_dump_fails() {
    let hooks = hook("pre", "touch /maintenance") + &hook("post", "rm /maintenance");
    let store = store(&hooks, "{code: 3, errors: \"no such table\"}").await;
    let verdict = store.back_up().await;
    assert!(
        matches!(&verdict, Verdict::RolledBack(failure) if failure.why.contains("no such table")),
        "{verdict:?}"
    );
    assert!(!is_kept(&store).await);
    store.assert_well("a failed dump").await;
}

#[tokio::test(start_paused = true)]
async fn the_second_hook_runs_when_the_first_one_fails() {
    let hooks = hook("pre", "false") + &hook("post", "touch /maintenance");
    let store = store(&hooks, DUMPS).await;
    let verdict = store.back_up().await;
    assert!(
        matches!(&verdict, Verdict::RolledBack(failure) if failure.why.contains("exit 1")),
        "{verdict:?}"
    );
    assert!(is_kept(&store).await);
    store.assert_well("a failed hook").await;
}

#[tokio::test(start_paused = true)]
async fn the_second_hook_runs_when_the_backup_is_stopped() {
    let store = with_both().await;
    let prepared = store.prepare("01BACKUP").await.unwrap();
    let (halt, (sender, mut receiver)) = (Halt::default(), mpsc::channel(1));
    let running = run_backup(&store.shop.engine, prepared, sender, halt.clone());
    let stopping = async {
        while let Some(progress) = receiver.recv().await {
            if progress.state == "storing" {
                halt.stop();
            }
        }
    };
    let verdict = tokio::join!(running, stopping).0.unwrap();
    assert!(
        matches!(&verdict, Verdict::RolledBack(failure) if failure.why == "it was stopped"),
        "{verdict:?}"
    );
    assert!(!is_kept(&store).await);
    store.assert_well("stopped").await;
}

#[tokio::test(start_paused = true)]
async fn the_second_hook_runs_after_a_kill_wherever_it_was() {
    for heard in (1..).step_by(2) {
        let store = with_both().await;
        let prepared = store.prepare("01BACKUP").await.unwrap();
        let engine = &store.shop.engine;
        let killed = abandon(heard, |reports| run_backup(engine, prepared, reports, Halt::default())).await;
        let Some(last) = killed else { break };
        let case = format!("after {heard} ({} {})", last.state, last.target);
        store.heal(&case).await;
        assert!(!is_kept(&store).await, "{case}");
        store.assert_well(&case).await;
        if last.phase != "dumps" {
            break;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_second_hook_that_fails_is_told_and_tried_again_by_hand() {
    let hooks = hook("pre", "touch /maintenance") + &hook("post", "false");
    let store = store(&hooks, DUMPS).await;
    let verdict = store.back_up().await;
    let Verdict::Stuck { failure: Some(failure), why } = &verdict else { panic!("{verdict:?}") };
    assert_eq!(failure.attempt, "run the hook after the dumps in shop-db-1");
    assert!(why.contains("run the hook after the dumps in shop-db-1: exit 1"), "{why}");
    assert!(store.sets().iter().all(|set| set.validity() != stacktop::backup::Validity::Valid));
}
