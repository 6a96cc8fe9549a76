//! What tests do behind a client's back.

use std::time::Duration;

use hyper_util::rt::TokioIo;
use stacktop::sim::{Cut, Sim};

use crate::{
    ask::{SMALL, ask, get, pass, world},
    create::{SHOP, body, run},
};

#[tokio::test(start_paused = true)]
async fn a_request_is_refused_once_and_not_carried_out() {
    let sim = world(SMALL);
    sim.faults().fail_next("POST", "/containers/*/stop", 500, "no space left on device");
    let (status, answer) = ask(&sim, "POST", "/v1.41/containers/shop-web-1/stop?t=1").await;
    assert_eq!((status, answer["message"].as_str()), (500, Some("no space left on device")));
    assert_eq!(get(&sim, "/containers/shop-web-1/json").await["State"]["Status"], "running");
    assert_eq!(ask(&sim, "POST", "/containers/shop-web-1/stop").await.0, 204);
    let stops: Vec<_> = sim.requests().into_iter().filter(|seen| seen.method == "POST").collect();
    assert_eq!(stops.len(), 2);
    assert_eq!((stops[0].path.as_str(), stops[0].query.as_str()), ("/containers/shop-web-1/stop", "t=1"));
}

#[tokio::test(start_paused = true)]
async fn a_request_waits_before_it_is_looked_at() {
    let sim = world(SMALL);
    sim.faults().delay_next("GET", "/info", Duration::from_secs(7));
    let begun = tokio::time::Instant::now();
    get(&sim, "/info").await;
    assert_eq!(begun.elapsed().as_secs(), 7);
    get(&sim, "/info").await;
    assert_eq!(begun.elapsed().as_secs(), 7);
}

/// Sends a request whose connection is lost.
async fn lose(sim: &Sim, path: &str) {
    let io = TokioIo::new(sim.connect().unwrap());
    let (mut client, connection) = hyper::client::conn::http1::handshake(io).await.unwrap();
    tokio::spawn(connection);
    let request = hyper::Request::post(path).header("host", "d");
    let request = request.body(http_body_util::Empty::<bytes::Bytes>::new()).unwrap();
    assert!(client.send_request(request).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_connection_is_lost_before_or_after_the_change() {
    let sim = world(SMALL);
    sim.faults().cut_next("POST", "/containers/shop-web-1/pause", Cut::BeforeChange);
    sim.faults().cut_next("POST", "/containers/shop-web-2/pause", Cut::AfterChange);
    lose(&sim, "/containers/shop-web-1/pause").await;
    lose(&sim, "/containers/shop-web-2/pause").await;
    let status =
        async |name: &str| get(&sim, &format!("/containers/{name}/json")).await["State"]["Status"].clone();
    assert_eq!((status("shop-web-1").await, status("shop-web-2").await), ("running".into(), "paused".into()));
}

#[tokio::test(start_paused = true)]
async fn the_daemon_goes_away_and_its_containers_run_on() {
    let sim = world(SMALL);
    sim.faults().outage(Duration::from_secs(20));
    assert!(sim.connect().is_err());
    pass(19).await;
    assert!(sim.connect().is_err());
    pass(2).await;
    assert_eq!(get(&sim, "/containers/shop-web-1/json").await["State"]["Status"], "running");
}

#[tokio::test(start_paused = true)]
async fn the_clock_of_the_host_jumps() {
    let sim = world(SMALL);
    let now =
        async || get(&sim, "/info").await["SystemTime"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    let before = now().await;
    sim.faults().jump_clock(Duration::from_secs(3_600));
    assert_eq!(now().await.as_second() - before.as_second(), 3_600);
    sim.faults().turn_back_clock(Duration::from_secs(7_200));
    assert_eq!(now().await.as_second() - before.as_second(), -3_600);
}

#[tokio::test(start_paused = true)]
async fn a_program_crashes_on_demand_and_its_policy_starts_it_again() {
    let sim = world(SHOP);
    run(&sim, "shop-web-3", &body("2")).await;
    assert!(sim.faults().crash("shop-web-3", 139));
    assert!(!sim.faults().crash("nobody", 139));
    assert_eq!(get(&sim, "/containers/shop-web-3/json").await["State"]["Status"], "restarting");
    pass(1).await;
    let seen = get(&sim, "/containers/shop-web-3/json").await;
    assert_eq!((&seen["State"]["Status"], &seen["RestartCount"]), (&"running".into(), &1.into()));
}
