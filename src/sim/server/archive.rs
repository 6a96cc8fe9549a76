//! Archives of what is mounted into a container. A volume of the world has a size and no files, so its archive holds one
//! file of that size; one that a client has written into has what was written. Nothing else of a container can be read.

use std::{
    io::{self, Read as _},
    time::Duration,
};

use bytes::Bytes;
use serde_json::Value;
use tar::{Archive, EntryType, Header};
use tokio::{sync::mpsc, time::sleep};

use super::{Outcome, answer, answer::Failure, call::Call, operate::id_of};
use crate::sim::state::{Container, Filed, State};

/// Bytes that are sent at once, and how long a disk takes for them. The last ones come at once: a client that waits for
/// them on a thread of its own would keep a paused clock from going on.
const PIECE: u64 = 1 << 20;
const PACE: Duration = Duration::from_millis(4);

const BLOCK: u64 = 512;

/// Names in headers are no longer than this.
const LONGEST_NAME: usize = 100;

/// `GET /containers/{name}/archive`
pub(super) fn get(call: &Call, name: &str) -> Outcome {
    let id = id_of(call, name)?;
    let path = call.query.get("path").unwrap_or_default();
    let found = call.shared.read(|state| mounted(state, &id, path));
    let found = found
        .ok_or_else(|| Failure::new(404, format!("Could not find the file {path} in container {name}")))?;
    let (sender, answer) = answer::stream(Some("application/x-tar"));
    tokio::spawn(send(found, sender));
    Ok(answer)
}

/// `PUT /containers/{name}/archive`: what of it is below a mounted volume is kept, all else is taken and forgotten.
pub(super) fn put(call: &Call, name: &str) -> Outcome {
    let id = id_of(call, name)?;
    let folder = call.query.get("path").unwrap_or_default().trim_end_matches('/');
    let unread = |error: io::Error| Failure::new(500, format!("Error processing tar file: {error}"));
    let entries = unpack(&call.body).map_err(unread)?;
    call.shared.change(|state| {
        let mounts = state.containers.get(&id).map(volumes).unwrap_or_default();
        for (target, volume) in mounts {
            let Some(volume) = state.volumes.get_mut(&volume) else { continue };
            for entry in &entries {
                let path = format!("{folder}/{}", entry.name);
                if let Some(below) = below(&path, &target) {
                    volume.files.retain(|file| file.name != below);
                    volume.files.push(Filed { name: below.to_owned(), ..entry.clone() });
                }
            }
        }
    });
    Ok(super::objects::empty())
}

/// What is in the volume that is mounted somewhere.
enum Found {
    /// So many bytes of the world's.
    Bytes(u64),
    /// Files that were written.
    Files(Vec<Filed>),
}

/// What is in the volume that is mounted at the folder `path`, asked for as `/folder/.`.
fn mounted(state: &State, id: &str, path: &str) -> Option<Found> {
    let folder = path.strip_suffix("/.")?;
    let mounts = volumes(state.containers.get(id)?);
    let (_, name) = mounts.into_iter().find(|(target, _)| target == folder)?;
    let volume = state.volumes.get(&name)?;
    Some(match volume.files.as_slice() {
        [] => Found::Bytes(volume.used(state.now).0),
        files => Found::Files(files.to_vec()),
    })
}

/// Where a container has volumes, and which.
fn volumes(container: &Container) -> Vec<(String, String)> {
    let text = |mount: &Value, name: &str| mount.get(name).and_then(Value::as_str).map(str::to_owned);
    container.mounts.iter().filter_map(|it| Some((text(it, "Destination")?, text(it, "Name")?))).collect()
}

/// `/v/a` below `/v` is `a`.
fn below<'a>(path: &'a str, folder: &str) -> Option<&'a str> {
    let rest = path.strip_prefix(folder)?;
    let name = rest.strip_prefix('/').or_else(|| rest.is_empty().then_some(""))?;
    Some(name.trim_end_matches('/'))
}

fn unpack(archive: &[u8]) -> io::Result<Vec<Filed>> {
    let mut archive = Archive::new(archive);
    let mut entries = Vec::new();
    for entry in archive.entries()? {
        let mut entry = entry?;
        let name = String::from_utf8_lossy(&entry.path_bytes()).trim_start_matches("./").to_owned();
        if name.len() > LONGEST_NAME - "./".len() {
            return Err(io::Error::other(format!("{name}: file name too long")));
        }
        let (header, mut content) = (entry.header().clone(), Vec::new());
        entry.read_to_end(&mut content)?;
        entries.push(Filed { name, header, content: content.into() });
    }
    Ok(entries)
}

/// Sends the archive; a client that has gone away misses the rest.
async fn send(found: Found, sender: mpsc::Sender<Bytes>) -> Option<()> {
    match found {
        Found::Bytes(size) => send_bytes(size, sender).await,
        Found::Files(files) => {
            for file in &files {
                let mut entry = headed(file).to_vec();
                entry.extend_from_slice(&file.content);
                entry.resize(entry.len().next_multiple_of(BLOCK as usize), 0);
                sender.send(Bytes::from(entry)).await.ok()?;
            }
            sender.send(Bytes::from(vec![0; 2 * BLOCK as usize])).await.ok()
        }
    }
}

/// The header of a file, under the name that it has below `.`.
fn headed(file: &Filed) -> [u8; BLOCK as usize] {
    let is_folder = file.header.entry_type() == EntryType::Directory;
    let end = if is_folder && !file.name.is_empty() { "/" } else { "" };
    named(file.header.clone(), &format!("./{}{end}", file.name))
}

/// A header with this name as it is: others would leave out the `./` that an engine writes.
fn named(mut header: Header, name: &str) -> [u8; BLOCK as usize] {
    let field = header.as_mut_bytes().iter_mut().take(LONGEST_NAME);
    field.zip(name.bytes().chain(std::iter::repeat(0))).for_each(|(to, from)| *to = from);
    header.set_cksum();
    *header.as_bytes()
}

async fn send_bytes(size: u64, sender: mpsc::Sender<Bytes>) -> Option<()> {
    let mut head = header("./", 0, EntryType::Directory);
    if size > 0 {
        head.extend(header("./data", size, EntryType::Regular));
    }
    sender.send(Bytes::from(head)).await.ok()?;
    let zeros = Bytes::from(vec![0; usize::try_from(PIECE).unwrap_or_default()]);
    // The file, filled up to a whole block, and the trailer are all zeros.
    let mut left = size.next_multiple_of(BLOCK) + 2 * BLOCK;
    while left > 0 {
        let piece = left.min(PIECE);
        if piece == PIECE {
            sleep(PACE).await;
        }
        sender.send(zeros.slice(..usize::try_from(piece).unwrap_or_default())).await.ok()?;
        left -= piece;
    }
    Some(())
}

fn header(name: &str, size: u64, kind: EntryType) -> Vec<u8> {
    let mut header = Header::new_ustar();
    header.set_entry_type(kind);
    header.set_mode(if kind == EntryType::Directory { 0o755 } else { 0o644 });
    header.set_size(size);
    named(header, name).to_vec()
}
