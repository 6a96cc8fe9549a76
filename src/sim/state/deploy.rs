//! Services and configs that clients make and remove.

use serde_json::Value;

use super::{Config, Deed, Refused, Service, State, networks::texts};
use crate::sim::{ids, spec::Size};

impl State {
    /// Makes a service from its spec and gives its id.
    pub(crate) fn create_service(&mut self, spec: Value) -> Result<String, Refused> {
        let text =
            |pointer: &str| spec.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (name, image) = (text("/Name"), text("/TaskTemplate/ContainerSpec/Image"));
        if image.is_empty() {
            let text =
                "rpc error: code = InvalidArgument desc = ContainerSpec: image reference must be provided";
            return Err(Refused::failed(400, text));
        }
        if self.services.values().any(|service| service.name == name) {
            return Err(Refused::Conflict(format!(
                "rpc error: code = AlreadyExists desc = name conflicts with an existing object: service {name} \
                 already exists"
            )));
        }
        self.made += 1;
        let id = ids::swarm(self.seed, &format!("service {name} {} {}", self.now, self.made));
        if !self.conduct(&image).missing {
            self.add_image(&image, &Size(0));
        }
        let profile = self.profile_for(&texts(spec.get("Labels")), &image, &name);
        let service = Service {
            id: id.clone(),
            name: name.clone(),
            version: self.next_version(),
            created: self.now,
            updated: self.now,
            spec,
            profile,
            previous: None,
            update: None,
            tasks_made: self.made * 1_000,
            next_batch: self.now,
        };
        self.services.insert(id.clone(), service);
        self.tell_swarm("service", "create", &id, &[("name", &name)]);
        self.queue.plan(self.now, Deed::Reconcile { service: id.clone() });
        Ok(id)
    }

    /// Removes a service; its tasks end.
    pub(crate) fn remove_service(&mut self, id: &str) {
        let Some(service) = self.services.remove(id) else { return };
        self.tell_swarm("service", "remove", id, &[("name", &service.name)]);
        let own = self.tasks.values().filter(|task| task.service == id).map(|task| task.id.clone());
        for task in own.collect::<Vec<_>>() {
            self.shut(&task);
            self.forget_orphan(&task);
        }
    }

    /// Forgets a task without a service, once its container does not run.
    pub(super) fn forget_orphan(&mut self, id: &str) {
        let Some(task) = self.tasks.get(id).filter(|task| !self.services.contains_key(&task.service)) else {
            return;
        };
        let container = task.container.clone();
        if container.as_ref().and_then(|id| self.containers.get(id)).is_some_and(|c| c.is_up()) {
            return;
        }
        self.tasks.remove(id);
        if let Some(container) = container {
            self.tell(&container, "destroy", &[]);
            self.containers.remove(&container);
        }
    }

    /// Makes a config from its spec and gives its id.
    pub(crate) fn create_config(&mut self, spec: Value) -> Result<String, Refused> {
        let name = spec.get("Name").and_then(Value::as_str).unwrap_or_default().to_owned();
        if name.is_empty() {
            let text = "rpc error: code = InvalidArgument desc = meta: name must be provided";
            return Err(Refused::failed(400, text));
        }
        if self.configs.iter().any(|config| config.name() == name) {
            return Err(Refused::Conflict(format!(
                "rpc error: code = AlreadyExists desc = config {name} already exists"
            )));
        }
        self.made += 1;
        let id = ids::swarm(self.seed, &format!("config {name} {} {}", self.now, self.made));
        let version = self.next_version();
        self.configs.push(Config { id: id.clone(), spec, version, created: self.now });
        self.tell_swarm("config", "create", &id, &[("name", &name)]);
        Ok(id)
    }

    /// Removes a config that no service uses.
    pub(crate) fn remove_config(&mut self, id: &str) -> Result<(), Refused> {
        let Some(index) = self.configs.iter().position(|config| config.id == id) else { return Ok(()) };
        let names = |config: &Value| config.get("ConfigID").is_some_and(|own| own == id);
        let uses = |service: &&Service| {
            let configs = service.template().pointer("/ContainerSpec/Configs").and_then(Value::as_array);
            configs.is_some_and(|configs| configs.iter().any(names))
        };
        let name = self.configs.get(index).map(|config| config.name().to_owned()).unwrap_or_default();
        if let Some(user) = self.services.values().find(uses) {
            return Err(Refused::failed(
                400,
                format!(
                    "rpc error: code = InvalidArgument desc = config '{name}' is in use by the following service: {}",
                    user.name
                ),
            ));
        }
        self.configs.remove(index);
        self.tell_swarm("config", "remove", id, &[("name", &name)]);
        Ok(())
    }
}
