//! From a key to what is asked of the engine: what the selection is, what can be done to it.

use super::{Effect, Effects, Request, notify, plan};
use crate::{
    action::{Action, Touch},
    command::simple::{Running, Verb},
    domain::{Link, Replica, Service, StackKind, Status},
    model::{Access, Ask, Field, Model, NoticeLevel, Overlay, RowKey, Wish},
};

/// The signal that ends a container at once.
const KILL: &str = "SIGKILL";

/// Why an action cannot be taken now, if it cannot: nothing is changed by who may only look, nor on an engine that
/// does not answer.
pub(super) fn refusal(model: &Model, action: Action) -> Option<String> {
    let why = match (action.touch(), model.access, &model.link) {
        (Touch::Reads, ..) | (Touch::Changes, Access::ReadWrite, Link::Live) => return None,
        (Touch::Changes, Access::ReadOnly, _) => "this dashboard is read-only",
        (Touch::Changes, Access::ReadWrite, Link::Connecting | Link::Lost { .. }) => {
            "the engine does not answer; it can be done once the link is live again"
        }
    };
    Some(format!("no {}: {why}", action.id()))
}

/// What a person can do to the selection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    Restart,
    Start,
    Stop,
    Pause,
    Kill,
    Remove,
}

/// Asks for a plan that does one thing to each container of the selection.
pub(super) fn each(model: &mut Model, deed: Deed) -> Effects {
    match request(model, deed) {
        Ok((request, subject)) => plan::prepare(model, request, subject),
        Err(why) => refuse(model, why),
    }
}

fn refuse(model: &mut Model, why: String) -> Effects {
    notify(model, NoticeLevel::Note, why);
    Effects::new()
}

fn request(model: &Model, deed: Deed) -> Result<(Request, Subject), String> {
    let subject = Subject::of(model)?;
    if let (Deed::Restart, Some(request)) = (deed, subject.renewal(model)) {
        return Ok((request, subject));
    }
    let replicas = subject.replicas(model)?;
    let paused = || replicas.iter().all(|replica| replica.status == Status::Paused);
    let verb = match deed {
        Deed::Restart => Verb::Restart(None),
        Deed::Start => Verb::Start,
        Deed::Stop => Verb::Stop(None),
        Deed::Pause if paused() => Verb::Unpause,
        Deed::Pause => Verb::Pause,
        Deed::Kill => Verb::Kill(KILL.to_owned()),
        Deed::Remove => Verb::Remove(Running::Killed),
    };
    let containers: Vec<String> =
        replicas.into_iter().filter(|replica| concerns(&verb, replica)).map(|r| r.name.clone()).collect();
    if containers.is_empty() {
        return Err(format!("no container of {} is there to {}", subject.name, verb.word()));
    }
    Ok((Request::Each { verb, of: subject.name.clone(), containers }, subject))
}

/// Whether the verb does anything to a container in this state.
fn concerns(verb: &Verb, replica: &Replica) -> bool {
    let status = replica.status;
    match verb {
        Verb::Start => !status.is_up() && status != Status::Restarting && status != Status::Paused,
        Verb::Stop(_) | Verb::Kill(_) => {
            status.is_up() || matches!(status, Status::Restarting | Status::Paused)
        }
        Verb::Pause => status.is_up(),
        Verb::Unpause => status == Status::Paused,
        Verb::Restart(_) | Verb::Remove(_) => true,
    }
}

/// Asks for a plan that removes what nobody uses of all that the engine keeps, whatever is selected.
pub(super) fn prune(model: &mut Model) -> Effects {
    let name = model.known.snapshot.engine.name.clone();
    let subject = Subject { name, row: RowKey::Stack(None, StackKind::Loose) };
    plan::prepare(model, Request::Prune, subject)
}

/// Asks for a shell in the selection: of a service, in its first replica that runs.
pub(super) fn shell(model: &mut Model) -> Effects {
    match entrance(model) {
        Ok(container) => vec![Effect::Shell(container)],
        Err(why) => refuse(model, why),
    }
}

/// The name of the container that can be entered.
fn entrance(model: &Model) -> Result<String, String> {
    let subject = Subject::of(model)?;
    if let RowKey::Stack(..) = subject.row {
        return Err("a shell runs in one container: select a service or a replica".to_owned());
    }
    let services = model.known.fleet.services().filter(|service| subject.covers(service));
    let replicas = services.flat_map(|service| &service.replicas).filter(|it| subject.includes(it));
    let replicas: Vec<&Replica> = replicas.collect();
    let here: Vec<&Replica> = replicas.iter().copied().filter(|it| it.container.is_some()).collect();
    let open = here.iter().find(|it| it.status.is_up() && it.status != Status::Paused);
    let name = &subject.name;
    match (open, here.first(), replicas.iter().find_map(|it| it.node.as_ref())) {
        (Some(replica), ..) => Ok(container_name(model, replica)),
        (None, Some(replica), _) if replica.status == Status::Paused => {
            Err(format!("no shell in {}: it is paused", replica.name))
        }
        (None, Some(replica), _) => Err(format!("no shell in {}: it does not run", replica.name)),
        (None, None, Some(node)) => Err(format!("{name} runs on node {node}: point stacktop at its engine")),
        (None, None, None) => Err(format!("{name} has no container")),
    }
}

