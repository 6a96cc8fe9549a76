//! How the kernel writes numbers into its files.

use crate::domain::Traffic;

/// A file that is one number; `max` is the greatest.
pub(super) fn single(text: &str) -> Option<u64> {
    match text.trim() {
        "max" => Some(u64::MAX),
        number => number.parse().ok(),
    }
}

/// The number behind a key, one of which stands at the beginning of each line.
pub(super) fn keyed(text: &str, key: &str) -> Option<u64> {
    let rest = text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(' '))?;
    rest.trim().parse().ok()
}

/// Bytes of a key of `/proc/meminfo`, which is in kibibytes.
pub(super) fn kibibytes(text: &str, key: &str) -> Option<u64> {
    let rest = text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':'))?;
    rest.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

/// Bytes of block devices as version 1 has them: `8:0 Read 4096`.
pub(super) fn block_by_operation(text: &str) -> Traffic {
    let mut sum = Traffic::default();
    for line in text.lines() {
        let mut words = line.split(' ').skip(1);
        let (Some(operation), Some(bytes)) = (words.next(), words.next().and_then(single)) else { continue };
        match operation {
            "Read" => sum.input += bytes,
            "Write" => sum.output += bytes,
            _ => {}
        }
    }
    sum
}

/// The same as version 2 has them: `8:0 rbytes=4096 wbytes=0 …`.
pub(super) fn block_by_key(text: &str) -> Traffic {
    let mut sum = Traffic::default();
    for word in text.split_ascii_whitespace() {
        match word.split_once('=') {
            Some(("rbytes", bytes)) => sum.input += single(bytes).unwrap_or_default(),
            Some(("wbytes", bytes)) => sum.output += single(bytes).unwrap_or_default(),
            _ => {}
        }
    }
    sum
}

/// Bytes over all interfaces but the loopback, from `/proc/<pid>/net/dev`; `None` where there is no other.
pub(super) fn network(text: &str) -> Option<Traffic> {
    // Received bytes come first, sent ones ninth.
    const SENT: usize = 8;
    let mut sum = None;
    for line in text.lines() {
        let Some((name, counts)) = line.split_once(':') else { continue };
        let mut counts = counts.split_ascii_whitespace();
        let (received, sent) = (counts.next().and_then(single), counts.nth(SENT - 1).and_then(single));
        if let (false, Some(received), Some(sent)) = (name.trim() == "lo", received, sent) {
            let sum: &mut Traffic = sum.get_or_insert_default();
            sum.input += received;
            sum.output += sent;
        }
    }
    sum
}

/// The part of the last ten seconds, in percent, in which some process had to wait: `some avg10=1.50 …`.
pub(super) fn pressure(text: &str) -> Option<f32> {
    let some = text.lines().find_map(|line| line.strip_prefix("some "))?;
    some.split(' ').find_map(|word| word.strip_prefix("avg10="))?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_a_whole_word() {
        let text = "inactive_file 10\ntotal_inactive_file 30\n";
        assert_eq!(keyed(text, "total_inactive_file"), Some(30));
        assert_eq!(keyed(text, "inactive_file"), Some(10));
        assert_eq!(keyed(text, "inactive"), None);
    }

    #[test]
    fn no_limit_is_the_greatest_number() {
        assert_eq!((single("max\n"), single("42\n"), single("")), (Some(u64::MAX), Some(42), None));
    }

    #[test]
    fn devices_of_both_versions_are_summed() {
        let first = "8:0 Read 5\n8:0 Write 6\n8:0 Sync 7\n8:16 Read 1\n8:0 Total 11\nTotal 12\n";
        assert_eq!(block_by_operation(first), Traffic { input: 6, output: 6 });
        let second = "8:0 rbytes=5 wbytes=6 rios=1 wios=1\n8:16 rbytes=1 wbytes=0\n";
        assert_eq!(block_by_key(second), Traffic { input: 6, output: 6 });
    }

    #[test]
    fn the_loopback_is_no_traffic() {
        let head = "Inter-|   Receive    |  Transmit\n face |bytes packets|bytes packets\n";
        let lo = "    lo: 100 1 0 0 0 0 0 0 100 1 0 0 0 0 0 0\n";
        let eth = "  eth0:7 1 0 0 0 0 0 0 9 1 0 0 0 0 0 0\n";
        assert_eq!(network(&format!("{head}{lo}{eth}")), Some(Traffic { input: 7, output: 9 }));
        assert_eq!(network(&format!("{head}{lo}")), None);
    }

    #[test]
    fn pressure_is_that_of_the_last_ten_seconds() {
        let text = "some avg10=1.50 avg60=0.30 avg300=0.10 total=12345\nfull avg10=0.00 avg60=0.00\n";
        assert_eq!(pressure(text), Some(1.5));
        assert_eq!(pressure(""), None);
    }
}
