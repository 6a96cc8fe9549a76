//! Images, networks and volumes.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde_json::Value;

use crate::sim::{
    clock::{Nanos, SECOND},
    spec::Size,
};

/// An image.
#[derive(Clone, Debug)]
pub(crate) struct Image {
    /// Id with `sha256:`.
    pub(crate) id: String,
    /// Its reference; empty when another image has taken it over.
    pub(crate) reference: String,
    /// The reference whose description it follows.
    pub(crate) like: String,
    /// Its size in bytes.
    pub(crate) size: u64,
    /// When it was built.
    pub(crate) created: Nanos,
}

/// A config of the swarm.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    /// Its id.
    pub(crate) id: String,
    /// `Spec` of the API.
    pub(crate) spec: Value,
    /// Index of its version.
    pub(crate) version: u64,
    /// When it was created.
    pub(crate) created: Nanos,
}

impl Config {
    /// Its name.
    pub(crate) fn name(&self) -> &str {
        self.spec.get("Name").and_then(Value::as_str).unwrap_or_default()
    }
}

/// A network.
#[derive(Clone, Debug)]
pub(crate) struct Network {
    /// Its id.
    pub(crate) id: String,
    /// Its driver.
    pub(crate) driver: &'static str,
    /// `local` or `swarm`.
    pub(crate) scope: &'static str,
    /// Address range; empty for `host` and `none`.
    pub(crate) subnet: String,
    /// Gateway address.
    pub(crate) gateway: String,
    /// No way out.
    pub(crate) internal: bool,
    /// Whether anyone may join.
    pub(crate) attachable: bool,
    /// Swarm's routing mesh.
    pub(crate) ingress: bool,
    /// Its labels.
    pub(crate) labels: BTreeMap<String, String>,
    /// When it was created.
    pub(crate) created: Nanos,
    /// How many addresses were given away.
    pub(crate) given: u32,
}

impl Network {
    /// Bits of the address range.
    pub(crate) fn prefix(&self) -> u8 {
        self.subnet.split_once('/').and_then(|(_, bits)| bits.parse().ok()).unwrap_or_default()
    }

    /// The `number`th address of the range; empty for no range.
    pub(crate) fn host_address(&self, number: u32) -> String {
        let base = self.subnet.split('/').next().unwrap_or_default();
        let base = base.parse::<std::net::Ipv4Addr>().ok();
        let address = base.and_then(|base| u32::from(base).checked_add(number));
        address.map(|address| std::net::Ipv4Addr::from(address).to_string()).unwrap_or_default()
    }
}

/// A volume.
#[derive(Clone, Debug)]
pub(crate) struct Volume {
    /// Its labels.
    pub(crate) labels: BTreeMap<String, String>,
    /// Options of its driver.
    pub(crate) options: BTreeMap<String, String>,
    /// When it was created.
    pub(crate) created: Nanos,
    /// Bytes at the world's start.
    pub(crate) size: u64,
    /// Bytes gained per hour.
    pub(crate) growth: u64,
    /// How much fits.
    pub(crate) capacity: Option<u64>,
    /// Whether a fault has filled it.
    pub(crate) full: Option<u64>,
    /// What clients have written into it; it has that then, and nothing of the world's.
    pub(crate) files: Vec<Filed>,
}

/// An entry of a volume that a client has written.
#[derive(Clone, Debug)]
pub(crate) struct Filed {
    /// Its name below the volume's folder; empty for that folder itself.
    pub(crate) name: String,
    /// How an archive has it: kind, owner, mode, size.
    pub(crate) header: tar::Header,
    /// What is in it.
    pub(crate) content: Bytes,
}

impl Volume {
    /// How much is in it.
    pub(crate) fn used(&self, now: Nanos) -> Size {
        if !self.files.is_empty() {
            return Size(self.files.iter().map(|file| file.content.len() as u64).sum());
        }
        let grown = self.growth as f64 * now as f64 / (3_600 * SECOND) as f64;
        let used = (self.size as f64 + grown).max(0.0) as u64;
        Size(self.full.unwrap_or_else(|| used.min(self.capacity.unwrap_or(u64::MAX))))
    }
}
