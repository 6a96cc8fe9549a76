//! Files that are written into volumes, through containers that are never started.

use std::io;

use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use tar::{Archive, Header};

use super::{content::Content, told};
use crate::{
    backup::{BackupError, Contents, Scan},
    command::{
        execute::backup::{FOLDER, Role, VolumeContainer},
        restore::{Filling, From, Seeding},
    },
    engine::Engine,
    text,
};

/// An archive of an empty folder is shorter than this.
const EMPTY: usize = 8 << 10;

/// Content in an archive is followed by zeros up to a multiple of this.
const BLOCK: u64 = 512;

/// Fills a volume and reads it back.
pub(super) async fn fill(engine: &Engine, filling: &Filling) -> Result<String, BackupError> {
    let Filling { volume, from, operation } = filling;
    let target = VolumeContainer::make(engine, operation, volume, Role::Write).await?;
    let filled = match from {
        From::Part(reading) => {
            let content = Content::of_part(reading.as_ref().clone());
            write(engine, volume, &target, content).await
        }
        From::Volume(other) => copy(engine, (operation, other), volume, &target).await,
    };
    target.leave().await;
    filled
}

async fn copy(
    engine: &Engine,
    (operation, other): (&str, &str),
    volume: &str,
    target: &VolumeContainer,
) -> Result<String, BackupError> {
    let source = VolumeContainer::make(engine, operation, other, Role::Read).await?;
    let content = Content::of_container(engine.clone(), source.name.clone(), format!("{FOLDER}/."));
    let written = write(engine, volume, target, content).await;
    source.leave().await;
    written
}

async fn write(
    engine: &Engine,
    volume: &str,
    target: &VolumeContainer,
    content: Content,
) -> Result<String, BackupError> {
    if !is_empty(engine, &target.name).await? {
        let why = format!("volume {volume} is not empty: nothing is restored over files that are there");
        return Err(BackupError::Source(why));
    }
    let (pieces, ending) = content.below(FOLDER.trim_start_matches('/'));
    let put = engine.archive_put(&target.name, "/", pieces).await;
    // What is wrong with the bytes says more than that the engine has not got all of them.
    let passed = ending.wait().await?;
    put.map_err(told)?;
    let wanted = passed.contents.filter(|_| passed.whole).unwrap_or_default();
    compare(volume, &wanted, &scan(engine, &target.name).await?)
}

fn compare(volume: &str, wanted: &Contents, found: &Contents) -> Result<String, BackupError> {
    if wanted.fingerprint == found.fingerprint && wanted.entries == found.entries {
        return Ok(format!("{} entries, {}, read back", found.entries, text::bytes(found.bytes)));
    }
    Err(BackupError::Source(format!(
        "volume {volume} does not hold what was written to it: {} entries with {} of {} with {}; its driver may not keep \
         owners or modes",
        found.entries,
        text::bytes(found.bytes),
        wanted.entries,
        text::bytes(wanted.bytes)
    )))
}

async fn scan(engine: &Engine, container: &str) -> Result<Contents, BackupError> {
    let mut archive = engine.archive_get(container, &format!("{FOLDER}/.")).await.map_err(told)?;
    let broken = |broken| BackupError::Broken { called: container.to_owned(), broken };
    let mut scan = Scan::default();
    while let Some(piece) = archive.next().await.map_err(told)? {
        scan.push(&piece).map_err(broken)?;
    }
    scan.finish().map_err(broken)
}

async fn is_empty(engine: &Engine, container: &str) -> Result<bool, BackupError> {
    let mut archive = engine.archive_get(container, &format!("{FOLDER}/.")).await.map_err(told)?;
    let mut begun = Vec::new();
    while let Some(piece) = archive.next().await.map_err(told)? {
        begun.extend_from_slice(&piece);
        if begun.len() > EMPTY {
            return Ok(false);
        }
    }
    Ok(Archive::new(begun.as_slice()).entries().is_ok_and(|entries| entries.count() <= 1))
}

/// Puts a dump into a container as a file that its server may read.
pub(super) async fn seed(engine: &Engine, seeding: &Seeding) -> Result<String, BackupError> {
    let bytes = seeding.from.part.raw_bytes;
    let mut header = Header::new_gnu();
    let named = header.set_path(&seeding.file);
    named.map_err(|error| BackupError::Source(format!("{} is no name: {error}", seeding.file)))?;
    header.set_size(bytes);
    header.set_mode(0o644);
    header.set_cksum();
    let head = Bytes::copy_from_slice(header.as_bytes());
    let padding = bytes.next_multiple_of(BLOCK) - bytes;
    let tail = Bytes::from(vec![0; usize::try_from(padding + 2 * BLOCK).unwrap_or_default()]);
    let (pieces, ending) = Content::of_part(seeding.from.clone()).split();
    let around = |bytes: Bytes| stream::once(async { Ok::<_, io::Error>(bytes) });
    let content = around(head).chain(pieces).chain(around(tail));
    let put = engine.archive_put(&seeding.container, &seeding.folder, content).await;
    ending.wait().await?;
    put.map_err(told)?;
    Ok(text::bytes(bytes))
}
