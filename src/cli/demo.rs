//! The shelf of the demo: a folder of its own with sets like those that real stacks would have by now. They are sets as any
//! other, only small: what is listed, verified and restored is there.

use std::{collections::BTreeMap, env, fs, path::Path, time::Duration};

use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};

use crate::{
    backup::{
        BackupError, Cipher, Form, Manifest, Mode, Part, SCHEMA, Scope, Shelf, Source, file_name, store,
    },
    runtime::{Furniture, Shelving},
    settings,
    sim::{Backups, World},
};

/// Bytes of the first archive of a volume; each one after it has grown.
const SMALLEST: usize = 24 << 10;

/// Where backups of the demo stand. They are made when they are read for the first time.
#[must_use]
pub(super) fn shelving(world: &World) -> Shelving {
    let folder = env::temp_dir().join(format!("stacktop-demo-{}", std::process::id()));
    let shelf = Shelf::at(folder);
    let histories = world.backups();
    let mut settled = settings::Backups::default();
    for history in &histories {
        let (rpo, rto) = (Some(history.rpo), Some(history.rto));
        settled
            .settle(&history.stack, settings::StackBackups { rpo, rto, ..settings::StackBackups::default() });
    }
    let (place, now) = (shelf.clone(), Timestamp::now());
    let furniture = Furniture::new(move || {
        for history in &histories {
            if let Err(error) = furnish(&place, history, now) {
                log::warn!("the demo has no backups of {}: {error}", history.stack);
            }
        }
    });
    Shelving { shelf, settled, furniture: Some(furniture) }
}

/// Removes the demo's shelf.
pub(super) fn clear(shelving: &Shelving) {
    if let Err(error) = fs::remove_dir_all(shelving.shelf.folder())
        && error.kind() != std::io::ErrorKind::NotFound
    {
        log::warn!("{} is left over: {error}", shelving.shelf.folder().display());
    }
}

fn furnish(shelf: &Shelf, history: &Backups, now: Timestamp) -> Result<(), BackupError> {
    for back in (0..history.sets).rev() {
        let ago = history.last.saturating_add(history.every.saturating_mul(back));
        let began = earlier(now, ago);
        let open = shelf.begin(&history.stack, began, "demo")?;
        let age = history.sets.saturating_sub(back);
        let parts =
            history.volumes.iter().map(|(volume, users)| part(&open.folder, volume, users, (began, age)));
        let parts = parts.collect::<Result<Vec<Part>, BackupError>>()?;
        let manifest = Manifest {
            schema: SCHEMA,
            id: open.id.clone(),
            stack: history.stack.clone(),
            engine: "demo".to_owned(),
            engine_version: "demo".to_owned(),
            scope: Scope::All,
            service: None,
            began,
            finished: parts.iter().map(|part| part.finished).max().unwrap_or(began),
            services: Vec::new(),
            parts,
            warnings: Vec::new(),
        };
        open.close(&manifest)?;
    }
    Ok(())
}

fn part(
    folder: &Path,
    volume: &str,
    users: &BTreeMap<String, String>,
    (began, age): (Timestamp, u32),
) -> Result<Part, BackupError> {
    let file = format!("{}.tar.zst", file_name(volume));
    let archive = archive(volume, age).map_err(|error| BackupError::Source(error.to_string()))?;
    let raw = archive.len();
    let stored = store(
        &folder.join(&file),
        volume,
        Form::Archive,
        &Cipher::None,
        [Ok(Bytes::from(archive))].into_iter(),
    )?;
    Ok(Part {
        file,
        source: Source::Volume {
            volume: volume.to_owned(),
            driver: "local".to_owned(),
            options: BTreeMap::new(),
            labels: BTreeMap::new(),
            used_by: users.clone(),
        },
        mode: if users.len() == 1 { Mode::Stop } else { Mode::Live },
        raw_bytes: stored.raw_bytes,
        stored_bytes: stored.stored_bytes,
        sha256: stored.sha256,
        raw_sha256: stored.raw_sha256,
        codecs: vec!["zstd".to_owned()],
        recipients: Vec::new(),
        contents: stored.contents,
        began,
        finished: later(began, Duration::from_millis(raw as u64 / 40)),
    })
}

/// The archive of a volume, at a certain age: a few files of numbers that compress as such things do.
fn archive(volume: &str, age: u32) -> std::io::Result<Vec<u8>> {
    let seed = volume.bytes().fold(7u64, |seed, byte| seed.wrapping_mul(31).wrapping_add(u64::from(byte)));
    let files = seed % 5 + 2;
    let mut archive = tar::Builder::new(Vec::new());
    for file in 0..files {
        let size = SMALLEST + (seed % 7) as usize * 4096 + age as usize * 1500;
        let content = numbers(seed.wrapping_add(file), size);
        let mut header = tar::Header::new_ustar();
        header.set_size(content.len() as u64);
        header.set_mode(0o640);
        header.set_cksum();
        archive.append_data(&mut header, format!("./data/{file:04}.dat"), content.as_slice())?;
    }
    archive.into_inner()
}

fn numbers(mut seed: u64, size: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(size + 20);
    while bytes.len() < size {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        bytes.extend_from_slice((seed >> 33).to_string().as_bytes());
        bytes.push(b'\n');
    }
    bytes
}

fn earlier(now: Timestamp, by: Duration) -> Timestamp {
    SignedDuration::try_from(by).ok().and_then(|by| now.checked_sub(by).ok()).unwrap_or(now)
}

fn later(at: Timestamp, by: Duration) -> Timestamp {
    SignedDuration::try_from(by).ok().and_then(|by| at.checked_add(by).ok()).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backup::{Keys, Validity, verify};

    #[test]
    fn the_sets_of_the_demo_are_whole_and_verify_to_their_last_byte() {
        let folder = tempfile::tempdir().unwrap();
        let shelf = Shelf::at(folder.path().to_owned());
        let mut history = World::builtin().backups().remove(0);
        history.sets = 2;
        furnish(&shelf, &history, "2026-03-04T12:00:00Z".parse().unwrap()).unwrap();
        let sets = shelf.sets(&history.stack).unwrap();
        assert_eq!(sets.iter().filter(|set| set.validity() == Validity::Valid).count(), 2);
        let newest = &sets[0];
        for part in &newest.manifest.as_ref().unwrap().parts {
            verify(&newest.folder, part, &Keys::default()).unwrap();
        }
    }
}
