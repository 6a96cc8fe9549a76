//! Which services need which, as Compose notes it on their containers.

use std::collections::{BTreeMap, BTreeSet};

use super::{Container, Membership, ServiceKey};

/// Compose's note: `db:service_healthy:false,cache:service_started:true`.
const DEPENDS_ON: &str = "com.docker.compose.depends_on";

/// What each service needs, as far as its containers tell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dependencies {
    needs: BTreeMap<ServiceKey, BTreeSet<ServiceKey>>,
}

impl Dependencies {
    /// Reads the labels of containers.
    #[must_use]
    pub fn of<'a>(containers: impl IntoIterator<Item = &'a Container>) -> Self {
        let mut needs: BTreeMap<ServiceKey, BTreeSet<ServiceKey>> = BTreeMap::new();
        for container in containers {
            let Membership::Compose { project, service, .. } = &container.membership else { continue };
            let of = |name: &str| ServiceKey { stack: Some(project.clone()), name: name.to_owned() };
            let said = container.labels.get(DEPENDS_ON).map(String::as_str).unwrap_or_default();
            let names =
                said.split(',').filter_map(|one| one.split(':').next()).filter(|name| !name.is_empty());
            needs.entry(of(service)).or_default().extend(names.map(of));
        }
        Self { needs }
    }

    /// How many services stand one upon the other below this one: what it needs has a smaller number. Services that
    /// need each other in a ring have some order.
    #[must_use]
    pub fn depth(&self, service: &ServiceKey) -> usize {
        self.below(service, &mut BTreeSet::new())
    }

    fn below<'a>(&'a self, service: &'a ServiceKey, above: &mut BTreeSet<&'a ServiceKey>) -> usize {
        if !above.insert(service) {
            return 0;
        }
        let needs = self.needs.get(service).into_iter().flatten();
        let depth = needs.map(|need| self.below(need, above) + 1).max().unwrap_or_default();
        above.remove(service);
        depth
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::testing::replica;

    fn needing(service: &str, said: &str) -> Container {
        let mut container = replica("shop", service, 1);
        container.labels.insert(DEPENDS_ON.to_owned(), said.to_owned());
        container
    }

    fn order(containers: &[Container]) -> Vec<String> {
        let dependencies = Dependencies::of(containers);
        let key = |name: &str| ServiceKey { stack: Some("shop".into()), name: name.to_owned() };
        let mut names: Vec<String> = ["api", "cache", "db", "web"].map(str::to_owned).into();
        names.sort_by_key(|name| dependencies.depth(&key(name)));
        names
    }

    #[test]
    fn what_is_needed_comes_before_what_needs_it() {
        let web = needing("web", "api:service_started:true");
        let api = needing("api", "db:service_healthy:false,cache:service_started:false");
        assert_eq!(order(&[web, api]), ["cache", "db", "api", "web"]);
    }

    #[test]
    fn a_ring_of_services_has_an_end() {
        let ring = [needing("api", "db:x:false"), needing("db", "api:x:false")];
        assert_eq!(order(&ring).len(), 4);
    }
}
