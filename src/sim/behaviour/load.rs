//! CPU, memory, network and disk of a running container.
//!
//! Counters must never run backwards, whoever asks when, so they are closed-form integrals of a load that
//! wanders: the wandering is built into the sum itself, with periods of seconds, minutes and a day.

use crate::sim::{
    clock::{Nanos, SECOND},
    noise,
    spec::{LoadSpec, Size},
};

/// Periods in seconds and their shares of a load's restlessness. The shares sum to less than one, so the
/// load stays positive.
const OCTAVES: [(f64, f64); 4] = [(1.9, 0.16), (11.0, 0.26), (67.0, 0.20), (420.0, 0.18)];
const DAY: f64 = 86_400.0;
const LEAK_PERIOD: Nanos = 6 * 3_600 * SECOND;

/// Seconds of load since the world's start, if the average load is one.
fn integral(key: u64, spec: &LoadSpec, at: Nanos) -> f64 {
    let seconds = at as f64 / SECOND as f64;
    let mut sum = seconds;
    for (number, (period, share)) in OCTAVES.into_iter().enumerate() {
        sum += spec.noise.clamp(0.0, 1.0)
            * share
            * period
            * noise::wander(key ^ number as u64, seconds / period);
    }
    let angle = seconds * std::f64::consts::TAU / DAY;
    sum - spec.daily.clamp(0.0, 0.2) * DAY / std::f64::consts::TAU * angle.cos()
}

/// A counter that can change its pace without jumping.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Meter {
    since: Nanos,
    carried: f64,
    factor: f64,
}

impl Meter {
    /// A meter at zero.
    pub(crate) fn new(since: Nanos) -> Self {
        Self { since, carried: 0.0, factor: 1.0 }
    }

    /// Seconds of load until `at`.
    pub(crate) fn read(&self, key: u64, spec: &LoadSpec, at: Nanos) -> f64 {
        let passed = integral(key, spec, at.max(self.since)) - integral(key, spec, self.since);
        self.carried + self.factor * passed.max(0.0)
    }

    /// Changes the pace from `at` on; zero stops the meter.
    pub(crate) fn pace(&mut self, key: u64, spec: &LoadSpec, at: Nanos, factor: f64) {
        *self = Self { carried: self.read(key, spec, at), since: at, factor };
    }
}

/// Bytes in use that cannot be reclaimed, `running` nanoseconds after the start.
pub(crate) fn memory(key: u64, spec: &LoadSpec, limit: u64, at: Nanos, running: Nanos) -> u64 {
    let seconds = at as f64 / SECOND as f64;
    let warm = (0.45 + 0.55 * (running as f64 / (20.0 * SECOND as f64))).clamp(0.0, 1.0);
    let wobble = 0.97 + 0.06 * noise::wander(key ^ 77, seconds / 23.0);
    let leaked = spec.leak.0 as f64 * (running.rem_euclid(LEAK_PERIOD) as f64 / (3_600 * SECOND) as f64);
    let bytes = spec.memory.0 as f64 * warm * wobble + leaked;
    let most = if limit == 0 { f64::MAX } else { limit as f64 * 0.97 };
    pages(bytes.min(most))
}

/// Bytes of a climb to the limit.
pub(crate) fn climbing(spec: &LoadSpec, limit: u64, share: f64) -> u64 {
    let base = spec.memory.0 as f64;
    pages(base + (limit as f64 * 0.998 - base) * share.clamp(0.0, 1.0))
}

fn pages(bytes: f64) -> u64 {
    (bytes as u64) & !0xfff
}

/// A byte counter that follows the load.
pub(crate) fn bytes(rate: Size, load_seconds: f64) -> u64 {
    (rate.0 as f64 * load_seconds) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_meter_never_runs_backwards_and_averages_its_load() {
        let spec = LoadSpec { noise: 1.0, daily: 0.2, ..LoadSpec::default() };
        let meter = Meter::new(0);
        let mut last = 0.0;
        for step in 0..5_000 {
            let read = meter.read(9, &spec, step * SECOND / 3);
            assert!(read >= last, "{read} after {last}");
            last = read;
        }
        assert!((last / (5_000.0 / 3.0) - 1.0).abs() < 0.3);
    }
}
