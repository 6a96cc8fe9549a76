//! Services of Swarm on a private engine of one node.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use serde_json::{Value, json};
use stacktop::{
    command::{
        Halt, Progress, Stage,
        execute::{
            lock::errands,
            operation::{
                Direction, Prepared, Refused, SwarmAim, Verdict, prepare_resume, prepare_rollback,
                prepare_swarm, run,
            },
        },
        rollout::Care,
    },
    domain::ServiceKey,
    engine::{Choice, Connector, Engine, Surroundings},
};
use tokio::sync::mpsc;

use crate::{
    course::{finish, holder, key},
    support::{
        TestEngine, image,
        private::{PrivateEngine, Release, of_release, pair},
        swarm::service_spec,
    },
};

/// The stack of the service that is changed.
pub(crate) const STACK: &str = "yard";

/// A swarm of one node, and the way to it.
pub(crate) struct Yard {
    private: PrivateEngine,
    pub(crate) engine: Engine,
    prepared: AtomicU32,
}

impl Yard {
    /// A swarm on an engine of this release.
    pub(crate) async fn open(test: &str, release: Release) -> Option<Self> {
        let private = of_release(test, release)?;
        private.init_swarm().await;
        Some(Self::on(private).await)
    }

    /// A swarm of two nodes, the second of which works and has the images, too.
    pub(crate) async fn pair(test: &str) -> Option<Self> {
        let yard = Self::on(pair(test).await?).await;
        for version in ["1", "2"] {
            image::ensure(yard.private.second().socket(), version);
        }
        Some(yard)
    }

    async fn on(private: PrivateEngine) -> Self {
        let choice = Choice { host: Some(private.bed.engine().host()), context: None };
        let connector = Connector::choose(&choice, &Surroundings::default()).unwrap();
        let engine = connector.connect().await.unwrap();
        Self { private, engine, prepared: AtomicU32::new(0) }
    }

    pub(crate) fn private(&self) -> &PrivateEngine {
        &self.private
    }

    pub(crate) fn bed(&self) -> &TestEngine {
        &self.private.bed
    }

    pub(crate) fn key(&self) -> ServiceKey {
        key(STACK, "web")
    }

    /// The specification of `web` on the first image, which is updated fast and start-first.
    pub(crate) fn web(&self, replicas: u64) -> Value {
        let mut spec = service_spec(STACK, "web", &self.bed().image("1"), replicas);
        spec["UpdateConfig"] = json!({
            "Parallelism": 1, "Order": "start-first", "FailureAction": "pause", "Monitor": 2_000_000_000_u64,
        });
        spec
    }

    /// Makes `web` of it and waits until it runs.
    pub(crate) async fn up(&self, spec: Value) {
        let replicas = spec["Mode"]["Replicated"]["Replicas"].as_u64().unwrap_or(1);
        let id = self.bed().service(spec, None).await;
        self.bed().wait_running(&id, usize::try_from(replicas).unwrap()).await;
    }

    pub(crate) async fn prepare(&self, aim: &SwarmAim) -> Result<Prepared, Refused> {
        self.prepare_within(aim, Duration::from_secs(60)).await
    }

    pub(crate) async fn prepare_within(
        &self,
        aim: &SwarmAim,
        deadline: Duration,
    ) -> Result<Prepared, Refused> {
        let key = self.key();
        prepare_swarm(&self.engine, (&key, "yard_web"), aim, Some(deadline), holder(&self.next())).await
    }

    /// Plans it and carries it out.
    pub(crate) async fn operate(&self, aim: &SwarmAim) -> Verdict {
        finish(&self.engine, self.prepare(aim).await.unwrap(), Direction::Forward).await
    }

    /// Goes on with the only operation that has not ended, or back.
    pub(crate) async fn rest(&self, way: Direction) -> Result<Prepared, Refused> {
        let left = errands(&self.engine).await.unwrap();
        assert_eq!(left.len(), 1, "{left:?}");
        match way {
            Direction::Forward => prepare_resume(&self.engine, &left[0].operation).await,
            Direction::Back => prepare_rollback(&self.engine, &left[0].operation).await,
        }
    }

