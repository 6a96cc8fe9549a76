//! The tree of stacks. It writes straight to the buffer and formats only the rows that are visible.

mod columns;

use ratatui::{buffer::Buffer, layout::Rect, text::Line, widgets::Widget};

use super::{
    scene::Scene,
    widgets::{pane, pencil::Pencil},
};
use crate::{
    action::{Action, Context},
    domain::Link,
    model::{Column, Pane, Row, RowKey, Twig},
    theme::Role,
};
use columns::{Measured, Placed};

/// The pane of stacks.
pub(super) struct TreePane<'a> {
    pub(super) scene: Scene<'a>,
}

/// Rows of the tree that are visible in a pane of this size: all but the border and the headings.
pub(super) const fn rows_in(area: Rect) -> u16 {
    area.height.saturating_sub(3)
}

impl Widget for &TreePane<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let scene = self.scene;
        let inner = pane::frame(scene, area, buffer, &self.title(), scene.has_focus(Pane::Tree));
        if scene.model.tree.rows.is_empty() {
            let (says, then) = self.nothing();
            pane::sentence(scene, inner, buffer, &says, &then);
            return;
        }
        let columns = columns::place(inner.width);
        self.headings(&columns, Rect { height: inner.height.min(1), ..inner }, buffer);
        let rows = rows_in(area);
        for (y, row) in (inner.y + 1..).zip(scene.model.tree.visible(usize::from(rows))) {
            self.row(row, &columns, Rect { y, height: 1, ..inner }, buffer);
        }
        let start = scene.model.tree.offset;
        if let Some(place) = pane::place(scene, start, rows, scene.model.tree.rows.len()) {
            pane::remark(area, buffer, &place);
        }
    }
}

impl TreePane<'_> {
    fn title(&self) -> Line<'static> {
        let (scene, tree) = (self.scene, &self.scene.model.tree);
        let mut spans = vec![scene.span("Stacks", Role::Title)];
        if let Some(filter) = &tree.filter {
            let services = tree.rows.iter().filter(|row| matches!(row.key, RowKey::Service(_))).count();
            let all = scene.model.known.fleet.services().count();
            spans.push(scene.span(format!("  /{}", filter.text), Role::Sorted));
            spans.push(scene.span(format!("  {services} of {all} services"), Role::Muted));
        }
        if !tree.marked.is_empty() {
            spans.push(scene.span(format!("  {} marked", tree.marked.len()), Role::Marked));
        }
        if tree.faults_only {
            spans.push(scene.span("  only what is wrong", Role::Sorted));
        }
        Line::from(spans)
    }

    fn headings(&self, columns: &[Placed], row: Rect, buffer: &mut Buffer) {
        let (scene, sort) = (self.scene, self.scene.model.tree.sort);
        let mut pencil = Pencil::on(buffer, row);
        pencil.skip(columns::MARK);
        for placed in columns {
            let title = columns::title(placed.column);
            if placed.column == sort.column {
                let arrow = if sort.descending { "▼" } else { "▲" };
                placed.write(&mut pencil, &format!("{title}{arrow}"), scene.style(Role::Sorted));
            } else {
                placed.write(&mut pencil, title, scene.style(Role::Heading));
            }
        }
    }

    fn row(&self, row: &Row, columns: &[Placed], area: Rect, buffer: &mut Buffer) {
        let scene = self.scene;
        let selected = scene.model.tree.selected.as_ref() == Some(&row.key);
        let usage = scene.model.known.row_usage(&row.key);
        let measured = Measured { row, usage: usage.as_ref() };
        let mut pencil = Pencil::on(buffer, area);
        let marked = scene.model.tree.marked.contains(&row.key);
        pencil.left(if selected { "›" } else { "" }, 1, scene.style(Role::BorderFocused));
        pencil.left(if marked { "◆" } else { "" }, columns::MARK - 1, scene.style(Role::Marked));
        for placed in columns {
            match placed.column {
                Column::Name => self.name(row, placed.width, &mut pencil),
                Column::Health => {
                    let style = scene.style(Role::of_status(row.status));
                    let glyph = scene.theme.glyphs.glyph(row.status);
                    pencil.left(glyph, 2, style).left(
                        &row.status_text,
                        placed.width.saturating_sub(2),
                        style,
                    );
                    pencil.skip(columns::GAP);
                }
                column => {
                    let (text, role) = columns::cell(scene, measured, column);
                    placed.write(&mut pencil, &text, scene.style(role));
                }
            }
        }
        if selected {
            buffer.set_style(area, scene.style(Role::Selected));
        }
    }

    /// Indent, twig, name, and the note behind it as far as there is room.
    fn name(&self, row: &Row, width: u16, pencil: &mut Pencil<'_>) {
        let scene = self.scene;
        let twig = match row.twig {
            Twig::Leaf => " ",
            Twig::Open => "▾",
            Twig::Closed => "▸",
        };
        let role = if row.depth == 0 { Role::Strong } else { Role::Text };
        let indent = u16::from(row.depth) * 2;
        let room = width.saturating_sub(indent + 2);
        pencil.skip(indent).left(twig, 2, scene.style(Role::Muted));
        let name = (crate::text::width(&row.name) as u64).min(u64::from(room)) as u16;
        pencil.left(&row.name, name, scene.style(role));
        let left = room - name;
        if crate::text::width(&row.note) < usize::from(left) {
            pencil.skip(1).left(&row.note, left - 1, scene.style(Role::Muted));
        } else {
            pencil.skip(left);
        }
        pencil.skip(columns::GAP);
    }

    /// Why there is no row, and what can be done.
    fn nothing(&self) -> (String, String) {
        let (scene, model) = (self.scene, self.scene.model);
        let key = |action| scene.key_in(&[Context::Tree, Context::Global], action).unwrap_or_default();
        match &model.link {
            Link::Lost { cause, .. } if model.known.taken_at.is_none() => (
                format!("no connection to {}: {cause}", model.endpoint),
                format!("{} tries again now", key(Action::Retry)),
            ),
            _ if model.known.taken_at.is_none() => {
                (format!("connecting to {} …", model.endpoint), String::new())
            }
            _ if model.known.fleet.stacks.is_empty() => {
                ("nothing runs here".to_owned(), "the engine has no container and no service".to_owned())
            }
            _ if model.tree.filter.is_some() => {
                let typed = model.tree.filter.as_ref().map(|filter| filter.text.as_str()).unwrap_or_default();
                (format!("nothing matches /{typed}"), format!("{} shows everything again", key(Action::Back)))
            }
            _ if model.tree.faults_only => {
                ("nothing is wrong".to_owned(), format!("{} shows everything again", key(Action::FaultsOnly)))
            }
            _ => ("nothing to show".to_owned(), String::new()),
        }
    }
}
