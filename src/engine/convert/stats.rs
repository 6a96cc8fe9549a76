//! Statistics: `GET /containers/{id}/stats`. The formulas are those of the Docker CLI.

use std::collections::BTreeMap;

use super::{moment, wire};
use crate::domain::{CpuShare, Memory, Sample, SampleSource, Traffic};

wire! {
    /// One reading. `precpu` is the CPU of the reading before, taken at `preread`; empty in the first.
    struct Told {
        read: String = "read",
        read_before: String = "preread",
        cpu: Cpu = "cpu_stats",
        cpu_before: Cpu = "precpu_stats",
        memory: MemoryTold = "memory_stats",
        networks: Option<BTreeMap<String, Interface>> = "networks",
        block: Block = "blkio_stats",
        pids: Pids = "pids_stats",
    }

    /// CPU.
    struct Cpu {
        usage: CpuUsage = "cpu_usage",
        system: Option<u64> = "system_cpu_usage",
        online: u32 = "online_cpus",
        throttling: Throttling = "throttling_data",
    }

    /// The CPU quota.
    struct Throttling { periods: u64 = "periods", throttled: u64 = "throttled_periods", time: u64 = "throttled_time" }

    /// CPU of the container.
    struct CpuUsage { total: u64 = "total_usage", each: Vec<u64> = "percpu_usage" }

    /// Memory.
    struct MemoryTold { usage: u64 = "usage", limit: u64 = "limit", stats: BTreeMap<String, u64> = "stats" }

    /// One network interface.
    struct Interface { received: u64 = "rx_bytes", sent: u64 = "tx_bytes" }

    /// Block devices.
    struct Block { bytes: Option<Vec<BlockEntry>> = "io_service_bytes_recursive" }

    /// One device and direction.
    struct BlockEntry { operation: String = "op", value: u64 = "value" }

    /// Processes.
    struct Pids { current: Option<u64> = "current" }
}

impl Told {
    /// The sample; `None` for a container that does not run, of which the engine tells the year 1.
    pub(in crate::engine) fn sample(&self) -> Option<Sample> {
        Some(Sample {
            at: moment(&self.read)?,
            cpu_ns: self.cpu.usage.total,
            system_ns: self.cpu.system,
            cpus: self.cpu.count(),
            memory: self.memory.memory(),
            network: self.networks.as_ref().map(traffic),
            block: self.block_traffic(),
            pids: self.pids.current,
            share: self.cpu.throttling.share(),
            pressure: None,
            source: SampleSource::Engine,
        })
    }

    /// The CPU of the reading before, for a rate from a single answer. It tells nothing but CPU.
    pub(in crate::engine) fn before(&self) -> Option<Sample> {
        let cpu = &self.cpu_before;
        cpu.system?;
        Some(Sample {
            at: moment(&self.read_before)?,
            cpu_ns: cpu.usage.total,
            system_ns: cpu.system,
            cpus: cpu.count(),
            memory: Memory::default(),
            network: None,
            block: None,
            pids: None,
            share: None,
            pressure: None,
            source: SampleSource::Engine,
        })
    }

    /// With cgroup v2 the engine leaves the list out until there was a first access; with v1 only where the host
    /// does not count. Only v1 has `hierarchical_memory_limit` among its memory statistics.
    fn block_traffic(&self) -> Option<Traffic> {
        let is_v1 = self.memory.stats.contains_key("hierarchical_memory_limit");
        match &self.block.bytes {
            None if is_v1 || self.memory.stats.is_empty() => None,
            None => Some(Traffic::default()),
            Some(entries) => {
                let sum = |letter: char| {
                    entries.iter().filter(|entry| entry.is(letter)).map(|entry| entry.value).sum()
                };
                Some(Traffic { input: sum('r'), output: sum('w') })
            }
        }
    }
}

impl Throttling {
    /// An engine tells zeros of a container without a quota.
    fn share(&self) -> Option<CpuShare> {
        let Self { periods, throttled, time: throttled_ns } = *self;
        (periods > 0).then_some(CpuShare { periods, throttled, throttled_ns })
    }
}

impl Cpu {
    fn count(&self) -> u32 {
        match (self.online, self.usage.each.len()) {
            (0, each) => u32::try_from(each).unwrap_or_default().max(1),
            (online, _) => online,
        }
    }
}

