//! Configs of a swarm: `GET /configs`.

use std::collections::BTreeMap;

use super::{clean_map, wire};

wire! {
    /// One element of the list.
    struct Listed { spec: Spec = "Spec" }

    /// What it is.
    struct Spec { labels: BTreeMap<String, String> = "Labels" }
}

impl Listed {
    /// Its labels.
    pub(in crate::engine) fn labels(self) -> BTreeMap<String, String> {
        clean_map(self.spec.labels)
    }
}
