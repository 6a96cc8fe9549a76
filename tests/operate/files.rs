//! Files in containers.

use bytes::Bytes;
use futures_util::stream;
use stacktop::engine::{DifferenceKind, Engine};
use std::{convert::Infallible, io};

use super::{reach, support};
use support::Spec;

async fn archive(engine: &Engine, container: &str, path: &str) -> Vec<u8> {
    let mut pieces = engine.archive_get(container, path).await.unwrap();
    let mut whole = Vec::new();
    while let Some(piece) = pieces.next().await.unwrap() {
        whole.extend_from_slice(&piece);
    }
    whole
}

fn pieces(bytes: &[u8]) -> stream::Iter<std::vec::IntoIter<Result<Bytes, Infallible>>> {
    stream::iter(bytes.chunks(1000).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect::<Vec<_>>())
}

#[tokio::test]
async fn a_folder_travels_from_one_container_to_another() {
    let Some(bed) = support::engine("a_folder_travels_from_one_container_to_another") else { return };
    let engine = reach(&bed).await;
    let fill = bed.run(Spec::new(bed.image("1")).name("fill").cmd(["fill", "/data", "--files", "5"])).await;
    assert_eq!(fill.wait_exit().await, 0);
    let tar = archive(&engine, &fill.name, "/data").await;
    assert!(tar.len() > 5 * 1024 && tar.starts_with(b"data/"), "{} bytes", tar.len());

    let empty = bed.create(Spec::new(bed.image("1")).name("empty")).await;
    assert_eq!(engine.changes(&empty.name).await.unwrap(), []);
    engine.archive_put(&empty.name, "/", pieces(&tar)).await.unwrap();
    assert_eq!(archive(&engine, &empty.name, "/data").await.len(), tar.len());
    let changes = engine.changes(&empty.name).await.unwrap();
    let added = changes.iter().filter(|change| change.kind == DifferenceKind::Added).count();
    assert!(added >= 5 && changes.iter().all(|change| change.path.starts_with("/data")), "{changes:?}");
}

#[tokio::test]
async fn a_path_that_is_not_there_is_told() {
    let Some(bed) = support::engine("a_path_that_is_not_there_is_told") else { return };
    let engine = reach(&bed).await;
    let web = bed.create(Spec::new(bed.image("1"))).await;
    let missing = engine.archive_get(&web.name, "/nope").await.map(drop).unwrap_err();
    assert!(missing.is_not_found(), "{missing}");
    let missing = engine.archive_put(&web.name, "/nope", pieces(&[0; 1024])).await.unwrap_err();
    assert!(missing.is_not_found(), "{missing}");
    let missing = engine.changes("no-such-container").await.unwrap_err();
    assert!(missing.is_not_found(), "{missing}");
}

#[tokio::test]
async fn an_archive_whose_source_breaks_off_is_an_error() {
    let Some(bed) = support::engine("an_archive_whose_source_breaks_off_is_an_error") else { return };
    let engine = reach(&bed).await;
    let web = bed.create(Spec::new(bed.image("1"))).await;
    let parts: Vec<io::Result<Bytes>> =
        vec![Ok(Bytes::from_static(&[0; 512])), Err(io::Error::other("the disk broke"))];
    let error = engine.archive_put(&web.name, "/", stream::iter(parts)).await.unwrap_err();
    assert!(error.is_link_lost() && error.to_string().contains("the disk broke"), "{error}");
}
