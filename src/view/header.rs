//! The top two lines: which engine, how it is doing, what is wrong.

use jiff::Timestamp;
use ratatui::{buffer::Buffer, layout::Rect, style::Style, widgets::Widget};

use super::{scene::Scene, widgets::pencil::Pencil};
use crate::{
    domain::{Link, Status, SwarmRole, Tally},
    text,
    theme::Role,
};

/// The longest name of an engine that is shown whole.
const NAME: usize = 28;

/// From this many cells on, the second line has room for details.
const ROOMY: u16 = 100;

/// The top two lines.
pub(super) struct Header<'a> {
    pub(super) scene: Scene<'a>,
}

/// A piece of the first line; those of little weight are left out where there is no room.
struct Piece {
    weight: u8,
    text: String,
    style: Style,
}

impl Widget for &Header<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let first = Rect { height: area.height.min(1), ..area };
        let second = Rect { y: area.y + 1, ..first }.intersection(area);
        self.first(first, buffer);
        match &self.scene.model.link {
            Link::Lost { .. } => self.trouble(second, buffer),
            Link::Connecting if self.scene.is_stale() => self.again(second, buffer),
            Link::Live | Link::Connecting => self.counts(second, buffer),
        }
    }
}

impl Header<'_> {
    fn first(&self, row: Rect, buffer: &mut Buffer) {
        let mut left = self.left();
        let mut right = self.right();
        let width = |pieces: &[Piece]| pieces.iter().map(|piece| text::width(&piece.text) + 2).sum::<usize>();
        while width(&left) + width(&right) > usize::from(row.width) {
            let lightest = left.iter().chain(&right).map(|piece| piece.weight).min().unwrap_or(u8::MAX);
            if lightest == u8::MAX {
                break;
            }
            left.retain(|piece| piece.weight != lightest);
            right.retain(|piece| piece.weight != lightest);
        }
        let gap = usize::from(row.width).saturating_sub(width(&left) + width(&right));
        let mut pencil = Pencil::on(buffer, row);
        pencil.skip(1);
        for piece in &left {
            pencil.write(&piece.text, piece.style).skip(2);
        }
        pencil.skip(gap as u16);
        for (place, piece) in right.iter().enumerate() {
            pencil.skip(if place == 0 { 0 } else { 2 }).write(&piece.text, piece.style);
        }
    }

    fn left(&self) -> Vec<Piece> {
        let scene = self.scene;
        let engine = &scene.model.known.snapshot.engine;
        let mut pieces = vec![piece(scene, u8::MAX, "stacktop".to_owned(), Role::BorderFocused)];
        if !engine.name.is_empty() {
            pieces.push(piece(scene, 8, text::fit(&engine.name, NAME), Role::Strong));
        }
        pieces.push(piece(scene, 1, scene.model.endpoint.clone(), Role::Muted));
        if !engine.version.is_empty() {
            pieces.push(piece(scene, 3, format!("engine {}", engine.version), Role::Muted));
        }
        if let Some(swarm) = swarm(scene) {
            pieces.push(piece(scene, 4, swarm, Role::Muted));
        }
        pieces
    }

    fn right(&self) -> Vec<Piece> {
        let scene = self.scene;
        let (glyph, word, role) = match &scene.model.link {
            Link::Live => (scene.theme.glyphs.glyph(Status::Healthy), "live", Role::LinkLive),
            Link::Connecting => (scene.theme.glyphs.glyph(Status::Starting), "connecting", Role::Starting),
            Link::Lost { .. } => (scene.theme.glyphs.glyph(Status::Down), "lost", Role::LinkLost),
        };
        let mut pieces = Vec::with_capacity(3);
        if let Some(load) = load(scene) {
            pieces.push(piece(scene, 5, load, if scene.is_stale() { Role::Stale } else { Role::Text }));
        }
        pieces.push(piece(scene, u8::MAX, format!("{glyph} {word}"), role));
        pieces.push(piece(scene, 7, scene.time(scene.model.clock.wall), Role::Text));
        pieces
    }

    /// What is wrong, then what there is.
    fn counts(&self, row: Rect, buffer: &mut Buffer) {
        let scene = self.scene;
        let mut pencil = Pencil::on(buffer, row);
        pencil.skip(1);
        if scene.model.known.taken_at.is_none() {
            return;
        }
        let findings = scene.model.known.findings.len();
        let (words, role) = match findings {
            0 => ("nothing is wrong".to_owned(), Role::Healthy),
            1 => ("1 finding".to_owned(), Role::Warning),
            several => (format!("{several} findings"), Role::Warning),
        };
        pencil.write(&words, scene.style(role)).skip(3);
        for (status, count) in wrong(scene) {
            let span = scene.status(status, &format!("{count} {}", status.word()));
            pencil.write(&span.content, span.style).skip(2);
        }
        let room = usize::from(pencil.room().saturating_sub(2));
        pencil.skip(1).write(&totals(scene, room), scene.style(Role::Muted));
    }

    /// That what is shown is from before.
    fn again(&self, row: Rect, buffer: &mut Buffer) {
        let scene = self.scene;
        let age = scene.model.known.taken_at.map(|at| scene.age(at)).unwrap_or_default();
        let glyph = scene.theme.glyphs.glyph(Status::Starting);
        let text = format!("{glyph} connecting again — data {age} old");
        Pencil::on(buffer, row).skip(1).write(&text, scene.style(Role::Starting));
    }

    /// Why nothing arrives, when the next try is made, how old the data is.
    fn trouble(&self, row: Rect, buffer: &mut Buffer) {
        let scene = self.scene;
        let Link::Lost { since, cause, attempts, retry_at } = &scene.model.link else { return };
        let seconds = seconds_until(scene, *retry_at);
        let next = if seconds > 0 { format!("next try in {seconds}s") } else { "trying now".to_owned() };
        let tries =
            if *attempts > 0 && row.width >= ROOMY { format!(" ({attempts} failed)") } else { String::new() };
        let age = match scene.model.known.taken_at {
            Some(at) => format!("data {} old", scene.age(at)),
            None => "nothing known yet".to_owned(),
        };
        let tail = format!(" — {next}{tries} — {age}");
        let glyph = scene.theme.glyphs.glyph(Status::Down);
        let head = format!("{glyph} lost {}: {cause}", scene.age(*since));
        let room = usize::from(row.width).saturating_sub(text::width(&tail) + 2);
        let mut pencil = Pencil::on(buffer, row);
        pencil.skip(1).write(&text::fit(&head, room), scene.style(Role::LinkLost));
        pencil.write(&tail, scene.style(Role::Text));
    }
}

