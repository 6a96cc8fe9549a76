//! The overview: facts, charts of the last 15 minutes, the last events.

mod charts;
mod elsewhere;
mod measured;
mod rollout;

use ratatui::{
    layout::Rect,
    text::{Line, Span},
};

use super::{Content, events, facts::Facts};
use crate::{
    domain::{
        Container, Driver, Health, Limits, Membership, Replica, RestartPolicy, Rollout, Service, ServiceMode,
        Stack, Status, ports,
    },
    model::RowKey,
    text,
    theme::Role,
    view::{scene::Scene, selection::Selection},
};

/// Events along the bottom, at least; more where there is room.
const EVENTS: usize = 5;

/// Mounts that are told one by one.
const MOUNTS: usize = 6;

/// The tab's text, made for an area: charts take what facts and events leave.
pub(super) fn content(scene: Scene<'_>, selection: Selection<'_>, area: Rect) -> Content {
    let mut facts = Facts::new(scene, area.width);
    match selection {
        Selection::None => {
            let says =
                if scene.model.tree.rows.is_empty() { "nothing to show yet" } else { "nothing is selected" };
            return Content::Sentence(
                says.to_owned(),
                "the tree on the left, or below, has what runs here".to_owned(),
            );
        }
        Selection::Stack(stack) => of_stack(scene, stack, &mut facts),
        Selection::Service(service) => of_service(scene, service, &mut facts),
        Selection::Replica(service, replica) => of_replica(scene, service, replica, &mut facts),
    }
    measured::tell(scene, selection, &mut facts);
    let mut lines = at_work(scene, area.width);
    lines.extend(facts.lines());
    let height = usize::from(area.height);
    let mut last = events::latest(scene, selection, area.width, height);
    let taken = lines.len() + last.len().min(EVENTS) + 2;
    lines.push(Line::default());
    lines.extend(charts::lines(scene, selection, area.width, height.saturating_sub(taken)));
    if !last.is_empty() {
        lines.push(Line::default());
        last.truncate(height.saturating_sub(lines.len()).max(EVENTS));
        lines.extend(last);
    }
    Content::Lines(lines)
}

