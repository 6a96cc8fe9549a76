//! Containers that clients create.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Map, Value, json};

use super::{
    Container, Refused, State, Volume,
    build::{defaults, inherit, unborn},
    container::{Endpoint, Health, Profile},
    health::check_of,
    images::{repository, tagged},
    ports::declared,
};
use crate::sim::{
    behaviour::{load::Meter, logs::Log},
    ids, noise,
    spec::{LoadSpec, LogsSpec, ServiceSpec, Size},
};

impl State {
    /// Creates a container from the body of a request and gives its id.
    pub(crate) fn create(&mut self, name: Option<&str>, body: &Value) -> Result<String, Refused> {
        let text = |pointer: &str| body.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
        let reference = text("/Image").to_owned();
        let absent = || Refused::failed(404, format!("No such image: {}", tagged(&reference)));
        let image = self.image(&reference).ok_or_else(absent)?;
        let (image_id, like) = (image.id.clone(), image.like.clone());
        self.made += 1;
        let id = ids::hex(self.seed, &format!("created {} {}", self.now, self.made));
        let name = name.map_or_else(|| format!("sim_{}", ids::short(&id)), str::to_owned);
        if !is_name(&name) {
            let text = format!("Invalid container name ({name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed");
            return Err(Refused::failed(400, text));
        }
        self.check_name(&name)?;
        let (config, host) = self.settings(&id, body, &reference);
        let labels = labels_of(&config);
        let profile = self.profile_for(&labels, &reference, &name);
        let endpoints = self.wanted_endpoints(&id, &name, body, &host);
        let mounts = self.wanted_mounts(&id, &config, &host);
        let hint = profile.spec.health.clone().or_else(|| self.image_spec(&like).config.health);
        let number = labels.get("com.docker.compose.container-number").and_then(|number| number.parse().ok());
        let log = Log::new(noise::key(self.seed, &id), profile.spec.logs.rate, profile.flavour.clone());
        let container = Container {
            key: noise::key(self.seed, &name),
            number: number.unwrap_or(1),
            task: None,
            local: true,
            image: reference,
            image_id,
            ports: declared(&config, &host),
            health: check_of(&config, hint.as_ref()).map(Health::starting),
            config,
            host,
            mounts,
            labels,
            endpoints,
            created: self.now,
            life: unborn(),
            meter: Meter::new(self.now),
            log,
            profile,
            name,
            files: Default::default(),
            id: id.clone(),
        };
        self.containers.insert(id.clone(), container);
        self.tell(&id, "create", &[]);
        Ok(id)
    }

    /// Refuses a name that a container has.
    pub(crate) fn check_name(&self, name: &str) -> Result<(), Refused> {
        let Some(other) = self.local().find(|container| container.name == name) else { return Ok(()) };
        Err(Refused::Conflict(format!(
            "Conflict. The container name \"/{name}\" is already in use by container \"{}\". You have to remove \
             (or rename) that container to be able to reuse that name.",
            other.id
        )))
    }

    /// `Config` and `HostConfig`, completed as the engine does.
    fn settings(&self, id: &str, body: &Value, reference: &str) -> (Value, Value) {
        let mut config = defaults::config();
        overlay(&mut config, body, &["HostConfig", "NetworkingConfig"]);
        inherit(&mut config, &self.image_config(reference));
        let mut host = defaults::host();
        overlay(&mut host, body.get("HostConfig").unwrap_or(&Value::Null), &[]);
        let shares_name = |mode: &str| mode == "host" || mode.starts_with("container:");
        let mode = host.get("NetworkMode").and_then(Value::as_str).unwrap_or_default().to_owned();
        if let Some(host) = host.as_object_mut() {
            if mode.is_empty() {
                host.insert("NetworkMode".to_owned(), json!("default"));
            }
            let memory = host.get("Memory").and_then(Value::as_i64).unwrap_or_default();
            if host.get("MemorySwap").and_then(Value::as_i64) == Some(0) {
                host.insert("MemorySwap".to_owned(), json!(memory * 2));
            }
        }
        let named = config.get("Hostname").and_then(Value::as_str).is_some_and(|name| !name.is_empty());
        if let Some(config) = config.as_object_mut().filter(|_| !named) {
            let own = if shares_name(&mode) { self.engine.name.as_str() } else { ids::short(id) };
            config.insert("Hostname".to_owned(), json!(own));
        }
        (config, host)
    }

