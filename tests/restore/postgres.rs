//! PostgreSQL: rows that were written come back.

use std::time::Duration;

use stacktop::command::{execute::operation::Verdict, restore::Way};

use crate::{
    site::Site,
    support::{self, Service, Spec},
};

const FOLDER: &str = "/var/lib/postgresql/data";

async fn site(test: &str) -> Option<Site> {
    let bed = support::engine(test)?;
    let images = bed.databases()?;
    let db = Spec::new(images.postgres)
        .env("POSTGRES_USER", "ada")
        .env("POSTGRES_PASSWORD", "geheim")
        .env("POSTGRES_DB", "shop")
        .health_cmd(&["CMD", "pg_isready", "-q", "-h", "127.0.0.1", "-U", "ada"], 500, 20);
    let site = Site::up(bed, &[Service::new("db", db).volume("db", FOLDER)]).await;
    let db = site.container("db");
    site.ready(&db, ["pg_isready", "-q", "-h", "127.0.0.1", "-U", "ada"]).await;
    for line in [
        "CREATE ROLE \"Web-App\" LOGIN PASSWORD 'also secret'",
        "CREATE TABLE orders (id bigint PRIMARY KEY, note text, at timestamptz DEFAULT now())",
        "ALTER TABLE orders OWNER TO \"Web-App\"",
        "INSERT INTO orders SELECT n, repeat('x', n % 100) FROM generate_series(1, 5000) n",
        "CREATE DATABASE \"it's=odd\" OWNER \"Web-App\"",
    ] {
        sql(&site, "shop", line).await;
    }
    sql(&site, "it's=odd", "CREATE TABLE small AS SELECT 1 AS one").await;
    Some(site)
}

async fn sql(site: &Site, database: &str, line: &str) -> String {
    let conninfo = format!("dbname='{}'", database.replace('\'', "\\'"));
    let words = ["psql", "-X", "-v", "ON_ERROR_STOP=1", "-U", "ada", "-d", &conninfo, "-Atc", line];
    site.exec(&site.container("db"), words).await
}

/// What is in the database, but for what comes after the first rows.
async fn sum(site: &Site, rows: u64) -> String {
    let line = format!("SELECT md5(string_agg(o::text, ',' ORDER BY id)) FROM orders o WHERE id <= {rows}");
    sql(site, "shop", &line).await
}

async fn count(site: &Site) -> u64 {
    sql(site, "shop", "SELECT count(*) FROM orders").await.parse().unwrap()
}

/// What must be as it was: rows, owners, the other database, passwords.
async fn assert_restored(site: &Site, wanted: &str, passwords: &str) {
    assert_eq!(sum(site, 5000).await, wanted);
    let owner = "SELECT tableowner FROM pg_tables WHERE tablename = 'orders'";
    assert_eq!(sql(site, "shop", owner).await, "Web-App");
    assert_eq!(sql(site, "it's=odd", "SELECT one FROM small").await, "1");
    assert_eq!(sql(site, "shop", PASSWORDS).await, passwords);
}

const PASSWORDS: &str = "SELECT md5(string_agg(rolname || rolpassword, ',' ORDER BY rolname)) FROM pg_authid";

#[tokio::test]
async fn a_database_that_was_backed_up_under_load_comes_back_as_it_was() {
    let Some(site) = site("a_database_that_was_backed_up_under_load").await else { return };
    let (wanted, passwords) = (sum(&site, 5000).await, sql(&site, "shop", PASSWORDS).await);
    let first = count(&site).await;
    let load = "INSERT INTO orders SELECT max(id) + 1, 'under load' FROM orders";
    let writing = async {
        loop {
            sql(&site, "shop", load).await;
        }
    };
    let set = tokio::select! {
        () = writing => unreachable!("it writes as long as it may"),
        set = site.back_up() => set,
    };
    let dumps = set.manifest.unwrap().parts;
    assert_eq!(dumps.len(), 4, "two databases, the one of the name of the image's, roles: {dumps:?}");
    let last = count(&site).await;
    sql(&site, "shop", "DELETE FROM orders").await;
    sql(&site, "shop", "DROP DATABASE \"it's=odd\"").await;

    assert_eq!(site.restore(Way::Fresh).await, Verdict::Done);

    let restored = count(&site).await;
    assert!((first..=last).contains(&restored), "{first} <= {restored} <= {last}");
    let whole = sql(&site, "shop", "SELECT max(id) = count(*) FROM orders").await;
    assert_eq!(whole, "t", "no row of a transaction is missing before a later one");
    assert_restored(&site, &wanted, &passwords).await;
    assert!(site.mounted(&site.container("db"), FOLDER).await.starts_with(&site.volume("db.restore-")));
    site.assert_clean().await;
}

#[tokio::test]
async fn a_database_comes_back_in_place() {
    let Some(site) = site("a_database_comes_back_in_place").await else { return };
    let (wanted, passwords) = (sum(&site, 5000).await, sql(&site, "shop", PASSWORDS).await);
    site.back_up().await;
    sql(&site, "shop", "DROP TABLE orders").await;
    assert_eq!(site.restore(Way::InPlace).await, Verdict::Done);
    assert_restored(&site, &wanted, &passwords).await;
    assert_eq!(site.mounted(&site.container("db"), FOLDER).await, site.volume("db"));
    assert_eq!(site.volumes().await, [site.volume("db")]);
    site.assert_clean().await;
}

#[tokio::test]
async fn a_database_whose_container_and_volume_are_gone_comes_back_and_a_drill_needs_neither() {
    let Some(site) = site("a_database_whose_container_and_volume_are_gone").await else { return };
    let (wanted, passwords) = (sum(&site, 5000).await, sql(&site, "shop", PASSWORDS).await);
    let spec = site.engine.inspect_container(&site.container("db")).await.unwrap();
    let set = site.back_up().await;
    let manifest = std::fs::read_to_string(set.folder.join("manifest.json")).unwrap();
    assert!(!manifest.contains("geheim"), "{manifest}");
    site.destroy().await;

    let report = site.drill(Some(Duration::from_secs(600))).await;
    assert!(report.passed(), "{report:?}");
    assert_eq!(report.parts.len(), 1, "{report:?}");
    assert!(report.parts[0].checked.iter().any(|seen| seen == "1 tables, all rows read"), "{report:?}");
    site.assert_clean().await;

    assert_eq!(site.restore(Way::Fresh).await, Verdict::Done);
    // As `docker compose up` would make it.
    let db = Spec::new(spec["Config"]["Image"].as_str().unwrap())
        .exact_name(&site.container("db"))
        .env("POSTGRES_USER", "ada")
        .env("POSTGRES_PASSWORD", "geheim")
        .env("POSTGRES_DB", "shop")
        .volume(&site.volume("db"), FOLDER);
    site.bed.run(db).await;
    site.ready(&site.container("db"), ["pg_isready", "-q", "-h", "127.0.0.1", "-U", "ada"]).await;
    assert_restored(&site, &wanted, &passwords).await;
}
