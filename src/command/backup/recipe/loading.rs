//! The way back: how the dumps of a recipe become a database again.
//!
//! A dump is loaded into a server of its own, on a fresh volume and without any network; only what has been loaded and
//! checked there is given to the service. So a dump that does not load costs nobody anything. As with dumps, each command
//! is a line for the container's shell, and passwords stay where they are.

use serde_json::Value;

use super::{MEILI, MONGO_AUTH, MYSQL_AUTH, PG_USER, REDIS_AUTH, Recipe, conninfo, hook, shell};
use crate::command::{
    backup::label::{RESTORE, VERIFY},
    clone::json::texts,
};

/// How dumps come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WayBack {
    /// Into a server of their own, whose volume the service then gets.
    Server,
    /// Into the service as it runs.
    Import,
}

/// What a dump must be, as far as can be told without a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// It begins so.
    Begins(&'static [u8]),
    /// It is JSON from its first byte to its last.
    Json,
    /// Only a server can tell.
    Server,
}

/// How the server is started into which dumps are loaded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Server {
    /// The words it is started with; `None` is what the image or the service starts.
    pub command: Option<Vec<String>>,
    /// What it is told beside what the service is told.
    pub env: Vec<(String, String)>,
    /// What of that it is not told.
    pub untold: &'static [&'static str],
}

/// Words of Redis that say how it keeps its data; others may hold a secret.
const REDIS_WORDS: [&str; 5] =
    ["--appendonly", "--appenddirname", "--appendfilename", "--dbfilename", "--dir"];

/// The password of a server that nobody can reach; the dump brings the real ones.
const NOBODYS: &str = "throw-away";

impl Recipe {
    /// How its dumps come back.
    #[must_use]
    pub const fn way_back(&self) -> WayBack {
        match self {
            Self::Postgres | Self::Redis | Self::MySql | Self::Mongo | Self::Meilisearch => WayBack::Server,
            Self::RabbitMq | Self::N8n | Self::Custom(_) => WayBack::Import,
        }
    }

    /// What a dump must be.
    #[must_use]
    pub const fn proof(&self, database: Option<&str>) -> Proof {
        match (self, database) {
            (Self::Redis, _) => Proof::Begins(b"REDIS"),
            (Self::Postgres, Some(_)) => Proof::Begins(b"PGDMP"),
            (Self::RabbitMq | Self::N8n, _) => Proof::Json,
            (Self::Postgres | Self::MySql | Self::Mongo | Self::Meilisearch | Self::Custom(_), _) => {
                Proof::Server
            }
        }
    }

    /// How the server is started; `words` are those of the service's own command, as far as they are known.
    #[must_use]
    pub fn server(&self, words: &[String], folder: &str) -> Server {
        let told =
            |names: &[&str]| names.iter().map(|name| ((*name).to_owned(), NOBODYS.to_owned())).collect();
        match self {
            Self::Postgres => Server {
                command: own(words, &["postgres"], &[]),
                env: told(&["POSTGRES_PASSWORD"]),
                untold: &["POSTGRES_PASSWORD_FILE"],
            },
            Self::Redis => {
                let added = ["--appendonly", "no", "--dbfilename", "dump.rdb"];
                let program = if words.iter().any(|word| word.contains("valkey")) {
                    "valkey-server"
                } else {
                    "redis-server"
                };
                let bare = || [program].iter().chain(&added).map(|word| (*word).to_owned()).collect();
                let command = own(words, &["redis-server", "valkey-server"], &added).unwrap_or_else(bare);
                Server { command: Some(command), ..Server::default() }
            }
            Self::MySql => Server { command: own(words, &["mysqld", "mariadbd"], &[]), ..Server::default() },
            Self::Mongo => Server { command: own(words, &["mongod"], &[]), ..Server::default() },
            Self::Meilisearch => {
                let line = format!("exec meilisearch --import-dump {folder}/restore.dump");
                Server { command: Some(shell(&line)), ..Server::default() }
            }
            Self::RabbitMq | Self::N8n | Self::Custom(_) => Server::default(),
        }
    }

