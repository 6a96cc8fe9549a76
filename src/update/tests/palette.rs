//! Actions by name.

use super::*;
use crate::model::{Access, JobId, Overlay};

/// A dashboard with `shop/web` selected and the palette open, in which this was typed.
fn typing(keys: &str) -> Desk {
    let mut desk = Desk::showing(shop());
    desk.keys("G :");
    desk.keys(keys);
    desk
}

fn offered(desk: &Desk) -> Vec<&'static str> {
    let Some(Overlay::Palette(palette)) = &desk.model.focus.overlay else { return Vec::new() };
    palette.offers(&desk.model).iter().map(|offer| offer.action.id()).collect()
}

#[test]
fn the_name_that_begins_so_comes_first() {
    assert_eq!(offered(&typing("r e s"))[0], "restart");
    assert_eq!(offered(&typing("q"))[0], "quit");
}

#[test]
fn letters_of_a_name_and_words_of_its_explanation_find_an_action() {
    assert_eq!(offered(&typing("r s t"))[0], "restart");
    assert!(offered(&typing("m e r g e d")).contains(&"logs"));
}

#[test]
fn enter_does_what_is_selected_and_the_palette_closes() {
    let mut desk = typing("r e s t a r t");
    let effects = desk.keys("enter");
    assert!(matches!(effects.as_slice(), [Effect::Prepare { job: JobId(1), .. }]), "{effects:?}");
    assert!(matches!(desk.model.focus.overlay, Some(Overlay::Plan(_))));
}

#[test]
fn an_argument_goes_straight_to_the_plan() {
    let effects = typing("s c a l e space 5").keys("enter");
    let [Effect::Prepare { request: Request::Scale { replicas, .. }, .. }] = effects.as_slice() else {
        panic!("{effects:?}")
    };
    assert_eq!(*replicas, 5);
}

#[test]
fn an_argument_that_makes_no_sense_is_left_to_be_mended() {
    let mut desk = typing("s c a l e space x");
    assert_eq!(desk.keys("enter"), []);
    let Some(Overlay::Ask(ask)) = &desk.model.focus.overlay else { panic!("{:?}", desk.model.focus) };
    assert_eq!((ask.answer.text.as_str(), ask.answer.error.is_some()), ("x", true));
}

#[test]
fn a_dashboard_that_only_looks_offers_nothing_that_changes_anything() {
    let mut desk = typing("r e s t a r t");
    desk.model.access = Access::ReadOnly;
    assert!(!offered(&desk).contains(&"restart"));
}

#[test]
fn nothing_that_needs_the_engine_is_offered_while_it_does_not_answer() {
    let mut desk = typing("s t o p");
    desk.tell(Msg::Engine(Observation::Link(Link::Connecting)));
    assert!(!offered(&desk).contains(&"stop"));
}

#[test]
fn down_selects_the_next_one_and_typing_the_first_again() {
    let mut desk = typing("down down");
    let selected = |desk: &Desk| match &desk.model.focus.overlay {
        Some(Overlay::Palette(palette)) => palette.selected,
        _ => usize::MAX,
    };
    assert_eq!(selected(&desk), 2);
    desk.keys("l");
    assert_eq!(selected(&desk), 0);
}

#[test]
fn escape_closes_it_and_nothing_was_done() {
    let mut desk = typing("q u i t");
    assert_eq!(desk.keys("esc"), []);
    assert_eq!(desk.model.focus.overlay, None);
}
