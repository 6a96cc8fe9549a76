use ratatui::style::{Color, Modifier};

use super::*;

#[test]
fn every_shipped_theme_styles_every_role() {
    for name in Theme::names() {
        let theme = Theme::shipped(name).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(theme.styles.len(), Role::ALL.len());
    }
}

#[test]
fn without_colours_no_role_has_one_and_the_selection_can_still_be_seen() {
    for name in Theme::names() {
        let theme = Theme::for_terminal(Colours::None, name).unwrap();
        assert!(
            Role::ALL.iter().all(|role| theme.style(*role).fg.is_none() && theme.style(*role).bg.is_none())
        );
        assert!(theme.style(Role::Selected).add_modifier.contains(Modifier::REVERSED), "{name}");
    }
}

#[test]
fn sixteen_colours_are_never_exceeded() {
    for name in Theme::names() {
        let theme = Theme::for_terminal(Colours::Sixteen, name).unwrap();
        for role in Role::ALL {
            let style = theme.style(*role);
            for colour in [style.fg, style.bg].into_iter().flatten() {
                assert!(!matches!(colour, Color::Rgb(..) | Color::Indexed(_)), "{name} {}", role.id());
            }
        }
    }
}

#[test]
fn what_is_wrong_differs_in_colour_from_what_is_well() {
    for name in ["default", "light", "high-contrast", "deuteranopia"] {
        for colours in [Colours::Sixteen, Colours::Indexed256, Colours::True] {
            let theme = Theme::for_terminal(colours, name).unwrap();
            let fg = |role| theme.style(role).fg;
            assert_ne!(fg(Role::Down), fg(Role::Healthy), "{name} {colours:?}");
            assert_ne!(fg(Role::Down), fg(Role::Unhealthy), "{name} {colours:?}");
        }
    }
}

fn refusal(change: impl Fn(&str) -> String) -> String {
    let (_, yaml) = SHIPPED[0];
    Theme::load(&change(yaml)).unwrap_err().to_string()
}

#[test]
fn a_refused_theme_names_the_place_and_the_problem() {
    let role = refusal(|yaml| format!("{yaml}\n  status.lost: {{fg: red}}\n"));
    assert!(role.contains("`status.lost` is no role") && role.contains("line"), "{role}");
    let colour = refusal(|yaml| yaml.replacen("fg: red", "fg: rde", 1));
    assert!(colour.contains("`rde` is no colour of the theme's palette"), "{colour}");
    let style = refusal(|yaml| yaml.replacen("[bold", "[blod", 1));
    assert!(style.contains("`blod` is no style"), "{style}");
    let hex = refusal(|yaml| yaml.replacen("\"#", "\"%", 1));
    assert!(hex.contains("is no colour"), "{hex}");
}

#[test]
fn a_theme_that_leaves_a_role_out_is_refused() {
    let error = Theme::load("about: x\nroles: {}").unwrap_err();
    assert_eq!(error, ThemeError::Missing("screen"));
}

#[test]
fn an_unknown_name_is_answered_with_those_there_are() {
    let error = Theme::shipped("solarized").unwrap_err().to_string();
    assert!(error.contains("`solarized`") && error.contains("deuteranopia"), "{error}");
}