fn piece(scene: Scene<'_>, weight: u8, text: String, role: Role) -> Piece {
    Piece { weight, text, style: scene.style(role) }
}

fn swarm(scene: Scene<'_>) -> Option<String> {
    let swarm = &scene.model.known.snapshot.engine.swarm;
    match swarm.role {
        SwarmRole::None => None,
        SwarmRole::Worker => Some("swarm worker".to_owned()),
        SwarmRole::Manager if swarm.nodes == 1 => Some("swarm 1 node".to_owned()),
        SwarmRole::Manager => Some(format!("swarm {} nodes", swarm.nodes)),
    }
}

/// CPU and memory of the engine's host; of a remote one only what its containers use is known.
fn load(scene: Scene<'_>) -> Option<String> {
    let bar = |percent: f64| scene.theme.glyphs.bar(percent / 100.0);
    let shown = |what: &str, cpu: f64, memory: f64| {
        format!("{what}cpu {} {cpu:>3.0}%  mem {} {memory:>3.0}%", bar(cpu), bar(memory))
    };
    if let Some(host) = scene.model.host {
        let memory = host.memory_used as f64 * 100.0 / host.memory_total.max(1) as f64;
        return Some(shown("", host.cpu_percent, memory));
    }
    let known = &scene.model.known;
    let engine = &known.snapshot.engine;
    let cpu = known.load.cpu_percent().filter(|_| engine.cpus > 0)? / f64::from(engine.cpus);
    let memory = known.load.memory()? as f64 * 100.0 / engine.memory.max(1) as f64;
    Some(shown("containers ", cpu, memory))
}

/// How many services are in each state that a person should know of, worst first.
fn wrong(scene: Scene<'_>) -> impl Iterator<Item = (Status, usize)> {
    let told = [Status::Down, Status::Unhealthy, Status::Restarting, Status::Rolling, Status::Starting];
    told.into_iter().filter_map(move |status| {
        let count = scene.model.known.tally.services_that_are(status);
        (count > 0).then_some((status, count))
    })
}

/// What there is in all, as far as it fits.
fn totals(scene: Scene<'_>, room: usize) -> String {
    let Tally { stacks, services, running, desired, .. } = scene.model.known.tally;
    let several = |count: usize, noun: &str| format!("{count} {noun}{}", if count == 1 { "" } else { "s" });
    let replicas = format!("{running}/{desired} replicas");
    let services = format!("{}  {replicas}", several(services, "service"));
    let stacks = format!("{}  {services}", several(stacks, "stack"));
    [stacks, services, replicas].into_iter().find(|text| text::width(text) <= room).unwrap_or_default()
}

fn seconds_until(scene: Scene<'_>, then: Timestamp) -> i64 {
    (then.as_second() - scene.model.clock.wall.as_second()).max(0)
}
