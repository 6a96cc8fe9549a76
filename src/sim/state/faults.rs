//! Incidents: what goes wrong, and how it heals.

use super::{Container, Deed, Event, State, images::tagged};
use crate::sim::{
    behaviour::{load, logs::Stream},
    clock::{MILLI, Nanos, SECOND},
    noise,
    spec::Fault,
};

/// A fault that is there now.
#[derive(Clone, Debug)]
pub(crate) struct Active {
    number: u64,
    fault: Fault,
}

/// What a fault does to a container's probes or memory.
#[derive(Clone, Debug)]
pub(crate) enum Affliction {
    /// Probes end like this. Code -1 is a probe that does not end in its time.
    Probe { code: i64, output: String },
    /// Memory climbs to the limit in this time.
    Memory { climb: Nanos },
}

impl State {
    /// An incident's time has come.
    pub(super) fn begin(&mut self, incident: usize) {
        let Some(spec) = self.incidents.get(incident).cloned() else { return };
        self.faults_begun += 1;
        let number = self.faults_begun;
        if let Some(every) = spec.every {
            self.queue.plan(self.now + every.0, Deed::Begin { incident });
        }
        if let Some(lasts) = spec.lasts {
            self.queue.plan(self.now + lasts.0, Deed::End { fault: number });
        }
        self.strike(&spec.fault, spec.lasts.map(|lasts| lasts.0));
        self.faults.push(Active { number, fault: spec.fault.clone() });
        for id in self.targets(&spec.fault) {
            self.afflict(&id, number);
        }
    }

    fn strike(&mut self, fault: &Fault, lasts: Option<Nanos>) {
        match fault {
            Fault::BadUpdate { target, image, exit_code, lines } => {
                self.broken_images.insert(tagged(image), (*exit_code, lines.clone()));
                self.update_image(target, image);
            }
            Fault::Update { target, image } => self.update_image(target, image),
            Fault::FullVolume { volume, capacity, .. } => {
                if let Some(volume) = self.volumes.get_mut(volume) {
                    volume.full = Some(capacity.0);
                }
            }
            Fault::LostNode { node } => self.node_lost(node),
            Fault::DaemonOutage => {
                self.outage = Some(self.now + lasts.unwrap_or(8 * SECOND));
                self.outages += 1;
            }
            Fault::Unhealthy { .. } | Fault::OomLoop { .. } | Fault::Surge { .. } => {}
        }
    }

    /// A fault heals.
    pub(super) fn end(&mut self, number: u64) {
        let Some(index) = self.faults.iter().position(|active| active.number == number) else { return };
        let fault = self.faults.remove(index).fault;
        match &fault {
            Fault::BadUpdate { target, image, .. } => self.revert(target, image),
            Fault::FullVolume { volume, .. } => {
                if let Some(volume) = self.volumes.get_mut(volume) {
                    volume.full = None;
                }
            }
            Fault::LostNode { node } => self.node_back(node),
            Fault::DaemonOutage => self.daemon_back(),
            Fault::Update { .. } | Fault::Unhealthy { .. } | Fault::OomLoop { .. } | Fault::Surge { .. } => {}
        }
        for id in self.targets(&fault) {
            self.repace(&id);
        }
    }

    /// The daemon goes away now.
    pub(crate) fn begin_outage(&mut self, lasts: Nanos) {
        self.faults_begun += 1;
        let (number, fault) = (self.faults_begun, Fault::DaemonOutage);
        self.strike(&fault, Some(lasts));
        self.queue.plan(self.now + lasts, Deed::End { fault: number });
        self.faults.push(Active { number, fault });
    }

    /// A container's program ends by itself, now.
    pub(crate) fn crash(&mut self, name: &str, code: i64) -> bool {
        let Some((id, run)) = self.find(name).map(|c| (c.id.clone(), c.life.run)) else { return false };
        self.exit(&id, run, code);
        true
    }

    fn daemon_back(&mut self) {
        self.outage = None;
        self.events.forget();
        let name = self.engine.name.clone();
        let attributes = std::iter::once(("name".to_owned(), name.clone())).collect();
        let action = "reload".to_owned();
        self.events.publish(Event {
            at: self.now,
            kind: "daemon",
            action,
            actor: name,
            attributes,
            scope: "local",
        });
    }

    fn targets(&self, fault: &Fault) -> Vec<String> {
        self.containers.values().filter(|c| strikes(fault, c)).map(|c| c.id.clone()).collect()
    }