/// What is being done to the selected service comes before everything else.
fn at_work(scene: Scene<'_>, width: u16) -> Vec<Line<'static>> {
    let model = scene.model;
    let Some(key) = model.tree.selected.as_ref().and_then(RowKey::service) else { return Vec::new() };
    let job = model.jobs.on(key);
    let mut lines = job.map(|job| rollout::lines(scene, job, width)).unwrap_or_default();
    // Of Swarm's updates the job knows the beginning and the end; what happens in between is seen as anybody else's.
    let seen = Rollout::of(&model.known.snapshot, key, model.clock.wall);
    let seen = seen.filter(|rollout| job.is_none() || rollout.driver == Driver::Swarm);
    lines.extend(seen.iter().flat_map(|rollout| elsewhere::lines(scene, rollout, width)));
    lines
}

fn of_stack(scene: Scene<'_>, stack: &Stack, facts: &mut Facts<'_>) {
    let kind = stack.kind.word();
    let age = stack.created_at().map(|at| format!("{} old", scene.age(at)));
    let services = match stack.services.len() {
        1 => "1 service".to_owned(),
        several => format!("{several} services"),
    };
    let replicas = format!("{}/{} replicas", stack.running(), stack.desired());
    facts.text("stack", &joined([kind.to_owned(), services, replicas, age.unwrap_or_default()]));
    let quiet =
        |service: &&Service| matches!(service.status, Status::Healthy | Status::Running | Status::Stopped);
    let loud = stack.services.iter().filter(|service| !quiet(service));
    let told = loud.map(|service| {
        let count = format!("  {}/{}  ", service.running, service.desired);
        let cause = service.replicas.iter().find_map(|replica| replica.cause.clone()).unwrap_or_default();
        vec![
            scene.status(service.status, service.status.word()),
            scene.span(format!("  {}", service.key.name), Role::Strong),
            scene.span(count, Role::Text),
            scene.span(cause, Role::Text),
        ]
    });
    facts.list("look at", told);
    for status in [Status::Healthy, Status::Running, Status::Stopped] {
        let names: Vec<&str> =
            stack.services.iter().filter(|s| s.status == status).map(|s| s.key.name.as_str()).collect();
        facts.text(status.word(), &names.join(", "));
    }
}

fn of_service(scene: Scene<'_>, service: &Service, facts: &mut Facts<'_>) {
    facts.text("image", &service.image);
    facts.list("", others(scene, service));
    facts.spans("replicas", replicas(scene, service));
    update(scene, service, facts);
    causes(scene, service.replicas.iter(), facts);
    facts.text("limits", &limits(service.limits.as_ref()));
    facts.text("ports", &ports(&service.ports));
    if let Some(container) = service.replicas.iter().find_map(|replica| container(scene, replica)) {
        placement(scene, container, facts);
    }
    let age = service.created_at.map(|at| format!("{} old", scene.age(at))).unwrap_or_default();
    let restarts = service.restarts().map(|count| format!("{count} restarts")).unwrap_or_default();
    facts.text("age", &joined([age, restarts]));
}

/// Images that replicas run and the service does not name: those of before an update.
fn others(scene: Scene<'_>, service: &Service) -> Vec<Vec<Span<'static>>> {
    let mut images: Vec<(&str, usize)> = Vec::new();
    for replica in service.replicas.iter().filter(|replica| replica.image != service.image) {
        match images.iter_mut().find(|(image, _)| *image == replica.image) {
            Some((_, count)) => *count += 1,
            None => images.push((&replica.image, 1)),
        }
    }
    let told = |(image, count): (&str, usize)| {
        let still =
            if count == 1 { "1 replica still runs ".to_owned() } else { format!("{count} still run ") };
        vec![scene.span(still, Role::Muted), scene.span(image.to_owned(), Role::Rolling)]
    };
    images.into_iter().map(told).collect()
}

fn of_replica(scene: Scene<'_>, service: &Service, replica: &Replica, facts: &mut Facts<'_>) {
    let container = container(scene, replica);
    facts.text("image", &replica.image);
    facts.spans("state", state(scene, replica, container));
    causes(scene, std::iter::once(replica), facts);
    facts.text("node", replica.node.as_deref().unwrap_or_default());
    let id = replica.container.as_ref().map(|id| id.short().to_owned()).unwrap_or_default();
    facts.text("container", &joined([replica.name.clone(), id, pid(container)]));
    facts.text("task", replica.task.as_ref().map(|task| task.short()).unwrap_or_default());
    let own = container.and_then(|container| container.limits.as_ref());
    facts.text("limits", &limits(own.or(service.limits.as_ref())));
    if let Some(container) = container {
        facts.text("ports", &ports(&container.ports));
        placement(scene, container, facts);
    }
    let age = format!("{} old", scene.age(replica.created_at));
    let started = replica.started_at.map(|at| format!("started {} ago", scene.age(at))).unwrap_or_default();
    let restarts = replica.restarts.map(|count| format!("{count} restarts")).unwrap_or_default();
    let policy = container.and_then(|container| container.restart_policy.as_ref()).map(policy);
    facts.text("age", &joined([age, started, restarts, policy.unwrap_or_default()]));
}

fn container<'a>(scene: Scene<'a>, replica: &Replica) -> Option<&'a Container> {
    scene.model.known.container(replica.container.as_ref()?)
}

