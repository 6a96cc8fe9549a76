//! The question whether to leave while jobs are at work.

use ratatui::{buffer::Buffer, layout::Rect, text::Line};

use super::window;
use crate::{
    action::Action,
    domain::Status,
    model::Leaving,
    theme::Role,
    view::{
        scene::Scene,
        widgets::{pane, wrap},
    },
};

const WIDEST: u16 = 78;

/// Draws the question over `area`.
pub(in crate::view) fn render(scene: Scene<'_>, area: Rect, buffer: &mut Buffer, leaving: Leaving) {
    let width = window::room(area, WIDEST);
    let jobs = scene.model.jobs.at_work().map(|job| {
        let (done, all) = job.steps;
        format!("{} {}, {done} of {all} steps done", scene.theme.glyphs.glyph(Status::Rolling), job.title)
    });
    let mut lines: Vec<Line<'static>> = jobs.map(|job| Line::from(scene.span(job, Role::Strong))).collect();
    lines.push(Line::default());
    lines.push(Line::from(scene.span(says(leaving), Role::Text)));
    let lines: Vec<Line<'static>> = lines.iter().flat_map(|line| wrap::spans(line, width, 2)).collect();
    let title = match leaving {
        Leaving::Asked => "Leave while this is at work?",
        Leaving::Waits => "Leaving after the running step",
    };
    let window = window::open(scene, area, buffer, title, (WIDEST, lines.len()));
    pane::scrolled(window.inner, buffer, &lines, 0);
    let key = |action| scene.key(action).unwrap_or_default();
    let quit = match leaving {
        Leaving::Asked => "leaves after the running step",
        Leaving::Waits => "leaves now",
    };
    let keys = format!("{} {quit}   {} stays", key(Action::Quit), key(Action::Back));
    pane::remark(window.outer, buffer, &Line::from(scene.span(keys, Role::HintText)));
}

const fn says(leaving: Leaving) -> &'static str {
    match leaving {
        Leaving::Asked => {
            "It is asked to stop after its running step. What is done stays done, and the shell tells how it goes on."
        }
        Leaving::Waits => "The running step is finished first: it may be waiting for a health check.",
    }
}
