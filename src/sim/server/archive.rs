//! Archives of what is mounted into a container. A volume here has a size and no files, so its archive holds one file of
//! that size; nothing else of a container can be read.

use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;
use tokio::{sync::mpsc, time::sleep};

use super::{Outcome, answer, answer::Failure, call::Call, operate::id_of};
use crate::sim::state::State;

/// Bytes that are sent at once, and how long a disk takes for them.
const PIECE: u64 = 1 << 20;
const PACE: Duration = Duration::from_millis(4);

const BLOCK: u64 = 512;

/// `GET /containers/{name}/archive`
pub(super) fn get(call: &Call, name: &str) -> Outcome {
    let id = id_of(call, name)?;
    let path = call.query.get("path").unwrap_or_default();
    let size = call.shared.read(|state| mounted(state, &id, path));
    let size =
        size.ok_or_else(|| Failure::new(404, format!("Could not find the file {path} in container {name}")))?;
    let (sender, answer) = answer::stream(Some("application/x-tar"));
    tokio::spawn(send(size, sender));
    Ok(answer)
}

/// How much is in the volume that is mounted at the folder `path`, asked for as `/folder/.`.
fn mounted(state: &State, id: &str, path: &str) -> Option<u64> {
    let folder = path.strip_suffix("/.")?;
    let mounts = &state.containers.get(id)?.mounts;
    let text = |mount: &Value, name: &str| mount.get(name).and_then(Value::as_str).map(str::to_owned);
    let mount = mounts.iter().find(|mount| text(mount, "Destination").as_deref() == Some(folder))?;
    let volume = state.volumes.get(&text(mount, "Name")?)?;
    Some(volume.used(state.now).0)
}

/// Sends the archive; a client that has gone away misses the rest.
async fn send(size: u64, sender: mpsc::Sender<Bytes>) -> Option<()> {
    let mut head = header("./", 0, tar::EntryType::Directory);
    head.extend(header("./data", size, tar::EntryType::Regular));
    sender.send(Bytes::from(head)).await.ok()?;
    let zeros = Bytes::from(vec![0; usize::try_from(PIECE).unwrap_or_default()]);
    // The file, filled up to a whole block, and the trailer are all zeros.
    let mut left = size.next_multiple_of(BLOCK) + 2 * BLOCK;
    while left > 0 {
        let piece = left.min(PIECE);
        sleep(PACE).await;
        sender.send(zeros.slice(..usize::try_from(piece).unwrap_or_default())).await.ok()?;
        left -= piece;
    }
    Some(())
}

fn header(name: &str, size: u64, kind: tar::EntryType) -> Vec<u8> {
    let mut header = tar::Header::new_ustar();
    // A name this short always fits.
    let _fits = header.set_path(name);
    header.set_entry_type(kind);
    header.set_mode(if kind == tar::EntryType::Directory { 0o755 } else { 0o644 });
    header.set_size(size);
    header.set_cksum();
    header.as_bytes().to_vec()
}
