use std::io::Write as _;

use proptest::prelude::*;
use tar::{Builder, EntryType, Header};

use super::*;

fn file(builder: &mut Builder<Vec<u8>>, path: &str, content: &[u8]) {
    let mut header = Header::new_ustar();
    header.set_size(content.len() as u64);
    header.set_mode(0o640);
    header.set_uid(70);
    header.set_gid(70);
    builder.append_data(&mut header, path, content).unwrap();
}

fn link(builder: &mut Builder<Vec<u8>>, path: &str, target: &str) {
    let mut header = Header::new_gnu();
    header.set_entry_type(EntryType::Symlink);
    header.set_size(0);
    builder.append_link(&mut header, path, target).unwrap();
}

/// A folder, two files, a link and a name that is too long for a header.
fn archive() -> Vec<u8> {
    let mut builder = Builder::new(Vec::new());
    file(&mut builder, "a.txt", b"first");
    file(&mut builder, "empty", b"");
    file(&mut builder, &format!("{}/b.txt", "long/".repeat(40)), &[7; 2000]);
    link(&mut builder, "c", "a.txt");
    builder.into_inner().unwrap()
}

fn scan(archive: &[u8]) -> Result<Contents, Broken> {
    let mut scan = Scan::default();
    scan.push(archive)?;
    scan.finish()
}

#[test]
fn a_whole_archive_is_counted() {
    let archive = archive();
    let contents = scan(&archive).unwrap();
    assert_eq!((contents.entries, contents.bytes), (4, 2005));
    assert_eq!(contents.raw_bytes, archive.len() as u64);
}

#[test]
fn an_archive_that_ends_within_a_file_names_the_file_and_what_is_missing() {
    let archive = archive();
    let at = archive.windows(2000).position(|part| part == [7; 2000]).unwrap();
    let broken = scan(&archive[..at + 500]).unwrap_err();
    let Broken::Short { name, missing } = &broken else { panic!("{broken}") };
    assert!(name.ends_with("b.txt") && *missing == 1500, "{broken}");
}

#[test]
fn an_archive_that_ends_between_two_entries_is_not_whole() {
    assert_eq!(scan(&archive()[..1024]), Err(Broken::NoTrailer { entries: 1 }));
}

#[test]
fn blanks_within_a_missing_file_are_no_trailer() {
    let mut archive = archive();
    let at = archive.windows(2000).position(|part| part == [7; 2000]).unwrap();
    archive.truncate(at);
    archive.extend_from_slice(&[0; 1024]);
    let broken = scan(&archive).unwrap_err();
    assert!(matches!(broken, Broken::Short { missing: 976, .. }), "{broken}");
}

#[test]
fn a_damaged_header_is_told() {
    let mut archive = archive();
    archive[1024] ^= 1;
    let broken = scan(&archive).unwrap_err().to_string();
    assert!(broken.contains("checksum"), "{broken}");
}

#[test]
fn nothing_at_all_is_not_an_archive() {
    assert_eq!(scan(b""), Err(Broken::NoTrailer { entries: 0 }));
}

#[test]
fn the_order_of_entries_does_not_change_the_fingerprint_and_anything_else_does() {
    let made = |names: [(&str, &[u8]); 2]| {
        let mut builder = Builder::new(Vec::new());
        names.into_iter().for_each(|(name, content)| file(&mut builder, name, content));
        scan(&builder.into_inner().unwrap()).unwrap().fingerprint
    };
    let one = made([("a", b"1"), ("b", b"2")]);
    assert_eq!(one, made([("b", b"2"), ("a", b"1")]));
    assert_ne!(one, made([("a", b"2"), ("b", b"1")]));
    assert_ne!(one, made([("a", b"1"), ("c", b"2")]));
}

#[test]
fn a_size_in_a_record_counts_more_than_the_header() {
    let mut builder = Builder::new(Vec::new());
    builder.append_pax_extensions([("size", b"5".as_slice())]).unwrap();
    file(&mut builder, "a", b"12345");
    let mut archive = builder.into_inner().unwrap();
    // The header behind the record says 0, as those of files beyond 8 GiB may.
    let header = archive.len() - 1024 - 1024;
    let mut zero = Header::new_ustar();
    zero.as_mut_bytes().copy_from_slice(&archive[header..header + 512]);
    zero.set_size(0);
    zero.set_cksum();
    archive[header..header + 512].copy_from_slice(zero.as_bytes());
    assert_eq!(scan(&archive).unwrap().bytes, 5);
}

#[test]
fn a_fingerprint_survives_being_written_down() {
    let fingerprint = scan(&archive()).unwrap().fingerprint;
    let text = serde_json::to_string(&fingerprint).unwrap();
    assert_eq!(serde_json::from_str::<Fingerprint>(&text).unwrap(), fingerprint);
    assert!(serde_json::from_str::<Fingerprint>("\"123\"").is_err());
}

proptest! {
    #[test]
    fn pieces_may_be_cut_anywhere(cuts in proptest::collection::vec(1_usize..700, 1..20)) {
        let archive = archive();
        let mut rest = archive.as_slice();
        let mut pieces = Scan::default();
        for cut in cuts.iter().cycle() {
            let (piece, behind) = rest.split_at((*cut).min(rest.len()));
            pieces.push(piece).unwrap();
            rest = behind;
            if rest.is_empty() {
                break;
            }
        }
        prop_assert_eq!(pieces.finish().unwrap(), scan(&archive).unwrap());
    }

    #[test]
    fn every_shorter_archive_is_noticed(length in 0_usize..5000) {
        let archive = archive();
        let length = length.min(archive.len() - 1025);
        prop_assert!(scan(&archive[..length]).is_err());
    }

    #[test]
    fn noise_never_panics(mut noise in proptest::collection::vec(any::<u8>(), 0..3000)) {
        let _ = scan(&noise);
        noise.write_all(&[0; 1024]).unwrap();
        let _ = scan(&noise);
    }
}
