//! Patterns for names of engines.

/// Whether a name is what a pattern says; `*` stands for anything, also for nothing.
pub(super) fn fits(pattern: &str, name: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else { return pattern == name };
    let Some(mut left) = name.strip_prefix(head) else { return false };
    if !rest.contains('*') {
        return left.ends_with(rest);
    }
    loop {
        if fits(rest, left) {
            return true;
        }
        let mut chars = left.chars();
        if chars.next().is_none() {
            return false;
        }
        left = chars.as_str();
    }
}
