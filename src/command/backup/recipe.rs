//! How databases are dumped by their own programs, within their own containers.
//!
//! Each recipe is a line for the container's shell, so that passwords are read where they are, from the container's
//! environment and secret files, and neither the engine's journal nor the plan ever sees one. The dump comes on the
//! standard output; the exit code decides.

mod loading;

use serde_json::Value;

use super::label::{AFTER_DUMP, BEFORE_DUMP, DUMP};
use crate::command::clone::json::{label, text, texts};

pub use loading::{Proof, Server, WayBack};

/// How a service's data is dumped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recipe {
    /// `pg_dump` in its custom format for each database, `pg_dumpall` for roles.
    Postgres,
    /// `redis-cli --rdb`.
    Redis,
    /// `mariadb-dump` or `mysqldump`, all databases in one transaction.
    MySql,
    /// `mongodump --archive`.
    Mongo,
    /// Definitions of exchanges, queues, users; no messages.
    RabbitMq,
    /// Workflows and credentials, the latter still encrypted.
    N8n,
    /// A dump by `POST /dumps`, which any later version reads.
    Meilisearch,
    /// What the label says.
    Custom(Vec<String>),
}

/// One dump: a command whose output is a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dump {
    /// Which database, where there are several.
    pub database: Option<String>,
    /// The ending of the part's name, which says what it is.
    pub ending: &'static str,
    /// The command.
    pub command: Vec<String>,
}

/// Beginnings of an image's last name, and the recipe.
const IMAGES: [(&str, Recipe); 12] = [
    ("postgres", Recipe::Postgres),
    ("postgis", Recipe::Postgres),
    ("pgvector", Recipe::Postgres),
    ("timescaledb", Recipe::Postgres),
    ("redis", Recipe::Redis),
    ("valkey", Recipe::Redis),
    ("mysql", Recipe::MySql),
    ("mariadb", Recipe::MySql),
    ("mongo", Recipe::Mongo),
    ("rabbitmq", Recipe::RabbitMq),
    ("n8n", Recipe::N8n),
    ("meilisearch", Recipe::Meilisearch),
];

/// Variables by which an image of another name gives itself away.
const VARIABLES: [(&str, Recipe); 6] = [
    ("PG_MAJOR=", Recipe::Postgres),
    ("REDIS_VERSION=", Recipe::Redis),
    ("VALKEY_VERSION=", Recipe::Redis),
    ("MYSQL_MAJOR=", Recipe::MySql),
    ("MONGO_MAJOR=", Recipe::Mongo),
    ("RABBITMQ_VERSION=", Recipe::RabbitMq),
];

/// Variables that tell which version of the program an image holds.
const VERSIONS: [&str; 7] = [
    "PG_MAJOR=",
    "PG_VERSION=",
    "REDIS_VERSION=",
    "VALKEY_VERSION=",
    "MYSQL_VERSION=",
    "MARIADB_VERSION=",
    "MONGO_VERSION=",
];

/// The user, as the official image is told it.
const PG_USER: &str = r#"u=${POSTGRES_USER:-}; [ -n "$u" ] || { [ -n "${POSTGRES_USER_FILE:-}" ] && u=$(cat "$POSTGRES_USER_FILE"); }; u=${u:-postgres}; "#;

/// The password, from wherever an image may be told it; [`Recipe::env`] adds the one of the server's arguments.
const REDIS_AUTH: &str = r#"cli=$(command -v redis-cli || command -v valkey-cli) || { echo 'neither redis-cli nor valkey-cli is in this container' >&2; exit 127; }; a=${REDISCLI_AUTH:-${REDIS_PASSWORD:-}}; [ -n "$a" ] || { [ -n "${REDIS_PASSWORD_FILE:-}" ] && a=$(cat "$REDIS_PASSWORD_FILE"); }; [ -n "$a" ] && export REDISCLI_AUTH="$a"; "#;

const MYSQL_AUTH: &str = r#"p=${MYSQL_ROOT_PASSWORD:-${MARIADB_ROOT_PASSWORD:-}}; f=${MYSQL_ROOT_PASSWORD_FILE:-${MARIADB_ROOT_PASSWORD_FILE:-}}; [ -n "$p" ] || { [ -n "$f" ] && p=$(cat "$f"); }; [ -n "$p" ] && export MYSQL_PWD="$p"; "#;

