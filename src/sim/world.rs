//! Worlds: what a simulated engine begins with.

use super::spec::{Fault, ServiceSpec, WorldSpec};

/// The documents of the built-in world. Later ones win where they say the same.
const BUILTIN: [(&str, &str); 7] = [
    ("flavours.yaml", include_str!("../../assets/worlds/flavours.yaml")),
    ("mundo-tango.yaml", include_str!("../../assets/worlds/mundo-tango.yaml")),
    ("negative-space.yaml", include_str!("../../assets/worlds/negative-space.yaml")),
    ("xorb.yaml", include_str!("../../assets/worlds/xorb.yaml")),
    ("codecave.yaml", include_str!("../../assets/worlds/codecave.yaml")),
    ("medianest.yaml", include_str!("../../assets/worlds/medianest.yaml")),
    ("demo.yaml", include_str!("../../assets/worlds/demo.yaml")),
];

/// Why a world cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum WorldError {
    /// The text is no world: a syntax error, an unknown key or a value of the wrong kind.
    #[error("{name}:{line}:{column}: the world cannot be read: {cause}")]
    Unreadable {
        /// Name of the text, as the caller gave it.
        name: String,
        /// Line, from 1; 0 if it is not known.
        line: u64,
        /// Column, from 1; 0 if it is not known.
        column: u64,
        /// What the parser says, without its place.
        cause: String,
    },
    /// Something is named that the world does not have.
    #[error("{name}: {what}")]
    Unknown {
        /// Name of the text, as the caller gave it.
        name: String,
        /// One sentence: who names what.
        what: String,
    },
}

/// The description of a simulated world: stacks, nodes, behaviour and incidents.
#[derive(Clone, Debug, Default)]
pub struct World {
    pub(crate) spec: WorldSpec,
}

impl World {
    /// The five reference stacks on one engine that manages a swarm of three nodes, with incidents that
    /// repeat.
    pub fn builtin() -> Self {
        let mut spec = WorldSpec::default();
        for (name, text) in BUILTIN {
            // A test proves that all of them can be read.
            spec.merge(parse(text, name).unwrap_or_default());
        }
        Self { spec }
    }

    /// Reads a world. Log flavours of the built-in world may be used.
    ///
    /// # Errors
    /// When the text is no world; the message says where (`name:line:column`).
    pub fn from_yaml(text: &str, name: &str) -> Result<Self, WorldError> {
        let mut spec = WorldSpec::default();
        for (name, text) in BUILTIN.into_iter().take(1) {
            spec.merge(parse(text, name)?);
        }
        spec.merge(parse(text, name)?);
        check(&spec).map_err(|what| WorldError::Unknown { name: name.to_owned(), what })?;
        Ok(Self { spec })
    }
}

fn parse(text: &str, name: &str) -> Result<WorldSpec, WorldError> {
    serde_yaml::from_str(text).map_err(|error| {
        let place = error.location();
        let cause = error.without_snippet().to_string();
        WorldError::Unreadable {
            name: name.to_owned(),
            line: place.map_or(0, |place| place.line()),
            column: place.map_or(0, |place| place.column()),
            cause: cause.lines().next().unwrap_or_default().to_owned(),
        }
    })
}

/// Finds names that lead nowhere.
fn check(spec: &WorldSpec) -> Result<(), String> {
    for (stack_name, stack) in &spec.stacks {
        for (name, service) in &stack.services {
            let path = format!("{stack_name}/{name}");
            check_flavour(spec, &path, service)?;
            let unknown = |kind: &str, what: &str| {
                Err(format!("service {path} names the {kind} {what}, which its stack does not have"))
            };
            if let Some(network) = service.networks.iter().find(|name| !stack.networks.contains_key(*name)) {
                return unknown("network", network);
            }
            let needed = service.depends_on.iter().map(|name| name.split(':').next().unwrap_or(name));
            if let Some(needed) = needed.into_iter().find(|name| !stack.services.contains_key(*name)) {
                return unknown("service", needed);
            }
        }
    }
    spec.containers.iter().try_for_each(|(name, container)| check_flavour(spec, name, container))?;
    spec.incidents.iter().try_for_each(|incident| check_target(spec, &incident.fault))
}

fn check_flavour(spec: &WorldSpec, path: &str, service: &ServiceSpec) -> Result<(), String> {
    let flavour = &service.logs.flavour;
    if flavour.is_empty() || spec.flavours.contains_key(flavour) {
        return Ok(());
    }
    Err(format!("{path} writes logs of the flavour {flavour}, which does not exist"))
}

fn check_target(spec: &WorldSpec, fault: &Fault) -> Result<(), String> {
    let target = match fault {
        Fault::Unhealthy { target, .. }
        | Fault::OomLoop { target, .. }
        | Fault::BadUpdate { target, .. }
        | Fault::Update { target, .. }
        | Fault::Surge { target, .. } => target,
        Fault::LostNode { node } if !spec.nodes.contains_key(node) => {
            return Err(format!("an incident loses the node {node}, which the world does not have"));
        }
        Fault::LostNode { .. } | Fault::FullVolume { .. } | Fault::DaemonOutage => return Ok(()),
    };
    let path = target.split('#').next().unwrap_or(target);
    let found = match path.split_once('/') {
        Some((stack, service)) => spec.stacks.get(stack).is_some_and(|s| s.services.contains_key(service)),
        None => spec.containers.contains_key(path),
    };
    if found { Ok(()) } else { Err(format!("an incident strikes {target}, which the world does not have")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_document_is_a_world_and_names_only_what_exists() {
        for (name, text) in BUILTIN {
            if let Err(error) = parse(text, name) {
                panic!("{error}");
            }
        }
        assert_eq!(check(&World::builtin().spec), Ok(()));
    }

    #[test]
    fn a_mistake_is_told_with_its_place() {
        let error =
            World::from_yaml("stacks:\n  a:\n    kind: compose\n    age: soon\n    services: {}\n", "w.yaml");
        let text = error.unwrap_err().to_string();
        assert!(text.starts_with("w.yaml:4:"), "{text}");
        assert!(text.contains("no duration"), "{text}");
    }

    #[test]
    fn an_incident_must_strike_something_that_exists() {
        let text = "incidents: [{at: 5s, kind: surge, target: a/b, cpu_factor: 3}]";
        let text = World::from_yaml(text, "w").unwrap_err().to_string();
        assert_eq!(text, "w: an incident strikes a/b, which the world does not have");
    }
}