impl MemoryTold {
    /// Usage without the page cache that could be dropped at once, where that is less than usage.
    fn memory(&self) -> Memory {
        let stat = |name: &str| self.stats.get(name).copied();
        let droppable = stat("total_inactive_file").or_else(|| stat("inactive_file")).unwrap_or_default();
        let used = if droppable < self.usage { self.usage - droppable } else { self.usage };
        Memory { used, limit: self.limit }
    }
}

impl BlockEntry {
    fn is(&self, letter: char) -> bool {
        self.operation.chars().next().is_some_and(|first| first.eq_ignore_ascii_case(&letter))
    }
}

fn traffic(interfaces: &BTreeMap<String, Interface>) -> Traffic {
    Traffic {
        input: interfaces.values().map(|interface| interface.received).sum(),
        output: interfaces.values().map(|interface| interface.sent).sum(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::Usage;

    fn read(json: &serde_json::Value) -> Told {
        serde_json::from_str(&json.to_string()).unwrap()
    }

    #[test]
    fn memory_leaves_out_the_page_cache_of_either_cgroup_version() {
        let used = |stats: serde_json::Value| {
            read(&json!({"memory_stats": {"usage": 100, "limit": 400, "stats": stats}})).memory.memory().used
        };
        assert_eq!(used(json!({"total_inactive_file": 30, "inactive_file": 10})), 70);
        assert_eq!(used(json!({"inactive_file": 10})), 90);
        assert_eq!(used(json!({"inactive_file": 100})), 100);
        assert_eq!(used(json!({})), 100);
    }

    #[test]
    fn one_answer_with_both_readings_gives_the_rate_of_the_docker_cli() {
        let told = read(&json!({
            "read": "2026-08-20T10:00:01Z", "preread": "2026-08-20T10:00:00Z",
            "cpu_stats": {"cpu_usage": {"total_usage": 3_000}, "system_cpu_usage": 20_000, "online_cpus": 4},
            "precpu_stats": {"cpu_usage": {"total_usage": 1_000}, "system_cpu_usage": 10_000, "online_cpus": 4},
            "networks": {"eth0": {"rx_bytes": 1, "tx_bytes": 2}, "eth1": {"rx_bytes": 10, "tx_bytes": 20}},
            "blkio_stats": {"io_service_bytes_recursive": [
                {"op": "Read", "value": 5}, {"op": "write", "value": 6}, {"op": "Total", "value": 11}]},
            "pids_stats": {"current": 3},
        }));
        let now = told.sample().unwrap();
        assert_eq!(Usage::between(told.before().as_ref(), &now).cpu_percent, Some(80.0));
        assert_eq!(now.network, Some(Traffic { input: 11, output: 22 }));
        assert_eq!(now.block, Some(Traffic { input: 5, output: 6 }));
        assert_eq!(now.pids, Some(3));
    }

    #[test]
    fn a_container_that_does_not_run_has_no_sample() {
        assert_eq!(read(&json!({"read": "0001-01-01T00:00:00Z"})).sample(), None);
    }

    #[test]
    fn without_a_reading_before_there_is_none() {
        let told = read(&json!({"read": "2026-08-20T10:00:01Z", "preread": "0001-01-01T00:00:00Z",
            "precpu_stats": {"cpu_usage": {"total_usage": 0}}}));
        assert_eq!(told.before(), None);
    }

    #[test]
    fn cpus_are_counted_where_an_old_engine_does_not_tell_them() {
        let told = read(&json!({"cpu_stats": {"cpu_usage": {"percpu_usage": [1, 2, 3]}}}));
        assert_eq!(told.cpu.count(), 3);
    }

    #[test]
    fn a_host_that_does_not_count_block_traffic_is_told_from_an_idle_container() {
        let block = |stats: serde_json::Value, bytes: serde_json::Value| {
            let stats = json!({"memory_stats": {"stats": stats}, "blkio_stats": {"io_service_bytes_recursive": bytes}});
            read(&stats).block_traffic()
        };
        let (v1, v2) = (json!({"hierarchical_memory_limit": 9}), json!({"inactive_file": 0}));
        assert_eq!(block(v1.clone(), json!(null)), None);
        assert_eq!(block(v1, json!([])), Some(Traffic::default()));
        assert_eq!(block(v2, json!(null)), Some(Traffic::default()));
    }
}