const MONGO_AUTH: &str = r#"u=${MONGO_INITDB_ROOT_USERNAME:-}; p=${MONGO_INITDB_ROOT_PASSWORD:-}; [ -n "${MONGO_INITDB_ROOT_PASSWORD_FILE:-}" ] && p=$(cat "$MONGO_INITDB_ROOT_PASSWORD_FILE"); set --; [ -n "$u" ] && set -- --username "$u" --password "$p" --authenticationDatabase admin; "#;

/// The key is told through standard input, where no list of processes shows it.
const MEILI: &str = r#"a=${MEILI_HTTP_ADDR:-}; u=http://127.0.0.1:$(p=${a##*:}; echo "${p:-7700}"); ask() { if [ -n "${MEILI_MASTER_KEY:-}" ]; then printf 'header = "Authorization: Bearer %s"\n' "$MEILI_MASTER_KEY" | curl -sSf -K - "$@"; else curl -sSf "$@"; fi; }; "#;

const MEILI_DUMP: &str = r#"t=$(ask -X POST "$u/dumps" | sed -n 's/.*"taskUid":\([0-9]*\).*/\1/p'); [ -n "$t" ] || { echo 'POST /dumps gave no task' >&2; exit 1; }; while s=$(ask "$u/tasks/$t"); do case "$s" in *'"status":"succeeded"'*) break ;; *'"status":"failed"'* | *'"status":"canceled"'*) echo "$s" >&2; exit 1 ;; esac; sleep 1; done; f=${MEILI_DUMP_DIR:-dumps}/$(printf %s "$s" | sed -n 's/.*"dumpUid":"\([^"]*\)".*/\1/p').dump; cat "$f"; c=$?; rm -f "$f"; exit $c"#;

