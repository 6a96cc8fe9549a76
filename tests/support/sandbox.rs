//! What one test makes on an engine, and its removal.

use super::blocking::{self, label_filter};
use super::{Container, Engine, Spec, image, wait_until};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Once;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

const LABEL: &str = "stacktop.test";
const OWNER: &str = "stacktop.test.pid";

/// The label of the program's own locks.
const LOCK: &str = "stacktop.lock";

/// The label of what the program keeps of a Swarm service after an update.
const BEFORE: &str = "stacktop.before";

/// An engine with everything one test makes on it. Dropping it removes all of that.
pub struct TestEngine {
    engine: Engine,
    id: String,
    suffix: String,
}

/// The engine of this host for a test; `None`, said loudly, when there is none.
/// `STACKTOP_TEST_ENGINE=require` makes that a failure.
pub fn engine(test: &str) -> Option<TestEngine> {
    match Engine::from_env() {
        Ok(engine) => Some(TestEngine::new(engine, test)),
        Err(reason) => {
            let sentence = format!("{test}: no Docker Engine answers at {reason}");
            assert!(std::env::var("STACKTOP_TEST_ENGINE").as_deref() != Ok("require"), "{sentence}");
            eprintln!("SKIPPED: {sentence}");
            None
        }
    }
}

/// The private engine of a newer release, whose socket `STACKTOP_TEST_NEWER_ENGINE` names; one that is named
/// must answer.
pub fn newer_engine(test: &str) -> Option<TestEngine> {
    let Ok(socket) = std::env::var("STACKTOP_TEST_NEWER_ENGINE") else {
        eprintln!(
            "SKIPPED: {test}: STACKTOP_TEST_NEWER_ENGINE names no newer engine (tests/testbed/README.md)"
        );
        return None;
    };
    let engine = Engine::at(&socket).unwrap_or_else(|error| panic!("no engine answers at {socket}: {error}"));
    Some(TestEngine::new(engine, test))
}

impl TestEngine {
    pub fn new(engine: Engine, test: &str) -> Self {
        static SWEPT: Once = Once::new();
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        SWEPT.call_once(|| sweep(engine.socket()));
        let suffix = format!("{:x}-{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        Self { id: format!("{test}-{suffix}"), suffix, engine }
    }

    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The value of the label `stacktop.test` on everything this test makes.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// `stacktop.test=<id>`, as a filter wants it.
    pub fn label(&self) -> String {
        format!("{LABEL}={}", self.id)
    }

    /// A name that no other running test uses.
    pub fn unique(&self, name: &str) -> String {
        format!("{name}-{}", self.suffix)
    }

    /// The tag of an image whose server answers with this version.
    pub fn image(&self, version: &str) -> String {
        image::ensure(self.engine.socket(), version)
    }

    /// A server with a fast health check: what most tests want.
    pub fn server(&self, version: &str) -> Spec {
        Spec::new(self.image(version)).name("web").health("/health", 300)
    }

    /// Creates and starts a container.
    pub async fn run(&self, spec: Spec) -> Container {
        let container = self.create(spec).await;
        container.start().await;
        container
    }

    /// Creates a container without starting it.
    pub async fn create(&self, spec: Spec) -> Container {
        let name = if spec.exact_name { spec.name.clone() } else { self.unique(&spec.name) };
        let mut body = spec.into_body();
        self.mark(&mut body["Labels"]);
        let made = self.engine.post(&format!("/containers/create?name={name}"), body).await.json();
        Container::new(self.engine.clone(), text(&made["Id"]), name)
    }

    /// A bridge network; returns its full name.
    pub async fn network(&self, name: &str, labels: Value) -> String {
        self.exact_network(&self.unique(name), labels).await
    }

    /// A bridge network whose name the caller has made unique.
    pub async fn exact_network(&self, name: &str, mut labels: Value) -> String {
        self.mark(&mut labels);
        let body = json!({ "Name": name, "CheckDuplicate": true, "Labels": labels });
        self.engine.post("/networks/create", body).await.json();
        name.to_owned()
    }

    /// A volume; returns its full name.
    pub async fn volume(&self, name: &str, labels: Value) -> String {
        self.exact_volume(&self.unique(name), labels).await
    }

    /// A volume whose name the caller has made unique.
    pub async fn exact_volume(&self, name: &str, mut labels: Value) -> String {
        self.mark(&mut labels);
        let body = json!({ "Name": name, "Labels": labels });
        self.engine.post("/volumes/create", body).await.json();
        name.to_owned()
    }

    /// The containers that carry a label (`name` or `name=value`), also those this test did not make itself.
    pub async fn containers_with(&self, label: &str) -> Vec<Value> {
        let path = format!("/containers/json?all=1&filters={}", label_filter(label));
        self.engine.get(&path).await.json().as_array().cloned().unwrap_or_default()
    }

    /// Waits for a condition that may change with any event of this test's objects; see [`wait_until`].
    pub async fn wait_until<T>(
        &self,
        deadline: Duration,
        what: &str,
        condition: impl AsyncFnMut() -> Result<T, String>,
    ) -> T {
        let events = format!("/events?filters={}", label_filter(&self.label()));
        wait_until(&self.engine, &events, deadline, what, condition).await
    }

    /// Adds the labels by which a thing is found again to an object of labels (or to `null`).
    pub fn mark(&self, labels: &mut Value) {
        labels[LABEL] = json!(self.id);
        labels[OWNER] = json!(owner());
    }
}

impl Drop for TestEngine {
    fn drop(&mut self) {
        remove_labelled(self.engine.socket(), &self.label());
    }
}

/// This process: its number, its start time, since numbers are given out again, and the namespace of the number.
fn owner() -> String {
    let pid = std::process::id();
    format!("{pid}/{}/{}", started(pid).unwrap_or_default(), namespace())
}

fn started(pid: u32) -> Option<String> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The second field, the program's name, is in parentheses and may hold blanks; the start time is the 22nd.
    stat.rsplit_once(')')?.1.split_whitespace().nth(19).map(str::to_owned)
}

