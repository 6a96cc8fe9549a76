//! Files that Compose copied into a container before it started.
//!
//! Compose mounts secrets and configs that are files, but copies those whose content comes from the environment or
//! from the compose file itself. A new container does not have them unless they are copied again.

use std::collections::BTreeSet;

use serde_json::Value;

use super::json::text;

const SECRETS: &str = "/run/secrets/";
/// Docker's mark of a path that the image does not have.
const ADDED: u64 = 1;

/// The files to copy, given `GET /containers/{id}/changes`: all secrets, and what was added at the targets of configs.
#[must_use]
pub fn copied_files(layer: &Value, config_targets: &[String]) -> Vec<String> {
    let entries = layer.as_array().map(Vec::as_slice).unwrap_or_default();
    let added = |entry: &&Value| entry.get("Kind").and_then(Value::as_u64) == Some(ADDED);
    let paths: BTreeSet<&str> = entries.iter().filter(added).map(|entry| text(entry, "/Path")).collect();
    let is_folder = |path: &str| {
        paths.iter().any(|other| other.strip_prefix(path).is_some_and(|rest| rest.starts_with('/')))
    };
    let wanted = |path: &str| path.starts_with(SECRETS) || config_targets.iter().any(|target| target == path);
    paths.iter().filter(|path| wanted(path) && !is_folder(path)).map(|path| (*path).to_owned()).collect()
}

const BLOCK: usize = 512;

/// The engine's archive of one file, changed to hold the file at its full path, to be unpacked at `/` of the clone:
/// the engine archives a file under its last name, and unpacks only into folders that are there. `None` for what is
/// no such archive, or a path too long for one.
#[must_use]
pub fn rooted(archive: &[u8], path: &str) -> Option<Vec<u8>> {
    let mut archive = archive.to_vec();
    let at = first_entry(&archive)?;
    let header = archive.get_mut(at..at + BLOCK)?;
    let (prefix, name) = split(path.trim_start_matches('/'))?;
    write(header, 0..100, name)?;
    write(header, 345..500, prefix)?;
    write(header, 148..156, "        ")?;
    let sum: u64 = header.iter().map(|byte| u64::from(*byte)).sum();
    write(header, 148..156, &format!("{sum:06o}\0 "))?;
    Some(archive)
}

/// Where the header of the file is: behind one that adds to it, if that does not name the file itself.
fn first_entry(archive: &[u8]) -> Option<usize> {
    let header = archive.get(..BLOCK)?;
    if !matches!(header.get(156)?, b'x' | b'g') {
        return Some(0);
    }
    let digits = std::str::from_utf8(header.get(124..135)?).ok()?;
    let length = usize::from_str_radix(digits.trim_matches(['\0', ' ']), 8).ok()?;
    let end = BLOCK.checked_add(length)?;
    let names_it = archive.get(BLOCK..end)?.windows(6).any(|part| part == b" path=");
    (!names_it).then(|| end.next_multiple_of(BLOCK))
}

/// A path in the two fields of a header: a name of at most 100 bytes, and what is before it.
fn split(path: &str) -> Option<(&str, &str)> {
    if path.len() <= 100 {
        return Some(("", path));
    }
    let cuts = path.match_indices('/').filter_map(|(at, _)| Some((path.get(..at)?, path.get(at + 1..)?)));
    cuts.into_iter().find(|(prefix, name)| prefix.len() <= 155 && name.len() <= 100)
}

fn write(header: &mut [u8], field: std::ops::Range<usize>, text: &str) -> Option<()> {
    let field = header.get_mut(field)?;
    field.fill(0);
    field.get_mut(..text.len())?.copy_from_slice(text.as_bytes());
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An archive of an empty file, with a header before it that holds a record.
    fn archive(record: &str) -> Vec<u8> {
        let mut archive = vec![0_u8; 4 * BLOCK];
        archive[..3].copy_from_slice(b"pax");
        archive[124..135].copy_from_slice(format!("{:011o}", record.len()).as_bytes());
        archive[156] = b'x';
        archive[BLOCK..BLOCK + record.len()].copy_from_slice(record.as_bytes());
        archive[2 * BLOCK..2 * BLOCK + 5].copy_from_slice(b"token");
        archive
    }

    fn text_at(archive: &[u8], from: usize) -> String {
        archive[from..].iter().take_while(|byte| **byte != 0).map(|byte| char::from(*byte)).collect()
    }

    #[test]
    fn a_file_is_archived_at_its_full_path() {
        let plain = &archive("")[2 * BLOCK..];
        assert_eq!(text_at(&rooted(plain, "/run/secrets/token").unwrap(), 0), "run/secrets/token");
        let behind = rooted(&archive("20 mtime=1.5\n"), "/run/secrets/token").unwrap();
        assert_eq!(
            (text_at(&behind, 0).as_str(), text_at(&behind, 2 * BLOCK).as_str()),
            ("pax", "run/secrets/token")
        );
    }

    #[test]
    fn a_long_path_takes_both_fields_and_a_longer_one_does_not_fit() {
        let folder = format!("/{}", "f".repeat(90));
        let long = rooted(&archive("")[2 * BLOCK..], &format!("{folder}/{}", "n".repeat(90))).unwrap();
        assert_eq!((text_at(&long, 0).len(), text_at(&long, 345).len()), (90, 90));
        assert_eq!(rooted(&long, &"n".repeat(101)), None);
    }

    #[test]
    fn what_is_no_archive_of_one_file_is_left_alone() {
        for broken in [&[][..], &[b'x'; 600], &archive("18 path=elsewhere\n")] {
            assert_eq!(rooted(broken, "/run/secrets/token"), None);
        }
    }
}
