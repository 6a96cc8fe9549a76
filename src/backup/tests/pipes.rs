//! Programs that encrypt: they fail, they end early, and none is left behind.

use std::time::Duration;

use super::*;

/// Enough that a pipe does not hold it.
fn much() -> impl Iterator<Item = Result<Bytes, String>> {
    let mut state = 1_u32;
    std::iter::repeat_with(move || {
        let piece = std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        });
        Ok(piece.take(1 << 16).collect::<Vec<u8>>().into())
    })
    .take(64)
}

/// A key for `age`: its file and its public half; `None` where there is no such program.
fn key(folder: &TempDir) -> Option<(std::path::PathBuf, String)> {
    let file = folder.path().join("key");
    let made = Command::new("age-keygen").arg("-o").arg(&file).stderr(Stdio::null()).status();
    let there = made.is_ok_and(|made| made.success());
    assert!(there || std::env::var_os("STACKTOP_TEST_ENGINE").is_none(), "there is no program `age-keygen`");
    let public = there.then(|| Command::new("age-keygen").arg("-y").arg(&file).output().unwrap())?;
    Some((file, String::from_utf8(public.stdout).unwrap().trim().to_owned()))
}

/// Children of this process that have ended and that nobody has waited for.
fn zombies() -> Vec<String> {
    let own = std::process::id().to_string();
    let entries = fs::read_dir("/proc").unwrap().flatten();
    let stats = entries.filter_map(|entry| fs::read_to_string(entry.path().join("stat")).ok());
    let is_ours = |stat: &String| {
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        stat.contains("(age)") && fields.first() == Some(&"Z") && fields.get(1) == Some(&own.as_str())
    };
    stats.filter(is_ours).collect()
}

/// Other tests of this process have children of their own, which they wait for at once.
fn nobody_is_left() {
    for _ in 0..100 {
        if zombies().is_empty() {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("left behind: {:?}", zombies());
}

#[test]
fn a_program_that_ends_early_is_why_nothing_could_be_written_to_it() {
    let folder = TempDir::new().unwrap();
    if key(&folder).is_none() {
        return;
    }
    let path = folder.path().join("part");
    let cipher = Cipher::Age(vec!["age1nobody".to_owned()]);
    let error = store(&path, "volume db", Form::Stream, &cipher, much()).unwrap_err().to_string();
    assert!(error.starts_with("age failed on") && error.contains("age1nobody"), "{error}");
    assert!(!path.exists() && !folder.path().join("part.partial").exists());
    nobody_is_left();
}

#[test]
fn a_part_of_which_only_the_beginning_is_read_leaves_no_program_behind() {
    let folder = TempDir::new().unwrap();
    let Some((identity, public)) = key(&folder) else { return };
    let path = folder.path().join("part");
    let cipher = Cipher::Age(vec![public]);
    let stored = store(&path, "volume db", Form::Stream, &cipher, much()).unwrap();
    let part = Part {
        file: "part".to_owned(),
        stored_bytes: stored.stored_bytes,
        codecs: vec!["zstd".to_owned(), "age".to_owned()],
        ..super::part(folder.path(), &Cipher::None)
    };
    let keys = Keys { identity: Some(identity) };
    let mut reader = PartReader::open(folder.path(), &part, &keys).unwrap();
    assert!(reader.piece().unwrap().is_some());
    drop(reader);
    nobody_is_left();
}

#[test]
fn a_source_that_fails_half_way_ends_the_program_too() {
    let folder = TempDir::new().unwrap();
    let Some((_, public)) = key(&folder) else { return };
    let path = folder.path().join("part");
    let broken = much().take(3).chain([Err("the engine is gone".to_owned())]);
    let error = store(&path, "volume db", Form::Stream, &Cipher::Age(vec![public]), broken).unwrap_err();
    assert_eq!(error.to_string(), "the engine is gone");
    assert!(!path.exists());
    nobody_is_left();
}

#[test]
fn a_key_that_is_there_passes_the_check_and_another_does_not() {
    let folder = TempDir::new().unwrap();
    let Some((file, public)) = key(&folder) else { return };
    Cipher::Age(vec![public.clone()]).check().unwrap();
    let publics = folder.path().join("publics");
    fs::write(&publics, format!("# ops\n{public}\n")).unwrap();
    Cipher::Age(vec![publics.display().to_string()]).check().unwrap();
    let why = Cipher::Age(vec![public, "age1nobody".to_owned()]).check().unwrap_err();
    assert!(why.contains("backups cannot be encrypted") && why.contains("age1nobody"), "{why}");
    assert!(Cipher::Age(vec![file.display().to_string()]).check().is_err(), "a secret key is no recipient");
}