impl Recipe {
    /// The recipe of a word in a manifest; a custom one without its command, which a label tells.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        let known = [
            Self::Postgres,
            Self::Redis,
            Self::MySql,
            Self::Mongo,
            Self::RabbitMq,
            Self::N8n,
            Self::Meilisearch,
            Self::Custom(Vec::new()),
        ];
        known.into_iter().find(|recipe| recipe.word() == word)
    }

    /// The version of the program, where the image's environment tells.
    #[must_use]
    pub fn version(container: &Value) -> Option<String> {
        let told = |name: &&str| texts(container, "/Config/Env").find_map(|entry| entry.strip_prefix(name));
        VERSIONS.iter().find_map(told).map(str::to_owned)
    }

    /// What labels have run in the container before its dumps, and after them.
    #[must_use]
    pub fn hooks(container: &Value) -> (Option<Vec<String>>, Option<Vec<String>>) {
        (hook(container, BEFORE_DUMP), hook(container, AFTER_DUMP))
    }

    /// The recipe for an inspected container: what its label says, else what its image is known for.
    #[must_use]
    pub fn of(container: &Value) -> Option<Self> {
        if let Some(command) = hook(container, DUMP) {
            return Some(Self::Custom(command));
        }
        let image = text(container, "/Config/Image");
        let name = image.rsplit('/').next().unwrap_or_default();
        let by_name = IMAGES.iter().find(|(beginning, _)| is_named(name, beginning));
        let told =
            |beginning: &str| texts(container, "/Config/Env").any(|entry| entry.starts_with(beginning));
        let found = by_name.or_else(|| VARIABLES.iter().find(|(variable, _)| told(variable)));
        found.map(|(_, recipe)| recipe.clone())
    }

    /// Its word in manifests and plans.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::Redis => "redis",
            Self::MySql => "mysql",
            Self::Mongo => "mongo",
            Self::RabbitMq => "rabbitmq",
            Self::N8n => "n8n",
            Self::Meilisearch => "meilisearch",
            Self::Custom(_) => "custom",
        }
    }

    /// Whether what is mounted at this folder is what the dump holds.
    #[must_use]
    pub fn keeps(&self, folder: &str) -> bool {
        let folders: &[&str] = match self {
            Self::Postgres => &["/var/lib/postgresql", "/bitnami/postgresql"],
            Self::Redis => &["/data", "/bitnami/redis"],
            Self::MySql => &["/var/lib/mysql", "/bitnami/mysql", "/bitnami/mariadb"],
            Self::Mongo => &["/data/db", "/data/configdb", "/bitnami/mongodb"],
            Self::Meilisearch => &["/meili_data"],
            // Messages, binary data, keys: a dump does not hold them.
            Self::RabbitMq | Self::N8n | Self::Custom(_) => &[],
        };
        folders.iter().any(|kept| folder == *kept || folder.starts_with(&format!("{kept}/")))
    }

    /// What the commands of the recipe are told beside the container's environment, such as a password that the server
    /// got as an argument. It is nowhere shown.
    #[must_use]
    pub fn env(&self, container: &Value) -> Vec<(String, String)> {
        let words: Vec<&str> = texts(container, "/Args").collect();
        let password =
            words.windows(2).find_map(|pair| (pair.first() == Some(&"--requirepass")).then(|| pair.last()));
        match (self, password.flatten()) {
            (Self::Redis, Some(password)) => vec![("REDISCLI_AUTH".to_owned(), (*password).to_owned())],
            _ => Vec::new(),
        }
    }

    /// The command that lists databases, one a line, for a recipe that dumps each on its own.
    #[must_use]
    pub fn listing(&self) -> Option<Vec<String>> {
        let query = "SELECT datname FROM pg_database WHERE datallowconn AND NOT datistemplate ORDER BY 1";
        match self {
            Self::Postgres => {
                Some(shell(&format!("{PG_USER}exec psql -X -w -U \"$u\" -d template1 -Atc \"{query}\"")))
            }
            Self::Redis
            | Self::MySql
            | Self::Mongo
            | Self::RabbitMq
            | Self::N8n
            | Self::Meilisearch
            | Self::Custom(_) => None,
        }
    }

    /// The command that prints the version of the program that dumps; it fails where there is no such program.
    #[must_use]
    pub fn versioning(&self) -> Option<Vec<String>> {
        let line = match self {
            Self::Postgres => "exec pg_dump --version".to_owned(),
            Self::Redis => format!("{REDIS_AUTH}exec \"$cli\" --version"),
            // One whose password nobody here knows is not dumped; its files are stored instead.
            Self::MySql => format!(
                "{MYSQL_AUTH}$(command -v mariadb || echo mysql) -uroot -e 'SELECT 1' >/dev/null && exec $(command -v mariadb-dump || echo mysqldump) --version"
            ),
            Self::Mongo => "exec mongodump --version".to_owned(),
            Self::RabbitMq => "exec rabbitmqctl --silent version".to_owned(),
            Self::N8n => "exec n8n --version".to_owned(),
            Self::Meilisearch => "command -v curl >&2 && exec meilisearch --version".to_owned(),
            Self::Custom(_) => return None,
        };
        Some(shell(&line))
    }

    /// The dumps to be made, of these databases where there are several.
    #[must_use]
    pub fn dumps(&self, databases: &[String]) -> Vec<Dump> {
        let one = |ending, line: String| Dump { database: None, ending, command: shell(&line) };
        match self {
            Self::Postgres => databases
                .iter()
                .map(|name| pg_dump(name))
                .chain([one("roles.sql", format!("{PG_USER}exec pg_dumpall -w --globals-only -U \"$u\""))])
                .collect(),
            Self::Redis => vec![one("rdb", format!("{REDIS_AUTH}exec \"$cli\" --rdb -"))],
            Self::MySql => vec![one(
                "sql",
                format!(
                    "{MYSQL_AUTH}exec $(command -v mariadb-dump || echo mysqldump) -uroot --single-transaction --routines --events --triggers --all-databases"
                ),
            )],
            Self::Mongo => {
                vec![one("archive", format!("{MONGO_AUTH}exec mongodump \"$@\" --quiet --archive"))]
            }
            Self::RabbitMq => {
                vec![one("definitions.json", "exec rabbitmqctl --silent export_definitions -".to_owned())]
            }
            Self::N8n => ["workflow", "credentials"].into_iter().map(n8n).collect(),
            Self::Meilisearch => vec![one("dump", format!("{MEILI}{MEILI_DUMP}"))],
            Self::Custom(command) => {
                vec![Dump { database: None, ending: "dump", command: command.clone() }]
            }
        }
    }
}

fn pg_dump(database: &str) -> Dump {
    let mut command = shell(&format!("{PG_USER}exec pg_dump -w -Fc -Z0 -U \"$u\" -d \"$1\""));
    // The shell's own name, then the name of the database, which may hold anything but is never part of a line.
    command.extend(["dump".to_owned(), conninfo(database)]);
    Dump { database: Some(database.to_owned()), ending: "pgdump", command }
}