    fn next(&self) -> String {
        format!("01YARD{}", self.prepared.fetch_add(1, Ordering::Relaxed))
    }

    /// What the manager knows of `web`.
    pub(crate) async fn inspect(&self) -> Value {
        self.bed().engine().get("/services/yard_web").await.json()
    }

    /// What somebody else does to `web`: a change of its spec by the API.
    pub(crate) async fn meddle(&self, change: impl Fn(&mut Value)) {
        loop {
            let now = self.inspect().await;
            let mut spec = now["Spec"].clone();
            change(&mut spec);
            let path = format!("/services/yard_web/update?version={}", now["Version"]["Index"]);
            let answer = self.bed().engine().post(&path, spec).await;
            // Swarm itself writes down how far its update is.
            if !answer.text().contains("update out of sequence") {
                answer.json();
                return;
            }
        }
    }

    /// Waits until Swarm's word on the update of `web` is this.
    pub(crate) async fn wait_update(&self, word: &str) {
        self.bed()
            .wait_until(Duration::from_secs(60), word, async || {
                let state = self.inspect().await["UpdateStatus"]["State"].clone();
                if state == word { Ok(()) } else { Err(state.to_string()) }
            })
            .await;
    }

    /// Asserts that exactly so many tasks run, all healthy and on this image, and that no lock is left.
    pub(crate) async fn assert_well(&self, image: &str, replicas: usize, case: &str) {
        let running = self.running().await;
        assert_eq!(running, vec![(image.to_owned(), "healthy".to_owned()); replicas], "{case}");
        assert_eq!(self.configs("stacktop-lock.").await, 0, "{case}: the lock is still there");
    }

    /// Image and health of all containers of `web` that run.
    pub(crate) async fn running(&self) -> Vec<(String, String)> {
        let listed = self.bed().containers_with("com.docker.swarm.service.name=yard_web").await;
        let mut running = Vec::new();
        for one in listed.iter().filter(|one| one["State"] == "running") {
            let path = format!("/containers/{}/json", one["Id"].as_str().unwrap());
            let seen = self.bed().engine().get(&path).await.json();
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            running.push((text(&seen["Config"]["Image"]), text(&seen["State"]["Health"]["Status"])));
        }
        running
    }

    /// How many configs there are whose names begin so.
    pub(crate) async fn configs(&self, beginning: &str) -> usize {
        let listed = self.bed().engine().get("/configs").await.json();
        let names = listed.as_array().unwrap().iter().filter_map(|one| one["Spec"]["Name"].as_str());
        names.filter(|name| name.starts_with(beginning)).count()
    }

    /// Carries it out and abandons it when its gate has begun.
    pub(crate) async fn abandon_at_the_gate(&self, aim: &SwarmAim) {
        let prepared = self.prepare(aim).await.unwrap();
        let (sender, mut receiver) = mpsc::channel(1);
        let running = run(&self.engine, prepared, Direction::Forward, sender, Halt::default());
        let listening = async {
            let is_gate = |told: &Progress| told.state == "gate" && told.stage == Stage::Begins;
            while !receiver.recv().await.as_ref().is_some_and(is_gate) {}
        };
        tokio::select! {
            over = running => panic!("it is over: {over:?}"),
            () = listening => {}
        }
    }
}

/// Why it was rolled back, with the evidence.
pub(crate) fn rolled_back(verdict: &Verdict) -> String {
    let Verdict::RolledBack(failure) = verdict else { panic!("{verdict:#?}") };
    format!("{}\n{}", failure.why, failure.evidence.join("\n"))
}

/// An aim at this image.
pub(crate) fn to(image: &str) -> SwarmAim {
    SwarmAim::Image(Some(image.to_owned()), Care::Usual)
}