    /// What a created container runs: the service that its labels name, else one of the same image.
    pub(crate) fn profile_for(
        &self,
        labels: &BTreeMap<String, String>,
        image: &str,
        name: &str,
    ) -> Arc<Profile> {
        let label = |name: &str| labels.get(&format!("com.docker.compose.{name}"));
        let named =
            label("project").zip(label("service")).map(|(stack, service)| format!("{stack}/{service}"));
        let swarm = labels.get("com.docker.stack.namespace").and_then(|stack| {
            Some(format!("{stack}/{}", name.strip_prefix(stack.as_str())?.strip_prefix('_')?))
        });
        let path = named.or(swarm);
        if let Some(profile) = path.as_ref().and_then(|path| self.profiles.get(path)) {
            return Arc::clone(profile);
        }
        let mut known = self.profiles.values();
        let known = known.find(|profile| repository(&profile.spec.image) == repository(image));
        let spec = known.map_or_else(quiet, |profile| profile.spec.clone());
        let flavour = self.flavours.get(&spec.logs.flavour).cloned().unwrap_or_default();
        Arc::new(Profile { path: path.unwrap_or_else(|| name.to_owned()), spec, flavour })
    }

    fn wanted_endpoints(
        &mut self,
        id: &str,
        name: &str,
        body: &Value,
        host: &Value,
    ) -> BTreeMap<String, Endpoint> {
        let mode = host.get("NetworkMode").and_then(Value::as_str).unwrap_or_default();
        // The name of what is meant when nothing is said.
        let known =
            |name: &str| if matches!(name, "default" | "") { "bridge".to_owned() } else { name.to_owned() };
        let asked = body.pointer("/NetworkingConfig/EndpointsConfig").and_then(Value::as_object);
        let asked = asked.into_iter().flatten().map(|(name, settings)| (known(name), settings.clone()));
        let mut asked: BTreeMap<String, Value> = asked.collect();
        let first = known(mode);
        let full = self.network_name(&first).unwrap_or_else(|| first.clone());
        let named = asked.keys().any(|name| self.network_name(name).as_ref().unwrap_or(name) == &full);
        let implied = mode == "default" && !asked.is_empty();
        if !first.starts_with("container:") && !named && !implied {
            asked.insert(first, Value::Null);
        }
        let mut endpoints = BTreeMap::new();
        for (network, settings) in asked {
            let network = self.network_name(&network).unwrap_or(network);
            let endpoint = self.endpoint(&network, (name, id), &settings);
            endpoints.insert(network, endpoint);
        }
        endpoints
    }

    /// `Mounts` from binds, mounts and the image's volumes; volumes that do not exist are made.
    fn wanted_mounts(&mut self, id: &str, config: &Value, host: &Value) -> Vec<Value> {
        let binds = host.get("Binds").and_then(Value::as_array).into_iter().flatten();
        let mut mounts: Vec<Value> = binds.filter_map(|bind| bound(bind.as_str()?)).collect();
        let asked = host.get("Mounts").and_then(Value::as_array).into_iter().flatten();
        mounts.extend(asked.filter_map(mounted));
        let taken: Vec<Value> = mounts.iter().filter_map(|mount| mount.get("Destination").cloned()).collect();
        let own = config.get("Volumes").and_then(Value::as_object).into_iter().flatten();
        let own = own.map(|(path, _)| path).filter(|path| !taken.contains(&json!(path)));
        mounts.extend(own.map(|path| volume_mount("", path, true)));
        for (number, mount) in mounts.iter_mut().enumerate() {
            self.make_mounted(&format!("{id} {number}"), mount);
        }
        mounts
    }

    fn make_mounted(&mut self, key: &str, mount: &mut Value) {
        let Some(fields) = mount.as_object_mut().filter(|fields| fields.contains_key("Name")) else { return };
        let named = fields.get("Name").and_then(Value::as_str).filter(|name| !name.is_empty());
        let anonymous = named.is_none();
        let name = named.map_or_else(|| ids::hex(self.seed, &format!("volume {key}")), str::to_owned);
        fields.insert("Source".to_owned(), json!(format!("/var/lib/docker/volumes/{name}/_data")));
        fields.insert("Name".to_owned(), json!(name));
        let label = || ("com.docker.volume.anonymous".to_owned(), String::new());
        self.add_volume(&name, anonymous.then(label).into_iter().collect(), BTreeMap::new());
    }

