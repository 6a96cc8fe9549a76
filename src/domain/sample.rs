//! Measurements: what the engine counted, and the rates between two counts.

use jiff::Timestamp;

/// Counters of one container at one moment. They only grow while it runs; a restart sets them back.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// When it was taken, by the clock of the one who took it.
    pub at: Timestamp,
    /// CPU time used since start, in nanoseconds.
    pub cpu_ns: u64,
    /// CPU time of the whole host in nanoseconds, where the source tells it: docker's own denominator.
    pub system_ns: Option<u64>,
    /// CPUs that the container may run on.
    pub cpus: u32,
    /// Memory.
    pub memory: Memory,
    /// Bytes received and sent over all its interfaces; `None` where it has none of its own.
    pub network: Option<Traffic>,
    /// Bytes read from and written to block devices; `None` where the host does not count them.
    pub block: Option<Traffic>,
    /// Processes and threads.
    pub pids: Option<u64>,
    /// How its CPU quota has held it back; `None` where it is not told.
    pub share: Option<CpuShare>,
    /// How long its processes had to wait; only kernels with control groups of version 2 tell.
    pub pressure: Option<Pressure>,
    /// Who has counted.
    pub source: SampleSource,
}

/// Who has counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SampleSource {
    /// The engine was asked.
    #[default]
    Engine,
    /// The kernel's own files were read.
    Kernel,
}

impl SampleSource {
    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Engine => "engine",
            Self::Kernel => "cgroup",
        }
    }
}

/// Counters of a CPU quota since the container's start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CpuShare {
    /// Periods in which it wanted to run, of 100 ms as a rule.
    pub periods: u64,
    /// Those in which its quota was used up before their end.
    pub throttled: u64,
    /// For how long it stood still then, in nanoseconds over all CPUs.
    pub throttled_ns: u64,
}

/// The part of the last ten seconds, in percent, in which some process of the container had to wait: the kernel's
/// pressure stall information.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Pressure {
    /// For a CPU.
    pub cpu: f32,
    /// For memory.
    pub memory: f32,
    /// For block devices.
    pub io: f32,
}

/// Memory of a container.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// Bytes in use without the page cache that could be dropped at once, as the Docker CLI shows it: usage minus
    /// `total_inactive_file` (cgroup v1) or `inactive_file` (v2).
    pub used: u64,
    /// The ceiling in bytes: the container's limit, else its host's memory; 0 where unknown.
    pub limit: u64,
}

impl Memory {
    /// Use in percent of the ceiling; `None` where that is unknown.
    #[must_use]
    pub fn percent(&self) -> Option<f64> {
        (self.limit > 0).then(|| self.used as f64 * 100.0 / self.limit as f64)
    }
}

/// Bytes into and out of a container.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Bytes received, or read.
    pub input: u64,
    /// Bytes sent, or written.
    pub output: u64,
}

impl Pressure {
    /// The worse of both, each for itself.
    #[must_use]
    pub fn worse(self, other: Self) -> Self {
        Self {
            cpu: self.cpu.max(other.cpu),
            memory: self.memory.max(other.memory),
            io: self.io.max(other.io),
        }
    }
}

/// What a container uses now.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Usage {
    /// CPU in percent of one core, as the Docker CLI has it: 250 is two and a half cores. `None` until two
    /// samples of one run are known.
    pub cpu_percent: Option<f64>,
    /// Memory.
    pub memory: Memory,
    /// Network totals since start, in bytes.
    pub network: Option<Traffic>,
    /// Network rates, in bytes per second: received, sent.
    pub network_rate: Option<(f64, f64)>,
    /// Block I/O totals since start, in bytes.
    pub block: Option<Traffic>,
    /// Block I/O rates, in bytes per second: read, written.
    pub block_rate: Option<(f64, f64)>,
    /// Processes and threads.
    pub pids: Option<u64>,
    /// Periods between the samples in which its CPU quota was used up, in percent; `None` where it has no quota.
    pub throttled_percent: Option<f64>,
    /// How long its processes had to wait.
    pub pressure: Option<Pressure>,
    /// Who has counted.
    pub source: SampleSource,
}

impl Usage {
    /// The usage at `next`, with rates since `previous` where both belong to one run of the container.
    #[must_use]
    pub fn between(previous: Option<&Sample>, next: &Sample) -> Self {
        let previous = previous.filter(|previous| is_one_run(previous, next));
        Self {
            cpu_percent: previous.and_then(|previous| cpu_percent(previous, next)),
            memory: next.memory,
            network: next.network,
            network_rate: previous.and_then(|p| rate(p.network?, next.network?, seconds(p, next))),
            block: next.block,
            block_rate: previous.and_then(|p| rate(p.block?, next.block?, seconds(p, next))),
            pids: next.pids,
            throttled_percent: previous.and_then(|previous| throttled(previous.share?, next.share?)),
            pressure: next.pressure,
            source: next.source,
        }
    }

    /// The sum over replicas: rates and totals add up, as do ceilings.
    #[must_use]
    pub fn sum<'a>(usages: impl IntoIterator<Item = &'a Self>) -> Option<Self> {
        usages.into_iter().fold(None, |sum: Option<Self>, usage| {
            Some(match sum {
                None => usage.clone(),
                Some(sum) => sum.plus(usage),
            })
        })
    }

    fn plus(&self, other: &Self) -> Self {
        let traffic =
            |a: Traffic, b: Traffic| Traffic { input: a.input + b.input, output: a.output + b.output };
        let pair = |a: (f64, f64), b: (f64, f64)| (a.0 + b.0, a.1 + b.1);
        Self {
            cpu_percent: merge(self.cpu_percent, other.cpu_percent, |a, b| a + b),
            memory: Memory {
                used: self.memory.used + other.memory.used,
                limit: self.memory.limit + other.memory.limit,
            },
            network: merge(self.network, other.network, traffic),
            network_rate: merge(self.network_rate, other.network_rate, pair),
            block: merge(self.block, other.block, traffic),
            block_rate: merge(self.block_rate, other.block_rate, pair),
            pids: merge(self.pids, other.pids, |a, b| a + b),
            // Of these the worst one counts: a sum of them says nothing.
            throttled_percent: merge(self.throttled_percent, other.throttled_percent, f64::max),
            pressure: merge(self.pressure, other.pressure, Pressure::worse),
            source: if self.source == other.source { self.source } else { SampleSource::Engine },
        }
    }
}