    /// What a server must at least be told where nobody knows what the service was.
    #[must_use]
    pub fn least(&self) -> Vec<(String, String)> {
        let names: &[&str] = match self {
            Self::MySql => &["MYSQL_ROOT_PASSWORD", "MARIADB_ROOT_PASSWORD"],
            Self::Mongo => &["MONGO_INITDB_ROOT_PASSWORD"],
            Self::Postgres
            | Self::Redis
            | Self::RabbitMq
            | Self::N8n
            | Self::Meilisearch
            | Self::Custom(_) => &[],
        };
        names.iter().map(|name| ((*name).to_owned(), NOBODYS.to_owned())).collect()
    }

    /// Entries of the environment, none of them secret, that a set keeps, so that a server can be started where no
    /// container of the service is left.
    #[must_use]
    pub fn kept_env(&self, container: &Value) -> Vec<String> {
        let names: &[&str] = match self {
            Self::Postgres => {
                &["POSTGRES_USER", "POSTGRES_DB", "POSTGRES_INITDB_ARGS", "PGDATA", "PGPORT", "LANG"]
            }
            Self::MySql => &["MYSQL_TCP_PORT"],
            Self::Mongo => &["MONGO_INITDB_ROOT_USERNAME"],
            Self::Meilisearch => &["MEILI_HTTP_ADDR", "MEILI_DB_PATH"],
            Self::Redis | Self::RabbitMq | Self::N8n | Self::Custom(_) => &[],
        };
        let is_kept = |entry: &&str| entry.split_once('=').is_some_and(|(name, _)| names.contains(&name));
        texts(container, "/Config/Env").filter(is_kept).map(str::to_owned).collect()
    }

    /// The words of the service's command, none of them secret, that a set keeps.
    #[must_use]
    pub fn kept_words(&self, container: &Value) -> Vec<String> {
        if *self != Self::Redis {
            return Vec::new();
        }
        let words: Vec<&str> = texts(container, "/Config/Cmd").collect();
        let program = words.first().filter(|word| word.ends_with("-server"));
        let pairs =
            words.windows(2).filter(|pair| pair.first().is_some_and(|word| REDIS_WORDS.contains(word)));
        program.into_iter().chain(pairs.flatten()).map(|word| (*word).to_owned()).collect()
    }

