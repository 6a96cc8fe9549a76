//! How a part is read without stacktop.

use std::path::Path;

use super::{Part, Source};

/// What stands for the file with the secret key where none is known.
const KEY: &str = "KEY";

/// The line for a shell, in the set's folder, that undoes what a part was passed through: a volume's files are put into
/// `FOLDER`, a dump into a file beside. `identity` is the file with the secret key for `age`.
#[must_use]
pub fn by_hand(part: &Part, identity: Option<&Path>) -> String {
    let file = quoted(&part.file);
    let mut undone: Vec<String> = part.codecs.iter().rev().map(|codec| undo(codec, identity)).collect();
    match undone.first_mut() {
        Some(first) => first.push_str(&format!(" {file}")),
        None => undone.push(format!("cat {file}")),
    }
    match &part.source {
        Source::Volume { .. } => {
            undone.push("tar --extract --preserve-permissions --numeric-owner --directory FOLDER".to_owned());
            undone.join(" | ")
        }
        Source::Dump { .. } => format!("{} > {}", undone.join(" | "), quoted(plain_name(part))),
    }
}

fn undo(codec: &str, identity: Option<&Path>) -> String {
    match codec {
        "age" => {
            let key = identity.map_or_else(|| KEY.to_owned(), |path| quoted(&path.display().to_string()));
            format!("age --decrypt --identity {key}")
        }
        "gpg" => "gpg --decrypt".to_owned(),
        "zstd" => "zstd --decompress --stdout".to_owned(),
        other => quoted(other),
    }
}

/// The file's name without the endings of what it was passed through: `db.rdb` of `db.rdb.zst.age`.
fn plain_name(part: &Part) -> &str {
    let mut name = part.file.as_str();
    for ending in [".age", ".gpg", ".zst"] {
        name = name.strip_suffix(ending).unwrap_or(name);
    }
    if name == part.file { "DUMP" } else { name }
}

/// A word for a shell.
pub(super) fn quoted(word: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./%+=:@,~".contains(&byte);
    if !word.is_empty() && word.bytes().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backup::Mode;

    fn part(file: &str, codecs: &[&str], source: Source) -> Part {
        let at = jiff::Timestamp::UNIX_EPOCH;
        Part {
            file: file.to_owned(),
            source,
            mode: Mode::Stop,
            raw_bytes: 0,
            stored_bytes: 0,
            sha256: String::new(),
            raw_sha256: String::new(),
            codecs: codecs.iter().map(|&codec| codec.to_owned()).collect(),
            recipients: Vec::new(),
            contents: None,
            began: at,
            finished: at,
        }
    }

    fn dump() -> Source {
        Source::Dump { service: "db".to_owned(), recipe: "redis".to_owned(), database: None, version: None }
    }

    #[test]
    fn what_was_done_last_is_undone_first() {
        let line = by_hand(&part("db.rdb.zst.age", &["zstd", "age"], dump()), Some(Path::new("/my keys/k")));
        assert_eq!(
            line,
            "age --decrypt --identity '/my keys/k' db.rdb.zst.age | zstd --decompress --stdout > db.rdb"
        );
    }

    #[test]
    fn a_name_never_becomes_part_of_the_line() {
        assert_eq!(quoted("a'; reboot #"), r"'a'\''; reboot #'");
        assert_eq!(by_hand(&part("$(x)", &[], dump()), None), "cat '$(x)' > DUMP");
    }
}
