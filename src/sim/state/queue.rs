//! What will happen.

use std::collections::BTreeMap;

use crate::sim::clock::Nanos;

/// Something that happens at its time. `run` says for which start of a container it was meant: if the
/// container was started again since, the deed is void.
#[derive(Clone, Debug)]
pub(crate) enum Deed {
    /// A health probe begins.
    Probe { id: String, run: u64 },
    /// A health probe ends.
    Probed { id: String, run: u64, begun: Nanos },
    /// The restart policy starts a container again.
    Restart { id: String, run: u64 },
    /// The kernel kills a container for its memory.
    OutOfMemory { id: String, run: u64 },
    /// The program ends.
    Exit { id: String, run: u64, code: i64 },
    /// The patience with a program that was told to end is over.
    Kill { id: String, run: u64 },
    /// An executed program ends.
    ExecEnd { exec: String },
    /// A faulty replica complains.
    Mutter { id: String, run: u64, fault: u64, count: usize },
    /// An incident begins.
    Begin { incident: usize },
    /// An incident ends.
    End { fault: u64 },
    /// A task takes its next step.
    Task { id: String },
    /// The scheduler looks at a service.
    Reconcile { service: String },
    /// The updater looks at a service.
    Rollout { service: String },
}

/// Deeds in the order of their times, and among equals in the order in which they were planned.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    deeds: BTreeMap<(Nanos, u64), Deed>,
    planned: u64,
}

impl Queue {
    /// Plans a deed.
    pub(crate) fn plan(&mut self, at: Nanos, deed: Deed) {
        self.planned += 1;
        self.deeds.insert((at, self.planned), deed);
    }

    /// The next deed not after `until`, with its time.
    pub(crate) fn next(&mut self, until: Nanos) -> Option<(Nanos, Deed)> {
        let entry = self.deeds.first_entry().filter(|entry| entry.key().0 <= until)?;
        let at = entry.key().0;
        Some((at, entry.remove()))
    }

    /// When the next deed is due.
    pub(crate) fn due(&self) -> Option<Nanos> {
        self.deeds.first_key_value().map(|((at, _), _)| *at)
    }
}
