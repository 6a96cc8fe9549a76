//! What containers are called while one takes another's place.

/// Which of the containers of one replica a name is given to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Turn {
    /// The one that has the lasting name.
    Now,
    /// The one that is to take over: `a29e48fb50ab_shop-web-1`, as Compose names it too.
    Next,
    /// The one that was replaced and is kept for a way back: `shop-web-1.old-…`.
    Before,
    /// A new one that failed and is kept to be looked at: `shop-web-1.failed-…`.
    Failed,
}

/// The lasting name in a container's name, and whose turn the rest of it tells.
#[must_use]
pub fn exchanged(name: &str) -> (&str, Turn) {
    let (name, turn) = match name.split_once('_') {
        Some((id, rest)) if id.len() == 12 && id.chars().all(|c| c.is_ascii_hexdigit()) => (rest, Turn::Next),
        _ => (name, Turn::Now),
    };
    let marks = [(".old-", Turn::Before), (".failed-", Turn::Failed)];
    let found = marks.into_iter().filter_map(|(mark, turn)| Some((name.find(mark)?, turn)));
    let first = found.min_by_key(|(place, _)| *place);
    first.and_then(|(end, turn)| Some((name.get(..end)?, turn))).unwrap_or((name, turn))
}
