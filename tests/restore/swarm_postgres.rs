//! PostgreSQL as a Swarm service, whose password is a secret that only its tasks see.

use std::time::Duration;

use serde_json::json;
use stacktop::command::{execute::operation::Verdict, restore::Way};

use crate::{
    site::Site,
    support::{self, private::Release, swarm::service_spec},
    yard::{self, STACK, mount},
};

const FOLDER: &str = "/var/lib/postgresql/data";

async fn site(test: &str) -> Option<Site> {
    let host = support::engine(test)?;
    let image = host.databases()?.postgres;
    let site = yard::open_with(test, Release::Host, &image).await?;
    // `geheim` in base 64.
    let secret = json!({ "Name": "yard_password", "Data": "Z2VoZWlt" });
    let id = site.bed.engine().post("/secrets/create", secret).await.json()["ID"].clone();
    let mut db = service_spec(STACK, "db", &image, 1);
    let container = &mut db["TaskTemplate"]["ContainerSpec"];
    container["Env"] =
        json!(["POSTGRES_USER=ada", "POSTGRES_PASSWORD_FILE=/run/secrets/password", "POSTGRES_DB=shop"]);
    container["Secrets"] = json!([{
        "SecretID": id, "SecretName": "yard_password",
        "File": { "Name": "password", "UID": "0", "GID": "0", "Mode": 0o444 },
    }]);
    container["Mounts"] = json!([mount(&site.volume("db"), FOLDER)]);
    container["Healthcheck"]["Test"] = json!(["CMD", "pg_isready", "-q", "-h", "127.0.0.1", "-U", "ada"]);
    container["Healthcheck"]["Retries"] = json!(60);
    site.deploy([db]).await;
    sql(
        &site,
        "CREATE TABLE orders AS SELECT n AS id, repeat('x', n % 100) AS note FROM generate_series(1, 5000) n",
    )
    .await;
    Some(site)
}

async fn sql(site: &Site, line: &str) -> String {
    let task = site.tasks("db").await.remove(0);
    let words = ["psql", "-X", "-v", "ON_ERROR_STOP=1", "-U", "ada", "-d", "shop", "-Atc", line];
    site.exec(&task, words).await
}

const SUM: &str = "SELECT md5(string_agg(o::text, ',' ORDER BY id)) FROM orders o";

#[tokio::test]
async fn a_database_of_a_swarm_service_comes_back_and_a_drill_passes() {
    let Some(site) = site("a_database_of_a_swarm_service").await else { return };
    let wanted = sql(&site, SUM).await;
    let set = site.back_up().await;
    assert!(set.manifest.unwrap().parts.iter().all(|part| part.file.starts_with("dump-db-postgres")));

    let report = site.drill(Some(Duration::from_secs(600))).await;
    assert!(report.passed(), "{report:?}");
    sql(&site, "DELETE FROM orders").await;
    assert_eq!(site.restore(Way::Fresh).await, Verdict::Done);
    assert_eq!(sql(&site, SUM).await, wanted);
    assert!(site.given("db").await.starts_with(&site.volume("db.restore-")));
    site.assert_settled("a database").await;
}
