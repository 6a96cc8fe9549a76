//! The files that tell what one container uses.

use std::{
    fs::File,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use jiff::Timestamp;

use super::{hierarchy::Hierarchies, membership::Membership, numbers};
use crate::domain::{Container, CpuShare, Memory, Pressure, Sample, SampleSource, Traffic};

/// What the host has: the ceiling of a container that has none of its own.
#[derive(Debug)]
pub(super) struct Ceiling {
    /// Bytes of memory.
    pub(super) memory: u64,
    /// CPUs.
    pub(super) cpus: u32,
}

/// A container's files.
#[derive(Debug)]
pub(super) struct Account {
    /// The process by which it was found; another one means that it was restarted.
    pub(super) pid: u32,
    groups: Groups,
    /// Its interfaces; `None` where they are the host's.
    network: Option<PathBuf>,
}

/// Its control groups.
#[derive(Debug)]
enum Groups {
    /// A folder for each controller.
    Split {
        cpuacct: PathBuf,
        memory: PathBuf,
        cpu: Option<PathBuf>,
        pids: Option<PathBuf>,
        blkio: Option<PathBuf>,
    },
    /// One for all.
    Unified(PathBuf),
}

impl Account {
    /// Version 1 is taken where it counts: on a host that is half-way, version 2 has groups without controllers.
    pub(super) fn find(
        hierarchies: &Hierarchies,
        member: &Membership<'_>,
        process: &Path,
        pid: u32,
        container: &Container,
    ) -> Option<Self> {
        let of = |controller: &str| hierarchies.of_controller(controller, member);
        let groups = match (of("cpuacct"), of("memory")) {
            (Some(cpuacct), Some(memory)) => {
                Groups::Split { cpuacct, memory, cpu: of("cpu"), pids: of("pids"), blkio: of("blkio") }
            }
            _ => Groups::Unified(hierarchies.unified(member)?),
        };
        let is_hosts = container.networks.iter().any(|name| name == "host");
        Some(Self { pid, groups, network: (!is_hosts).then(|| process.join("net/dev")) })
    }

    /// What it uses now; `None` if that cannot be read.
    pub(super) fn sample(&self, host: &Ceiling, buffer: &mut Vec<u8>) -> Option<Sample> {
        let mut files = Files { buffer };
        let network = self.network.as_ref().and_then(|path| numbers::network(files.text(path)?));
        let counted = match &self.groups {
            Groups::Split { cpuacct, memory, cpu, pids, blkio } => Counted {
                cpu_ns: numbers::single(files.text(&cpuacct.join("cpuacct.usage"))?)?,
                at: Timestamp::now(),
                usage: numbers::single(files.text(&memory.join("memory.usage_in_bytes"))?)?,
                droppable: numbers::keyed(files.text(&memory.join("memory.stat"))?, "total_inactive_file"),
                limit: numbers::single(files.text(&memory.join("memory.limit_in_bytes"))?)?,
                pids: pids.as_ref().and_then(|it| numbers::single(files.text(&it.join("pids.current"))?)),
                block: blkio.as_ref().and_then(|folder| files.throttled_bytes(folder)),
                share: cpu
                    .as_ref()
                    .and_then(|it| share(files.text(&it.join("cpu.stat"))?, "throttled_time", 1)),
                pressure: None,
            },
            Groups::Unified(folder) => {
                let cpu = files.text(&folder.join("cpu.stat"))?;
                Counted {
                    cpu_ns: numbers::keyed(cpu, "usage_usec")?.checked_mul(1000)?,
                    at: Timestamp::now(),
                    share: share(cpu, "throttled_usec", 1000),
                    usage: numbers::single(files.text(&folder.join("memory.current"))?)?,
                    droppable: numbers::keyed(files.text(&folder.join("memory.stat"))?, "inactive_file"),
                    limit: numbers::single(files.text(&folder.join("memory.max"))?)?,
                    pids: files.text(&folder.join("pids.current")).and_then(numbers::single),
                    block: files.text(&folder.join("io.stat")).map(numbers::block_by_key),
                    pressure: files.pressure(folder),
                }
            }
        };
        Some(counted.sample(network, host))
    }
}

/// What both versions count.
struct Counted {
    at: Timestamp,
    cpu_ns: u64,
    share: Option<CpuShare>,
    usage: u64,
    droppable: Option<u64>,
    limit: u64,
    pids: Option<u64>,
    block: Option<Traffic>,
    pressure: Option<Pressure>,
}

impl Counted {
    fn sample(self, network: Option<Traffic>, host: &Ceiling) -> Sample {
        let droppable = self.droppable.unwrap_or_default();
        let used = if droppable < self.usage { self.usage - droppable } else { self.usage };
        Sample {
            source: SampleSource::Kernel,
            at: self.at,
            cpu_ns: self.cpu_ns,
            system_ns: None,
            cpus: host.cpus,
            memory: Memory { used, limit: self.limit.min(host.memory) },
            network,
            block: self.block,
            pids: self.pids,
            share: self.share,
            pressure: self.pressure,
        }
    }
}

/// What `cpu.stat` tells of the CPU quota; the kernel's time is in units of so many nanoseconds.
fn share(text: &str, time: &str, unit_ns: u64) -> Option<CpuShare> {
    Some(CpuShare {
        periods: numbers::keyed(text, "nr_periods")?,
        throttled: numbers::keyed(text, "nr_throttled")?,
        throttled_ns: numbers::keyed(text, time)?.saturating_mul(unit_ns),
    })
}

/// Reads files one after the other into one buffer.
struct Files<'a> {
    buffer: &'a mut Vec<u8>,
}

impl Files<'_> {
    fn text(&mut self, path: &Path) -> Option<&str> {
        self.read(path).ok()?;
        std::str::from_utf8(self.buffer).ok()
    }

    fn read(&mut self, path: &Path) -> io::Result<()> {
        self.buffer.clear();
        // No file that is read here is longer; asking for its length first would cost as much as reading it.
        self.buffer.reserve(4096);
        File::open(path)?.take(1 << 20).read_to_end(self.buffer).map(drop)
    }

    /// Bytes of block devices in version 1: the file of the whole subtree is missing on older kernels.
    fn throttled_bytes(&mut self, folder: &Path) -> Option<Traffic> {
        for name in ["blkio.throttle.io_service_bytes_recursive", "blkio.throttle.io_service_bytes"] {
            if let Some(text) = self.text(&folder.join(name)) {
                return Some(numbers::block_by_operation(text));
            }
        }
        None
    }

    /// Kernels without pressure stall information have no such files.
    fn pressure(&mut self, folder: &Path) -> Option<Pressure> {
        let mut of = |name: &str| self.text(&folder.join(name)).and_then(numbers::pressure);
        Some(Pressure { cpu: of("cpu.pressure")?, memory: of("memory.pressure")?, io: of("io.pressure")? })
    }
}
