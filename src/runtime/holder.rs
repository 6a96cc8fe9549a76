//! Who does something to the engine: the person, the machine, the process. It stands on the lock of what is done.

use std::env;

use jiff::Timestamp;

use crate::{
    command::execute::operation::Holder,
    journal::{self, OpId},
};

/// This process, which begins an operation `now`, with an id for it.
#[must_use]
pub fn holder(now: Timestamp) -> Holder {
    let journal::Holder { user, host, pid, started, namespace } = journal::Holder::of_this_process(&user());
    Holder { user, host, pid, started, namespace, began: now.to_string(), operation: operation_id() }
}

/// An id for an operation that begins now.
#[must_use]
pub fn operation_id() -> String {
    let milliseconds = u64::try_from(Timestamp::now().as_millisecond()).unwrap_or_default();
    OpId::new(milliseconds, random()).as_str().to_owned()
}

/// Ten bytes of the hash map's random keys: two operations of one millisecond must differ, no more.
fn random() -> [u8; 10] {
    use std::hash::{BuildHasher, RandomState};
    let word = || RandomState::new().hash_one(std::process::id()).to_be_bytes();
    let mut bytes = [0; 10];
    bytes.iter_mut().zip(word().into_iter().chain(word())).for_each(|(byte, new)| *byte = new);
    bytes
}

/// Who runs the program: its name where it is known, else its number.
#[must_use]
pub fn user() -> String {
    let named =
        ["USER", "LOGNAME"].into_iter().filter_map(|name| env::var(name).ok()).find(|name| !name.is_empty());
    named.unwrap_or_else(|| format!("uid {}", rustix::process::getuid().as_raw()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_operations_differ() {
        let (one, other) = (operation_id(), operation_id());
        assert!(one != other && OpId::parse(&one).is_some(), "{one} {other}");
    }

    #[test]
    fn the_holder_says_who_and_where() {
        let holder = holder(Timestamp::UNIX_EPOCH);
        assert!(!holder.user.is_empty() && !holder.host.is_empty() && holder.pid > 0, "{holder:?}");
    }
}
