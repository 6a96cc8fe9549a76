use std::fs;

use tempfile::TempDir;

use super::*;
use crate::domain::{CpuShare, Memory, Pressure, SampleSource, Traffic, testing::replica};

const PID: u32 = 77;

/// A host made of files.
struct FakeHost {
    folder: TempDir,
    container: Container,
}

impl FakeHost {
    fn new() -> Self {
        let mut container = replica("shop", "web", 1);
        container.pid = Some(PID);
        let host = Self { folder: TempDir::new().unwrap(), container };
        host.put("proc/meminfo", "MemFree: 1 kB\nMemTotal:       8388608 kB\n");
        let dev = "head\n  eth0: 7 1 0 0 0 0 0 0 9 1 0 0 0 0 0 0\n";
        host.put(&format!("proc/{PID}/net/dev"), dev);
        host
    }

    /// A host of version 1 with a hierarchy for each controller.
    fn split() -> Self {
        let host = Self::new();
        let at = host.folder.path().join("cg");
        let mount =
            |name: &str| format!("33 31 0:30 / {}/{name} rw - cgroup cgroup rw,{name}\n", at.display());
        let names = ["cpu", "cpuacct", "memory", "pids", "blkio"];
        host.put("proc/self/mountinfo", &names.map(mount).concat());
        let path = format!("/docker/{}", host.container.id);
        let lines = names.map(|name| format!("3:{name}:{path}\n")).concat();
        host.put(&format!("proc/{PID}/cgroup"), &format!("{lines}0::/\n"));
        for (file, text) in [
            ("cpuacct{}/cpuacct.usage", "5000000000\n"),
            ("cpu{}/cpu.stat", "nr_periods 10\nnr_throttled 4\nthrottled_time 900\n"),
            ("memory{}/memory.usage_in_bytes", "1000\n"),
            ("memory{}/memory.stat", "inactive_file 1\ntotal_inactive_file 300\n"),
            ("memory{}/memory.limit_in_bytes", "9223372036854771712\n"),
            ("pids{}/pids.current", "12\n"),
            ("blkio{}/blkio.throttle.io_service_bytes", "8:0 Read 5\n8:0 Write 6\nTotal 11\n"),
        ] {
            host.put(&format!("cg/{}", file.replace("{}", &path)), text);
        }
        host
    }

    /// A host of version 2.
    fn unified() -> Self {
        let host = Self::new();
        let at = host.folder.path().join("cg");
        host.put("proc/self/mountinfo", &format!("41 31 0:38 / {} rw - cgroup2 cgroup2 rw\n", at.display()));
        let path = format!("/system.slice/docker-{}.scope", host.container.id);
        host.put(&format!("proc/{PID}/cgroup"), &format!("0::{path}/init.scope\n"));
        for (file, text) in [
            ("cpu.stat", "usage_usec 5000000\nnr_periods 10\nnr_throttled 4\nthrottled_usec 9\n"),
            ("memory.current", "1000\n"),
            ("memory.stat", "inactive_file 300\n"),
            ("memory.max", "4096\n"),
            ("pids.current", "12\n"),
            ("io.stat", "8:0 rbytes=5 wbytes=6 rios=1\n"),
            ("cpu.pressure", "some avg10=1.50 avg60=0.00 total=1\n"),
            ("memory.pressure", "some avg10=0.00 avg60=0.00 total=1\n"),
            ("io.pressure", "some avg10=20.00 avg60=0.00 total=1\n"),
        ] {
            host.put(&format!("cg{path}/{file}"), text);
        }
        host
    }

    fn put(&self, file: &str, text: &str) {
        let path = self.folder.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn counters(&self) -> LocalCounters {
        LocalCounters::below(&self.folder.path().join("proc")).unwrap()
    }

    fn sample(&self) -> Sample {
        let mut counters = self.counters();
        assert!(counters.has(&self.container));
        let samples = counters.sweep();
        assert_eq!(samples[0].0, self.container.id);
        samples[0].1.clone()
    }
}

#[test]
fn a_host_with_a_hierarchy_for_each_controller_is_measured_as_the_engine_does() {
    let sample = FakeHost::split().sample();
    assert_eq!(sample.cpu_ns, 5_000_000_000);
    assert_eq!(sample.memory, Memory { used: 700, limit: 8 << 30 }, "without a limit the host is it");
    assert_eq!(sample.network, Some(Traffic { input: 7, output: 9 }));
    assert_eq!(sample.block, Some(Traffic { input: 5, output: 6 }));
    assert_eq!(sample.pids, Some(12));
    assert_eq!(sample.share, Some(CpuShare { periods: 10, throttled: 4, throttled_ns: 900 }));
    assert_eq!((sample.pressure, sample.source), (None, SampleSource::Kernel));
}

#[test]
fn a_host_with_one_hierarchy_also_tells_pressure() {
    let sample = FakeHost::unified().sample();
    assert_eq!(sample.cpu_ns, 5_000_000_000);
    assert_eq!(sample.memory, Memory { used: 700, limit: 4096 });
    assert_eq!(sample.block, Some(Traffic { input: 5, output: 6 }));
    assert_eq!(sample.share, Some(CpuShare { periods: 10, throttled: 4, throttled_ns: 9000 }));
    assert_eq!(sample.pressure, Some(Pressure { cpu: 1.5, memory: 0.0, io: 20.0 }));
}

#[test]
fn the_hosts_own_interfaces_are_not_those_of_a_container() {
    let mut host = FakeHost::unified();
    host.container.networks = vec!["host".to_owned()];
    assert_eq!(host.sample().network, None);
}

#[test]
fn a_file_that_cannot_be_read_leaves_the_container_to_the_engine() {
    let host = FakeHost::split();
    let usage = host.folder.path().join(format!("cg/memory/docker/{}", host.container.id));
    fs::remove_dir_all(usage).unwrap();
    assert!(!host.counters().has(&host.container));
}

#[test]
fn a_container_that_is_gone_is_not_measured_any_more() {
    let host = FakeHost::unified();
    let mut counters = host.counters();
    assert!(counters.has(&host.container));
    fs::remove_dir_all(host.folder.path().join("cg")).unwrap();
    assert_eq!(counters.sweep(), []);
}

#[test]
fn a_process_of_that_number_that_is_not_the_containers_is_none_of_it() {
    let host = FakeHost::unified();
    host.put(&format!("proc/{PID}/cgroup"), "0::/system.slice/cron.service\n");
    assert!(!host.counters().has(&host.container));
}

#[test]
fn a_container_that_was_started_again_is_looked_for_again() {
    let mut host = FakeHost::unified();
    let mut counters = host.counters();
    assert!(counters.has(&host.container));
    host.container.pid = Some(PID + 1);
    assert!(!counters.has(&host.container), "there is no such process");
}