/// A task goes by another name than its container.
fn container_name(model: &Model, replica: &Replica) -> String {
    let container = replica.container.as_ref().and_then(|id| model.known.container(id));
    container.map_or_else(|| replica.name.clone(), |container| container.name.clone())
}

/// What an operation is about.
pub(super) struct Subject {
    /// As a person calls it.
    pub(super) name: String,
    pub(super) row: RowKey,
}

impl Subject {
    fn of(model: &Model) -> Result<Self, String> {
        let row = model.tree.selected.clone().ok_or("nothing is selected")?;
        let name = match &row {
            RowKey::Stack(None, _) => {
                return Err("what belongs to no stack is dealt with one by one: select one".to_owned());
            }
            RowKey::Stack(Some(name), _) => name.to_string(),
            RowKey::Service(key) => key.to_string(),
            RowKey::Replica(key) => key.to_string(),
        };
        Ok(Self { name, row })
    }

    /// The replicas that it has on this engine, in the order of services and slots.
    fn replicas<'a>(&self, model: &'a Model) -> Result<Vec<&'a Replica>, String> {
        let of_swarm = |service: &Service| service.kind == StackKind::Swarm;
        let services: Vec<&Service> = model.known.fleet.services().filter(|it| self.covers(it)).collect();
        if services.iter().copied().any(of_swarm) {
            let name = &self.name;
            return Err(format!(
                "Swarm starts and stops the containers of {name} itself: restart, scale or update its services"
            ));
        }
        let replicas = services.into_iter().flat_map(|service| &service.replicas);
        Ok(replicas.filter(|replica| self.includes(replica)).collect())
    }

    /// How a service of Swarm's is restarted.
    fn renewal(&self, model: &Model) -> Option<Request> {
        let RowKey::Service(key) = &self.row else { return None };
        let service = model.known.fleet.service(key)?;
        let swarm = service.id.clone()?;
        Some(Request::Renew { service: service.key.clone(), swarm })
    }

    fn covers(&self, service: &Service) -> bool {
        match &self.row {
            RowKey::Stack(name, kind) => service.key.stack == *name && service.kind == *kind,
            RowKey::Service(key) => service.key == *key,
            RowKey::Replica(key) => service.key == key.service,
        }
    }

    fn includes(&self, replica: &Replica) -> bool {
        match &self.row {
            RowKey::Stack(..) | RowKey::Service(_) => true,
            RowKey::Replica(key) => replica.key == *key,
        }
    }
}

/// Asks the person for the argument of a command on the selected service.
pub(super) fn ask(model: &mut Model, wish: Wish) -> Effects {
    match question(model, wish) {
        Ok(question) => model.focus.overlay = Some(Overlay::Ask(question)),
        Err(why) => return refuse(model, why),
    }
    Effects::new()
}

fn question(model: &Model, wish: Wish) -> Result<Ask, String> {
    let verb = match wish {
        Wish::Scale => "scaled",
        Wish::Update => "updated",
    };
    let key = model.tree.selected.as_ref().and_then(RowKey::service);
    let key = key.ok_or_else(|| format!("a stack is {verb} service by service: select one"))?;
    let service = model.known.fleet.service(key).ok_or_else(|| format!("{key} is gone"))?;
    if service.kind == StackKind::Loose {
        return Err(format!("{key} is a container of its own: only services have replicas and updates"));
    }
    let (now, text) = match wish {
        Wish::Scale => {
            (format!("{} of {} replicas run", service.running, service.desired), service.desired.to_string())
        }
        Wish::Update => (format!("it runs {}", service.image), service.image.clone()),
    };
    Ok(Ask { wish, service: key.clone(), swarm: service.id.clone(), now, answer: Field::of(text) })
}

/// Enter: the argument is taken, or the reason is told why it cannot be.
pub(super) fn answer(model: &mut Model) -> Effects {
    let Some(Overlay::Ask(ask)) = &mut model.focus.overlay else { return Effects::new() };
    match wanted(ask) {
        Ok(request) => {
            let subject =
                Subject { name: ask.service.to_string(), row: RowKey::Service(ask.service.clone()) };
            plan::prepare(model, request, subject)
        }
        Err(why) => {
            ask.answer.error = Some(why);
            Effects::new()
        }
    }
}

fn wanted(ask: &Ask) -> Result<Request, String> {
    let (service, swarm, text) = (ask.service.clone(), ask.swarm.clone(), ask.answer.text.trim());
    match ask.wish {
        Wish::Scale => match text.parse() {
            Ok(replicas) => Ok(Request::Scale { service, swarm, replicas }),
            Err(_) => Err("a number is wanted, 0 or more".to_owned()),
        },
        Wish::Update if text.is_empty() || text.contains(char::is_whitespace) => {
            Err("an image is written like `shop/web:1.4`, in one word".to_owned())
        }
        Wish::Update => Ok(Request::Update { service, swarm, image: text.to_owned() }),
    }
}
