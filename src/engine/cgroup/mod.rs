//! Counters of containers from the kernel's own files, where the engine's host is this one.
//!
//! An engine spends about three milliseconds on a sample, the kernel's files cost a fiftieth of that and the engine
//! nothing. Whether a container runs on this host is told by the process that the engine names: its `/proc/<pid>/cgroup`
//! has the container's id in it, whatever driver, parent or name space made the path. Where it has not, or a file cannot
//! be read, the container is left to the engine.
//!
//! `hierarchy` knows where control groups are mounted, `membership` where in them a process is, `account` which files
//! tell what of one container, `numbers` how they are written.

mod account;
mod hierarchy;
mod membership;
mod numbers;

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
};

use self::{account::Account, hierarchy::Hierarchies, membership::Membership};
use crate::domain::{Container, ContainerId, Sample};

/// The containers that can be measured without the engine, and their files.
#[derive(Debug)]
pub(super) struct LocalCounters {
    hierarchies: Hierarchies,
    processes: PathBuf,
    host: account::Ceiling,
    accounts: HashMap<ContainerId, Account>,
    buffer: Vec<u8>,
}

impl LocalCounters {
    /// Those of this host; `None` where no control groups are mounted.
    pub(super) fn of_this_host() -> Option<Self> {
        Self::below(Path::new("/proc"))
    }

    fn below(processes: &Path) -> Option<Self> {
        let mounts = fs::read_to_string(processes.join("self/mountinfo")).ok()?;
        let hierarchies = Hierarchies::of_mounts(&mounts)?;
        let memory = fs::read_to_string(processes.join("meminfo")).ok()?;
        let cpus = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let host = account::Ceiling {
            memory: numbers::kibibytes(&memory, "MemTotal").unwrap_or(u64::MAX),
            cpus: u32::try_from(cpus).unwrap_or(1),
        };
        let processes = processes.to_owned();
        Some(Self { hierarchies, processes, host, accounts: HashMap::new(), buffer: Vec::new() })
    }

    /// Whether this container is measured here from now on.
    pub(super) fn has(&mut self, container: &Container) -> bool {
        let Some(pid) = container.pid else { return false };
        if self.accounts.get(&container.id).is_some_and(|account| account.pid == pid) {
            return true;
        }
        let account = self.open(container, pid);
        // A first reading: a file that cannot be read now never can.
        let account = account.and_then(|mut it| it.sample(&self.host, &mut self.buffer).map(|_| it));
        let is_found = account.is_some();
        if let Some(account) = account {
            self.accounts.insert(container.id.clone(), account);
        }
        is_found
    }

    fn open(&self, container: &Container, pid: u32) -> Option<Account> {
        let process = self.processes.join(pid.to_string());
        let told = fs::read_to_string(process.join("cgroup")).ok()?;
        let membership = Membership::of(&told, container.id.as_str())?;
        Account::find(&self.hierarchies, &membership, &process, pid, container)
    }

    /// Forgets containers of which this does not hold.
    pub(super) fn retain(&mut self, is_wanted: impl Fn(&ContainerId) -> bool) {
        self.accounts.retain(|id, _| is_wanted(id));
    }

    /// Whether there is nothing to measure.
    pub(super) fn is_empty(&self) -> bool {
        self.accounts.is_empty()
    }

    /// Measures all of them. One that cannot be read any more, because it ended, is forgotten.
    pub(super) fn sweep(&mut self) -> Vec<(ContainerId, Sample)> {
        let (host, buffer) = (&self.host, &mut self.buffer);
        let mut samples = Vec::with_capacity(self.accounts.len());
        self.accounts.retain(|id, account| {
            let sample = account.sample(host, buffer);
            let is_there = sample.is_some();
            samples.extend(sample.map(|sample| (id.clone(), sample)));
            is_there
        });
        samples
    }
}

#[cfg(test)]
mod tests;
