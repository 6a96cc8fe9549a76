//! Randomness as a pure function.
//!
//! Nothing here has state: a value depends on a key (made of the seed and an entity's name) and an index, so
//! the world looks the same whoever asks, whenever and in whatever order.

/// Mixes 64 bits well (splitmix64).
pub(crate) fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The key of a named entity under a seed.
pub(crate) fn key(seed: u64, name: &str) -> u64 {
    name.bytes().fold(mix(seed), |hash, byte| mix(hash ^ u64::from(byte)))
}

/// The key of the `index`th part of something.
pub(crate) fn part(key: u64, index: i64) -> u64 {
    mix(key ^ mix(index as u64))
}

/// Evenly distributed in 0..1.
pub(crate) fn unit(key: u64, index: i64) -> f64 {
    (part(key, index) >> 11) as f64 / (1u64 << 53) as f64
}

/// A whole number in `low..=high`.
pub(crate) fn between(key: u64, index: i64, low: u64, high: u64) -> u64 {
    low + part(key, index) % (high.saturating_sub(low) + 1)
}

/// One of the items, if there are any.
pub(crate) fn pick<T>(key: u64, index: i64, items: &[T]) -> Option<&T> {
    let count = u64::try_from(items.len()).ok().filter(|count| *count > 0)?;
    items.get(usize::try_from(part(key, index) % count).ok()?)
}

/// A line that wanders in 0..1, with one corner at each whole `x`.
pub(crate) fn wander(key: u64, x: f64) -> f64 {
    let floor = x.floor();
    let (from, to) = (unit(key, floor as i64), unit(key, floor as i64 + 1));
    from + (to - from) * (x - floor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_key_and_index_give_the_same_value() {
        assert_eq!(unit(key(1, "api"), 7).to_bits(), unit(key(1, "api"), 7).to_bits());
        assert_ne!(key(1, "api"), key(2, "api"));
    }

    #[test]
    fn a_wandering_line_has_no_steps() {
        let key = key(3, "x");
        assert!((wander(key, 4.999_999) - wander(key, 5.0)).abs() < 1e-4);
    }
}
