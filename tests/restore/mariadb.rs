//! MariaDB, for the recipe that MySQL has, too: rows, routines and passwords come back. By hand, since its image takes a
//! minute: `cargo test --test restore mariadb -- --ignored`.

use stacktop::command::{execute::operation::Verdict, restore::Way};

use crate::{
    site::Site,
    support::{self, Service, Spec},
};

const FOLDER: &str = "/var/lib/mysql";

fn db(image: &str) -> Spec {
    Spec::new(image)
        .env("MARIADB_ROOT_PASSWORD", "geheim")
        .env("MARIADB_DATABASE", "shop")
        .env("MARIADB_USER", "ada")
        .env("MARIADB_PASSWORD", "also secret")
}

async fn site(test: &str) -> Option<(Site, String)> {
    let bed = support::engine(test)?;
    let image = bed.mariadb()?;
    let site = Site::up(bed, &[Service::new("db", db(&image)).volume("db", FOLDER)]).await;
    ready(&site).await;
    for line in [
        "CREATE TABLE orders (id INT PRIMARY KEY, note VARCHAR(200)) ENGINE=InnoDB",
        "INSERT INTO orders SELECT seq, REPEAT('x', seq % 100) FROM seq_1_to_5000",
        "CREATE FUNCTION twice(n INT) RETURNS INT DETERMINISTIC RETURN 2 * n",
        "CREATE TRIGGER cut BEFORE INSERT ON orders FOR EACH ROW SET NEW.note = LEFT(NEW.note, 5)",
    ] {
        sql(&site, line).await;
    }
    Some((site, image))
}

/// The last server listens on the network, and takes the password.
async fn ready(site: &Site) {
    let line = "MYSQL_PWD='also secret' mariadb -h 127.0.0.1 -uada shop -e 'SELECT 1'";
    site.ready(&site.container("db"), ["sh", "-c", line]).await;
}

/// What a user gets whose password is in the database only.
async fn sql(site: &Site, line: &str) -> String {
    let words = ["mariadb", "-h", "127.0.0.1", "-uada", "-palso secret", "-N", "shop", "-e", line];
    site.exec(&site.container("db"), words).await
}

const SUM: &str = "SELECT COUNT(*), MD5(GROUP_CONCAT(id, note ORDER BY id)), twice(21) FROM orders";

async fn assert_restored(site: &Site, wanted: &str) {
    ready(site).await;
    assert_eq!(sql(site, SUM).await, wanted);
    sql(site, "INSERT INTO orders VALUES (9999, 'a long note')").await;
    assert_eq!(sql(site, "SELECT note FROM orders WHERE id = 9999").await, "a lon", "the trigger");
}

#[tokio::test]
#[ignore = "makes an image of 690 MB"]
async fn a_mariadb_comes_back_fresh_and_in_place() {
    let Some((site, _)) = site("a_mariadb_comes_back").await else { return };
    let wanted = sql(&site, SUM).await;
    site.back_up().await;
    for way in [Way::Fresh, Way::InPlace] {
        sql(&site, "DROP TABLE orders").await;
        assert_eq!(site.restore(way).await, Verdict::Done, "{way:?}");
        assert_restored(&site, &wanted).await;
        site.assert_clean().await;
    }
}

#[tokio::test]
#[ignore = "makes an image of 690 MB"]
async fn a_mariadb_whose_container_and_volume_are_gone_comes_back_and_a_drill_needs_neither() {
    let Some((site, image)) = site("a_mariadb_whose_container_and_volume_are_gone").await else { return };
    let wanted = sql(&site, SUM).await;
    site.back_up().await;
    site.destroy().await;
    let report = site.drill(None).await;
    assert!(report.passed(), "{report:?}");
    assert!(report.parts[0].checked.iter().any(|seen| seen == "1 tables, all rows read"), "{report:?}");
    assert_eq!(site.restore(Way::Fresh).await, Verdict::Done);
    let again = db(&image).exact_name(&site.container("db")).volume(&site.volume("db"), FOLDER);
    site.bed.run(again).await;
    assert_restored(&site, &wanted).await;
    site.assert_clean().await;
}
