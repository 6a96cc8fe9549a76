//! Names from outside, at any size.

use std::sync::Arc;

use proptest::prelude::*;

use super::{fixture, *};
use crate::{
    domain::{Link, Status},
    model::{Inspection, LineFilter, NoticeLevel, Overlay, Pane, Prompt, PromptPurpose, Tab},
    theme::{Colours, Glyphs},
};

/// Replaces every text that comes from outside.
fn spoil(model: &mut Model, text: &str) {
    for row in &mut model.tree.rows {
        for field in [&mut row.name, &mut row.note, &mut row.status_text, &mut row.image, &mut row.ports] {
            text.clone_into(field);
        }
        (row.running, row.desired, row.restarts) = (u64::MAX, u64::MAX, Some(u64::MAX));
    }
    for finding in &mut model.known.findings {
        (finding.subject, finding.text) = (text.to_owned(), text.to_owned());
    }
    for event in &mut model.events {
        event.name = text.to_owned();
    }
    for service in model.known.fleet.stacks.iter_mut().flat_map(|stack| &mut stack.services) {
        service.image = text.to_owned();
        for replica in &mut service.replicas {
            (replica.name, replica.cause) = (text.to_owned(), Some(text.to_owned()));
            (replica.node, replica.status) = (Some(text.to_owned()), Status::Unhealthy);
        }
    }
    let snapshot = Arc::make_mut(&mut model.known.snapshot);
    for container in &mut snapshot.containers {
        container.networks = vec![text.to_owned(); 30];
        for probe in &mut container.probes {
            probe.output = vec![text.to_owned(); 30];
        }
    }
    for node in &mut snapshot.nodes {
        (node.hostname, node.message, node.address) = (text.to_owned(), text.to_owned(), text.to_owned());
    }
    snapshot.engine.name = text.to_owned();
    snapshot.engine.version = text.to_owned();
    model.endpoint = text.to_owned();
    model.logs.sources = vec![text.to_owned(); 2];
    model.notices.push(model.clock.running, NoticeLevel::Error, text.to_owned());
    let row = model.tree.selected.clone().unwrap();
    model.detail.inspection = Inspection::Answer(row, vec![text.to_owned(); 5]);
}

fn lost(text: &str) -> Link {
    let at = fixture::now();
    Link::Lost { since: at, cause: text.to_owned(), attempts: u32::MAX, retry_at: at }
}

fn prompt(text: &str) -> Prompt {
    let error = Some(text.to_owned());
    Prompt { purpose: PromptPurpose::FilterLogs, text: text.to_owned(), error }
}

fn names() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        "[日本語👩\u{301}e\u{300} a]{0,300}",
        "[a-z]{300}",
        "\\PC{0,80}",
        Just("{\"level\":\"\\u001b[31m\",\"msg\":\"日\"}".to_owned()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn no_name_and_no_size_breaks_the_screen(
        name in names(),
        size in (1u16..=220, 1u16..=70),
        place in 0usize..64,
        tab in 0usize..6,
        modes in any::<(bool, bool, bool, bool, bool)>(),
    ) {
        let (on_detail, zoomed, typing, help, ascii) = modes;
        let mut model = fixture::model();
        let row = model.tree.rows[place % model.tree.rows.len()].key.clone();
        fixture::turn_to(&mut model, row);
        fixture::logs(&mut model, place);
        spoil(&mut model, &name);
        model.detail.tab = Tab::ALL[tab];
        model.detail.scroll = place as u32 * 1000;
        model.tree.offset = place * 3;
        model.logs.wrap = zoomed;
        model.logs.scroll = place * 2;
        model.focus.zoomed = zoomed;
        model.focus.pane = if on_detail { Pane::Detail } else { Pane::Findings };
        model.focus.finding = place;
        model.focus.prompt = typing.then(|| prompt(&name));
        model.focus.overlay = help.then_some(Overlay::Help { scroll: place as u32 });
        model.tree.filter = typing.then(|| LineFilter::parse("a").unwrap());
        if ascii {
            model.link = lost(&name);
        }
        let theme = Theme::for_terminal(if ascii { Colours::None } else { Colours::True }, "default").unwrap();
        let theme = if ascii { theme.with_glyphs(Glyphs::Ascii) } else { theme };
        let (buffer, hits) = screen(&model, &theme, size);
        prop_assert_eq!(hits.screen, size);
        for cell in &buffer.content {
            prop_assert!(!cell.symbol().chars().any(char::is_control));
            prop_assert!(!ascii || cell.symbol().is_ascii());
        }
        if size.0 >= 60 && size.1 >= 15 && !zoomed && !on_detail && !help {
            let rows = (0..size.1).filter(|y| ["│", "|"].contains(&buffer[(size.0 - 1, *y)].symbol())).count();
            prop_assert!(rows >= usize::from(hits.tree_rows), "the right border stands: {rows} {hits:?}");
        }
    }
}
