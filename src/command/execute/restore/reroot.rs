//! An archive under another root, as it passes by.
//!
//! The engine leaves the folder that it unpacks into as it is, owner and mode, and refuses links that lead out of it. So
//! volumes are not unpacked where they are mounted but one folder above, from an archive whose names begin with the
//! folder's. Each entry is written anew, byte by byte the same but for that.

use std::io::{self, Read, Write};

use tar::{Archive, Entry, EntryType, Header};

/// Headers, contents and padding come in blocks of so many bytes.
const BLOCK: usize = 512;

/// Names that are longer have an entry of their own before their entry.
const SHORT: usize = 100;

/// Copies an archive whose names begin with `./` into one where they begin with `root/`.
pub(super) fn reroot(from: impl Read, root: &str, to: &mut impl Write) -> io::Result<()> {
    let mut archive = Archive::new(from);
    for entry in archive.entries()? {
        copy(entry?, root, to)?;
    }
    to.write_all(&[0; 2 * BLOCK])?;
    // What follows the trailer is nothing, but whoever sends it wants it taken.
    io::copy(&mut archive.into_inner(), &mut io::sink()).map(drop)
}

fn copy(mut entry: Entry<'_, impl Read>, root: &str, to: &mut impl Write) -> io::Result<()> {
    let kind = entry.header().entry_type();
    let path = below(&entry.path_bytes(), root);
    let link = entry.link_name_bytes().map(|link| link.into_owned()).unwrap_or_default();
    // The target of a symbolic link is a text; that of a hard link is an entry of the archive.
    let link = if kind == EntryType::Link { below(&link, root) } else { link };
    let attributes = attributes(&mut entry)?;
    if !attributes.is_empty() {
        extension(EntryType::XHeader, &attributes, to)?;
    }
    for (kind, name) in [(EntryType::GNULongName, &path), (EntryType::GNULongLink, &link)] {
        if name.len() > SHORT {
            extension(kind, &[name.as_slice(), b"\0"].concat(), to)?;
        }
    }
    let size = entry.size();
    to.write_all(header(entry.header(), (&path, &link), size)?.as_bytes())?;
    let copied = io::copy(&mut entry, to)?;
    pad(copied, to)
}

/// The same entry under other names. A field that some writer left blank is 0.
fn header(old: &Header, (path, link): (&[u8], &[u8]), size: u64) -> io::Result<Header> {
    let mut new = Header::new_gnu();
    new.set_entry_type(old.entry_type());
    new.set_mode(old.mode().unwrap_or_default());
    new.set_uid(old.uid().unwrap_or_default());
    new.set_gid(old.gid().unwrap_or_default());
    new.set_mtime(old.mtime().unwrap_or_default());
    new.set_size(size);
    // Others leave these fields blank.
    if matches!(old.entry_type(), EntryType::Char | EntryType::Block) {
        new.set_device_major(old.device_major()?.unwrap_or_default())?;
        new.set_device_minor(old.device_minor()?.unwrap_or_default())?;
    }
    if let Some(gnu) = new.as_gnu_mut() {
        for (field, name) in [(&mut gnu.name, path), (&mut gnu.linkname, link)] {
            field.iter_mut().zip(name).for_each(|(to, from)| *to = *from);
        }
    }
    new.set_cksum();
    Ok(new)
}

/// An entry that says more of the one behind it.
fn extension(kind: EntryType, content: &[u8], to: &mut impl Write) -> io::Result<()> {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_mode(0);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header.set_size(content.len() as u64);
    if let Some(gnu) = header.as_gnu_mut() {
        b"extension".iter().zip(&mut gnu.name).for_each(|(from, to)| *to = *from);
    }
    header.set_cksum();
    to.write_all(header.as_bytes())?;
    to.write_all(content)?;
    pad(content.len() as u64, to)
}

/// Records of attributes, such as capabilities; names, sizes and times are told by the headers.
fn attributes(entry: &mut Entry<'_, impl Read>) -> io::Result<Vec<u8>> {
    const TOLD: [&[u8]; 6] = [b"path", b"linkpath", b"size", b"mtime", b"atime", b"ctime"];
    let mut written = Vec::new();
    let Some(records) = entry.pax_extensions()? else { return Ok(written) };
    for record in records {
        let record = record?;
        let (key, value) = (record.key_bytes(), record.value_bytes());
        if !TOLD.contains(&key) {
            written.extend(line(key, value));
        }
    }
    Ok(written)
}

