use std::{fs, path::Path};

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use stacktop::engine::{Choice, ConnectError, Connector, Surroundings};
use tempfile::TempDir;

struct Home {
    folder: TempDir,
    around: Surroundings,
}

impl Home {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let around = Surroundings {
            home: Some(folder.path().to_owned()),
            rootful: folder.path().join("rootful.sock"),
            uid: 1000,
            ..Surroundings::default()
        };
        Self { folder, around }.with("XDG_RUNTIME_DIR", "run")
    }

    /// A variable; `run` stands for a folder of this home.
    fn with(mut self, name: &str, value: &str) -> Self {
        let value = if value == "run" { self.path("run") } else { value.to_owned() };
        self.around.variables.insert(name.to_owned(), value);
        self
    }

    fn file(self, path: &str, content: &Value) -> Self {
        self.text(path, &content.to_string())
    }

    fn text(self, path: &str, content: &str) -> Self {
        let path = self.folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
        self
    }

    fn context(self, name: &str, docker: &Value) -> Self {
        let meta = json!({"Name": name, "Metadata": {}, "Endpoints": {"docker": docker}});
        self.file(&format!(".docker/contexts/meta/{}/meta.json", hash(name)), &meta)
    }

    fn path(&self, path: &str) -> String {
        self.folder.path().join(path).display().to_string()
    }

    fn choose(&self, host: Option<&str>, context: Option<&str>) -> Result<Connector, ConnectError> {
        let choice = Choice { host: host.map(Into::into), context: context.map(Into::into) };
        Connector::choose(&choice, &self.around)
    }

    /// The address and what decided for it.
    fn chosen(&self, host: Option<&str>, context: Option<&str>) -> (String, String) {
        let connector = self.choose(host, context).unwrap();
        (connector.endpoint().to_string(), connector.chosen_by().to_owned())
    }

    fn failure(&self, host: Option<&str>, context: Option<&str>) -> String {
        self.choose(host, context).unwrap_err().to_string()
    }
}

fn hash(name: &str) -> String {
    Sha256::digest(name).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn pair(address: &str, by: &str) -> (String, String) {
    (address.to_owned(), by.to_owned())
}

#[test]
fn the_docker_clis_order_decides() {
    let home = Home::new()
        .context("prod", &json!({"Host": "tcp://prod:1"}))
        .context("test", &json!({"Host": "tcp://test:1"}))
        .file(".docker/config.json", &json!({"currentContext": "prod"}));
    assert_eq!(home.chosen(None, None), pair("tcp://prod:1", "context prod"));
    let home = home.with("DOCKER_CONTEXT", "test");
    assert_eq!(home.chosen(None, None), pair("tcp://test:1", "context test"));
    let home = home.with("DOCKER_HOST", "tcp://env:1");
    assert_eq!(home.chosen(None, None), pair("tcp://env:1", "DOCKER_HOST"));
    assert_eq!(home.chosen(None, Some("prod")), pair("tcp://prod:1", "context prod"));
    assert_eq!(home.chosen(Some("tcp://flag:1"), None), pair("tcp://flag:1", "--host"));
    assert_eq!(home.choose(Some("tcp://a:1"), Some("prod")).unwrap_err(), ConnectError::TwoChoices);
}

#[test]
fn the_first_default_socket_that_exists_is_taken() {
    let home = Home::new();
    assert_eq!(home.chosen(None, None).0, format!("unix://{}", home.path("rootful.sock")));
    let home = home.text(".docker/run/docker.sock", "");
    assert_eq!(home.chosen(None, None).1, "default socket of Docker Desktop");
    let home = home.text("run/docker.sock", "");
    assert_eq!(home.chosen(None, None).1, "default socket of a rootless engine");
    let home = home.text("rootful.sock", "");
    assert_eq!(home.chosen(None, None).1, "default socket");
    assert_eq!(home.chosen(None, Some("default")).1, "default socket");
}

#[test]
fn the_docker_clis_folder_can_be_elsewhere() {
    let home = Home::new().context("prod", &json!({"Host": "unix:///x.sock"}));
    let moved = home.path("moved");
    fs::rename(home.path(".docker"), &moved).unwrap();
    let home = home.with("DOCKER_CONFIG", &moved);
    assert_eq!(home.chosen(None, Some("prod")), pair("unix:///x.sock", "context prod"));
}

#[test]
fn an_unknown_context_lists_the_known_ones() {
    let home = Home::new()
        .context("prod", &json!({"Host": "tcp://p:1"}))
        .context("edge", &json!({"Host": "tcp://e:1"}));
    let failure = home.failure(None, Some("stage"));
    assert_eq!(failure, "there is no Docker context `stage`; known are default, edge, prod");
}

#[test]
fn a_broken_file_of_the_docker_cli_is_named() {
    let home = Home::new().text(".docker/config.json", "{");
    let failure = home.failure(None, None);
    assert!(failure.contains("config.json") && failure.contains("--host"), "{failure}");
    let home = Home::new().context("empty", &json!({}));
    assert!(home.failure(None, Some("empty")).contains("it names no Docker engine"));
}

#[test]
fn a_context_over_ssh_is_answered_with_the_tunnel() {
    let home = Home::new().context("prod", &json!({"Host": "ssh://ops@prod"}));
    let failure = home.failure(None, Some("prod"));
    assert!(failure.contains("ssh -nNT -L /tmp/docker-prod.sock:/var/run/docker.sock ops@prod"), "{failure}");
}

#[test]
fn missing_certificates_are_named() {
    let home = Home::new().with("DOCKER_TLS_VERIFY", "1").with("DOCKER_CERT_PATH", "run");
    let failure = home.failure(Some("tcp://h:2376"), None);
    let ca = Path::new(&home.path("run")).join("ca.pem").display().to_string();
    assert!(failure.contains(&ca) && failure.contains("there is no such file"), "{failure}");
    let home = home.text("run/ca.pem", "nonsense");
    assert!(home.failure(Some("tcp://h:2376"), None).contains("it holds no certificate"));
}

#[test]
fn an_empty_variable_counts_as_not_set() {
    let home = Home::new().with("DOCKER_HOST", "").with("DOCKER_TLS_VERIFY", "").with("DOCKER_CONTEXT", "");
    assert_eq!(home.chosen(None, None).1, "default socket");
    assert_eq!(home.chosen(Some("tcp://h"), None).0, "tcp://h:2375");
}

#[test]
fn tls_without_verification_is_a_contexts_choice() {
    let home = Home::new().context("lab", &json!({"Host": "tcp://lab:2376", "SkipTLSVerify": true}));
    assert_eq!(home.chosen(None, Some("lab")).0, "tcp://lab:2376 (TLS)");
}

#[test]
fn only_a_socket_is_local() {
    let home = Home::new();
    assert!(home.choose(Some("unix:///x.sock"), None).unwrap().is_local());
    assert!(!home.choose(Some("tcp://h:1"), None).unwrap().is_local());
}