    /// The file of the volume that a dump is put into before the server starts; `None` where the server is fed.
    #[must_use]
    pub const fn seed(&self) -> Option<&'static str> {
        match self {
            Self::Redis => Some("dump.rdb"),
            Self::Meilisearch => Some("restore.dump"),
            Self::Postgres | Self::MySql | Self::Mongo | Self::RabbitMq | Self::N8n | Self::Custom(_) => None,
        }
    }

    /// The command that ends with 0 once the server takes dumps: not yet the one that many images start first to set
    /// themselves up, which listens on no network.
    #[must_use]
    pub fn ready(&self) -> Vec<String> {
        let line = match self {
            Self::Postgres => format!("{PG_USER}exec pg_isready -q -h 127.0.0.1 -U \"$u\""),
            Self::Redis => format!("{REDIS_AUTH}[ \"$(\"$cli\" ping)\" = PONG ]"),
            Self::MySql => format!(
                "{MYSQL_AUTH}exec $(command -v mariadb-admin || echo mysqladmin) -uroot -h 127.0.0.1 --silent ping"
            ),
            Self::Mongo => {
                "exec $(command -v mongosh || echo mongo) --quiet --host 127.0.0.1 --eval 'db.adminCommand({ping: 1}).ok' >/dev/null".to_owned()
            }
            Self::Meilisearch => format!("{MEILI}curl -sSf \"$u/health\" >/dev/null"),
            Self::RabbitMq => "exec rabbitmq-diagnostics -q check_running".to_owned(),
            Self::N8n | Self::Custom(_) => "exit 0".to_owned(),
        };
        shell(&line)
    }

    /// The order among the dumps of a service: who owns tables is there before them.
    #[must_use]
    pub const fn rank(&self, database: Option<&str>) -> u8 {
        match (self, database) {
            (Self::Postgres, Some(_)) => 1,
            _ => 0,
        }
    }

    /// The command that takes a dump on its standard input; `None` where the dump is a seed, or there is none.
    /// `container` is the service's, for what its labels say.
    #[must_use]
    pub fn load(&self, database: Option<&str>, container: &Value) -> Option<Vec<String>> {
        let line = match (self, database) {
            // The role that the server was made with is there already, and only that.
            (Self::Postgres, None) => format!(
                "{PG_USER}grep -vxF -e \"CREATE ROLE $u;\" -e \"CREATE ROLE \\\"$u\\\";\" | psql -X -w -q -v ON_ERROR_STOP=1 -U \"$u\" -d template1 >/dev/null"
            ),
            (Self::Postgres, Some(_)) => format!(
                "{PG_USER}exec pg_restore -w -U \"$u\" -d template1 --clean --if-exists --create --exit-on-error"
            ),
            (Self::MySql, _) => {
                format!("{MYSQL_AUTH}exec $(command -v mariadb || echo mysql) -uroot")
            }
            (Self::Mongo, _) => format!("{MONGO_AUTH}exec mongorestore \"$@\" --quiet --drop --archive"),
            (Self::RabbitMq, _) => "exec rabbitmqctl --silent import_definitions".to_owned(),
            (Self::N8n, Some(what @ ("workflow" | "credentials"))) => format!(
                "f=$(mktemp) && cat >\"$f\" && n8n import:{what} --input=\"$f\"; c=$?; rm -f \"$f\"; exit $c"
            ),
            (Self::Custom(_), _) => return hook(container, RESTORE),
            (Self::Redis | Self::Meilisearch | Self::N8n, _) => return None,
        };
        Some(shell(&line))
    }

    /// What makes the loaded data what the service will find: it ends once that is on the disk.
    #[must_use]
    pub fn settle(&self, words: &[String]) -> Option<Vec<String>> {
        match self {
            // With it on, a server reads its log alone and never looks at the seed.
            Self::Redis if keeps_a_log(words) => Some(shell(&format!(
                "{REDIS_AUTH}\"$cli\" CONFIG SET appendonly yes >/dev/null; for i in $(seq 36000); do s=$(\"$cli\" INFO persistence | tr -d '\\r'); case \"$s\" in *aof_rewrite_in_progress:1* | *aof_rewrite_scheduled:1*) sleep .1 ;; *aof_enabled:1*aof_last_bgrewrite_status:ok*) exit 0 ;; *) echo \"$s\" >&2; exit 1 ;; esac; done; exit 1"
            ))),
            Self::MySql => Some(shell(&format!(
                "{MYSQL_AUTH}exec $(command -v mariadb || echo mysql) -uroot -e 'FLUSH TABLES'"
            ))),
            Self::Postgres => {
                Some(shell(&format!("{PG_USER}exec psql -X -w -q -U \"$u\" -d template1 -c CHECKPOINT")))
            }
            Self::Redis | Self::Mongo | Self::Meilisearch | Self::RabbitMq | Self::N8n | Self::Custom(_) => {
                None
            }
        }
    }

    /// The command that reads all of what was loaded and prints how much it is.
    #[must_use]
    pub fn check(&self, database: Option<&str>) -> Option<Vec<String>> {
        let line = match (self, database) {
            (Self::Postgres, Some(name)) => {
                let query = "SELECT count(*) FROM pg_catalog.pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')";
                let line = format!(
                    "{PG_USER}pg_dump -w -Fc -Z0 -U \"$u\" -d \"$1\" >/dev/null && n=$(psql -X -w -U \"$u\" -d \"$1\" -Atc \"{query}\") && echo \"$n tables, all rows read\""
                );
                let mut command = shell(&line);
                command.extend(["check".to_owned(), conninfo(name)]);
                return Some(command);
            }
            (Self::Redis, _) => format!(
                "{REDIS_AUTH}n=$(\"$cli\" DBSIZE); case \"$n\" in '' | *[!0-9]*) echo \"DBSIZE says $n\" >&2; exit 1 ;; esac; echo \"$n keys\""
            ),
            (Self::MySql, _) => format!(
                "{MYSQL_AUTH}$(command -v mariadb-dump || echo mysqldump) -uroot --single-transaction --all-databases >/dev/null && n=$($(command -v mariadb || echo mysql) -uroot -N -e \"SELECT count(*) FROM information_schema.tables WHERE table_schema NOT IN ('mysql', 'information_schema', 'performance_schema', 'sys')\") && echo \"$n tables, all rows read\""
            ),
            (Self::Mongo, _) => {
                format!(
                    "{MONGO_AUTH}mongodump \"$@\" --quiet --archive >/dev/null && echo 'all documents read'"
                )
            }
            (Self::Meilisearch, _) => format!("{MEILI}ask \"$u/stats\""),
            (Self::Postgres | Self::RabbitMq | Self::N8n | Self::Custom(_), _) => return None,
        };
        Some(shell(&line))
    }

    /// The command of a label that reads a dump on its standard input and fails if it is of no use.
    #[must_use]
    pub fn verify(&self, container: &Value) -> Option<Vec<String>> {
        hook(container, VERIFY)
    }

    /// The major version: what a dump of one is not loaded into an older one for.
    #[must_use]
    pub fn major(version: &str) -> Option<u32> {
        version.split(['.', '-']).next().and_then(|major| major.parse().ok())
    }
}

