//! A rolling update as the engine shows it: whoever began it, replica by replica.

use ratatui::text::{Line, Span};

use crate::{
    action::Action,
    domain::{Driver, Exchange, ExchangePhase, Rollout, RolloutStage, Side, Status},
    text,
    theme::Role,
    view::{
        scene::Scene,
        widgets::{
            table::{self, Side as At},
            wrap,
        },
    },
};

/// From this many cells on, what was seen of each replica stands in its row.
const ROOMY: u16 = 76;

/// Probes that are told.
const PROBES: usize = 3;

/// Cells for what a line of evidence is.
const LABEL: usize = 7;

/// The lines of a rolling update.
pub(super) fn lines(scene: Scene<'_>, rollout: &Rollout, width: u16) -> Vec<Line<'static>> {
    let room = usize::from(width);
    let mut lines = heading(scene, rollout, room);
    let columns = [
        ("SLOT", At::Left),
        ("OLD", At::Left),
        ("NEW", At::Left),
        ("PHASE", At::Left),
        ("TIME", At::Right),
        (if width < ROOMY { "" } else { "SEEN" }, At::Left),
    ];
    let rows = rollout.slots.iter().map(|slot| row(scene, slot, width)).collect();
    lines.extend(table::lines(width, columns, scene.style(Role::Heading), rows));
    lines.extend(evidence(scene, rollout, width));
    lines.extend(keys(scene, rollout));
    lines.push(Line::default());
    lines
}

fn heading(scene: Scene<'_>, rollout: &Rollout, room: usize) -> Vec<Line<'static>> {
    let (status, words) = title(rollout, &who(scene, rollout));
    let facts = [
        scene.status(status, &words),
        scene.span(format!("  {}", image(rollout)), Role::Rolling),
        scene.span(format!("  {}", counts(scene, rollout)), Role::Text),
    ];
    let mut lines = broken(facts, room);
    for (text, role) in [(why(rollout), Role::Critical), (policy(rollout), Role::Muted)] {
        if !text.is_empty() {
            lines.extend(wrap::spans(&Line::from(scene.span(format!("  {text}"), role)), room, 4));
        }
    }
    lines
}

/// In one line where they fit, else a line each.
pub(super) fn broken<const N: usize>(facts: [Span<'static>; N], room: usize) -> Vec<Line<'static>> {
    let all = Line::from(facts.to_vec());
    if all.width() <= room {
        return vec![all];
    }
    facts.into_iter().flat_map(|fact| wrap::spans(&Line::from(fact), room, 4)).collect()
}

/// The image of before and the new one; of the same repository only the new one's tag.
fn image(rollout: &Rollout) -> String {
    let Some(from) = &rollout.from else { return rollout.to.clone() };
    let repository = from.rsplit_once(':').map(|(repository, _)| repository);
    let same = rollout.to.rsplit_once(':').filter(|(of, _)| repository == Some(of));
    format!("{from} → {}", same.map_or(rollout.to.as_str(), |(_, tag)| tag))
}

fn title(rollout: &Rollout, who: &str) -> (Status, String) {
    let service = &rollout.service;
    match rollout.stage {
        RolloutStage::Rolling => (Status::Rolling, format!("rolling update of {service} by {who}")),
        RolloutStage::RollingBack => (Status::Rolling, format!("{service} is rolled back by {who}")),
        RolloutStage::Stuck => (Status::Down, format!("the update of {service} by {who} waits for a person")),
        RolloutStage::Done => (Status::Healthy, format!("{service} was updated by {who}")),
        RolloutStage::RolledBack => {
            (Status::Unhealthy, format!("the update of {service} by {who} failed; it is as before"))
        }
    }
}

/// Who is at it: for stacktop the person that its lock names.
fn who(scene: Scene<'_>, rollout: &Rollout) -> String {
    let errand = scene.model.known.unfinished.iter().find(|errand| errand.key() == rollout.service);
    match (&rollout.driver, errand) {
        (Driver::Swarm, _) => "Swarm".to_owned(),
        (Driver::Compose, _) => "docker compose".to_owned(),
        (Driver::Stacktop(_), Some(errand)) => format!("{}@{}, pid {}", errand.user, errand.host, errand.pid),
        (Driver::Stacktop(_), None) => "stacktop".to_owned(),
    }
}

fn counts(scene: Scene<'_>, rollout: &Rollout) -> String {
    let clock = &scene.model.clock;
    let mut words = vec![format!("{}/{} done", rollout.done(), rollout.slots.len())];
    if rollout.failures() > 0 {
        words.push(format!("{} failed", rollout.failures()));
    }
    words.extend(rollout.began.map(|began| format!("began {} ago", scene.age(began))));
    words.extend(rollout.left(clock.wall).map(|left| format!("about {} s left", left.as_secs())));
    words.join("  ")
}

/// Why it does not go on, in one line.
fn why(rollout: &Rollout) -> String {
    let is_quiet = matches!(rollout.stage, RolloutStage::Rolling | RolloutStage::Done);
    let said = Some(rollout.said.clone()).filter(|said| !said.is_empty() && !is_quiet);
    let slot = rollout.trouble().and_then(|slot| Some(format!("slot {}: {}", slot.slot, slot.seen.clone()?)));
    slot.into_iter().chain(said).collect::<Vec<_>>().join(" — ")
}

fn policy(rollout: &Rollout) -> String {
    let Some(policy) = rollout.policy.as_ref().filter(|_| rollout.stage != RolloutStage::Done) else {
        return String::new();
    };
    let at_once = match policy.parallelism {
        0 => "all at once".to_owned(),
        count => format!("{count} at a time"),
    };
    let pause = match policy.delay.as_secs() {
        0 => String::new(),
        seconds => format!(", {seconds} s between"),
    };
    format!("{}, {at_once}{pause}, on a failure {}", policy.order, policy.failure_action)
}

fn row(scene: Scene<'_>, slot: &Exchange, width: u16) -> [Span<'static>; 6] {
    let (phase, role) = match &slot.phase {
        ExchangePhase::Waits => ("waits".to_owned(), Role::Muted),
        ExchangePhase::Comes(word) => (word.clone(), Role::Rolling),
        ExchangePhase::Done => ("done".to_owned(), Role::Healthy),
        ExchangePhase::Failed => ("failed".to_owned(), Role::Critical),
        ExchangePhase::Untouched => ("not touched".to_owned(), Role::Muted),
    };
    let phase = if slot.failures > 1 { format!("{phase} ×{}", slot.failures) } else { phase };
    let time = slot.lasted(scene.model.clock.wall).map(|time| text::age(time.as_secs() as i64));
    let seen = slot.seen.clone().filter(|_| width >= ROOMY).unwrap_or_default();
    [
        scene.span(slot.slot.to_string(), Role::Strong),
        side(scene, slot.old.as_ref()),
        side(scene, slot.new.as_ref()),
        scene.span(phase, role),
        scene.span(time.unwrap_or_default(), Role::Text),
        scene.span(seen, Role::Text),
    ]
}

fn side(scene: Scene<'_>, side: Option<&Side>) -> Span<'static> {
    side.map_or_else(|| scene.span("–", Role::Muted), |side| scene.status(side.status, side.status.word()))
}

/// What the container that does not serve said last.
fn evidence(scene: Scene<'_>, rollout: &Rollout, width: u16) -> Vec<Line<'static>> {
    let Some(slot) = rollout.trouble() else { return Vec::new() };
    let Some(container) = slot.suspect.as_ref().and_then(|id| scene.model.known.container(id)) else {
        return Vec::new();
    };
    let skip = container.probes.len().saturating_sub(PROBES);
    let probes = container.probes.iter().skip(skip).map(|probe| {
        let age = probe.started_at.map(|at| format!(" {} ago", scene.age(at))).unwrap_or_default();
        ("probe", format!("exit {}{age}  {}", probe.exit_code, probe.verdict()))
    });
    let tail = scene.model.detail.tail.as_ref().filter(|tail| tail.container == container.id);
    let log = tail.into_iter().flat_map(|tail| &tail.lines).map(|line| ("log", line.clone()));
    let said = probes.chain(log).flat_map(|(label, text)| said(scene, label, &text, width));
    std::iter::once(Line::from(scene.span(container.name.clone(), Role::Heading))).chain(said).collect()
}

/// A line of evidence under its label.
pub(super) fn said(scene: Scene<'_>, label: &str, text: &str, width: u16) -> Vec<Line<'static>> {
    let line = Line::from(vec![
        scene.span(format!("{label:<LABEL$}"), Role::Muted),
        scene.span(text.to_owned(), Role::Text),
    ]);
    wrap::spans(&line, usize::from(width), LABEL)
}

/// What a person can do about it.
fn keys(scene: Scene<'_>, rollout: &Rollout) -> Option<Line<'static>> {
    let offers: &[(Action, &str)] = match (&rollout.driver, rollout.stage) {
        (Driver::Swarm, RolloutStage::Rolling | RolloutStage::Stuck) => {
            &[(Action::RollBack, "rolls back"), (Action::Update, "to another image"), (Action::Logs, "logs")]
        }
        (Driver::Stacktop(_), RolloutStage::Rolling | RolloutStage::Stuck) => {
            &[(Action::Resume, "goes on"), (Action::RollBack, "goes back"), (Action::Logs, "logs")]
        }
        (Driver::Compose, RolloutStage::Stuck) => {
            &[(Action::Update, "to another image"), (Action::Logs, "logs")]
        }
        (Driver::Swarm | Driver::Compose | Driver::Stacktop(_), _) => &[(Action::Logs, "logs")],
    };
    hints(scene, offers)
}

/// The keys of these actions, each with what it does here.
pub(super) fn hints(scene: Scene<'_>, offers: &[(Action, &str)]) -> Option<Line<'static>> {
    let keys = offers.iter().filter_map(|(action, does)| Some((scene.key(*action)?, *does)));
    let spans: Vec<Span<'static>> = keys
        .flat_map(|(key, does)| {
            [scene.span(key, Role::HintKey), scene.span(format!(" {does}   "), Role::HintText)]
        })
        .collect();
    (!spans.is_empty()).then(|| Line::from(spans))
}