fn merge<T>(a: Option<T>, b: Option<T>, add: impl Fn(T, T) -> T) -> Option<T> {
    match (a, b) {
        (Some(a), Some(b)) => Some(add(a, b)),
        (one, other) => one.or(other),
    }
}

/// A counter that went back means that the container was restarted in between.
fn is_one_run(previous: &Sample, next: &Sample) -> bool {
    next.at > previous.at && next.cpu_ns >= previous.cpu_ns
}

/// Docker's formula where the host's CPU time is known (Δcontainer / Δhost × CPUs × 100), else wall time.
fn cpu_percent(previous: &Sample, next: &Sample) -> Option<f64> {
    let used = (next.cpu_ns - previous.cpu_ns) as f64;
    let share = match (previous.system_ns, next.system_ns) {
        (Some(before), Some(after)) if after > before => {
            used / (after - before) as f64 * f64::from(next.cpus)
        }
        (Some(_), Some(_)) => return None,
        _ => used / (seconds(previous, next) * 1e9),
    };
    Some(share * 100.0)
}

/// A quota that was not there, or not used, between the samples has held nothing back.
fn throttled(before: CpuShare, after: CpuShare) -> Option<f64> {
    let periods = after.periods.checked_sub(before.periods).filter(|periods| *periods > 0)?;
    Some(after.throttled.checked_sub(before.throttled)? as f64 * 100.0 / periods as f64)
}

fn seconds(previous: &Sample, next: &Sample) -> f64 {
    next.at.duration_since(previous.at).as_secs_f64()
}

fn rate(before: Traffic, after: Traffic, seconds: f64) -> Option<(f64, f64)> {
    let input = after.input.checked_sub(before.input)?;
    let output = after.output.checked_sub(before.output)?;
    (seconds > 0.0).then(|| (input as f64 / seconds, output as f64 / seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(second: i64, cpu_ns: u64, received: u64) -> Sample {
        Sample {
            at: Timestamp::from_second(second).unwrap(),
            cpu_ns,
            system_ns: None,
            cpus: 4,
            memory: Memory { used: 100, limit: 400 },
            network: Some(Traffic { input: received, output: 0 }),
            block: None,
            pids: Some(3),
            share: None,
            pressure: None,
            source: SampleSource::Engine,
        }
    }

    #[test]
    fn cpu_is_in_percent_of_one_core() {
        let usage = Usage::between(Some(&sample(10, 0, 0)), &sample(12, 3_000_000_000, 0));
        assert_eq!(usage.cpu_percent, Some(150.0));
    }

    #[test]
    fn the_hosts_cpu_time_is_the_denominator_where_it_is_known() {
        let with = |second, cpu, system| Sample { system_ns: Some(system), ..sample(second, cpu, 0) };
        let usage = Usage::between(Some(&with(1, 0, 0)), &with(2, 1_000_000_000, 4_000_000_000));
        assert_eq!(usage.cpu_percent, Some(100.0));
    }

    #[test]
    fn a_quota_that_is_used_up_in_one_period_of_four_throttles_by_a_quarter() {
        let with = |second, periods, throttled| {
            let share = CpuShare { periods, throttled, throttled_ns: 0 };
            Sample { share: Some(share), ..sample(second, 0, 0) }
        };
        let percent = |after| Usage::between(Some(&with(1, 10, 5)), &after).throttled_percent;
        assert_eq!(percent(with(2, 18, 7)), Some(25.0));
        assert_eq!(percent(with(2, 10, 5)), None, "it did not want to run");
        assert_eq!(percent(sample(2, 0, 0)), None, "it has no quota");
    }

    #[test]
    fn of_replicas_under_pressure_the_worst_one_counts() {
        let under = |cpu, io| Usage { pressure: Some(Pressure { cpu, memory: 0.0, io }), ..Usage::default() };
        let sum = Usage::sum(&[under(1.0, 7.0), under(3.0, 2.0)]).unwrap();
        assert_eq!(sum.pressure, Some(Pressure { cpu: 3.0, memory: 0.0, io: 7.0 }));
    }

    #[test]
    fn a_restart_is_a_gap_and_no_spike() {
        let usage = Usage::between(Some(&sample(10, 9_000_000_000, 500)), &sample(11, 1_000, 10));
        assert_eq!((usage.cpu_percent, usage.network_rate), (None, None));
        assert_eq!(usage.memory.used, 100);
    }

    #[test]
    fn rates_are_per_second() {
        let usage = Usage::between(Some(&sample(10, 0, 1000)), &sample(14, 1, 3000));
        assert_eq!(usage.network_rate, Some((500.0, 0.0)));
    }

    #[test]
    fn a_sum_over_replicas_keeps_what_only_one_of_them_reports() {
        let one = Usage::between(Some(&sample(1, 0, 0)), &sample(2, 1_000_000_000, 10));
        let other = Usage::between(None, &sample(2, 0, 0));
        let sum = Usage::sum([&one, &other]).unwrap();
        assert_eq!((sum.cpu_percent, sum.memory.used, sum.pids), (Some(100.0), 200, Some(6)));
    }
}