/// A record begins with its own length, that of the number included.
fn line(key: &[u8], value: &[u8]) -> Vec<u8> {
    let rest = key.len() + value.len() + 3;
    let mut length = rest + 1;
    while length != rest + length.to_string().len() {
        length = rest + length.to_string().len();
    }
    [length.to_string().as_bytes(), b" ", key, b"=", value, b"\n"].concat()
}

fn pad(length: u64, to: &mut impl Write) -> io::Result<()> {
    let over = usize::try_from(length % BLOCK as u64).unwrap_or_default();
    let padding = if over == 0 { 0 } else { BLOCK - over };
    to.write_all([0; BLOCK].get(..padding).unwrap_or_default())
}

/// `./a/b` becomes `root/a/b`.
fn below(name: &[u8], root: &str) -> Vec<u8> {
    let name = name.strip_prefix(b"./").or_else(|| name.strip_prefix(b".")).unwrap_or(name);
    let name = name.strip_prefix(b"/").unwrap_or(name);
    [root.as_bytes(), b"/", name].concat()
}

#[cfg(test)]
mod tests {
    use tar::Builder;

    use super::*;
    use crate::backup::Scan;

    fn made(root: &str) -> Vec<u8> {
        let mut builder = Builder::new(Vec::new());
        let mut entry = |kind, path: &str, link: &str, content: &[u8]| {
            let mut header = Header::new_gnu();
            header.set_entry_type(kind);
            header.set_mode(0o2750);
            header.set_uid(999);
            header.set_gid(70);
            header.set_mtime(1);
            header.set_size(content.len() as u64);
            let path = format!("{root}/{path}");
            for (kind, name) in [(EntryType::GNULongName, &path), (EntryType::GNULongLink, &link.to_owned())]
            {
                if name.len() > SHORT {
                    extension(kind, &[name.as_bytes(), b"\0"].concat(), builder.get_mut()).unwrap();
                }
            }
            let gnu = header.as_gnu_mut().unwrap();
            path.bytes().zip(&mut gnu.name).for_each(|(from, to)| *to = from);
            link.bytes().zip(&mut gnu.linkname).for_each(|(from, to)| *to = from);
            header.set_cksum();
            builder.append(&header, content).unwrap();
        };
        entry(EntryType::Directory, "", "", b"");
        entry(EntryType::Regular, "a", "", b"first");
        entry(EntryType::Regular, &"long/".repeat(40), "", &[7; 2000]);
        entry(EntryType::Symlink, "up", "../../nowhere//./x", b"");
        entry(EntryType::Symlink, "far", &"y/".repeat(90), b"");
        entry(EntryType::Link, "hard", &format!("{root}/a"), b"");
        entry(EntryType::Fifo, "pipe", "", b"");
        builder.append_pax_extensions([("SCHILY.xattr.security.capability", b"\x01\0".as_slice())]).unwrap();
        let mut header = Header::new_gnu();
        header.set_size(0);
        header.set_mode(0o755);
        builder
            .append_data(&mut header, format!("{root}/able").trim_start_matches("./"), [].as_slice())
            .unwrap();
        builder.into_inner().unwrap()
    }

    fn fingerprint(archive: &[u8]) -> (u64, String) {
        let mut scan = Scan::default();
        scan.push(archive).unwrap();
        let contents = scan.finish().unwrap();
        (contents.entries, contents.fingerprint.to_string())
    }

    #[test]
    fn only_the_root_differs() {
        let mut moved = Vec::new();
        reroot(made(".").as_slice(), "v", &mut moved).unwrap();
        assert_eq!(fingerprint(&moved), fingerprint(&made("v")));
    }

    #[test]
    fn an_archive_that_is_cut_is_an_error() {
        let whole = made(".");
        assert!(reroot(&whole[..whole.len() / 2], "v", &mut Vec::new()).is_err());
    }

    #[test]
    fn a_record_counts_its_own_length() {
        for length in [1, 90, 91, 92, 93, 94, 95, 990] {
            let line = line(b"key", &vec![b'x'; length]);
            let told = line.split(|byte| *byte == b' ').next().unwrap();
            assert_eq!(String::from_utf8_lossy(told), line.len().to_string());
        }
    }
}
