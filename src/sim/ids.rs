//! Identifiers, derived from the seed and a name.

use sha2::{Digest, Sha256};

/// 64 hexadecimal digits, as containers, images and networks have them.
pub(crate) fn hex(seed: u64, name: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(seed.to_le_bytes());
    hash.update(name.as_bytes());
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// 25 characters of base 36, as swarm objects have them.
pub(crate) fn swarm(seed: u64, name: &str) -> String {
    let digits = hex(seed, name);
    let halves = [digits.get(..32), digits.get(32..)];
    let mut text = String::new();
    for half in halves.into_iter().flatten() {
        let mut value = u128::from_str_radix(half, 16).unwrap_or_default();
        for _ in 0..13 {
            let digit = u32::try_from(value % 36).unwrap_or_default();
            text.extend(char::from_digit(digit, 36));
            value /= 36;
        }
    }
    text.truncate(25);
    text
}

/// The 12 characters that people see of an id.
pub(crate) fn short(id: &str) -> &str {
    id.get(..12).unwrap_or(id)
}

#[cfg(test)]
mod tests {
    #[test]
    fn ids_have_the_lengths_of_real_ones() {
        assert_eq!(super::hex(1, "a").len(), 64);
        assert_eq!(super::swarm(1, "a").len(), 25);
    }
}