fn namespace() -> String {
    std::fs::read_link("/proc/self/ns/pid").map(|link| link.display().to_string()).unwrap_or_default()
}

/// Whether the process is surely gone; one in another namespace cannot be seen from here, so it may live.
fn is_gone(owner: &str) -> bool {
    let [pid, start, place] = owner.split('/').collect::<Vec<_>>()[..] else { return false };
    let lives = pid.parse().ok().and_then(started).is_some_and(|now| now == start);
    place == namespace() && !lives
}

/// Removes what processes that are gone have left on the engine.
pub fn sweep(socket: &Path) {
    for kind in KINDS {
        kind.remove_all(socket, || {
            let mut things = kind.list(socket, OWNER);
            things.retain(|thing| is_gone(&text(&kind.labels(thing)[OWNER])));
            things
        });
    }
    for (kind, label) in [(&CONTAINERS, LOCK), (&CONFIGS, LOCK), (&CONFIGS, BEFORE)] {
        kind.remove_all(socket, || {
            let mut own = kind.list(socket, label);
            own.retain(|thing| is_left(socket, &text(&kind.labels(thing)[label])));
            own
        });
    }
}

/// Whether what the program under test has made, which carries no label of a test, is for a service of a test's project
/// or stack that has no containers and no services any more.
fn is_left(socket: &Path, service: &str) -> bool {
    let stack = service.split('/').next().unwrap_or_default();
    let is_number =
        |radix: u32| move |word: &str| !word.is_empty() && word.chars().all(|c| c.is_digit(radix));
    let mut words = stack.rsplit('-');
    let is_of_test = words.next().is_some_and(is_number(10)) && words.next().is_some_and(is_number(16));
    let (project, stack) =
        (format!("com.docker.compose.project={stack}"), format!("com.docker.stack.namespace={stack}"));
    is_of_test && CONTAINERS.list(socket, &project).is_empty() && SERVICES.list(socket, &stack).is_empty()
}

/// Removes everything with the label; also what the program under test has made with copied labels.
pub fn remove_labelled(socket: &Path, label: &str) {
    for kind in KINDS {
        kind.remove_all(socket, || kind.list(socket, label));
    }
}

/// A kind of object that carries labels.
struct Kind {
    list: &'static str,
    object: &'static str,
    id: &'static str,
    options: &'static str,
}

const CONTAINERS: Kind =
    Kind { list: "/containers/json?all=1&", object: "/containers", id: "Id", options: "?force=1&v=1" };

const SERVICES: Kind = Kind { list: "/services?", object: "/services", id: "ID", options: "" };

const CONFIGS: Kind = Kind { list: "/configs?", object: "/configs", id: "ID", options: "" };

/// In the order of removal: who uses something goes before what is used.
const KINDS: [Kind; 6] = [
    SERVICES,
    CONTAINERS,
    Kind { list: "/networks?", object: "/networks", id: "Id", options: "" },
    Kind { list: "/volumes?", object: "/volumes", id: "Name", options: "?force=1" },
    Kind { list: "/secrets?", object: "/secrets", id: "ID", options: "" },
    CONFIGS,
];

impl Kind {
    fn list(&self, socket: &Path, label: &str) -> Vec<Value> {
        let path = format!("{}filters={}", self.list, label_filter(label));
        if self.object == "/volumes" {
            let body = blocking::call(socket, "GET", &path).map(|(_, body)| body).unwrap_or_default();
            let answer: Value = serde_json::from_str(&body).unwrap_or_default();
            return answer["Volumes"].as_array().cloned().unwrap_or_default();
        }
        blocking::list(socket, &path)
    }

    fn labels<'a>(&self, thing: &'a Value) -> &'a Value {
        if thing["Spec"].is_object() { &thing["Spec"]["Labels"] } else { &thing["Labels"] }
    }

    /// Removes what the list gives until it gives nothing: what is still in use for a moment is refused at first.
    fn remove_all(&self, socket: &Path, list: impl Fn() -> Vec<Value>) {
        let mut refusals = Vec::new();
        for _ in 0..100 {
            let things = list();
            if things.is_empty() {
                return;
            }
            refusals = things.iter().filter_map(|thing| self.remove(socket, thing).err()).collect();
            if !refusals.is_empty() {
                std::thread::sleep(Duration::from_millis(50));
            }
        }
        // Not a panic: it would hide the failure that the test may be unwinding from.
        eprintln!("left behind: {}", refusals.join("; "));
    }

    fn remove(&self, socket: &Path, thing: &Value) -> Result<(), String> {
        let path = format!("{}/{}{}", self.object, text(&thing[self.id]), self.options);
        match blocking::call(socket, "DELETE", &path) {
            Ok((200..300 | 404, _)) => Ok(()),
            Ok((status, body)) => Err(format!("{path}: status {status}: {body}")),
            Err(error) => Err(format!("{path}: {error}")),
        }
    }
}

/// A text field; empty when it is none.
pub(super) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
