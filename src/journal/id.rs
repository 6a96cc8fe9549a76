//! Identities of operations.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Crockford's digits, in lower case: no `i`, `l`, `o`, `u`.
const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const LENGTH: u32 = 26;

/// An operation's id: 26 digits and letters that sort by time and may be part of a container's name.
///
/// It is a ULID in lower case: 48 bits of milliseconds since 1970, 80 random bits.
///
/// ```
/// let id = stacktop::journal::OpId::new(1_469_918_176_385, [0; 10]);
/// assert_eq!(id.as_str(), "01aryz6s410000000000000000");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct OpId(String);

impl OpId {
    /// The id of an operation that begins at this wall time, in milliseconds since 1970, with ten random bytes.
    #[must_use]
    pub fn new(milliseconds: u64, random: [u8; 10]) -> Self {
        let random = random.iter().fold(0_u128, |bits, byte| bits << 8 | u128::from(*byte));
        let bits = u128::from(milliseconds & 0xffff_ffff_ffff) << 80 | random;
        let digit = |place: u32| {
            let index = usize::try_from(bits >> (5 * place) & 31).unwrap_or_default();
            char::from(DIGITS.get(index).copied().unwrap_or(b'0'))
        };
        Self((0..LENGTH).rev().map(digit).collect())
    }

    /// Reads an id, as from a file's name or a container's label; capitals are taken, too.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.to_ascii_lowercase();
        let fits = text.len() == 26 && text.bytes().all(|byte| DIGITS.contains(&byte)) && text.as_str() < "8";
        fits.then_some(Self(text))
    }

    /// The id, as it goes into names.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last six characters, which tell operations of one day apart.
    #[must_use]
    pub fn short(&self) -> &str {
        self.0.get(20..).unwrap_or(&self.0)
    }

    /// When the operation began, in milliseconds since 1970.
    #[must_use]
    pub fn milliseconds(&self) -> u64 {
        let value = |byte: u8| DIGITS.iter().position(|digit| *digit == byte).unwrap_or_default() as u64;
        self.0.bytes().take(10).fold(0, |number, byte| number << 5 | value(byte))
    }
}

impl TryFrom<String> for OpId {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).ok_or_else(|| format!("`{text}` is no id of an operation"))
    }
}

impl fmt::Display for OpId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_id_is_what_the_specification_of_ulids_says() {
        assert_eq!(OpId::new(1_469_918_176_385, [0; 10]).as_str(), "01aryz6s410000000000000000");
        assert_eq!(OpId::new(u64::MAX, [255; 10]).as_str(), "7zzzzzzzzzzzzzzzzzzzzzzzzz");
    }

    #[test]
    fn what_is_no_id_is_not_read() {
        for text in [
            "",
            "01",
            "01aryz6s41tsv4rrffq69g5fai",
            "81aryz6s41tsv4rrffq69g5fav",
            "../../../../../etc/passwd00",
        ] {
            assert_eq!(OpId::parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn ids_keep_their_time_and_sort_by_it(a in 0..1_u64 << 48, b in 0..1_u64 << 48, random: [u8; 10]) {
            let (first, second) = (OpId::new(a, random), OpId::new(b, random));
            prop_assert_eq!(first.milliseconds(), a);
            prop_assert_eq!(first.cmp(&second), a.cmp(&b));
            prop_assert_eq!(OpId::parse(&first.as_str().to_uppercase()), Some(first));
        }
    }
}
