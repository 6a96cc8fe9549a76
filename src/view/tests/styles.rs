//! What colour adds, and that nothing depends on it.

use ratatui::style::{Modifier, Style};

use super::{fixture, *};
use crate::{
    domain::{Link, Status},
    theme::{Colours, Role},
};

fn styles(buffer: &Buffer, (x, y): (u16, u16)) -> Style {
    buffer[(x, y)].style()
}

#[test]
fn each_status_has_its_colour_shape_and_word() {
    let mut model = fixture::model();
    fixture::select(&mut model, "negative-space");
    let theme = Theme::default();
    let (buffer, _) = screen(&model, &theme, LARGE);
    for (status, words) in [
        (Status::Down, "✖ 1 down"),
        (Status::Unhealthy, "▲ unhealthy"),
        (Status::Rolling, "⟳ updating 2 of 3"),
        (Status::Starting, "◐ starting"),
        (Status::Running, "● running"),
    ] {
        let at = find(&buffer, words).unwrap_or_else(|| panic!("{words} is not on screen"));
        assert_eq!(styles(&buffer, at).fg, theme.style(Role::of_status(status)).fg, "{words}");
    }
}

#[test]
fn the_selected_row_is_marked_with_and_without_colour() {
    let mut model = fixture::model();
    fixture::select(&mut model, "medianest/app");
    let coloured = Theme::default();
    let (buffer, _) = screen(&model, &coloured, MEDIUM);
    let (x, y) = find(&buffer, "›").unwrap();
    assert_eq!(styles(&buffer, (x + 30, y)).bg, coloured.style(Role::Selected).bg);
    let plain = Theme::for_terminal(Colours::None, "default").unwrap();
    let (buffer, _) = screen(&model, &plain, MEDIUM);
    let (x, y) = find(&buffer, "›").unwrap();
    assert!(styles(&buffer, (x + 30, y)).add_modifier.contains(Modifier::REVERSED));
    assert!(!styles(&buffer, (x + 30, y + 1)).add_modifier.contains(Modifier::REVERSED));
}

#[test]
fn what_may_no_longer_be_so_is_dimmed_but_the_header_is_not() {
    let mut model = fixture::model();
    fixture::select(&mut model, "medianest/app");
    model.link = Link::Connecting;
    let theme = Theme::default();
    let (buffer, _) = screen(&model, &theme, MEDIUM);
    let stale = theme.style(Role::Stale).fg;
    for words in ["codecave/search", "✖ 1 down", "42.9%", "medianest:v1.2.3"] {
        let at = find(&buffer, words).unwrap();
        assert_eq!(styles(&buffer, at).fg, stale, "{words}");
    }
    assert_ne!(styles(&buffer, find(&buffer, "connecting again — data 1s old").unwrap()).fg, stale);
    model.link = Link::Live;
    let (buffer, _) = screen(&model, &theme, MEDIUM);
    assert_ne!(styles(&buffer, find(&buffer, "42.9%").unwrap()).fg, stale);
}

#[test]
fn without_colours_no_cell_has_one() {
    let mut model = fixture::model();
    fixture::select(&mut model, "xorb/api-prod");
    for name in Theme::names() {
        let theme = Theme::for_terminal(Colours::None, name).unwrap();
        let (buffer, _) = screen(&model, &theme, MEDIUM);
        let own = ratatui::style::Color::Reset;
        assert!(buffer.content.iter().all(|cell| cell.fg == own && cell.bg == own), "{name}");
    }
}

#[test]
fn replicas_keep_their_colours_in_the_logs() {
    let mut model = fixture::model();
    fixture::select(&mut model, "xorb/api-prod");
    model.detail.tab = crate::model::Tab::Logs;
    fixture::logs(&mut model, 60);
    let theme = Theme::default();
    for scroll in [0, 7] {
        model.logs.scroll = scroll;
        let (buffer, _) = screen(&model, &theme, LARGE);
        for (place, name) in ["api-prod-1", "api-prod-2", "api-prod-3"].iter().enumerate() {
            let at = find(&buffer, name).unwrap();
            assert_eq!(styles(&buffer, at).fg, theme.style(Role::of_replica(place)).fg);
        }
        let at = find(&buffer, "ERROR").unwrap();
        assert_eq!(styles(&buffer, at).fg, theme.style(Role::LogError).fg);
    }
}
