//! The machine that stacktop runs on. With an engine elsewhere it is not the engine's.

use sysinfo::{CpuRefreshKind, MemoryRefreshKind, RefreshKind, System};

use crate::domain::HostUsage;

/// Reads CPU and memory of this machine.
#[derive(Debug)]
pub struct Host {
    system: System,
}

impl Host {
    /// Starts to count; `None` where the system does not tell.
    #[must_use]
    pub fn new() -> Option<Self> {
        let what = RefreshKind::nothing()
            .with_cpu(CpuRefreshKind::nothing().with_usage())
            .with_memory(MemoryRefreshKind::nothing().with_ram());
        System::new_with_specifics(what).ok().map(|system| Self { system })
    }

    /// The use of CPU since the last call, and of memory now. Calls less than a fifth of a second apart tell the
    /// same CPU again. Takes tens of microseconds.
    pub fn usage(&mut self) -> HostUsage {
        self.system.refresh_cpu_usage();
        self.system.refresh_memory_specifics(MemoryRefreshKind::nothing().with_ram());
        let memory_total = self.system.total_memory();
        HostUsage {
            cpu_percent: f64::from(self.system.global_cpu_usage()),
            memory_used: memory_total.saturating_sub(self.system.available_memory()),
            memory_total,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_has_memory_and_uses_some_of_it() {
        let usage = Host::new().unwrap().usage();
        assert!(usage.memory_used > 0 && usage.memory_used < usage.memory_total, "{usage:?}");
        assert!((0.0..=100.0).contains(&usage.cpu_percent), "{usage:?}");
    }
}