    /// What the present faults do to a container.
    pub(crate) fn affliction(&self, container: &Container) -> Option<Affliction> {
        self.faults.iter().filter(|active| strikes(&active.fault, container)).find_map(|active| match &active
            .fault
        {
            Fault::Unhealthy { exit_code, output, .. } => {
                Some(Affliction::Probe { code: *exit_code, output: output.clone() })
            }
            Fault::FullVolume { output, .. } => Some(Affliction::Probe { code: 1, output: output.clone() }),
            Fault::OomLoop { climb, .. } => Some(Affliction::Memory { climb: climb.0 }),
            _ => None,
        })
    }

    /// Memory in use by a container, without page cache.
    pub(crate) fn memory_of(&self, container: &Container) -> u64 {
        let limit = container.memory_limit();
        let running = self.now - container.life.started.unwrap_or(self.now);
        let spec = &container.profile.spec.load;
        match self.affliction(container) {
            Some(Affliction::Memory { climb }) if limit > 0 => {
                load::climbing(spec, limit, running as f64 / climb.max(1) as f64)
            }
            _ => load::memory(container.key, spec, limit, self.now, running),
        }
    }

    /// Lets the present faults work on a container that runs; only those from number `first` on.
    pub(super) fn afflict(&mut self, id: &str, first: u64) {
        self.repace(id);
        let Some(container) = self.containers.get(id).filter(|c| c.is_up()) else { return };
        let (run, key) = (container.life.run, container.key);
        let mut deeds = Vec::new();
        for active in self.faults.iter().filter(|active| active.number >= first) {
            let fault = active.number;
            if !strikes(&active.fault, container) {
                continue;
            }
            if let Fault::OomLoop { climb, .. } = &active.fault {
                let takes = climb.0 + noise::between(key, run as i64, 0, 2_000) as Nanos * MILLI;
                deeds.push((takes, Deed::OutOfMemory { id: id.to_owned(), run }));
            }
            if !words(&active.fault).is_empty() {
                deeds.push((SECOND, Deed::Mutter { id: id.to_owned(), run, fault, count: 0 }));
            }
        }
        for (takes, deed) in deeds {
            self.queue.plan(self.now + takes, deed);
        }
    }

    fn repace(&mut self, id: &str) {
        let now = self.now;
        let Some(container) = self.containers.get(id).filter(|c| c.is_up()) else { return };
        let factor =
            self.faults.iter().filter(|active| strikes(&active.fault, container)).map(|a| pace(&a.fault));
        let factor = factor.product();
        let (key, profile) = (container.key, std::sync::Arc::clone(&container.profile));
        if let Some(container) = self.containers.get_mut(id) {
            container.meter.pace(key, &profile.spec.load, now, factor);
        }
    }

    /// A faulty replica writes its next complaint.
    pub(super) fn mutter(&mut self, id: &str, run: u64, fault: u64, count: usize) {
        let Some(active) = self.faults.iter().find(|active| active.number == fault) else { return };
        let said = words(&active.fault);
        let Some(text) = said.get(count % said.len().max(1)).cloned() else { return };
        let Some(container) = self.containers.get_mut(id).filter(|c| c.life.run == run && c.is_up()) else {
            return;
        };
        container.log.store(&self.clock, self.now, Stream::Err, &text);
        let wait = SECOND + noise::between(container.key, self.now, 0, 2_500) as Nanos * MILLI;
        let deed = Deed::Mutter { id: id.to_owned(), run, fault, count: count + 1 };
        self.queue.plan(self.now + wait, deed);
    }
}

fn pace(fault: &Fault) -> f64 {
    match fault {
        Fault::Unhealthy { cpu_factor, .. } | Fault::Surge { cpu_factor, .. } => *cpu_factor,
        _ => 1.0,
    }
}

fn words(fault: &Fault) -> &[String] {
    match fault {
        Fault::Unhealthy { lines, .. } | Fault::OomLoop { lines, .. } | Fault::FullVolume { lines, .. } => {
            lines
        }
        _ => &[],
    }
}

/// Whether a fault works on this container.
fn strikes(fault: &Fault, container: &Container) -> bool {
    match fault {
        Fault::Unhealthy { target, .. } | Fault::OomLoop { target, .. } | Fault::Surge { target, .. } => {
            let (path, number) = target.split_once('#').unwrap_or((target, ""));
            container.profile.path == path && (number.is_empty() || number == container.number.to_string())
        }
        Fault::FullVolume { volume, .. } => container.mounts.iter().any(|mount| {
            mount.get("Name").is_some_and(|name| name == volume)
                && mount.get("RW").is_some_and(|writable| *writable == true)
        }),
        _ => false,
    }
}
