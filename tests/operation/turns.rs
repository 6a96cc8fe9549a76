//! Who goes on with an operation whose process is gone: one process at a time, also where none knows the others' journals.

use serde_json::{Value, json};
use stacktop::{
    command::{
        Halt,
        execute::operation::{
            Claim, Direction, Healed, Life, Refused, Verdict, heal, prepare_rollback, run, run_backup,
            unfinished,
        },
    },
    engine::Call,
    journal::Holder,
};
use tokio::sync::mpsc;

use crate::{
    backup::Store,
    course::{abandon_in, finish},
};

const OPERATION: &str = "01BACKUP";

/// A process of this machine that lives as long as the test does.
fn alive() -> Holder {
    Holder { pid: 1, started: 0, ..Holder::of_this_process("eve") }
}

/// A process of this machine that is gone.
fn gone() -> Holder {
    Holder { pid: 4711, started: 1, ..Holder::of_this_process("eve") }
}

fn elsewhere() -> Holder {
    Holder { host: "far-away".to_owned(), ..alive() }
}

/// A project of which a backup was killed while somebody was stopped.
async fn killed() -> Store {
    let store = Store::open().await;
    let prepared = store.prepare(OPERATION).await.unwrap();
    let stopping = abandon_in("storing", 2, |reports| {
        run_backup(&store.shop.engine, prepared, reports, Halt::default())
    });
    assert!(stopping.await, "it is at work");
    store
}

/// Says on the engine that this process goes on with the backup.
async fn taken_by(store: &Store, holder: &Holder) {
    let labels = json!({
        "stacktop.turn": OPERATION, "stacktop.turn.holder": serde_json::to_string(holder).unwrap(),
        "stacktop.turn.number": "1",
    });
    let body = json!({ "Image": "shop/db:1", "Labels": labels });
    store.shop.engine.create(&format!("stacktop-turn.{OPERATION}"), &body).await.unwrap();
}

async fn rollback(store: &Store, claim: Claim) -> Result<Verdict, Refused> {
    let prepared = prepare_rollback(&store.shop.engine, OPERATION).await.unwrap().claiming(claim);
    let (reports, _unheard) = mpsc::channel(1000);
    run(&store.shop.engine, prepared, Direction::Back, reports, Halt::default()).await
}

/// The names of what is never started.
async fn tools(store: &Store) -> Vec<String> {
    let listed: Vec<Value> =
        store.shop.engine.json(Call::get("list", "/containers/json?all=1")).await.unwrap();
    let names = listed.iter().map(|one| one["Names"][0].as_str().unwrap().to_owned());
    names.filter(|name| name.starts_with("/stacktop-")).collect()
}

#[tokio::test(start_paused = true)]
async fn what_another_process_is_at_is_left_alone_with_a_sentence() {
    let store = killed().await;
    taken_by(&store, &alive()).await;
    let before = tools(&store).await;
    let told: Vec<String> = heal(&store.shop.engine).await.unwrap().iter().map(Healed::sentence).collect();
    let words = format!("(operation {OPERATION}) was killed, and process 1 of eve@");
    assert!(told.len() == 1 && told[0].contains(&words), "{told:?}");
    assert_eq!(tools(&store).await, before, "nothing was touched");
}

#[tokio::test(start_paused = true)]
async fn what_another_process_is_at_is_in_its_hands() {
    let store = killed().await;
    taken_by(&store, &alive()).await;
    let found = unfinished(&store.shop.engine).await.unwrap();
    assert_eq!((found[0].life, found[0].holder.user.as_str()), (Life::Alive, "eve"));
    let refused = rollback(&store, Claim::Break).await.unwrap_err();
    assert!(refused.to_string().contains("process 1 of eve is at work"), "{refused}");
}

#[tokio::test(start_paused = true)]
async fn what_a_dead_process_was_at_is_taken_over() {
    let store = killed().await;
    taken_by(&store, &gone()).await;
    store.heal("taken over").await;
    store.assert_well("taken over").await;
    assert_eq!(tools(&store).await, [] as [&str; 0]);
}

#[tokio::test(start_paused = true)]
async fn what_a_process_of_another_host_is_at_is_taken_over_only_by_breaking_its_lock() {
    let store = killed().await;
    taken_by(&store, &elsewhere()).await;
    let refused = rollback(&store, Claim::Respect).await.unwrap_err();
    assert!(refused.to_string().contains("eve@far-away (pid 1)"), "{refused}");
    assert_eq!(rollback(&store, Claim::Break).await.unwrap(), Verdict::Done);
    store.assert_well("broken").await;
    assert_eq!(tools(&store).await, [] as [&str; 0]);
}

#[tokio::test(start_paused = true)]
async fn what_is_left_of_a_process_that_died_when_all_was_done_is_taken_away() {
    let store = Store::open().await;
    taken_by(&store, &gone()).await;
    assert_eq!(heal(&store.shop.engine).await.unwrap(), []);
    assert_eq!(tools(&store).await, [] as [&str; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_way_back_that_was_planned_before_another_one_went_it_touches_nothing() {
    let store = killed().await;
    let prepared = prepare_rollback(&store.shop.engine, OPERATION).await.unwrap();
    store.heal("faster").await;
    // Another backup has the lock of the same name, and holds the same containers.
    let next = store.prepare("01NEXT").await.unwrap();
    let engine = &store.shop.engine;
    let began = abandon_in("storing", 2, |reports| run_backup(engine, next, reports, Halt::default()));
    assert!(began.await);
    let (reports, _unheard) = mpsc::channel(1000);
    let late = run(engine, prepared, Direction::Back, reports, Halt::default()).await;
    assert!(matches!(late, Err(Refused::NoOperation(_))), "{late:?}");
    assert!(tools(&store).await.contains(&"/stacktop-lock.shop".to_owned()), "the next one keeps its lock");
    let back = prepare_rollback(engine, "01NEXT").await.unwrap();
    assert_eq!(finish(engine, back, Direction::Back).await, Verdict::Done);
    store.assert_well("late").await;
}