/// The service's own words, if it starts one of these programs itself, and some more.
fn own(words: &[String], programs: &[&str], added: &[&str]) -> Option<Vec<String>> {
    let first = words.first()?.rsplit('/').next().unwrap_or_default();
    let is_known = first.starts_with('-') || programs.contains(&first);
    is_known.then(|| words.iter().cloned().chain(added.iter().map(|word| (*word).to_owned())).collect())
}

/// Whether a Redis of this command keeps a log: nobody knows where it reads a file of settings.
fn keeps_a_log(words: &[String]) -> bool {
    let said = words.windows(2).rev().find(|pair| pair.first().is_some_and(|word| word == "--appendonly"));
    let has_file = words.iter().any(|word| word.ends_with(".conf"))
        || words.first().is_some_and(|word| word == "/bin/sh" || word == "sh");
    said.map_or(has_file, |pair| pair.last().is_some_and(|word| word == "yes"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn words(line: &str) -> Vec<String> {
        line.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn a_redis_is_started_with_its_own_words_and_reads_the_seed() {
        let server = Recipe::Redis.server(&words("redis-server --appendonly yes --maxmemory 1gb"), "/data");
        let line = server.command.unwrap().join(" ");
        assert!(line.starts_with("redis-server --appendonly yes --maxmemory 1gb --appendonly no"), "{line}");
        let bare = Recipe::Redis.server(&words("sh -c start"), "/data").command.unwrap();
        assert_eq!(bare[..3], words("redis-server --appendonly no"));
    }

    #[test]
    fn a_redis_that_keeps_a_log_is_given_one() {
        for (line, keeps) in [
            ("redis-server --appendonly yes", true),
            ("redis-server --appendonly yes --appendonly no", false),
            ("redis-server /etc/redis.conf", true),
            ("redis-server", false),
            ("", false),
        ] {
            assert_eq!(Recipe::Redis.settle(&words(line)).is_some(), keeps, "{line}");
        }
    }

    #[test]
    fn what_a_set_keeps_of_a_service_holds_no_secret() {
        let container = json!({ "Config": {
            "Cmd": ["redis-server", "--requirepass", "geheim", "--appendonly", "yes"],
            "Env": ["POSTGRES_PASSWORD=geheim", "POSTGRES_USER=ada"],
        }});
        assert_eq!(Recipe::Redis.kept_words(&container), words("redis-server --appendonly yes"));
        assert_eq!(Recipe::Postgres.kept_env(&container), ["POSTGRES_USER=ada"]);
    }

    #[test]
    fn roles_come_before_what_they_own() {
        assert!(Recipe::Postgres.rank(None) < Recipe::Postgres.rank(Some("shop")));
    }

    #[test]
    fn a_database_is_checked_by_its_name_as_an_argument() {
        let check = Recipe::Postgres.check(Some("a b'; x")).unwrap();
        assert!(!check[2].contains("a b"), "{check:?}");
        assert_eq!(check[4], "dbname='a b\\'; x'");
    }

    #[test]
    fn versions_are_compared_by_their_first_number() {
        assert_eq!(
            (Recipe::major("15.4-1.pgdg"), Recipe::major("16"), Recipe::major("?")),
            (Some(15), Some(16), None)
        );
    }
}
