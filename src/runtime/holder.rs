//! Who does something to the engine: the person, the machine, the process. It stands on the lock of what is done.

use std::{env, process};

use jiff::Timestamp;

use crate::{command::execute::operation::Holder, text::sanitize};

/// This process, with an id for a new operation.
#[must_use]
pub fn holder() -> Holder {
    let now = Timestamp::now();
    Holder {
        user: user(),
        host: host(),
        pid: process::id(),
        began: now.to_string(),
        operation: operation(now),
    }
}

fn user() -> String {
    let named = ["USER", "LOGNAME"].into_iter().find_map(|name| env::var(name).ok());
    named.filter(|name| !name.is_empty()).map_or_else(|| "unknown".to_owned(), |name| sanitize(&name))
}

fn host() -> String {
    sysinfo::System::host_name().map_or_else(|_| "unknown".to_owned(), |name| sanitize(&name))
}

/// Short enough to be typed, and unlike that of any other operation on the same engine: the time in microseconds and
/// the process, in letters and digits as names of containers may have them.
fn operation(now: Timestamp) -> String {
    let micros = u64::try_from(now.as_microsecond()).unwrap_or_default();
    base36(micros.wrapping_mul(1 << 8) ^ u64::from(process::id() % 256))
}

fn base36(mut number: u64) -> String {
    let mut digits = Vec::new();
    while number > 0 {
        digits.push(char::from_digit((number % 36) as u32, 36).unwrap_or('0'));
        number /= 36;
    }
    digits.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_have_ids_of_their_own_that_fit_into_names() {
        let ids: Vec<String> =
            (0..3).map(|second| operation(Timestamp::from_second(second + 1).unwrap())).collect();
        assert!(ids.iter().all(|id| id.chars().all(|c| c.is_ascii_alphanumeric())), "{ids:?}");
        assert!(ids.windows(2).all(|pair| pair[0] != pair[1]), "{ids:?}");
    }

    #[test]
    fn the_holder_says_who_and_where() {
        let holder = holder();
        assert!(!holder.user.is_empty() && !holder.host.is_empty() && holder.pid > 0, "{holder:?}");
    }
}
