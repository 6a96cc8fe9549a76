//! From a key to what is asked of the engine: what the selection is, what can be done to it.

use super::{Effects, Images, Request, backups, notify, plan, subject::Subject};
use crate::{
    action::{Action, Touch},
    command::{
        rollout::project::turns,
        simple::{Running, Verb},
    },
    domain::{Link, Replica, ServiceKey, StackKind, StackName, Status},
    model::{Access, Ask, Extent, Field, Model, NoticeLevel, Overlay, RowKey, Wish},
};

/// The signal that ends a container at once.
const KILL: &str = "SIGKILL";

/// Why an action cannot be taken now, if it cannot: nothing is changed by who may only look, nor on an engine that
/// does not answer.
pub(super) fn refusal(model: &Model, action: Action) -> Option<String> {
    let why = match (action.touch(), model.access, &model.link) {
        (Touch::Reads, ..) | (Touch::Changes, Access::ReadWrite, Link::Live) => return None,
        (Touch::Changes, Access::ReadOnly, _) => {
            model.guard.as_deref().unwrap_or("this dashboard is read-only")
        }
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
    if let (Deed::Restart, Some(request)) = (deed, renewal(model, subject.only())) {
        return Ok((request, subject));
    }
    let verb = match deed {
        Deed::Restart => Verb::Restart(None),
        Deed::Start => Verb::Start,
        Deed::Stop => Verb::Stop(None),
        Deed::Pause if is_paused(model, &subject)? => Verb::Unpause,
        Deed::Pause => Verb::Pause,
        Deed::Kill => Verb::Kill(KILL.to_owned()),
        Deed::Remove => Verb::Remove(Running::Killed),
    };
    let replicas = subject.replicas(model, &verb)?.into_iter().filter(|replica| concerns(&verb, replica));
    let containers: Vec<String> = replicas.map(|replica| replica.name.clone()).collect();
    if containers.is_empty() {
        return Err(format!("no container of {} is there to {}", subject.name, verb.word()));
    }
    Ok((Request::Each { verb, of: subject.name.clone(), containers }, subject))
}

fn is_paused(model: &Model, subject: &Subject) -> Result<bool, String> {
    let replicas = subject.replicas(model, &Verb::Unpause)?;
    Ok(replicas.iter().all(|replica| replica.status == Status::Paused))
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

/// How a service of Swarm's is restarted.
fn renewal(model: &Model, row: Option<&RowKey>) -> Option<Request> {
    let Some(RowKey::Service(key)) = row else { return None };
    let service = model.known.fleet.service(key)?;
    let swarm = service.id.clone()?;
    Some(Request::Renew { service: service.key.clone(), swarm })
}

/// Asks for a plan that removes what nobody uses of all that the engine keeps, whatever is selected.
pub(super) fn prune(model: &mut Model) -> Effects {
    let subject = Subject::engine(model.known.snapshot.engine.name.clone());
    plan::prepare(model, Request::Prune, subject)
}

/// Asks the person for the argument of a command on the selected service.
pub(super) fn ask(model: &mut Model, wish: Wish) -> Effects {
    match question(model, wish) {
        Ok(question) => model.focus.overlay = Some(Overlay::Ask(question)),
        Err(why) => return refuse(model, why),
    }
    Effects::new()
}

/// Takes a command on the selected service with its argument at once; one that cannot be used is left to be mended.
pub(super) fn told(model: &mut Model, action: Action, argument: String) -> Effects {
    if let Some(why) = refusal(model, action) {
        return refuse(model, why);
    }
    let wish = if action == Action::Scale { Wish::Scale } else { Wish::Update };
    let effects = ask(model, wish);
    let Some(Overlay::Ask(ask)) = &mut model.focus.overlay else { return effects };
    ask.answer = Field::of(argument);
    answer(model)
}

fn question(model: &Model, wish: Wish) -> Result<Ask, String> {
    let verb = match wish {
        Wish::Scale => "scaled",
        Wish::Update => "updated",
    };
    let subject = Subject::of(model)?;
    let Some(row) = subject.only() else {
        return Err(format!(
            "{} are marked, and services are {verb} one by one: take the marks away",
            subject.name
        ));
    };
    if let (RowKey::Stack(Some(stack), StackKind::Compose), Wish::Update) = (row, wish) {
        return all_of(model, stack);
    }
    let key = row.service().ok_or_else(|| format!("{}: select one", by_service(row, wish)))?;
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
    let extent = Extent::Service { key: key.clone(), swarm: service.id.clone() };
    Ok(Ask { wish, extent, now, answer: Field::of(text) })
}

const fn by_service(row: &RowKey, wish: Wish) -> &'static str {
    match (row, wish) {
        (RowKey::Stack(_, StackKind::Swarm), Wish::Update) => {
            "the services of a Swarm stack have no order among them and are updated one by one"
        }
        (_, Wish::Update) => "a stack is updated service by service",
        (_, Wish::Scale) => "a stack is scaled service by service",
    }
}

/// Whether the images are fetched first has to be told; which services have their turns, and when, is known.
fn all_of(model: &Model, stack: &StackName) -> Result<Ask, String> {
    let mut stacks = model.known.fleet.stacks.iter();
    let found = stacks.find(|it| it.name.as_ref() == Some(stack) && it.kind == StackKind::Compose);
    let turns = turns(&model.known.snapshot, found.ok_or_else(|| format!("{stack} is gone"))?);
    let names =
        |keys: Vec<&ServiceKey>| keys.into_iter().map(|key| key.name.as_str()).collect::<Vec<_>>().join(", ");
    let in_turn = names(turns.services.iter().map(|service| &service.key).collect());
    if in_turn.is_empty() {
        return Err(format!("no service of {stack} runs"));
    }
    let mut now = format!("each service to what its image's name means now, in this order: {in_turn}");
    if !turns.left_alone.is_empty() {
        now.push_str(&format!("; left alone, as it does not run: {}", names(turns.left_alone)));
    }
    let extent = Extent::Project(stack.clone());
    Ok(Ask { wish: Wish::Update, extent, now, answer: Field::of("no") })
}

/// Enter: the argument is taken, or the reason is told why it cannot be.
pub(super) fn answer(model: &mut Model) -> Effects {
    let Some(Overlay::Ask(ask)) = &mut model.focus.overlay else { return Effects::new() };
    match wanted(ask) {
        Ok(request) => {
            let subject = match &ask.extent {
                Extent::Service { key, .. } => Subject::service(key),
                Extent::Project(stack) => Subject::project(stack),
                Extent::Set { stack, service: None, .. } => Subject::of_stack(stack),
                Extent::Set { stack, service: Some(name), .. } => {
                    Subject::service(&ServiceKey { stack: Some(stack.clone()), name: name.clone() })
                }
            };
            plan::prepare(model, request, subject)
        }
        Err(why) => {
            ask.answer.error = Some(why);
            Effects::new()
        }
    }
}

fn wanted(ask: &Ask) -> Result<Request, String> {
    let text = ask.answer.text.trim();
    let (service, swarm) = match ask.extent.clone() {
        Extent::Service { key, swarm } => (key, swarm),
        Extent::Project(stack) => {
            return images(text).map(|images| Request::UpdateAll { stack, images });
        }
        Extent::Set { stack, service, set } => {
            return backups::way(text).map(|way| Request::Restore { stack, service, set, way });
        }
    };
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

fn images(text: &str) -> Result<Images, String> {
    match text.to_lowercase().as_str() {
        "y" | "yes" => Ok(Images::Fetched),
        "n" | "no" => Ok(Images::AsTheyAre),
        _ => Err("yes or no is wanted".to_owned()),
    }
}
