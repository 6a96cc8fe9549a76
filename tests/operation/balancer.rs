//! A proxy as people put in front of replicas: it sends each connection to the next container that the engine calls
//! healthy, and hears of changes by the engine's events. It tries nothing twice.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use http_body_util::BodyExt;
use serde_json::Value;
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::timeout,
};

use crate::support::{Engine, TestEngine};

/// It runs until it is dropped.
pub(crate) struct Balancer {
    pub(crate) port: u16,
    served: Arc<AtomicU64>,
    _tasks: JoinSet<()>,
}

type Servers = Arc<Mutex<Vec<String>>>;

impl Balancer {
    pub(crate) async fn of(bed: &TestEngine, stack: &str) -> Self {
        let label = format!("com.docker.compose.project={stack}");
        let servers = Servers::default();
        let listener = TcpListener::bind("0.0.0.0:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        look(bed.engine(), &label, &servers).await;
        let mut tasks = JoinSet::new();
        tasks.spawn(watch(bed.engine().clone(), label, servers.clone()));
        let served = Arc::default();
        tasks.spawn(serve(listener, servers, Arc::clone(&served)));
        Self { port, served, _tasks: tasks }
    }

    /// Waits until so many connections have come and gone, however busy the machine is.
    pub(crate) async fn wait_served(&self, bed: &TestEngine, connections: u64) {
        bed.wait_until(Duration::from_secs(90), "connections", async || {
            let served = self.served.load(Ordering::Relaxed);
            if served >= connections { Ok(()) } else { Err(format!("{served}")) }
        })
        .await;
    }
}

async fn watch(engine: Engine, label: String, servers: Servers) {
    let mut events = engine.events(&label).await;
    loop {
        look(&engine, &label, &servers).await;
        // An event that fell between two looks is made good for after a while.
        let _ = timeout(Duration::from_millis(500), events.frame()).await;
    }
}

/// The healthy servers, as they are now.
async fn look(engine: &Engine, label: &str, servers: &Servers) {
    let filters = serde_json::json!({ "label": [label], "health": ["healthy"], "status": ["running"] });
    let path = format!("/containers/json?filters={}", crate::support::blocking::encode(&filters.to_string()));
    let listed = engine.get(&path).await.json();
    let address = |one: &Value| {
        let networks = one["NetworkSettings"]["Networks"].as_object()?;
        let address = networks.values().find_map(|network| network["IPAddress"].as_str())?;
        (!address.is_empty()).then(|| format!("{address}:8080"))
    };
    *servers.lock().unwrap() = listed.as_array().into_iter().flatten().filter_map(address).collect();
}

async fn serve(listener: TcpListener, servers: Servers, served: Arc<AtomicU64>) {
    let mut turn = 0_usize;
    loop {
        let (mut client, _) = listener.accept().await.unwrap();
        turn += 1;
        let server = {
            let servers = servers.lock().unwrap();
            turn.checked_rem(servers.len()).map(|index| servers[index].clone())
        };
        let served = Arc::clone(&served);
        tokio::spawn(async move {
            let Some(server) = server else { return };
            if let Ok(mut server) = TcpStream::connect(server).await {
                let _ = copy_bidirectional(&mut client, &mut server).await;
                served.fetch_add(1, Ordering::Relaxed);
            }
        });
    }
}