fn replicas(scene: Scene<'_>, service: &Service) -> Vec<Span<'static>> {
    let mode = match &service.mode {
        None | Some(ServiceMode::Replicated(_)) => String::new(),
        Some(ServiceMode::Global) => "  one on each node".to_owned(),
        Some(ServiceMode::ReplicatedJob(_) | ServiceMode::GlobalJob) => "  a job".to_owned(),
        Some(ServiceMode::Unknown(word)) => format!("  {word}"),
    };
    let role = if service.running < service.desired { Role::Warning } else { Role::Text };
    let mut spans = vec![scene.span(format!("{}/{}", service.running, service.desired), role)];
    spans.push(scene.span(mode, Role::Muted));
    for status in Status::ALL {
        let count = service.replicas_that_are(status).count();
        if count > 0 {
            spans.extend([Span::raw("  "), scene.status(status, &format!("{count} {}", status.word()))]);
        }
    }
    spans
}

fn update(scene: Scene<'_>, service: &Service, facts: &mut Facts<'_>) {
    let Some(update) = &service.update else { return };
    let role = if update.state.is_stuck() { Role::Critical } else { Role::Rolling };
    let role = if update.state.is_rolling() || update.state.is_stuck() { role } else { Role::Text };
    let when = update.completed_at.or(update.started_at).map(|at| format!(" {} ago", scene.age(at)));
    let message = if update.message.is_empty() { String::new() } else { format!(": {}", update.message) };
    let spans = vec![
        scene.span(update.state.word().to_owned(), role),
        scene.span(when.unwrap_or_default(), Role::Text),
        scene.span(message, Role::Muted),
    ];
    facts.spans("update", spans);
}

/// Why replicas are not well.
fn causes<'a>(scene: Scene<'_>, replicas: impl Iterator<Item = &'a Replica>, facts: &mut Facts<'_>) {
    let told = replicas.filter_map(|replica| Some((replica, replica.cause.clone()?)));
    let lines = told.map(|(replica, cause)| {
        let glyph = scene.theme.glyphs.glyph(replica.status);
        let node = replica.node.as_ref().map(|node| format!(" on {node}")).unwrap_or_default();
        vec![
            scene.span(format!("{glyph} .{}{node}  ", replica.key.slot), Role::of_status(replica.status)),
            scene.span(cause, Role::Text),
        ]
    });
    facts.list("cause", lines);
}

fn state(scene: Scene<'_>, replica: &Replica, container: Option<&Container>) -> Vec<Span<'static>> {
    let mut spans = vec![scene.status(replica.status, replica.status.word())];
    if let Some(container) = container {
        let health = if container.health == Health::None { "  no health check" } else { "" };
        spans.push(scene.span(format!("  container {}{health}", container.state.word()), Role::Muted));
    }
    spans
}

fn pid(container: Option<&Container>) -> String {
    container.and_then(|container| container.pid).map(|pid| format!("pid {pid}")).unwrap_or_default()
}

fn limits(limits: Option<&Limits>) -> String {
    let Some(limits) = limits else { return String::new() };
    let memory =
        limits.memory.map_or_else(|| "no memory limit".to_owned(), |m| format!("memory {}", text::bytes(m)));
    let cpus = limits.cpus.map_or_else(|| "no CPU limit".to_owned(), |cpus| format!("{cpus} CPUs"));
    joined([memory, cpus])
}

/// Networks and mounts.
fn placement(scene: Scene<'_>, container: &Container, facts: &mut Facts<'_>) {
    facts.text("networks", &container.networks.join(", "));
    let mounts = container.mounts.iter().take(MOUNTS).map(|mount| {
        let mode = if mount.writable { "" } else { " read-only" };
        vec![
            scene.span(mount.target.clone(), Role::Text),
            scene.span(format!("  {} {}{mode}", mount.kind, mount.source), Role::Muted),
        ]
    });
    facts.list("mounts", mounts);
    if let Some(more) = container.mounts.len().checked_sub(MOUNTS).filter(|more| *more > 0) {
        facts.text("", &format!("and {more} more"));
    }
    if let Membership::Compose { one_off: true, project, .. } = &container.membership {
        facts.text("made by", &format!("compose run, of {project}"));
    }
}

fn policy(policy: &RestartPolicy) -> String {
    match policy {
        RestartPolicy::No => "not restarted".to_owned(),
        RestartPolicy::Always => "restarts always".to_owned(),
        RestartPolicy::UnlessStopped => "restarts unless stopped".to_owned(),
        RestartPolicy::OnFailure(0) => "restarts on failure".to_owned(),
        RestartPolicy::OnFailure(most) => format!("restarts on failure, at most {most} times"),
        RestartPolicy::Unknown(word) => format!("restart policy {word}"),
    }
}

fn joined<const N: usize>(parts: [String; N]) -> String {
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("  ")
}
