//! Redis, which reads its log and never looks at a dump where it keeps one.

use stacktop::command::{execute::operation::Verdict, restore::Way};

use crate::{
    site::Site,
    support::{self, Service, Spec},
};

async fn site(test: &str, words: &[&str]) -> Option<Site> {
    let bed = support::engine(test)?;
    let images = bed.databases()?;
    let redis = Spec::new(images.redis).set("Cmd", serde_json::json!(words));
    let site = Site::up(bed, &[Service::new("redis", redis).volume("redis", "/data")]).await;
    site.ready(&site.container("redis"), ["sh", "-c", "redis-cli -a geheim ping 2>/dev/null | grep -q PONG"])
        .await;
    Some(site)
}

async fn redis(site: &Site, line: &str) -> String {
    let line = format!("redis-cli --no-auth-warning -a geheim {line}");
    site.exec(&site.container("redis"), ["sh", "-c", &line]).await
}

async fn comes_back(test: &str, words: &[&str], way: Way) {
    let Some(site) = site(test, words).await else { return };
    redis(&site, "EVAL \"for i = 1, 2000 do redis.call('SET', 'key:' .. i, string.rep('v', i % 50)) end\" 0")
        .await;
    redis(&site, "XADD log '*' word first").await;
    let wanted = redis(&site, "DEBUG DIGEST").await;
    site.back_up().await;
    redis(&site, "FLUSHALL").await;
    redis(&site, "SET lost 1").await;

    assert_eq!(site.restore(way).await, Verdict::Done);

    site.ready(&site.container("redis"), ["sh", "-c", "redis-cli -a geheim ping 2>/dev/null | grep -q PONG"])
        .await;
    assert_eq!(redis(&site, "DBSIZE").await, "2001");
    assert_eq!(redis(&site, "DEBUG DIGEST").await, wanted);
    // Also after the next start of the server.
    let container = site.container("redis");
    site.engine.restart(&container, None).await.unwrap();
    site.ready(&container, ["sh", "-c", "redis-cli -a geheim ping 2>/dev/null | grep -q PONG"]).await;
    assert_eq!(redis(&site, "DEBUG DIGEST").await, wanted);
    site.assert_clean().await;
}

#[tokio::test]
async fn a_redis_with_a_log_comes_back() {
    let words =
        ["redis-server", "--appendonly", "yes", "--requirepass", "geheim", "--enable-debug-command", "yes"];
    comes_back("a_redis_with_a_log_comes_back", &words, Way::Fresh).await;
}

#[tokio::test]
async fn a_redis_with_a_log_comes_back_in_place() {
    let words = ["--appendonly", "yes", "--requirepass", "geheim", "--enable-debug-command", "yes"];
    comes_back("a_redis_with_a_log_comes_back_in_place", &words, Way::InPlace).await;
}

#[tokio::test]
async fn a_redis_without_a_log_comes_back() {
    let words = ["redis-server", "--requirepass", "geheim", "--enable-debug-command", "yes"];
    comes_back("a_redis_without_a_log_comes_back", &words, Way::Fresh).await;
}
