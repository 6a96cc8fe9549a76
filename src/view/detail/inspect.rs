//! The engine's own description, line by line; only visible lines are touched.

use ratatui::{buffer::Buffer, layout::Rect};

use super::{Content, show};
use crate::{
    model::Inspection,
    theme::Role,
    view::{
        scene::Scene,
        widgets::{pane, pencil::Pencil},
    },
};

/// Draws the tab; returns the visible rows and all lines.
pub(super) fn render(scene: Scene<'_>, area: Rect, text: Rect, buffer: &mut Buffer) -> (u16, u32) {
    match current(scene) {
        Ok(lines) => {
            let start = pane::clamp(lines.len(), text.height, scene.model.detail.scroll);
            for (y, line) in (text.y..text.bottom()).zip(lines.iter().skip(start)) {
                write(scene, line, &mut Pencil::on(buffer, Rect { y, height: 1, ..text }));
            }
            if let Some(place) = pane::place(scene, start, text.height, lines.len()) {
                pane::remark(area, buffer, &place);
            }
            (text.height, lines.len() as u32)
        }
        Err(content) => show(scene, area, text, buffer, &content),
    }
}

/// The lines, or a sentence why there are none.
fn current<'a>(scene: Scene<'a>) -> Result<&'a [String], Content> {
    let sentence = |says: String| Err(Content::Sentence(says, String::new()));
    let inspection = &scene.model.detail.inspection;
    let Some(selected) = scene.model.tree.selected.as_ref() else {
        return sentence("nothing is selected".to_owned());
    };
    if inspection.row() != Some(selected) {
        return sentence("not asked yet".to_owned());
    }
    match inspection {
        Inspection::None | Inspection::Asked(_) => sentence("asking the engine …".to_owned()),
        Inspection::Failed(_, cause) => sentence(cause.clone()),
        Inspection::Answer(_, lines) if lines.is_empty() => {
            sentence("the engine says nothing of it".to_owned())
        }
        Inspection::Answer(_, lines) => Ok(lines),
    }
}

/// A line of YAML or JSON: the key in a quieter style than its value.
fn write(scene: Scene<'_>, line: &str, pencil: &mut Pencil<'_>) {
    match line.split_once(": ") {
        Some((key, value)) => {
            pencil.write(key, scene.style(Role::LogField)).write(": ", scene.style(Role::LogField));
            pencil.write(value, scene.style(Role::Text));
        }
        None if line.trim_end().ends_with(':') => {
            pencil.write(line, scene.style(Role::LogField));
        }
        None => {
            pencil.write(line, scene.style(Role::Text));
        }
    }
}
