//! Keys as text.

/// The bytes a terminal sends for keys: characters stand for themselves, names are in angle brackets: `<enter>`,
/// `<esc>`, `<tab>`, `<s-tab>`, `<space>`, `<backspace>`, `<del>`, `<up>` ..., `<pgdn>`, `<f1>` ..., `<c-x>`, `<a-x>`,
/// `<lt>` for the bracket itself.
///
/// Escape must come last: a terminal sends the same bytes for Escape and `x` as for Alt-x, so wait for what Escape
/// does before the next key.
pub fn bytes(keys: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = keys;
    while let Some(first) = rest.chars().next() {
        assert!(bytes.last() != Some(&0x1b), "{keys:?}: wait for what <esc> does before typing on");
        let Some((name, after)) = rest.strip_prefix('<').and_then(|rest| rest.split_once('>')) else {
            bytes.extend_from_slice(first.encode_utf8(&mut [0; 4]).as_bytes());
            rest = rest.split_at(first.len_utf8()).1;
            continue;
        };
        bytes
            .extend_from_slice(&named(name).unwrap_or_else(|| panic!("{keys:?}: no key is called <{name}>")));
        rest = after;
    }
    bytes
}

fn named(name: &str) -> Option<Vec<u8>> {
    let sequence = match name {
        "enter" => "\r",
        "esc" => "\x1b",
        "tab" => "\t",
        "s-tab" => "\x1b[Z",
        "space" => " ",
        "backspace" => "\x7f",
        "del" => "\x1b[3~",
        "lt" => "<",
        "up" => "\x1b[A",
        "down" => "\x1b[B",
        "right" => "\x1b[C",
        "left" => "\x1b[D",
        "home" => "\x1b[H",
        "end" => "\x1b[F",
        "pgup" => "\x1b[5~",
        "pgdn" => "\x1b[6~",
        "f1" => "\x1bOP",
        "f2" => "\x1bOQ",
        "f3" => "\x1bOR",
        "f4" => "\x1bOS",
        "f5" => "\x1b[15~",
        "f10" => "\x1b[21~",
        _ => return with_modifier(name),
    };
    Some(sequence.into())
}

fn with_modifier(name: &str) -> Option<Vec<u8>> {
    let (modifier, key) = name.split_once('-')?;
    match (modifier, key.as_bytes()) {
        ("c", [letter @ b'a'..=b'z']) => Some(vec![letter & 0x1f]),
        ("a", [letter]) => Some(vec![0x1b, *letter]),
        _ => None,
    }
}