    /// Removes a volume.
    pub(crate) fn remove_volume(&mut self, name: &str) {
        if self.volumes.remove(name).is_some() {
            self.tell_object("volume", "destroy", name, &[("driver", "local")]);
        }
    }

    /// Makes a volume, unless there is one of that name.
    pub(crate) fn add_volume(
        &mut self,
        name: &str,
        labels: BTreeMap<String, String>,
        options: BTreeMap<String, String>,
    ) {
        if self.volumes.contains_key(name) {
            return;
        }
        let volume = Volume {
            labels,
            options,
            created: self.now,
            size: 0,
            growth: 0,
            capacity: None,
            full: None,
            files: Vec::new(),
        };
        self.volumes.insert(name.to_owned(), volume);
        self.tell_object("volume", "create", name, &[("driver", "local")]);
    }
}

/// Whether a name may be given to a container or volume.
pub(crate) fn is_name(name: &str) -> bool {
    let mut letters = name.chars();
    letters.next().is_some_and(|first| first.is_ascii_alphanumeric())
        && name.len() > 1
        && letters.all(|letter| letter.is_ascii_alphanumeric() || "_.-".contains(letter))
}

/// The behaviour of a program that the world knows nothing about.
fn quiet() -> ServiceSpec {
    let load = LoadSpec { cpu: 0.2, noise: 0.5, memory: Size(6 << 20), pids: 1, ..LoadSpec::default() };
    let logs = LogsSpec { flavour: "plain".to_owned(), rate: 0.0 };
    ServiceSpec { load, logs, ..ServiceSpec::default() }
}

/// The labels of a `Config`.
pub(crate) fn labels_of(config: &Value) -> BTreeMap<String, String> {
    let labels = config.get("Labels").and_then(Value::as_object).into_iter().flatten();
    labels.map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned())).collect()
}

/// Puts what is given over the defaults.
fn overlay(defaults: &mut Value, given: &Value, but: &[&str]) {
    let (Some(fields), Some(given)) = (defaults.as_object_mut(), given.as_object()) else { return };
    let wanted = |(name, value): &(&String, &Value)| !but.contains(&name.as_str()) && !value.is_null();
    let given: Map<String, Value> =
        given.iter().filter(wanted).map(|(name, value)| (name.clone(), value.clone())).collect();
    fields.extend(given);
}

fn bound(text: &str) -> Option<Value> {
    let mut parts = text.split(':');
    let (source, target) = (parts.next()?, parts.next()?);
    let options = parts.next().unwrap_or_default();
    let writable = !options.split(',').any(|option| option == "ro");
    if !source.starts_with('/') {
        return Some(volume_mount(source, target, writable));
    }
    Some(json!({"Type": "bind", "Source": source, "Destination": target, "Mode": options, "RW": writable,
                "Propagation": "rprivate"}))
}

fn mounted(mount: &Value) -> Option<Value> {
    let text = |name: &str| mount.get(name).and_then(Value::as_str).unwrap_or_default();
    let (source, target) = (text("Source"), text("Target"));
    let writable = mount.get("ReadOnly").and_then(Value::as_bool) != Some(true);
    match text("Type") {
        "volume" => Some(volume_mount(source, target, writable)),
        "bind" => Some(json!({"Type": "bind", "Source": source, "Destination": target, "Mode": "",
                              "RW": writable, "Propagation": "rprivate"})),
        "tmpfs" => Some(json!({"Type": "tmpfs", "Source": "", "Destination": target, "Mode": "",
                               "RW": writable, "Propagation": ""})),
        _ => None,
    }
}

fn volume_mount(name: &str, target: &str, writable: bool) -> Value {
    json!({"Type": "volume", "Name": name, "Source": "", "Destination": target, "Driver": "local",
           "Mode": if writable { "z" } else { "ro" }, "RW": writable, "Propagation": ""})
}
