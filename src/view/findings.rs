//! What is wrong, worst first: a pane, or one line where there is little room.

use ratatui::{buffer::Buffer, layout::Rect, text::Line, widgets::Widget};

use super::{
    scene::Scene,
    widgets::{pane, pencil::Pencil},
};
use crate::{action::Action, domain::Finding, model::Pane, text, theme::Role};

/// The longest subject that is shown whole.
const SUBJECT: usize = 32;

/// Cells for a status: `restarting`.
const STATUS: u16 = 10;

/// The findings.
pub(super) struct Findings<'a> {
    pub(super) scene: Scene<'a>,
}

impl Widget for &Findings<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        if area.height < 3 { self.one_line(area, buffer) } else { self.pane(area, buffer) }
    }
}

impl Findings<'_> {
    fn pane(&self, area: Rect, buffer: &mut Buffer) {
        let scene = self.scene;
        let findings = &scene.model.known.findings;
        let focused = scene.has_focus(Pane::Findings);
        let title = Line::from(scene.span("Findings", Role::Title));
        let inner = pane::frame(scene, area, buffer, &title, focused);
        let start = self.first(usize::from(inner.height));
        let visible = || findings.iter().enumerate().skip(start).take(usize::from(inner.height));
        let subject =
            visible().map(|(_, finding)| text::width(&finding.subject)).max().unwrap_or(0).min(SUBJECT);
        for (row, (place, finding)) in (inner.y..inner.bottom()).zip(visible()) {
            let row = Rect { y: row, height: 1, ..inner };
            let selected = focused && place == self.selected();
            self.finding(finding, (subject as u16, STATUS), selected, &mut Pencil::on(buffer, row));
            if selected {
                buffer.set_style(row, scene.style(Role::Selected));
            }
        }
        if let Some(place) = pane::place(scene, start, inner.height, findings.len()) {
            pane::remark(area, buffer, &place);
        }
    }

    fn one_line(&self, area: Rect, buffer: &mut Buffer) {
        let scene = self.scene;
        let findings = &scene.model.known.findings;
        let Some(finding) = findings.get(self.selected()) else { return };
        let focused = scene.has_focus(Pane::Findings);
        let others = match findings.len() {
            0 | 1 => String::new(),
            several => format!("{}/{several}", self.selected() + 1),
        };
        let tail = text::width(&others) as u16 + 1;
        let [row, end] = [
            Rect { width: area.width.saturating_sub(tail + 1), ..area },
            Rect { x: area.right().saturating_sub(tail), width: tail, ..area },
        ];
        let subject = text::width(&finding.subject).min(SUBJECT) as u16;
        let status = text::width(finding.word()) as u16 + 1;
        self.finding(finding, (subject, status), focused, &mut Pencil::on(buffer, row));
        Pencil::on(buffer, end).write(&others, scene.style(Role::Muted));
        if focused {
            buffer.set_style(area, scene.style(Role::Selected));
        }
    }

    /// One finding; `widths` are those of its subject and its status.
    fn finding(&self, finding: &Finding, widths: (u16, u16), selected: bool, pencil: &mut Pencil<'_>) {
        let scene = self.scene;
        let state = scene.style(Role::of_status(finding.status));
        let mark = if selected { "›" } else { " " };
        pencil.write(mark, scene.style(Role::Strong));
        let severity = scene.style(Role::of_severity(finding.severity));
        pencil.write(scene.theme.glyphs.glyph(finding.status), severity).skip(1);
        pencil.left(&finding.subject, widths.0, scene.style(Role::Strong)).skip(2);
        pencil.left(finding.word(), widths.1, state).skip(1);
        let hint = self.hint(selected).filter(|hint| usize::from(pencil.room()) > text::width(hint) + 40);
        let hint_width = hint.as_ref().map_or(0, |hint| text::width(hint) as u16 + 1);
        let room = pencil.room().saturating_sub(hint_width);
        pencil.left(&finding.text, room, scene.style(Role::Text));
        if let Some(hint) = hint {
            pencil.write(&hint, scene.style(Role::HintKey));
        }
    }

    fn hint(&self, selected: bool) -> Option<String> {
        let key = self.scene.key(Action::Open).filter(|_| selected)?;
        Some(format!("{key} evidence"))
    }

    fn selected(&self) -> usize {
        self.scene.model.focus.finding.min(self.scene.model.known.findings.len().saturating_sub(1))
    }

    /// The first finding that is visible: the selected one always is.
    fn first(&self, rows: usize) -> usize {
        (self.selected() + 1).saturating_sub(rows)
    }
}