/// A database's name as a connection string, so that one with an equals sign is not taken for one.
fn conninfo(database: &str) -> String {
    let escaped = database.replace('\\', "\\\\").replace('\'', "\\'");
    format!("dbname='{escaped}'")
}

/// n8n writes to files only.
fn n8n(what: &str) -> Dump {
    let line = format!(
        "f=$(mktemp) && n8n export:{what} --all --output=\"$f\" >&2 && cat \"$f\"; c=$?; rm -f \"$f\"; exit $c"
    );
    Dump { database: Some(what.to_owned()), ending: "json", command: shell(&line) }
}

/// A command that a label tells: a JSON list, or a line for the shell.
fn hook(container: &Value, name: &str) -> Option<Vec<String>> {
    let told = label(container, name);
    let is_told = !told.trim().is_empty();
    is_told.then(|| serde_json::from_str(told).unwrap_or_else(|_| shell(told)))
}

fn shell(line: &str) -> Vec<String> {
    vec!["/bin/sh".to_owned(), "-c".to_owned(), line.to_owned()]
}

/// `postgres:15` and `postgres-ha` are, `postgres-exporter` and `redis-commander` are not: they only talk to one.
fn is_named(name: &str, beginning: &str) -> bool {
    const COMPANIONS: [&str; 9] =
        ["exporter", "commander", "admin", "backup", "express", "ui", "insight", "operator", "proxy"];
    let name = name.split(['@', ':']).next().unwrap_or_default();
    let Some(rest) = name.strip_prefix(beginning) else { return false };
    let stands_alone = rest.is_empty() || rest.starts_with(['-', '_', '.']) || rest == "ql" || rest == "db";
    stands_alone && !COMPANIONS.iter().any(|companion| rest.contains(companion))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(image: &str, env: &[&str]) -> Option<&'static str> {
        Recipe::of(&json!({ "Config": { "Image": image, "Env": env } })).map(|recipe| recipe.word())
    }

    #[test]
    fn databases_are_known_by_their_images() {
        for (image, recipe) in [
            ("postgres:15-alpine", Some("postgres")),
            ("registry.test:5000/team/postgresql@sha256:ab", Some("postgres")),
            ("postgis/postgis:16-3.4", Some("postgres")),
            ("redis", Some("redis")),
            ("bitnami/redis:7", Some("redis")),
            ("mariadb:11", Some("mysql")),
            ("mongo:7", Some("mongo")),
            ("mongodb/mongodb-community-server", None),
            ("rabbitmq:3-management", Some("rabbitmq")),
            ("n8nio/n8n", Some("n8n")),
            ("getmeili/meilisearch:v1.12", Some("meilisearch")),
            ("oliver006/redis_exporter", None),
            ("prom/mysqld-exporter", None),
            ("mongo-express", None),
            ("shop/web:1", None),
        ] {
            assert_eq!(of(image, &[]), recipe, "{image}");
        }
    }

    #[test]
    fn a_database_of_another_name_is_known_by_its_environment() {
        assert_eq!(of("shop/db:1", &["PATH=/bin", "PG_MAJOR=15"]), Some("postgres"));
    }

    #[test]
    fn a_label_counts_more_than_the_image() {
        let container = json!({ "Config": {
            "Image": "postgres:15", "Labels": { "stacktop.backup.exec": "[\"dump\", \"--all\"]" },
        }});
        assert_eq!(Recipe::of(&container), Some(Recipe::Custom(vec!["dump".into(), "--all".into()])));
    }

    #[test]
    fn a_databases_name_is_never_part_of_a_shell_line() {
        let name = "a'; DROP TABLE x; -- $(reboot)";
        let dumps = Recipe::Postgres.dumps(&[name.to_owned()]);
        let command = &dumps[0].command;
        assert!(!command[2].contains("reboot"), "{command:?}");
        assert_eq!(command[4], "dbname='a\\'; DROP TABLE x; -- $(reboot)'");
    }

    #[test]
    fn a_dump_stands_for_the_folder_in_which_the_database_keeps_its_files() {
        assert!(Recipe::Postgres.keeps("/var/lib/postgresql/data"));
        assert!(!Recipe::Postgres.keeps("/var/lib/postgresql-extra"));
        assert!(!Recipe::RabbitMq.keeps("/var/lib/rabbitmq"), "messages are not in the definitions");
    }
}
