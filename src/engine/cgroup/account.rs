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
    seldom: Seldom,
}

/// What changes seldom, or is not there at all: read once in so many samples, since each file costs as much as all
/// arithmetic on it.
#[derive(Debug, Default)]
struct Seldom {
    /// Samples until it is read again.
    left: u32,
    limit: u64,
    /// Whether a CPU quota counts periods.
    has_quota: bool,
    /// The file of block devices; older kernels lack that of the whole subtree.
    blkio: Option<&'static str>,
    pressure: Option<Pressure>,
}

/// How many samples what changes seldom is good for.
const GOOD_FOR: u32 = 5;

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
        let network = (!is_hosts).then(|| process.join("net/dev"));
        Some(Self { pid, groups, network, seldom: Seldom::default() })
    }

    /// What it uses now; `None` if that cannot be read.
    pub(super) fn sample(&mut self, host: &Ceiling, buffer: &mut Vec<u8>) -> Option<Sample> {
        let mut files = Files { buffer };
        match self.seldom.left.checked_sub(1) {
            Some(left) => self.seldom.left = left,
            None => self.seldom = self.groups.seldom(&mut files)?,
        }
        let seldom = &self.seldom;
        let network = self.network.as_ref().and_then(|path| numbers::network(files.text(path)?));
        let counted = match &self.groups {
            Groups::Split { cpuacct, memory, cpu, pids, blkio } => Counted {
                cpu_ns: numbers::single(files.text(&cpuacct.join("cpuacct.usage"))?)?,
                at: Timestamp::now(),
                usage: numbers::single(files.text(&memory.join("memory.usage_in_bytes"))?)?,
                droppable: numbers::keyed(files.text(&memory.join("memory.stat"))?, "total_inactive_file"),
                pids: pids.as_ref().and_then(|it| numbers::single(files.text(&it.join("pids.current"))?)),
                block: blkio.as_ref().zip(seldom.blkio).and_then(|(folder, name)| {
                    files.text(&folder.join(name)).map(numbers::block_by_operation)
                }),
                share: cpu.as_ref().and_then(|folder| split_share(folder, seldom.has_quota, &mut files)),
            },
            Groups::Unified(folder) => {
                let cpu = files.text(&folder.join("cpu.stat"))?;
                Counted {
                    cpu_ns: numbers::keyed(cpu, "usage_usec")?.checked_mul(1000)?,
                    at: Timestamp::now(),
                    share: share(cpu, "throttled_usec", 1000),
                    usage: numbers::single(files.text(&folder.join("memory.current"))?)?,
                    droppable: numbers::keyed(files.text(&folder.join("memory.stat"))?, "inactive_file"),
                    pids: files.text(&folder.join("pids.current")).and_then(numbers::single),
                    block: files.text(&folder.join("io.stat")).map(numbers::block_by_key),
                }
            }
        };
        Some(counted.sample(network, seldom, host))
    }
}

impl Groups {
    fn seldom(&self, files: &mut Files<'_>) -> Option<Seldom> {
        let (limit, has_quota, blkio, pressure) = match self {
            Self::Split { memory, cpu, blkio, .. } => {
                let share = cpu.as_ref().and_then(|folder| split_share(folder, true, files));
                let limit = memory.join("memory.limit_in_bytes");
                let blkio = blkio.as_ref().and_then(|folder| block_file(folder, files));
                (limit, share.is_some_and(|share| share.periods > 0), blkio, None)
            }
            Self::Unified(folder) => (folder.join("memory.max"), true, None, files.pressure(folder)),
        };
        let limit = numbers::single(files.text(&limit)?)?;
        Some(Seldom { left: GOOD_FOR - 1, limit, has_quota, blkio, pressure })
    }
}

/// Without a quota nothing is counted.
fn split_share(folder: &Path, has_quota: bool, files: &mut Files<'_>) -> Option<CpuShare> {
    if has_quota { share(files.text(&folder.join("cpu.stat"))?, "throttled_time", 1) } else { None }
}

fn block_file(folder: &Path, files: &mut Files<'_>) -> Option<&'static str> {
    let names = ["blkio.throttle.io_service_bytes_recursive", "blkio.throttle.io_service_bytes"];
    names.into_iter().find(|name| files.text(&folder.join(name)).is_some())
}

/// What both versions count.
struct Counted {
    at: Timestamp,
    cpu_ns: u64,
    share: Option<CpuShare>,
    usage: u64,
    droppable: Option<u64>,
    pids: Option<u64>,
    block: Option<Traffic>,
}

impl Counted {
    fn sample(self, network: Option<Traffic>, seldom: &Seldom, host: &Ceiling) -> Sample {
        let droppable = self.droppable.unwrap_or_default();
        let used = if droppable < self.usage { self.usage - droppable } else { self.usage };
        Sample {
            source: SampleSource::Kernel,
            at: self.at,
            cpu_ns: self.cpu_ns,
            system_ns: None,
            cpus: host.cpus,
            memory: Memory { used, limit: seldom.limit.min(host.memory) },
            network,
            block: self.block,
            pids: self.pids,
            share: self.share,
            pressure: seldom.pressure,
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

/// No file that is read here is longer.
const MOST: usize = 1 << 20;

/// Reads files one after the other into one buffer.
struct Files<'a> {
    buffer: &'a mut Vec<u8>,
}

impl Files<'_> {
    fn text(&mut self, path: &Path) -> Option<&str> {
        self.read(path).ok()?;
        std::str::from_utf8(self.buffer).ok()
    }

    /// Reads a file whole. The kernel fills the room that it is given up to the next record, so a reading that leaves much
    /// of it was the last: asking again for nothing would cost as much.
    fn read(&mut self, path: &Path) -> io::Result<()> {
        const ROOM: usize = 8192;
        const LEFT_AT_THE_END: usize = ROOM / 2 + 1024;
        let mut file = File::open(path)?;
        let mut length = 0;
        loop {
            self.buffer.resize(length + ROOM, 0);
            let read = file.read(self.buffer.get_mut(length..).unwrap_or_default())?;
            length += read;
            if read == 0 || ROOM - read > LEFT_AT_THE_END || length > MOST {
                self.buffer.truncate(length);
                return Ok(());
            }
        }
    }

    /// Kernels without pressure stall information have no such files.
    fn pressure(&mut self, folder: &Path) -> Option<Pressure> {
        let mut of = |name: &str| self.text(&folder.join(name)).and_then(numbers::pressure);
        Some(Pressure { cpu: of("cpu.pressure")?, memory: of("memory.pressure")?, io: of("io.pressure")? })
    }
}
